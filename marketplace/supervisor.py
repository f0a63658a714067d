"""What `./run` does once the packages are there: start everything, watch it, stop it.

The children carry a mark in their environment, so that a next start finds and ends whatever a killed one left behind.
"""

from __future__ import annotations

import argparse
import ctypes
import fcntl
import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO, Any

import psutil

from marketplace.embedded import describe_os_error
from marketplace.environment import CannotStart

ROOT = Path(__file__).resolve().parent.parent
MARK = "FREEPORT_SUPERVISED_BY"
HOST = "127.0.0.1"
WATCH_SECONDS = 0.5
GRACE_SECONDS = 2.0
READY_SECONDS = 60
SLOWEST_RESTART_SECONDS = 10.0
LARGEST_LOG = 10_000_000


@dataclass
class Child:
    """One process of the market that is kept running."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    failures: int = 0
    not_before: float = 0.0


@dataclass
class Options:
    port: int
    data: Path | None
    demo: bool
    reset: bool


@dataclass
class Market:
    """All that one `./run` starts."""

    options: Options
    settings: Any
    environment: dict[str, str]
    children: list[Child] = field(default_factory=list)
    stopping: bool = False
    started_at: float = field(default_factory=time.monotonic)


def main() -> None:
    options = read_arguments(sys.argv[1:])
    if options.data is not None:
        os.environ["FREEPORT_DATA_DIR"] = str(options.data)
    address = f"http://{HOST}:{options.port}"
    os.environ.setdefault("SITE_URL", address)
    try:
        # Only now: the settings read the variables set above.
        from marketplace import settings  # noqa: PLC0415

        run(Market(options, settings, environment=dict(os.environ)))
    except KeyboardInterrupt:
        sys.exit("\nStopped while starting; the next ./run goes on from here.")
    except OSError as error:
        raise CannotStart(describe_os_error(error, options.data or ROOT / ".data")) from None


def read_arguments(arguments: list[str]) -> Options:
    parser = argparse.ArgumentParser(
        prog="./run",
        description="Start the whole market on this machine: database, web, workers. Ctrl-C stops it; the data stays.",
    )
    parser.add_argument(
        "--port", type=int, default=8000, help="port of the web pages (default 8000)"
    )
    parser.add_argument(
        "--data", type=Path, metavar="DIR", help="folder of all data (default .data)"
    )
    parser.add_argument("--no-demo", action="store_true", help="start with an empty market")
    parser.add_argument("--reset", action="store_true", help="delete all data first")
    found = parser.parse_args(arguments)
    if not 1 <= found.port <= 65535:
        parser.error(f"--port must be between 1 and 65535, not {found.port}.")
    data = found.data.expanduser().resolve() if found.data else None
    return Options(port=found.port, data=data, demo=not found.no_demo, reset=found.reset)


def run(market: Market) -> None:
    settings = market.settings
    data_dir: Path = settings.DATA_DIR
    data_dir.mkdir(parents=True, exist_ok=True)
    with only_one(data_dir, market.options.port):
        end_leftovers(data_dir)
        if market.options.reset:
            reset(settings)
        check_port(market.options.port)
        check_disk(data_dir)
        try:
            start(market)
            watch(market)
        finally:
            stop(market)


# --- before the start --------------------------------------------------------------------------------------------


@contextmanager
def only_one(data_dir: Path, port: int) -> Iterator[None]:
    """One `./run` a data folder. The lock goes away with its process, however that ends."""
    path = data_dir / "run.lock"
    with path.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotStart(
                f"Freeport already runs on {data_dir} ({path.read_text().strip()}): stop that one first, "
                "or give this one another folder with --data DIR."
            ) from None
        lock.truncate(0)
        lock.write(f"process {os.getpid()}, http://{HOST}:{port}")
        lock.flush()
        yield


def end_leftovers(data_dir: Path) -> None:
    """End children of an earlier `./run` that was killed before it could."""
    leftovers = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if process.environ().get(MARK) == str(data_dir) and process.pid != os.getpid():
                process.kill()
                leftovers.append(process)
    if leftovers:
        psutil.wait_procs(leftovers, timeout=5)
        say(f"Took over from an earlier ./run that was killed ({len(leftovers)} processes ended).")


def reset(settings: Any) -> None:
    data_dir: Path = settings.DATA_DIR
    if not settings.DATABASE_IS_EMBEDDED:
        raise CannotStart(
            "--reset deletes the embedded data only; with DATABASE_URL set, empty that database yourself."
        )
    others = {path.name for path in data_dir.iterdir()} - {
        "run.lock",
        "secrets.json",
        "secrets.lock",
    }
    if not others:
        return
    if not others & {"postgres", "redis", "logs"}:
        raise CannotStart(
            f"{data_dir} is not a data folder of Freeport, so --reset leaves it alone."
        )
    settings.EMBEDDED.stop()
    for path in data_dir.iterdir():
        if path.name == "run.lock":
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
    # The secrets went as well: read the settings anew.
    os.execv(
        sys.executable,
        [sys.executable, "-m", "marketplace.supervisor", *without_reset(sys.argv[1:])],
    )


def without_reset(arguments: list[str]) -> list[str]:
    return [argument for argument in arguments if argument != "--reset"]


def check_port(port: int) -> None:
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError:
            raise CannotStart(
                f"Port {port} needs more rights than you have: choose one above 1023 with --port."
            ) from None
        except OSError:
            raise CannotStart(
                f"Port {port} is already in use: choose another one with --port."
            ) from None


def check_disk(data_dir: Path) -> None:
    """Better one sentence now than a database that stops in the middle."""
    free = shutil.disk_usage(data_dir).free
    if free < 200_000_000:
        raise CannotStart(
            f"The disk of {data_dir} is nearly full ({free // 1_000_000} MB left): Freeport needs 200 MB. "
            "Choose another folder with --data DIR."
        )


# --- start, watch, stop ------------------------------------------------------------------------------------------


def start(market: Market) -> None:
    settings = market.settings
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stopper(market))
    with step("Database and Redis") as done:
        done(started_words(settings.start_embedded_servers()))
    with step("Tables and static files"):
        manage(market, "prepare", DATABASE_ROLE="owner")
    if market.options.demo and settings.DEMO:
        load_demo(market)
    market.children = children(settings, market.options.port)
    with step("Web, workers and clock"):
        for child in market.children:
            launch(market, child)
        wait_until_ready(market)
    welcome(market)


def load_demo(market: Market) -> None:
    settings = market.settings
    database = json.dumps([settings.APP_DATABASE[key] for key in ("HOST", "PORT", "NAME")])
    stamp = settings.DATA_DIR / f"demo-loaded-{hashlib.sha256(database.encode()).hexdigest()[:12]}"
    if stamp.exists():
        return
    with step("Demo market"):
        manage(market, "load_demo")
        stamp.touch()


def manage(market: Market, command: str, **variables: str) -> None:
    result = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), command],
        env={**market.environment, **variables, MARK: str(market.settings.DATA_DIR)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if market.stopping:
        raise KeyboardInterrupt
    if result.returncode != 0:
        log = market.settings.DATA_DIR / "logs" / f"{command}.log"
        log.write_text(result.stdout)
        lines = result.stdout.strip().splitlines() or ["it said nothing"]
        raise CannotStart(f"`manage.py {command}` failed: {lines[-1]} (all of it is in {log})")


def children(settings: Any, port: int) -> list[Child]:
    media: Path = settings.MEDIA_ROOT
    media.mkdir(parents=True, exist_ok=True)
    python = [sys.executable, "-m"]
    web = [*python, "granian", "--interface", "wsgi", "--host", HOST, "--port", str(port)]
    web += [
        "--workers",
        "2",
        "--blocking-threads",
        "1",
        "--backlog",
        "512",
        "--respawn-failed-workers",
    ]
    web += ["--workers-kill-timeout", "2", "--no-ws", "--log-level", "warning"]
    web += [
        "--static-path-route",
        "/media",
        "--static-path-mount",
        str(media),
        "--static-path-expires",
        "86400",
    ]
    celery = [*python, "celery", "-A", "marketplace.celery"]
    worker = [
        *celery,
        "worker",
        "--queues",
        "settlement,notifications,default",
        "--concurrency",
        "2",
    ]
    worker += [
        "--loglevel",
        "WARNING",
        "--without-gossip",
        "--without-mingle",
        "--hostname",
        f"freeport-{port}@%h",
    ]
    beat = [*celery, "beat", "--loglevel", "WARNING", "--pidfile="]
    return [
        Child("web", [*web, "marketplace.wsgi:application"]),
        Child("worker", worker),
        Child("beat", beat),
    ]


def launch(market: Market, child: Child) -> None:
    log_path = market.settings.DATA_DIR / "logs" / f"{child.name}.log"
    with open_log(log_path) as log:
        child.process = subprocess.Popen(
            child.command,
            cwd=ROOT,
            env={**market.environment, MARK: str(market.settings.DATA_DIR)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=die_with_parent(),
        )
    child.started_at = time.monotonic()


def open_log(path: Path) -> IO[bytes]:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > LARGEST_LOG:
        path.replace(path.with_suffix(".old.log"))
    return path.open("ab")


def die_with_parent() -> Callable[[], None] | None:
    """On Linux a child gets SIGTERM when this process dies without a word (PR_SET_PDEATHSIG)."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)

    def request() -> None:
        libc.prctl(1, signal.SIGTERM, 0, 0, 0)

    return request


def wait_until_ready(market: Market) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if market.stopping:
            raise KeyboardInterrupt
        for child in market.children:
            if child.process is not None and child.process.poll() is not None:
                raise CannotStart(
                    f"The {child.name} process stopped at once: {last_line(market, child)}"
                )
        with suppress(urllib.error.URLError, OSError):
            request = urllib.request.Request(f"http://{HOST}:{market.options.port}/readyz")
            with urllib.request.urlopen(request, timeout=5):
                return
        time.sleep(0.1)
    raise CannotStart(
        f"The web pages did not answer within {READY_SECONDS} s: {last_line(market, market.children[0])}"
    )


def watch(market: Market) -> None:
    """Start again whatever dies, until told to stop."""
    while not market.stopping:
        time.sleep(WATCH_SECONDS)
        for child in market.children:
            if not market.stopping:
                look_after(market, child)
        settings = market.settings
        if not market.stopping and not servers_run(settings):
            try:
                names = settings.start_embedded_servers()
            except CannotStart as problem:
                say(f"A server stopped and could not be started: {problem} Trying again.")
                time.sleep(2)
            else:
                say(f"{' and '.join(names) or 'A server'} had stopped; started again.")


def servers_run(settings: Any) -> bool:
    servers = settings.EMBEDDED
    postgres = not settings.DATABASE_IS_EMBEDDED or servers.postgres_runs()
    return postgres and (not settings.REDIS_IS_EMBEDDED or servers.redis_runs())


def look_after(market: Market, child: Child) -> None:
    now = time.monotonic()
    if child.process is not None:
        status = child.process.poll()
        if status is None:
            if now - child.started_at > 60:
                child.failures = 0
            return
        end_group(child.process.pid, signal.SIGKILL)
        child.process = None
        child.failures += 1
        wait = min(
            SLOWEST_RESTART_SECONDS, 0.0 if child.failures == 1 else 2.0 ** (child.failures - 2)
        )
        child.not_before = now + wait
        how = f"signal {-status}" if status < 0 else f"exit status {status}"
        say(
            f"The {child.name} process stopped ({how}); starting it again{f' in {wait:.0f} s' if wait else ''}."
        )
    if now >= child.not_before:
        launch(market, child)


def stop(market: Market) -> None:
    """End every child: politely, then not. The data servers last, since the others still write."""
    market.stopping = True
    running = [child.process for child in market.children if child.process is not None]
    for process in running:
        end_group(process.pid, signal.SIGTERM, leader_only=True)
    deadline = time.monotonic() + GRACE_SECONDS
    while any(process.poll() is None for process in running) and time.monotonic() < deadline:
        time.sleep(0.02)
    for process in running:
        end_group(process.pid, signal.SIGKILL)
        process.wait()
    market.settings.EMBEDDED.stop()
    if running:
        say("Stopped. The data is kept; ./run starts it again.")


def end_group(pid: int, number: signal.Signals, *, leader_only: bool = False) -> None:
    with suppress(ProcessLookupError, PermissionError):
        if leader_only:
            os.kill(pid, number)
        else:
            os.killpg(pid, number)


def stopper(market: Market) -> Callable[[int, FrameType | None], None]:
    def stop_soon(_number: int, _frame: FrameType | None) -> None:
        market.stopping = True

    return stop_soon


# --- what is told ------------------------------------------------------------------------------------------------


def say(line: str) -> None:
    with suppress(OSError):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


@contextmanager
def step(name: str) -> Iterator[Callable[[str], None]]:
    """A progress line: what is being done, then how long it took."""
    started = time.monotonic()
    result = ["done"]
    sys.stdout.write(f"{name} … ")
    sys.stdout.flush()
    try:
        yield lambda words: result.__setitem__(0, words)
    except BaseException:
        say("failed")
        raise
    say(f"{result[0]} ({time.monotonic() - started:.1f} s)")


def started_words(names: list[str]) -> str:
    return "started" if names else "running already"


def last_line(market: Market, child: Child) -> str:
    path = market.settings.DATA_DIR / "logs" / f"{child.name}.log"
    lines = path.read_text(errors="replace").strip().splitlines() if path.exists() else []
    return f"{lines[-1] if lines else 'it said nothing'} (see {path})"


def welcome(market: Market) -> None:
    settings = market.settings
    site = f"http://{HOST}:{market.options.port}"
    lines = [
        "",
        f"{settings.SITE_NAME} is open: {site}/   (ready in {time.monotonic() - market.started_at:.1f} s)",
    ]
    lines.append(f"  For moderators   {site}/admin/")
    if settings.DEMO:
        lines.append(f"  Sent e-mail      {site}/dev/mail/")
    lines += demo_lines(settings.DATA_DIR / "demo.json") if settings.DEMO else []
    lines += [f"  Data and logs    {settings.DATA_DIR}", "Ctrl-C stops everything.", ""]
    say("\n".join(lines))


def demo_lines(path: Path) -> list[str]:
    """The demo sign-ins that `manage.py load_demo` noted down."""
    if not path.exists():
        return []
    people = json.loads(path.read_text(encoding="utf-8"))["sign_ins"]
    width = max(len(person["email"]) for person in people)
    lines = ["  Demo sign-ins"]
    lines += [
        f"    {p['role']:<10} {p['email']:<{width}}  password {p['password']}" for p in people
    ]
    return lines


if __name__ == "__main__":
    main()
