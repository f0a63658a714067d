"""What money did; one module a subject. The ledger's guarantees are SQL in payments/sql; see docs/ledger.md."""

from __future__ import annotations

from payments.models.charges import HeldPayment, Payment, Refund
from payments.models.ledger import Account, Balance, Entry, Posting
from payments.models.payees import Payee
from payments.models.payouts import Payout, PayoutLine
from payments.models.providers import ProviderEvent
from payments.models.rates import Quote, Rate

__all__ = [
    "Account",
    "Balance",
    "Entry",
    "HeldPayment",
    "Payee",
    "Payment",
    "Payout",
    "PayoutLine",
    "Posting",
    "ProviderEvent",
    "Quote",
    "Rate",
    "Refund",
]
