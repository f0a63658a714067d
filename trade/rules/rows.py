"""What a rulebook row is: where it applies (`Scope`), what it says (an effect), why and since when.

Where several rows of one kind and slot cover the same goods, the most specific one decides:
priority first, then the longest tariff prefix, then the number of things the scope names. Two rows
that tie on that and could both apply on one day are refused when the rulebook is read.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Generic, TypeVar

from common.money import Money, currency_of
from trade.rules.values import (
    Carriage,
    Certainty,
    Channel,
    ChargeKind,
    Collector,
    Consignment,
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


class Confidence(StrEnum):
    HIGH = "high"
    """Read in the official text."""
    MEDIUM = "medium"
    """From a secondary source that quotes it."""
    LOW = "low"
    """General knowledge of the tariff or an estimate for the chapter; not read again."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A value band: over < value <= at_most, or value < below; all in one currency."""

    basis: Basis
    per: Per
    over: Money | None = None
    at_most: Money | None = None
    below: Money | None = None

    @property
    def currency(self) -> str:
        money = self.over or self.at_most or self.below
        assert money is not None  # noqa: S101 - the loader refuses a band without an edge
        return money.currency

    def holds(self, facts: Facts, value: int, quantity: int) -> bool:
        """Whether the consignment, or one unit worth value / quantity, lies in the band."""
        if self.per is Per.CONSIGNMENT:
            amount, count = (facts.goods if self.basis is Basis.GOODS else facts.cif), 1
        else:
            amount, count = value, quantity
        scale = facts.scale(self.currency)
        return (
            (self.over is None or amount > scale * (self.over.amount * count))
            and (self.at_most is None or amount <= scale * (self.at_most.amount * count))
            and (self.below is None or amount < scale * (self.below.amount * count))
        )

    def edges(self) -> tuple[int, int]:
        """The band as whole minor units, lowest and highest value inside it."""
        low = self.over.amount + 1 if self.over else 0
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
    """Where a row applies; None and "" mean anywhere."""

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
    election: str = ""
    limit: Limit | None = None
    priority: int = 0

    def fits_goods(self, hs_code: str, origin: str) -> bool:
        """Whether code and origin lie in the scope."""
        return (
            hs_code.startswith(self.hs)
            and not (self.hs_not and hs_code.startswith(self.hs_not))
            and (self.origins is None or origin in self.origins)
            and origin not in self.origins_not
        )

    def fits_sale(self, facts: Facts, value: int, quantity: int) -> bool:
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
            and (not self.election or self.election in facts.elections)
            and (self.limit is None or self.limit.holds(facts, value, quantity))
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
            self.election or None,
            self.limit,
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
        )
        if any(a is not None and b is not None and a is not b for a, b in flags):
            return False
        return self.limit is None or other.limit is None or _bands_meet(self.limit, other.limit)


def _bands_meet(one: Limit, two: Limit) -> bool:
    if (one.basis, one.per, one.currency) != (two.basis, two.per, two.currency):
        return True
    low_one, high_one = one.edges()
    low_two, high_two = two.edges()
    return low_one <= high_two and low_two <= high_one


# ---- what a row says -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NoBorder:
    """Dispatch from one of these countries crosses no customs border."""

    name: str
    inside: frozenset[str]


@dataclass(frozen=True, slots=True)
class Import:
    """The ordinary import: bases, rounding and who collects, where no scheme applies.

    duty_slots, tax_slots: what must be answered by a row each; a missing answer is unknown.
    exact_duty: the tax base takes the duty before it is rounded.
    """

    name: str
    collector: Collector
    duty_base: Basis
    tax_delivery: bool
    duty_slots: tuple[str, ...]
    tax_slots: tuple[str, ...]
    rounding: str = "cent"
    exact_duty: bool = False


@dataclass(frozen=True, slots=True)
class Scheme:
    """The tax is settled with the sale instead of at the border."""

    name: str
    collector: Collector
    tax_delivery: bool = True


@dataclass(frozen=True, slots=True)
class Relief:
    """Nothing of these kinds is due."""

    name: str
    kinds: frozenset[ChargeKind]


@dataclass(frozen=True, slots=True)
class Duty:
    """A duty: a rate, or an amount per tariff item (six digits) or per unit.

    mode "add" stands beside other slots; "floor" tops the duty of the slots before it up to `rate`.
    """

    name: str
    rate: Decimal | None = None
    per_item: Money | None = None
    per_unit: Money | None = None
    mode: str = "add"


@dataclass(frozen=True, slots=True)
class Tax:
    name: str
    rate: Decimal
    band: str = "standard"


@dataclass(frozen=True, slots=True)
class Fee:
    """A fixed amount a consignment or a tariff item (six digits), with tax at `tax_rate` on it.

    `when` "collected" asks it only where the carrier collects something.
    """

    name: str
    amount: Money
    collector: Collector
    tax_rate: Decimal = Decimal(0)
    when: str = "always"
    per: Per = Per.CONSIGNMENT


@dataclass(frozen=True, slots=True)
class Waiver:
    """Amounts due at the border up to this much are not levied; together, or each kind by itself.

    rounded_to: the step to which an amount is rounded before it is compared.
    """

    name: str
    at_most: Money
    kinds: frozenset[ChargeKind]
    together: bool = False
    rounded_to: Money | None = None


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something the rulebook knows that it does not know. `stops`: no figure is given at all."""

    code: str
    charge_kind: ChargeKind
    certainty: Certainty
    stops: bool = False
    when: str = "always"


Effect = NoBorder | Import | Scheme | Relief | Duty | Tax | Fee | Waiver | Doubt
E_co = TypeVar("E_co", bound=Effect, covariant=True)


@dataclass(frozen=True, slots=True)
class Row(Generic[E_co]):
    """One dated rule. valid_to is the last day it holds, None while no end is known."""

    id: str
    scope: Scope
    effect: E_co
    valid_from: datetime.date
    valid_to: datetime.date | None
    legal_ref: str
    source: str
    checked_on: datetime.date
    confidence: Confidence
    recheck_by: datetime.date | None = None
    slot: str = ""
    note: str = field(default="", compare=False)

    def in_force(self, day: datetime.date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def certainty(self, day: datetime.date) -> Certainty:
        """GUARANTEED for an officially read row that is not overdue for checking."""
        if self.confidence is not Confidence.HIGH:
            return Certainty.ESTIMATE
        if self.recheck_by is not None and day > self.recheck_by:
            return Certainty.ESTIMATE
        return Certainty.GUARANTEED
