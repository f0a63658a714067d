"""What every request of a merchant goes through: checks, idempotency, and the faults it asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from common.money import UnknownCurrencyError, currency_of
from sandbox.models import ProviderObject
from sandbox.rules import SandboxError

RowT = TypeVar("RowT", bound=ProviderObject)


def check_amount(amount: int, currency: str) -> None:
    """Raise SandboxError unless it is a positive number of minor units of a known currency."""
    try:
        currency_of(currency)
    except UnknownCurrencyError:
        raise SandboxError("unknown_currency", f"{currency} is not a currency.") from None
    if type(amount) is not int or amount <= 0:
        raise SandboxError("bad_amount", "An amount is a positive number of minor units.")


def fault_before(metadata: Mapping[str, Any]) -> None:
    """metadata {"fault": "timeout_before"}: no answer, and nothing was done."""
    if metadata.get("fault") == "timeout_before":
        raise SandboxError("timeout", "No answer.", definitive=False)


def fault_after(metadata: Mapping[str, Any], *, newly: bool, answer_lost: bool = False) -> None:
    """metadata {"fault": "timeout_after"}: done, but the answer to the first request is lost."""
    if newly and (answer_lost or metadata.get("fault") == "timeout_after"):
        raise SandboxError("timeout", "No answer.", definitive=False)


def insert_once(row: RowT) -> tuple[RowT, bool]:
    """Store the row unless its key was used: then the row of that time, which must be the same.

    Returns the stored row and whether it is new. Raises SandboxError("key_reused") when the key
    came with another request before. Two at once are as one after the other.
    """
    model = type(row)
    model._default_manager.bulk_create([row], ignore_conflicts=True)
    stored = model._default_manager.get(idempotency_key=row.idempotency_key)
    if stored.digest != row.digest:
        raise SandboxError("key_reused", "This key came with another request before.")
    return stored, stored.pk == row.pk
