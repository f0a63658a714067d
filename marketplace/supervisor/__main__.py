"""`./run` from here on: read the arguments, start, watch, stop."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from marketplace.embedded import describe_os_error
from marketplace.environment import CannotStart
from marketplace.supervisor import guards, peer
from marketplace.supervisor.children import HOST, MARK, ROOT, Child, end_all, market_children
from marketplace.supervisor.words import say, step, welcome

WATCH_SECONDS = 0.25
READY_SECONDS = 60


@dataclass
class Options:
    port: int
    data: Path | None
    demo: bool
    reset: bool
    # Of the Stripe peer; None without one.
    peer_port: int | None = None


@dataclass
class Market:
    """All that one `./run` starts."""

    options: Options
    settings: Any
    environment: dict[str, str]
    children: list[Child] = field(default_factory=list)
    told_to_stop: bool = False
    started_at: float = field(default_factory=time.monotonic)

    def go_on(self) -> None:
        """Raise KeyboardInterrupt when somebody wants to stop."""
        if self.told_to_stop:
            raise KeyboardInterrupt


def main() -> None:
    options = read_arguments(sys.argv[1:])
    if options.data is not None:
        os.environ["FREEPORT_DATA_DIR"] = str(options.data)
    os.environ.setdefault("SITE_URL", f"http://{HOST}:{options.port}")
    if options.peer_port is not None:
        peer.announce(options.peer_port)
    try:
        # Only now: the settings read the variables set above.
        from marketplace import settings  # noqa: PLC0415

        mark = {MARK: str(settings.DATA_DIR)}
        run(Market(options, settings, environment={**os.environ, **mark}))
    except KeyboardInterrupt:
        sys.exit("\nStopped while starting; the next ./run goes on from here.")
    except OSError as error:
        raise CannotStart(describe_os_error(error, options.data or ROOT / ".data")) from None


def read_arguments(arguments: list[str]) -> Options:
    parser = argparse.ArgumentParser(
        prog="./run",
        description="Start the whole market on this machine: database, web, workers. "
        "Ctrl-C stops it; the data stays.",
    )
    parser.add_argument("--port", type=int, default=8000, help="of the web pages (default 8000)")
    parser.add_argument("--data", type=Path, metavar="DIR", help="all data (default .data)")
    parser.add_argument("--no-demo", action="store_true", help="start with an empty market")
    parser.add_argument(
        "--stripe-peer",
        type=int,
        nargs="?",
        const=0,
        metavar="PORT",
        help="pay through a stand-in for Stripe (on the port after the web pages' one)",
    )
    parser.add_argument("--reset", action="store_true", help="delete all data first")
    found = parser.parse_args(arguments)
    if not 1 <= found.port <= 65535:
        parser.error(f"--port must be between 1 and 65535, not {found.port}.")
    data = found.data.expanduser().resolve() if found.data else None
    peer_port = found.stripe_peer
    if peer_port is not None:
        peer_port = peer_port or found.port + 1
        if not 1 <= peer_port <= 65535 or peer_port == found.port:
            parser.error(f"--stripe-peer needs a port of its own, not {peer_port}.")
    return Options(
        port=found.port,
        data=data,
        demo=not found.no_demo,
        reset=found.reset,
        peer_port=peer_port,
    )


def run(market: Market) -> None:
    data_dir: Path = market.settings.DATA_DIR
    data_dir.mkdir(parents=True, exist_ok=True)
    with guards.only_one(data_dir, market.options.port):
        guards.end_leftovers(data_dir)
        if market.options.reset and guards.clear(market.settings):
            start_over()
        guards.check_port(market.options.port)
        if market.options.peer_port is not None:
            guards.check_port(market.options.peer_port, option="--stripe-peer")
        guards.check_disk(data_dir)
        try:
            start(market)
            watch(market)
        finally:
            stop(market)


def start_over() -> None:
    """The secrets went with the data, so the settings are read anew by a new program."""
    arguments = [argument for argument in sys.argv[1:] if argument != "--reset"]
    os.execv(sys.executable, [sys.executable, "-m", "marketplace.supervisor", *arguments])


def start(market: Market) -> None:
    settings = market.settings
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stopper(market))
    with step("Database and Redis") as done:
        done("started" if settings.start_embedded_servers() else "running already")
    with step("Tables and static files"):
        manage(market, "prepare", DATABASE_ROLE="owner")
    if market.options.peer_port is not None:
        start_peer(market, market.options.peer_port)
    if market.options.demo and settings.DEMO:
        load_demo(market)
    own = market_children(
        port=market.options.port,
        media=settings.MEDIA_ROOT,
        logs=settings.DATA_DIR / "logs",
        environment=market.environment,
    )
    market.children += own
    with step("Web, workers and clock"):
        settings.MEDIA_ROOT.mkdir(parents=True, exist_ok=True)
        for child in own:
            child.launch()
        wait_until_ready(market)
    welcome(
        name=settings.SITE_NAME,
        site=f"http://{HOST}:{market.options.port}",
        data_dir=settings.DATA_DIR,
        demo=settings.DEMO,
        seconds=time.monotonic() - market.started_at,
        peer=settings.STRIPE_API_BASE if market.options.peer_port is not None else "",
    )


def start_peer(market: Market, port: int) -> None:
    """Before the demo, which may already want to be paid."""
    data_dir: Path = market.settings.DATA_DIR
    peer.leave_word(data_dir / "stripe-peer.env", market.environment)
    child = peer.peer_child(
        port=port,
        site=f"http://{HOST}:{market.options.port}",
        data=data_dir / "stripe-peer.sqlite3",
        logs=data_dir / "logs",
        environment=market.environment,
    )
    market.children.append(child)
    with step("Stripe peer"):
        child.launch()
        peer.wait_for_peer(child, port)


def load_demo(market: Market) -> None:
    settings = market.settings
    database = json.dumps([settings.APP_DATABASE[key] for key in ("HOST", "PORT", "NAME")])
    digest = hashlib.sha256(database.encode()).hexdigest()[:12]
    stamp = settings.DATA_DIR / f"demo-loaded-{digest}"
    if stamp.exists():
        return
    with step("Demo market"):
        manage(market, "load_demo")
        stamp.touch()


def manage(market: Market, command: str, **variables: str) -> None:
    """Run one management command to its end, or until somebody wants to stop."""
    log = market.settings.DATA_DIR / "logs" / f"{command}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "manage.py"), command],
            env={**market.environment, **variables},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    while process.poll() is None:
        if market.told_to_stop:
            process.kill()
            process.wait()
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.2)
    market.go_on()
    if process.returncode != 0:
        lines = log.read_text(errors="replace").strip().splitlines() or ["it said nothing"]
        raise CannotStart(f"`manage.py {command}` failed: {lines[-1]} (all of it is in {log})")


def wait_until_ready(market: Market) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        market.go_on()
        for child in market.children:
            if child.stopped_at_once():
                raise CannotStart(f"The {child.name} process stopped: {child.last_line()}")
        with suppress(urllib.error.URLError, OSError):
            address = f"http://{HOST}:{market.options.port}/readyz"
            with urllib.request.urlopen(address, timeout=5):
                return
        time.sleep(0.1)
    last_line = next(c for c in market.children if c.name == "web").last_line()
    raise CannotStart(f"The web pages did not answer within {READY_SECONDS} s: {last_line}")


def watch(market: Market) -> None:
    """Start again whatever dies, until told to stop."""
    while not market.told_to_stop:
        time.sleep(WATCH_SECONDS)
        try:
            market.go_on()
            for child in market.children:
                child.look_after()
            look_after_servers(market.settings)
        except KeyboardInterrupt:
            return
        except OSError as error:
            say(describe_os_error(error, market.settings.DATA_DIR))


def look_after_servers(settings: Any) -> None:
    servers = settings.EMBEDDED
    stopped = []
    if settings.DATABASE_IS_EMBEDDED and servers.postgres.running_pid() is None:
        stopped.append("PostgreSQL")
    if settings.REDIS_IS_EMBEDDED and servers.redis.running_pid() is None:
        stopped.append("Redis")
    if not stopped:
        return
    try:
        settings.start_embedded_servers()
    except CannotStart as problem:
        say(f"{' and '.join(stopped)} had stopped and could not be started: {problem}")
    else:
        say(f"{' and '.join(stopped)} had stopped; started again.")


def stop(market: Market) -> None:
    """The data servers last, since the others still write."""
    market.told_to_stop = True
    were_running = end_all(market.children)
    market.settings.EMBEDDED.stop()
    if were_running:
        say("Stopped. The data is kept; ./run starts it again.")


def stopper(market: Market) -> Callable[[int, FrameType | None], None]:
    def stop_soon(_number: int, _frame: FrameType | None) -> None:
        market.told_to_stop = True

    return stop_soon


if __name__ == "__main__":
    main()
