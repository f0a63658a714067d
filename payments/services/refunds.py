"""Giving money back to buyers: what they paid, in their currency, at the rate of the payment."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.services import record_action
from common.money import Money
from common.states import TransitionError
from common.wake import wake
from notifications.states import EffectState
from payments.gateways import charge_gateway
from payments.gateways.base import RefundRequest, TransferStatus
from payments.models import HeldPayment, Payee, Refund
from payments.rules.refunds import Parts, check_parts, split_refund
from payments.selectors.ledger import balance
from payments.services.bookings import parts_of, refund_after_release_legs, refund_legs
from payments.services.errands import SUBMIT_REFUNDS
from payments.services.held import lock_held, refunded_parts
from payments.services.inbox import RefundFacts, transfer_key
from payments.services.ledger import Leg, post_entry
from payments.services.transfers import submit, submit_due
from payments.states import HELD, TRANSFER, AccountKind, EntryKind, HeldState, TransferState


class RefundTooLargeError(ValueError):
    """More is asked back than is left of what the buyer paid, or nothing at all."""


class PartsError(ValueError):
    """The parts that a refund was to be made of are not there, or not `amount` together."""


class RefundConflictError(ValueError):
    """The key belongs to another refund."""


@dataclass(frozen=True, slots=True)
class RefundOutcome:
    """Where a refund stands at the provider; newly: this call moved it there."""

    refund_id: uuid.UUID
    order_ref: uuid.UUID
    transfer: TransferState
    newly: bool


def request_refund(
    *,
    order_ref: uuid.UUID,
    amount: int,
    reason: str,
    key: str,
    now: datetime,
    parts: Parts | None = None,
) -> Refund:
    """Owe a buyer `amount` minor units back for an order; the provider is told afterwards.

    In the caller's transaction, once for its key. Before release the held money pays; after it the
    seller's balance, and what that lacks becomes the seller's debt. Without `parts` every part gives
    its share, the commission too; with them exactly they are given back. Many refunds that reach
    the total return every part exactly. Raises RefundTooLargeError, PartsError,
    RefundConflictError, TransitionError when it was never paid.
    """
    with transaction.atomic():
        held = lock_held(order_ref)
        known = Refund.objects.filter(key=key).first()
        if known is not None:
            other = parts is not None and parts != parts_refunded_by(known)
            if other or (known.held_id, known.amount) != (held.pk, amount):
                raise RefundConflictError(key)
            return known
        if held.booked_at is None:
            raise TransitionError("it was never paid")
        if not 0 < amount <= held.buyer_amount - held.refunded_amount:
            raise RefundTooLargeError(f"{amount} of {held.buyer_amount - held.refunded_amount}")
        parts = _parts_to_refund(held, amount, parts)
        refund = _refund_row(held, parts, reason=reason, key=key, now=now)
        post_entry(
            key=f"refund:{refund.pk}",
            kind=EntryKind.REFUND,
            reference=str(order_ref),
            memo=reason[:200],
            legs=_legs(held, parts),
        )
        _take(held, parts)
        wake(SUBMIT_REFUNDS)
    return refund


def _parts_to_refund(held: HeldPayment, amount: int, parts: Parts | None) -> Parts:
    whole, refunded = parts_of(held), refunded_parts(held)
    if parts is None:
        return split_refund(whole=whole, refunded=refunded, amount=amount)
    wrong = check_parts(left=whole - refunded, parts=parts)
    if parts.total != amount:
        wrong = f"the parts are {parts.total} together, not {amount}"
    elif held.currency == held.seller_currency and parts.seller != parts.mid:
        wrong = "within one currency nothing is converted"
    if wrong:
        raise PartsError(wrong)
    return parts


def parts_refunded_by(refund: Refund) -> Parts:
    return Parts(
        mid=refund.mid_amount,
        spread=refund.spread_amount,
        tax=refund.tax_amount,
        duty=refund.duty_amount,
        fees=refund.fees_amount,
        seller=refund.seller_amount,
        commission=refund.commission_amount,
        fee_tax=refund.fee_tax_amount,
    )


def _refund_row(held: HeldPayment, parts: Parts, *, reason: str, key: str, now: datetime) -> Refund:
    return Refund.objects.create(
        held=held,
        key=key,
        currency=held.currency,
        amount=parts.total,
        mid_amount=parts.mid,
        spread_amount=parts.spread,
        tax_amount=parts.tax,
        duty_amount=parts.duty,
        fees_amount=parts.fees,
        seller_amount=parts.seller,
        commission_amount=parts.commission,
        fee_tax_amount=parts.fee_tax,
        reason=reason,
        due_at=now,
        created_at=now,
    )


def _legs(held: HeldPayment, parts: Parts) -> list[Leg]:
    payment_ref = str(held.payment_id)
    if held.state != HeldState.RELEASED:
        return refund_legs(held=held, parts=parts, payment_ref=payment_ref)
    # Whoever takes from a payee's balance holds the payee's lock, so what is read here stays true.
    Payee.objects.select_for_update(no_key=True).get(pk=held.payee_id)
    payable = balance(
        kind=AccountKind.SELLER_PAYABLE,
        currency=held.seller_currency,
        reference=str(held.payee_id),
    )
    return refund_after_release_legs(
        held=held, parts=parts, payment_ref=payment_ref, payable=payable.amount
    )


def _take(held: HeldPayment, parts: Parts) -> None:
    held.refunded_amount += parts.total
    held.refunded_seller_amount += parts.seller
    held.refunded_commission_amount += parts.commission
    held.refunded_fee_tax_amount += parts.fee_tax
    if held.refunded_amount == held.buyer_amount:
        HELD.check(HeldState(held.state), HeldState.REFUNDED)
        held.state = HeldState.REFUNDED
    held.save(
        update_fields=[
            "refunded_amount",
            "refunded_seller_amount",
            "refunded_commission_amount",
            "refunded_fee_tax_amount",
            "state",
        ]
    )


def submit_refunds(*, now: datetime) -> int:
    """Bring refunds that are due to their providers; returns how many were looked at."""
    return submit_due(Refund.objects.all(), _submit, now=now)


def _submit(refund_id: uuid.UUID, now: datetime) -> None:
    with transaction.atomic(durable=True):
        refund = Refund.objects.select_related("held__payment").get(pk=refund_id)
    payment = refund.held.payment
    gateway = charge_gateway(payment.provider)
    key = transfer_key(refund)
    request = RefundRequest(
        key=key,
        charge_ref=payment.charge_ref,
        amount=refund.amount,
        currency=refund.currency,
        refund_ref=str(refund.pk),
    )
    submit(
        refund,
        create=lambda: gateway.create_refund(request),
        get=lambda: gateway.get_refund(refund.provider_ref),
        find=lambda: gateway.find_refund(key, charge_ref=payment.charge_ref),
        now=now,
    )


def apply_refund_facts(*, facts: RefundFacts, now: datetime) -> RefundOutcome:
    """Book what the provider says of a refund, in the caller's transaction. Idempotent."""
    with transaction.atomic():
        refund = (
            Refund.objects.select_for_update(of=("self",))
            .select_related("held")
            .get(pk=facts.refund_id)
        )
        old = TransferState(refund.transfer)
        new = {
            TransferStatus.PAID: TransferState.DONE,
            TransferStatus.FAILED: TransferState.FAILED,
        }.get(facts.transfer.status)
        if new is None or not TRANSFER.may(old, new):
            return RefundOutcome(refund.pk, refund.held.order_ref, old, newly=False)
        if new == TransferState.DONE:
            _book_provider(refund, EntryKind.REFUND_PAID, sign=1)
        elif old == TransferState.DONE:
            _book_provider(refund, EntryKind.REFUND_FAILED, sign=-1)
        refund.transfer = new
        refund.state = EffectState.DONE if new == TransferState.DONE else EffectState.FAILED
        refund.provider_ref = facts.transfer.ref or refund.provider_ref
        refund.last_error = facts.transfer.failure
        refund.done_at = now
        refund.save(update_fields=["transfer", "state", "provider_ref", "last_error", "done_at"])
    return RefundOutcome(refund.pk, refund.held.order_ref, new, newly=True)


def _book_provider(refund: Refund, kind: EntryKind, *, sign: int) -> None:
    """The provider has given the money back (or, sign -1, has got it returned)."""
    money = Money(sign * refund.amount, refund.currency)
    post_entry(
        key=f"{kind.value.lower()}:{refund.pk}:{refund.try_number}",
        kind=kind,
        reference=str(refund.held.order_ref),
        legs=[
            Leg(AccountKind.BUYER_REFUNDABLE, -money, str(refund.held.payment_id)),
            # The same sub-account as the capture's, so that a fully refunded one is at zero.
            Leg(AccountKind.PROVIDER_CLEARING, money, str(refund.held.payment_id)),
        ],
    )


def retry_refund(*, refund: Refund, actor: User, reason: str, now: datetime) -> Refund:
    """Send a refund that definitely failed once more, under a new key.

    Raises TransitionError unless it has failed.
    """
    with transaction.atomic():
        again = Refund.objects.select_for_update().get(pk=refund.pk)
        TRANSFER.check(TransferState(again.transfer), TransferState.PENDING)
        again.transfer = TransferState.PENDING
        again.state = EffectState.PENDING
        again.try_number += 1
        again.provider_ref = ""
        again.attempts = 0
        again.due_at = now
        again.done_at = None
        again.save()
        record_action(
            actor=actor,
            action="retry_refund",
            target=again,
            reason=reason,
            before={"transfer": TransferState.FAILED},
            after={"transfer": TransferState.PENDING, "try_number": again.try_number},
            now=now,
        )
        wake(SUBMIT_REFUNDS)
    return again
