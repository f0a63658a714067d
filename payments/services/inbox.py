"""What providers tell us: a row first, its effect later, by asking what is true now."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from accounts.services import record_action
from common.states import TransitionError
from payments.gateways import UnknownProviderError, charge_gateway, payout_gateway
from payments.gateways.base import (
    EventSubject,
    SignatureError,
    TransferFacts,
    TransferStatus,
)
from payments.models import Payment, Payout, ProviderEvent, Refund
from payments.services.charging import PaymentFacts, sync_payment
from payments.states import INBOX, InboxState

__all__ = [
    "PayoutFacts",
    "RefundFacts",
    "SignatureError",
    "event_facts",
    "fail_event",
    "finish_event",
    "note_transfer",
    "pending_events",
    "receive_webhook",
    "reopen_event",
    "store_event",
    "transfer_key",
]

logger = logging.getLogger(__name__)
MOST_TRIES = 12
FIRST_WAIT = timedelta(seconds=5)
OWN_EVENT = "freeport."


@dataclass(frozen=True, slots=True)
class RefundFacts:
    """What the provider says of a refund now."""

    refund_id: uuid.UUID
    transfer: TransferFacts


@dataclass(frozen=True, slots=True)
class PayoutFacts:
    """What the provider says of a payout now."""

    payout_id: uuid.UUID
    transfer: TransferFacts


def receive_webhook(
    *, provider: str, headers: Mapping[str, str], body: bytes, now: datetime
) -> bool:
    """Check who sent it and store it; returns whether it is new. Nothing is done with it here.

    Raises SignatureError, also for a provider that we do not use.
    """
    try:
        gateway = charge_gateway(provider)
    except UnknownProviderError:
        raise SignatureError("there is no such provider") from None
    event = gateway.verify_webhook(headers=headers, body=body, now=now)
    return store_event(
        provider=provider,
        event_id=event.event_id,
        kind=event.kind,
        payload=event.payload,
        now=now,
    )


def store_event(
    *, provider: str, event_id: str, kind: str, payload: Mapping[str, Any], now: datetime
) -> bool:
    """Put an event into the inbox unless it is there already; returns whether it is new."""
    with transaction.atomic():
        _, newly = ProviderEvent.objects.get_or_create(
            provider=provider,
            event_id=event_id[:120],
            defaults={"kind": kind[:80], "payload": dict(payload), "received_at": now},
        )
    return newly


def transfer_key(row: Refund | Payout) -> str:
    """The key under which the provider knows this try of a refund or payout."""
    if isinstance(row, Payout):
        return payout_key(row.pk, row.try_number)
    return f"refund:{row.pk}:{row.try_number}"


def payout_key(payout_id: uuid.UUID, try_number: int) -> str:
    """The key of one try of a payout; the first carries no number."""
    return f"payout:{payout_id}" if try_number == 1 else f"payout:{payout_id}:{try_number}"


def note_transfer(*, row: Refund | Payout, facts: TransferFacts, now: datetime) -> bool:
    """An answer that we got by asking goes the same way as one that we are told."""
    is_payout = isinstance(row, Payout)
    name = EventSubject.PAYOUT.lower() if is_payout else EventSubject.REFUND.lower()
    told = {
        "id": facts.ref,
        "metadata": {name: str(row.pk)},
        "key": transfer_key(row),
        "status": facts.status.value,
        "failure": facts.failure,
    }
    return store_event(
        provider=row.provider if isinstance(row, Payout) else row.held.payment.provider,
        event_id=f"{OWN_EVENT}{transfer_key(row)}:{facts.status.value}",
        kind=f"{name}.asked",
        payload={"data": {"object": told}},
        now=now,
    )


def pending_events(limit: int, *, now: datetime | None = None) -> list[ProviderEvent]:
    """The oldest events that wait, without locking them: applying facts twice does no harm.

    With `now`, an event that failed waits twice as long after every try, so that a provider's
    outage of an hour parks nothing.
    """
    waiting = ProviderEvent.objects.filter(state=InboxState.NEW)
    if now is not None:
        due = Q(attempts=0)
        for tries in range(1, MOST_TRIES):
            due |= Q(attempts=tries, received_at__lte=now - FIRST_WAIT * 2**tries)
        waiting = waiting.filter(due)
    return list(waiting.order_by("received_at", "pk")[:limit])


def event_facts(*, event: ProviderEvent) -> PaymentFacts | RefundFacts | PayoutFacts | None:
    """Ask the provider what is true now of what an event is about; outside any transaction.

    The event's own words are not believed: events come late, twice and in any order. None when it
    is about nothing of ours. Raises ProviderUnavailable.
    """
    gateway = charge_gateway(event.provider)
    subject, ref = gateway.subject_of(kind=event.kind, payload=event.payload)
    row_id = _as_uuid(ref)
    if row_id is None:
        return None
    if subject == EventSubject.PAYMENT:
        if not Payment.objects.filter(pk=row_id).exists():
            return None
        return sync_payment(payment_id=row_id, now=event.received_at)
    if subject == EventSubject.REFUND:
        refund = Refund.objects.filter(pk=row_id).select_related("held__payment").first()
        return None if refund is None else RefundFacts(row_id, _transfer_now(event, refund))
    payout = Payout.objects.filter(pk=row_id).first()
    return None if payout is None else PayoutFacts(row_id, _transfer_now(event, payout))


def _transfer_now(event: ProviderEvent, row: Refund | Payout) -> TransferFacts:
    key = transfer_key(row)
    if event.event_id.startswith(OWN_EVENT):
        told = event.payload["data"]["object"]
        if told["key"] != key:
            return TransferFacts(TransferStatus.MISSING)  # of an earlier try
        facts = _asked_now(event, row, key)
        if facts.status == TransferStatus.MISSING and not told["id"]:
            # Refused at once: the provider has no object that could be asked for.
            return TransferFacts(TransferStatus(told["status"]), "", told["failure"])
        return facts
    return _asked_now(event, row, key)


def _asked_now(event: ProviderEvent, row: Refund | Payout, key: str) -> TransferFacts:
    if isinstance(row, Payout):
        payouts = payout_gateway(row.provider)
        return (
            payouts.get_payout(row.provider_ref) if row.provider_ref else payouts.find_payout(key)
        )
    charges = charge_gateway(event.provider)
    return charges.get_refund(row.provider_ref) if row.provider_ref else charges.find_refund(key)


def _as_uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def finish_event(*, event: ProviderEvent, now: datetime) -> None:
    """Its effect is in the books; call in the effect's transaction. Idempotent."""
    ProviderEvent.objects.filter(pk=event.pk, state__in=INBOX.sources(InboxState.DONE)).update(
        state=InboxState.DONE, done_at=now, last_error=""
    )


def fail_event(*, event: ProviderEvent, error: str, now: datetime) -> None:
    """It could not be handled: tried again later, parked for a person after MOST_TRIES."""
    with transaction.atomic():
        row = ProviderEvent.objects.select_for_update().get(pk=event.pk)
        if row.state != InboxState.NEW:
            return
        row.attempts += 1
        row.last_error = error[:2000]
        if row.attempts >= MOST_TRIES:
            row.state = InboxState.PARKED
            logger.error("Event %s of %s is parked: %s", row.event_id, row.provider, error)
        row.save(update_fields=["attempts", "last_error", "state"])


def reopen_event(*, event: ProviderEvent, actor: User, reason: str, now: datetime) -> None:
    """A person has looked at a parked event: try it again.

    Raises TransitionError unless it is parked.
    """
    with transaction.atomic():
        opened = ProviderEvent.objects.filter(
            pk=event.pk, state__in=INBOX.sources(InboxState.NEW)
        ).update(state=InboxState.NEW, attempts=0)
        if not opened:
            raise TransitionError("the event is not parked")
        record_action(
            actor=actor,
            action="reopen_event",
            target=event,
            reason=reason,
            before={"state": InboxState.PARKED},
            after={"state": InboxState.NEW},
            now=now,
        )
