"""Looks at the books all the time: what every reader must see, whoever is being killed."""

from __future__ import annotations

import threading
from contextlib import closing
from typing import Final

import psycopg2

from tests.market import Market

PAUSE_SECONDS = 0.2
# Each answers with what is wrong; all are asked in one snapshot.
INVARIANTS: Final = {
    "the balances of a currency do not add up to zero": (
        "SELECT currency, sum(credits - debits) FROM ledger_balance"
        " GROUP BY currency HAVING sum(credits - debits) <> 0"
    ),
    "the postings of a currency do not add up to zero": (
        "SELECT currency, sum(amount) FROM ledger_posting GROUP BY currency HAVING sum(amount) <> 0"
    ),
    "an account is below zero that must not be": (
        "SELECT account_id, credits - debits FROM ledger_balance"
        " WHERE floor_zero AND credits < debits"
    ),
    "a balance is not the sum of its postings": (
        "SELECT account_id FROM ledger_balance b LEFT JOIN"
        " (SELECT account_id, sum(amount) AS amount FROM ledger_posting GROUP BY account_id) p"
        " USING (account_id) WHERE credits - debits <> coalesce(amount, 0)"
    ),
    "a shelf holds less than nothing": (
        "SELECT variant_id, available FROM catalog_stock WHERE available < 0"
    ),
}


class Reader(threading.Thread):
    """Reads in REPEATABLE READ snapshots until told to stop."""

    def __init__(self, market: Market) -> None:
        super().__init__(name="reader", daemon=True)
        self.market = market
        self.reads = 0
        self.without_answer = 0
        self.problems: list[str] = []
        self.told_to_stop = threading.Event()

    def run(self) -> None:
        while not self.told_to_stop.is_set():
            try:
                with closing(self.market.connect()) as connection:
                    self._read_on(connection)
            except psycopg2.Error:
                self.without_answer += 1
                self.told_to_stop.wait(PAUSE_SECONDS)

    def _read_on(self, connection: psycopg2.extensions.connection) -> None:
        connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
        while not self.told_to_stop.wait(PAUSE_SECONDS):
            with connection, connection.cursor() as cursor:
                for words, statement in INVARIANTS.items():
                    cursor.execute(statement)
                    self.problems += [f"{words}: {row}" for row in cursor.fetchall()]
            self.reads += 1
