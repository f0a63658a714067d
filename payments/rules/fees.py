"""What the platform takes for a sale."""

from __future__ import annotations

from decimal import Decimal

from common.money import Money


def commission(goods: Money, percent_bp: int) -> Money:
    """The fee on goods, not on delivery, duty or tax; hundredths of a percent, rounded half up."""
    return goods.times(Decimal(percent_bp).scaleb(-4))
