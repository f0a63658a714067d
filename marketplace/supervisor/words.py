"""What `./run` tells the person who started it."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def say(line: str) -> None:
    # Whoever read our output may be gone; that is no reason to stop the market.
    with suppress(OSError):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


@contextmanager
def step(name: str) -> Iterator[Callable[[str], None]]:
    """A progress line: what is being done, then how it went and how long it took."""
    started = time.monotonic()
    result = ["done"]
    with suppress(OSError):
        sys.stdout.write(f"{name} … ")
        sys.stdout.flush()
    try:
        yield lambda words: result.__setitem__(0, words)
    except BaseException:
        say("failed")
        raise
    say(f"{result[0]} ({time.monotonic() - started:.1f} s)")


def welcome(
    *, name: str, site: str, data_dir: Path, demo: bool, seconds: float, peer: str = ""
) -> None:
    lines = ["", f"{name} is open: {site}/   (ready in {seconds:.1f} s)"]
    lines.append(f"  For moderators   {site}/admin/")
    if demo:
        lines.append(f"  Sent e-mail      {site}/dev/mail/")
        lines += _sign_ins(data_dir / "demo.json")
    if peer:
        lines.append(f"  Paid through     a stand-in for Stripe at {peer}/ (no real money)")
    lines += [f"  Data and logs    {data_dir}", "Ctrl-C stops everything.", ""]
    say("\n".join(lines))


def _sign_ins(path: Path) -> list[str]:
    """The demo sign-ins that `manage.py load_demo` noted down."""
    if not path.exists():
        return []
    people = json.loads(path.read_text(encoding="utf-8"))["sign_ins"]
    roles = max(len(person["role"]) for person in people)
    emails = max(len(person["email"]) for person in people)
    lines = ["  Demo sign-ins"]
    lines += [
        f"    {p['role']:<{roles}}  {p['email']:<{emails}}  password {p['password']}"
        for p in people
    ]
    return lines
