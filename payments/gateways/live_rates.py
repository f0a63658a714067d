"""Today's rates from a provider of the operator's choice, in the shape that most of them share.

The answer is JSON: `base`, `date` (a day) or `timestamp` (seconds), and `rates`, units of each
currency for one of the base. Numbers are read as decimals and never pass through a float.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation, localcontext
from typing import Any

from common.currencies import CURRENCIES
from common.remote import Limits, NoAnswerError, ask_json

BASE = "EUR"
LONGEST_SECONDS = 15.0
STEP_SECONDS = 5.0
LARGEST_BYTES = 1_000_000
KEY_MARK = "{key}"


class LiveRatesError(Exception):
    """There is no usable answer; the words name neither the address nor the key."""


def published_rates(on: date, *, url: str, key: str = "") -> tuple[date, dict[str, Decimal]]:
    """Units of each currency for one euro, and the day they are of (UTC).

    key: sent as a bearer token, or put where the address says {key}. Codes that are not ISO 4217
    and rates that are no positive numbers are left out. Raises LiveRatesError.
    """
    answer = _read(url, key)
    day, rates = _day(answer), _rates(answer)
    if day > on:
        raise LiveRatesError(f"the rates are of {day}, which is yet to come")
    return day, _per_euro(str(answer.get("base", "")).upper(), rates)


def _read(url: str, key: str) -> Mapping[str, Any]:
    limits = Limits(LONGEST_SECONDS, STEP_SECONDS, LARGEST_BYTES)
    try:
        return ask_json(url.replace(KEY_MARK, key), limits=limits, headers=_headers(url, key))
    except NoAnswerError as error:
        raise LiveRatesError(str(error)) from None


def _headers(url: str, key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"} if key and KEY_MARK not in url else {}


def _day(answer: Mapping[str, Any]) -> date:
    stamp, text = answer.get("timestamp"), answer.get("date")
    try:
        if isinstance(text, str):
            return date.fromisoformat(text[:10])
        if isinstance(stamp, int) and not isinstance(stamp, bool):
            return datetime.fromtimestamp(stamp, UTC).date()
    except (ValueError, OverflowError, OSError):
        pass
    raise LiveRatesError("the answer does not say of which day it is")


def _rates(answer: Mapping[str, Any]) -> dict[str, Decimal]:
    found = answer.get("rates")
    if not isinstance(found, dict):
        raise LiveRatesError("the answer has no rates")
    rates = {}
    for code, value in found.items():
        number = _number(value)
        if code in CURRENCIES and number is not None:
            rates[code] = number
    return rates


def _number(value: Any) -> Decimal | None:
    """A positive, sensible number; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        return None
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    return number if number.is_finite() and Decimal("1e-9") < number < Decimal("1e9") else None


def _per_euro(base: str, rates: Mapping[str, Decimal]) -> dict[str, Decimal]:
    if base not in CURRENCIES:
        raise LiveRatesError("the answer does not say for which currency its rates are")
    against = {**rates, base: Decimal(1)}
    if BASE not in against:
        raise LiveRatesError("the answer has no rate of the euro")
    with localcontext() as context:
        context.prec = 40
        per_euro = {code: rate / against[BASE] for code, rate in against.items() if code != BASE}
    if not per_euro:
        raise LiveRatesError("the answer has no rate of a currency that is known here")
    return per_euro
