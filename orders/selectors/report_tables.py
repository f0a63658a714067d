"""A scheme's report as rows of plain cells, for a file and for the command line; in major units."""

from __future__ import annotations

from common.money import Money
from orders.selectors.scheme_reports import SchemeReport

HEAD = (
    "section",
    "sold_in",
    "destination",
    "tax",
    "rate",
    "orders",
    "currency",
    "base",
    "amount",
    "declared_currency",
    "declared_base",
    "declared_amount",
    "exchange_rates",
)
CHECK_HEAD = (
    "destination",
    "currency",
    "this_report",
    "other_reports",
    "ledger",
    "difference",
    "result",
)


def line_rows(report: SchemeReport) -> list[tuple[object, ...]]:
    """One row a line; what is not known stays empty."""
    declared = report.declared.currency if report.declared else ""
    return [
        (
            line.section.value,
            line.sold_in,
            line.destination,
            line.name,
            line.rate_text,
            line.orders,
            line.currency,
            Money(line.base, line.currency).to_decimal(),
            Money(line.amount, line.currency).to_decimal(),
            declared,
            _major(line.declared_base, declared),
            _major(line.declared_amount, declared),
            "; ".join(line.rates),
        )
        for line in report.lines
    ]


def check_rows(report: SchemeReport) -> list[tuple[object, ...]]:
    """One row for each account of the ledger that was compared; the last cell is "ok" or "WRONG"."""
    return [
        (
            check.destination,
            check.currency,
            *(check.money[name].to_decimal() for name in ("reported", "others")),
            *(check.money[name].to_decimal() for name in ("ledger", "difference")),
            "ok" if check.is_right else "WRONG",
        )
        for check in report.checks
    ]


def _major(amount: int | None, currency: str) -> object:
    return Money(amount, currency).to_decimal() if amount is not None and currency else ""
