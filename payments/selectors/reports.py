"""What an operator reads of the books: how old held money is, and what exchange we are exposed to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from common.money import Money
from payments.rules.rates import RateUnavailableError
from payments.selectors.ledger import trial_balance
from payments.selectors.rates import rate_table
from payments.states import AccountKind

BUCKETS = (7, 30, 60, 90)
REPORT_CURRENCY = "EUR"


@dataclass(frozen=True, slots=True)
class AgedLine:
    """Held money in one currency by age: `amounts` and `counts` by bucket (up to 7 days, …)."""

    currency: str
    amounts: tuple[Money, ...]
    counts: tuple[int, ...]
    oldest: datetime | None

    @property
    def total(self) -> Money:
        return Money.sum(self.amounts, self.currency)


@dataclass(frozen=True, slots=True)
class PositionLine:
    """The exchange position in one currency: positive means that we hold more than we owe.

    in_report_currency: the same at today's middle rate; None without a fresh rate.
    """

    money: Money
    in_report_currency: Money | None


_AGED = """
SELECT seller_currency,
       width_bucket(extract(epoch FROM %(now)s - booked_at) / 86400.0,
                    ARRAY[0, 7, 30, 60, 90]::numeric[]) AS bucket,
       sum(seller_amount - refunded_seller_amount), count(*), min(booked_at)
  FROM payments_heldpayment
 WHERE state = 'HELD' AND booked_at IS NOT NULL
 GROUP BY seller_currency, bucket ORDER BY seller_currency, bucket
"""


def aged_held(*, now: datetime) -> list[AgedLine]:
    """Held money by currency and age; the last bucket is everything older than the others."""
    with connection.cursor() as cursor:
        cursor.execute(_AGED, {"now": now})
        rows = cursor.fetchall()
    lines = []
    for currency in sorted({row[0] for row in rows}):
        own = [row for row in rows if row[0] == currency]
        amounts, counts = [0] * (len(BUCKETS) + 1), [0] * (len(BUCKETS) + 1)
        for _, bucket, amount, count, _oldest in own:
            place = min(max(int(bucket) - 1, 0), len(BUCKETS))
            amounts[place] += int(amount)
            counts[place] += int(count)
        lines.append(
            AgedLine(
                currency,
                tuple(Money(amount, currency) for amount in amounts),
                tuple(counts),
                min(row[4] for row in own),
            )
        )
    return lines


def exchange_position(*, now: datetime) -> list[PositionLine]:
    """What converting for buyers and sellers has left us with, a line a currency."""
    table = rate_table(now=now)
    lines = []
    for line in trial_balance():
        if line.kind != AccountKind.FX_POSITION or not line.balance:
            continue
        try:
            rate = table.mid(line.currency, REPORT_CURRENCY).rate
        except RateUnavailableError:
            lines.append(PositionLine(line.balance, None))
            continue
        converted = (
            line.balance
            if line.currency == REPORT_CURRENCY
            else line.balance.convert(rate, REPORT_CURRENCY)
        )
        lines.append(PositionLine(line.balance, converted))
    return lines
