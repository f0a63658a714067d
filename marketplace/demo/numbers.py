"""Tax numbers for a market in which nothing is real: well formed, and nobody's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from accounts.models import User
from trade.rules.registrations import numbers_of_scheme
from trade.selectors.registrations import scheme_standings
from trade.services.registrations import NewNumber, add_registration
from trade.services.tax_numbers import Claimant, claim_number, confirm_number

INVENTED: Final = {
    "ioss": "IM3720000001",
    "gb-vat": "GB999999973",
    "au-gst": "300000000001",
    "nz-gst": "10000017",
    "sg-gst": "M90000000X",
    "voec": "2000001",
    "ch-vat": "CHE123456788MWST",
    "my-lvg": "L10000000000001",
    "ca-gst": "100000009RT0001",
    "th-vat": "0994000000006",
}


@dataclass(frozen=True, slots=True)
class BusinessBuyer:
    """A buyer who has typed a tax number at the checkout."""

    email: str
    business_name: str
    country: str
    number: str
    is_confirmed: bool


BUSINESS_BUYERS: Final = (
    BusinessBuyer("lucie@demo.example", "Atelier Martin", "FR", "FR11999999998", is_confirmed=True),
    # Waits for the moderator: the queue is not empty on the first day.
    BusinessBuyer(
        "oliver@demo.example", "Hughes & Daughters", "GB", "GB999998823", is_confirmed=False
    ),
)


def give_numbers(*, people: Mapping[str, User], moderator: User, now: datetime) -> None:
    """Let buyers who buy for a business have given its number; people: by e-mail address."""
    for buyer in BUSINESS_BUYERS:
        user = people[buyer.email]
        claim = claim_number(
            country=buyer.country,
            number=buyer.number,
            claimant=Claimant(
                user=user, email=user.email, language="en", business_name=buyer.business_name
            ),
            purchase_ref=None,
            counted=False,
            now=now,
        )
        if buyer.is_confirmed:
            confirm_number(
                check=claim.about,
                actor=moderator,
                reason="An invented number, for trying",
                now=now,
            )


def join_every_scheme(*, now: datetime) -> int:
    """Let the platform be registered for every scheme of the rulebook; returns how many are new.

    Each number holds since the first day of the scheme's own rule.
    """
    added = 0
    for one in scheme_standings(on=now.date()):
        if one.held is not None:
            continue
        kind = numbers_of_scheme(one.key, one.destinations)[0]
        add_registration(
            owner_ref=None,
            new=NewNumber(
                kind=kind.kind,
                country=kind.country,
                number=INVENTED.get(one.key, f"DEMO{one.key.upper()}"),
                valid_from=one.row.valid_from,
                scheme=one.key,
            ),
            reason="An invented number, for trying",
            actor=None,
            now=now,
        )
        added += 1
    return added
