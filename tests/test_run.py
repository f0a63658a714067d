"""`./run` as a person meets it: started, killed, stopped and refused. Real processes, a data folder of its own."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import psutil
import psycopg2
import pytest
import redis
from django.conf import settings

from marketplace.demo import mark
from marketplace.embedded import APP_ROLE, OWNER_ROLE, EmbeddedServers, describe_os_error
from marketplace.embedded.processes import privilege_dropper
from tests.processes import children_of, leader_of

ROOT = Path(settings.BASE_DIR)
pytestmark = pytest.mark.worker


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def clean_environment(**more: str) -> dict[str, str]:
    """Nothing of the test's own settings may reach the market."""
    ours = {
        "DATABASE_NAME",
        "TEST_DB_NAME",
        "DATABASE_URL",
        "REDIS_URL",
        "FREEPORT_DATA_DIR",
        "DJANGO_SETTINGS_MODULE",
    }
    kept = {
        name: value for name, value in os.environ.items() if name not in ours and name != "SITE_URL"
    }
    return kept | more


def wait_for(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return False


class Run:
    """One `./run`, its output and its processes."""

    def __init__(self, data: Path, port: int) -> None:
        self.data, self.port = data, port
        self.log = data.parent / f"{data.name}-{time.monotonic_ns()}.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [str(ROOT / "run"), "--no-demo", "--port", str(port), "--data", str(data)],
                env=clean_environment(),
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def output(self) -> str:
        return self.log.read_text()

    def has_said(self, words: str) -> Callable[[], bool]:
        return lambda: words in self.output()

    def ready(self) -> bool:
        with (
            suppress(OSError),
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=2) as answer,
        ):
            return bool(json.load(answer) == {"database": True, "redis": True, "migrations": True})
        return False

    def open(self) -> bool:
        return "Ctrl-C stops everything" in self.output() and self.ready()

    def leader(self, word: str) -> psutil.Process:
        """The main process of web, worker or beat."""
        leader = leader_of(self.data, word)
        assert leader is not None, f"no process of {word}"
        return leader

    def children(self) -> list[psutil.Process]:
        return children_of(self.data)

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
        for process in self.children():
            process.kill()
        EmbeddedServers(self.data).stop()


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "data"
    yield folder
    EmbeddedServers(folder).stop()


def refused(*arguments: str, **environment: str) -> str:
    """What a `./run` that must not start says; always one sentence, never a stack trace."""
    result = subprocess.run(
        [str(ROOT / "run"), "--no-demo", *arguments],
        env=clean_environment(**environment),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.returncode != 0
    assert "Traceback" not in result.stdout + result.stderr
    said = result.stderr.strip()
    assert said.count("\n") == 0, said
    return said


def test_the_whole_life_of_a_run(data: Path) -> None:
    port = free_port()
    first = Run(data, port)
    try:
        assert wait_for(first.open, 300), first.output()
        for word in (
            "Database and Redis",
            "Tables and static files",
            "Web, workers and clock",
            "/dev/mail/",
        ):
            assert word in first.output()

        # A second one on the same folder is told so.
        assert "already runs" in refused("--data", str(data), "--port", str(free_port()))

        # Whatever dies is started again, with a line saying so.
        for word, name in (("granian", "web"), ("worker", "worker"), ("beat", "beat")):
            first.leader(word).kill()
            assert wait_for(first.has_said(f"The {name} process stopped"), 60)
        for server, name in zip(
            EmbeddedServers(data).process_ids(), ("PostgreSQL", "Redis"), strict=True
        ):
            os.kill(server, signal.SIGKILL)
            assert wait_for(first.has_said(f"{name} had stopped; started again"), 60)
        assert wait_for(first.ready, 90), first.output()

        # kill -9 of the parent: the next start takes over what is left and is quick.
        first.process.kill()
        first.process.wait()
        second = Run(data, port)
        try:
            assert wait_for(second.open, 90), second.output()
            memory = sum(map(own_memory, [*second.children(), *server_processes(data)]))
            assert memory < 1_000_000_000

            # Ctrl-C leaves nothing behind, within five seconds.
            started = time.monotonic()
            second.process.send_signal(signal.SIGINT)
            assert second.process.wait(10) == 0
            assert time.monotonic() - started < 5
            assert second.children() == []
            assert EmbeddedServers(data).process_ids() == []
            assert "Traceback" not in second.output()
        finally:
            second.end()
    finally:
        first.end()


def test_ctrl_c_while_it_starts(data: Path) -> None:
    run = Run(data, free_port())
    try:
        assert wait_for(run.has_said("Tables and static files"), 90), run.output()
        started = time.monotonic()
        run.process.send_signal(signal.SIGINT)
        assert run.process.wait(10) == 1
        assert time.monotonic() - started < 5
        assert "Stopped while starting" in run.output()
        assert "Traceback" not in run.output()
        assert run.children() == []
        assert EmbeddedServers(data).process_ids() == []
    finally:
        run.end()


def own_memory(process: psutil.Process) -> int:
    """Bytes, with what is shared divided among those who share it; 0 for one that just ended."""
    with suppress(psutil.NoSuchProcess):
        return int(process.memory_full_info().pss)
    return 0


def server_processes(data: Path) -> list[psutil.Process]:
    mains = [psutil.Process(pid) for pid in EmbeddedServers(data).process_ids()]
    return [*mains, *(child for main in mains for child in main.children(recursive=True))]


def test_a_taken_port_is_one_sentence(data: Path) -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert refused("--port", str(port), "--data", str(data)) == (
            f"Port {port} is already in use: choose another one with --port."
        )
    assert EmbeddedServers(data).process_ids() == []


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"DEBUG": "perhaps"}, "DEBUG must be true or false, not 'perhaps'."),
        (
            {"SITE_URL": "shop.example"},
            "SITE_URL must look like https://shop.example, not 'shop.example'.",
        ),
        (
            {"DATABASE_URL": "mysql://u:secret@h/n"},
            "DATABASE_URL must look like postgres://user:password@host:5432/database.",
        ),
        ({"REDIS_URL": "localhost"}, "REDIS_URL must look like redis://host:6379/0."),
        ({"INSPECTION_DAYS": "soon"}, "INSPECTION_DAYS must be a whole number, not 'soon'."),
        ({"FX_SPREAD_BP": "-1"}, "FX_SPREAD_BP must be between 0 and 2000, not -1."),
        (
            {"SITE_URL": "https://shop.example"},
            "SECRET_KEY must be set where SITE_URL is an https address.",
        ),
        (
            {"FIELD_KEYS": "a:short"},
            "FIELD_KEYS must be like 2026a:key, a key being 32 bytes in base64.",
        ),
        ({"PLATFORM_BANK_ACCOUNTS": "DE89"}, "PLATFORM_BANK_ACCOUNTS must be JSON."),
        (
            {"LOG_LEVEL": "LOUD"},
            "LOG_LEVEL must be one of DEBUG, ERROR, INFO, WARNING, not 'LOUD'.",
        ),
    ],
)
def test_a_bad_setting_is_named(data: Path, variables: dict[str, str], sentence: str) -> None:
    assert refused("--data", str(data), **variables) == sentence


def test_a_folder_that_cannot_be_written_is_one_sentence() -> None:
    # /proc refuses everybody, root as well.
    said = refused("--data", "/proc/freeport", "--port", str(free_port()))
    assert "/proc/freeport" in said


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "The disk is full"),
        (errno.EROFS, "read-only"),
        (errno.EACCES, "You may not read and write"),
    ],
)
def test_what_a_disk_refuses_is_told_plainly(number: int, words: str) -> None:
    assert words in describe_os_error(OSError(number, os.strerror(number)), Path("/data"))


@pytest.mark.parametrize("command", ["run", "test"])
def test_an_old_python_is_one_sentence(tmp_path: Path, command: str) -> None:
    old = tmp_path / "python3"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.9.2"\nexit 1\n')
    old.chmod(0o755)
    for tool in ("dirname", "sh"):
        (tmp_path / tool).symlink_to(str(shutil.which(tool)))
    result = subprocess.run(
        [str(ROOT / command)],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 1
    assert result.stderr == "Freeport needs Python 3.11 or newer; this machine has Python 3.9.2.\n"


def test_help_explains_every_option() -> None:
    result = subprocess.run(
        [str(ROOT / "run"), "--help"], capture_output=True, text=True, check=True
    )
    assert {"--port", "--data", "--no-demo", "--reset", "--help"} <= set(
        re.findall(r"--[\w-]+", result.stdout)
    )


def test_reset_deletes_only_a_folder_of_ours(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    assert "is not a data folder" in refused(
        "--reset", "--data", str(tmp_path), "--port", str(free_port())
    )
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_a_half_made_set_up_is_made_again(tmp_path: Path) -> None:
    """The bootstrap in a folder of its own, with nothing to install, so that it needs no network."""
    (tmp_path / "marketplace").mkdir()
    shutil.copy(ROOT / "marketplace" / "bootstrap.py", tmp_path / "marketplace")
    (tmp_path / "marketplace" / "supervisor.py").write_text("print('on to the market')\n")
    (tmp_path / "requirements.txt").write_text("")
    python = Path(sys.executable).resolve()

    def start() -> str:
        command = [str(python), "-E", str(tmp_path / "marketplace" / "bootstrap.py"), "run"]
        return subprocess.run(
            command, capture_output=True, text=True, check=True, env=clean_environment()
        ).stdout

    assert start().startswith("Installing")
    assert start() == "on to the market\n"
    # Interrupted in the middle: packages half there, and its Python does not even run.
    (tmp_path / ".venv" / ".installing").touch()
    (tmp_path / ".venv" / "bin" / "python").unlink()
    assert start().startswith("Installing")
    assert start() == "on to the market\n"
    # New requirements.
    (tmp_path / "requirements.txt").write_text("# changed\n")
    assert start().startswith("Installing")


def test_a_long_folder_name_falls_back_to_loopback(tmp_path: Path) -> None:
    """A unix socket's path holds 107 bytes."""
    servers = EmbeddedServers(tmp_path / ("long" * 30))
    try:
        servers.ensure(database="freeport")
        assert servers.postgres.address()[0] == "127.0.0.1"
        assert redis.Redis.from_url(servers.redis.url()).ping()
        # And the loopback port is of no use to a stranger.
        with pytest.raises(psycopg2.OperationalError):
            psycopg2.connect(
                host="127.0.0.1",
                port=servers.postgres.address()[1],
                user=OWNER_ROLE,
                dbname="freeport",
            )
        stranger = redis.Redis.from_url(re.sub(r":[^:@]+@", "", servers.redis.url()))
        with pytest.raises(redis.AuthenticationError):
            stranger.ping()
    finally:
        servers.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has a folder that nobody else may enter")
def test_root_can_keep_it_in_its_own_home(tmp_path: Path) -> None:
    """PostgreSQL can't run as root, and the user it runs as can't enter /root."""
    home = tmp_path / "root"
    home.mkdir(mode=0o700)
    servers = EmbeddedServers(home / "data")
    try:
        servers.ensure(database="freeport")
        owners = {psutil.Process(pid).uids().effective for pid in servers.process_ids()}
        assert 0 not in owners
    finally:
        servers.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives up rights")
def test_a_server_of_root_gives_up_all_but_reaching_its_files(tmp_path: Path) -> None:
    """initdb asks access() about its own programs, which judges by the real user."""
    home = tmp_path / "root"
    home.mkdir(mode=0o700)
    program = home / "program"
    program.write_text("#!/bin/sh\nid -u\ngrep CapEff /proc/self/status\n")
    program.chmod(0o755)
    result = subprocess.run(
        ["/bin/sh", "-c", f"test -x {program} && {program}"],
        preexec_fn=privilege_dropper([program]),
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.split() == ["65534", "CapEff:", "0000000000000002"]


def test_the_application_role_owns_nothing(data: Path) -> None:
    servers = EmbeddedServers(data)
    servers.ensure(database="freeport", redis=False)
    with closing(connect(servers)) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == (False, False, False)
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            cursor.execute("CREATE TABLE sneaky (id int)")


def connect(servers: EmbeddedServers) -> psycopg2.extensions.connection:
    parameters = servers.database(APP_ROLE, "freeport")
    return psycopg2.connect(
        dbname=parameters["NAME"],
        user=parameters["USER"],
        password=parameters["PASSWORD"],
        host=parameters["HOST"],
        port=parameters["PORT"],
    )


def test_stale_process_numbers_are_not_believed(data: Path) -> None:
    """After a reboot another program may have the number that a pid file names."""
    servers = EmbeddedServers(data)
    servers.ensure(database="freeport")
    servers.stop()
    for path in (data / "postgres" / "postmaster.pid", data / "redis" / "redis.pid"):
        path.write_text(f"{os.getpid()}\n")
    assert servers.process_ids() == []
    assert set(servers.ensure(database="freeport")) == {"PostgreSQL", "Redis"}


def test_an_interrupted_initdb_is_done_again(data: Path) -> None:
    unfinished = data / "postgres.unfinished"
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("18\n")
    servers = EmbeddedServers(data)
    assert "PostgreSQL" in servers.ensure(database="freeport", redis=False)
    assert not unfinished.exists()


def test_a_half_loaded_demo_is_thrown_away(data: Path) -> None:
    """What ./run does after a kill -9 in the middle of loading the demo."""
    servers = EmbeddedServers(data)
    servers.ensure(database="half", redis=False)
    make_table(servers, "half")
    with pytest.raises(psycopg2.errors.DuplicateTable), mark.loading(data, "half"):
        make_table(servers, "half")
    assert mark.is_half_loaded(data, "half")
    result = subprocess.run(
        [sys.executable, "manage.py", "prepare"],
        cwd=ROOT,
        env=clean_environment(
            FREEPORT_DATA_DIR=str(data), DATABASE_NAME="half", DATABASE_ROLE="owner"
        ),
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert not mark.is_half_loaded(data, "half")
    make_table(servers, "half")  # it is not there any more
    with mark.loading(data, "half"):
        pass
    assert not mark.is_half_loaded(data, "half")


def make_table(servers: EmbeddedServers, database: str) -> None:
    parameters = servers.database(OWNER_ROLE, database)
    with closing(
        psycopg2.connect(
            dbname=database,
            user=OWNER_ROLE,
            password=parameters["PASSWORD"],
            host=parameters["HOST"],
            port=parameters["PORT"],
        )
    ) as connection:
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE piece_of_a_market (id int)")
        connection.commit()
