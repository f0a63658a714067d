"""`python -m bench money`: the books beside plain SQL that does the same writes without guards.

On databases of its own, made anew by every run; the servers are those of the other benchmarks.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median
from typing import Any, Final

from bench import meter, place, plain, plain_money, servers
from bench.run import say
from bench.table import figure, markdown, spread
from marketplace.embedded import EmbeddedServers

DATABASE: Final = "bench_money"
SELLERS: Final = 200
LEGS: Final = 4
CLIENTS: Final = (1, 4)


@dataclass(frozen=True, slots=True)
class Length:
    """history: orders that were paid out long before (about 7.5 postings each). orders: what a
    settlement run finds.
    """

    rounds: int
    seconds: float
    history: int
    orders: int


QUICK: Final = Length(rounds=1, seconds=1.5, history=10_000, orders=2_000)
FULL: Final = Length(rounds=3, seconds=4.0, history=114_000, orders=10_000)


@dataclass(slots=True)
class Figures:
    """A value for each round."""

    ours: list[float] = field(default_factory=list)
    plain: list[float] = field(default_factory=list)

    def add(self, ours: float, plain_figure: float) -> None:
        self.ours.append(ours)
        self.plain.append(plain_figure)

    def ratio(self) -> float:
        """Ours by the plain one's measure: a rate's share of it, or how many times as long."""
        pairs = zip(self.ours, self.plain, strict=True)
        return median(ours / other for ours, other in pairs)


@dataclass(slots=True)
class Results:
    machine: str
    busy: float
    length: Length
    posting: dict[int, Figures]
    settled: Figures
    paid: Figures
    checked: Figures
    postings: int = 0
    accounts: int = 0
    lines: int = 0


def measure(length: Length) -> Results:
    results = Results(
        machine=meter.machine(),
        busy=meter.load(),
        length=length,
        posting={clients: Figures() for clients in CLIENTS},
        settled=Figures(),
        paid=Figures(),
        checked=Figures(),
    )
    with _databases() as data:
        say(f"{length.history + length.orders:,} orders of {SELLERS} sellers, in bulk")
        wanted = {"payees": SELLERS, "history": length.history, "fresh": length.orders}
        there = _inside("history", wanted, role="owner")
        for number in range(length.rounds):
            say(f"Round {number + 1} of {length.rounds}")
            if number:
                there = _inside("history", {"fresh": length.orders}, role="owner")
            _settle(results, servers.plain_database(data), number)
            _post(results, servers.plain_database(data))
            found = _inside("treasury", "check")
            results.checked.add(found["checked"], found["plain"])
            results.postings, results.accounts = found["postings"], there["accounts"]
    return results


def _settle(results: Results, plain_database: Mapping[str, str], number: int) -> None:
    theirs = plain_money.settle(
        plain_database, orders=results.length.orders, payees=SELLERS, number=number
    )
    ours = _inside("treasury", "settle", {"period": f"round {number}"})
    if ours["payouts"] != SELLERS:
        raise servers.BenchError(f"{ours['payouts']} payouts instead of {SELLERS}")
    results.lines = ours["lines"]
    results.settled.add(ours["settled"], theirs["settled"])
    results.paid.add(ours["paid"], theirs["paid"])


def _post(results: Results, plain_database: Mapping[str, str]) -> None:
    seconds = results.length.seconds
    for clients, figures in results.posting.items():
        theirs = plain.transactions_a_second(
            plain_database, "plain_posting.sql", seconds=seconds, clients=clients
        )
        figures.add(LEGS * _entries_a_second(clients, seconds), LEGS * theirs)


def _entries_a_second(clients: int, seconds: float) -> float:
    """Of so many processes that begin together."""
    command = _command("treasury", "post", {"seconds": seconds})
    running = [
        subprocess.Popen(
            command,
            cwd=place.ROOT,
            env=_environment("app"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(clients)
    ]
    for one in running:
        if one.stdout is None or one.stdout.readline() != "ready\n":
            raise servers.BenchError("a client that posts did not start")
    for one in running:
        if one.stdin is not None:
            one.stdin.write("go\n")
            one.stdin.flush()
    found = [json.loads(one.communicate()[0]) for one in running]
    return sum(float(one["entries"]) / float(one["seconds"]) for one in found)


# --- where it runs -------------------------------------------------------------------------------


@contextmanager
def _databases() -> Iterator[EmbeddedServers]:
    with servers.data_servers() as data:
        data.postgres.recreate_database(DATABASE)
        subprocess.run(
            [place.PYTHON, "manage.py", "migrate", "--verbosity", "0"],
            cwd=place.ROOT,
            env=_environment("owner"),
            check=True,
        )
        yield data


def _environment(role: str) -> dict[str, str]:
    return {**place.environment(), "DATABASE_NAME": DATABASE, "DATABASE_ROLE": role}


def _command(part: str, *arguments: str | Mapping[str, Any]) -> list[str]:
    words = [one if isinstance(one, str) else json.dumps(one) for one in arguments]
    return [place.PYTHON, "-m", "bench.inside", part, *words]


def _inside(part: str, *arguments: str | Mapping[str, Any], role: str = "app") -> Any:
    done = subprocess.run(
        _command(part, *arguments),
        cwd=place.ROOT,
        env=_environment(role),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise servers.BenchError(f"{part} failed:\n{done.stderr or done.stdout}")
    return json.loads(done.stdout.splitlines()[-1])


# --- the answer ----------------------------------------------------------------------------------


def write(results: Results) -> str:
    rows: list[tuple[str, ...]] = [
        ("", "the market", "plain SQL", "ratio"),
        ("---", "--:", "--:", "--:"),
    ]
    for clients, figures in results.posting.items():
        name = f"postings a second, {clients} client{'s' if clients > 1 else ''}"
        rows.append(_row(name, figures, is_rate=True))
    orders = f"{results.length.orders:,} orders of {SELLERS} sellers"
    rows.append(_row(f"settlement of {orders}, s", results.settled, is_rate=False))
    rows.append(_row("the same until sent, paid and booked, s", results.paid, is_rate=False))
    name = f"check_books over {results.postings:,} postings, s"
    rows.append(_row(name, results.checked, is_rate=False))
    notes = [
        f"{results.machine}. Load before the run: {results.busy:.1f}.",
        f"{results.length.rounds} alternated rounds; figures are medians [lowest–highest]; a ratio "
        f"is taken within its round. {LEGS}-leg entries, each a transaction of its own; the last "
        f"settlement explained {SELLERS} payouts in 6 currencies by {results.lines:,} lines, beside "
        f"{results.accounts:,} accounts.",
    ]
    return "\n".join([*markdown(rows), "", *notes, ""])


def _row(name: str, figures: Figures, *, is_rate: bool) -> tuple[str, ...]:
    ratio = figure(figures.ratio())
    words = ratio if is_rate else f"{ratio} times as long"
    return name, spread(figures.ours), spread(figures.plain), words
