"""One client a process, and Stripe's errors in our words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, TypeVar

import stripe
from django.conf import settings

from common.money import from_provider
from payments.gateways.base import ProviderRefused, ProviderUnavailable

# Of the official description that tests hold every request against, not the package's own.
API_VERSION = "2026-05-27.dahlia"
# Connecting, and waiting for the answer. A checkout page waits for this at most twice.
TIMEOUT_SECONDS = (5.0, 20.0)
RETRIES = 1
PAGE = 100
# Stripe may have done it, is doing it now, or would not look at it: ask again later.
NOT_NOW = frozenset({401, 403, 409, 429})
# Our access to a connected account is gone for good, although the status is 403.
NO_SUCH_ACCOUNT = "account_invalid"

Found = TypeVar("Found")


def client() -> stripe.StripeClient:
    """The client for the settings of this moment.

    Raises ProviderUnavailable without a key: what was begun at Stripe, or at its peer, waits until
    there is one again, and nobody is asked in vain.
    """
    if not settings.STRIPE_SECRET_KEY:
        raise ProviderUnavailable("no_key: STRIPE_SECRET_KEY is not set")
    return _client(settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE)


@lru_cache(maxsize=4)
def _client(key: str, base: str) -> stripe.StripeClient:
    # Sessions are kept a thread, so one client serves them all.
    return stripe.StripeClient(
        key,
        # Newer than what is described means answers that nobody here has read about.
        stripe_version=API_VERSION,
        max_network_retries=RETRIES,
        http_client=stripe.RequestsClient(timeout=TIMEOUT_SECONDS),
        base_addresses={"api": base, "files": base, "connect": base} if base else {},
    )


@contextmanager
def answers() -> Iterator[None]:
    """Raises ProviderUnavailable or ProviderRefused where Stripe's package raises its errors.

    A key that was used with other words says that an earlier request arrived, not that nothing
    happened; a wrong API key says nothing about the payment: both leave the outcome unknown.
    """
    try:
        yield
    except stripe.StripeError as error:
        status = error.http_status or 0
        code = str(error.code or type(error).__name__)
        is_gone = code == NO_SUCH_ACCOUNT
        is_unknown = not status or status >= 500 or (status in NOT_NOW and not is_gone)
        if is_unknown or isinstance(error, stripe.IdempotencyError):
            raise ProviderUnavailable(f"{code}: {error.user_message or error}") from error
        raise ProviderRefused(code, str(error.user_message or code)) from error


def metadata_of(thing: Any) -> Mapping[str, str]:
    """What we wrote on an object of Stripe's."""
    found = getattr(thing, "metadata", None)
    return found.to_dict() if found is not None else {}


def id_of(thing: Any) -> str:
    """The id of what may be expanded, only named, or absent."""
    if thing is None:
        return ""
    return thing if isinstance(thing, str) else str(thing.id)


def told(thing: Any, *names: str) -> Any:
    """A part of what Stripe answered, or None: what it leaves out is not even an attribute."""
    for name in names:
        thing = getattr(thing, name, None)
    return thing


def first(things: Iterator[Found], fits: Callable[[Found], bool]) -> Found | None:
    return next((thing for thing in things if fits(thing)), None)


def minor(amount: int, currency: str) -> int:
    """Stripe's amount in minor units of ISO 4217."""
    return from_provider(amount, currency.upper()).amount


def moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
