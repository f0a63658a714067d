"""Disputes at the buyer's bank (chargebacks): what was taken, who is short of it, how it ended.

A dispute is a row of the provider's; we only ever learn how it stands now. So each call makes our
books what they must be for what is known: told twice, late or in any order, they end the same.
Locks: payment, dispute, held payments, refunds, payees (docs/ledger.md).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from common.money import Money, currency_of
from payments.gateways import charge_gateway
from payments.gateways.base import DisputeFacts
from payments.models import DisputeShare, HeldPayment, Payment, ProviderDispute
from payments.rules.disputes import Totals, loss_of, shares_of
from payments.selectors.disputes import DECIDED, UNDECIDED
from payments.services.chargebacks import block, book_loss, free_blocked, undo_losses
from payments.services.held import set_cause
from payments.services.inbox import RefundFacts
from payments.services.ledger import Leg, post_entry
from payments.services.payee_money import lock_payee
from payments.services.refunds import RefundOutcome, apply_refund_facts
from payments.states import (
    DISPUTE,
    AccountKind,
    DisputeState,
    EntryKind,
    HeldState,
    TransferState,
)


class DisputeMismatchError(Exception):
    """The provider disputes another currency than was paid in: nothing is booked, a person looks."""


class DisputeTooEarlyError(Exception):
    """The payment is not in our books yet: told again later, it will be."""


@dataclass(frozen=True, slots=True)
class DisputeOutcome:
    """Where a dispute stands. opened: this call heard of it first; changed: its state is new.

    orders: the orders that it is about, by id.
    """

    dispute_id: uuid.UUID
    purchase_ref: uuid.UUID
    state: DisputeState
    opened: bool
    changed: bool
    orders: tuple[uuid.UUID, ...]


def dispute_cause(dispute: ProviderDispute) -> str:
    """The cause by which a dispute freezes what is held."""
    return f"dispute:{dispute.pk}"


def payment_of(facts: DisputeFacts) -> Payment | None:
    """The payment that a dispute is about, if it is one of ours."""
    try:
        known = Payment.objects.filter(pk=uuid.UUID(facts.payment_ref)).first()
    except ValueError:
        known = None
    if known is None and facts.charge_ref:
        known = Payment.objects.filter(charge_ref=facts.charge_ref).first()
    return known


def ask_dispute(*, dispute: ProviderDispute) -> DisputeFacts:
    """Ask the provider how a dispute stands now; outside any transaction.

    Raises ProviderUnavailable, ProviderRefused.
    """
    return charge_gateway(dispute.provider).get_dispute(dispute.provider_ref)


def apply_dispute_facts(*, facts: DisputeFacts, now: datetime) -> DisputeOutcome | None:
    """Make the books what the provider says of a dispute, in the caller's transaction. Idempotent.

    None when it is about no payment of ours. Raises DisputeMismatchError, DisputeTooEarlyError.
    """
    payment = payment_of(facts)
    if payment is None:
        return None
    if facts.currency != payment.currency:
        raise DisputeMismatchError(f"{facts.ref} is in {facts.currency}, not {payment.currency}")
    with transaction.atomic():
        payment = Payment.objects.select_for_update().get(pk=payment.pk)
        dispute, opened = _row(payment, facts)
        held = list(payment.held.select_for_update().order_by("pk"))
        if any(one.booked_at is None for one in held):
            raise DisputeTooEarlyError(f"{facts.ref}: payment {payment.pk} is not booked")
        changed = _learn(dispute, facts, now)
        _lock_payees(held)
        told = Totals(dispute.taken_amount, dispute.returned_amount) | Totals(
            facts.taken, facts.returned
        )
        loss = loss_of(told, is_lost=dispute.state == DisputeState.LOST)
        if dispute.lost_amount not in {0, loss}:
            # Booked anew as a whole, so that it is the same whichever part was told first.
            undo_losses(dispute=dispute, held=held, now=now)
        _book_provider(dispute, facts, told)
        shares = _share_out(dispute, held)
        _settle(dispute, held, shares, loss=loss, now=now)
    return DisputeOutcome(
        dispute_id=dispute.pk,
        purchase_ref=payment.purchase_ref,
        state=DisputeState(dispute.state),
        opened=opened,
        changed=changed or opened,
        orders=tuple(one.order_ref for one in held if one.pk in shares),
    )


def _lock_payees(held: Iterable[HeldPayment]) -> None:
    """All of them before anything is booked, in one order: what follows touches several."""
    for payee_id in sorted({one.payee_id for one in held}):
        lock_payee(payee_id)


def _row(payment: Payment, facts: DisputeFacts) -> tuple[ProviderDispute, bool]:
    """The dispute's row, locked; two that hear of it at once wait at the payment."""
    dispute, opened = ProviderDispute.objects.get_or_create(
        provider=payment.provider,
        provider_ref=facts.ref,
        defaults={
            "payment": payment,
            "currency": payment.currency,
            "amount": facts.amount,
            "reason": facts.reason[:60],
            "state": facts.status,
            "evidence_due_at": facts.evidence_due_at,
            "opened_at": facts.opened_at,
        },
    )
    return ProviderDispute.objects.select_for_update().get(pk=dispute.pk), opened


def _learn(dispute: ProviderDispute, facts: DisputeFacts, now: datetime) -> bool:
    """Take over what is newer than what we know; returns whether its state is new."""
    old = DisputeState(dispute.state)
    changed = facts.status != old and DISPUTE.may(old, facts.status)
    if changed:
        dispute.state = facts.status
    if dispute.state in DECIDED:
        dispute.decided_at = dispute.decided_at or now
    dispute.amount = max(dispute.amount, facts.amount)
    dispute.evidence_due_at = facts.evidence_due_at or dispute.evidence_due_at
    dispute.save(update_fields=["state", "decided_at", "amount", "evidence_due_at"])
    return changed


def _book_provider(dispute: ProviderDispute, facts: DisputeFacts, told: Totals) -> None:
    """What the provider took, gave back and charged since we last heard; it only ever adds up."""
    taken = Money(told.taken - dispute.taken_amount, dispute.currency)
    returned = Money(told.returned - dispute.returned_amount, dispute.currency)
    _book(dispute, EntryKind.CHARGEBACK_TAKEN, told.taken, taken)
    _book(dispute, EntryKind.CHARGEBACK_RETURNED, told.returned, -returned)
    if facts.fee > dispute.fee_amount and dispute.fee_currency in {"", facts.fee_currency}:
        fee = Money(facts.fee - dispute.fee_amount, facts.fee_currency)
        # Ours to bear: a seller is paid the listed price less the fee that was shown.
        _book(dispute, EntryKind.CHARGEBACK_FEE, facts.fee, fee)
        dispute.fee_amount, dispute.fee_currency = facts.fee, facts.fee_currency
    dispute.taken_amount, dispute.returned_amount = told.taken, told.returned
    dispute.save(update_fields=["taken_amount", "returned_amount", "fee_amount", "fee_currency"])


def _book(dispute: ProviderDispute, kind: EntryKind, total: int, money: Money) -> None:
    """Out of our balance at the provider; `total`, up to which it adds up, makes the key."""
    if not money:
        return
    reference = str(dispute.pk)
    is_fee = kind == EntryKind.CHARGEBACK_FEE
    against = AccountKind.PROVIDER_FEES if is_fee else AccountKind.CHARGEBACK
    post_entry(
        key=f"{kind.value.lower()}:{dispute.pk}:{total}",
        kind=kind,
        reference=reference,
        legs=[
            Leg(AccountKind.PROVIDER_CLEARING, money, str(dispute.payment_id)),
            Leg(against, -money, reference),
        ],
    )


def _share_out(
    dispute: ProviderDispute, held: Sequence[HeldPayment]
) -> dict[uuid.UUID, DisputeShare]:
    """Whose it is, by held payment; written down when we first hear of it, or of a larger amount."""
    shares = {share.held_id: share for share in dispute.shares.all()}
    if dispute.state in DECIDED and shares:
        return shares
    left = [one.buyer_amount - one.refunded_amount for one in held]
    step = currency_of(dispute.currency).charge_step
    for one, amount in zip(held, shares_of(dispute.amount, left=left, step=step), strict=True):
        share = shares.get(one.pk)
        if share is None and amount:
            shares[one.pk] = DisputeShare.objects.create(dispute=dispute, held=one, amount=amount)
        elif share is not None and amount > share.amount:
            share.amount = amount
            share.save(update_fields=["amount"])
    return shares


def _settle(
    dispute: ProviderDispute,
    held: Sequence[HeldPayment],
    shares: Mapping[uuid.UUID, DisputeShare],
    *,
    loss: int,
    now: datetime,
) -> None:
    """Freeze and block while it is open; at the end book what is lost and give the rest back."""
    is_decided = dispute.state in DECIDED
    for one in held:
        lasts = not is_decided and one.pk in shares and one.state == HeldState.HELD
        set_cause(one, dispute_cause(dispute), lasts=lasts)
    if dispute.state in UNDECIDED:
        block(dispute=dispute, held=held, shares=shares)
    if is_decided:
        if loss > dispute.lost_amount:
            book_loss(dispute=dispute, held=held, shares=shares, loss=loss, now=now)
        free_blocked(dispute=dispute, held=held, shares=shares)


def hear_of_refund(*, facts: RefundFacts, now: datetime) -> RefundOutcome:
    """Book what the provider says of a refund, in the caller's transaction. Idempotent.

    One that fails although the buyer's bank has taken the money, too, is settled by that: nothing
    went to the buyer twice, so it is not our loss, and it is not sent again.
    """
    with transaction.atomic():
        payment = Payment.objects.select_for_update().get(
            pk=HeldPayment.objects.values_list("payment_id", flat=True).get(
                refunds__pk=facts.refund_id
            )
        )
        lost = payment.disputes.filter(state=DisputeState.LOST, platform_loss_amount__gt=0)
        disputes = list(lost.select_for_update().order_by("pk"))
        held: list[HeldPayment] = []
        if disputes:
            held = list(payment.held.select_for_update().order_by("pk"))
            _lock_payees(held)
        outcome = apply_refund_facts(facts=facts, now=now)
        if outcome.newly and outcome.transfer == TransferState.FAILED:
            for dispute in disputes:
                loss, shares = (
                    dispute.lost_amount,
                    {row.held_id: row for row in dispute.shares.all()},
                )
                undo_losses(dispute=dispute, held=held, now=now)
                book_loss(dispute=dispute, held=held, shares=shares, loss=loss, now=now)
    return outcome


def block_disputed_money(*, payee_id: uuid.UUID, now: datetime) -> None:
    """Before a payee is paid: keep what its open disputes may cost and what was not there earlier.

    In the caller's transaction, before it locks the payee. Locks every payee that it may touch.
    """
    open_shares = DisputeShare.objects.filter(
        held__payee_id=payee_id, held__state=HeldState.RELEASED, dispute__state__in=UNDECIDED
    )
    payments = set(open_shares.values_list("dispute__payment_id", flat=True))
    locked = list(Payment.objects.filter(pk__in=payments).select_for_update().order_by("pk"))
    disputes = list(
        ProviderDispute.objects.filter(payment__in=locked, state__in=UNDECIDED)
        .select_for_update(of=("self",))
        .order_by("pk")
    )
    held = list(
        HeldPayment.objects.filter(payment__in=locked)
        .select_for_update(of=("self",))
        .order_by("payment_id", "pk")
    )
    _lock_payees(held)
    for dispute in disputes:
        own = [one for one in held if one.payment_id == dispute.payment_id]
        shares = {share.held_id: share for share in dispute.shares.all()}
        block(dispute=dispute, held=own, shares=shares)
