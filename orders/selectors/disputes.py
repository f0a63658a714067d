"""A seller's disputes: its own parts only, with the orders they are about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from common.money import Money
from notifications.states import EffectState
from orders.models import Order
from payments.models import DisputeShare, EvidenceFile
from payments.selectors.disputes import disputes_of_payee
from payments.services.evidence import may_answer
from sellers.models import Business


@dataclass(frozen=True, slots=True)
class DisputeView:
    """A seller's part of a dispute. amount: of the order, in the buyer's currency. blocked: of the
    seller's balance, in its own. sent: our answer is on its way or with the bank."""

    share: DisputeShare
    order: Order
    amount: Money
    blocked: Money
    may_answer: bool
    sent: bool
    files: list[EvidenceFile]


def disputes_of_business(*, business: Business, now: datetime) -> list[DisputeView]:
    """All of a business's disputes, those to be answered first."""
    shares = list(
        disputes_of_payee(payee_id=business.payee_id).prefetch_related("dispute__evidence")
    )
    refs = [share.held.order_ref for share in shares]
    orders = {order.pk: order for order in Order.objects.filter(business=business, pk__in=refs)}
    return [
        _view(share, orders[share.held.order_ref], now, files=[])
        for share in shares
        if share.held.order_ref in orders
    ]


def dispute_of_business(*, business: Business, share_id: int, now: datetime) -> DisputeView | None:
    """One of them by its id; None for anybody else's."""
    share = disputes_of_payee(payee_id=business.payee_id).filter(pk=share_id).first()
    if share is None:
        return None
    order = Order.objects.filter(business=business, pk=share.held.order_ref).first()
    if order is None:
        return None
    files = EvidenceFile.objects.filter(share=share).defer("content")
    return _view(share, order, now, files=list(files.order_by("uploaded_at", "pk")))


def _view(
    share: DisputeShare, order: Order, now: datetime, *, files: list[EvidenceFile]
) -> DisputeView:
    sent = any(row.state != EffectState.FAILED for row in share.dispute.evidence.all())
    return DisputeView(
        share=share,
        order=order,
        amount=Money(share.amount, share.dispute.currency),
        blocked=Money(share.blocked_amount, share.held.seller_currency),
        may_answer=not sent and may_answer(share.dispute, now=now),
        sent=sent,
        files=files,
    )
