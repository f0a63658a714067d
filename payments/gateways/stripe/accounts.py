"""Sellers' own accounts at Stripe (Accounts v2, recipients of transfers), completed on its pages."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, cast

import stripe

from payments.gateways.base import AccountFacts, ProviderRefused
from payments.gateways.stripe.client import answers, client, told
from payments.gateways.stripe.transfers import transfers_status
from payments.states import TransfersState

if TYPE_CHECKING:
    from stripe.params.v2.core import AccountLinkCreateParams

STATES = {
    "active": TransfersState.ACTIVE,
    "pending": TransfersState.PENDING,
    "none": TransfersState.NONE,
}


class Accounts:
    """The platform pays the fees and bears the losses, as separate charges and transfers want."""

    def create_account(
        self, *, key: str, payee_ref: str, name: str, email: str, country: str, currency: str
    ) -> AccountFacts:
        with answers():
            made = client().v2.core.accounts.create(
                {
                    "contact_email": email,
                    "display_name": name,
                    "dashboard": "express",
                    "identity": {"country": country.lower()},
                    "defaults": {
                        "currency": currency.lower(),
                        "responsibilities": {
                            "fees_collector": "application",
                            "losses_collector": "application",
                        },
                    },
                    "configuration": {
                        "recipient": {
                            "capabilities": {
                                "stripe_balance": {"stripe_transfers": {"requested": True}}
                            }
                        }
                    },
                    "metadata": {"payee": payee_ref, "key": key},
                    "include": ["configuration.recipient", "requirements"],
                },
                {"idempotency_key": key},
            )
        return account_facts(made)

    def get_account(self, ref: str) -> AccountFacts:
        with answers():
            found = client().v2.core.accounts.retrieve(
                ref, {"include": ["configuration.recipient", "requirements"]}
            )
        return account_facts(found)

    def onboarding_url(self, ref: str, *, return_url: str, refresh_url: str) -> str:
        with answers():
            link = client().v2.core.account_links.create(
                _link_params(ref, return_url=return_url, refresh_url=refresh_url)
            )
        return link.url

    def bank_failure(self, ref: str, payout_ref: str) -> str:
        """Why the account's own bank refused what Stripe sent it; empty when it did not."""
        try:
            with answers():
                found = client().v1.payouts.retrieve(payout_ref, {}, {"stripe_account": ref})
        except ProviderRefused:
            return ""
        return str(told(found, "failure_code") or "failed") if found.status == "failed" else ""


def _link_params(ref: str, *, return_url: str, refresh_url: str) -> AccountLinkCreateParams:
    """The package's types are of a version that no longer asks which configuration is meant."""
    flow = {
        "configurations": ["recipient"],
        "return_url": return_url,
        "refresh_url": refresh_url,
    }
    use_case = {"type": "account_onboarding", "account_onboarding": flow}
    return cast("AccountLinkCreateParams", {"account": ref, "use_case": use_case})


def account_facts(account: stripe.v2.core.Account) -> AccountFacts:
    status = transfers_status(account)
    closed = bool(told(account, "closed"))
    return AccountFacts(
        ref=account.id,
        transfers=(
            TransfersState.NONE if closed else STATES.get(status, TransfersState.RESTRICTED)
        ),
        requirements=_requirements(account),
        livemode=account.livemode,
    )


def _requirements(account: stripe.v2.core.Account) -> tuple[tuple[str, date | None], ...]:
    """What the seller itself still has to tell; Stripe gives one date for all that is due."""
    time = told(account, "requirements", "summary", "minimum_deadline", "time")
    due = datetime.fromisoformat(time).date() if time else None
    wanted: dict[str, date | None] = {}
    for entry in told(account, "requirements", "entries") or []:
        if told(entry, "awaiting_action_from") == "stripe":
            continue
        is_later = told(entry, "minimum_deadline", "status") == "eventually_due"
        wanted.setdefault(entry.description, None if is_later else due)
    return tuple(wanted.items())
