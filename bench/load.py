"""The load generator, a process of its own: reads one job as JSON, does it, answers in JSON.

    {"job": "pages", "port": …, "paths": […], "seconds": …}
    {"job": "basket" | "place" | "visit" | "flash", "port": …, "goods": […], "count" | "seconds": …}

"cpu" of the answer: seconds of processor time of the processes in "watch", during the measured part.
"""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Iterator, Mapping
from time import perf_counter
from typing import Any

from bench import guest, meter, wire
from bench.guest import Form, Guest
from bench.wire import Outcome, Talk

CONNECTIONS = 8
Job = Mapping[str, Any]
Ready = list[tuple[Guest, Form]]


def main() -> None:
    job = json.load(sys.stdin)
    print(json.dumps(JOBS[job["job"]](job)))


def pages(job: Job) -> dict[str, Any]:
    """One page after the other, again and again."""
    talks = (guest.look(path) for path in itertools.cycle(job["paths"]))
    return measured(job, talks, seconds=job["seconds"])


def basket(job: Job) -> dict[str, Any]:
    """The basket page of guests who have put something in."""
    ready: Ready = []
    prepare(job, ready)
    talks = (guest.look_in_basket(one) for one, _form in itertools.cycle(ready))
    return measured(job, talks, seconds=job["seconds"])


def place(job: Job) -> dict[str, Any]:
    """Orders placed by guests who stand at the checkout already; only that request is measured."""
    ready: Ready = []
    prepare(job, ready)
    won: list[str] = []

    def press(one: Guest, form: Form) -> Talk:
        if address := (yield from guest.place(one, form)):
            won.append(address)

    return measured(job, (press(one, form) for one, form in ready)) | {"won": len(won)}


def visit(job: Job) -> dict[str, Any]:
    """Whole visits, from the home page to the receipt."""
    paid: list[str] = []
    talks = (guest.whole_visit(goods, paid) for goods in itertools.cycle(job["goods"]))
    return measured(job, talks, seconds=job["seconds"]) | {"won": len(paid)}


def flash(job: Job) -> dict[str, Any]:
    """Everybody presses the button at the same moment; the winners pay."""
    ready: Ready = []
    prepare(job, ready)
    sold_at: list[float] = []
    winners: list[tuple[Guest, str]] = []

    def press(one: Guest, form: Form) -> Talk:
        if address := (yield from guest.place(one, form)):
            sold_at.append(clock.now())
            winners.append((one, address))

    clock = Clock()
    talks = (press(one, form) for one, form in ready)
    found = measured(job, talks, connections=len(ready), clock=clock)
    paid: list[str] = []
    later = (guest.pay_later(one, address, paid) for one, address in winners)
    wire.run(job["port"], later, connections=CONNECTIONS)
    return found | {
        "won": len(winners),
        "lost": len(ready) - len(winners),
        "paid": len(paid),
        "sold_out": max(sold_at, default=0.0),
    }


def prepare(job: Job, ready: Ready) -> None:
    goods = itertools.islice(itertools.cycle(job["goods"]), job["count"])
    wire.run(job["port"], (guest.prepare(one, ready) for one in goods), connections=CONNECTIONS)


class Clock:
    """Seconds since the measured part began."""

    def __init__(self) -> None:
        self.begun = 0.0

    def start(self) -> None:
        self.begun = perf_counter()

    def now(self) -> float:
        return perf_counter() - self.begun


def measured(
    job: Job,
    talks: Iterator[Talk],
    *,
    connections: int = CONNECTIONS,
    seconds: float | None = None,
    clock: Clock | None = None,
) -> dict[str, Any]:
    before = _spent(job)
    if clock is not None:
        clock.start()
    outcome: Outcome = wire.run(job["port"], talks, connections=connections, seconds=seconds)
    spent = {name: after - before[name] for name, after in _spent(job).items()}
    return {
        "requests": outcome.requests,
        "talks": outcome.talks,
        "seconds": outcome.seconds,
        "p95": outcome.p95(),
        "bytes": outcome.bytes / max(1, outcome.requests),
        "cpu": spent,
    }


def _spent(job: Job) -> dict[str, float]:
    return {name: meter.cpu_seconds(pid) for name, pid in job.get("watch", {}).items()}


JOBS = {"pages": pages, "basket": basket, "place": place, "visit": visit, "flash": flash}

if __name__ == "__main__":
    main()
