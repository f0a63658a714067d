"""Whether what is held may move at all."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.db.models import Q

from payments.models import HeldPayment
from payments.states import SCREENING


def stopped(prefix: str = "") -> Q:
    """The filter for held payments that the sanctions lists stop. prefix: the way to them ("held__")."""
    return Q(**{f"{prefix}frozen_by__contains": [SCREENING]})


def is_stopped(*, order_ref: uuid.UUID) -> bool:
    """Whether a match with a sanctions list keeps an order from being sent, paid out or paid back."""
    return HeldPayment.objects.filter(stopped(), order_ref=order_ref).exists()


def is_purchase_stopped(*, purchase_ref: uuid.UUID) -> bool:
    """The same for any order of a purchase."""
    return HeldPayment.objects.filter(stopped(), payment__purchase_ref=purchase_ref).exists()


def stopped_orders(*, order_refs: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Those of these orders that are stopped."""
    rows = HeldPayment.objects.filter(stopped(), order_ref__in=order_refs)
    return set(rows.values_list("order_ref", flat=True))
