"""What moves money; keyword-only verbs, the only writers of this app's tables."""

from payments.services.ledger import EntryConflictError, Leg, post_entry

__all__ = ["EntryConflictError", "Leg", "post_entry"]
