"""Providers and publications; each module is the only importer of its vendor's package."""

from __future__ import annotations

from payments.gateways.base import ChargeGateway, PayoutGateway
from payments.gateways.sandbox import SandboxGateway

_SANDBOX = SandboxGateway()
_CHARGE: dict[str, ChargeGateway] = {"sandbox": _SANDBOX}
_PAYOUT: dict[str, PayoutGateway] = {"sandbox": _SANDBOX}


class UnknownProviderError(LookupError):
    """No gateway of that name."""


def charge_gateway(provider: str) -> ChargeGateway:
    """Raises UnknownProviderError."""
    try:
        return _CHARGE[provider]
    except KeyError:
        raise UnknownProviderError(provider) from None


def payout_gateway(provider: str) -> PayoutGateway:
    """Raises UnknownProviderError."""
    try:
        return _PAYOUT[provider]
    except KeyError:
        raise UnknownProviderError(provider) from None
