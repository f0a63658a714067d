"""What `./test` does once the packages are there: lint, types, contracts, migrations, then pytest.

Every check runs, also after one that failed: one run shows all there is to mend. pytest comes last and closes with its own
summary; the exit status is non-zero when anything failed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
PYTHON = str(BIN / "python")
MANAGE = [PYTHON, "manage.py"]
LOCAL_APPS = [
    *["accounts", "notifications", "payments", "trade", "sellers", "shipping", "catalog"],
    *["orders", "sandbox"],
]
# Ours only. What the first release creates can't break a running version, so it may do anything.
MIGRATION_RULES = [
    *["--quiet", "ok", "ignore", "--no-cache", "--sql-analyser", "postgresql"],
    *["--warnings-as-errors", "--ignore-initial-migrations"],
    *["--ignore-name", "0002_ledger_guards", "0004_more_money_guards", "0007_fee_rules"],
    *["0008_disputes_and_reserves", "0010_bank_files", "0002_refunds_by_line_and_cases"],
    *["--include-apps", *LOCAL_APPS],
]
STATIC_CHECKS: list[tuple[str, list[str]]] = [
    ("ruff check", [str(BIN / "ruff"), "check", "--quiet", "."]),
    ("ruff format", [str(BIN / "ruff"), "format", "--check", "--quiet", "."]),
    ("mypy", [str(BIN / "mypy"), "--no-error-summary", "."]),
    ("import contracts", [str(BIN / "lint-imports"), "--no-cache"]),
    ("templates", [str(BIN / "djlint"), "--lint", "--quiet", "templates"]),
    ("django check", [*MANAGE, "check", "--fail-level", "WARNING"]),
    ("missing migrations", [*MANAGE, "makemigrations", "--check", "--dry-run"]),
    ("migration linter", [*MANAGE, "lintmigrations", *MIGRATION_RULES]),
]
# Debian's own browser; elsewhere Playwright's download.
SYSTEM_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def main() -> None:
    arguments = sys.argv[1:]
    os.chdir(ROOT)
    environment = dict(os.environ, DJANGO_SETTINGS_MODULE="tests.settings")
    left_out: list[str] = []
    browser = find_browser(left_out)
    if browser:
        environment["FREEPORT_BROWSER"] = browser
    # Asked for one test, nobody wants to wait for the whole house to be inspected.
    failed = [] if arguments else run_checks(environment)
    for line in left_out:
        say(f"Left out: {line}")
    if failed:
        say(f"\nFailed before the tests: {', '.join(failed)}. The tests run all the same.\n")
    status = run_tests(arguments, environment, browser=browser)
    sys.exit(status or (1 if failed else 0))


def run_checks(environment: dict[str, str]) -> list[str]:
    """The names of the checks that failed."""
    failed = []
    for name, command in STATIC_CHECKS:
        started = time.monotonic()
        result = subprocess.run(
            command,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        ok = result.returncode == 0
        say(f"{name:<20} {'ok' if ok else 'FAILED'} ({time.monotonic() - started:.1f} s)")
        if not ok:
            say(result.stdout.rstrip())
            failed.append(name)
    return failed


def run_tests(arguments: list[str], environment: dict[str, str], *, browser: str) -> int:
    """pytest: what can share two cores first, then what wants the machine for itself, as one run."""
    command = [PYTHON, "-m", "pytest", *arguments]
    if not arguments:
        command += ["-n", "2", "--dist", "loadgroup"]
    if not browser:
        command += ["-m", "not browser"]
    return subprocess.run(command, env=environment, check=False).returncode


def find_browser(left_out: list[str]) -> str:
    """A browser to drive: a path, `playwright` for its own download, or nothing with the reason in `left_out`."""
    named = os.environ.get("FREEPORT_BROWSER", "")
    if named:
        return named
    found = system_browser()
    if found:
        return found
    if os.geteuid() == 0 and shutil.which("apt-get"):
        say("Installing Debian's chromium for the browser tests (once) …")
        if apt_installs_chromium():
            return system_browser()
    if playwright_browser():
        return "playwright"
    left_out.append(
        "browser journeys, because no browser could be installed here (apt install chromium mends that)."
    )
    return ""


def system_browser() -> str:
    return next((path for name in SYSTEM_BROWSERS if (path := shutil.which(name))), "")


def apt_installs_chromium() -> bool:
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"],
    ):
        try:
            result = subprocess.run(
                command, env=environment, capture_output=True, check=False, timeout=600
            )
        except (OSError, subprocess.TimeoutExpired):
            return False
        if result.returncode != 0:
            return False
    return True


def playwright_browser() -> bool:
    say("Downloading Playwright's chromium for the browser tests (once) …")
    try:
        installed = subprocess.run(
            [PYTHON, "-m", "playwright", "install", "chromium", "--only-shell"],
            capture_output=True,
            check=False,
            timeout=600,
        )
        if installed.returncode != 0:
            return False
        # Downloaded is not enough: the libraries it needs may be missing.
        probe = (
            "from playwright.sync_api import sync_playwright as p\n"
            "with p() as play: play.chromium.launch().close()"
        )
        started = subprocess.run(
            [PYTHON, "-c", probe], capture_output=True, check=False, timeout=120
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return started.returncode == 0


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
