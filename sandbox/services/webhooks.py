"""Events and their deliveries to the merchant."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from common.wake import Errand, wake
from sandbox.gateways.merchant import NotTakenError, post_event
from sandbox.models import (
    Delivery,
    Dispute,
    Event,
    Payout,
    ProviderObject,
    Refund,
    Reversal,
    Session,
)
from sandbox.rules import (
    LATE_WEBHOOK,
    SIGNATURE_HEADER,
    WEBHOOK_LEASE,
    SandboxError,
    new_id,
    signature_header,
    webhook_retry_after,
)
from sandbox.selectors import (
    as_data,
    dispute_view,
    payout_view,
    refund_view,
    reversal_view,
    session_view,
)
from sandbox.states import DeliveryState

DELIVER_WEBHOOKS = Errand("sandbox.tasks.deliver_webhooks", queue="default")
BATCH = 10
FAULTS = ("drop_next", "send_twice", "send_late", "send_first")


def tell_of_session(session: Session, kind: str, *, now: datetime) -> Event:
    """Store an event about a session, and its deliveries as the session's faults have it."""
    event = _event(kind, session, as_data(session_view(session)), now=now)
    copies = 0 if session.drop_next else 2 if session.send_twice else 1
    due_at = now + LATE_WEBHOOK if session.send_late else now
    _deliver_later(event, due_at=[due_at] * copies, now=now)
    Session.objects.filter(pk=session.pk).update(drop_next=False, send_twice=False, send_late=False)
    return event


def tell_of_transfer(row: Refund | Payout | Reversal, kind: str, *, now: datetime) -> Event:
    """Store an event about a refund, a payout or a reversal, and its delivery."""
    match row:
        case Refund():
            data = as_data(refund_view(row))
        case Payout():
            data = as_data(payout_view(row))
        case Reversal():
            data = as_data(reversal_view(row))
    return _tell(row, kind, data, now=now)


def tell_of_dispute(row: Dispute, kind: str, *, now: datetime) -> Event:
    """Store an event about a dispute, and its delivery."""
    return _tell(row, kind, as_data(dispute_view(row)), now=now)


def _tell(row: ProviderObject, kind: str, data: dict[str, object], *, now: datetime) -> Event:
    event = _event(kind, row, data, now=now)
    _deliver_later(event, due_at=[now], now=now)
    return event


@transaction.atomic
def replay_events(
    *, object_id: str, times: int = 1, newest_first: bool = False, now: datetime
) -> int:
    """Tell the merchant again: everything about an object, `times` each; how many deliveries.

    newest_first sends them a second apart in the wrong order.
    """
    order = "-created_at" if newest_first else "created_at"
    count = 0
    for place, event in enumerate(Event.objects.filter(object_id=object_id).order_by(order, "pk")):
        due_at = now + timedelta(seconds=place)
        _deliver_later(event, due_at=[due_at] * times, now=now)
        count += times
    return count


def set_fault(*, session_id: str, fault: str) -> None:
    """Let the session's next event be lost, doubled, late, or sent before the buyer returns."""
    if fault not in FAULTS:
        raise SandboxError("unknown_fault")
    if not Session.objects.filter(pk=session_id).update(**{fault: True}):
        raise SandboxError("no_such_session")


def deliver_batch(*, now: datetime) -> int:
    """Deliver what is due, at most a batch, outside any transaction; returns how many were claimed.

    A worker that dies after delivering and before marking delivers again: the merchant's inbox
    knows the event's id.
    """
    claimed = _claim(Q(), now=now)
    for delivery_id in claimed:
        _deliver(delivery_id, now=now)
    return len(claimed)


def deliver_events_of(*, object_id: str, now: datetime) -> None:
    """Deliver what is due about one object now, before its page answers the buyer."""
    for delivery_id in _claim(Q(event__object_id=object_id), now=now):
        _deliver(delivery_id, now=now)


def _event(kind: str, row: ProviderObject, data: dict[str, object], *, now: datetime) -> Event:
    return Event.objects.create(
        id=new_id("evt"),
        kind=kind,
        object_id=row.pk,
        data=data,
        webhook_url=row.webhook_url,
        created_at=now,
    )


def _deliver_later(event: Event, *, due_at: Sequence[datetime], now: datetime) -> None:
    Delivery.objects.bulk_create(
        [Delivery(event=event, due_at=moment, created_at=now) for moment in due_at]
    )
    if due_at:
        wake(DELIVER_WEBHOOKS)


def _claim(which: Q, *, now: datetime) -> list[int]:
    due = Delivery.objects.filter(which, state=DeliveryState.PENDING, due_at__lte=now).filter(
        Q(lease_until__isnull=True) | Q(lease_until__lte=now)
    )
    with transaction.atomic():
        locked = due.select_for_update(skip_locked=True, of=("self",)).order_by("due_at", "pk")
        ids = list(locked.values_list("pk", flat=True)[:BATCH])
        Delivery.objects.filter(pk__in=ids).update(
            lease_until=now + WEBHOOK_LEASE, attempts=F("attempts") + 1
        )
    return ids


def _deliver(delivery_id: int, *, now: datetime) -> None:
    delivery = Delivery.objects.select_related("event").get(pk=delivery_id)
    event = delivery.event
    body = json.dumps(
        {
            "id": event.id,
            "type": event.kind,
            "created": int(event.created_at.timestamp()),
            "data": {"object": event.data},
        },
        separators=(",", ":"),
    ).encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Sandbox-Payments/1",
        SIGNATURE_HEADER: signature_header(
            body, secret=settings.SANDBOX_WEBHOOK_SECRETS[0], now=now
        ),
    }
    waiting = Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.PENDING)
    try:
        answer = post_event(event.webhook_url, body, headers)
    except NotTakenError as error:
        wait = webhook_retry_after(delivery.attempts, age=now - delivery.created_at)
        if wait is None:
            waiting.update(state=DeliveryState.FAILED, lease_until=None, last_answer=str(error))
        else:
            waiting.update(due_at=now + wait, lease_until=None, last_answer=str(error))
    except SandboxError as error:
        waiting.update(state=DeliveryState.FAILED, lease_until=None, last_answer=str(error))
    else:
        waiting.update(state=DeliveryState.DONE, lease_until=None, last_answer=answer, done_at=now)
