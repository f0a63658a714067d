"""Reading a case of a landed-cost file: the free text that people write, turned into a consignment.

A case file is a table of parcels with an id, destination, origin, date, channel, tariff codes, a
description, currency, value and shipping. Channel and description are words ("post B2C, no IOSS",
"2 dolls, 5 T-shirts", "courier to Ontario"); what matters to the rules is picked out here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from common.money import Money
from trade.management.cases.cells import (
    CaseError,
    amount_in,
    currency_in,
    day_in,
    destination_of,
    origin_of,
    text_of,
)
from trade.management.cases.channel import (
    buyer_of,
    carriage_of,
    channel_of,
    elections,
    is_registered,
    purpose_of,
    region,
    terms_of,
)
from trade.management.cases.countries import dispatched_from
from trade.management.cases.goods import goods_lines
from trade.management.cases.worth import Worth, worth_of
from trade.rules import Channel, Consignment

__all__ = ["REQUIRED_COLUMNS", "Case", "CaseError", "read_case"]

REQUIRED_COLUMNS = ("id", "destination", "date", "currency")


@dataclass(frozen=True, slots=True)
class Case:
    """A parcel to be priced.

    has_value: False when the file states no value of the goods.
    """

    id: str
    consignment: Consignment
    has_value: bool


def read_case(cells: Mapping[str, str]) -> Case:
    """One line of the file. Raises CaseError."""
    identifier = text_of(cells, "id")
    if not identifier:
        raise CaseError("id", "is empty")
    currency = currency_in(cells)
    worth, includes_tax = worth_of(cells, currency)
    shipping = amount_in(cells, "shipping", currency) or Money(0, currency)
    channel = text_of(cells, "channel").lower()
    description = text_of(cells, "goods_desc").lower()
    origin = origin_of(cells)
    destination, area = destination_of(cells)
    kind = channel_of(channel)
    try:
        consignment = Consignment(
            destination=destination,
            dispatched_from=dispatched_from(cells) or origin,
            date=day_in(cells),
            channel=kind,
            lines=goods_lines(cells, origin, worth or (Worth(Money(0, currency)),)),
            delivery=shipping,
            region=area or region(channel, destination),
            seller_registered=kind is not Channel.MARKETPLACE and is_registered(channel),
            scheme=kind is not Channel.MARKETPLACE or is_registered(channel, unless=True),
            terms=terms_of(channel),
            carriage=carriage_of(channel),
            prices_include_tax=includes_tax,
            elections=elections(channel, text_of(cells, "origin").lower(), description),
            buyer=buyer_of(channel),
            purpose=purpose_of(channel, description),
        )
    except ValueError as error:
        if isinstance(error, CaseError):
            raise
        raise CaseError("goods_value", str(error)) from error
    return Case(identifier, consignment, has_value=bool(worth))
