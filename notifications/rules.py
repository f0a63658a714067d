"""When a failed e-mail is tried again, and when it never will be."""

from __future__ import annotations

from datetime import timedelta

# About two days, as mail servers themselves do.
RETRY_AFTER = (
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(hours=24),
)
# Longer than a batch can take when the mail server lets every message time out.
LEASE = timedelta(minutes=5)
BATCH = 10


def retry_after(attempts: int) -> timedelta | None:
    """How long to wait after the `attempts`-th failed attempt (the first is 1); None: give up."""
    return RETRY_AFTER[attempts - 1] if attempts <= len(RETRY_AFTER) else None


def is_permanent_reply(code: int) -> bool:
    """Whether an SMTP reply means that trying again is useless (RFC 5321, 4.2.1: 5yz)."""
    return 500 <= code <= 599


def one_line(text: str, *, longest: int = 200) -> str:
    """A subject fit for a header: no line break, not longer than its column."""
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"
