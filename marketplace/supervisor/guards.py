"""What is checked, taken over or cleared away before anything is started."""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil

from marketplace.environment import CannotStart
from marketplace.supervisor.children import HOST, MARK
from marketplace.supervisor.words import say

LOCK = "run.lock"
NEEDED_BYTES = 200_000_000


@contextmanager
def only_one(data_dir: Path, port: int) -> Iterator[None]:
    """One `./run` a data folder. The lock goes away with its process, however that ends."""
    path = data_dir / LOCK
    with path.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotStart(
                f"Freeport already runs on {data_dir} ({path.read_text().strip()}): "
                "stop that one first, or give this one another folder with --data DIR."
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


def clear(settings: Any) -> bool:
    """Delete all data for --reset; whether there was any.

    Raises CannotStart where the folder is not ours, or the data is in a database of its own.
    """
    data_dir: Path = settings.DATA_DIR
    if not settings.DATABASE_IS_EMBEDDED:
        raise CannotStart(
            "--reset deletes the embedded data only; DATABASE_URL is set: empty that database yourself."
        )
    found = {path.name for path in data_dir.iterdir()} - {LOCK, "secrets.json", "secrets.lock"}
    if not found:
        return False
    if not found & {"postgres", "redis", "logs"}:
        raise CannotStart(
            f"{data_dir} is not a data folder of Freeport, so --reset leaves it alone."
        )
    settings.EMBEDDED.stop()
    for path in data_dir.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.name != LOCK:
            path.unlink()
    return True


def check_port(port: int, *, option: str = "--port") -> None:
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError:
            raise CannotStart(
                f"Port {port} needs more rights than you have: choose one above 1023 with {option}."
            ) from None
        except OSError:
            raise CannotStart(
                f"Port {port} is already in use: choose another one with {option}."
            ) from None


def check_disk(data_dir: Path) -> None:
    """Better one sentence now than a database that stops in the middle."""
    free = shutil.disk_usage(data_dir).free
    if free < NEEDED_BYTES:
        raise CannotStart(
            f"The disk of {data_dir} is nearly full ({free // 1_000_000} MB left): Freeport needs "
            f"{NEEDED_BYTES // 1_000_000} MB. Choose another folder with --data DIR."
        )
