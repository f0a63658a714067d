"""Money as a moderator sees it: everything is read-only; the few actions ask for a reason."""

from payments.admin import bank, fees, inbox, ledger, money, payees, rates, reconciliation, reserves

__all__ = [
    "bank",
    "fees",
    "inbox",
    "ledger",
    "money",
    "payees",
    "rates",
    "reconciliation",
    "reserves",
]
