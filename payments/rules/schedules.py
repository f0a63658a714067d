"""When a payee is paid: its own wish, and the law's limit, which comes first. Days are UTC."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from payments.rules.payouts import max_hold_days, payout_step

HOLD_MARGIN_DAYS = 5
"""So long before the limit money is paid whatever the payee wished: banks take days, too."""
A_DAY = timedelta(days=1)
A_WEEK = timedelta(weeks=1)
LATEST_DAY_OF_MONTH = 28


class PayoutSchedule(StrEnum):
    """When a payee is paid. THRESHOLD: whenever its minimum is reached."""

    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    THRESHOLD = "THRESHOLD"


class ScheduleError(ValueError):
    """A wish that can't be kept; `field` is "schedule_day" or "minimum_amount"."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


@dataclass(frozen=True, slots=True)
class Terms:
    """A payee's wish.

    day: 1 (Monday) to 7 for WEEKLY, 1 to 28 for MONTHLY. minimum: minor units; less than that
    waits for the next time. country: whose law says how long money may wait.
    """

    schedule: PayoutSchedule
    day: int
    minimum: int
    currency: str
    country: str


@dataclass(frozen=True, slots=True)
class Earned:
    """One change of a payee's balance: minor units, since when it counts, when it was booked.

    since: of a sale, when its buyer paid, because the limit counts from there.
    """

    amount: int
    booked_at: datetime
    since: datetime


@dataclass(frozen=True, slots=True)
class Due:
    """A payee is to be paid now. period: the name under which it is paid once.

    is_forced: the limit is near, whatever the schedule says.
    """

    period: str
    is_forced: bool


def check_terms(terms: Terms) -> None:
    """Raises ScheduleError for a day that no week or month has, or a minimum that nothing reaches."""
    latest = {PayoutSchedule.WEEKLY: 7, PayoutSchedule.MONTHLY: LATEST_DAY_OF_MONTH}
    if not 1 <= terms.day <= latest.get(terms.schedule, LATEST_DAY_OF_MONTH):
        raise ScheduleError("schedule_day")
    if terms.minimum < 0 or (terms.schedule == PayoutSchedule.THRESHOLD and not terms.minimum):
        raise ScheduleError("minimum_amount")


def payout_due(
    terms: Terms, *, earned: Sequence[Earned], now: datetime, period: str, is_paid: bool = False
) -> Due | None:
    """Whether a payee is to be paid at `now` for what no payout explains yet; None when not.

    earned: oldest first. period: the name of the day (or shorter stretch) that `now` is in, under
    which DAILY and THRESHOLD pay once; WEEKLY and MONTHLY pay once for their day, also some days
    late when nothing could be paid on it. is_paid: the schedule's own day has had its payout.
    """
    balance = sum(one.amount for one in earned)
    if balance < payout_step(terms.currency):
        return None
    if terms.schedule in {PayoutSchedule.DAILY, PayoutSchedule.THRESHOLD}:
        if balance >= terms.minimum:
            return Due(period, is_forced=False)
    else:
        day = last_day(terms, now)
        end = _start_of(day + A_DAY)
        ready = sum(one.amount for one in earned if one.booked_at < end)
        if not is_paid and min(ready, balance) >= max(terms.minimum, payout_step(terms.currency)):
            return Due(day.isoformat(), is_forced=False)
    oldest = oldest_since(earned)
    if oldest is not None and now >= forced_from(oldest, terms.country):
        return Due(period, is_forced=True)
    return None


def schedule_period(terms: Terms, *, now: datetime, period: str) -> str:
    """The name under which the schedule itself pays at `now`, once."""
    if terms.schedule in {PayoutSchedule.DAILY, PayoutSchedule.THRESHOLD}:
        return period
    return last_day(terms, now).isoformat()


def oldest_since(earned: Iterable[Earned]) -> datetime | None:
    """Since when the oldest money of a balance counts; what is taken takes the oldest first."""
    open_: deque[tuple[datetime, int]] = deque()
    debt = 0
    for one in earned:
        if one.amount < 0:
            debt -= one.amount
        else:
            open_.append((one.since, one.amount))
        while debt and open_:
            since, amount = open_.popleft()
            if amount > debt:
                open_.appendleft((since, amount - debt))
            debt -= min(debt, amount)
    return min((since for since, _ in open_), default=None)


def forced_from(since: datetime, country: str) -> datetime:
    """From when money is paid out whatever its payee wished."""
    return since + timedelta(days=max_hold_days(country) - HOLD_MARGIN_DAYS)


def pay_by(since: datetime, country: str) -> datetime:
    """Until when money must have been paid out."""
    return since + timedelta(days=max_hold_days(country))


def last_day(terms: Terms, now: datetime) -> date:
    """The latest day of a WEEKLY or MONTHLY schedule that is not in the future."""
    today = now.astimezone(UTC).date()
    if terms.schedule == PayoutSchedule.WEEKLY:
        return today - timedelta(days=(today.isoweekday() - terms.day) % 7)
    if terms.schedule == PayoutSchedule.MONTHLY:
        first = today if today.day >= terms.day else today.replace(day=1) - A_DAY
        return first.replace(day=terms.day)
    return today


def next_day(terms: Terms, now: datetime, *, is_paid: bool = False) -> date:
    """The day of the next payout that the schedule makes; today, unless today's is made."""
    today = now.astimezone(UTC).date()
    last = last_day(terms, now)
    if last == today and not is_paid:
        return today
    if terms.schedule == PayoutSchedule.WEEKLY:
        return last + A_WEEK
    if terms.schedule == PayoutSchedule.MONTHLY:
        return (last.replace(day=1) + timedelta(days=32)).replace(day=terms.day)
    return today + A_DAY


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=UTC)
