"""What the sandbox provider decides: cards, signatures, retries. Pure."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets as random_source
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

SIGNATURE_HEADER = "Sandbox-Signature"
SIGNATURE_TOLERANCE = timedelta(minutes=5)
MOST_DECLINES = 5
REFUND_TAKES = timedelta(seconds=2)
PAYOUT_TAKES = timedelta(seconds=4)
RETURN_TAKES = timedelta(seconds=12)
DISPUTE_TAKES = timedelta(seconds=5)
EVIDENCE_DUE_AFTER = timedelta(days=9)
WINNING_WORD = "winning"
LOSING_WORD = "losing"
MOST_EVIDENCE_BYTES = 5 * 1024 * 1024
LATE_WEBHOOK = timedelta(seconds=45)
WEBHOOK_LEASE = timedelta(seconds=90)
WEBHOOK_TIMEOUT_SECONDS = 6.0
WEBHOOK_GIVEN_UP_AFTER = timedelta(days=3)
WEBHOOK_RETRY_AFTER = (
    timedelta(seconds=5),
    timedelta(seconds=20),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=12),
)


class SandboxError(Exception):
    """The provider's answer is no, or there is no answer.

    code: a word a program can act on. definitive: nothing happened and the same request will be
    refused again; otherwise the outcome is unknown and must be asked for.
    """

    def __init__(self, code: str, message: str = "", *, definitive: bool = True) -> None:
        super().__init__(message or code)
        self.code = code
        self.definitive = definitive


class BadSignatureError(ValueError):
    """The webhook is not from this provider, or too old to be trusted."""


# --- cards ---------------------------------------------------------------------------------------


class CardOutcome(StrEnum):
    """What happens when a test card is charged."""

    PAYS = "PAYS"
    PAYS_SILENTLY = "PAYS_SILENTLY"  # the webhook never comes
    PAYS_TWICE_TOLD = "PAYS_TWICE_TOLD"  # the webhook comes twice
    PAYS_LATE = "PAYS_LATE"  # a slow bank transfer
    PAYS_DISPUTED = "PAYS_DISPUTED"  # and the buyer's bank wants it back at once
    CHALLENGE = "CHALLENGE"  # 3-D Secure
    DECLINED = "DECLINED"
    NO_FUNDS = "NO_FUNDS"


TEST_CARDS: dict[str, CardOutcome] = {
    "4242424242424242": CardOutcome.PAYS,
    "4000000000000002": CardOutcome.DECLINED,
    "4000000000009995": CardOutcome.NO_FUNDS,
    "4000000000003220": CardOutcome.CHALLENGE,
    "4000000000000259": CardOutcome.PAYS_SILENTLY,
    "4000000000000341": CardOutcome.PAYS_TWICE_TOLD,
    "4000000000005126": CardOutcome.PAYS_LATE,
    "4000000000002685": CardOutcome.PAYS_DISPUTED,
}


def card_digits(typed: str) -> str:
    """The number without the spaces and dashes people type."""
    return re.sub(r"[\s\-\u00a0]", "", typed)


def is_card_number(digits: str) -> bool:
    """Whether the digits can be a card number at all (length, Luhn check)."""
    if not re.fullmatch(r"[0-9]{12,19}", digits):
        return False
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def parse_expiry(typed: str) -> tuple[int, int] | None:
    """Year and month of "12/28", "12 / 2028" or "1228"; None when it is neither."""
    found = re.fullmatch(r"\s*(\d{1,2})\s*[/.\-]?\s*((?:20)?\d{2})\s*", typed)
    if found is None:
        return None
    month, year = int(found[1]), int(found[2])
    return (year if year > 99 else 2000 + year, month) if 1 <= month <= 12 else None


def is_card_expired(expiry: tuple[int, int], today: tuple[int, int]) -> bool:
    """A card is good until the end of its month; both as (year, month)."""
    return expiry < today


# --- requests ------------------------------------------------------------------------------------


def new_id(prefix: str) -> str:
    """An id that can't be guessed, since whoever knows a session's id may pay it."""
    return f"{prefix}_{random_source.token_hex(16)}"


def digest(request: Mapping[str, Any]) -> str:
    """The same for the same request, to tell a repeated one from a key used for another."""
    text = json.dumps(request, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def is_answer_lost(email: str) -> bool:
    """Whether the first answer about a session is lost on its way; asked for by the address."""
    return email.lower().startswith("lost-answer")


class BankFate(StrEnum):
    """What a bank does with a payout."""

    PAYS = "PAYS"
    REFUSES = "REFUSES"  # at once: no such account
    FAILS = "FAILS"  # later
    RETURNS = "RETURNS"  # pays, and sends it back afterwards
    ANSWER_LOST = "ANSWER_LOST"  # pays, but the first answer to the request never arrives
    EMPTY = "EMPTY"  # pays, and nothing can be taken back from it


_MARKERS = {
    "refuse": BankFate.REFUSES,
    "fail": BankFate.FAILS,
    "return": BankFate.RETURNS,
    "lost": BankFate.ANSWER_LOST,
    "empty": BankFate.EMPTY,
}


def bank_fate(destination: Mapping[str, Any] | str) -> BankFate:
    """Decided by the account: one that begins with a marker does what the marker says."""
    if isinstance(destination, str):
        account = destination
    else:
        keys = ("account", "account_number", "iban", "token")
        account = next((str(destination[key]) for key in keys if destination.get(key)), "")
    for marker, fate in _MARKERS.items():
        if account.strip().lower().startswith(marker):
            return fate
    return BankFate.PAYS


# --- webhooks ------------------------------------------------------------------------------------


def sign(body: bytes, *, secret: str, timestamp: int) -> str:
    """HMAC-SHA-256 in hex over "<timestamp>.<body>"."""
    signed = f"{timestamp}.".encode() + body
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def signature_header(body: bytes, *, secret: str, now: datetime) -> str:
    """The value of the Sandbox-Signature header for a webhook sent now."""
    timestamp = int(now.timestamp())
    return f"t={timestamp},v1={sign(body, secret=secret, timestamp=timestamp)}"


def verify_signature(
    headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime
) -> None:
    """Raise BadSignatureError unless one of `secrets` signed exactly this body, lately."""
    value = next((v for name, v in headers.items() if name.lower() == "sandbox-signature"), "")
    parts = [part.strip().partition("=") for part in value.split(",")]
    stamps = [v for name, _, v in parts if name == "t"]
    given = [v for name, _, v in parts if name == "v1"]
    if len(stamps) != 1 or not re.fullmatch(r"[0-9]{1,12}", stamps[0]) or not given:
        raise BadSignatureError("no signature")
    timestamp = int(stamps[0])
    if abs(now.timestamp() - timestamp) > SIGNATURE_TOLERANCE.total_seconds():
        raise BadSignatureError("the signature is too old")
    expected = [sign(body, secret=secret, timestamp=timestamp) for secret in secrets if secret]
    if not any(
        hmac.compare_digest(one.encode(), other.encode()) for one in expected for other in given
    ):
        raise BadSignatureError("the signature is of somebody else")


def webhook_retry_after(attempts: int, *, age: timedelta) -> timedelta | None:
    """How long to wait after the `attempts`-th refusal (the first is 1); None: give up."""
    wait = WEBHOOK_RETRY_AFTER[min(attempts, len(WEBHOOK_RETRY_AFTER)) - 1]
    return wait if age + wait <= WEBHOOK_GIVEN_UP_AFTER else None


@dataclass(frozen=True, slots=True)
class LocalAddress:
    """Where a webhook goes: always this machine."""

    host: str
    port: int
    netloc: str
    path: str


def local_address(url: str) -> LocalAddress:
    """Where to connect for a webhook address. Raises SandboxError unless it is this machine."""
    try:
        parts = urlsplit(url)
        port = parts.port or 80
    except ValueError:
        raise SandboxError("bad_webhook_url", "The webhook address can't be read.") from None
    if parts.scheme != "http" or parts.hostname not in {"localhost", "127.0.0.1", "::1"}:
        raise SandboxError(
            "bad_webhook_url", "The sandbox tells only http addresses of this machine."
        )
    host = "::1" if parts.hostname == "::1" else "127.0.0.1"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return LocalAddress(host, port, parts.netloc, path)
