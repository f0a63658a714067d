"""Why money goes back, and what goes back for which reason; docs/refunds.md says it for people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from common.countries import EU


class RefundReason(StrEnum):
    """Why money goes back. AGREED: so much was settled on, for whatever reason (a case's end, a
    moderator). CHARGEBACK: the buyer's bank took it."""

    CANCELLED = "CANCELLED"
    NOT_ARRIVED = "NOT_ARRIVED"
    NOT_AS_DESCRIBED = "NOT_AS_DESCRIBED"
    CHANGED_MIND = "CHANGED_MIND"
    GOODWILL = "GOODWILL"
    AGREED = "AGREED"
    CHARGEBACK = "CHARGEBACK"


class ReturnPayer(StrEnum):
    """Who pays for sending goods back."""

    NOBODY = "NOBODY"  # nothing is sent back
    SELLER = "SELLER"
    BUYER = "BUYER"


@dataclass(frozen=True, slots=True)
class Policy:
    """What goes back for one reason.

    tax, border: whether the tax, and the duty and border fees, of what is refunded go back too.
    delivery: whether the delivery goes back once all goods have. by_lines: whether lines can be
    chosen. amount: whether a plain amount can be given instead.
    """

    tax: bool
    border: bool
    delivery: bool
    by_lines: bool
    amount: bool
    return_payer: ReturnPayer


_ALL: Final = Policy(
    tax=True,
    border=True,
    delivery=True,
    by_lines=False,
    amount=False,
    return_payer=ReturnPayer.NOBODY,
)
POLICIES: Final[Mapping[RefundReason, Policy]] = {
    RefundReason.CANCELLED: replace(_ALL, by_lines=True),
    RefundReason.NOT_ARRIVED: replace(_ALL, by_lines=True, amount=True),
    RefundReason.NOT_AS_DESCRIBED: replace(
        _ALL, by_lines=True, amount=True, return_payer=ReturnPayer.SELLER
    ),
    RefundReason.CHANGED_MIND: Policy(
        tax=True,
        border=False,
        delivery=False,
        by_lines=True,
        amount=False,
        return_payer=ReturnPayer.BUYER,
    ),
    RefundReason.GOODWILL: Policy(
        tax=False,
        border=False,
        delivery=False,
        by_lines=False,
        amount=True,
        return_payer=ReturnPayer.NOBODY,
    ),
    RefundReason.AGREED: replace(_ALL, amount=True),
    RefundReason.CHARGEBACK: replace(_ALL, amount=True),
}

# Where a buyer may change its mind by law within fourteen days of receipt: the countries of the
# European Union, and Great Britain.
WITHDRAWAL_COUNTRIES: Final = EU | {"GB"}
WITHDRAWAL_DAYS: Final = 14


def policy_of(reason: RefundReason, country: str) -> Policy:
    """What goes back for `reason` to a buyer in `country` (ISO 3166).

    Who withdraws from a distance contract within its fourteen days is owed the price and the
    outbound standard delivery, and pays for sending the goods back itself: Directive 2011/83/EU,
    articles 9, 13 and 14; in Great Britain the Consumer Contracts Regulations 2013, regulations 34
    and 35. Which part of a delivery was dearer than the standard one is not known here, so all of
    it goes back. Elsewhere no law of that kind is known to us and the seller decides.
    """
    policy = POLICIES[reason]
    if reason is RefundReason.CHANGED_MIND and country in WITHDRAWAL_COUNTRIES:
        return replace(policy, delivery=True)
    return policy
