"""What money did; one module a subject. The ledger's guarantees are SQL in payments/sql; see docs/ledger.md."""

from __future__ import annotations

from payments.models.charges import HeldPayment, Payment, Refund
from payments.models.disputes import DisputeEvidence, DisputeShare, EvidenceFile, ProviderDispute
from payments.models.fees import FeeRule, FeeTaxRule
from payments.models.ledger import Account, Balance, Entry, Posting
from payments.models.payees import BankAccount, ConnectedAccount, Payee
from payments.models.payouts import (
    BankAnswer,
    BankFile,
    BankFileLine,
    Payout,
    PayoutLine,
    ReserveHold,
    Reversal,
)
from payments.models.providers import (
    BalanceTransaction,
    Difference,
    ProviderEvent,
    ReconciliationRun,
)
from payments.models.rates import Quote, Rate, RateFetch, RateProposal, SpreadRule

__all__ = [
    "Account",
    "Balance",
    "BalanceTransaction",
    "BankAccount",
    "BankAnswer",
    "BankFile",
    "BankFileLine",
    "ConnectedAccount",
    "Difference",
    "DisputeEvidence",
    "DisputeShare",
    "Entry",
    "EvidenceFile",
    "FeeRule",
    "FeeTaxRule",
    "HeldPayment",
    "Payee",
    "Payment",
    "Payout",
    "PayoutLine",
    "Posting",
    "ProviderDispute",
    "ProviderEvent",
    "Quote",
    "Rate",
    "RateFetch",
    "RateProposal",
    "ReconciliationRun",
    "Refund",
    "ReserveHold",
    "Reversal",
    "SpreadRule",
]
