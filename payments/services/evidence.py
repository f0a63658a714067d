"""Answering a dispute: what sellers give us, what a moderator sends, and giving in.

An answer is a row first; a worker uploads its documents and sends it once, with a key made from
the row. What the provider says of the dispute then comes through the inbox as everything does.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Sum
from django.db.models.functions import Length

from accounts.models import User
from accounts.services import record_action
from common.states import TransitionError
from common.sweeps import ROW_FAILURES
from common.wake import wake
from notifications.states import EffectState
from payments.gateways import charge_gateway
from payments.gateways.base import (
    ChargeGateway,
    DisputeFacts,
    Evidence,
    ProviderRefused,
    ProviderShort,
    ProviderUnavailable,
)
from payments.models import DisputeEvidence, DisputeShare, EvidenceFile, ProviderDispute
from payments.rules.disputes import (
    MOST_BYTES_TOGETHER,
    MOST_FILE_BYTES,
    MOST_FILES,
    MOST_TEXT,
    PURPOSES,
    TEXTS,
    media_type_of,
    place_files,
)
from payments.services.errands import SEND_EVIDENCE
from payments.services.inbox import OWN_EVENT, store_event
from payments.states import DisputeState

logger = logging.getLogger(__name__)
LEASE = timedelta(minutes=5)
BATCH = 10
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=2)
# While we may answer: an inquiry is answered, too.
ANSWERABLE = (DisputeState.INQUIRY, DisputeState.NEEDS_RESPONSE)


class EvidenceFileError(ValueError):
    """A document that no bank reads, or too many; `code`: FORMAT, BYTES, COUNT or PURPOSE."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def may_answer(dispute: ProviderDispute, *, now: datetime) -> bool:
    """Whether the bank still takes an answer."""
    due = dispute.evidence_due_at
    return dispute.state in ANSWERABLE and (due is None or now < due)


def takes_more(dispute: ProviderDispute, *, now: datetime) -> bool:
    """Whether our one answer has not been sent, and the bank still takes it."""
    sent = dispute.evidence.exclude(state=EffectState.FAILED).exists()
    return not sent and may_answer(dispute, now=now)


def add_evidence_file(
    *,
    share: DisputeShare,
    purpose: str,
    name: str,
    content: bytes,
    actor: User,
    now: datetime,
) -> EvidenceFile:
    """Keep a document of a seller's (PDF, JPEG, PNG by what it is), to be sent with the answer.

    Raises EvidenceFileError, TransitionError when the bank takes no answer any more.
    """
    media_type = media_type_of(content)
    if purpose not in PURPOSES:
        raise EvidenceFileError("PURPOSE")
    if media_type is None:
        raise EvidenceFileError("FORMAT")
    if len(content) > MOST_FILE_BYTES:
        raise EvidenceFileError("BYTES")
    with transaction.atomic():
        dispute = ProviderDispute.objects.select_for_update().get(pk=share.dispute_id)
        if not takes_more(dispute, now=now):
            raise TransitionError("the bank takes no answer any more")
        known = dispute.files.annotate(size=Length("content")).aggregate(sum=Sum("size", default=0))
        if share.files.count() >= MOST_FILES:
            raise EvidenceFileError("COUNT")
        if known["sum"] + len(content) > MOST_BYTES_TOGETHER:
            raise EvidenceFileError("BYTES")
        return EvidenceFile.objects.create(
            dispute=dispute,
            share=share,
            purpose=purpose,
            name=name[:120],
            media_type=media_type,
            content=content,
            uploaded_by=actor,
            uploaded_at=now,
        )


def state_account(*, share: DisputeShare, text: str, now: datetime) -> DisputeShare:
    """Keep what the seller has to say; it may be changed until the answer is sent.

    Raises TransitionError when the bank takes no answer any more.
    """
    with transaction.atomic():
        row = DisputeShare.objects.select_for_update(of=("self",)).select_related("dispute")
        share = row.get(pk=share.pk)
        if not takes_more(share.dispute, now=now):
            raise TransitionError("the bank takes no answer any more")
        share.statement = text[:MOST_TEXT]
        share.stated_at = now
        share.save(update_fields=["statement", "stated_at"])
    return share


def submit_evidence(
    *,
    dispute: ProviderDispute,
    texts: Mapping[str, str],
    actor: User | None,
    reason: str,
    now: datetime,
) -> DisputeEvidence:
    """Send the answer: these texts and every document that was given. A bank takes one answer.

    actor: the moderator, or nobody on the last day. Raises TransitionError when it was sent or the
    bank takes none any more.
    """
    told = {name: texts[name][:MOST_TEXT] for name in TEXTS if texts.get(name, "").strip()}
    return _answer(dispute, told, gives_in=False, actor=actor, reason=reason, now=now)


def accept_dispute(
    *, dispute: ProviderDispute, actor: User, reason: str, now: datetime
) -> DisputeEvidence:
    """Give in: the buyer keeps the money. Raises TransitionError as submit_evidence does."""
    return _answer(dispute, {}, gives_in=True, actor=actor, reason=reason, now=now)


def _answer(
    dispute: ProviderDispute,
    texts: Mapping[str, str],
    *,
    gives_in: bool,
    actor: User | None,
    reason: str,
    now: datetime,
) -> DisputeEvidence:
    with transaction.atomic():
        locked = ProviderDispute.objects.select_for_update().get(pk=dispute.pk)
        if not takes_more(locked, now=now):
            raise TransitionError("an answer was sent, or none is taken any more")
        row = DisputeEvidence.objects.create(
            dispute=locked,
            texts=dict(texts),
            gives_in=gives_in,
            reason=reason,
            submitted_by=actor,
            due_at=now,
            created_at=now,
        )
        record_action(
            actor=actor,
            action="dispute.accept" if gives_in else "dispute.answer",
            target=locked,
            reason=reason,
            before={"state": locked.state},
            after={"texts": sorted(texts), "files": locked.files.count()},
            now=now,
        )
        wake(SEND_EVIDENCE)
    return row


def send_evidence(*, now: datetime) -> int:
    """Bring answers that are due to their providers; returns how many were looked at."""
    ids = DisputeEvidence.objects.claim(now=now, limit=BATCH, lease=LEASE)
    for row_id in ids:
        try:
            _send(row_id, now)
        except ROW_FAILURES:
            logger.exception("evidence %s could not be sent", row_id)
    return len(ids)


def _send(row_id: uuid.UUID, now: datetime) -> None:
    with transaction.atomic(durable=True):
        row = DisputeEvidence.objects.select_related("dispute").get(pk=row_id)
        files = list(row.dispute.files.order_by("uploaded_at", "pk"))
    gateway = charge_gateway(row.dispute.provider)
    try:
        facts = _bring(gateway, row, files)
    except (ProviderUnavailable, ProviderShort) as error:
        wait = min(FIRST_WAIT * 2 ** min(row.attempts, 10), LONGEST_WAIT)
        DisputeEvidence.objects.mark_retry(row.pk, due_at=now + wait, error=str(error))
        return
    except ProviderRefused as error:
        DisputeEvidence.objects.mark_failed(row.pk, now=now, error=f"{error.code}: {error}")
        return
    with transaction.atomic():
        DisputeEvidence.objects.mark_done(row.pk, now=now)
        store_event(
            provider=row.dispute.provider,
            event_id=f"{OWN_EVENT}evidence:{row.pk}",
            kind="dispute.asked",
            payload={"data": {"object": {"id": facts.ref, "metadata": {"dispute": facts.ref}}}},
            now=now,
        )


def _bring(gateway: ChargeGateway, row: DisputeEvidence, files: list[EvidenceFile]) -> DisputeFacts:
    """Documents first, each once; outside any transaction."""
    dispute, key = row.dispute, f"evidence:{row.pk}"
    if row.gives_in:
        return gateway.accept_dispute(ref=dispute.provider_ref, key=key)
    placed = place_files([(file.purpose, str(file.pk)) for file in files])
    refs = {}
    for purpose, file_id in placed.items():
        file = next(one for one in files if str(one.pk) == file_id)
        if not file.provider_ref:
            file.provider_ref = gateway.upload_evidence(
                key=f"evidence-file:{file.pk}",
                name=file.name,
                media_type=file.media_type,
                purpose=purpose,
                content=bytes(file.content),
            )
            EvidenceFile.objects.filter(pk=file.pk).update(provider_ref=file.provider_ref)
        refs[purpose] = file.provider_ref
    return gateway.submit_evidence(
        ref=dispute.provider_ref, key=key, evidence=Evidence(texts=row.texts, files=refs)
    )
