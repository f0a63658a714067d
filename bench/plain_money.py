"""The measure of settlement: the same payouts, lines, entries and balances by plain SQL, no guards.

One transaction a payee and step, as the market has it: made, sent, paid. Everything set-based that
can be, by psycopg2 over one connection.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from time import perf_counter
from typing import Final

from bench.plain import connect, make_tables

# Payees have the accounts from here on, as plain_posting.sql has it.
CLEARING, TRANSIT, FIRST_PAYEE, PAYEES = 1, 2, 37, 200
_RELEASES: Final = """
WITH entry AS (
    INSERT INTO plain_entry (key, kind, reference, created_at)
    SELECT 'release:' || n || ':' || %(round)s, 'RELEASE', n::text, now()
      FROM generate_series(1, %(orders)s) AS n RETURNING id, reference::int AS n)
INSERT INTO plain_leg (entry, account, currency, amount)
SELECT id, %(first)s + n %% %(payees)s, 'EUR', 940 + n %% 5000 FROM entry
"""
_OWED: Final = """
UPDATE plain_balance SET credits = credits + sums.amount FROM (
    SELECT account, sum(amount) AS amount FROM plain_leg l
     WHERE account >= %(first)s AND NOT EXISTS (SELECT FROM plain_payout_line WHERE leg = l.id)
       AND EXISTS (SELECT FROM plain_entry WHERE id = l.entry AND kind = 'RELEASE')
     GROUP BY account) AS sums WHERE plain_balance.account = sums.account
"""
_DUE: Final = "SELECT account FROM plain_balance WHERE account >= %s AND credits > debits"
_MAKE: Final = """
WITH open AS (
    SELECT l.id, l.amount FROM plain_leg l JOIN plain_entry e ON e.id = l.entry
     WHERE l.account = %(account)s AND e.kind = 'RELEASE'
       AND NOT EXISTS (SELECT FROM plain_payout_line WHERE leg = l.id)),
payout AS (
    INSERT INTO plain_payout (account, currency, amount, state, created_at)
    SELECT %(account)s, 'EUR', sum(amount), 'PENDING', now() FROM open RETURNING id, amount),
lines AS (
    INSERT INTO plain_payout_line (payout, leg) SELECT payout.id, open.id FROM payout, open),
entry AS (
    INSERT INTO plain_entry (key, kind, reference, created_at)
    SELECT 'payout:' || id, 'PAYOUT', id::text, now() FROM payout RETURNING id),
legs AS (
    INSERT INTO plain_leg (entry, account, currency, amount)
    SELECT entry.id, side.account, 'EUR', side.sign * payout.amount FROM entry, payout,
           (VALUES (%(account)s, -1), (%(transit)s, 1)) AS side(account, sign)),
owed AS (
    UPDATE plain_balance SET debits = debits + payout.amount FROM payout
     WHERE account = %(account)s),
moved AS (
    UPDATE plain_balance SET credits = credits + payout.amount FROM payout
     WHERE account = %(transit)s)
SELECT id FROM payout
"""
_SEND: Final = "UPDATE plain_payout SET state = 'SENT', provider_ref = 'po_' || id WHERE id = %s"
_PAID: Final = """
WITH payout AS (
    UPDATE plain_payout SET state = 'DONE' WHERE id = %(id)s RETURNING id, amount),
entry AS (
    INSERT INTO plain_entry (key, kind, reference, created_at)
    SELECT 'payout_paid:' || id, 'PAYOUT_PAID', id::text, now() FROM payout RETURNING id),
legs AS (
    INSERT INTO plain_leg (entry, account, currency, amount)
    SELECT entry.id, side.account, 'EUR', side.sign * payout.amount FROM entry, payout,
           (VALUES (%(transit)s, -1), (%(clearing)s, 1)) AS side(account, sign)),
moved AS (
    UPDATE plain_balance SET debits = debits + payout.amount FROM payout
     WHERE account = %(transit)s)
UPDATE plain_balance SET credits = credits + payout.amount FROM payout WHERE account = %(clearing)s
"""


def settle(
    database: Mapping[str, str], *, orders: int, payees: int, number: int
) -> dict[str, float]:
    """Seconds until the payouts were made, and until they were paid."""
    names = {"orders": orders, "payees": payees, "round": number, "first": FIRST_PAYEE}
    if number == 0:
        make_tables(database, "plain_money.sql")
    with closing(connect(database)) as connection, connection.cursor() as cursor:
        cursor.execute(_RELEASES, names)
        cursor.execute(_OWED, names)
        connection.commit()
        connection.autocommit = True
        cursor.execute("VACUUM ANALYZE")
        connection.autocommit = False
        begun = perf_counter()
        cursor.execute(_DUE, [FIRST_PAYEE])
        made = []
        for (account,) in cursor.fetchall():
            cursor.execute(_MAKE, {"account": account, "transit": TRANSIT})
            made.append((cursor.fetchone() or (0,))[0])
            connection.commit()
        settled = perf_counter() - begun
        for payout in made:
            cursor.execute(_SEND, [payout])
            connection.commit()
        for payout in made:
            cursor.execute(_PAID, {"id": payout, "transit": TRANSIT, "clearing": CLEARING})
            connection.commit()
        paid = perf_counter() - begun
    if len(made) != payees:
        raise RuntimeError(f"{len(made)} plain payouts instead of {payees}")
    return {"settled": settled, "paid": paid}
