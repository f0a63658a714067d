"""Settings: what belongs to Stripe. Real money takes two words that agree."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from marketplace import environment
from marketplace.environment import CannotStart

# Where Stripe sends people: buyers to pay, sellers to open an account.
STRIPE_PAGES = ("https://checkout.stripe.com", "https://connect.stripe.com")


@dataclass(frozen=True, slots=True)
class StripeSettings:
    """Whether real money moves, where the API is (empty: Stripe's own), and what signs webhooks."""

    is_live: bool
    api_base: str
    webhook_secrets: list[str]
    connect_webhook_secrets: list[str]
    thin_webhook_secrets: list[str]


def stripe_settings(key: str, *, is_used: bool) -> StripeSettings:
    """What belongs to Stripe; all of it is required where it is the provider (`is_used`).

    Real money takes two words that agree: a live key and STRIPE_LIVEMODE=true.
    """
    found = StripeSettings(
        is_live=environment.boolean("STRIPE_LIVEMODE", default=False),
        api_base=_on_this_machine(environment.text("STRIPE_API_BASE")),
        webhook_secrets=environment.words("STRIPE_WEBHOOK_SECRETS"),
        connect_webhook_secrets=environment.words("STRIPE_CONNECT_WEBHOOK_SECRETS"),
        thin_webhook_secrets=environment.words("STRIPE_THIN_WEBHOOK_SECRETS"),
    )
    if key and not key.startswith(("sk_test_", "rk_test_", "sk_live_", "rk_live_")):
        raise CannotStart(
            "STRIPE_SECRET_KEY must begin with sk_test_, sk_live_, rk_test_ or rk_live_."
        )
    if key and key.startswith(("sk_live_", "rk_live_")) != found.is_live:
        mode = "test" if found.is_live else "live"
        raise CannotStart(
            f"STRIPE_SECRET_KEY is a {mode} key but STRIPE_LIVEMODE is {str(found.is_live).lower()}."
        )
    if found.is_live and found.api_base:
        raise CannotStart("STRIPE_API_BASE must not be set where STRIPE_LIVEMODE is true.")
    if is_used:
        if not key:
            raise CannotStart("STRIPE_SECRET_KEY must be set where PAYMENT_PROVIDER is stripe.")
        for name, secrets in (
            ("STRIPE_WEBHOOK_SECRETS", found.webhook_secrets),
            ("STRIPE_CONNECT_WEBHOOK_SECRETS", found.connect_webhook_secrets),
            ("STRIPE_THIN_WEBHOOK_SECRETS", found.thin_webhook_secrets),
        ):
            if not secrets:
                raise CannotStart(f"{name} must be set where PAYMENT_PROVIDER is stripe.")
            # An API key, or an address, pasted here would refuse every webhook.
            if not all(secret.startswith("whsec_") for secret in secrets):
                raise CannotStart(f"{name}: every one must begin with whsec_.")
    elif found.is_live:
        raise CannotStart("STRIPE_LIVEMODE must be false where PAYMENT_PROVIDER is sandbox.")
    return found


def _on_this_machine(address: str) -> str:
    """The address of a peer that plays Stripe; never anywhere else."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    try:
        is_here = ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_here = host == "localhost"
    if address and (parts.scheme not in {"http", "https"} or not is_here):
        raise CannotStart(
            "STRIPE_API_BASE must be an address on this machine, such as http://127.0.0.1:9000."
        )
    return address.rstrip("/")
