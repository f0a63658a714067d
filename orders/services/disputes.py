"""What a dispute at the buyer's bank does to the orders it is about, and whom it is told.

Locks: purchase, order, then payment and what follows (docs/ledger.md).
"""

from __future__ import annotations

import logging
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from catalog.services.stock import lock_stock, release_stock
from orders.models import Order, Purchase
from orders.notices import tell_refunded
from orders.notices.disputes import tell_dispute
from orders.rules.refund_reasons import RefundReason
from orders.services.case_moves import end_refunded_case
from orders.services.moves import close_deadlines, take_order_edge
from orders.services.refund_rows import refund_key, write_unnamed_refunds
from orders.services.timeline import EventKind, record_event
from orders.states import OrderState, Party
from payments.gateways.base import DisputeFacts, TransferStatus
from payments.models import HeldPayment, Payment, ProviderDispute
from payments.selectors.disputes import DECIDED
from payments.services.disputes import (
    DisputeOutcome,
    apply_dispute_facts,
    hear_of_refund,
    payment_of,
)
from payments.services.held import HeldFrozenError, release_held
from payments.services.inbox import RefundFacts
from payments.services.refunds import RefundOutcome, request_refund
from payments.states import DisputeState, HeldState

logger = logging.getLogger(__name__)
_KINDS = {
    DisputeState.INQUIRY: EventKind.DISPUTED,
    DisputeState.NEEDS_RESPONSE: EventKind.DISPUTED,
    DisputeState.WON: EventKind.DISPUTE_WON,
    DisputeState.LOST: EventKind.DISPUTE_LOST,
}


def handle_dispute(*, facts: DisputeFacts, now: datetime) -> DisputeOutcome | None:
    """Book what the provider says of a dispute, and move its orders accordingly. Idempotent.

    In the caller's transaction. Nothing of a disputed order is released or refunded until it is
    decided. Lost: what the bank kept is as a refund; an order of which nothing is left ends. Won:
    everything goes on where it was. An order that had ended for it is paid to its seller, or back
    to its buyer where it had not been sent: its goods are on the shelf again.
    """
    payment = payment_of(facts)
    if payment is None:
        return None
    with transaction.atomic():
        orders = _lock_orders(payment, may_end=facts.status == DisputeState.LOST)
        outcome = apply_dispute_facts(facts=facts, now=now)
        if outcome is None:
            return None
        dispute = ProviderDispute.objects.get(pk=outcome.dispute_id)
        for order in orders:
            _follow(order, dispute, now)
            if order.pk in outcome.orders and outcome.changed:
                _tell(order, dispute, outcome, now)
    return outcome


def handle_refund(*, facts: RefundFacts, now: datetime) -> RefundOutcome:
    """Book what the provider says of a refund, and move its orders accordingly. Idempotent.

    In the caller's transaction. One that fails after the buyer's bank has taken the money, too, has
    the loss counted anew; of an order that had ended for it something may be left then.
    """
    if facts.transfer.status != TransferStatus.FAILED:
        return hear_of_refund(facts=facts, now=now)
    payment = Payment.objects.get(held__refunds__pk=facts.refund_id)
    with transaction.atomic():
        orders = _lock_orders(payment, may_end=True)
        outcome = hear_of_refund(facts=facts, now=now)
        for dispute in payment.disputes.filter(state=DisputeState.LOST) if outcome.newly else ():
            for order in orders:
                _follow(order, dispute, now)
    return outcome


def _lock_orders(payment: Payment, *, may_end: bool) -> list[Order]:
    """The orders of a payment, locked after their purchase."""
    purchase = Purchase.objects.select_for_update().get(pk=payment.purchase_ref)
    locked = Order.objects.select_for_update(of=("self",)).select_related("business")
    orders = list(locked.filter(purchase=purchase).order_by("pk"))
    if may_end and any(order.state == OrderState.PAID for order in orders):
        # Its goods may go back on the shelf; stock comes before the books.
        lock_stock(purchase_ref=purchase.pk)
    for order in orders:
        order.purchase = purchase
    return orders


def _follow(order: Order, dispute: ProviderDispute, now: datetime) -> None:
    """Bring an order to what the books say of its money."""
    held = HeldPayment.objects.get(order_ref=order.pk)
    if held.refunded_amount != order.refunded_amount:
        write_unnamed_refunds(
            order=order, reason=RefundReason.AGREED, note="", given_by=Party.MODERATOR, now=now
        )
        if held.refunded_amount == order.total_amount:
            _end(order, dispute, held.refunded_amount - order.refunded_amount, now)
        Order.objects.filter(pk=order.pk).update(refunded_amount=held.refunded_amount)
        order.refunded_amount = held.refunded_amount
    has_ended = order.state in {OrderState.REFUNDED, OrderState.CANCELLED}
    if has_ended and held.state == HeldState.HELD and dispute.state in DECIDED:
        # It had ended because all of it was lost; the bank decided otherwise or gave a part back,
        # so what was sent is sold.
        try:
            if order.shipped_at is None:
                _give_back(order, held, now)
            else:
                release_held(order_ref=order.pk, now=now)
        except HeldFrozenError:
            logger.warning("order %s is won and still frozen", order.number)


def _give_back(order: Order, held: HeldPayment, now: datetime) -> None:
    """The bank left us the money for what was never sent. Raises HeldFrozenError."""
    with translation.override(order.purchase.language or settings.LANGUAGE_CODE):
        reason = _("It was not sent in time.")
    amount = held.buyer_amount - held.refunded_amount
    request_refund(order_ref=order.pk, amount=amount, reason=reason, key=refund_key(order), now=now)
    write_unnamed_refunds(
        order=order, reason=RefundReason.CANCELLED, note=reason, given_by=Party.TIME, now=now
    )
    order.refunded_amount = held.buyer_amount
    Order.objects.filter(pk=order.pk).update(refunded_amount=order.refunded_amount)
    tell_refunded(order=order, amount=amount, reason=reason, now=now)


def _end(order: Order, dispute: ProviderDispute, amount: int, now: datetime) -> None:
    """The bank has taken all that was left of it."""
    if order.state == OrderState.PAID:
        take_order_edge(
            order,
            OrderState.CANCELLED,
            cancelled_at=now,
            cancel_reason=f"{dispute.reason} (bank)",
        )
        release_stock(
            purchase_ref=order.purchase_id,
            variant_ids=[line.variant_id for line in order.lines.all() if line.variant_id],
        )
    elif order.state in {OrderState.SHIPPED, OrderState.DELIVERED, OrderState.COMPLETED}:
        take_order_edge(order, OrderState.REFUNDED)
    else:
        return
    end_refunded_case(
        order, by=Party.TIME, actor=None, reason=dispute.reason, amount=amount, now=now
    )
    close_deadlines(order, now)


def _tell(order: Order, dispute: ProviderDispute, outcome: DisputeOutcome, now: datetime) -> None:
    kind = _KINDS.get(outcome.state)
    if kind is None:
        return  # our evidence is with the bank: nobody has to do anything
    record_event(
        orders=[order],
        kind=kind,
        detail={"reason": dispute.reason},
        now=now,
    )
    tell_dispute(order=order, dispute=dispute, state=outcome.state, now=now)
