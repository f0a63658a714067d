"""The operator's reports on the books: trial balance, aged held payments, exchange position."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from common.money import Money
from common.tables import csv_file
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
    head = ("currency", "account", "credits", "debits", "balance")
    return csv_file(_name("trial-balance", now), head, rows)


def _figures(sides: Sequence[int], balance: Money) -> list[Decimal]:
    monies = [*(Money(side, balance.currency) for side in sides), balance]
    return [money.to_decimal() for money in monies]


def aged_held_file(now: datetime) -> HttpResponse:
    """Held payments by currency and age, in major units, with their number."""
    head = ["currency", "total", "oldest"]
    for bound in (*(f"to_{days}_days" for days in BUCKETS), f"over_{BUCKETS[-1]}_days"):
        head += [bound, f"{bound}_count"]
    rows = []
    for line in aged_held(now=now):
        row: list[object] = [line.currency, line.total.to_decimal(), f"{line.oldest:%Y-%m-%d}"]
        for amount, count in zip(line.amounts, line.counts, strict=True):
            row += [amount.to_decimal(), count]
        rows.append(row)
    return csv_file(_name("held-payments", now), head, rows)


def exchange_position_file(now: datetime) -> HttpResponse:
    """The exchange position by currency, and at today's middle rate; empty without one."""
    rows = (
        (
            line.money.currency,
            line.money.to_decimal(),
            _or_empty(line.in_report_currency),
        )
        for line in exchange_position(now=now)
    )
    head = ("currency", "position", f"in_{REPORT_CURRENCY.lower()}")
    return csv_file(_name("exchange-position", now), head, rows)


def _or_empty(money: Money | None) -> Decimal | str:
    """What is not known stays empty; nothing is a figure like any other."""
    return "" if money is None else money.to_decimal()


def _name(report: str, now: datetime) -> str:
    return f"{report}-{now:%Y-%m-%d-%H%M}"
