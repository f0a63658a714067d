"""The whole market, as `./run` starts it, for tests that meet it from outside.

Real processes on a data folder of their own: web, worker, beat, PostgreSQL and Redis under the
supervisor. A test looks at it through a browser, through `manage.py`, or into its database.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from functools import cached_property
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Final

import psutil
import psycopg2
import pytest
from celery import Celery
from django.conf import settings

from marketplace.embedded import OWNER_ROLE, EmbeddedServers
from tests.processes import children_of, leader_of
from tests.test_run import clean_environment, free_port

ROOT: Final = Path(settings.BASE_DIR)
READY_SECONDS = 180.0
# Who is started by the supervisor, by a word of its command line.
WORDS = {"web": "granian", "worker": "worker", "beat": "beat", "stripe peer": "stripe_peer"}


def wait_for(condition: Callable[[], Any], seconds: float, what: str) -> Any:
    """Whatever true thing `condition` returns at last; a failure that names `what` otherwise."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.1)
    pytest.fail(f"In {seconds:.0f} s this did not happen: {what}.")


class Market:
    """A running market without a demo in it."""

    def __init__(self, data: Path, *arguments: str) -> None:
        """arguments: more of `./run`'s own."""
        self.data = data
        self.port = int(os.environ.get("JOURNEY_PORT") or free_port())
        self.url = f"http://127.0.0.1:{self.port}"
        self.servers = EmbeddedServers(data)
        self.log = data.with_name(f"{data.name}.log")
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [
                    *[sys.executable, "-m", "marketplace.supervisor", "--no-demo"],
                    *["--port", str(self.port), "--data", str(data), *arguments],
                ],
                cwd=ROOT,
                env=clean_environment(),
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait_until_open(self) -> None:
        def is_open() -> bool:
            if self.process.poll() is not None:
                pytest.fail(f"The market did not start:\n{self.output()}")
            return "Ctrl-C stops everything" in self.output()

        wait_for(is_open, READY_SECONDS, "the market opens")

    def wait_until_ready(self) -> None:
        """Wait until the pages answer and what they need is there."""

        def is_ready() -> bool:
            with suppress(OSError), urllib.request.urlopen(f"{self.url}/readyz", timeout=2):
                return True
            return False

        wait_for(is_ready, 120, "the pages answer")

    def output(self) -> str:
        return self.log.read_text()

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(15)
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for process in children_of(self.data):
            process.kill()
        self.servers.stop()

    # --- what a person does at the shell ---------------------------------------------------------

    def environment(self, **more: str) -> dict[str, str]:
        """For programs that belong to this market."""
        own = {"FREEPORT_DATA_DIR": str(self.data), "SITE_URL": self.url}
        with suppress(FileNotFoundError):
            lines = (self.data / "stripe-peer.env").read_text().splitlines()
            own |= dict(line.split("=", 1) for line in lines)
        return clean_environment(DJANGO_SETTINGS_MODULE="marketplace.settings", **own, **more)

    def python(self, *arguments: str) -> str:
        """What a Python program of this market prints; it must end well."""
        result = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout

    def manage(self, *arguments: str) -> str:
        """What `manage.py …` prints; it must end well."""
        return self.python("manage.py", *arguments)

    def check_books(self) -> None:
        assert "The books balance." in self.manage("check_books")

    # --- looking into the database ---------------------------------------------------------------

    def connect(self) -> psycopg2.extensions.connection:
        """A connection of the schema's owner."""
        own = self.servers.database(OWNER_ROLE, "freeport")
        return psycopg2.connect(
            dbname=own["NAME"],
            user=own["USER"],
            password=own["PASSWORD"],
            host=own["HOST"],
            port=own["PORT"],
            connect_timeout=5,
        )

    def rows(self, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
        with closing(self.connect()) as connection, connection, connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            return cursor.fetchall() if cursor.description else []

    def value(self, statement: str, *parameters: Any) -> Any:
        """The first value of the first row; None where there is no row."""
        rows = self.rows(statement, *parameters)
        return rows[0][0] if rows else None

    def wait_for_value(
        self, expected: Any, statement: str, *parameters: Any, seconds: float = 90
    ) -> None:
        """Wait until the statement answers `expected`; the database may be away meanwhile."""

        def answers() -> bool:
            with suppress(psycopg2.OperationalError):
                return bool(self.value(statement, *parameters) == expected)
            return False

        wait_for(answers, seconds, f"{statement} {parameters} → {expected}")

    # --- waking and killing ----------------------------------------------------------------------

    @cached_property
    def _broker(self) -> Celery:
        return Celery("outside", broker=self.servers.redis.celery_url())

    def wake(self, task: str, *, queue: str = "default") -> None:
        """Have the worker do now what beat would make it do a little later."""
        self._broker.send_task(task, queue=queue, ignore_result=True)

    def leader(self, name: str) -> psutil.Process:
        """The main process of web, worker or beat."""
        leader = leader_of(self.data, WORDS[name])
        assert leader is not None, f"no {name} process"
        return leader

    def kill(self, name: str) -> None:
        """kill -9 of a whole part: its main process and what that started."""
        if name in WORDS:
            leader = self.leader(name)
            for process in [leader, *leader.children(recursive=True)]:
                with suppress(psutil.NoSuchProcess):
                    process.kill()
            return
        server = self.servers.postgres if name == "PostgreSQL" else self.servers.redis
        pid = server.running_pid()
        assert pid is not None, f"{name} does not run"
        os.kill(pid, signal.SIGKILL)

    def deaths(self, name: str) -> int:
        """How often the supervisor has said that this part had died and that it starts it again."""
        said = (
            f"The {name} process stopped (signal 9); starting it again"
            if name in WORDS
            else f"{name} had stopped; started again."
        )
        return self.output().count(said)


@pytest.fixture(scope="session")
def market() -> Iterator[Market]:
    """The market of all journeys, with rates in it, a moderator and three sellers.

    Two sellers are ready to sell (tests/journeys/prepare.py); the third one opens its shop in a
    journey, screen by screen.
    """
    folder = Path(mkdtemp(prefix="freeport-"))
    started = Market(folder / "data")
    try:
        started.wait_until_open()
        started.python("-m", "tests.journeys.prepare")
        yield started
    finally:
        started.close()
        shutil.rmtree(folder, ignore_errors=True)
