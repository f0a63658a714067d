"""Where a rulebook row applies: sale, goods and value band (`Scope`), compared with `Facts`."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from common.money import Money, currency_of
from trade.rules.values import (
    Buyer,
    Carriage,
    Channel,
    Consignment,
    GoodsLine,
    Purpose,
    Rates,
)


class RateUnavailableError(LookupError):
    """A limit or an amount is set in another currency and no rate to it was given."""

    def __init__(self, from_currency: str, to_currency: str) -> None:
        super().__init__(f"no rate from {from_currency} to {to_currency}")
        self.from_currency = from_currency
        self.to_currency = to_currency


class Basis(StrEnum):
    """Which value a limit is compared with."""

    GOODS = "goods"
    """The price of the goods alone (intrinsic value, FOB)."""
    CIF = "cif"
    """Goods and delivery together."""


class Per(StrEnum):
    CONSIGNMENT = "consignment"
    ITEM = "item"
    """One unit of the line (value divided by quantity)."""
    KG = "kg"
    """A kilogram of the line's net weight; no band holds where the weight is not known."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A value band: over < value <= at_most, or at_least <= value < below; all in one currency."""

    basis: Basis
    per: Per
    over: Money | None = None
    at_most: Money | None = None
    below: Money | None = None
    at_least: Money | None = None

    @property
    def currency(self) -> str:
        money = self.over or self.at_most or self.below or self.at_least
        assert money is not None  # noqa: S101 - the loader refuses a band without an edge
        return money.currency

    def holds(self, facts: Facts, line: GoodsLine) -> bool:
        """Whether the consignment, or one unit of the line, lies in the band."""
        if self.per is Per.CONSIGNMENT:
            amount, count = (facts.goods if self.basis is Basis.GOODS else facts.cif), 1
        elif self.per is Per.KG:
            if not line.weight_g:
                return False
            amount, count = line.value.amount * 1000, line.weight_g
        else:
            amount, count = line.value.amount, line.quantity
        scale = facts.scale(self.currency)
        return (
            (self.over is None or amount > scale * (self.over.amount * count))
            and (self.at_most is None or amount <= scale * (self.at_most.amount * count))
            and (self.below is None or amount < scale * (self.below.amount * count))
            and (self.at_least is None or amount >= scale * (self.at_least.amount * count))
        )

    def edges(self) -> tuple[int, int]:
        """The band as whole minor units, lowest and highest value inside it."""
        low = max(
            self.over.amount + 1 if self.over else 0,
            self.at_least.amount if self.at_least else 0,
        )
        high = min(
            self.at_most.amount if self.at_most else 10**15,
            self.below.amount - 1 if self.below else 10**15,
        )
        return low, high


@dataclass(slots=True)
class Facts:
    """What a scope is compared with: the consignment, reduced to what rules ask."""

    destination: str
    dispatched_from: str
    channel: Channel
    carriage: Carriage
    region: str
    scheme: bool
    seller_registered: bool
    elections: frozenset[str]
    buyer: Buyer
    purpose: Purpose
    currency: str
    exponent: int
    goods: int
    cif: int
    rates: Rates | None

    @classmethod
    def of(cls, consignment: Consignment, exponent: int, rates: Rates | None) -> Facts:
        carriage = consignment.carriage
        if carriage is Carriage.UNSTATED:
            carriage = _CARRIAGE.get(consignment.channel, carriage)
        goods = 0
        for line in consignment.lines:
            goods += line.value.amount
        return cls(
            consignment.destination,
            consignment.dispatched_from,
            consignment.channel,
            carriage,
            consignment.region,
            consignment.scheme,
            consignment.seller_registered,
            consignment.elections,
            consignment.buyer,
            consignment.purpose,
            consignment.delivery.currency,
            exponent,
            goods,
            goods + consignment.delivery.amount,
            rates,
        )

    def rate(self, currency: str) -> Decimal:
        """Units of the consignment's currency for one of `currency`."""
        rate = self.rates(currency, self.currency) if self.rates else None
        if rate is None:
            raise RateUnavailableError(currency, self.currency)
        return rate

    def scale(self, currency: str) -> Decimal | int:
        """Minor units of the consignment's currency for one minor unit of `currency`."""
        if currency == self.currency:
            return 1
        return self.rate(currency).scaleb(self.exponent - currency_of(currency).exponent)


_CARRIAGE = {Channel.POST: Carriage.POST, Channel.COURIER: Carriage.AIR}


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a row applies; None and "" mean anywhere.

    preference: whether the line claims a preference with a proof of its origin.
    also: a second value band that has to hold beside `limit`.
    """

    destinations: frozenset[str] | None = None
    origins: frozenset[str] | None = None
    origins_not: frozenset[str] = frozenset()
    dispatched: frozenset[str] | None = None
    channels: frozenset[Channel] | None = None
    carriage: frozenset[Carriage] | None = None
    regions: frozenset[str] | None = None
    hs: tuple[str, ...] = ("",)
    hs_not: tuple[str, ...] = ()
    scheme: bool | None = None
    seller_registered: bool | None = None
    buyers: frozenset[Buyer] | None = None
    purposes: frozenset[Purpose] | None = None
    preference: bool | None = None
    election: str = ""
    limit: Limit | None = None
    also: Limit | None = None
    priority: int = 0

    @property
    def is_preference(self) -> bool:
        """Whether a claim counts here: for goods of some origin, or from free circulation somewhere.

        Rows that ask for a claim and name neither say what holds in spite of it (EUR 3 under IOSS).
        """
        return self.preference is True and bool(self.origins or self.dispatched)

    def fits_goods(self, hs_code: str, origin: str) -> bool:
        """Whether code and origin lie in the scope."""
        return (
            hs_code.startswith(self.hs)
            and not (self.hs_not and hs_code.startswith(self.hs_not))
            and (self.origins is None or origin in self.origins)
            and origin not in self.origins_not
        )

    def fits_sale(self, facts: Facts, line: GoodsLine) -> bool:
        """Whether the rest of the scope holds. Raises RateUnavailableError."""
        return (
            (self.destinations is None or facts.destination in self.destinations)
            and (self.channels is None or facts.channel in self.channels)
            and (self.carriage is None or facts.carriage in self.carriage)
            and (self.dispatched is None or facts.dispatched_from in self.dispatched)
            and (self.regions is None or facts.region in self.regions)
            and (self.scheme is None or facts.scheme is self.scheme)
            and (
                self.seller_registered is None or facts.seller_registered is self.seller_registered
            )
            and (self.buyers is None or facts.buyer in self.buyers)
            and (self.purposes is None or facts.purpose in self.purposes)
            and (self.preference is None or line.preference is self.preference)
            and (not self.election or self.election in facts.elections)
            and (self.limit is None or self.limit.holds(facts, line))
            and (self.also is None or self.also.holds(facts, line))
        )

    def rank(self, prefix: str) -> tuple[int, int, int]:
        """How specific the scope is for goods under `prefix`."""
        named = (
            self.destinations,
            self.origins,
            self.origins_not or None,
            self.dispatched,
            self.channels,
            self.carriage,
            self.regions,
            self.hs_not or None,
            self.scheme,
            self.seller_registered,
            self.buyers,
            self.purposes,
            self.preference,
            self.election or None,
            self.limit,
            self.also,
        )
        return self.priority, len(prefix), sum(part is not None for part in named)

    def meets(self, other: Scope) -> bool:
        """Whether some sale could lie in both scopes (tariff prefixes apart)."""
        pairs: tuple[tuple[frozenset[str] | None, frozenset[str] | None], ...] = (
            (self.destinations, other.destinations),
            (self.origins, other.origins),
            (self.dispatched, other.dispatched),
            (self.channels, other.channels),
            (self.carriage, other.carriage),
            (self.regions, other.regions),
            (self.buyers, other.buyers),
            (self.purposes, other.purposes),
        )
        if any(a is not None and b is not None and not a & b for a, b in pairs):
            return False
        if self.origins is not None and self.origins <= other.origins_not:
            return False
        if other.origins is not None and other.origins <= self.origins_not:
            return False
        flags = (
            (self.scheme, other.scheme),
            (self.seller_registered, other.seller_registered),
            (self.preference, other.preference),
        )
        if any(a is not None and b is not None and a is not b for a, b in flags):
            return False
        return all(
            _bands_meet(one, two)
            for one in (self.limit, self.also)
            for two in (other.limit, other.also)
            if one is not None and two is not None
        )


def _bands_meet(one: Limit, two: Limit) -> bool:
    if (one.basis, one.per, one.currency) != (two.basis, two.per, two.currency):
        return True
    low_one, high_one = one.edges()
    low_two, high_two = two.edges()
    return low_one <= high_two and low_two <= high_one
