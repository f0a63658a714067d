"""Monthly customs rates of HM Revenue & Customs, as the package hmrc-rates carries them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, localcontext

from hmrc_rates import Rates, YearMonth

from common.currencies import CURRENCIES


def published_rates(on: date) -> tuple[date, dict[str, Decimal]]:
    """Units of each currency for one euro, of the newest month up to `on`, and its first day.

    However old that is: whether a rate is still good enough to promise is not decided here.

    Published against the pound; the euro's own pound rate of the same table turns them into euro
    rates. Codes that are not ISO 4217 are left out.
    """
    tables = Rates()
    wanted = YearMonth.from_date(on)
    months = [month for month in tables.months() if not wanted < month]
    if not months:
        return on, {}
    newest = max(months, key=lambda month: (month.year, month.month))
    per_pound = {currency.code: rate.units_per_gbp for currency, rate in tables.monthly(newest)}
    per_pound["GBP"] = Decimal(1)
    with localcontext() as context:
        context.prec = 40
        rates = {
            code: per_pound[code] / per_pound["EUR"]
            for code in sorted(per_pound.keys() & CURRENCIES.keys() - {"EUR"})
        }
    return date(newest.year, newest.month, 1), rates
