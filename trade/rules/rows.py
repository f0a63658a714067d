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

from common.money import Money
from trade.rules.conversion import Conversion
from trade.rules.scope import Basis, Facts, Limit, Per, RateUnavailableError, Scope
from trade.rules.values import Certainty, ChargeKind, Collector

__all__ = [
    "Basis",
    "Confidence",
    "Doubt",
    "Duty",
    "Effect",
    "Facts",
    "Fee",
    "Import",
    "Limit",
    "NoBorder",
    "Per",
    "RateUnavailableError",
    "Relief",
    "Row",
    "Scheme",
    "Scope",
    "Tax",
    "Waiver",
]


class Confidence(StrEnum):
    HIGH = "high"
    """Read in the official text."""
    MEDIUM = "medium"
    """From a secondary source that quotes it."""
    LOW = "low"
    """General knowledge of the tariff or an estimate for the chapter; not read again."""


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
    tax_uplift: what is added to the value for the tax alone (0.10: South Africa's 10 %).
    duty_step, tax_step: what each sum is rounded to, where the parcel is assessed in that currency;
    steps says how ("floor", "nearest"). conversion: which exchange rate the law wants.
    """

    name: str
    collector: Collector
    duty_base: Basis
    tax_delivery: bool
    duty_slots: tuple[str, ...]
    tax_slots: tuple[str, ...]
    rounding: str = "cent"
    exact_duty: bool = False
    tax_uplift: Decimal = Decimal(0)
    duty_step: Money | None = None
    tax_step: Money | None = None
    steps: str = "floor"
    conversion: Conversion = Conversion.DAY


@dataclass(frozen=True, slots=True)
class Scheme:
    """The tax is settled with the sale instead of at the border.

    key: the scheme of one authority ("ioss"), under which somebody is registered and reports.
    settles_duty: whoever collects the tax collects the duty too, and the tax is on both.
    """

    name: str
    collector: Collector
    tax_delivery: bool = True
    key: str = ""
    settles_duty: bool = False


@dataclass(frozen=True, slots=True)
class Relief:
    """Nothing of these kinds is due."""

    name: str
    kinds: frozenset[ChargeKind]


@dataclass(frozen=True, slots=True)
class Duty:
    """A duty: a rate, an amount per kilogram, tariff item (six digits) or unit, or rate and weight.

    mode "add" stands beside other slots; "floor" tops the duty of the slots before it up to `rate`.
    per_kg: of net weight, which is first rounded up to `weight_step_g` grams. combine: how rate and
    weight stand together ("sum", "greater", "lesser"). less: taken off once a consignment.
    of_duty: the rate is of the duties in the slots before.
    """

    name: str
    rate: Decimal | None = None
    per_item: Money | None = None
    per_unit: Money | None = None
    mode: str = "add"
    per_kg: Money | None = None
    weight_step_g: int = 1
    combine: str = "sum"
    less: Money | None = None
    of_duty: bool = False


@dataclass(frozen=True, slots=True)
class Tax:
    """A tax at `rate` of its base.

    inside: the tax is part of what it is charged on, so that it is base * rate / (1 - rate).
    share: the part of the computed tax that is due. adds: tax slots whose whole computed amount
    enters this base (an excise before the VAT).
    """

    name: str
    rate: Decimal
    band: str = "standard"
    inside: bool = False
    share: Decimal = Decimal(1)
    adds: tuple[str, ...] = ()

    def on(self, base: Decimal) -> Decimal:
        """The whole tax on a base in minor units, before `share`, unrounded."""
        return base * self.rate / (1 - self.rate) if self.inside else base * self.rate


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
    after_gap: str = field(default="", compare=False)

    @property
    def kind_name(self) -> str:
        """The kind as the files write it: "duty", "no_border"."""
        name = type(self.effect).__name__
        return "no_border" if name == "NoBorder" else name.lower()

    def in_force(self, day: datetime.date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def certainty(self, day: datetime.date) -> Certainty:
        """GUARANTEED for an officially read row that is not overdue for checking."""
        if self.confidence is not Confidence.HIGH:
            return Certainty.ESTIMATE
        if self.recheck_by is not None and day > self.recheck_by:
            return Certainty.ESTIMATE
        return Certainty.GUARANTEED
