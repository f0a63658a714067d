"""The operator's reports on the books: trial balance, aged held payments, exchange position."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from common.money import Money
from payments.selectors import trial_balance
from payments.selectors.reports import (
    BUCKETS,
    REPORT_CURRENCY,
    aged_held,
    exchange_position,
)

AGES = (
    *(
        _("up to %(days)d days") % {"days": days}
        if not place
        else _("%(from)d to %(days)d days") % {"from": BUCKETS[place - 1] + 1, "days": days}
        for place, days in enumerate(BUCKETS)
    ),
    _("over %(days)d days") % {"days": BUCKETS[-1]},
)


def trial_balance_file(now: datetime) -> HttpResponse:
    """Credits, debits and balance of every kind and currency, in major units."""
    rows = (
        (line.currency, line.kind, *_figures((line.credits, line.debits), line.balance))
        for line in trial_balance()
    )
    return _file(
        "trial-balance", now, ("currency", "account", "credits", "debits", "balance"), rows
    )


def _figures(sides: Sequence[int], balance: Money) -> list[str]:
    monies = [*(Money(side, balance.currency) for side in sides), balance]
    return [f"{money.to_decimal():f}" for money in monies]


def aged_held_file(now: datetime) -> HttpResponse:
    """Held payments by currency and age, in major units, with their number."""
    head = ["currency", "total", "oldest"]
    for bound in (*(f"to_{days}_days" for days in BUCKETS), f"over_{BUCKETS[-1]}_days"):
        head += [bound, f"{bound}_count"]
    rows = []
    for line in aged_held(now=now):
        row = [line.currency, f"{line.total.to_decimal():f}", f"{line.oldest:%Y-%m-%d}"]
        for amount, count in zip(line.amounts, line.counts, strict=True):
            row += [f"{amount.to_decimal():f}", str(count)]
        rows.append(row)
    return _file("held-payments", now, head, rows)


def exchange_position_file(now: datetime) -> HttpResponse:
    """The exchange position by currency, and at today's middle rate; empty without one."""
    rows = (
        (
            line.money.currency,
            f"{line.money.to_decimal():f}",
            f"{line.in_report_currency.to_decimal():f}" if line.in_report_currency else "",
        )
        for line in exchange_position(now=now)
    )
    head = ("currency", "position", f"in_{REPORT_CURRENCY.lower()}")
    return _file("exchange-position", now, head, rows)


def _file(
    name: str, now: datetime, head: Sequence[str], rows: Iterable[Sequence[str]]
) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}-{now:%Y-%m-%d-%H%M}.csv"'
    writer = csv.writer(response)
    writer.writerow(head)
    writer.writerows(rows)
    return response
