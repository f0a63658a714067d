"""What moves money; keyword-only verbs, the only writers of this app's tables."""

from payments.services.ledger import EntryConflictError, Leg, post_entry
from payments.services.rates import (
    approve_rate,
    freeze_quote,
    refresh_rates,
    set_manual_rate,
)

__all__ = [
    "EntryConflictError",
    "Leg",
    "approve_rate",
    "freeze_quote",
    "post_entry",
    "refresh_rates",
    "set_manual_rate",
]
