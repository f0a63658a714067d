"""Money as a moderator sees it: everything is read-only; the few actions ask for a reason."""

from payments.admin import fees, inbox, ledger, money, rates, reconciliation

__all__ = ["fees", "inbox", "ledger", "money", "rates", "reconciliation"]
