"""Run inside the market of the bank test when nobody moves any more: what people must end, ends.

Banks that would keep settlement busy for ever pay from now on, disputes are decided. May run twice.
"""

from __future__ import annotations

import random
import sys

import django
from django.utils import timezone

from tests.faults.quarrels import UNDECIDED, decide
from tests.faults.shops import RESTLESS_BANKS


def main() -> None:
    django.setup()
    # Models can be imported only now.
    from django.db import connection  # noqa: PLC0415

    from payments.models import Payee  # noqa: PLC0415

    now = timezone.now()
    for payee in Payee.objects.all():
        if str(payee.destination.get("account", "")).startswith(RESTLESS_BANKS):
            Payee.objects.filter(pk=payee.pk).update(destination={"account": "in-order"})
    with connection.cursor() as cursor:
        cursor.execute(UNDECIDED)
        disputes = [row[0] for row in cursor.fetchall()]
    for dispute_id in disputes:
        decide(dispute_id, random.Random(f"{sys.argv[1]}:{dispute_id}"), now)


if __name__ == "__main__":
    main()
