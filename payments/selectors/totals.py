"""A payee's year for its accountant, and what platforms report of their sellers."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import UTC, datetime

from django.db import connection

from common.money import Money
from payments.models import Payee
from payments.selectors.statements import ABOUT_A_DEBT, StatementLine, lines_between
from payments.states import EntryKind

_COLUMNS = (
    "gross",
    "refunded",
    "fee",
    "fee_tax",
    "provider_fee",
    "reserve",
    "blocked",
    "owed",
    "net",
)

_WENT_BACK = {EntryKind.REFUND, EntryKind.CHARGEBACK_LOST, EntryKind.CHARGEBACK_UNDONE}
# Between payouts: nothing was earned, and what left is not counted either.
_BETWEEN_PAYOUTS = {EntryKind.PAYOUT_FAILED, EntryKind.CARRY}


@dataclass(slots=True)
class Totals:
    """Sums of a payee's lines, signed as the lines are; in its currency. sales: released orders."""

    sales: int
    gross: Money
    refunded: Money
    fee: Money
    fee_tax: Money
    provider_fee: Money
    reserve: Money
    blocked: Money
    owed: Money
    net: Money

    @classmethod
    def of(cls, lines: Iterable[StatementLine], currency: str) -> Totals:
        """The sums of these lines. What went back after a sale counts as refunded, not as less sold."""
        zero = Money.zero(currency)
        total = cls(0, *[zero] * (len(fields(cls)) - 1))
        for line in lines:
            total.add(line)
        return total

    def add(self, line: StatementLine) -> None:
        self.sales += line.kind == EntryKind.RELEASE
        for name in _COLUMNS:
            setattr(self, name, getattr(self, name) + getattr(line, name))
        if line.kind in _WENT_BACK:
            self.gross -= line.gross
            self.refunded -= line.gross


@dataclass(frozen=True, slots=True)
class YearlyTotals:
    """A year by the country the goods went to ("" for what is about no order), and in all.

    Days are UTC days; a sale belongs to the day on which it was released to the seller.
    """

    payee: Payee
    year: int
    by_country: list[tuple[str, Totals]]
    total: Totals


def yearly_totals(*, payee_id: uuid.UUID, year: int) -> YearlyTotals:
    """What was earned and went back; payouts that came back are neither. Raises Payee.DoesNotExist."""
    payee = Payee.objects.get(pk=payee_id)
    told = lines_between(
        payee_id=payee_id,
        since=datetime(year, 1, 1, tzinfo=UTC),
        until=datetime(year + 1, 1, 1, tzinfo=UTC),
    )
    lines = [line for line in told if line.kind not in _BETWEEN_PAYOUTS]
    by_country: dict[str, list[StatementLine]] = defaultdict(list)
    for line in lines:
        by_country[line.destination].append(line)
    return YearlyTotals(
        payee,
        year,
        [(code, _earned(rows, payee.currency)) for code, rows in sorted(by_country.items())],
        _earned(lines, payee.currency),
    )


def _earned(lines: Iterable[StatementLine], currency: str) -> Totals:
    """The sums of these lines, where what pays a debt settles what was owed, and sells nothing."""
    rows = list(lines)
    total = Totals.of(rows, currency)
    for line in rows:
        if line.kind in ABOUT_A_DEBT:
            total.gross -= line.gross
            total.owed -= line.gross
    return total


def years_of(*, payee_id: uuid.UUID) -> list[int]:
    """The years in which anything happened on a payee's account, newest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT extract(year FROM entry.created_at AT TIME ZONE 'UTC')::int"
            "  FROM ledger_account AS account"
            "  JOIN ledger_posting AS posting ON posting.account_id = account.id"
            "  JOIN ledger_entry AS entry ON entry.id = posting.entry_id"
            " WHERE account.kind IN ('SELLER_PAYABLE', 'SELLER_RECEIVABLE')"
            "   AND account.reference = %s ORDER BY 1 DESC",
            [str(payee_id)],
        )
        return [row[0] for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class QuarterTotals:
    """What a platform reports of one payee and quarter (1 to 4), in the payee's currency.

    consideration: paid or credited to the seller, after the platform's fees and their tax, and
    after what went back to buyers or their banks (what a dispute only blocks counts until it is
    lost); activities: sales released in the quarter.
    """

    payee_id: uuid.UUID
    currency: str
    quarter: int
    consideration: Money
    fees: Money
    taxes: Money
    activities: int


_QUARTERS = """
SELECT payable.reference, payable.currency,
       extract(quarter FROM entry.created_at AT TIME ZONE 'UTC')::int AS quarter,
       sum(payable.amount), sum(coalesce(beside.fee, 0)), sum(coalesce(beside.tax, 0)),
       count(*) FILTER (WHERE entry.kind = 'RELEASE')
  FROM (SELECT posting.entry_id, account.currency, sum(posting.amount) AS amount,
               CASE WHEN account.kind = 'DISPUTE_HOLD' THEN held.payee_id::text
                    ELSE account.reference END AS reference
          FROM ledger_posting AS posting
          JOIN ledger_account AS account ON account.id = posting.account_id
          LEFT JOIN payments_heldpayment AS held
            ON account.kind = 'DISPUTE_HOLD' AND held.order_ref::text = account.reference
         WHERE account.kind IN ('SELLER_PAYABLE', 'SELLER_RECEIVABLE', 'RESERVE', 'DISPUTE_HOLD')
         GROUP BY posting.entry_id, account.currency, 4) AS payable
  JOIN ledger_entry AS entry ON entry.id = payable.entry_id
  LEFT JOIN (SELECT posting.entry_id,
                    sum(posting.amount) FILTER (WHERE account.kind = 'COMMISSION') AS fee,
                    sum(posting.amount) FILTER (WHERE account.kind = 'FEE_TAX_PAYABLE') AS tax
               FROM ledger_posting AS posting
               JOIN ledger_account AS account ON account.id = posting.account_id
              WHERE account.kind IN ('COMMISSION', 'FEE_TAX_PAYABLE')
              GROUP BY posting.entry_id) AS beside ON beside.entry_id = entry.id
 WHERE entry.kind IN ('RELEASE', 'REFUND', 'CHARGEBACK_LOST', 'CHARGEBACK_UNDONE')
   AND entry.created_at >= %s AND entry.created_at < %s
 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""


def quarters_of_all(*, year: int) -> list[QuarterTotals]:
    """Every payee's quarters of a year in which it sold or gave back something."""
    with connection.cursor() as cursor:
        cursor.execute(
            _QUARTERS, [datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)]
        )
        rows = cursor.fetchall()
    return [
        QuarterTotals(
            payee_id=uuid.UUID(reference),
            currency=currency,
            quarter=quarter,
            consideration=Money(int(amount), currency),
            fees=Money(int(fee), currency),
            taxes=Money(int(tax), currency),
            activities=int(count),
        )
        for reference, currency, quarter, amount, fee, tax, count in rows
    ]
