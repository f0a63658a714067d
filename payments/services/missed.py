"""What a provider undid and told us in vain: its account statement says so, and then we ask.

Nothing asks about a refund or a payout that has arrived, nor about a payment that is in the books,
because there is no end to that. But when a bank sends money back or a buyer's bank takes it, our
balance moves; so a lost message costs an hour, and not the money.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from payments.models import BalanceTransaction, Payout, Refund
from payments.services.inbox import OWN_EVENT, store_event, transfer_key
from payments.states import MovementKind

# A movement is asked about once; those of a few days are looked at in case a run was cut short.
LOOK_BACK: Final = timedelta(days=3)
DISPUTES: Final = (MovementKind.DISPUTE, MovementKind.DISPUTE_REVERSED)
SENT_BACK: Final[dict[MovementKind, type[Refund] | type[Payout]]] = {
    MovementKind.REFUND_FAILED: Refund,
    MovementKind.TRANSFER_REVERSED: Payout,
}


def ask_about_movements(*, now: datetime) -> int:
    """Put a question into the inbox for each movement that undoes something; returns how many.

    Idempotent. A reversal that we asked for ourselves is followed by its own row.
    """
    moved = BalanceTransaction.objects.filter(
        kind__in=[*DISPUTES, *SENT_BACK], fetched_at__gt=now - LOOK_BACK
    )
    asked = 0
    for row in moved.order_by("fetched_at", "pk"):
        kind = MovementKind(row.kind)
        about = _dispute(row) if kind in DISPUTES else _sent_back(row, SENT_BACK[kind])
        if about is None:
            continue
        name, told = about
        asked += store_event(
            provider=row.provider,
            event_id=f"{OWN_EVENT}moved:{row.ref}",
            kind=f"{name}.asked",
            payload={"data": {"object": told}},
            now=now,
        )
    return asked


def _dispute(row: BalanceTransaction) -> tuple[str, dict[str, Any]] | None:
    """A dispute goes by the provider's id: we may never have heard of it."""
    if not row.source_ref:
        return None
    return "dispute", {"id": row.source_ref, "metadata": {"dispute": row.source_ref}}


def _sent_back(
    row: BalanceTransaction, model: type[Refund] | type[Payout]
) -> tuple[str, dict[str, Any]] | None:
    thing = model.objects.filter(pk=row.subject_ref).first() if row.subject_ref else None
    if thing is None:
        return None
    name = model.__name__.lower()
    told = {"id": row.source_ref, "metadata": {name: str(thing.pk)}, "key": transfer_key(thing)}
    return name, told
