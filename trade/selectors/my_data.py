"""What the customs desk keeps about a person, as that person may have it.

Of a check against sanctions lists: that it was made, when, of which names, against which lists, and
what came of it. Not the entry that was resembled, nor a moderator's words: those are about others.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db.models import Q

from trade.models import (
    Registration,
    SanctionsList,
    ScreenedBusiness,
    ScreenedPurchase,
    ScreeningCase,
    TaxNumberClaim,
)
from trade.rules.screening import owner_digest
from trade.states import ScreeningState

NOBODY: Final = "no name was alike"
SOMEBODY: Final = "a name was alike; told apart below"
OUTCOMES: Final[Mapping[str, str]] = {
    ScreeningState.OPEN: "a name was alike; not decided yet",
    ScreeningState.CLEARED: "a name was alike; it was somebody else",
    ScreeningState.CONFIRMED: "a name was alike; it was held to be the same",
}


@dataclass(frozen=True, slots=True)
class ListCheck:
    """A check against sanctions lists. lists: source to the day of the list.

    subject_ref: the business or purchase that it was made for, where that is known.
    """

    made_at: datetime
    lists: Mapping[str, str]
    outcome: str
    subject_ref: UUID | None = None
    names: tuple[str, ...] = ()
    country: str = ""
    decided_at: datetime | None = None


def list_checks(
    *,
    emails: Collection[str],
    business_refs: Collection[UUID],
    purchase_refs: Collection[UUID],
) -> list[ListCheck]:
    """Checks of a buyer, by its addresses, of its businesses and of its purchases; the newest first.

    Four queries. Of a business and of a purchase the latest check is kept, of names that were like
    one on a list each.
    """
    about = Q(owner_digest__in=[owner_digest(email) for email in emails])
    matches = ScreeningCase.objects.filter(about | Q(subject_ref__in=business_refs))
    days = {
        f"{row.source}:{row.pk}": (row.source, row.published_on)
        for row in SanctionsList.objects.only("source", "published_on")
    }
    checks = [_of_match(case) for case in matches]
    alike = {case.subject_key for case in matches}
    asked: list[ScreenedBusiness | ScreenedPurchase] = [
        *ScreenedBusiness.objects.filter(business_ref__in=business_refs),
        *ScreenedPurchase.objects.filter(purchase_ref__in=purchase_refs),
    ]
    for row in asked:
        outcome = SOMEBODY if row.subject_key in alike else NOBODY
        checks.append(ListCheck(row.screened_at, _days(row.lists, days), outcome, row.pk))
    return sorted(checks, key=lambda check: check.made_at, reverse=True)


def _of_match(case: ScreeningCase) -> ListCheck:
    return ListCheck(
        made_at=case.opened_at,
        lists={case.source: case.list_dates.get(case.source, "")},
        outcome=OUTCOMES[case.state],
        subject_ref=case.subject_ref,
        names=tuple(name["text"] for name in case.asked),
        country=case.country,
        decided_at=case.decided_at,
    )


def _days(lists: str, days: Mapping[str, tuple[str, date]]) -> dict[str, str]:
    """Of which day each list was, out of the stamp of the imports that were asked."""
    known = [days[one] for one in lists.split(",") if one in days]
    return {source: day.isoformat() for source, day in known}


def number_claims(*, user_id: int, emails: Collection[str]) -> list[TaxNumberClaim]:
    """The tax numbers that a person gave as a buyer, with what is known of each; the newest first."""
    mine = TaxNumberClaim.objects.filter(Q(user_id=user_id) | Q(user=None, email__in=emails))
    return list(mine.select_related("about").order_by("-made_at", "pk"))


def registrations_of(*, business_refs: Collection[UUID]) -> list[Registration]:
    """The tax and customs numbers of these businesses, ended ones too."""
    rows = Registration.objects.filter(owner_ref__in=business_refs)
    return list(rows.order_by("valid_from", "pk"))
