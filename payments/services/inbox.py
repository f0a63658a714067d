"""What providers tell us: a row first, its effect later, by asking what is true now."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.db.models import Q

from accounts.models import User
from accounts.services import record_action
from common.states import TransitionError
from common.wake import wake
from payments.gateways import UnknownProviderError, charge_gateway, payout_gateway
from payments.gateways.base import (
    Channel,
    DisputeFacts,
    EventSubject,
    SignatureError,
    TransferFacts,
    TransferStatus,
)
from payments.models import ConnectedAccount, Payment, Payout, ProviderEvent, Refund, Reversal
from payments.services.accounts import AccountNews, ask_account
from payments.services.charging import PaymentFacts, sync_payment
from payments.services.errands import TAKE_IN_MOVEMENTS
from payments.services.warnings import ChargeNews, charge_news
from payments.states import INBOX, InboxState

__all__ = [
    "BalanceNews",
    "EventFacts",
    "PayoutFacts",
    "RefundFacts",
    "ReversalFacts",
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
# Which of our rows an event of our own is about, by the first word of its kind.
OWN_SUBJECTS = {
    "refund": EventSubject.REFUND,
    "payout": EventSubject.PAYOUT,
    "reversal": EventSubject.REVERSAL,
    "dispute": EventSubject.DISPUTE,
}
BANK_CHANGED = "account.external_account."
BANK_PAYMENT = "payout."
COUNTER_SECONDS = 30 * 24 * 3600


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


@dataclass(frozen=True, slots=True)
class ReversalFacts:
    """What the provider says of a reversal now."""

    reversal_id: uuid.UUID
    transfer: TransferFacts


@dataclass(frozen=True, slots=True)
class BalanceNews:
    """Our own balance at a provider has moved: what waited for it may be covered now."""

    provider: str


TransferRow = Refund | Payout | Reversal
EventFacts = (
    PaymentFacts
    | RefundFacts
    | PayoutFacts
    | ReversalFacts
    | DisputeFacts
    | AccountNews
    | ChargeNews
    | BalanceNews
)


def receive_webhook(
    *,
    provider: str,
    headers: Mapping[str, str],
    body: bytes,
    now: datetime,
    channel: Channel = Channel.PLATFORM,
) -> bool:
    """Check who sent it and store it; returns whether it is new. Nothing is done with it here.

    What is told about an account that is none of our payees' is counted and forgotten. Raises
    SignatureError, also for a provider that we do not use.
    """
    try:
        gateway = charge_gateway(provider)
    except UnknownProviderError:
        raise SignatureError("there is no such provider") from None
    event = gateway.verify_webhook(headers=headers, body=body, now=now, channel=channel)
    account = gateway.account_of(event.payload)
    if channel == Channel.CONNECT and not _is_payees(provider, account):
        logger.warning(
            "%s told us about the unknown account %s (%s so far)",
            provider,
            account[:120] or "(none)",
            _count_stranger(provider),
        )
        return False
    return store_event(
        provider=provider,
        event_id=event.event_id,
        kind=event.kind,
        payload=event.payload,
        now=now,
    )


def _is_payees(provider: str, account: str) -> bool:
    known = ConnectedAccount.objects.filter(provider=provider, account_ref=account)
    return bool(account) and known.exists()


def _count_stranger(provider: str) -> int:
    """How often a provider told us of accounts that we do not know, in the last month."""
    name = f"webhooks:strangers:{provider}"
    cache.add(name, 0, COUNTER_SECONDS)
    return int(cache.incr(name))


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


def transfer_key(row: TransferRow) -> str:
    """The key under which the provider knows this try of a refund, a payout or a reversal."""
    if isinstance(row, Payout):
        return payout_key(row.pk, row.try_number)
    return f"{_name_of(row)}:{row.pk}:{row.try_number}"


def _name_of(row: TransferRow) -> str:
    return type(row).__name__.lower()


def _provider_of(row: TransferRow) -> str:
    if isinstance(row, Payout):
        return row.provider
    return row.payout.provider if isinstance(row, Reversal) else row.held.payment.provider


def payout_key(payout_id: uuid.UUID, try_number: int) -> str:
    """The key of one try of a payout; the first carries no number."""
    return f"payout:{payout_id}" if try_number == 1 else f"payout:{payout_id}:{try_number}"


def note_transfer(*, row: TransferRow, facts: TransferFacts, now: datetime) -> bool:
    """An answer that we got by asking goes the same way as one that we are told."""
    name = _name_of(row)
    told = {
        "id": facts.ref,
        "metadata": {name: str(row.pk)},
        "key": transfer_key(row),
        "status": facts.status.value,
        "failure": facts.failure,
    }
    return store_event(
        provider=_provider_of(row),
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


def event_facts(*, event: ProviderEvent) -> EventFacts | None:
    """Ask the provider what is true now of what an event is about; outside any transaction.

    The event's own words are not believed: events come late, twice and in any order. None when it
    is about nothing of ours. Raises ProviderUnavailable.
    """
    subject, ref = _subject(event)
    row_id = _as_uuid(ref)
    if row_id is None:
        return _by_their_id(event, subject, ref)
    if subject == EventSubject.PAYMENT:
        if not Payment.objects.filter(pk=row_id).exists():
            return None
        return sync_payment(payment_id=row_id, now=event.received_at)
    if subject == EventSubject.REFUND:
        refund = Refund.objects.filter(pk=row_id).select_related("held__payment").first()
        return None if refund is None else RefundFacts(row_id, _transfer_now(event, refund))
    if subject == EventSubject.PAYOUT:
        payout = Payout.objects.filter(pk=row_id).first()
        return None if payout is None else PayoutFacts(row_id, _transfer_now(event, payout))
    if subject == EventSubject.REVERSAL:
        reversal = Reversal.objects.filter(pk=row_id).select_related("payout").first()
        return None if reversal is None else ReversalFacts(row_id, _transfer_now(event, reversal))
    return None


def _by_their_id(event: ProviderEvent, subject: EventSubject, ref: str) -> EventFacts | None:
    """The same of what goes by the provider's own id: the row is ours, but the thing is not."""
    if subject == EventSubject.ACCOUNT:
        return _account_now(event, ref)
    if subject == EventSubject.CHARGE:
        return charge_news(event=event, charge_ref=ref)
    if subject == EventSubject.DISPUTE:
        return charge_gateway(event.provider).get_dispute(ref)
    if subject == EventSubject.BALANCE:
        wake(TAKE_IN_MOVEMENTS)
        return BalanceNews(event.provider)
    return None


def _subject(event: ProviderEvent) -> tuple[EventSubject, str]:
    """What an event is about; an event of our own names our row, whoever the provider is."""
    if not event.event_id.startswith(OWN_EVENT):
        gateway = charge_gateway(event.provider)
        return gateway.subject_of(kind=event.kind, payload=event.payload)
    name = event.kind.partition(".")[0]
    ref = str(event.payload["data"]["object"]["metadata"][name])
    return OWN_SUBJECTS[name], ref


def _account_now(event: ProviderEvent, ref: str) -> AccountNews | None:
    account = ConnectedAccount.objects.filter(provider=event.provider, account_ref=ref).first()
    if account is None:
        return None
    told = event.payload.get("data", {}).get("object", {})
    is_payment = event.kind.startswith(BANK_PAYMENT)
    return ask_account(
        account,
        payout_ref=str(told.get("id") or "") if is_payment else "",
        bank_changed=event.kind.startswith(BANK_CHANGED),
    )


def _transfer_now(event: ProviderEvent, row: TransferRow) -> TransferFacts:
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


def _asked_now(event: ProviderEvent, row: TransferRow, key: str) -> TransferFacts:
    if isinstance(row, Reversal):
        reversals, paid_by = payout_gateway(row.payout.provider), row.payout.provider_ref
        if row.provider_ref:
            return reversals.get_reversal(row.provider_ref, payout_provider_ref=paid_by)
        return reversals.find_reversal(key, payout_provider_ref=paid_by)
    if isinstance(row, Payout):
        payouts = payout_gateway(row.provider)
        return (
            payouts.get_payout(row.provider_ref) if row.provider_ref else payouts.find_payout(key)
        )
    charges = charge_gateway(event.provider)
    if row.provider_ref:
        return charges.get_refund(row.provider_ref)
    return charges.find_refund(key, charge_ref=row.held.payment.charge_ref)


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
