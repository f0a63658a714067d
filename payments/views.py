"""The public page of exchange rates: which rate, from where, of when, and what we add."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from babel.numbers import format_decimal
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.middleware import preferences_of
from common.money import Money
from common.reader import reader_locale
from payments.forms import ConversionForm, currency_name
from payments.rules.rates import MidRate, RateTable
from payments.selectors import rate_table

FIGURES = 6


@dataclass(frozen=True, slots=True)
class RateRow:
    """One currency: how much of it one unit of the base is, rounded for reading."""

    code: str
    name: str
    mid: str
    source: str
    as_of: date
    stale: bool
    spread_bp: int


@dataclass(frozen=True, slots=True)
class Conversion:
    """What a buyer pays for a price, and how that came about."""

    price: Money
    at_mid: Money
    charged: Money
    mid: MidRate
    mid_text: str
    spread_bp: int


@require_safe
def rates(request: HttpRequest) -> HttpResponse:
    """Every rate of today against the reader's own currency, and a calculator."""
    table = rate_table(now=timezone.now())
    own = preferences_of(request).currency
    base = own if own in table.currencies else "EUR"
    rows = [_row(table, base, code) for code in table.currencies if code != base]
    spreads = {row.spread_bp for row in rows}
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
        mid_text=_figures(mid.rate),
        spread_bp=table.spread(price.currency, paid),
    )
    return {"form": form, "conversion": conversion}


def _row(table: RateTable, base: str, code: str) -> RateRow:
    mid = table.mid(base, code)
    return RateRow(
        code=code,
        name=currency_name(code),
        mid=_figures(mid.rate),
        source=mid.source,
        as_of=mid.as_of,
        stale=mid.stale,
        spread_bp=table.spread(code, base),
    )


def _figures(rate: Decimal) -> str:
    """At most six significant figures, never in powers of ten, as the reader writes numbers."""
    shown = rate.quantize(Decimal(1).scaleb(min(rate.adjusted() - FIGURES + 1, 0)))
    return format_decimal(shown, locale=reader_locale(), decimal_quantization=False)
