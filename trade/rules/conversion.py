"""Which exchange rate the law wants for a customs value in another currency: whose, of which day."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from enum import StrEnum


class Conversion(StrEnum):
    """How a destination converts a price into its own currency."""

    DAY = "day"
    """The market's rate of the day: export or entry, which for us is the day of the sale."""
    DAY_BEFORE = "day-before"
    """The rate of the last working day before (Switzerland)."""
    ECB_MONTH = "ecb-month"
    """The European Central Bank's rate of the second last Wednesday of the month before
    (Union Customs Code, Implementing Regulation (EU) 2015/2447, art. 146)."""
    HMRC_MONTH = "hmrc-month"
    """The monthly rate that HM Revenue & Customs publishes for the month."""


@dataclass(frozen=True, slots=True)
class LegalRate:
    """Whose rate, of which day. source: "ECB", "HMRC", or "" for the market's best."""

    source: str
    day: datetime.date


def legal_rate(conversion: Conversion, on: datetime.date) -> LegalRate:
    """The publication that holds for a sale on a day."""
    if conversion is Conversion.ECB_MONTH:
        return LegalRate("ECB", second_last_wednesday(on.replace(day=1) - datetime.timedelta(1)))
    if conversion is Conversion.HMRC_MONTH:
        return LegalRate("HMRC", on.replace(day=1))
    if conversion is Conversion.DAY_BEFORE:
        back = {0: 3, 6: 2}.get(on.weekday(), 1)
        return LegalRate("", on - datetime.timedelta(days=back))
    return LegalRate("", on)


def second_last_wednesday(last_day: datetime.date) -> datetime.date:
    """Of the month that ends on `last_day`."""
    last = last_day - datetime.timedelta(days=(last_day.weekday() - 2) % 7)
    return last - datetime.timedelta(days=7)
