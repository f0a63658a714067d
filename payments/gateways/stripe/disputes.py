"""Disputes that a buyer's bank raises: what Stripe says of them, and our answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from io import BytesIO
from typing import TYPE_CHECKING, Any, cast

import stripe

from common.money import Money, allocate, charge_round
from payments.gateways.base import DisputeFacts, Evidence
from payments.gateways.stripe.client import (
    answers,
    client,
    id_of,
    metadata_of,
    minor,
    moment,
    told,
)
from payments.states import DisputeState

if TYPE_CHECKING:
    from stripe.params import DisputeModifyParamsEvidence

STATES = {
    "warning_needs_response": DisputeState.INQUIRY,
    "warning_under_review": DisputeState.INQUIRY,
    # A question that ended without money being taken, or that was answered before it could be.
    "warning_closed": DisputeState.WON,
    "prevented": DisputeState.WON,
    "needs_response": DisputeState.NEEDS_RESPONSE,
    "under_review": DisputeState.UNDER_REVIEW,
    "won": DisputeState.WON,
    "lost": DisputeState.LOST,
}
# Our own names where they differ from Stripe's: the seller's account, and a document of any kind.
TEXT_FIELDS = {"statement": "uncategorized_text"}
FILE_FIELDS = {"other": "uncategorized_file"}
STRIPE_TEXTS = frozenset(
    [
        "access_activity_log",
        "billing_address",
        "cancellation_policy_disclosure",
        "cancellation_rebuttal",
        "customer_email_address",
        "customer_name",
        "customer_purchase_ip",
        "duplicate_charge_explanation",
        "duplicate_charge_id",
        "product_description",
        "refund_policy_disclosure",
        "refund_refusal_explanation",
        "service_date",
        "shipping_address",
        "shipping_carrier",
        "shipping_date",
        "shipping_tracking_number",
        "uncategorized_text",
    ]
)
STRIPE_FILES = frozenset(
    [
        "cancellation_policy",
        "customer_communication",
        "customer_signature",
        "duplicate_charge_documentation",
        "receipt",
        "refund_policy",
        "service_documentation",
        "shipping_documentation",
        "uncategorized_file",
    ]
)
MOST_A_TEXT = 20_000
EXPAND = ["charge", "payment_intent"]


class _Named(BytesIO):
    """A file for the upload, under the name that its sender gave it."""

    def __init__(self, content: bytes, name: str) -> None:
        super().__init__(content)
        self.name = name


class Disputes:
    """Asking, answering, giving in."""

    def get_dispute(self, ref: str) -> DisputeFacts:
        with answers():
            return dispute_facts(client().v1.disputes.retrieve(ref, {"expand": [*EXPAND]}))

    def upload_evidence(
        self, *, key: str, name: str, media_type: str, purpose: str, content: bytes
    ) -> str:
        with answers():
            made = client().v1.files.create(
                {"purpose": "dispute_evidence", "file": _Named(content, name)},
                {"idempotency_key": key},
            )
        return made.id

    def submit_evidence(self, *, ref: str, key: str, evidence: Evidence) -> DisputeFacts:
        with answers():
            told = client().v1.disputes.update(
                ref,
                {"evidence": evidence_fields(evidence), "submit": True, "expand": [*EXPAND]},
                {"idempotency_key": key},
            )
        return dispute_facts(told)

    def accept_dispute(self, *, ref: str, key: str) -> DisputeFacts:
        with answers():
            closed = client().v1.disputes.close(
                ref, {"expand": [*EXPAND]}, {"idempotency_key": key}
            )
        return dispute_facts(closed)


def evidence_fields(evidence: Evidence) -> DisputeModifyParamsEvidence:
    """Our answer under Stripe's names. What has no field of its own goes into the free text."""
    texts: dict[str, str] = {}
    for name, text in evidence.texts.items():
        field, words = TEXT_FIELDS.get(name, name), text.strip()
        if not words:
            continue
        if field not in STRIPE_TEXTS:
            field, words = "uncategorized_text", f"{name}: {words}"
        texts[field] = f"{texts[field]}\n\n{words}" if field in texts else words
    fields: dict[str, str] = {name: text[:MOST_A_TEXT] for name, text in texts.items()}
    for purpose, file_id in evidence.files.items():
        field = FILE_FIELDS.get(purpose, purpose)
        free = [name for name in (field, "uncategorized_file") if name in STRIPE_FILES]
        field = next((name for name in free if name not in fields), "")
        if field:
            fields[field] = file_id
    return cast("DisputeModifyParamsEvidence", fields)


def dispute_facts(dispute: stripe.Dispute) -> DisputeFacts:
    """Amounts in the dispute's currency, which is the charge's; the fee in the balance's own."""
    currency = dispute.currency.upper()
    whole = minor(dispute.amount, currency)
    rows = list(told(dispute, "balance_transactions") or [])
    taken_rows = [row for row in rows if row.amount < 0]
    back_rows = [row for row in rows if row.amount > 0]
    taken, returned = _in_its_currency(whole, currency, taken_rows, back_rows)
    fee_currency = rows[0].currency.upper() if rows else ""
    due = told(dispute, "evidence_details", "due_by")
    return DisputeFacts(
        ref=dispute.id,
        charge_ref=id_of(dispute.charge),
        payment_ref=_payment_of(dispute),
        status=STATES.get(dispute.status, DisputeState.NEEDS_RESPONSE),
        reason=dispute.reason,
        amount=whole,
        currency=currency,
        taken=taken,
        returned=returned,
        fee=minor(sum(row.fee for row in rows), fee_currency) if rows else 0,
        fee_currency=fee_currency,
        evidence_due_at=moment(due) if due else None,
        opened_at=moment(dispute.created),
    )


def _in_its_currency(
    whole: int,
    currency: str,
    taken_rows: Iterable[stripe.BalanceTransaction],
    back_rows: Iterable[stripe.BalanceTransaction],
) -> tuple[int, int]:
    """What was withdrawn and given back, in the dispute's currency.

    Where the balance is kept in another one, a withdrawal is the whole of what is disputed, and
    what came back is its share of what was withdrawn.
    """
    taken = -sum(row.amount for row in taken_rows)
    back = sum(row.amount for row in back_rows)
    if not taken:
        return 0, 0
    settled = next(iter(taken_rows)).currency.upper()
    if settled == currency:
        return minor(taken, currency), min(minor(back, currency), minor(taken, currency))
    if back >= taken:
        return whole, whole
    share = allocate(whole, [back, taken - back])[0]
    # What is not lost can be paid back to the buyer only where cards know such an amount.
    return whole, min(charge_round(Money(share, currency)).amount, whole)


def _payment_of(dispute: stripe.Dispute) -> str:
    for thing in (told(dispute, "charge"), told(dispute, "payment_intent")):
        found = _carried(thing)
        if "payment" in found:
            return found["payment"]
    return ""


def _carried(thing: Any) -> Mapping[str, str]:
    return {} if isinstance(thing, str) else metadata_of(thing)
