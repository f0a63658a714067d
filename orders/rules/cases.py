"""Rules of cases and of what happens by itself: who must act until when, and from when what may be said."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from payments.rules.payouts import HOLD_MARGIN_DAYS

# A seller answers within so many days, or the case is decided for the buyer.
ANSWER_DAYS: Final = 5
# A buyer replies to an answer within so many days, or the case is closed.
REPLY_DAYS: Final = 7
# Whose turn it is, is told once more so many days before the end of it.
REMIND_DAYS: Final = 2
# What moderators aim at; nothing happens by itself after it.
DECIDE_DAYS: Final = 5

# After the latest dispatch day: a buyer may complain, and an unsent order is called off.
NOT_SENT_GRACE_DAYS: Final = 3
CANCEL_UNSENT_DAYS: Final = 14

# The days to look at goods are never fewer than these, also where the limit shortens them.
SHORTENED_INSPECTION_DAYS: Final = 2


def dispatch_by(*, paid_at: datetime, dispatch_days: int) -> datetime:
    """The latest day on which the seller promised to hand the parcel over."""
    return paid_at + timedelta(days=dispatch_days)


def not_sent_from(*, paid_at: datetime, dispatch_days: int) -> datetime:
    """From when a buyer may complain that its order was not sent."""
    by = dispatch_by(paid_at=paid_at, dispatch_days=dispatch_days)
    return by + timedelta(days=NOT_SENT_GRACE_DAYS)


def cancel_unsent_at(*, paid_at: datetime, dispatch_days: int) -> datetime:
    """When an order that was never sent is called off and paid back by itself."""
    by = dispatch_by(paid_at=paid_at, dispatch_days=dispatch_days)
    return by + timedelta(days=CANCEL_UNSENT_DAYS)


def not_arrived_from(*, shipped_at: datetime, max_days: int) -> datetime:
    """From when a buyer may complain that its parcel has not come: after the last promised day."""
    return shipped_at + timedelta(days=max_days)


def hold_limit_at(*, paid_at: datetime, max_hold_days: int) -> datetime:
    """When held money must be settled one way or the other.

    max_hold_days: what the platform's country allows (payments.rules.payouts).
    """
    return paid_at + timedelta(days=max(1, max_hold_days - HOLD_MARGIN_DAYS))
