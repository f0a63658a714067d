"""Providers and publications; each module is the only importer of its vendor's package."""

from __future__ import annotations

from payments.gateways.bank_file import BankFileGateway
from payments.gateways.base import AccountGateway, ChargeGateway, PayoutGateway
from payments.gateways.sandbox import SandboxGateway
from payments.gateways.stripe import StripeGateway

_SANDBOX = SandboxGateway()
_STRIPE = StripeGateway()
_CHARGE: dict[str, ChargeGateway] = {"sandbox": _SANDBOX, "stripe": _STRIPE}
_PAYOUT: dict[str, PayoutGateway] = {
    "sandbox": _SANDBOX,
    "stripe": _STRIPE,
    "bank_file": BankFileGateway(),
}
_ACCOUNT: dict[str, AccountGateway] = {"stripe": _STRIPE}


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


def account_gateway(provider: str) -> AccountGateway:
    """Of a provider at which payees have accounts of their own. Raises UnknownProviderError."""
    try:
        return _ACCOUNT[provider]
    except KeyError:
        raise UnknownProviderError(provider) from None
