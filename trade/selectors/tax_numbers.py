"""Whether a buyer's tax number counts, and where a moderator can look it up."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from common.countries import EU
from trade.models import TaxNumberCheck, TaxNumberClaim
from trade.rules.values import Buyer
from trade.states import TaxNumberState

VIES_PAGE: Final = "https://ec.europa.eu/taxation_customs/vies/"
# Where each authority lets everybody look a number up. From general knowledge.
_PAGES: Final = {
    "AU": "https://abr.business.gov.au/",
    "CA": "https://www.canada.ca/en/revenue-agency/services/e-services/digital-services-businesses"
    "/confirming-a-gst-hst-account-number.html",
    "CH": "https://www.uid.admin.ch/",
    "GB": "https://www.gov.uk/check-uk-vat-number",
    "IN": "https://services.gst.gov.in/services/searchtp",
    "JP": "https://www.invoice-kohyo.nta.go.jp/",
    "NO": "https://www.brreg.no/",
    "NZ": "https://www.nzbn.govt.nz/",
    "SG": "https://mytax.iras.gov.sg/",
    "TH": "https://vsreg.rd.go.th/",
}


@dataclass(frozen=True, slots=True)
class NumberStanding:
    """What a buyer may know of the number it typed; never what the authority's register says."""

    state: TaxNumberState
    is_by_moderator: bool = False

    @property
    def kind(self) -> Buyer:
        """Only a confirmed number makes a business of a buyer."""
        return Buyer.BUSINESS if self.state == TaxNumberState.CONFIRMED else Buyer.PRIVATE


@dataclass(frozen=True, slots=True)
class RememberedNumber:
    """A confirmed number that a buyer has given before."""

    business_name: str
    number: str


def current_check(*, country: str, number: str, now: datetime) -> TaxNumberCheck | None:
    """The asking about a number that still holds, answered or not."""
    row = TaxNumberCheck.objects.filter(country=country, number=number, is_current=True).first()
    return row if row is not None and row.holds(now) else None


def number_standing(check: TaxNumberCheck | None, *, now: datetime) -> NumberStanding:
    """Of a row that may be too old, or was never made."""
    if check is None or not check.holds(now):
        return NumberStanding(TaxNumberState.UNANSWERED)
    by_moderator = check.source == TaxNumberCheck.Source.MODERATOR
    return NumberStanding(TaxNumberState(check.state), by_moderator)


def buyer_kind(*, country: str, number: str, now: datetime) -> Buyer:
    """What the customs desk calls a buyer who gives this number; "" for none."""
    check = current_check(country=country, number=number, now=now) if number else None
    return number_standing(check, now=now).kind


def remembered_number(*, user_id: int, country: str, now: datetime) -> RememberedNumber | None:
    """The confirmed number of a country that a signed-in buyer gave last."""
    claim = (
        TaxNumberClaim.objects.filter(
            user_id=user_id,
            about__country=country,
            about__is_current=True,
            about__state=TaxNumberState.CONFIRMED,
            about__expires_at__gt=now,
        )
        .select_related("about")
        .order_by("-made_at")
        .first()
    )
    return RememberedNumber(claim.business_name, claim.about.number) if claim else None


def number_counted(*, purchase_ref: uuid.UUID) -> bool | None:
    """Whether a purchase's number was confirmed when it was placed; None where nothing was kept."""
    claims = TaxNumberClaim.objects.filter(purchase_ref=purchase_ref)
    return claims.values_list("counted", flat=True).first()


def authority_page(country: str) -> str:
    """Where a number can be looked up by a person; "" where we know of no page."""
    return VIES_PAGE if country in EU else _PAGES.get(country, "")
