"""Making the moment of a fault certain: processes that stand still, rows and tables that are held."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import psutil
import psycopg2

from tests.market import Market, wait_for


@contextmanager
def killed(market: Market, name: str) -> Iterator[None]:
    """Kill a part on entering; on leaving, the supervisor says so and has started it again.

    The supervisor stands still meanwhile, so that the part stays away.
    """
    before = market.deaths(name)
    with standing_still([psutil.Process(market.process.pid)]):
        market.kill(name)
        yield
    wait_for(lambda: market.deaths(name) > before, 90, f"the supervisor restarts {name}")


@contextmanager
def worker_stands_still(market: Market) -> Iterator[None]:
    leader = market.leader("worker")
    with standing_still([leader, *leader.children(recursive=True)]):
        yield


@contextmanager
def standing_still(processes: list[psutil.Process]) -> Iterator[None]:
    for process in processes:
        process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGCONT)


@contextmanager
def held(market: Market, statement: str, *parameters: str) -> Iterator[Callable[[], None]]:
    """Keep what `statement` locks until the end, or until the yielded release is called."""
    connection = market.connect()

    def release() -> None:
        # The server itself may have been killed.
        with suppress(psycopg2.Error):
            connection.close()

    try:
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)
        yield release
    finally:
        release()


def somebody_waits_for(market: Market, table: str) -> bool:
    waiting = market.value(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE %s",
        f"%{table}%",
    )
    return bool(waiting)


@contextmanager
def between_call_and_mark(market: Market, kind: str, make: Callable[[], str]) -> Iterator[str]:
    """The provider has the refund or payout that `make` asks for; we have not written that down.

    `make` returns the row's id. First the provider's table is held, so that the worker stops at
    the call; then the row is, so that it stops again at the mark.
    """
    with held(market, f"LOCK TABLE sandbox_{kind} IN SHARE MODE") as let_the_call_through:
        key = make()
        market.wake(f"payments.tasks.submit_{kind}s", queue="settlement")
        wait_for(lambda: somebody_waits_for(market, f"sandbox_{kind}"), 90, "the call is made")
        with held(market, f"SELECT FROM payments_{kind} WHERE id = %s FOR UPDATE", key):
            let_the_call_through()
            sent = f"SELECT count(*) FROM sandbox_{kind} WHERE metadata->>%s = %s"
            wait_for(lambda: market.value(sent, kind, key), 90, f"the provider has the {kind}")
            wait_for(lambda: somebody_waits_for(market, f"payments_{kind}"), 90, "the mark waits")
            yield key


def lease_ends(market: Market, kind: str, key: str) -> None:
    """The time is over in which nobody else takes a row that somebody had claimed."""

    def ended() -> bool:
        with suppress(psycopg2.Error):
            market.rows(
                f"UPDATE payments_{kind} SET lease_until = NULL, due_at = now() WHERE id = %s", key
            )
            return True
        return False

    wait_for(ended, 90, "the database answers")
