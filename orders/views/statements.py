"""A seller's statements for its accountant: each payout and each year, as a page, PDF and CSV."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from babel.dates import format_date
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from common.amounts import rate_figures
from common.countries import country_name
from common.http import pdf_answer
from common.money import Money
from common.reader import reader_locale
from common.tables import csv_file
from orders.papers import StatementPaper, statement_pdf
from orders.selectors.payouts import ExplainedLine, ExplainedPayout, payout_of_business
from payments.selectors.statements import StatementLine
from payments.selectors.totals import Totals, YearlyTotals, yearly_totals, years_of
from sellers.models import Business
from sellers.states import Role
from sellers.views.access import BusinessRequest, business_required


def _payout(request: BusinessRequest, number: str) -> ExplainedPayout:
    found = payout_of_business(business=request.business, number=number)
    if found is None:
        raise Http404
    return found


def _amounts(line: StatementLine | Totals) -> tuple[Money, ...]:
    """Signed as they change what is paid, so that each row adds up to its net from left to right."""
    return (
        line.gross,
        -line.refunded,
        -line.fee,
        -line.fee_tax,
        -line.provider_fee,
        -line.reserve,
        -line.blocked,
        -line.owed,
        line.net,
    )


def _amount_heads() -> tuple[str, ...]:
    return (
        _("Gross"),
        _("Refunded"),
        _("Fee"),
        _("Tax on the fee"),
        _("Provider's fee"),
        _("Reserve"),
        _("Blocked by a dispute"),
        _("Owed, taken later"),
        _("Net"),
    )


def _exchange(line: StatementLine) -> str:
    if line.exchange is None:
        return ""
    rate = f"{line.exchange.rate.normalize():f}"
    return f"1 {line.net.currency} = {rate} {line.exchange.currency}"


def _exchange_on_paper(line: StatementLine) -> str:
    """With as many figures as people read; the CSV has them all."""
    if line.exchange is None:
        return ""
    rate = rate_figures(line.exchange.rate)
    return f"1 {line.net.currency} =\n{rate} {line.exchange.currency}"


def _country(code: str) -> str:
    return country_name(code, get_language() or "en") if code else ""


@require_GET
@business_required(role=Role.OWNER)
def payout_csv(request: BusinessRequest, slug: str, number: str) -> HttpResponse:
    """A payout's lines, amounts in major units with a plain decimal point; the sum is the payout."""
    view = _payout(request, number)
    head = (
        _("Release date"),
        _("What"),
        _("Order"),
        _("Country"),
        _("Exchange"),
        *_amount_heads(),
        _("Currency"),
        _("Note"),
    )
    rows: list[Sequence[object]] = [
        (
            row.line.at.date().isoformat(),
            str(row.line.name),
            row.order_number,
            row.line.destination,
            _exchange(row.line),
            *(money.to_decimal() for money in _amounts(row.line)),
            row.line.net.currency,
            row.line.memo,
        )
        for row in view.lines
    ]
    total = Totals.of((row.line for row in view.lines), view.detail.amount.currency)
    sums = [money.to_decimal() for money in _amounts(total)]
    rows.append(("", _("Payout"), number, "", "", *sums, view.detail.amount.currency, ""))
    return csv_file(f"payout-{number}", head, rows)


@require_GET
@business_required(role=Role.OWNER)
def payout_pdf(request: BusinessRequest, slug: str, number: str) -> HttpResponse:
    """The same on paper."""
    view = _payout(request, number)
    currency = view.detail.amount.currency
    total = Totals.of((row.line for row in view.lines), currency)
    paper = StatementPaper(
        title=_("Payout %(number)s") % {"number": number},
        head=_heading(request.business, _day(view.detail.payout.created_at.date()), currency),
        columns=(
            (_("Release date"), 0.09, False),
            (_("What"), 0.13, False),
            (_("Exchange"), 0.1, False),
            *((head, 0.68 / 9, True) for head in _amount_heads()),
        ),
        rows=[
            (
                _day(row.line.at.date()),
                _what(row),
                _exchange_on_paper(row.line),
                *map(_text, _amounts(row.line)),
            )
            for row in view.lines
        ],
        totals=("", _("Paid to your bank"), "", *map(_text, _amounts(total))),
        notes=(_notes(),),
    )
    return pdf_answer(statement_pdf(paper), f"payout-{number}")


def _what(row: ExplainedLine) -> str:
    return f"{row.line.name}\n{row.order_number}" if row.order_number else str(row.line.name)


def _heading(business: Business, when: str, currency: str) -> list[str]:
    lines = [business.name, when, _("All amounts in %(currency)s.") % {"currency": currency}]
    if business.tax_number:
        lines.insert(1, _("Tax number %(number)s") % {"number": business.tax_number})
    return lines


def _notes() -> str:
    return _(
        "A buyer pays in its own currency at the rate shown; you get your own price whatever the rate."
        " The card provider's fee is borne by the platform."
    )


def _day(value: date) -> str:
    """As on the pages: with the month's name, which no reader takes for the day."""
    return format_date(value, format="medium", locale=reader_locale())


def _text(money: Money) -> str:
    return money.plain() if money else "–"


def _year(request: BusinessRequest, year: int) -> YearlyTotals:
    if year not in years_of(payee_id=request.business.payee_id):
        raise Http404
    return yearly_totals(payee_id=request.business.payee_id, year=year)


@require_GET
@business_required(role=Role.OWNER)
def year(request: BusinessRequest, slug: str, year: int) -> HttpResponse:
    """What a year brought, by the country the goods went to."""
    totals = _year(request, year)
    shown = _columns_in_use([totals.total, *(sums for code, sums in totals.by_country)])
    context = {
        "dashboard_section": "payouts",
        "year": year,
        "heads": [head for place, head in enumerate(_amount_heads()) if place in shown],
        "rows": [
            (_named(code), sums.sales, _cells(sums, shown)) for code, sums in totals.by_country
        ],
        "total": (totals.total.sales, _cells(totals.total, shown)),
        "years": years_of(payee_id=request.business.payee_id),
    }
    return render(request, "orders/dashboard/year.html", context)


def _named(code: str) -> str:
    return _country(code) or _("No order")


def _columns_in_use(rows: Sequence[Totals]) -> set[int]:
    """On a screen a column of nothing but zeros is left out; the files have them all."""
    return {place for sums in rows for place, money in enumerate(_amounts(sums)) if money}


def _cells(sums: Totals, shown: set[int]) -> list[tuple[str, Money]]:
    pairs = list(zip(_amount_heads(), _amounts(sums), strict=True))
    return [pair for place, pair in enumerate(pairs) if place in shown]


@require_GET
@business_required(role=Role.OWNER)
def year_csv(request: BusinessRequest, slug: str, year: int) -> HttpResponse:
    """The same for a spreadsheet: amounts in major units with a plain decimal point."""
    totals = _year(request, year)
    head = (_("Country"), _("Code"), _("Sales"), *_amount_heads(), _("Currency"))
    currency = totals.payee.currency
    rows: list[Sequence[object]] = [
        (_named(code), code, sums.sales, *_decimals(sums), currency)
        for code, sums in totals.by_country
    ]
    rows.append((_("All"), "", totals.total.sales, *_decimals(totals.total), currency))
    return csv_file(f"{slug}-{year}", head, rows)


def _decimals(sums: Totals) -> Iterable[object]:
    return [money.to_decimal() for money in _amounts(sums)]


@require_GET
@business_required(role=Role.OWNER)
def year_pdf(request: BusinessRequest, slug: str, year: int) -> HttpResponse:
    """The same on paper."""
    totals = _year(request, year)
    paper = StatementPaper(
        title=_("%(year)s by country") % {"year": year},
        head=_heading(request.business, str(year), totals.payee.currency),
        columns=(
            (_("Country"), 0.2, False),
            (_("Sales"), 0.06, True),
            *((head, 0.74 / 9, True) for head in _amount_heads()),
        ),
        rows=[
            (_named(code), str(sums.sales), *map(_text, _amounts(sums)))
            for code, sums in totals.by_country
        ],
        totals=(_("All"), str(totals.total.sales), *map(_text, _amounts(totals.total))),
        notes=(_notes(),),
    )
    return pdf_answer(statement_pdf(paper), f"{slug}-{year}")
