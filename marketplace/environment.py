"""Typed, loud reading of environment variables.

A bad value ends the program with one sentence that names the variable: a marketplace that guesses at its settings is worse
than one that does not start. `.env` beside `manage.py` is read first; the real environment wins over it.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote, urlsplit

KEY_BYTES = 32
LONGEST_KEY_ID = 20


class CannotStart(SystemExit):
    """One sentence for whoever started the program. Unhandled, Python prints it and exits with status 1."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence

    def __str__(self) -> str:
        return self.sentence


def read_dotenv(path: Path) -> None:
    """Put the `NAME=value` lines of `path` into the environment, where the name is not set already."""
    if not path.is_file():
        return
    for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        name, separator, value = line.partition("=")
        if not separator or not name.strip().isidentifier():
            raise CannotStart(f"{path.name}, line {number}: expected NAME=value, found {line!r}.")
        os.environ.setdefault(name.strip(), value.strip().strip("\"'"))


def text(name: str, default: str = "") -> str:
    """The variable's value without surrounding blanks; an empty value counts as not set."""
    return os.environ.get(name, "").strip() or default


def boolean(name: str, *, default: bool) -> bool:
    value = text(name).lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise CannotStart(f"{name} must be true or false, not {value!r}.")


def integer(name: str, default: int, *, minimum: int, maximum: int) -> int:
    value = text(name)
    if not value:
        return default
    try:
        number = int(value)
    except ValueError:
        raise CannotStart(f"{name} must be a whole number, not {value!r}.") from None
    if not minimum <= number <= maximum:
        raise CannotStart(f"{name} must be between {minimum} and {maximum}, not {number}.")
    return number


def choice(name: str, default: str, options: frozenset[str]) -> str:
    value = text(name, default)
    if value not in options:
        raise CannotStart(f"{name} must be one of {', '.join(sorted(options))}, not {value!r}.")
    return value


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def conversions(name: str) -> dict[str, tuple[str, Decimal]]:
    """ "JPY:EUR:0.0061" and so on, by commas: from which currency, into which, at what rate."""
    found = {}
    for word in words(name):
        source, _, rest = word.partition(":")
        target, _, rate = rest.partition(":")
        try:
            found[source] = (target, Decimal(rate))
        except InvalidOperation:
            raise CannotStart(f"{name}: {word!r} is not like JPY:EUR:0.0061.") from None
    return found


def field_keys(name: str, secret: Callable[[str], str] | None) -> dict[str, bytes]:
    """ "2026a:base64,2025b:base64": keys of 32 bytes by their names, the one that encrypts first.

    secret: where a key comes from that nobody has set; None where one has to be. No part of a key
    appears in the error.
    """
    found: dict[str, bytes] = {}
    for word in words(name):
        key_id, _, encoded = word.partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            key = b""
        if not key_id.isalnum() or len(key_id) > LONGEST_KEY_ID or len(key) != KEY_BYTES:
            raise CannotStart(f"{name} must be like 2026a:key, a key being 32 bytes in base64.")
        if key_id in found:
            raise CannotStart(f"{name} has the key {key_id} twice.")
        found[key_id] = key
    if not found:
        if secret is None:
            raise CannotStart(f"{name} must be set where SITE_URL is an https address.")
        found["local"] = sha256(secret("field_key").encode()).digest()
    return found


# The IBAN that everybody gives as an example.
EXAMPLE_ACCOUNT = {
    "iban": "DE89370400440532013000",
    "bic": "COBADEFFXXX",
    "town": "Köln",
    "country": "DE",
}


def bank_accounts(name: str, *, is_demo: bool) -> dict[str, dict[str, str]]:
    """JSON: by currency, the parts of an account. Whether the numbers are right is asked when it pays."""
    value = text(name)
    if not value:
        return {"*": EXAMPLE_ACCOUNT} if is_demo else {}
    try:
        found = json.loads(value)
    except ValueError:
        raise CannotStart(f"{name} must be JSON.") from None
    is_right = isinstance(found, dict) and all(
        isinstance(parts, dict) and all(isinstance(part, str) for part in parts.values())
        for parts in found.values()
    )
    if not is_right:
        raise CannotStart(f'{name} must be like {{"EUR": {{"iban": "…", "country": "DE"}}}}.')
    return {str(currency): dict(parts) for currency, parts in found.items()}


def folder(name: str, default: Path) -> Path:
    """An absolute folder path; it need not exist yet."""
    value = text(name)
    return Path(value).expanduser().resolve() if value else default


def web_address(name: str, default: str) -> str:
    """An http or https address without a trailing slash."""
    value = text(name, default).rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise CannotStart(f"{name} must look like https://shop.example, not {value!r}.")
    return value


def vat_number(name: str) -> str:
    """A VAT number of the European Union with its two letters in front, or "" where it is not set."""
    value = text(name).replace(" ", "").upper()
    if value and not re.fullmatch(r"[A-Z]{2}[0-9A-Z]{2,12}", value):
        raise CannotStart(f"{name} must be a VAT number like FR40303265045, not {value!r}.")
    return value


def postgres(name: str) -> dict[str, str] | None:
    """Connection parameters of a `postgres://user:password@host:port/name` address, or None where it is not set.

    The password never appears in the error.
    """
    value = text(name)
    if not value:
        return None
    parts = urlsplit(value)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise CannotStart(f"{name} must look like postgres://user:password@host:5432/database.")
    try:
        port = parts.port
    except ValueError:
        raise CannotStart(f"{name} has a port that is not a number.") from None
    return {
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(port or ""),
    }


def redis(name: str) -> str:
    """A `redis://`, `rediss://` or `unix://` address, or an empty string where it is not set."""
    value = text(name)
    if value and urlsplit(value).scheme not in {"redis", "rediss", "unix"}:
        raise CannotStart(f"{name} must look like redis://host:6379/0.")
    return value
