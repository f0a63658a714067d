"""Money as a moderator sees it: everything is read-only; the few actions ask for a reason."""

from payments.admin import inbox, ledger, money, rates, reconciliation

__all__ = ["inbox", "ledger", "money", "rates", "reconciliation"]
