"""What must be true when everything has come to rest: the provider's own tables beside the books.

Each check is one statement that answers with what is wrong, one line each; none may answer.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

from tests.market import Market

# What is still on its way, by kind: how many.
UNDECIDED: Final = {
    "payments": "SELECT count(*) FROM payments_payment WHERE state IN ('CREATED', 'UNKNOWN', 'OPEN')",
    "purchases": "SELECT count(*) FROM orders_purchase WHERE state = 'AWAITING_PAYMENT'",
    "refunds": "SELECT count(*) FROM payments_refund WHERE transfer NOT IN ('DONE', 'FAILED')",
    "payouts": "SELECT count(*) FROM payments_payout WHERE transfer NOT IN ('DONE', 'FAILED')",
    "reversals": "SELECT count(*) FROM payments_reversal WHERE transfer NOT IN ('DONE', 'FAILED')",
    "disputes": "SELECT count(*) FROM payments_providerdispute WHERE state NOT IN ('WON', 'LOST')",
    "disputes at the bank": (
        "SELECT count(*) FROM sandbox_dispute WHERE state NOT IN ('WON', 'LOST')"
    ),
    "events in the inbox": "SELECT count(*) FROM payments_providerevent WHERE state = 'NEW'",
    "webhooks": "SELECT count(*) FROM sandbox_delivery WHERE state = 'PENDING'",
    "payment pages": "SELECT count(*) FROM sandbox_session WHERE state IN ('OPEN', 'PROCESSING')",
    "refunds at the bank": "SELECT count(*) FROM sandbox_refund WHERE state = 'PENDING'",
    "payouts at the bank": (
        "SELECT count(*) FROM sandbox_payout"
        " WHERE state = 'PENDING' OR (state = 'PAID' AND will_return)"
    ),
    "paid without a capture": (
        "SELECT count(*) FROM sandbox_session s JOIN payments_payment p"
        " ON s.metadata->>'payment' = p.id::text WHERE s.state = 'PAID' AND p.state <> 'PAID'"
    ),
    "sellers to be paid": (
        "SELECT count(*) FROM ledger_balance b JOIN ledger_account a ON a.id = b.account_id"
        " JOIN payments_payee payee ON payee.id::text = a.reference AND NOT payee.payouts_held"
        " WHERE a.kind = 'SELLER_PAYABLE' AND b.credits - b.debits >="
        " CASE WHEN a.currency IN ('HUF', 'TWD') THEN 100 ELSE 1 END"
    ),
}

# One leg of an entry, as the books have it: the sum over an account kind of all entries of a key.
_CLEARING: Final = """
    SELECT e.key, l.currency, sum(l.amount) AS amount, count(DISTINCT e.id) AS entries
      FROM ledger_entry e JOIN ledger_posting l ON l.entry_id = e.id
      JOIN ledger_account a ON a.id = l.account_id AND a.kind = 'PROVIDER_CLEARING'
     GROUP BY e.key, l.currency
"""
CHECKS: Final = {
    "a charge at the provider and its capture in the books differ": f"""
    WITH booked AS (SELECT * FROM ({_CLEARING}) c WHERE key LIKE 'capture:%%')
    SELECT coalesce(s.key, booked.key), s.amount, s.currency, booked.amount, booked.currency
      FROM (SELECT 'capture:' || (metadata->>'payment') AS key, amount, currency
              FROM sandbox_session WHERE state = 'PAID') s
      FULL JOIN booked ON booked.key = s.key
     WHERE booked.key IS NULL OR s.key IS NULL OR booked.entries <> 1
        OR (booked.amount, booked.currency) <> (-s.amount, s.currency)
    """,
    "a purchase was charged twice": """
    SELECT metadata->>'payment', count(*) FROM sandbox_session WHERE state = 'PAID'
     GROUP BY 1 HAVING count(*) > 1
    """,
    "one wish of a buyer was charged twice": """
    SELECT p.email, count(*) FROM sandbox_session s JOIN payments_payment p
        ON s.metadata->>'payment' = p.id::text
     WHERE s.state = 'PAID' AND p.email LIKE '%%@bank.example'
     GROUP BY p.email HAVING count(*) > 1
    """,
    "a charge and what our payment says differ": """
    SELECT p.id, p.state, s.state FROM payments_payment p LEFT JOIN sandbox_session s
        ON s.metadata->>'payment' = p.id::text
     WHERE (p.state = 'PAID') <> (s.state IS NOT DISTINCT FROM 'PAID')
        OR (p.state = 'PAID' AND (p.charge_ref, p.amount, p.currency)
            <> (s.charge_id, s.amount, s.currency))
    """,
    "a refund at the provider and ours differ": """
    SELECT coalesce(r.id::text, s.metadata->>'refund'), r.amount, r.transfer, s.amount, s.state
      FROM (SELECT * FROM payments_refund WHERE origin = 'REQUEST' AND settled_by_id IS NULL) r
      FULL JOIN sandbox_refund s ON s.metadata->>'refund' = r.id::text
     WHERE r.id IS NULL OR s.id IS NULL OR (r.amount, r.currency) <> (s.amount, s.currency)
        OR (r.transfer, s.state) NOT IN (('DONE', 'PAID'), ('FAILED', 'FAILED'))
    """,
    "a refund was given twice": """
    SELECT metadata->>'refund', count(*) FROM sandbox_refund WHERE state <> 'FAILED'
     GROUP BY 1 HAVING count(*) > 1
    """,
    "a refund at the provider and its entry in the books differ": f"""
    WITH booked AS (SELECT split_part(key, ':', 2) AS refund, sum(amount) AS amount
                      FROM ({_CLEARING}) c
                     WHERE key LIKE 'refund_paid:%%' OR key LIKE 'refund_failed:%%' GROUP BY 1)
    SELECT coalesce(s.refund, booked.refund), s.amount, booked.amount
      FROM (SELECT metadata->>'refund' AS refund, sum(amount) AS amount
              FROM sandbox_refund WHERE state = 'PAID' GROUP BY 1) s
      FULL JOIN booked ON booked.refund = s.refund
     WHERE s.amount IS DISTINCT FROM booked.amount
    """,
    "more was refunded than was charged": """
    SELECT s.id, s.amount, sum(r.amount) FROM sandbox_session s JOIN sandbox_refund r
        ON r.session_id = s.id AND r.state = 'PAID'
     GROUP BY s.id HAVING sum(r.amount) > s.amount OR s.state <> 'PAID'
    """,
    "a payout at the provider and ours differ": """
    SELECT coalesce(p.id::text, s.metadata->>'payout'), p.amount, p.transfer, s.amount, s.state
      FROM payments_payout p FULL JOIN sandbox_payout s ON s.metadata->>'payout' = p.id::text
     WHERE p.id IS NULL OR s.id IS NULL OR (p.amount, p.currency) <> (s.amount, s.currency)
        OR (p.transfer, s.state) NOT IN (('DONE', 'PAID'), ('FAILED', 'FAILED'))
    """,
    "a payout was paid twice": """
    SELECT metadata->>'payout', count(*) FROM sandbox_payout
     GROUP BY 1 HAVING count(*) > 1
    """,
    "a payout at the provider and its entries in the books differ": f"""
    WITH booked AS (SELECT split_part(key, ':', 2) AS payout, sum(amount) AS amount
                      FROM ({_CLEARING}) c
                     WHERE key LIKE 'payout_paid:%%' OR key LIKE 'payout_failed:%%' GROUP BY 1)
    SELECT coalesce(s.payout, booked.payout), s.amount, booked.amount
      FROM (SELECT metadata->>'payout' AS payout, sum(amount) FILTER (WHERE state = 'PAID') AS amount
              FROM sandbox_payout GROUP BY 1) s
      FULL JOIN booked ON booked.payout = s.payout
     WHERE coalesce(s.amount, 0) <> coalesce(booked.amount, 0)
    """,
    "a dispute at the provider and ours differ": """
    SELECT coalesce(s.id, d.provider_ref), s.state, d.state, s.taken_amount, d.taken_amount,
           s.returned_amount, d.returned_amount, s.fee_amount, d.fee_amount
      FROM sandbox_dispute s FULL JOIN payments_providerdispute d ON d.provider_ref = s.id
     WHERE d.id IS NULL OR s.id IS NULL
        OR (d.state, d.currency, d.amount, d.taken_amount, d.returned_amount, d.fee_amount)
        <> (s.state, s.currency, s.amount, s.taken_amount, s.returned_amount, s.fee_amount)
    """,
    "a dispute is decided and not all of it is booked": """
    SELECT provider_ref, taken_amount, returned_amount, lost_amount FROM payments_providerdispute
     WHERE taken_amount <> returned_amount + lost_amount
    """,
    "a reversal at the provider and ours differ": """
    SELECT coalesce(r.id::text, s.metadata->>'reversal'), r.amount, r.transfer, s.amount
      FROM (SELECT * FROM payments_reversal WHERE transfer <> 'FAILED') r
      FULL JOIN sandbox_reversal s ON s.metadata->>'reversal' = r.id::text
     WHERE r.id IS NULL OR s.id IS NULL OR (r.amount, r.currency) <> (s.amount, s.currency)
    """,
    "what the provider holds for us is not what the books say": """
    SELECT currency, sum(theirs), sum(ours) FROM (
        SELECT currency, amount AS theirs, 0 AS ours FROM sandbox_session WHERE state = 'PAID'
        UNION ALL
        SELECT currency, -amount, 0 FROM sandbox_refund WHERE state = 'PAID'
        UNION ALL
        SELECT currency, -amount, 0 FROM sandbox_payout WHERE state = 'PAID'
        UNION ALL
        SELECT currency, amount, 0 FROM sandbox_reversal
        UNION ALL
        SELECT currency, returned_amount - taken_amount, 0 FROM sandbox_dispute
        UNION ALL
        SELECT l.currency, 0, -l.amount FROM ledger_posting l
          JOIN ledger_account a ON a.id = l.account_id AND a.kind = 'PROVIDER_CLEARING'
          JOIN ledger_entry e ON e.id = l.entry_id
           AND e.kind NOT IN ('PROVIDER_BOOKED', 'CHARGEBACK_FEE')) both_sides
     GROUP BY currency HAVING sum(theirs) <> sum(ours)
    """,
    "the provider's account statement is not what the books say": """
    SELECT currency, sum(theirs), sum(ours) FROM (
        SELECT currency, net AS theirs, 0 AS ours FROM sandbox_movement
        UNION ALL
        SELECT b.currency, 0, b.debits - b.credits FROM ledger_balance b
          JOIN ledger_account a ON a.id = b.account_id AND a.kind = 'PROVIDER_CLEARING') both_sides
     GROUP BY currency HAVING sum(theirs) <> sum(ours)
    """,
    "released - paid out - payable - receivable of a seller is not 0": """
    SELECT payee.name, earned.amount, paid.amount, books.amount FROM payments_payee payee
      LEFT JOIN (SELECT payee_id, sum(seller_amount - commission_amount - fee_tax_amount
                        - refunded_seller_amount + refunded_commission_amount
                        + refunded_fee_tax_amount) AS amount
                   FROM payments_heldpayment WHERE released_at IS NOT NULL
                  GROUP BY payee_id) earned ON earned.payee_id = payee.id
      LEFT JOIN (SELECT p.payee_id, sum(s.amount) AS amount FROM (
                        SELECT metadata->>'payout' AS payout, amount FROM sandbox_payout
                         WHERE state = 'PAID'
                        UNION ALL
                        SELECT p.metadata->>'payout', -r.amount FROM sandbox_reversal r
                          JOIN sandbox_payout p ON p.id = r.payout_id) s
                   JOIN payments_payout p ON s.payout = p.id::text
                  GROUP BY p.payee_id) paid ON paid.payee_id = payee.id
      LEFT JOIN (SELECT a.reference, sum(b.credits - b.debits) AS amount FROM ledger_balance b
                   JOIN ledger_account a ON a.id = b.account_id
                  WHERE a.kind IN ('SELLER_PAYABLE', 'SELLER_RECEIVABLE', 'RESERVE')
                  GROUP BY a.reference) books ON books.reference = payee.id::text
     WHERE coalesce(earned.amount, 0) <> coalesce(paid.amount, 0) + coalesce(books.amount, 0)
    """,
    "money is in transit that nobody sent": """
    SELECT a.kind, a.reference, b.credits - b.debits FROM ledger_balance b
      JOIN ledger_account a ON a.id = b.account_id
     WHERE a.kind IN ('PAYOUT_IN_TRANSIT', 'BUYER_REFUNDABLE', 'CHARGEBACK', 'DISPUTE_HOLD')
       AND b.credits <> b.debits
    """,
    # An order that ended because a bank had taken its money stays ended when the bank decides
    # otherwise; what was sent is then paid for all the same.
    "an order and its held payment differ": """
    SELECT o.number, o.state, h.state, o.refunded_amount, h.refunded_amount FROM orders_order o
      JOIN payments_heldpayment h ON h.order_ref = o.id
     WHERE o.refunded_amount <> h.refunded_amount
        OR ((o.state = 'COMPLETED') <> (h.state = 'RELEASED')
            OR (o.state IN ('CANCELLED', 'REFUNDED')) <> (h.state = 'REFUNDED'))
       AND NOT (o.state = 'REFUNDED' AND h.state = 'RELEASED'
                AND EXISTS (SELECT FROM payments_refund r
                             WHERE r.held_id = h.id AND r.undone_at IS NOT NULL))
    """,
    "a purchase and its payment differ": """
    SELECT purchase.number, purchase.state, p.state FROM orders_purchase purchase
      JOIN payments_payment p ON p.purchase_ref = purchase.id
     WHERE (purchase.state IN ('PAID', 'LATE_REFUNDED')) <> (p.state = 'PAID')
    """,
    "an event was parked": (
        "SELECT event_id, kind, last_error FROM payments_providerevent WHERE state = 'PARKED'"
    ),
    "a webhook was never taken": (
        "SELECT event_id, last_answer FROM sandbox_delivery WHERE state = 'FAILED'"
    ),
    "a purchase that ended still holds goods": """
    SELECT p.number, p.state, r.state FROM orders_purchase p
      JOIN catalog_stockreservation r ON r.purchase_ref = p.id
     WHERE (p.state IN ('EXPIRED', 'LATE_REFUNDED') AND r.state <> 'RELEASED')
        OR (p.state = 'PAID' AND r.state = 'HELD')
    """,
}


def undecided(market: Market) -> dict[str, int]:
    """What is still on its way; empty when everything has come to rest."""
    counts = {kind: int(market.value(statement)) for kind, statement in UNDECIDED.items()}
    return {kind: count for kind, count in counts.items() if count}


def differences(market: Market) -> list[str]:
    """Everything that is wrong, in words."""
    found = []
    for words, statement in CHECKS.items():
        rows = market.rows(statement)
        found += [f"{words}: {', '.join(map(str, row))}" for row in rows]
    return found


def oversold(market: Market, stock: Mapping[str, int]) -> list[str]:
    """`stock`: how many of each variant there were. What is there and what is promised add up to it."""
    rows = market.rows(
        "SELECT s.variant_id::text, s.available, coalesce((SELECT sum(quantity)"
        " FROM catalog_stockreservation r WHERE r.variant_id = s.variant_id"
        " AND r.state <> 'RELEASED'), 0) FROM catalog_stock s"
    )
    return [
        f"{variant}: {available} there, {promised} promised, of {stock[variant]}"
        for variant, available, promised in rows
        if variant in stock and (available < 0 or available + promised != stock[variant])
    ]


# What somebody was told, and the statement that finds whoever was told wrong; $ids are its ids.
PROMISES: Final = {
    "charged": (
        "session",
        "SELECT it FROM unnest(%s::text[]) AS told(it) WHERE NOT EXISTS (SELECT FROM sandbox_session s"
        " JOIN payments_payment p ON s.metadata->>'payment' = p.id::text"
        " WHERE s.id = it AND p.state = 'PAID')",
    ),
    "receipt": (
        "token",
        "SELECT it FROM unnest(%s::text[]) AS told(it) WHERE it NOT IN (SELECT p.token"
        " FROM orders_purchase p WHERE state IN ('PAID', 'LATE_REFUNDED'))",
    ),
    "shipped": (
        "order",
        "SELECT it FROM unnest(%s::text[]) AS told(it) WHERE it NOT IN"
        " (SELECT o.number FROM orders_order o WHERE shipped_at IS NOT NULL)",
    ),
    "cancelled": (
        "order",
        "SELECT it FROM unnest(%s::text[]) AS told(it) WHERE it NOT IN"
        " (SELECT o.number FROM orders_order o WHERE state = 'CANCELLED')",
    ),
    "confirmed": (
        "order",
        "SELECT it FROM unnest(%s::text[]) AS told(it) WHERE it NOT IN"
        " (SELECT o.number FROM orders_order o WHERE completed_at IS NOT NULL)",
    ),
    "payout": (
        "payout",
        "SELECT it FROM unnest(%s::text[]) AS told(it) WHERE it NOT IN"
        " (SELECT p.id::text FROM payments_payout p)",
    ),
}


def broken_promises(market: Market, journal: Iterable[Mapping[str, Any]]) -> list[str]:
    """What clients were told and is not so: something that was acknowledged got lost."""
    told: dict[str, list[Mapping[str, Any]]] = {}
    for line in journal:
        told.setdefault(line["told"], []).append(line)
    found = []
    for what, (field, statement) in PROMISES.items():
        ids = [line[field] for line in told.get(what, [])]
        found += [f"{what} was not kept: {row[0]}" for row in market.rows(statement, ids)]
    refunded = dict(market.rows("SELECT number, refunded_amount FROM orders_order"))
    for line in told.get("refunded", []):
        if refunded.get(line["order"], 0) < line["up_to"]:
            found.append(f"a refund of {line['order']} up to {line['up_to']} got lost")
    return found


FIGURES: Final = {
    "purchases placed": "SELECT count(*) FROM orders_purchase",
    "purchases paid": "SELECT count(*) FROM orders_purchase WHERE state = 'PAID'",
    "purchases ended unpaid": "SELECT count(*) FROM orders_purchase WHERE state = 'EXPIRED'",
    "paid late, refunded": "SELECT count(*) FROM orders_purchase WHERE state = 'LATE_REFUNDED'",
    "orders released to sellers": (
        "SELECT count(*) FROM payments_heldpayment WHERE released_at IS NOT NULL"
    ),
    "charges at the provider": "SELECT count(*) FROM sandbox_session WHERE state = 'PAID'",
    "refunds at the provider": "SELECT count(*) FROM sandbox_refund WHERE state = 'PAID'",
    "payouts paid at the provider": "SELECT count(*) FROM sandbox_payout WHERE state = 'PAID'",
    "reversals of payouts": "SELECT count(*) FROM sandbox_reversal",
    "charge-backs": "SELECT count(*) FROM sandbox_dispute",
    "of them lost, at least in part": "SELECT count(*) FROM sandbox_dispute WHERE state = 'LOST'",
    "cases of buyers": "SELECT count(*) FROM orders_case",
    "payouts that failed or came back": "SELECT count(*) FROM sandbox_payout WHERE state = 'FAILED'",
    "currencies": "SELECT count(DISTINCT currency) FROM ledger_account",
    "entries": "SELECT count(*) FROM ledger_entry",
    "postings": "SELECT count(*) FROM ledger_posting",
    "webhooks delivered": "SELECT count(*) FROM sandbox_delivery WHERE state = 'DONE'",
    "webhook attempts": "SELECT coalesce(sum(attempts), 0) FROM sandbox_delivery",
    "events in the inbox": "SELECT count(*) FROM payments_providerevent",
    "events that needed another try": (
        "SELECT count(*) FROM payments_providerevent WHERE attempts > 0"
    ),
    "refunds and payouts tried again": (
        "SELECT (SELECT count(*) FROM payments_refund WHERE attempts > 1)"
        " + (SELECT count(*) FROM payments_payout WHERE attempts > 1)"
    ),
}


def figures(market: Market) -> dict[str, int]:
    return {words: int(market.value(statement)) for words, statement in FIGURES.items()}


def read_journal(text: str) -> list[dict[str, Any]]:
    """Lines of JSON; a client that was ended in the middle of a line leaves half of one."""
    lines = []
    for line in text.splitlines():
        try:
            lines.append(json.loads(line))
        except ValueError:
            continue
    return lines


def summed(journal: Iterable[Mapping[str, Any]], field: str) -> Counter[str]:
    """Over the summaries of all clients."""
    total: Counter[str] = Counter()
    for line in journal:
        if line["told"] == "summary":
            total.update(line[field])
    return total
