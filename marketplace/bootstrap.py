"""From a bare Python to a finished `.venv`, then on to what was asked for: `run` or `test`.

This file runs before anything is installed, so it imports the standard library only, and never the package around it.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
UNFINISHED = VENV / ".installing"
NEEDED_BYTES = 700_000_000
NEXT = {"run": "marketplace.supervisor", "test": "marketplace.checks"}
REQUIREMENTS = {"run": ["requirements.txt"], "test": ["requirements.txt", "requirements-dev.txt"]}


def main() -> None:
    what, arguments = sys.argv[1], sys.argv[2:]
    if not (what == "run" and {"--help", "-h"} & set(arguments)):
        try:
            install(REQUIREMENTS[what])
        except KeyboardInterrupt:
            sys.exit("Stopped; the next start goes on from here.")
        except OSError as error:
            sys.exit(f"Freeport can't be set up in {ROOT}: {error.strerror or error}.")
    python = str(PYTHON) if PYTHON.exists() else sys.executable
    os.chdir(ROOT)
    os.execv(python, [python, "-m", NEXT[what], *arguments])


def install(files: list[str]) -> None:
    """Make `.venv` hold exactly what `files` pin; nothing is done where it already does."""
    with (ROOT / ".setup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        stamp = VENV / f".installed-{'-'.join(files)}"
        wanted = _fingerprint(files)
        if _works() and not UNFINISHED.exists() and stamp.exists() and stamp.read_text() == wanted:
            return
        _check_disk()
        started = time.monotonic()
        count = sum(_count_pins(ROOT / name) for name in files)
        _say(f"Installing {count} Python packages into .venv (once; about a minute) …")
        _make_environment()
        UNFINISHED.touch()
        command = [
            str(PYTHON),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--no-input",
        ]
        for name in files:
            command += ["-r", str(ROOT / name)]
        result = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
        if result.returncode != 0:
            sys.exit(f"The Python packages could not be installed: {_reason(result.stdout)}")
        stamp.write_text(wanted)
        UNFINISHED.unlink()
        _say(f"Packages installed in {time.monotonic() - started:.0f} s.")


def _make_environment() -> None:
    """A working `.venv`; one that was left half-made is made again."""
    if VENV.exists() and (UNFINISHED.exists() or not _works()):
        shutil.rmtree(VENV)
    if VENV.exists():
        return
    result = subprocess.run(
        [sys.executable, "-m", "venv", str(VENV)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if result.returncode != 0:
        with contextlib.suppress(OSError):
            shutil.rmtree(VENV)
        if "ensurepip is not" in result.stdout:
            sys.exit(
                "Python's venv module is incomplete here; on Debian install it with: apt install python3-venv"
            )
        sys.exit(f"Python could not make .venv: {_reason(result.stdout)}")


def _check_disk() -> None:
    free = shutil.disk_usage(ROOT).free
    if not VENV.exists() and free < NEEDED_BYTES:
        sys.exit(
            f"The disk of {ROOT} is nearly full ({free // 1_000_000} MB left): "
            f"the Python packages need {NEEDED_BYTES // 1_000_000} MB."
        )


def _works() -> bool:
    if not PYTHON.exists():
        return False
    with contextlib.suppress(OSError):
        return (
            subprocess.run(
                [str(PYTHON), "-c", "import pip"], capture_output=True, check=False
            ).returncode
            == 0
        )
    return False


def _fingerprint(files: list[str]) -> str:
    digest = hashlib.sha256(f"{sys.version_info[:2]} {VENV}".encode())
    for name in files:
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def _count_pins(path: Path) -> int:
    return sum(
        "==" in line and not line.startswith((" ", "#")) for line in path.read_text().splitlines()
    )


def _reason(output: str) -> str:
    """The line of a long output that says why."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [
        line
        for line in lines
        if "No space left" in line or line.lower().startswith(("error", "oserror"))
    ]
    return (errors or lines or ["it did not say why"])[-1]


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
