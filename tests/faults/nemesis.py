"""Kills parts of a running market with SIGKILL, in an order and at moments drawn from a seed.

Whatever dies is started again by who does so in daily life: the supervisor, granian for its
workers, Celery for its pool, the postmaster for PostgreSQL's backends.
"""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Final

import psutil
import psycopg2

from tests.market import Market

# Between two kills something must have been booked, but nobody waits for ever.
STANDSTILL_SECONDS: Final = 8.0
BUSY_SECONDS: Final = 4.0
# A moment at which effects are under way: a claimed transfer or webhook, or an event to act on.
AT_WORK: Final = """
SELECT EXISTS (SELECT FROM payments_refund WHERE state = 'PENDING' AND lease_until > now())
    OR EXISTS (SELECT FROM payments_payout WHERE state = 'PENDING' AND lease_until > now())
    OR EXISTS (SELECT FROM sandbox_delivery WHERE state = 'PENDING' AND lease_until > now())
    OR EXISTS (SELECT FROM payments_providerevent WHERE state = 'NEW')
"""
BACKENDS: Final = """
SELECT pid FROM pg_stat_activity
 WHERE application_name = 'freeport' AND backend_type = 'client backend'
 ORDER BY state IN ('active', 'idle in transaction') DESC NULLS LAST, random() LIMIT 5
"""


class Nemesis(threading.Thread):
    """Kills `kills` times, about `pace` seconds apart; `done` counts them by kind."""

    def __init__(self, market: Market, *, kills: int, pace: float, seed: int) -> None:
        super().__init__(name="nemesis", daemon=True)
        self.market, self.kills, self.pace = market, kills, pace
        self.dice = random.Random(f"{seed}:nemesis")
        self.done: Counter[str] = Counter()
        self.missed: Counter[str] = Counter()
        self.diary: list[str] = []
        self.told_to_stop = threading.Event()
        self.failure: BaseException | None = None
        self.begun = time.monotonic()

    def run(self) -> None:
        try:
            self._run()
        except BaseException as error:  # noqa: BLE001 - told by the main thread
            self.failure = error

    def _run(self) -> None:
        deck: list[str] = []
        while sum(self.done.values()) < self.kills and not self.told_to_stop.is_set():
            # Every kind comes up about as often as the others, in an order of its own each time.
            if not deck:
                deck = sorted(KINDS)
                self.dice.shuffle(deck)
            kind = deck.pop()
            self.told_to_stop.wait(self.pace * self.dice.uniform(0.3, 1.7))
            self._wait_for_money()
            if KINDS[kind](self):
                self.done[kind] += 1
                self.diary.append(f"{time.monotonic() - self.begun:6.1f} s  {kind}")
            else:
                # It was dead already, or not in sight.
                self.missed[kind] += 1

    def _wait_for_money(self) -> None:
        """Wait until something was booked since the last kill: what stands still proves nothing."""
        newest = "SELECT max(id) FROM ledger_entry"
        before = self._ask(newest)
        deadline = time.monotonic() + STANDSTILL_SECONDS
        while time.monotonic() < deadline and not self.told_to_stop.is_set():
            now = self._ask(newest)
            if now is not None and before is not None and now != before:
                return
            before = now if before is None else before
            time.sleep(0.05)

    def _ask(self, statement: str) -> object:
        with suppress(psycopg2.Error):
            return self.market.value(statement)
        return None

    # --- each returns whether somebody died ------------------------------------------------------

    def _part(self, name: str) -> bool:
        """A whole part: its main process and what that started."""
        try:
            self.market.kill(name)
        except (AssertionError, psutil.Error, OSError):
            return False
        return True

    def _one_of(self, name: str) -> bool:
        """One process below a part's main one."""
        try:
            below = self.market.leader(name).children()
            victims = [one for one in below if "resource_tracker" not in " ".join(one.cmdline())]
            if not victims:
                return False
            self.dice.choice(sorted(victims, key=lambda one: int(one.pid))).kill()
        except (AssertionError, psutil.Error):
            return False
        return True

    def web(self) -> bool:
        return self._part("web")

    def web_worker(self) -> bool:
        return self._one_of("web")

    def worker(self) -> bool:
        return self._part("worker")

    def pool_process(self) -> bool:
        return self._one_of("worker")

    def relay(self) -> bool:
        """The worker, while it carries effects out or acts on what a provider told."""
        deadline = time.monotonic() + BUSY_SECONDS
        while not self._ask(AT_WORK):
            if time.monotonic() > deadline or self.told_to_stop.is_set():
                return False
            time.sleep(0.02)
        return self._part("worker")

    def beat(self) -> bool:
        return self._part("beat")

    def redis(self) -> bool:
        return self._part("Redis")

    def postgresql(self) -> bool:
        return self._part("PostgreSQL")

    def backend_terminated(self) -> bool:
        """One connection of the market ends, as an administrator ends it."""
        with suppress(psycopg2.Error):
            found = self.market.rows(BACKENDS)
            if found:
                pid = self.dice.choice(found)[0]
                return bool(self.market.value("SELECT pg_terminate_backend(%s)", pid))
        return False

    def backend_killed(self) -> bool:
        """kill -9 of one backend: PostgreSQL throws all of them out and recovers."""
        with suppress(psycopg2.Error, OSError):
            found = self.market.rows(BACKENDS)
            if found:
                os.kill(self.dice.choice(found)[0], signal.SIGKILL)
                return True
        return False


KINDS: Final[dict[str, Callable[[Nemesis], bool]]] = {
    "web server": Nemesis.web,
    "one web worker": Nemesis.web_worker,
    "Celery worker": Nemesis.worker,
    "one Celery pool process": Nemesis.pool_process,
    "Celery worker amid effects": Nemesis.relay,
    "beat": Nemesis.beat,
    "Redis": Nemesis.redis,
    "PostgreSQL, all of it": Nemesis.postgresql,
    "one backend terminated": Nemesis.backend_terminated,
    "one backend killed": Nemesis.backend_killed,
}
