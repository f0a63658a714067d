"""Monthly customs rates of HM Revenue & Customs, as the package hmrc-rates carries them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, localcontext

from hmrc_rates import PeriodNotAvailableError, Rates, YearMonth

from common.currencies import CURRENCIES

MONTHS_BACK = 3


def published_rates(on: date) -> tuple[date, dict[str, Decimal]]:
    """Units of each currency for one euro, of the newest month up to `on`, and its first day.

    Published against the pound; the euro's own pound rate of the same table turns them into euro
    rates. Codes that are not ISO 4217 are left out.
    """
    tables = Rates()
    month = YearMonth.from_date(on)
    for _ in range(MONTHS_BACK):
        try:
            table = tables.monthly(month)
        except PeriodNotAvailableError:
            month = month.prev()
            continue
        per_pound = {currency.code: rate.units_per_gbp for currency, rate in table}
        per_pound["GBP"] = Decimal(1)
        with localcontext() as context:
            context.prec = 40
            rates = {
                code: per_pound[code] / per_pound["EUR"]
                for code in sorted(per_pound.keys() & CURRENCIES.keys() - {"EUR"})
            }
        return date(month.year, month.month, 1), rates
    return on, {}
