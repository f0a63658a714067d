"""Parcels for the tests of the customs desk: a short way to say what is sent where."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from common.money import Money
from trade.rules import (
    Channel,
    ChargeKind,
    Consignment,
    GoodsLine,
    LandedCost,
    Rates,
    Terms,
    landed_cost,
)
from trade.selectors import shipped_rulebook


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def goods(hs: str, value: str, currency: str, **more: Any) -> GoodsLine:
    """One line; the key is its code unless another is given."""
    more.setdefault("key", hs or "goods")
    more.setdefault("origin", "CN")
    more.setdefault("quantity", 1)
    return GoodsLine(hs_code=hs, value=Money.from_decimal(Decimal(value), currency), **more)


def parcel(
    destination: str,
    on: str,
    *lines: tuple[str, str] | GoodsLine,
    delivery: str = "0",
    currency: str = "",
    origin: str = "CN",
    channel: Channel = Channel.MARKETPLACE,
    **more: Any,
) -> Consignment:
    """A parcel; lines are (code, value) or whole lines."""
    currency = currency or shipped_rulebook().currency(destination) or "USD"
    return Consignment(
        destination=destination,
        dispatched_from=more.pop("dispatched_from", origin),
        date=day(on),
        channel=channel,
        lines=tuple(
            line
            if isinstance(line, GoodsLine)
            else goods(line[0], line[1], currency, origin=origin, key=str(number))
            for number, line in enumerate(lines)
        ),
        delivery=Money.from_decimal(Decimal(delivery), currency),
        terms=more.pop("terms", Terms.DAP),
        **more,
    )


def price(consignment: Consignment, rates: Rates | None = None) -> LandedCost:
    return landed_cost(consignment, shipped_rulebook(), rates=rates)


def sums(answer: LandedCost) -> tuple[str, str, str]:
    """Duty, tax and the total to the door, in major units."""
    return (
        str(answer.total(ChargeKind.DUTY).to_decimal()),
        str(answer.total(ChargeKind.TAX).to_decimal()),
        str(answer.to_the_door.to_decimal()),
    )
