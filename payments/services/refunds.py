"""Giving money back to buyers: what they paid, in their currency, at the rate of the payment."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from accounts.services import record_action
from common.money import Money
from common.states import TransitionError
from common.wake import wake
from notifications.states import EffectState
from payments.gateways import charge_gateway
from payments.gateways.base import RefundRequest, TransferStatus
from payments.models import HeldPayment, ProviderDispute, Refund, Reversal
from payments.rules.refunds import Parts, check_parts, split_refund
from payments.selectors.disputes import UNDECIDED, is_disputed
from payments.selectors.held import stopped
from payments.services.bookings import Taken, parts_of, refund_after_release_legs, refund_legs
from payments.services.errands import SUBMIT_REFUNDS
from payments.services.held import HeldFrozenError, lock_held, refunded_parts
from payments.services.inbox import RefundFacts, transfer_key
from payments.services.ledger import Leg, post_entry
from payments.services.payee_money import take_from_payee
from payments.services.reversals import ask_back
from payments.services.transfers import submit, submit_due
from payments.states import HELD, TRANSFER, AccountKind, EntryKind, HeldState, TransferState


class RefundTooLargeError(ValueError):
    """More is asked back than is left of what the buyer paid, or nothing at all."""


class PartsError(ValueError):
    """The parts that a refund was to be made of are not there, or not `amount` together."""


class DisputedError(HeldFrozenError):
    """The buyer's bank has taken the money for this order already: wait for its decision."""


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
    the total return every part exactly. Raises RefundTooLargeError, PartsError, DisputedError,
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
        # Read under the lock that a dispute takes too: one of the two comes first.
        if is_disputed(held_id=held.pk):
            raise DisputedError(f"the payment for order {order_ref} is disputed at the bank")
        parts = _parts_to_refund(held, amount, parts)
        taken = take_refund(held, parts)
        refund = Refund.objects.create(
            held=held,
            key=key,
            reason=reason,
            reserve_amount=taken.reserve,
            due_at=now,
            created_at=now,
            **refund_columns(held, parts),
        )
        owed = Leg(
            AccountKind.BUYER_REFUNDABLE,
            Money(parts.total, held.currency),
            str(held.payment_id),
        )
        post_entry(
            key=f"refund:{refund.pk}",
            kind=EntryKind.REFUND,
            reference=str(order_ref),
            memo=reason[:200],
            legs=legs_of_refund(held, parts, taken=taken, to=owed),
        )
        count_refunded(held, parts, sign=1)
        # A transfer is asked back before the buyer's refund leaves (see submit_refunds).
        ask_back(held=held, amount=taken.owed, refund=refund, reason=reason, now=now)
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


def refund_columns(held: HeldPayment, parts: Parts) -> dict[str, Any]:
    """The amounts of a refund's row."""
    return {
        "currency": held.currency,
        "amount": parts.total,
        "mid_amount": parts.mid,
        "spread_amount": parts.spread,
        "tax_amount": parts.tax,
        "duty_amount": parts.duty,
        "fees_amount": parts.fees,
        "seller_amount": parts.seller,
        "commission_amount": parts.commission,
        "fee_tax_amount": parts.fee_tax,
    }


def take_refund(held: HeldPayment, parts: Parts, *, blocked: int = 0) -> Taken:
    """What the seller gives after release, marked as taken; nothing is taken before it."""
    if held.state != HeldState.RELEASED:
        return Taken(0, 0, 0, 0)
    return take_from_payee(held=held, due=parts.seller_net, blocked=blocked)


def legs_of_refund(held: HeldPayment, parts: Parts, *, taken: Taken, to: Leg) -> list[Leg]:
    """The legs that give these parts to the buyer, or to the bank that has taken them (`to`)."""
    if held.state != HeldState.RELEASED:
        return refund_legs(held=held, parts=parts, to=to)
    return refund_after_release_legs(held=held, parts=parts, taken=taken, to=to)


def count_refunded(held: HeldPayment, parts: Parts, *, sign: int) -> None:
    """Write on the held payment what went back (sign 1), or came again (-1)."""
    held.refunded_amount += sign * parts.total
    held.refunded_seller_amount += sign * parts.seller
    held.refunded_commission_amount += sign * parts.commission
    held.refunded_fee_tax_amount += sign * parts.fee_tax
    old = HeldState(held.state)
    if held.refunded_amount == held.buyer_amount:
        new = HeldState.REFUNDED
    elif old == HeldState.REFUNDED:
        new = HeldState.HELD if held.released_at is None else HeldState.RELEASED
    else:
        new = old
    if new != old:
        HELD.check(old, new)
        held.state = new
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
    """Bring refunds that are due to their providers; returns how many were looked at.

    One that was never sent waits while the payment is disputed, because the bank may give the
    buyer the same money, while its buyer resembles a party on a sanctions list, and until what its
    seller lacks was asked back once.
    """
    unsent = Q(transfer=TransferState.PENDING, attempts=0)
    disputes = ProviderDispute.objects.filter(payment=OuterRef("held__payment"))
    not_asked = Reversal.objects.filter(
        refund=OuterRef("pk"), transfer=TransferState.PENDING, attempts=0
    )
    waits = Q(Exists(disputes.filter(state__in=UNDECIDED)) | Exists(not_asked)) | stopped("held__")
    return submit_due(Refund.objects.exclude(unsent & waits), _submit, now=now)


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
        # One that a bank's decision settled is over, whatever the provider says of the try before.
        is_settled = refund.settled_by_id is not None
        if new is None or is_settled or not TRANSFER.may(old, new):
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
        if again.transfer != TransferState.FAILED:
            raise TransitionError(f"refund {again.pk} has not failed")
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
