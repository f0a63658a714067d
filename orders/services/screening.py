"""Holding a buyer against the sanctions lists before anything is taken from it."""

from __future__ import annotations

from datetime import datetime

from accounts.models import User
from common.addresses import PostalAddress
from trade.rules.screening import NameKind, Place
from trade.services.screening import Answer, Name, Question, Verdict, ask, buyer_question


class HeldForReviewError(Exception):
    """Somebody must look first, or the lists can't be asked; the buyer is not told which, nor why."""


def ask_about_buyer(
    *, user: User | None, email: str, address: PostalAddress, business_name: str, now: datetime
) -> Answer:
    """What the lists say of whom it goes to, who buys, and the companies of both. Writes nothing.

    Slow: to be called before a transaction that locks anything.
    """
    question = question_about(user=user, email=email, address=address, business_name=business_name)
    return ask([question], now=now)[0]


def check_answer(answer: Answer) -> None:
    """Raise HeldForReviewError unless the buyer resembles nobody, or was cleared by a moderator."""
    if answer.verdict != Verdict.CLEAR:
        raise HeldForReviewError


def question_about(
    *, user: User | None, email: str, address: PostalAddress, business_name: str
) -> Question:
    people = dict.fromkeys([address.name, user.name if user else ""])
    companies = dict.fromkeys([business_name, address.company_name])
    return buyer_question(
        names=[
            *(Name(one, NameKind.PERSON) for one in people if one),
            *(Name(one, NameKind.COMPANY) for one in companies if one),
        ],
        country=address.country_code,
        who=email,
        places=[Place(address.street_address, address.city)],
    )
