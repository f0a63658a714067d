"""The market's processes: how each is started, started again and ended.

They carry a mark in their environment, so that a next start finds and ends whatever a killed one
left behind.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from marketplace.supervisor.words import say

ROOT = Path(__file__).resolve().parent.parent.parent
HOST = "127.0.0.1"
MARK = "FREEPORT_SUPERVISED_BY"
GRACE_SECONDS = 1.5
SLOWEST_RESTART_SECONDS = 10.0
# Having lived that long, a process is no longer counted as failing at its start.
STEADY_SECONDS = 60.0
LARGEST_LOG = 10_000_000


class Child:
    """One process of the market that is kept running."""

    def __init__(
        self, name: str, command: list[str], environment: Mapping[str, str], log: Path
    ) -> None:
        self.name = name
        self.command = command
        self.environment = environment
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._failures = 0
        self._not_before = 0.0

    def launch(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LARGEST_LOG:
            self.log.replace(self.log.with_suffix(".old.log"))
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_die_with_parent(),
            )
        self._started_at = time.monotonic()

    def look_after(self) -> None:
        """Start it again where it died: at once the first time, then ever more slowly."""
        now = time.monotonic()
        if self.process is not None:
            status = self.process.poll()
            if status is None:
                if now - self._started_at > STEADY_SECONDS:
                    self._failures = 0
                return
            self._bury(status, now)
        if now >= self._not_before:
            self.launch()

    def _bury(self, status: int, now: float) -> None:
        if self.process is not None:
            _signal_group(self.process, signal.SIGKILL)
        self.process = None
        self._failures += 1
        wait = 0.0 if self._failures == 1 else 2.0 ** (self._failures - 2)
        wait = min(SLOWEST_RESTART_SECONDS, wait)
        self._not_before = now + wait
        how = f"signal {-status}" if status < 0 else f"exit status {status}"
        when = f" in {wait:.0f} s" if wait else ""
        say(f"The {self.name} process stopped ({how}); starting it again{when}.")

    def stopped_at_once(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def last_line(self) -> str:
        lines = (
            self.log.read_text(errors="replace").strip().splitlines() if self.log.exists() else []
        )
        return f"{lines[-1] if lines else 'it said nothing'} (see {self.log})"


def market_children(
    *, port: int, media: Path, logs: Path, environment: Mapping[str, str]
) -> list[Child]:
    """Web, worker and clock. Together with the servers they stay under 1 GB."""
    python = [sys.executable, "-m"]
    web = [*python, "granian", "--interface", "wsgi", "--host", HOST, "--port", str(port)]
    web += ["--workers", "2", "--blocking-threads", "1", "--no-ws"]
    # A worker takes this many connections, and browsers keep theirs open: with too few, or with
    # idle ones kept for long, a crowd's last visitors wait for somebody else's to end.
    web += ["--backlog", "2048", "--backpressure", "800", "--http1-header-read-timeout", "5000"]
    web += ["--respawn-failed-workers", "--workers-kill-timeout", "2", "--log-level", "warning"]
    web += ["--static-path-route", "/media", "--static-path-mount", str(media)]
    web += ["--static-path-expires", "86400", "marketplace.wsgi:application"]
    celery = [*python, "celery", "-A", "marketplace.celery"]
    worker = [*celery, "worker", "--queues", "settlement,notifications,default"]
    worker += ["--concurrency", "2", "--loglevel", "WARNING", "--without-gossip"]
    worker += ["--without-mingle", "--hostname", f"freeport-{port}@%h"]
    beat = [*celery, "beat", "--loglevel", "WARNING", "--pidfile="]
    commands = {"web": web, "worker": worker, "beat": beat}
    return [
        Child(name, command, environment, logs / f"{name}.log")
        for name, command in commands.items()
    ]


def end_all(children: list[Child]) -> bool:
    """Politely, then not; whether there was anything to end."""
    running = [child.process for child in children if child.process is not None]
    for process in running:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + GRACE_SECONDS
    while any(process.poll() is None for process in running) and time.monotonic() < deadline:
        time.sleep(0.02)
    for process in running:
        _signal_group(process, signal.SIGKILL)
        process.wait()
    return bool(running)


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """Each child leads a group of its own, so this reaches its workers too."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


def _die_with_parent() -> Callable[[], None] | None:
    """On Linux a child gets SIGTERM when its parent dies without a word (PR_SET_PDEATHSIG)."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)

    def request() -> None:
        libc.prctl(1, signal.SIGTERM, 0, 0, 0)

    return request
