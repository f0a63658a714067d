"""Stripe: the only importer of its package.

Buyers pay the platform on Stripe's page (Checkout), sellers are paid by transfers to their own
connected accounts: separate charges and transfers. What of this was never run against Stripe itself
is said in docs/stripe.md.
"""

from __future__ import annotations

from payments.gateways.stripe.accounts import Accounts
from payments.gateways.stripe.charges import Charges
from payments.gateways.stripe.disputes import Disputes
from payments.gateways.stripe.movements import Movements
from payments.gateways.stripe.transfers import Transfers
from payments.gateways.stripe.webhooks import Webhooks

__all__ = ["StripeGateway"]


class StripeGateway(Charges, Movements, Disputes, Webhooks, Transfers, Accounts):
    """Charging, paying out and sellers' accounts at Stripe."""
