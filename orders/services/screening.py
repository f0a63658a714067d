"""Holding a buyer against the sanctions lists before anything is taken from it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from accounts.models import User
from common.addresses import PostalAddress
from trade.rules.screening import NameKind
from trade.services.screening import Name, Verdict, screen_buyer


class HeldForReviewError(Exception):
    """Somebody must look first, or the lists can't be asked; the buyer is not told which, nor why."""


def check_buyer(
    *, user: User | None, email: str, address: PostalAddress, business_name: str, now: datetime
) -> None:
    """Raise HeldForReviewError unless the buyer resembles nobody, or was cleared by a moderator.

    Not to be called in a transaction that the error would roll back: the match is kept.
    """
    answer = screen_buyer(
        names=_names(user, address, business_name),
        country=address.country_code,
        who=email,
        now=now,
    )
    if answer.verdict != Verdict.CLEAR:
        raise HeldForReviewError


def _names(user: User | None, address: PostalAddress, business_name: str) -> Sequence[Name]:
    """Whom it goes to, who buys, and the companies of both."""
    people = dict.fromkeys([address.name, user.name if user else ""])
    companies = dict.fromkeys([business_name, address.company_name])
    return [
        *(Name(one, NameKind.PERSON) for one in people if one),
        *(Name(one, NameKind.COMPANY) for one in companies if one),
    ]
