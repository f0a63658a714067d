"""Asking again about the buyers of open purchases, once a sanctions list has changed."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef

from common.addresses import PostalAddress
from common.sweeps import ROW_FAILURES
from orders.models import Order, Purchase
from orders.notices.screening import call_for_decision
from orders.services.screening import question_about
from orders.services.stops import stop_orders
from orders.states import OrderState
from trade.models import ScreenedPurchase
from trade.services.rescreening import note_hit, screen_purchases
from trade.services.screening import Answer, Question, Verdict, lists_stamp

logger = logging.getLogger(__name__)
# Until it has arrived, something can be kept from happening.
OPEN: Final = (OrderState.AWAITING_PAYMENT, OrderState.PAID, OrderState.SHIPPED)
BATCH: Final = 100
# A run ends well within a task's time also where matching is slow; the next one goes on.
BATCHES: Final = 20


def rescreen_purchases(*, now: datetime) -> int:
    """Ask about each open purchase that was not asked about with today's lists; returns how many.

    Whoever resembles an entry has its orders stopped until a moderator has decided. Each batch asks
    a fixed number of questions, and a few more for each purchase that is stopped.
    """
    lists = lists_stamp(now=now)
    failed: set[uuid.UUID] = set()
    asked = 0
    for _batch in range(BATCHES):
        batch = _unasked(lists, leave_out=failed)
        answers = screen_purchases(
            questions={purchase.pk: _question(purchase) for purchase in batch}, now=now
        )
        if any(answer.is_closed for answer in answers.values()):
            break
        asked += len(batch)
        for purchase in batch:
            if answers[purchase.pk].verdict == Verdict.REVIEW:
                failed |= _stop(purchase, answers[purchase.pk], now)
        if len(batch) < BATCH:
            break
    return asked


def _unasked(lists: str, *, leave_out: Collection[uuid.UUID]) -> list[Purchase]:
    """The next open purchases, the oldest first: those are the first to be sent."""
    still_open = Order.objects.filter(purchase=OuterRef("pk"), state__in=OPEN)
    known = ScreenedPurchase.objects.filter(purchase_ref=OuterRef("pk"), lists=lists)
    rows = Purchase.objects.filter(Exists(still_open), ~Exists(known)).exclude(pk__in=leave_out)
    return list(rows.select_related("user").order_by("created_at", "pk")[:BATCH])


def _question(purchase: Purchase) -> Question:
    return question_about(
        user=purchase.user,
        email=purchase.email,
        address=PostalAddress.from_dict(purchase.ship_to),
        business_name=purchase.buyer_business_name,
    )


def _stop(purchase: Purchase, answer: Answer, now: datetime) -> set[uuid.UUID]:
    """Stop its orders, in a transaction of their own; returns what could not be stopped."""
    try:
        with transaction.atomic():
            if note_hit(purchase_ref=purchase.pk, answer=answer, now=now):
                orders = stop_orders(purchase_refs=[purchase.pk], actor=None, now=now)
                if orders:
                    call_for_decision(
                        purchase=purchase, orders=orders, case_id=answer.waiting[0].pk, now=now
                    )
    except ROW_FAILURES:
        logger.exception("purchase %s could not be stopped", purchase.number)
        return {purchase.pk}
    return set()
