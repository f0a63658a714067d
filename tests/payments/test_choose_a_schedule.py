"""When a payee is paid: every schedule at its boundaries, and the limit that comes before them all."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from payments.rules.payouts import max_hold_days, payout_step
from payments.rules.schedules import (
    Due,
    Earned,
    PayoutSchedule,
    ScheduleError,
    Terms,
    check_terms,
    last_day,
    next_day,
    oldest_since,
    pay_by,
    payout_due,
    schedule_period,
)

DAILY, WEEKLY = PayoutSchedule.DAILY, PayoutSchedule.WEEKLY
MONTHLY, THRESHOLD = PayoutSchedule.MONTHLY, PayoutSchedule.THRESHOLD


def terms(schedule: PayoutSchedule, day: int = 1, minimum: int = 0, country: str = "GH") -> Terms:
    return Terms(schedule, day, minimum, "GHS", country)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def earned(amount: int, since: str, *, paid: str = "") -> Earned:
    return Earned(amount, at(since), at(paid or since))


def due(wish: Terms, now: str, *rows: Earned, is_paid: bool = False) -> Due | None:
    return payout_due(wish, earned=rows, now=at(now), period=now[:10], is_paid=is_paid)


def test_a_day_is_a_day_in_utc() -> None:
    wish = terms(DAILY)
    assert due(wish, "2026-11-23T23:59:59", earned(1, "2026-11-23T23:59:58")) == Due(
        "2026-11-23", is_forced=False
    )
    assert due(wish, "2026-11-23T23:59:59") is None
    eastern = datetime.fromisoformat("2026-11-24T08:30:00+09:00")  # still the 23rd in UTC
    assert last_day(terms(WEEKLY, 1), eastern) == date(2026, 11, 23)
    assert next_day(terms(WEEKLY, 2), eastern) == date(2026, 11, 24)


@pytest.mark.parametrize(
    ("now", "last", "following"),
    [
        ("2026-11-23T00:00", "2026-11-23", "2026-11-23"),  # a Monday, at its first second
        ("2026-11-29T23:59:59", "2026-11-23", "2026-11-30"),
        ("2026-11-30T00:00", "2026-11-30", "2026-11-30"),
    ],
)
def test_weeks(now: str, last: str, following: str) -> None:
    wish = terms(WEEKLY, 1)
    assert last_day(wish, at(now)).isoformat() == last
    assert next_day(wish, at(now)).isoformat() == following


@pytest.mark.parametrize(
    ("day", "now", "last", "following"),
    [
        (28, "2027-02-28T12:00", "2027-02-28", "2027-02-28"),
        (28, "2027-03-01T00:00", "2027-02-28", "2027-03-28"),
        (28, "2028-02-29T12:00", "2028-02-28", "2028-03-28"),  # a leap year
        (1, "2026-12-31T23:59", "2026-12-01", "2027-01-01"),
        (15, "2027-01-14T23:59", "2026-12-15", "2027-01-15"),
        (15, "2027-01-15T00:00", "2027-01-15", "2027-01-15"),
    ],
)
def test_months(day: int, now: str, last: str, following: str) -> None:
    wish = terms(MONTHLY, day)
    assert last_day(wish, at(now)).isoformat() == last
    assert next_day(wish, at(now)).isoformat() == following


def test_a_week_is_paid_on_its_day_only() -> None:
    wish = terms(WEEKLY, 1)
    money = earned(500, "2026-11-24T10:00")  # a Tuesday
    for day in range(24, 30):
        assert due(wish, f"2026-11-{day}T12:00", money) is None
    monday = due(wish, "2026-11-30T00:00", money)
    assert monday == Due("2026-11-30", is_forced=False)
    assert due(wish, "2026-11-30T12:00", money, is_paid=True) is None


def test_a_day_that_was_missed_is_made_up_for() -> None:
    """Nothing ran on Monday, or the payee was on hold: what was ready then is paid on Wednesday."""
    wish = terms(WEEKLY, 1)
    before, after = earned(500, "2026-11-20T10:00"), earned(70, "2026-11-24T10:00")
    assert due(wish, "2026-11-25T12:00", before, after) == Due("2026-11-23", is_forced=False)
    assert due(wish, "2026-11-25T12:00", after) is None
    # What was ready has since gone back to a buyer.
    assert due(wish, "2026-11-25T12:00", before, earned(-500, "2026-11-24T11:00")) is None


def test_less_than_the_minimum_waits() -> None:
    for schedule in (DAILY, WEEKLY, MONTHLY, THRESHOLD):
        wish = terms(schedule, 24 if schedule == MONTHLY else 2, minimum=1000)
        now = "2026-11-24T12:00"  # a Tuesday
        assert due(wish, now, earned(999, "2026-11-23T12:00")) is None
        assert due(wish, now, earned(999, "2026-11-23T12:00"), earned(1, "2026-11-24T11:00"))


def test_a_threshold_is_paid_on_any_day() -> None:
    wish = terms(THRESHOLD, minimum=1000)
    assert due(wish, "2026-11-28T12:00", earned(1000, "2026-11-28T11:59")) == Due(
        "2026-11-28", is_forced=False
    )


@pytest.mark.parametrize(("country", "days"), [("GH", 90), ("DE", 90), ("US", 730), ("TH", 10)])
def test_what_waits_too_long_is_paid_whatever_was_wished(country: str, days: int) -> None:
    assert max_hold_days(country) == days
    wish = terms(THRESHOLD, minimum=10**9, country=country)
    row = Earned(
        5, at("2026-01-02T10:00"), at("2026-01-01T10:00")
    )  # paid by its buyer the day before
    last_quiet = row.since + timedelta(days=days - 5) - timedelta(seconds=1)
    assert payout_due(wish, earned=[row], now=last_quiet, period="x") is None
    forced = payout_due(wish, earned=[row], now=last_quiet + timedelta(seconds=1), period="x")
    assert forced == Due("x", is_forced=True)


def test_what_is_taken_takes_the_oldest_first() -> None:
    old, new = earned(100, "2026-01-01T00:00"), earned(50, "2026-03-01T00:00")
    assert oldest_since([old, new]) == old.since
    assert oldest_since([old, earned(-40, "2026-02-01T00:00"), new]) == old.since
    assert oldest_since([old, earned(-100, "2026-02-01T00:00"), new]) == new.since
    assert oldest_since([earned(-100, "2026-02-01T00:00"), old]) is None
    assert oldest_since([]) is None


@pytest.mark.parametrize(
    ("schedule", "day", "minimum", "field"),
    [
        (WEEKLY, 0, 0, "schedule_day"),
        (WEEKLY, 8, 0, "schedule_day"),
        (MONTHLY, 29, 0, "schedule_day"),
        (DAILY, 1, -1, "minimum_amount"),
        (THRESHOLD, 1, 0, "minimum_amount"),
    ],
)
def test_wishes_that_cannot_be_kept(
    schedule: PayoutSchedule, day: int, minimum: int, field: str
) -> None:
    with pytest.raises(ScheduleError) as refused:
        check_terms(terms(schedule, day, minimum))
    assert refused.value.field == field


WISHES = st.builds(
    Terms,
    schedule=st.sampled_from(PayoutSchedule),
    day=st.integers(1, 7),
    minimum=st.integers(0, 10**7),
    currency=st.sampled_from(["GHS", "HUF", "JPY", "KWD"]),
    country=st.sampled_from(["GH", "TH", "DE"]),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    wish=WISHES,
    changes=st.lists(st.tuples(st.integers(0, 160), st.integers(-5000, 9000)), max_size=12),
)
def test_nothing_payable_ever_waits_beyond_the_limit(
    wish: Terms, changes: list[tuple[int, int]]
) -> None:
    """Run every day, whatever is wished and however the money comes and goes."""
    start = at("2026-01-01T08:00")
    waiting: list[Earned] = []
    paid_periods: set[str] = set()
    todo = sorted(changes)
    for day in range(260):
        now = start + timedelta(days=day)
        while todo and todo[0][0] <= day:
            _, amount = todo.pop(0)
            if amount and sum(one.amount for one in waiting) + amount >= 0:
                waiting.append(Earned(amount, now, now - timedelta(hours=3)))
        period = now.date().isoformat()
        own = schedule_period(wish, now=now, period=period)
        found = payout_due(
            wish, earned=waiting, now=now, period=period, is_paid=own in paid_periods
        )
        if found and found.period not in paid_periods:
            paid_periods.add(found.period)
            left = sum(one.amount for one in waiting) % payout_step(wish.currency)
            waiting = [Earned(left, now, now)] if left else []
        balance = sum(one.amount for one in waiting)
        oldest = oldest_since(waiting)
        if oldest is not None and balance >= payout_step(wish.currency):
            assert now < pay_by(oldest, wish.country)
