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
WITH sums AS MATERIALIZED (
    SELECT entry_id, currency, sum(amount) AS total, count(*) AS legs FROM ledger_posting
     GROUP BY entry_id, currency)
SELECT key, 'is not balanced in ' || currency FROM ledger_entry
  JOIN sums ON sums.entry_id = ledger_entry.id WHERE total <> 0
UNION ALL
SELECT key, 'has fewer than two legs' FROM ledger_entry
  LEFT JOIN (SELECT entry_id, sum(legs) AS legs FROM sums GROUP BY entry_id) AS counted
         ON counted.entry_id = ledger_entry.id
 WHERE coalesce(legs, 0) < 2
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
    SELECT 'refund:' || id, 'BUYER_REFUNDABLE', currency,
           CASE WHEN origin = 'REQUEST' THEN amount ELSE 0 END FROM payments_refund
    UNION ALL
    SELECT 'chargeback_lost:' || id, 'CHARGEBACK', currency,
           CASE WHEN origin = 'CHARGEBACK' THEN amount ELSE 0 END FROM payments_refund
    UNION ALL
    SELECT 'chargeback_undone:' || id, 'CHARGEBACK', currency,
           CASE WHEN undone_at IS NULL THEN 0 ELSE -amount END FROM payments_refund) AS money
  LEFT JOIN (SELECT key, account.kind, sum(amount) AS amount FROM ledger_entry
               JOIN ledger_posting ON entry_id = ledger_entry.id
               JOIN ledger_account AS account ON account.id = account_id
              WHERE ledger_entry.kind
                    IN ('CAPTURE', 'REFUND', 'CHARGEBACK_LOST', 'CHARGEBACK_UNDONE')
                AND account.kind IN ('PROVIDER_CLEARING', 'BUYER_REFUNDABLE', 'CHARGEBACK')
              GROUP BY key, account.kind) AS legs ON key = entry_key AND legs.kind = money.kind
 WHERE in_rows <> coalesce(legs.amount, 0)
"""
_REFUNDS = """
SELECT order_ref, held.refunded_amount, coalesce(sums.amount, 0)
  FROM payments_heldpayment AS held
  LEFT JOIN (SELECT held_id, sum(amount) AS amount, sum(seller_amount) AS seller,
                    sum(commission_amount) AS commission, sum(fee_tax_amount) AS fee_tax
               FROM payments_refund WHERE undone_at IS NULL GROUP BY held_id) AS sums ON sums.held_id = held.id
 WHERE (refunded_amount, refunded_seller_amount, refunded_commission_amount,
        refunded_fee_tax_amount)
    <> (coalesce(sums.amount, 0), coalesce(sums.seller, 0), coalesce(sums.commission, 0),
        coalesce(sums.fee_tax, 0))
"""
# What is kept, blocked, taken by a bank or lost: by the rows that stand for it, and in the books.
_BY_ACCOUNT = """
SELECT kind, reference, currency, sum(in_rows), sum(in_books) FROM (
    SELECT 'RESERVE' AS kind, payee_id::text AS reference, currency,
           amount - used_amount AS in_rows, 0 AS in_books
      FROM payments_reservehold WHERE released_at IS NULL
    UNION ALL
    SELECT 'DISPUTE_HOLD', held.order_ref::text, held.seller_currency, share.blocked_amount, 0
      FROM payments_disputeshare AS share
      JOIN payments_heldpayment AS held ON held.id = share.held_id
    UNION ALL
    SELECT 'CHARGEBACK', id::text, currency, returned_amount + lost_amount - taken_amount, 0
      FROM payments_providerdispute
    UNION ALL
    SELECT 'PLATFORM_LOSS', id::text, currency, -platform_loss_amount, 0
      FROM payments_providerdispute
    UNION ALL
    SELECT account.kind, account.reference, account.currency, 0,
           balance.credits - balance.debits
      FROM ledger_account AS account
      JOIN ledger_balance AS balance ON balance.account_id = account.id
     WHERE account.kind IN ('RESERVE', 'DISPUTE_HOLD', 'CHARGEBACK')
        OR (account.kind = 'PLATFORM_LOSS'
            AND account.reference IN (SELECT id::text FROM payments_providerdispute))) AS both_sides
 GROUP BY kind, reference, currency HAVING sum(in_rows) <> sum(in_books)
 ORDER BY kind, reference
"""
_LOSSES = """
SELECT provider_ref, lost_amount,
       platform_loss_amount + coalesce(lost.amount, 0) + coalesce(settled.amount, 0)
  FROM payments_providerdispute AS dispute
  LEFT JOIN (SELECT dispute_id, sum(amount) AS amount FROM payments_refund
              WHERE undone_at IS NULL AND origin = 'CHARGEBACK' GROUP BY dispute_id) AS lost
         ON lost.dispute_id = dispute.id
  LEFT JOIN (SELECT settled_by_id, sum(amount) AS amount FROM payments_refund
              WHERE settled_by_id IS NOT NULL GROUP BY settled_by_id) AS settled
         ON settled.settled_by_id = dispute.id
 WHERE lost_amount <> platform_loss_amount + coalesce(lost.amount, 0)
                      + coalesce(settled.amount, 0)
"""
# What the provider moved for disputes and reversals, by the rows and in its clearing account.
_MOVED = """
SELECT kind, reference, sum(in_rows), sum(in_books) FROM (
    SELECT 'CHARGEBACK_TAKEN' AS kind, id::text AS reference, taken_amount AS in_rows,
           0 AS in_books FROM payments_providerdispute
    UNION ALL
    SELECT 'CHARGEBACK_RETURNED', id::text, -returned_amount, 0 FROM payments_providerdispute
    UNION ALL
    SELECT 'CHARGEBACK_FEE', id::text, fee_amount, 0 FROM payments_providerdispute
    UNION ALL
    SELECT 'REVERSAL', id::text, CASE WHEN transfer = 'DONE' THEN -amount ELSE 0 END, 0
      FROM payments_reversal
    UNION ALL
    SELECT CASE entry.kind WHEN 'REVERSAL_FAILED' THEN 'REVERSAL' ELSE entry.kind END,
           entry.reference, 0, posting.amount
      FROM ledger_entry AS entry
      JOIN ledger_posting AS posting ON posting.entry_id = entry.id
      JOIN ledger_account AS account ON account.id = posting.account_id
     WHERE account.kind = 'PROVIDER_CLEARING'
       AND entry.kind IN ('CHARGEBACK_TAKEN', 'CHARGEBACK_RETURNED', 'CHARGEBACK_FEE',
                          'REVERSAL', 'REVERSAL_FAILED')) AS both_sides
 GROUP BY kind, reference HAVING sum(in_rows) <> sum(in_books) ORDER BY kind, reference
"""
_REVERSED = """
SELECT number, reversed_amount, coalesce(sums.amount, 0)
  FROM payments_payout AS payout
  LEFT JOIN (SELECT payout_id, sum(amount) AS amount FROM payments_reversal
              WHERE transfer = 'DONE' GROUP BY payout_id) AS sums ON sums.payout_id = payout.id
 WHERE reversed_amount <> coalesce(sums.amount, 0)
"""
_NOT_FROZEN = """
SELECT held.order_ref, dispute.provider_ref
  FROM payments_disputeshare AS share
  JOIN payments_heldpayment AS held ON held.id = share.held_id
  JOIN payments_providerdispute AS dispute ON dispute.id = share.dispute_id
 WHERE held.state = 'HELD' AND dispute.state NOT IN ('WON', 'LOST')
   AND NOT held.frozen_by ? ('dispute:' || dispute.id)
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
    (_BY_ACCOUNT, "{} {}: {} {} by its rows, {} in the books"),
    (_LOSSES, "dispute {} has lost {}; its refunds and the platform's part add up to {}"),
    (_MOVED, "{} {} moved {} by its row, {} in the books"),
    (_REVERSED, "payout {} is reversed by {}, its reversals add up to {}"),
    (_NOT_FROZEN, "order {} is held and disputed ({}), and not frozen"),
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
