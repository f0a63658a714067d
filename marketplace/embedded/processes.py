"""Starting and recognising the servers' processes, and giving up root's rights for them."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import psutil

from marketplace.embedded.folder import UNPRIVILEGED
from marketplace.environment import CannotStart

START_SECONDS = 120
# Kept only so that a server that dies is reaped and does not look alive as a zombie.
_started: list[subprocess.Popen[bytes]] = []


def package_folder(name: str) -> Path:
    """Where a Python package's files are, without importing it."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise CannotStart(
            f"The Python package {name} is missing: run ./run, which installs everything, "
            "or set DATABASE_URL and REDIS_URL."
        )
    return Path(spec.origin).parent


def spawn(command: list[str], log: Path, needs: list[Path]) -> subprocess.Popen[bytes]:
    """Start a server that outlives this process; `needs` is what it must be able to read."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=privilege_dropper(needs),
            cwd="/",
            env=plain_environment(),
        )
    _started.append(process)
    return process


def wait_until(answers: Callable[[], bool], process: subprocess.Popen[bytes] | None) -> bool:
    """Whether a server answers before its time is over or its process ends."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if answers():
            return True
        if process is not None and process.poll() is not None:
            return False
        time.sleep(0.03)
    return False


def plain_environment() -> dict[str, str]:
    """No PG* variables and no locale of the caller may change what the servers do."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def read_pid(path: Path) -> int | None:
    try:
        return int(path.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return None


def alive(pid: int) -> bool:
    for process in _started:
        process.poll()
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def works_in(pid: int | None, folder: Path) -> bool:
    """Whether `pid` lives and works in `folder`: another program may have inherited the number."""
    if pid is None or not alive(pid):
        return False
    try:
        return Path(psutil.Process(pid).cwd()) == folder.resolve()
    except psutil.Error:
        return False


def end_leftovers(folder: Path, program: str) -> None:
    """End what a killed server left behind (PostgreSQL's helpers hold its memory for a moment)."""
    leftovers = []
    for process in psutil.process_iter():
        try:
            ours = Path(process.cwd()) == folder.resolve() and Path(process.exe()).name == program
        except (psutil.Error, OSError):
            continue
        if ours:
            process.kill()
            leftovers.append(process)
    psutil.wait_procs(leftovers, timeout=5)


def privilege_dropper(needs: list[Path]) -> Callable[[], None] | None:
    """What a child of root does before it becomes a server; nothing for anybody else."""
    if os.geteuid() != 0:
        return None
    keep_access = sys.platform == "linux" and not all(_open_to_others(path) for path in needs)
    libc = ctypes.CDLL(None)

    def drop() -> None:
        if keep_access:
            libc.prctl(8, 1, 0, 0, 0)  # PR_SET_KEEPCAPS
            # PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP: initdb asks access(), which would
            # otherwise judge by the user alone.
            libc.prctl(28, 4, 0, 0, 0)
        os.setgroups([])
        os.setgid(UNPRIVILEGED)
        os.setuid(UNPRIVILEGED)
        if keep_access:
            _keep_file_access(libc)

    return drop


def _open_to_others(path: Path) -> bool:
    """Whether an unprivileged user reaches `path` (not so under /root)."""
    readable = path.is_dir() or path.stat().st_mode & 0o004
    return bool(readable) and all(parent.stat().st_mode & 0o001 for parent in path.parents)


def _keep_file_access(libc: ctypes.CDLL) -> None:
    """Keep CAP_DAC_OVERRIDE across exec: the server reaches /root's folders without being root."""
    capability = 1 << 1
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    data = (ctypes.c_uint32 * 6)(capability, capability, capability, 0, 0, 0)
    libc.capset(header, data)
    libc.prctl(47, 2, 1, 0, 0)  # PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE
