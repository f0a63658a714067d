"""The market's own side of `python -m bench money`: what is measured, inside Django.

treasury post {"seconds": …}     one client; begins when it is sent a line
treasury settle {"period": …}    every payee's payout, until it is booked as paid
treasury check                   check_books, and the aggregation that it can't do without
"""

from __future__ import annotations

import json
import sys
import uuid
from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import cycle
from time import perf_counter
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from common.money import Money
from orders.services.events import handle_provider_events
from payments.models import Payee, Payout, PayoutLine
from payments.selectors import check_books
from payments.services import Leg, post_entry, run_settlement, submit_payouts
from payments.states import AccountKind, EntryKind, TransferState
from sandbox.services import run_bank

PLAIN_BALANCES: Final = """
SELECT account_id, sum(greatest(amount, 0)), sum(greatest(-amount, 0)) FROM ledger_posting
 GROUP BY account_id
"""
PLAIN_ENTRIES: Final = """
SELECT entry_id FROM ledger_posting GROUP BY entry_id, currency HAVING sum(amount) <> 0
"""


def main(arguments: Sequence[str]) -> None:
    words = json.loads(arguments[1]) if arguments[1:] else {}
    print(json.dumps(PARTS[arguments[0]](**words)))


def post(*, seconds: float) -> dict[str, float]:
    """4-leg entries through the one door, each its own transaction."""
    payees = [str(pk) for pk in Payee.objects.filter(currency="EUR").values_list("pk", flat=True)]
    for payee in payees:
        _post_one(payee)  # opens the accounts
    print("ready", flush=True)
    sys.stdin.readline()
    count, begun = 0, perf_counter()
    turn = cycle(payees)
    while (spent := perf_counter() - begun) < seconds:
        _post_one(next(turn))
        count += 1
    return {"entries": count, "seconds": spent}


def _post_one(payee: str) -> None:
    key = uuid.uuid4()
    post_entry(
        key=f"bench:{key}",
        kind=EntryKind.CAPTURE,
        reference=str(key),
        legs=[
            Leg(AccountKind.PROVIDER_CLEARING, Money(-1240, "EUR")),
            Leg(AccountKind.FX_SPREAD, Money(20, "EUR")),
            Leg(AccountKind.TAX_PAYABLE, Money(220, "EUR"), f"X{key.int % 20}"),
            Leg(AccountKind.SELLER_PAYABLE, Money(1000, "EUR"), payee),
        ],
    )


def settle(*, period: str) -> dict[str, float]:
    """Payouts of everybody: made, sent to the sandbox's bank, paid by it and booked as paid."""
    now = timezone.now()
    begun = perf_counter()
    report = run_settlement(period=period, now=now)
    settled = perf_counter() - begun
    ids = [payout.pk for payout in report.payouts]
    _until_nothing(lambda: submit_payouts(now=now))
    sent = perf_counter() - begun
    later = now + timedelta(minutes=10)
    _until_nothing(lambda: run_bank(now=later))
    # Nobody delivers webhooks here: it is asked for, as where they get lost.
    Payout.objects.filter(pk__in=ids).update(due_at=now)
    _until_nothing(lambda: submit_payouts(now=later))
    _until_nothing(lambda: handle_provider_events(now=later))
    paid = perf_counter() - begun
    done = Payout.objects.filter(pk__in=ids, transfer=TransferState.DONE).count()
    if done != len(ids) or report.failed:
        raise RuntimeError(f"{done} of {len(ids)} payouts were paid, {report.failed} failed")
    return {
        "payouts": done,
        "lines": PayoutLine.objects.filter(payout__in=ids).count(),
        "settled": settled,
        "sent": sent,
        "paid": paid,
    }


def _until_nothing(step: Callable[[], int]) -> None:
    while step():
        pass


def check() -> dict[str, float]:
    """check_books beside the aggregation that it can't do without."""
    begun = perf_counter()
    report = check_books()
    checked = perf_counter() - begun
    if not report.ok:
        raise RuntimeError("; ".join(report.problems[:5]))
    with connection.cursor() as cursor:
        begun = perf_counter()
        cursor.execute(PLAIN_BALANCES)
        cursor.fetchall()
        cursor.execute(PLAIN_ENTRIES)
        cursor.fetchall()
        plain = perf_counter() - begun
    return {"postings": report.postings, "checked": checked, "plain": plain}


PARTS: Final[dict[str, Callable[..., Any]]] = {
    "post": post,
    "settle": settle,
    "check": check,
}
