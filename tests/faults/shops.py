"""Run inside the market of the bank test: who sells there, and a moderator.

Currencies without and with decimal places, and forints, which are paid out whole. The banks of some
sellers misbehave, as docs/sandbox.md says. Prints as JSON what can be bought.
"""

from __future__ import annotations

import json
import sys
from typing import Final

import django
from django.core.management import call_command
from django.utils import timezone

# Name, country, currency, price of a thing, of its delivery, how many there are, the bank account.
SELLERS: Final = (
    ("Kofi Weaves", "GH", "GHS", 25000, 12500, 4000, "kofi"),
    ("Minh Lacquer", "VN", "VND", 600000, 300000, 4000, "lost-answer"),
    ("Bruno Carta", "IT", "EUR", 1800, 900, 4000, "return-to-sender"),
    ("Zsofia Glass", "HU", "HUF", 412345, 150055, 4000, "zsofia"),
    ("Haruto Paper", "JP", "JPY", 2400, 900, 4000, "haruto"),
    # Few of them, so that buyers meet at the last one and late payments find nothing left.
    ("Emma Prints", "GB", "GBP", 1500, 450, 25, "fail-closed"),
)
# What comes back is owed anew, so these banks would keep settlement busy for ever.
RESTLESS_BANKS: Final = ("return", "fail")


def main() -> None:
    django.setup()
    # Models can be imported only now.
    from accounts.services import appoint_moderator  # noqa: PLC0415
    from catalog.models import Stock  # noqa: PLC0415
    from payments.services import update_payee  # noqa: PLC0415
    from tests import cast  # noqa: PLC0415

    now = timezone.now()
    call_command("refresh_rates")
    moderator = cast.make_user("moderator@bank.example", name="Mo")
    appoint_moderator(user=moderator)
    goods = []
    for name, country, currency, price, delivery, stock, account in SELLERS:
        wares = cast.Wares(
            f"{name}, the one thing", price, 300, "482090", "Decorated paper", delivery, stock
        )
        home = country if country in cast.ADDRESSES else "IT"
        cast.ADDRESSES.setdefault(country, cast.ADDRESSES[home])
        email = f"{account}@bank.example"
        seller = cast.make_seller(
            name, country, currency, wares, email=email, moderator=moderator, now=now
        )
        update_payee(payee_id=seller.business.payee_id, destination={"account": account})
        goods.append(
            {
                "path": f"/l/{seller.listing.pk}/{seller.listing.slug}/",
                "slug": seller.business.slug,
                "owner": email,
                "stock": Stock.objects.get(variant=seller.variant).available,
                "variant": str(seller.variant.pk),
            }
        )
    sys.stdout.write(json.dumps({"moderator": moderator.email, "goods": goods}))


if __name__ == "__main__":
    main()
