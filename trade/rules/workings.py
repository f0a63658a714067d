"""What the steps of a calculation share."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TypeVar

from common.money import Money, allocate, currency_of
from trade.rules.rounding import half_up, round_to
from trade.rules.rows import Effect, Facts, Import, Row, Scheme, Waiver
from trade.rules.rulebook import Snapshot, first_fit
from trade.rules.values import (
    Certainty,
    Channel,
    Charge,
    ChargeKind,
    Collector,
    Consignment,
    GoodsLine,
    Rates,
    Terms,
    Unknown,
)

E = TypeVar("E", bound=Effect)

ZERO = Decimal(0)


def percent(rate: Decimal) -> str:
    """ "12 %", "8.1 %": a rate as rows and screens write it."""
    return f"{(rate * 100).normalize():f} %"


class Workings:
    """One calculation on its way: the sale, the rows in force, and what was found so far."""

    def __init__(self, consignment: Consignment, snapshot: Snapshot, rates: Rates | None) -> None:
        self.sale = consignment
        self.book = snapshot
        self.currency = consignment.delivery.currency
        self.facts = Facts.of(consignment, currency_of(self.currency).exponent, rates)
        self.charges: list[Charge] = []
        self.unknowns: list[Unknown] = []
        self.regimes: list[str] = []
        self.row_ids: list[str] = []
        self.certainty = Certainty.GUARANTEED
        self.dutiable = False
        # The platform pays at the border what it charged at checkout.
        self.prepaid = consignment.channel is Channel.MARKETPLACE and consignment.terms is Terms.DDP
        lines = consignment.lines
        self.shares = (
            [consignment.delivery.amount]
            if len(lines) == 1
            else allocate(consignment.delivery.amount, [line.value.amount for line in lines])
        )
        self.schemes: list[Row[Scheme] | None] = []
        self.line_duty: list[Decimal] = [ZERO] * len(lines)

    @property
    def all_in_scheme(self) -> bool:
        return bool(self.schemes) and None not in self.schemes

    def fit(self, rows: Sequence[Row[E]], line: GoodsLine) -> Row[E] | None:
        return first_fit(rows, self.facts, line)

    def covers(self, row: Row[Effect], line: GoodsLine) -> bool:
        scope = row.scope
        return scope.fits_goods(line.hs_code, line.origin) and scope.fits_sale(self.facts, line)

    def covers_any(self, row: Row[Effect]) -> bool:
        for line in self.sale.lines:  # noqa: SIM110 - a generator costs more than the rest of it
            if self.covers(row, line):
                return True
        return False

    def border_collector(self, rules: Row[Import]) -> Collector:
        return Collector.PLATFORM if self.prepaid else rules.effect.collector

    @property
    def carrier_collects(self) -> bool:
        return any(
            charge.amount.amount and charge.collected_by in {Collector.CARRIER, Collector.CUSTOMS}
            for charge in self.charges
        )

    def convert_exact(self, money: Money) -> Decimal:
        """Minor units of the quote's currency. Raises RateUnavailableError."""
        return money.amount * Decimal(self.facts.scale(money.currency))

    def convert(self, money: Money) -> int:
        return half_up(self.convert_exact(money))

    def note(self, row: Row[Effect]) -> None:
        """Record a row that decided without an amount of its own."""
        if row.id not in self.row_ids:
            self.row_ids.append(row.id)
        if row.certainty(self.sale.date) is not Certainty.GUARANTEED:
            self.certainty = Certainty.ESTIMATE

    def nil(self, kind: ChargeKind, name: str, row: Row[Effect]) -> None:
        """A charge of nothing, because a row says that nothing is due."""
        self.charges.append(
            Charge(
                kind=kind,
                name=name,
                line_key=None,
                base=Money(self.facts.goods, self.currency),
                rate=None,
                rate_text="",
                amount=Money(0, self.currency),
                row_id=row.id,
                collected_by=Collector.NOBODY,
                certainty=row.certainty(self.sale.date),
                law=row.legal_ref,
                in_force_since=row.valid_from,
            )
        )

    def waive(self, row: Row[Waiver], kinds: frozenset[ChargeKind]) -> bool:
        """Drop the charges of these kinds when they are few enough; True when it did."""
        if not self.covers(row, self.sale.lines[0]):
            return False
        total = sum(charge.amount.amount for charge in self.charges if charge.kind in kinds)
        step = row.effect.rounded_to
        compared = round_to(total, self.convert(step)) if step else total
        if not total > 0 or compared > self.convert(row.effect.at_most):
            return False
        if any(u.kind in kinds for u in self.unknowns):
            return False
        self.charges = [charge for charge in self.charges if charge.kind not in kinds]
        for kind in sorted(kinds):
            self.nil(kind, row.effect.name, row)
        return True
