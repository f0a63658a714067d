"""The measurements, in the order in which they alternate."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bench import meter, place, plain, servers
from marketplace.embedded import EmbeddedServers
from marketplace.supervisor.children import Child

FLASH_UNITS, FLASH_BUYERS = 100, 500
PAGES = ("home", "list", "search", "detail", "basket")
ORDERS = ("place", "visit")


@dataclass(frozen=True, slots=True)
class Length:
    """How long a run is: rounds, seconds of a page, orders placed, flash sales."""

    rounds: int
    seconds: float
    orders: int
    sales: int


QUICK = Length(rounds=2, seconds=1.5, orders=100, sales=1)
FULL = Length(rounds=5, seconds=3.0, orders=250, sales=3)


@dataclass(slots=True)
class Row:
    """One line of the table; a value for each round. Rates are per second, CPU in milliseconds."""

    rate: list[float] = field(default_factory=list)
    to_bare: list[float] = field(default_factory=list)
    to_plain: list[float] = field(default_factory=list)
    app_ms: list[float] = field(default_factory=list)
    database_ms: list[float] = field(default_factory=list)
    p95: list[float] = field(default_factory=list)
    size: float = 0.0
    requests_each: float = 1.0

    def take(self, found: Mapping[str, Any], *, bare: float, plain_rate: float = 0.0) -> None:
        rate = found["talks"] / found["seconds"]
        self.rate.append(rate)
        self.to_bare.append(rate / bare)
        if plain_rate:
            self.to_plain.append(rate / plain_rate)
        self.app_ms.append(found["cpu"]["app"] * 1000 / found["talks"])
        self.database_ms.append(found["cpu"]["database"] * 1000 / found["talks"])
        self.p95.append(found["p95"])
        self.size = found["bytes"]
        self.requests_each = found["requests"] / found["talks"]


@dataclass(slots=True)
class Sale:
    """One flash sale. Times in seconds from the moment at which everybody pressed the button."""

    sold: int
    oversold: int
    paid: int
    refused: int
    sold_out: float
    all_answered: float


@dataclass(slots=True)
class Results:
    machine: str
    length: Length
    listings: int
    rows: dict[str, Row]
    plain: list[float]
    sales: list[Sale]
    queries: list[tuple[str, int]]
    visits_paid: int
    books: str
    busy: float


def measure(length: Length) -> Results:
    """All of it; prints a line as each part begins."""
    busy = meter.load()
    with servers.data_servers() as data:
        say("Database and 10,000 listings (made once, then used again)")
        servers.prepare()
        market = servers.inside("market", role="owner")
        paid_before = servers.inside("shelf")["paid_purchases"]
        plain.make_tables(servers.plain_database(data))
        with servers.web(data) as web:
            bench = Bench(length, data, web, market)
            bench.warm_up()
            with servers.bare(data, page_bytes=bench.list_bytes()) as bare:
                bench.bare = bare
                for number in range(length.rounds):
                    say(f"Round {number + 1} of {length.rounds}")
                    bench.round()
            for number in range(length.sales):
                say(f"Flash sale {number + 1} of {length.sales}")
                bench.flash_sale()
        say("Queries and books")
        queries = servers.inside("queries")
        paid = servers.inside("shelf")["paid_purchases"] - paid_before
        expected = bench.visits + sum(sale.paid for sale in bench.sales) + 2
        if paid != expected:
            raise servers.BenchError(f"{expected} purchases were paid, but {paid} are marked so")
        return Results(
            machine=meter.machine(),
            length=length,
            listings=market["listings"],
            rows=bench.rows,
            plain=bench.plain_rates,
            sales=bench.sales,
            queries=queries,
            visits_paid=bench.visits,
            books=servers.check_books(),
            busy=busy,
        )


class Bench:
    """One run against one started market."""

    def __init__(
        self, length: Length, data: EmbeddedServers, web: Child, market: Mapping[str, Any]
    ) -> None:
        self.length = length
        self.data = data
        self.market = market
        self.web = web
        self.bare: Child | None = None
        self.rows = {name: Row() for name in ("bare", *PAGES, *ORDERS)}
        self.plain_rates: list[float] = []
        self.sales: list[Sale] = []
        self.visits = 0

    # --- the parts -------------------------------------------------------------------------------

    def warm_up(self) -> None:
        """Both workers have drawn every kind of page before anything is measured."""
        for name in PAGES:
            self._page(name, seconds=2.0)
        self._shop("place", count=20)
        self.visits += self._shop("visit", seconds=1.0)["won"]

    def list_bytes(self) -> int:
        size: float = self._page("list", seconds=0.5)["bytes"]
        return round(size)

    def round(self) -> None:
        """Each measurement right after its measure."""
        bare = 0.0
        for name in PAGES:
            bare = self._bare()
            self.rows[name].take(self._page(name, seconds=self.length.seconds), bare=bare)
        rate = self._plain()
        found = self._shop("place", count=self.length.orders)
        if found["won"] != self.length.orders:
            raise servers.BenchError(f"only {found['won']} of {self.length.orders} orders placed")
        self.rows["place"].take(found, bare=bare, plain_rate=rate)
        rate = self._plain()
        found = self._shop("visit", seconds=self.length.seconds * 1.5)
        self.visits += found["won"]
        self.rows["visit"].take(found, bare=bare, plain_rate=rate)

    def flash_sale(self) -> None:
        """More buyers than units, all at once."""
        before = servers.inside("shelf", str(FLASH_UNITS))
        found = self._shop("flash", count=FLASH_BUYERS, goods=[self.market["flash"]])
        after = servers.inside("shelf")
        sold = after["promised"] - before["promised"]
        if sold != found["won"] or after["available"] != FLASH_UNITS - sold:
            raise servers.BenchError(f"{found['won']} were told yes, the shelf says {after}")
        self.sales.append(
            Sale(
                sold=sold,
                oversold=max(0, sold - FLASH_UNITS),
                paid=found["paid"],
                refused=found["lost"],
                sold_out=found["sold_out"],
                all_answered=found["seconds"],
            )
        )

    # --- one measurement -------------------------------------------------------------------------

    def _bare(self) -> float:
        found = self._job(
            {"job": "pages", "paths": ["/"], "seconds": self.length.seconds},
            port=place.BARE_PORT,
            child=self.bare,
        )
        rate: float = found["requests"] / found["seconds"]
        self.rows["bare"].take(found, bare=rate)
        return rate

    def _plain(self) -> float:
        database = servers.plain_database(self.data)
        rate = plain.orders_a_second(database, seconds=self.length.seconds)
        self.plain_rates.append(rate)
        return rate

    def _page(self, name: str, *, seconds: float) -> dict[str, Any]:
        if name == "basket":
            return self._shop("basket", seconds=seconds, count=16)
        paths = {
            "home": ["/"],
            "list": self.market["categories"],
            "search": [f"/search/?q={words.replace(' ', '+')}" for words in self.market["words"]],
            "detail": [goods["page"] for goods in self.market["goods"]],
        }[name]
        return self._shop("pages", seconds=seconds, paths=paths)

    def _shop(self, job: str, **more: Any) -> dict[str, Any]:
        words = {"job": job, "goods": self.market["goods"], **more}
        return self._job(words, port=place.SHOP_PORT, child=self.web)

    def _job(self, words: Mapping[str, Any], *, port: int, child: Child | None) -> dict[str, Any]:
        database = self.data.postgres.running_pid()
        if child is None or child.process is None or database is None:
            raise servers.BenchError("a server has stopped")
        watch = {"app": child.process.pid, "database": database}
        done = subprocess.run(
            [place.PYTHON, "-m", "bench.load"],
            input=json.dumps({**words, "port": port, "watch": watch}),
            cwd=place.ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise servers.BenchError(f"{words['job']}: {done.stderr.strip().splitlines()[-1]}")
        found: dict[str, Any] = json.loads(done.stdout)
        return found


def say(words: str) -> None:
    print(f"{words} …", flush=True)
