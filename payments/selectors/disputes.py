"""Reading disputes: which are open, and what a seller and a moderator see of them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from payments.models import DisputeShare, ProviderDispute
from payments.states import DisputeState

# The bank has taken the money, or is about to, and has not decided.
UNDECIDED = (DisputeState.NEEDS_RESPONSE, DisputeState.UNDER_REVIEW)
DECIDED = (DisputeState.WON, DisputeState.LOST)


def is_disputed(*, held_id: uuid.UUID) -> bool:
    """Whether the money of a held payment is disputed and not decided; an inquiry is no dispute."""
    return DisputeShare.objects.filter(held_id=held_id, dispute__state__in=UNDECIDED).exists()


def disputed_orders(order_refs: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Those of the orders that are disputed and not decided."""
    rows = DisputeShare.objects.filter(
        held__order_ref__in=list(order_refs), dispute__state__in=UNDECIDED
    )
    return set(rows.values_list("held__order_ref", flat=True))


def disputes_of_payee(*, payee_id: uuid.UUID) -> QuerySet[DisputeShare]:
    """A seller's parts of disputes, those that wait for an answer first."""
    rows = DisputeShare.objects.filter(held__payee_id=payee_id)
    return rows.select_related("dispute", "held").order_by(
        "dispute__decided_at", "dispute__evidence_due_at", "-dispute__opened_at"
    )


def disputes_to_answer(*, before: datetime) -> QuerySet[ProviderDispute]:
    """Disputes whose time to answer ends before then, soonest first."""
    rows = ProviderDispute.objects.filter(
        state=DisputeState.NEEDS_RESPONSE, evidence_due_at__lt=before
    )
    return rows.order_by("evidence_due_at", "pk")
