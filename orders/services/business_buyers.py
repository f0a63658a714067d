"""A buyer who gives a tax number: it is asked about, and whoever gave it is remembered."""

from __future__ import annotations

from datetime import datetime

from accounts.models import User
from orders.models import Purchase
from trade.rules.values import Buyer
from trade.selectors.tax_numbers import NumberStanding, current_check, number_standing
from trade.services.tax_numbers import Claimant, claim_number, find_out
from trade.states import TaxNumberState


def ask_about_number(
    *,
    country: str,
    number: str,
    business_name: str,
    user: User | None,
    language: str,
    may_ask: bool,
    now: datetime,
) -> NumberStanding:
    """What a checkout may show and price by; not to be called in a transaction.

    may_ask: whether somebody may be asked where nothing is known: the authority, and after it a
    moderator, for whom a number waits that somebody signed in has typed. Of a guest nothing is kept
    before it buys.
    """
    check = current_check(country=country, number=number, now=now)
    if may_ask:
        check = find_out(country=country, number=number, now=now)
    standing = number_standing(check, now=now)
    if may_ask and user is not None and standing.state == TaxNumberState.UNANSWERED:
        claimant = Claimant(
            user=user, email=user.email, language=language, business_name=business_name
        )
        claim_number(
            country=country,
            number=number,
            claimant=claimant,
            purchase_ref=None,
            counted=False,
            now=now,
        )
    return standing


def claim_for_purchase(*, purchase: Purchase, kind: Buyer, now: datetime) -> None:
    """Keep whether its number counted: proof for the tax office, and whom to tell of an answer.

    kind: as what the purchase was priced. In the caller's transaction.
    """
    if not purchase.buyer_tax_number:
        return
    claim_number(
        country=purchase.country,
        number=purchase.buyer_tax_number,
        claimant=Claimant(
            user=purchase.user,
            email=purchase.email,
            language=purchase.language,
            business_name=purchase.buyer_business_name,
        ),
        purchase_ref=purchase.pk,
        counted=kind is Buyer.BUSINESS,
        now=now,
    )
