"""What a scheme's tax return covers: how long, in which currency, at which rate."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class ReturnError(ValueError):
    """A description of a return, or the name of a period, that can't be read."""


class Every(StrEnum):
    """How often a return is due."""

    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half-year"


class RateRule(StrEnum):
    """Which exchange rate the authority wants."""

    LAST_DAY = "last-day"
    """The ECB's of the period's last day, or of the next day on which there is one."""
    SUPPLY_DAY = "supply-day"
    """A published rate of the day on which the buyer paid."""
    SUPPLY_MONTH = "supply-month"
    """The authority's own rate of the month in which the buyer paid."""


MONTHS = {Every.MONTH: 1, Every.QUARTER: 3, Every.HALF_YEAR: 6}


@dataclass(frozen=True, slots=True)
class SchemeReturn:
    """The return of one scheme. source: where its period and rate were read."""

    key: str
    authority: str
    currency: str
    every: Every
    rate: RateRule
    due: str
    source: str


@dataclass(frozen=True, slots=True)
class Period:
    """first to last day; `name` as people write it: 2026-11, 2026-Q4, 2026-H2."""

    name: str
    first: datetime.date
    last: datetime.date

    @property
    def after(self) -> datetime.date:
        """The first day that is no longer in it."""
        return self.last + datetime.timedelta(days=1)


def parse_returns(data: Mapping[str, Any]) -> dict[str, SchemeReturn]:
    """The file trade/data/scheme_returns.toml, checked. Raises ReturnError."""
    found: dict[str, SchemeReturn] = {}
    for row in data.get("return", []):
        try:
            one = SchemeReturn(
                key=row["key"],
                authority=row["authority"],
                currency=row["currency"],
                every=Every(row["every"]),
                rate=RateRule(row["rate"]),
                due=row["due"],
                source=row["source"],
            )
        except (KeyError, ValueError) as error:
            raise ReturnError(f"{row.get('key', '?')}: {error}") from error
        if one.key in found:
            raise ReturnError(f"{one.key} is there twice")
        found[one.key] = one
    return found


_NAMES = re.compile(r"(?P<year>20\d\d)-(?:(?P<month>\d\d)|Q(?P<quarter>[1-4])|H(?P<half>[12]))")


def parse_period(name: str) -> Period:
    """ "2026-11", "2026-Q4" or "2026-H2". Raises ReturnError."""
    found = _NAMES.fullmatch(name.strip().upper())
    if found is None:
        raise ReturnError(f"{name!r} is no period: write 2026-11, 2026-Q4 or 2026-H2")
    year = int(found["year"])
    if found["month"]:
        month = int(found["month"])
        if not 1 <= month <= 12:
            raise ReturnError(f"{name!r}: there is no month {month}")
        return _period(found[0], year, month, 1)
    if found["quarter"]:
        return _period(found[0], year, 3 * int(found["quarter"]) - 2, 3)
    return _period(found[0], year, 6 * int(found["half"]) - 5, 6)


def period_of(day: datetime.date, every: Every) -> Period:
    """The period that a day is in."""
    number = (day.month - 1) // MONTHS[every] + 1
    if every is Every.MONTH:
        return parse_period(f"{day.year}-{number:02d}")
    return parse_period(f"{day.year}-{'Q' if every is Every.QUARTER else 'H'}{number}")


def periods_before(day: datetime.date, every: Every, *, count: int) -> list[Period]:
    """The period of a day and those before it, newest first."""
    found = [period_of(day, every)]
    while len(found) < count:
        found.append(period_of(found[-1].first - datetime.timedelta(days=1), every))
    return found


def _period(name: str, year: int, month: int, months: int) -> Period:
    first = datetime.date(year, month, 1)
    end = month + months
    after = datetime.date(year + (end - 1) // 12, (end - 1) % 12 + 1, 1)
    return Period(name, first, after - datetime.timedelta(days=1))
