"""Install the two peers that nobody here wrote, and run what is tested against them.

    python -m tests.stripe.peers [--install-only]

They go into `.data/peers/`, which is not committed. Neither is a requirement of Freeport.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import venv
from pathlib import Path
from typing import Final

CACHE: Final = Path(__file__).resolve().parent.parent.parent / ".data" / "peers"
LOCALSTRIPE: Final = "localstripe==1.15.10"
STATEFUL_MOCK: Final = "stripe-stateful-mock@0.0.16"


def main() -> None:
    CACHE.mkdir(parents=True, exist_ok=True)
    install_localstripe()
    install_stateful_mock()
    if "--install-only" in sys.argv[1:]:
        return
    command = [sys.executable, "-m", "pytest", "-q", "tests/stripe/test_agree_with_other_peers.py"]
    sys.exit(subprocess.run(command, check=False).returncode)


def install_localstripe() -> None:
    folder = CACHE / "localstripe"
    if not (folder / "bin" / "python").exists():
        venv.create(folder, with_pip=True)
    python = str(folder / "bin" / "python")
    subprocess.run([python, "-m", "pip", "install", "--quiet", LOCALSTRIPE], check=True)


def install_stateful_mock() -> None:
    npm = shutil.which("npm")
    if npm is None:
        print("There is no npm here: stripe-stateful-mock is left out.")  # noqa: T201
        return
    folder = CACHE / "stateful-mock"
    folder.mkdir(exist_ok=True)
    command = [npm, "install", "--silent", "--no-fund", "--no-audit", "--ignore-scripts"]
    subprocess.run([*command, "--prefix", str(folder), STATEFUL_MOCK], check=True)


if __name__ == "__main__":
    main()
