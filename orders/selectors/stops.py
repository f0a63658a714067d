"""Which orders a sanctions match stops."""

from __future__ import annotations

from orders.models import Order
from payments.selectors.held import stopped_orders
from trade.models import ScreeningCase
from trade.selectors.screening import purchases_of_match


def orders_stopped_by(*, case: ScreeningCase) -> list[Order]:
    """The orders of the buyer that it is about which are stopped, by this match or another of it."""
    rows = Order.objects.filter(purchase__in=purchases_of_match(case=case)).order_by("number")
    stopped = stopped_orders(order_refs=[order.pk for order in rows])
    return [order for order in rows if order.pk in stopped]
