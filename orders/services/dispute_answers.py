"""Our answer to a buyer's bank: what we know of the orders, and what their sellers gave us."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from accounts.models import User
from common.addresses import PostalAddress
from common.money import Money
from common.postal import format_address
from common.states import TransitionError
from common.sweeps import ROW_FAILURES
from orders.models import Order
from orders.notices.disputes import tell_reminder
from payments.models import DisputeEvidence, DisputeShare, ProviderDispute
from payments.selectors.disputes import disputes_to_answer
from payments.services.evidence import may_answer, submit_evidence
from shipping.models import Shipment

logger = logging.getLogger(__name__)
REMIND_BEFORE = timedelta(days=3)
LAST_DAY = timedelta(days=1)


def answer_of(dispute: ProviderDispute) -> dict[str, str]:
    """The texts of our answer, by the names that payments.rules.disputes gives them."""
    shares = list(dispute.shares.select_related("held").order_by("pk"))
    orders = {
        order.pk: order
        for order in Order.objects.filter(pk__in=[share.held.order_ref for share in shares])
        .select_related("purchase", "business")
        .prefetch_related("lines")
    }
    known = [orders[share.held.order_ref] for share in shares if share.held.order_ref in orders]
    if not known:
        return {}
    purchase = known[0].purchase
    address = PostalAddress.from_dict(purchase.ship_to)
    shipments = list(
        Shipment.objects.filter(order_ref__in=list(orders)).order_by("shipped_at", "pk")
    )
    return {
        "statement": "\n\n".join(
            f"{orders[share.held.order_ref].number}: {share.statement}"
            for share in shares
            if share.statement and share.held.order_ref in orders
        ),
        "product_description": "\n".join(_goods(order) for order in known),
        "customer_name": address.name,
        "customer_email_address": purchase.email,
        "shipping_address": ", ".join(format_address(address, latin=True)),
        "shipping_carrier": ", ".join(dict.fromkeys(one.carrier for one in shipments)),
        "shipping_date": ", ".join(f"{one.shipped_at:%Y-%m-%d}" for one in shipments),
        "shipping_tracking_number": ", ".join(
            one.tracking_number for one in shipments if one.tracking_number
        ),
    }


def _goods(order: Order) -> str:
    lines = "; ".join(f"{line.quantity} × {line.title}" for line in order.lines.all())
    return f"{order.number}, {order.business}: {lines}, {Money(order.total_amount, order.currency)}"


def answer_dispute(
    *, dispute: ProviderDispute, actor: User | None, reason: str, now: datetime
) -> DisputeEvidence:
    """Send our answer with all that is there. reason: for the record, and told to the bank.

    Raises TransitionError when it was sent, or the bank takes none any more.
    """
    texts = answer_of(dispute)
    if actor is not None and reason.strip():
        texts["statement"] = "\n\n".join(filter(None, [reason.strip(), texts.get("statement")]))
    return submit_evidence(dispute=dispute, texts=texts, actor=actor, reason=reason, now=now)


def sweep_disputes(*, now: datetime) -> int:
    """Remind sellers three days before the time ends; on the last day send what they gave.

    An answer that a person sent, or began, is left alone. Returns how many disputes moved.
    """
    moved = 0
    for dispute in disputes_to_answer(before=now + REMIND_BEFORE):
        try:
            moved += _sweep(dispute, now)
        except (TransitionError, *ROW_FAILURES):
            logger.exception("dispute %s could not be swept", dispute.pk)
    return moved


def _sweep(dispute: ProviderDispute, now: datetime) -> bool:
    due = dispute.evidence_due_at
    if due is None or not may_answer(dispute, now=now) or dispute.evidence.exists():
        return False
    given = dispute.files.exists() or dispute.shares.exclude(statement="").exists()
    if due - now <= LAST_DAY and given:
        answer_dispute(dispute=dispute, actor=None, reason="The last day to answer.", now=now)
        return True
    if dispute.reminded_at is not None:
        return False
    for share in dispute.shares.filter(statement="", files__isnull=True).select_related(
        "held", "dispute"
    ):
        _remind(share, now)
    ProviderDispute.objects.filter(pk=dispute.pk).update(reminded_at=now)
    return True


def _remind(share: DisputeShare, now: datetime) -> None:
    order = Order.objects.select_related("business", "purchase").get(pk=share.held.order_ref)
    tell_reminder(order=order, share=share, now=now)
