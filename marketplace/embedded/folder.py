"""The data folder: its secrets, ports, locks and permissions."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from marketplace.environment import CannotStart

LOOPBACK = "127.0.0.1"
UNPRIVILEGED = 65534
# sockaddr_un holds 108 bytes with the closing zero.
LONGEST_SOCKET_FOLDER = 107 - len("/.s.PGSQL.5432")


class DataFolder:
    """One folder with everything that must survive a restart."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.sockets = path / "sockets"
        self.logs = path / "logs"

    def make(self) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        self.logs.mkdir(exist_ok=True)
        self.make_private(self.sockets)

    def make_private(self, folder: Path) -> None:
        """A folder for the servers' own user only."""
        folder.mkdir(mode=0o700, exist_ok=True)
        give_away(folder)

    @property
    def sockets_fit(self) -> bool:
        """Whether the path is short enough for unix sockets; loopback ports are used otherwise."""
        return len(os.fsencode(self.sockets)) <= LONGEST_SOCKET_FOLDER

    def secret(self, name: str) -> str:
        """A random value, made at first asking and kept."""
        kept = self._kept_secrets()
        if name not in kept:
            with self.locked("secrets.lock"):
                kept = self._kept_secrets()
                kept.setdefault(name, secrets.token_urlsafe(48))
                write_private(self.path / "secrets.json", json.dumps(kept, indent=1))
        return kept[name]

    def _kept_secrets(self) -> dict[str, str]:
        path = self.path / "secrets.json"
        try:
            kept: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise CannotStart(describe_os_error(error, self.path)) from None
        except ValueError:
            raise CannotStart(f"{path} is damaged: start afresh with ./run --reset.") from None
        return kept

    def port(self, server: str) -> int:
        """The loopback port of `server`, kept from start to start."""
        path = self.path / f"{server}.port"
        if not path.exists():
            return self.choose_port(server)
        return int(path.read_text())

    def choose_port(self, server: str) -> int:
        with closing(socket.socket()) as probe:
            probe.bind((LOOPBACK, 0))
            port: int = probe.getsockname()[1]
        self.path.mkdir(parents=True, exist_ok=True)
        write_private(self.path / f"{server}.port", str(port))
        return port

    def keep_or_choose_port(self, server: str) -> None:
        """Before a start: another program may have taken the port since the last one."""
        if not self.sockets_fit and not _is_free(self.port(server)):
            self.choose_port(server)

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def last_log_line(self, name: str) -> str:
        path = self.log(name)
        lines = path.read_text(errors="replace").strip().splitlines() if path.exists() else []
        return f"{lines[-1] if lines else 'it said nothing'} (see {path})"

    @contextmanager
    def locked(self, name: str) -> Iterator[None]:
        """Hold a lock that goes away with its process, however that ends."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            handle = (self.path / name).open("a")
        except OSError as error:
            raise CannotStart(describe_os_error(error, self.path)) from None
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
        return (
            f"You may not read and write {folder} (another user's, perhaps): "
            "choose another folder with --data DIR."
        )
    return f"Freeport can't use {folder}: {error.strerror or error}."


def give_away(path: Path) -> None:
    """Root hands a file or folder to the user that the servers run as."""
    if os.geteuid() == 0 and path.stat().st_uid != UNPRIVILEGED:
        os.chown(path, UNPRIVILEGED, UNPRIVILEGED)


def write_private(path: Path, content: str) -> None:
    """Write atomically, readable by the owner only."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}.new")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
        handle.write(content)
    temporary.replace(path)


def _is_free(port: int) -> bool:
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True
