"""Reading the books: balances, the trial balance, and whether everything still adds up."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import F, Sum

from common.money import Money
from payments.models import Balance
from payments.states import AccountKind


@dataclass(frozen=True, slots=True)
class TrialLine:
    """Credits and debits of all accounts of one kind in one currency, minor units."""

    kind: str
    currency: str
    credits: int
    debits: int

    @property
    def balance(self) -> Money:
        return Money(self.credits - self.debits, self.currency)


@dataclass(slots=True)
class BooksReport:
    """What check_books found; `problems` is empty when the books are right."""

    entries: int = 0
    postings: int = 0
    accounts: int = 0
    totals: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.problems


def balance(*, kind: AccountKind, currency: str, reference: str = "") -> Money:
    """Credits less debits of one account; without a reference, of all of that kind and currency."""
    rows = Balance.objects.filter(account__kind=kind.value, account__currency=currency)
    if reference:
        rows = rows.filter(account__reference=reference)
    total = rows.aggregate(total=Sum(F("credits") - F("debits")))["total"]
    return Money(int(total or 0), currency)


def trial_balance() -> list[TrialLine]:
    """One line for each kind and currency; per currency the balances add up to zero."""
    rows = (
        Balance.objects.values("currency", "account__kind")
        .annotate(all_credits=Sum("credits"), all_debits=Sum("debits"))
        .order_by("currency", "account__kind")
    )
    return [
        TrialLine(
            row["account__kind"], row["currency"], int(row["all_credits"]), int(row["all_debits"])
        )
        for row in rows
    ]


# Each check is one statement, so that each sees the books at one moment.
_DRIFT = """
SELECT account.kind, account.currency, account.reference, balance.credits, balance.debits,
       coalesce(sums.credits, 0), coalesce(sums.debits, 0)
  FROM ledger_account AS account
  LEFT JOIN ledger_balance AS balance ON balance.account_id = account.id
  LEFT JOIN (SELECT account_id, sum(greatest(amount, 0)) AS credits,
                    sum(greatest(-amount, 0)) AS debits
               FROM ledger_posting GROUP BY account_id) AS sums ON sums.account_id = account.id
 WHERE balance.account_id IS NULL
    OR balance.credits <> coalesce(sums.credits, 0)
    OR balance.debits <> coalesce(sums.debits, 0)
    OR balance.currency <> account.currency
    OR balance.floor_zero = account.may_go_negative
 ORDER BY account.id
"""
_UNBALANCED = """
SELECT key, 'is not balanced in ' || currency FROM ledger_entry
  JOIN (SELECT entry_id, currency FROM ledger_posting GROUP BY entry_id, currency
        HAVING sum(amount) <> 0) AS wrong ON wrong.entry_id = ledger_entry.id
UNION ALL
SELECT key, 'has fewer than two legs' FROM ledger_entry
 WHERE (SELECT count(*) FROM (SELECT FROM ledger_posting WHERE entry_id = ledger_entry.id LIMIT 2)
        AS legs) < 2
UNION ALL
SELECT key, 'has a leg in another currency than its account' FROM ledger_posting AS posting
  JOIN ledger_account AS account ON account.id = posting.account_id
  JOIN ledger_entry ON ledger_entry.id = posting.entry_id
 WHERE posting.currency <> account.currency
"""
_BELOW_ZERO = """
SELECT account.kind, account.currency, account.reference, balance.credits - balance.debits
  FROM ledger_balance AS balance JOIN ledger_account AS account ON account.id = balance.account_id
 WHERE NOT account.may_go_negative AND balance.credits < balance.debits
"""
_TOTALS = "SELECT currency, sum(amount) FROM ledger_posting GROUP BY currency ORDER BY currency"
_NOT_ZERO = """
SELECT currency, sum(amount) FROM ledger_posting GROUP BY currency HAVING sum(amount) <> 0
 ORDER BY currency
"""
_HELD = """
SELECT held.order_ref, held.seller_currency, held.expected, held.booked FROM (
    SELECT order_ref, seller_currency,
           CASE WHEN payment.booked_at IS NOT NULL AND payment.state = 'HELD'
                THEN seller_amount - refunded_seller_amount ELSE 0 END AS expected,
           coalesce(balance.credits - balance.debits, 0) AS booked
      FROM payments_heldpayment AS payment
      LEFT JOIN ledger_account AS account
             ON account.kind = 'HELD' AND account.currency = payment.seller_currency
            AND account.reference = payment.order_ref::text
      LEFT JOIN ledger_balance AS balance ON balance.account_id = account.id) AS held
 WHERE held.expected <> held.booked
"""
_PAYOUTS = """
SELECT payout.number, payout.amount, coalesce(sum(posting.amount), 0)
  FROM payments_payout AS payout
  LEFT JOIN payments_payoutline AS line ON line.payout_id = payout.id
  LEFT JOIN ledger_posting AS posting ON posting.id = line.posting_id
 GROUP BY payout.id HAVING payout.amount <> coalesce(sum(posting.amount), 0)
"""
# What is on its way by the books must be on its way by the rows that stand for it.
_ON_THE_WAY = """
SELECT kind, currency, sum(in_books), sum(in_rows) FROM (
    SELECT account.kind, account.currency, balance.credits - balance.debits AS in_books,
           0 AS in_rows
      FROM ledger_account AS account
      JOIN ledger_balance AS balance ON balance.account_id = account.id
     WHERE account.kind IN ('PAYOUT_IN_TRANSIT', 'BUYER_REFUNDABLE')
    UNION ALL
    SELECT 'PAYOUT_IN_TRANSIT', currency, 0, amount FROM payments_payout
     WHERE transfer NOT IN ('DONE', 'FAILED')
    UNION ALL
    SELECT 'BUYER_REFUNDABLE', currency, 0, amount FROM payments_refund
     WHERE transfer <> 'DONE') AS both_sides
 GROUP BY kind, currency HAVING sum(in_books) <> sum(in_rows) ORDER BY kind, currency
"""
# Each payment and each refund says what its entry says; what was never paid has none.
_CHARGED_AND_REFUNDED = """
SELECT entry_key, currency, in_rows, coalesce(legs.amount, 0) FROM (
    SELECT 'capture:' || id AS entry_key, 'PROVIDER_CLEARING' AS kind, currency,
           CASE WHEN state = 'PAID' THEN -amount ELSE 0 END AS in_rows FROM payments_payment
    UNION ALL
    SELECT 'refund:' || id, 'BUYER_REFUNDABLE', currency, amount FROM payments_refund) AS money
  LEFT JOIN (SELECT key, account.kind, sum(amount) AS amount FROM ledger_entry
               JOIN ledger_posting ON entry_id = ledger_entry.id
               JOIN ledger_account AS account ON account.id = account_id
              WHERE ledger_entry.kind IN ('CAPTURE', 'REFUND')
              GROUP BY key, account.kind) AS legs ON key = entry_key AND legs.kind = money.kind
 WHERE in_rows <> coalesce(legs.amount, 0)
"""
_REFUNDS = """
SELECT order_ref, held.refunded_amount, coalesce(sums.amount, 0)
  FROM payments_heldpayment AS held
  LEFT JOIN (SELECT held_id, sum(amount) AS amount, sum(seller_amount) AS seller,
                    sum(commission_amount) AS commission, sum(fee_tax_amount) AS fee_tax
               FROM payments_refund GROUP BY held_id) AS sums ON sums.held_id = held.id
 WHERE (refunded_amount, refunded_seller_amount, refunded_commission_amount,
        refunded_fee_tax_amount)
    <> (coalesce(sums.amount, 0), coalesce(sums.seller, 0), coalesce(sums.commission, 0),
        coalesce(sums.fee_tax, 0))
"""
_COUNTS = """
SELECT (SELECT count(*) FROM ledger_entry), (SELECT count(*) FROM ledger_posting),
       (SELECT count(*) FROM ledger_account)
"""


# What each statement finds, in words; its columns in order.
_CHECKS = (
    (_DRIFT, "balance of {} {} {}: credits {}, debits {}; its postings say {} and {}"),
    (_UNBALANCED, "entry {} {}"),
    (_BELOW_ZERO, "{} {} {} is below zero: {}"),
    (_NOT_ZERO, "all postings in {} add up to {}"),
    (_HELD, "held for order {0}: {3} {1} in the books, {2} expected"),
    (_ON_THE_WAY, "{} {} is {} in the books, {} by refunds and payouts"),
    (_CHARGED_AND_REFUNDED, "{}: {} {} by its row, {} in the books"),
    (_REFUNDS, "order {} is refunded {}; its refunds add up to {}, or to other seller's shares"),
    (_PAYOUTS, "payout {} is {}, its lines add up to {}"),
)


def check_books() -> BooksReport:
    """Compute every balance again from the postings and compare all that must agree."""
    report = BooksReport()
    report.entries, report.postings, report.accounts = _rows(_COUNTS)[0]
    report.totals = {currency: int(total) for currency, total in _rows(_TOTALS)}
    for statement, words in _CHECKS:
        report.problems += [words.format(*row) for row in _rows(statement)]
    return report


def _rows(statement: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())
