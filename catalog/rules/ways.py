"""The ways to send a parcel, and which of them its goods may take; pure."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from common.money import Money
from shipping.rules import CarriedBy
from trade.rules.values import Carriage

# A courier's parcels fly; the customs desk knows the carriage, not the firm.
CARRIAGE = {
    CarriedBy.UNSAID: Carriage.UNSTATED,
    CarriedBy.POST: Carriage.POST,
    CarriedBy.COURIER: Carriage.AIR,
}


class Restriction(Protocol):
    """What may keep goods from crossing a border, in a sentence; `forbids`: not sold there.

    by_route: only who carries them this way refuses them; another carrier may take them.
    """

    @property
    def forbids(self) -> bool: ...
    @property
    def by_route(self) -> bool: ...
    @property
    def text(self) -> str: ...


@dataclass(frozen=True, slots=True)
class DeliveryOffer:
    """One way to send the whole parcel; `money` in the seller's currency.

    restrictions: what may keep these goods from going this way.
    """

    option_id: uuid.UUID
    name: str
    money: Money
    min_days: int
    max_days: int
    tracked: bool
    carried_by: CarriedBy = CarriedBy.UNSAID
    restrictions: tuple[Restriction, ...] = ()


@dataclass(frozen=True, slots=True)
class OptionQuote:
    """A delivery option; seller_money in the seller's currency, money in the buyer's."""

    option_id: uuid.UUID
    name: str
    seller_money: Money
    money: Money
    mid_money: Money
    min_days: int
    max_days: int
    tracked: bool
    carried_by: CarriedBy
    restrictions: tuple[Restriction, ...]

    @property
    def refusals(self) -> tuple[Restriction, ...]:
        """Why its carrier does not take these goods, though another one may."""
        return tuple(one for one in self.restrictions if one.forbids and one.by_route)

    @property
    def is_open(self) -> bool:
        """Whether the goods may go this way, if they may go there at all."""
        return not self.refusals


def choose(options: Sequence[OptionQuote], option_id: uuid.UUID | None) -> OptionQuote | None:
    """The option asked for; without one, or when it is gone or closed to these goods, the cheapest
    (then the quickest) open one. A closed one only where there is no other."""
    for option in options:
        if option.option_id == option_id and option.is_open:
            return option
    ranked = sorted(
        options, key=lambda one: (not one.is_open, one.seller_money.amount, one.max_days)
    )
    return ranked[0] if ranked else None
