"""The public page of exchange rates: which rate, from where, of when, and what we add."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.middleware import preferences_of
from common.amounts import rate_figures
from common.money import Money
from payments.forms import ConversionForm, currency_name
from payments.rules.rates import FRESH_DAYS, MidRate, RateSource, RateTable
from payments.selectors import rate_table

EXAMPLE = Decimal(100)


@dataclass(frozen=True, slots=True)
class RateRow:
    """One currency: how much of it one unit of the base is, rounded for reading.

    age: how old that is, in words. base_becomes: what a price of 100 of the base costs in this
    currency, our addition (spread_back_bp) included; other_becomes: the other way round (spread_bp).
    """

    code: str
    name: str
    mid: str
    source: str
    as_of: date
    age: str
    fetched_at: datetime | None
    stale: bool
    spread_bp: int
    spread_back_bp: int
    hundred_base: Money
    hundred_other: Money
    base_becomes: Money
    other_becomes: Money


@dataclass(frozen=True, slots=True)
class Conversion:
    """What a buyer pays for a price, and how that came about."""

    price: Money
    at_mid: Money
    charged: Money
    mid: MidRate
    mid_text: str
    spread_bp: int
    age: str
    source: str


@require_safe
def rates(request: HttpRequest) -> HttpResponse:
    """Every rate of today against the reader's own currency, and a calculator."""
    table = rate_table(now=timezone.now())
    own = preferences_of(request).currency
    base = own if own in table.currencies else "EUR"
    rows = [_row(table, base, code) for code in table.currencies if code != base]
    spreads = {bp for row in rows for bp in (row.spread_bp, row.spread_back_bp)}
    context: dict[str, Any] = {
        "table": table,
        "base": base,
        "base_name": currency_name(base),
        "rows": rows,
        "only_spread_bp": spreads.pop() if len(spreads) == 1 else None,
        **_calculator(request, table, base),
    }
    return render(request, "payments/rates.html", context)


def _calculator(request: HttpRequest, table: RateTable, base: str) -> dict[str, Any]:
    if "amount" not in request.GET:
        first = {"amount": "100", "sold": "EUR" if base != "EUR" else "GBP", "paid": base}
        return {"form": ConversionForm(currencies=table.currencies, initial=first)}
    form = ConversionForm(request.GET, currencies=table.currencies)
    if not form.is_valid():
        return {"form": form}
    price, paid = form.cleaned_data["money"], form.cleaned_data["paid"]
    mid = table.mid(price.currency, paid)
    conversion = Conversion(
        price=price,
        at_mid=table.convert_mid(price, paid),
        charged=table.convert(price, paid),
        mid=mid,
        mid_text=rate_figures(mid.rate),
        spread_bp=table.spread(price.currency, paid),
        age=_age(table, mid),
        source=_source(mid.source),
    )
    return {"form": form, "conversion": conversion}


def _row(table: RateTable, base: str, code: str) -> RateRow:
    mid = table.mid(base, code)
    one, other = (Money.from_decimal(EXAMPLE, currency) for currency in (base, code))
    return RateRow(
        code=code,
        name=currency_name(code),
        mid=rate_figures(mid.rate),
        source=_source(mid.source),
        as_of=mid.as_of,
        age=_age(table, mid),
        fetched_at=mid.fetched_at,
        stale=mid.stale,
        spread_bp=table.spread(code, base),
        spread_back_bp=table.spread(base, code),
        hundred_base=one,
        hundred_other=other,
        base_becomes=table.convert(one, code),
        other_becomes=table.convert(other, base),
    )


def _source(names: str) -> str:
    """Who published a rate, in words; of a rate that was made of two, both."""
    words = {
        RateSource.LIVE: _("today's market"),
        RateSource.PEG: _("fixed"),
        RateSource.MANUAL: _("by hand"),
    }
    return " + ".join(str(words.get(RateSource(name), name)) for name in names.split("+") if name)


def _age(table: RateTable, mid: MidRate) -> str:
    """How old a rate is, and how long it is still good, in words."""
    days = (table.on - mid.as_of).days
    old = ngettext("%(days)s day old", "%(days)s days old", days) % {"days": days}
    if mid.stale:
        return _("%(old)s, too old to be promised") % {"old": old}
    sources = [RateSource(name) for name in mid.source.split("+") if name]
    left = min((FRESH_DAYS[source] for source in sources), default=0) - days
    if left <= 0:
        return _("%(old)s, good until the end of today") % {"old": old}
    good = ngettext("good for %(left)s day more", "good for %(left)s days more", left)
    return ", ".join((old if days else _("of today"), good % {"left": left}))
