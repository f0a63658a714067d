"""The bank test: clients move money, a nemesis kills, and at the end every unit is accounted for."""

from __future__ import annotations

import json
import re
import secrets
import shutil
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import psycopg2

from bench.meter import machine
from tests.faults import truth
from tests.faults.nemesis import Nemesis
from tests.faults.reader import Reader
from tests.faults.report import Report
from tests.market import ROOT, Market

STEP_SECONDS = 1.0
# Rest comes after the longest lease (two minutes) and the longest reservation of this market (one).
LONGEST_REST_SECONDS = 420.0
MOVE_ENDS_SECONDS = 75.0
FIRST_MOVE_SECONDS = 180.0


@dataclass(frozen=True, slots=True)
class Plan:
    """kills, about `pace` seconds apart; patience: how long rest may come by itself before the
    clock is put forward.
    """

    kills: int
    clients: int
    seed: int
    pace: float
    patience: float
    keep: bool = False


@dataclass(slots=True)
class World:
    """The market of one run and those who use it."""

    market: Market
    folder: Path
    stock: dict[str, int] = field(default_factory=dict)
    clients: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def journals(self) -> list[Path]:
        return sorted(self.folder.glob("client-*.jsonl"))


def run(plan: Plan) -> Report:
    """One bank test from an empty folder; prints a line as each part begins."""
    begun = time.monotonic()
    folder = Path(mkdtemp(prefix="freeport-bank-"))
    say(f"Seed {plan.seed}. The market starts in {folder}")
    market = Market(folder / "data")
    try:
        market.wait_until_open()
        report = run_in(market, folder, plan)
    finally:
        market.close()
        if not plan.keep:
            shutil.rmtree(folder, ignore_errors=True)
    report.seconds = time.monotonic() - begun
    return report


def run_in(market: Market, folder: Path, plan: Plan) -> Report:
    """The same in a market that is open already; journals of the clients go into `folder`."""
    begun = time.monotonic()
    report = Report(plan.seed, plan.clients, machine(), wanted_kills=plan.kills)
    world = World(market, folder)
    try:
        _let_money_move(world, plan, report)
        say("Coming to rest")
        _come_to_rest(world, plan, report)
    finally:
        for client in world.clients:
            client.kill()
    say("Comparing")
    _compare(world, report)
    report.seconds = time.monotonic() - begun
    return report


def _let_money_move(world: World, plan: Plan, report: Report) -> None:
    market = world.market
    say("Sellers open their shops")
    made = json.loads(market.python("-m", "tests.faults.shops").splitlines()[-1])
    world.stock = {one["variant"]: one["stock"] for one in made["goods"]}
    for number in range(plan.clients):
        world.clients.append(_client(world, plan, number, made))
    _wait_for_first_moves(world)
    reader = Reader(market)
    nemesis = Nemesis(market, kills=plan.kills, pace=plan.pace, seed=plan.seed)
    say(f"{plan.clients} clients move money, {plan.kills} kills")
    begun = time.monotonic()
    reader.start()
    nemesis.start()
    nemesis.join()
    # The last kill is to meet what is under way as well.
    time.sleep(min(5.0, 2 * plan.pace))
    for client in world.clients:
        client.terminate()
    for client in world.clients:
        with suppress(subprocess.TimeoutExpired):
            client.wait(MOVE_ENDS_SECONDS)
        if client.poll() != 0:
            report.failures.append(f"a client ended badly ({client.poll()})")
    reader.told_to_stop.set()
    reader.join()
    report.moving_seconds = time.monotonic() - begun
    report.kills, report.diary = nemesis.done, nemesis.diary
    report.reads, report.reads_without_answer = reader.reads, reader.without_answer
    report.problems += sorted(set(reader.problems))
    if nemesis.failure is not None:
        report.failures.append(f"the nemesis gave up: {nemesis.failure!r}")


def _client(world: World, plan: Plan, number: int, made: dict[str, Any]) -> subprocess.Popen[str]:
    journal = world.folder / f"client-{number}.jsonl"
    job = {
        "url": world.market.url,
        "number": number,
        "seed": plan.seed,
        "journal": str(journal),
        **made,
    }
    with (world.folder / f"client-{number}.log").open("wb") as log:
        client = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.clients"],
            cwd=ROOT,
            env=world.market.environment(),
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            text=True,
        )
    if client.stdin is not None:
        client.stdin.write(json.dumps(job))
        client.stdin.close()
    return client


def _wait_for_first_moves(world: World) -> None:
    """Kills begin when money has begun to move."""
    deadline = time.monotonic() + FIRST_MOVE_SECONDS
    while time.monotonic() < deadline:
        if int(world.market.value("SELECT count(*) FROM ledger_entry")) > 2:
            return
        time.sleep(0.1)
    raise AssertionError("No money moves: " + (world.folder / "client-0.log").read_text()[-2000:])


# --- rest ----------------------------------------------------------------------------------------


def _come_to_rest(world: World, plan: Plan, report: Report) -> None:
    """Wait until every effect is decided; after a while the clock is put forward."""
    market = world.market
    market.wait_until_ready()
    market.python("-m", "tests.faults.closing", str(plan.seed))
    begun = time.monotonic()
    helped = settled = False
    while left := _undecided(market):
        waited = time.monotonic() - begun
        if waited > LONGEST_REST_SECONDS:
            report.problems += [f"{count} {kind} never decided" for kind, count in left.items()]
            break
        if waited > plan.patience:
            if not helped:
                report.helped = left
                helped = True
                # Whoever holds a lease must be dead before it is ended.
                market.kill("worker")
                time.sleep(STEP_SECONDS)
            _put_clock_forward(market)
        if set(left) == {"sellers to be paid"} and not settled:
            # A period of its own, as the clock would reach a minute later.
            market.manage("settle")
            settled = True
        else:
            settled = False
        time.sleep(STEP_SECONDS)
    report.resting_seconds = time.monotonic() - begun


def _undecided(market: Market) -> dict[str, int]:
    with suppress(psycopg2.Error):
        return truth.undecided(market)
    return {"answers of the database": 1}


def _put_clock_forward(market: Market) -> None:
    """What is waited for is due: leases end, pauses between two tries and reservations are over."""
    for statement in (
        "UPDATE payments_refund SET lease_until = NULL, due_at = now() WHERE state = 'PENDING'",
        "UPDATE payments_payout SET lease_until = NULL, due_at = now() WHERE state = 'PENDING'",
        "UPDATE payments_reversal SET lease_until = NULL, due_at = now() WHERE state = 'PENDING'",
        "UPDATE sandbox_delivery SET lease_until = NULL, due_at = now() WHERE state = 'PENDING'",
        "UPDATE payments_providerevent SET received_at = received_at - interval '1 hour'"
        " WHERE state = 'NEW' AND attempts > 0",
        "UPDATE orders_deadline SET due_at = now() WHERE kind = 'PAYMENT' AND done_at IS NULL",
        "UPDATE payments_payment SET expires_at = least(expires_at, now()), created_at ="
        " least(created_at, now() - interval '3 minutes')"
        " WHERE state IN ('CREATED', 'UNKNOWN', 'OPEN')",
        "UPDATE sandbox_session SET expires_at = now() WHERE state IN ('OPEN', 'PROCESSING')"
        " AND expires_at > now()",
    ):
        with suppress(psycopg2.Error):
            market.rows(statement)
    for task, queue in (
        ("orders.tasks.handle_provider_events", "settlement"),
        ("orders.tasks.open_unknown_payments", "settlement"),
        ("payments.tasks.submit_refunds", "settlement"),
        ("payments.tasks.submit_payouts", "settlement"),
        ("payments.tasks.submit_reversals", "settlement"),
        ("orders.tasks.sweep_deadlines", "default"),
        ("sandbox.tasks.sweep", "default"),
    ):
        market.wake(task, queue=queue)


# --- the sum -------------------------------------------------------------------------------------


def _compare(world: World, report: Report) -> None:
    market = world.market
    journal = [
        line for path in world.journals for line in truth.read_journal(path.read_text("utf-8"))
    ]
    try:
        market.check_books()
    except AssertionError as error:
        report.problems.append(f"check_books: {error}")
    try:
        market.manage("reconcile")
    except AssertionError as error:
        report.problems.append(f"reconcile: {error}")
    report.problems += truth.differences(market)
    report.problems += truth.oversold(market, world.stock)
    report.problems += truth.broken_promises(market, journal)
    report.failures += [
        f"a client met a bug in {line['move']}: {line['error']}"
        for line in journal
        if line["told"] == "bug"
    ]
    report.figures = truth.figures(market)
    report.moves = truth.summed(journal, "moves")
    report.refused = truth.summed(journal, "refused")
    report.trouble = truth.summed(journal, "trouble")
    report.told = Counter(line["told"] for line in journal if line["told"] != "summary")
    report.errors = _last_words(market)
    killed = sum(report.kills.values())
    if killed < report.wanted_kills:
        report.failures.append(f"only {killed} of {report.wanted_kills} kills were made")


def _last_words(market: Market) -> Counter[str]:
    """How each traceback in the logs ends, by the error's name."""
    found: Counter[str] = Counter()
    for log in sorted((market.data / "logs").glob("*.log")):
        if log.stem.partition(".")[0] in {"web", "worker", "beat"}:
            text = log.read_text(errors="replace")
            for words in re.findall(
                r"^((?:\w+\.)+\w*(?:Error|Exception)\w*)(?::|$)", text, re.MULTILINE
            ):
                found[f"{log.stem}: {words}"] += 1
    return found


def new_seed() -> int:
    return secrets.randbelow(1_000_000)


def say(words: str) -> None:
    sys.stdout.write(f"{words} …\n")
    sys.stdout.flush()
