"""What a parcel costs to the door: duty, tax and fees, each with the row that says so.

Pure and deterministic: the same consignment, rulebook and rates give the same answer on the
product page, at the checkout, in the API and on the command line. Order everywhere: is there a
border at all, which regime settles the tax, the duty of each line, the tax on goods, delivery and
duty, what is waived, fees, and last what the rulebook itself is in doubt about.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TypeVar

from common.money import Money, allocate, currency_of
from trade.rules.rounding import floor_to, half_up, japan_consumption_tax, japan_duty_base
from trade.rules.rows import (
    Basis,
    Doubt,
    Duty,
    Effect,
    Facts,
    Import,
    RateUnavailableError,
    Row,
    Scheme,
    Tax,
    Waiver,
)
from trade.rules.rulebook import Rulebook, Snapshot, first_fit
from trade.rules.values import (
    Certainty,
    Channel,
    Charge,
    ChargeKind,
    Collector,
    Consignment,
    GoodsLine,
    LandedCost,
    Rates,
    Terms,
    Unknown,
)

__all__ = ["landed_cost"]

E = TypeVar("E", bound=Effect)

ZERO = Decimal(0)
STATED_ROW = "stated-by-declarant"


def landed_cost(
    consignment: Consignment, rulebook: Rulebook, *, rates: Rates | None = None
) -> LandedCost:
    """Duty, tax and fees of one parcel, in the currency of its values.

    `rates` converts limits and fixed amounts that a law sets in another currency (the EU's EUR 3
    for a quote in SEK); without it such a quote is unknown. Never raises for what it does not
    know: the answer says so in `unknowns`.
    """
    snapshot = rulebook.at(consignment.destination, consignment.date)
    if snapshot is None:
        return _nothing_known(consignment, "destination")
    try:
        if consignment.prices_include_tax:
            return _inside_the_price(consignment, snapshot, rates)
        return _Quote(consignment, snapshot, rates).answer()
    except RateUnavailableError as error:
        params = (("from", error.from_currency), ("to", error.to_currency))
        return _nothing_known(consignment, "exchange_rate", params=params)


def _nothing_known(
    consignment: Consignment,
    code: str,
    *,
    row_id: str = "",
    params: tuple[tuple[str, str], ...] = (),
) -> LandedCost:
    """No figure at all: duty and tax are unknown for the reason `code`."""
    params = params or (("destination", consignment.destination),)
    return LandedCost(
        currency=consignment.delivery.currency,
        goods=_goods(consignment),
        delivery=consignment.delivery,
        charges=(),
        unknowns=tuple(
            Unknown(kind, code, None, row_id, Certainty.UNKNOWN, params)
            for kind in (ChargeKind.DUTY, ChargeKind.TAX)
        ),
        certainty=Certainty.UNKNOWN,
        regime="",
        row_ids=(row_id,) if row_id else (),
    )


def _goods(consignment: Consignment) -> Money:
    total = sum(line.value.amount for line in consignment.lines)
    return Money(total, consignment.delivery.currency)


def _inside_the_price(
    consignment: Consignment, snapshot: Snapshot, rates: Rates | None
) -> LandedCost:
    """Values that already contain the tax on the sale: it is taken out, not added.

    Only a scheme taxes the sale itself; where none applies a price has no import tax in it, and the
    whole of it is the value.
    """
    plain = replace(consignment, prices_include_tax=False)
    facts = Facts.of(plain, currency_of(plain.delivery.currency).exponent, rates)
    shares = allocate(plain.delivery.amount, [line.value.amount for line in plain.lines])
    lines: list[GoodsLine] = []
    delivery = 0
    for line, share in zip(plain.lines, shares, strict=True):
        rate = sum(
            (
                row.effect.rate
                for slot in snapshot.tax_slots
                if (row := _tax_row(snapshot, slot, line, facts)) is not None
            ),
            ZERO,
        )
        net = half_up(line.value.amount / (1 + rate))
        lines.append(replace(line, value=Money(net, line.value.currency)))
        delivery += half_up(share / (1 + rate))
    net_sale = replace(
        plain, lines=tuple(lines), delivery=Money(delivery, plain.delivery.currency)
    )
    quote = _Quote(net_sale, snapshot, rates)
    answer = quote.answer()
    if not quote.all_in_scheme:
        return _Quote(plain, snapshot, rates).answer()
    gross = _goods(consignment) + consignment.delivery
    inside = gross.amount - answer.goods.amount - answer.delivery.amount
    taxes = [charge for charge in answer.charges if charge.kind is ChargeKind.TAX]
    parts = iter(allocate(inside, [charge.amount.amount for charge in taxes]) if taxes else ())
    charges = tuple(
        replace(charge, amount=Money(next(parts), answer.currency), included=True)
        if charge.kind is ChargeKind.TAX
        else charge
        for charge in answer.charges
    )
    return replace(
        answer, charges=charges, goods=_goods(consignment), delivery=consignment.delivery
    )


def _tax_row(snapshot: Snapshot, slot: str, line: GoodsLine, facts: Facts) -> Row[Tax] | None:
    """The tax row of a slot for a line; a stated band overrides what the code would choose."""
    if line.tax_band:
        rows: Sequence[Row[Tax]] = [
            row for row in snapshot.tax_slots.get(slot, ()) if row.effect.band == line.tax_band
        ]
    else:
        rows = snapshot.taxes(slot, line.hs_code, line.origin)
    for row in rows:
        if row.scope.fits_sale(facts, line.value.amount, line.quantity):
            return row
    return None


def percent(rate: Decimal) -> str:
    """"12 %", "8.1 %": a rate as rows and screens write it."""
    return f"{(rate * 100).normalize():f} %"


@dataclass(slots=True)
class _DutyPart:
    """One duty on one line before rounding."""

    line: int
    name: str
    row_id: str
    law: str
    row: Row[Duty] | None
    rate: Decimal | None
    rate_text: str
    base: int
    exact: Decimal
    certainty: Certainty


class _Quote:
    """One calculation. Built, asked for its answer once, and dropped."""

    def __init__(
        self, consignment: Consignment, snapshot: Snapshot, rates: Rates | None
    ) -> None:
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
        lines = consignment.lines
        self.shares = (
            [consignment.delivery.amount]
            if len(lines) == 1
            else allocate(consignment.delivery.amount, [line.value.amount for line in lines])
        )
        self.schemes: list[Row[Scheme] | None] = []
        self.line_duty: list[Decimal] = [ZERO] * len(lines)

    # -- the steps in order --

    def answer(self) -> LandedCost:
        for border in self.book.no_borders:
            if self.sale.dispatched_from in border.effect.inside:
                self._note(border)
                self.regimes.append(border.effect.name)
                return self._result()
        stop = self._first_stop()
        if stop is not None:
            return _nothing_known(self.sale, stop.effect.code, row_id=stop.id)
        rules = self._fit(self.book.imports, self.sale.lines[0])
        if rules is None:
            return _nothing_known(self.sale, "period")
        self._choose_schemes(rules)
        self._duty(rules)
        self._waive_duty()
        self._tax(rules)
        self._waive_together()
        self._fees()
        self._doubts()
        return self._result()

    @property
    def all_in_scheme(self) -> bool:
        return bool(self.schemes) and None not in self.schemes

    def _first_stop(self) -> Row[Doubt] | None:
        for row in self.book.doubts:
            if row.effect.stops and any(self._covers(row, line) for line in self.sale.lines):
                return row
        return None

    def _choose_schemes(self, rules: Row[Import]) -> None:
        for line in self.sale.lines:
            scheme = self._fit(self.book.schemes, line)
            self.schemes.append(scheme)
            self._note(scheme or rules)
            name = scheme.effect.name if scheme else rules.effect.name
            if name not in self.regimes:
                self.regimes.append(name)

    def _duty(self, rules: Row[Import]) -> None:
        parts: list[_DutyPart] = []
        relieved: set[str] = set()
        for index, line in enumerate(self.sale.lines):
            relief = self._fit(self.book.duty_reliefs, line)
            if relief is None:
                self.dutiable = True
                parts += self._line_duty(rules, index, line)
            elif relief.id not in relieved:
                relieved.add(relief.id)
                self._nil(ChargeKind.DUTY, relief.effect.name, relief)
        self._share_per_item(parts)
        amounts = self._round_duty(rules, parts)
        collector = self._border_collector(rules)
        for part, amount in zip(parts, amounts, strict=True):
            exact = rules.effect.exact_duty or rules.effect.rounding == "japan"
            self.line_duty[part.line] += part.exact if exact else amount
            self.charges.append(
                Charge(
                    kind=ChargeKind.DUTY,
                    name=part.name,
                    line_key=self.sale.lines[part.line].key,
                    base=Money(part.base, self.currency),
                    rate=part.rate,
                    rate_text=part.rate_text,
                    amount=Money(amount, self.currency),
                    row_id=part.row_id,
                    collected_by=collector if amount else Collector.NOBODY,
                    certainty=part.certainty,
                    base_text=_base_text(rules.effect.duty_base, part.rate),
                    law=part.law,
                    in_force_since=part.row.valid_from if part.row else None,
                )
            )

    def _line_duty(self, rules: Row[Import], index: int, line: GoodsLine) -> list[_DutyPart]:
        """Every duty on one line, unrounded; what has no row becomes an Unknown."""
        base = line.value.amount
        if rules.effect.duty_base is Basis.CIF:
            base += self.shares[index]
        if rules.effect.rounding == "japan":
            base = japan_duty_base(base)
        parts: list[_DutyPart] = []
        required = rules.effect.duty_slots
        for slot in (*required, *(s for s in self.book.duty_slots if s not in required)):
            row = self._duty_row(slot, line)
            stated = line.stated_duty_rate
            if slot == "base" and stated is not None and (row is None or not line.hs_code):
                parts.append(_stated_part(index, base, stated))
            elif row is not None:
                parts.append(self._priced(index, line, row, base, parts))
            elif slot in required:
                self._unknown_duty(slot, line)
        return parts

    def _duty_row(self, slot: str, line: GoodsLine) -> Row[Duty] | None:
        for row in self.book.duties(slot, line.hs_code, line.origin):
            if row.scope.fits_sale(self.facts, line.value.amount, line.quantity):
                return row
        return None

    def _priced(
        self, index: int, line: GoodsLine, row: Row[Duty], base: int, before: list[_DutyPart]
    ) -> _DutyPart:
        effect = row.effect
        certainty = row.certainty(self.sale.date)
        if effect.rate is not None:
            exact = base * effect.rate
            text = percent(effect.rate)
            if effect.mode == "floor":
                exact = max(ZERO, exact - sum((part.exact for part in before), ZERO))
        elif effect.per_unit is not None:
            exact = Decimal(self._convert(effect.per_unit) * line.quantity)
            text = f"{effect.per_unit}/unit"
        else:
            assert effect.per_item is not None  # noqa: S101 - the loader refuses an empty effect
            exact = ZERO  # shared out over the lines of the same tariff item afterwards
            text = f"{effect.per_item}/item"
        return _DutyPart(
            index,
            effect.name,
            row.id,
            row.legal_ref,
            row,
            effect.rate,
            text,
            base,
            exact,
            certainty,
        )

    def _unknown_duty(self, slot: str, line: GoodsLine) -> None:
        if not line.hs_code:
            code = "classification"
        elif slot == "base":
            code = "duty_rate"
        else:
            code = "additional_duty" if line.origin else "origin"
        params = (("hs_code", line.hs_code), ("origin", line.origin))
        self.unknowns.append(
            Unknown(ChargeKind.DUTY, code, line.key, "", Certainty.UNKNOWN, params)
        )

    def _share_per_item(self, parts: list[_DutyPart]) -> None:
        """Amounts per tariff item: one for all lines of a six-digit code, shared by value.

        Goods without a code count as an item each. Lines of one code whose origin or description
        differs may be told apart at the border, so that their single amount is an estimate.
        """
        groups: dict[tuple[str, str], list[_DutyPart]] = {}
        for part in parts:
            if part.row is not None and part.row.effect.per_item is not None:
                line = self.sale.lines[part.line]
                item = line.hs_code[:6] or f"line {line.key}"
                groups.setdefault((part.row_id, item), []).append(part)
        for members in groups.values():
            effect = members[0].row.effect if members[0].row else None
            assert effect is not None and effect.per_item is not None  # noqa: S101
            lines = [self.sale.lines[part.line] for part in members]
            amount = self._convert(effect.per_item)
            vague = len({(line.origin, line.description) for line in lines}) > 1
            unclassified = not lines[0].hs_code
            weights = [line.value.amount for line in lines]
            for part, share in zip(members, allocate(amount, weights), strict=True):
                part.exact = Decimal(share)
                if vague or unclassified:
                    part.certainty = Certainty.ESTIMATE

    def _round_duty(self, rules: Row[Import], parts: list[_DutyPart]) -> list[int]:
        if rules.effect.rounding != "japan":
            return [half_up(part.exact) for part in parts]
        total = floor_to(sum((part.exact for part in parts), ZERO), 100)
        return allocate(total, [int(part.exact) for part in parts]) if parts else []

    def _tax(self, rules: Row[Import]) -> None:
        groups: dict[tuple[str, Collector], list[tuple[int, Row[Tax]]]] = {}
        relieved: set[str] = set()
        for index, line in enumerate(self.sale.lines):
            scheme = self.schemes[index]
            if scheme is None:
                relief = self._fit(self.book.tax_reliefs, line)
                if relief is not None:
                    if relief.id not in relieved:
                        relieved.add(relief.id)
                        self._nil(ChargeKind.TAX, relief.effect.name, relief)
                    continue
                collector = self._border_collector(rules)
            else:
                collector = self._scheme_collector(scheme)
            required = rules.effect.tax_slots
            for slot in (*required, *(s for s in self.book.tax_slots if s not in required)):
                row = _tax_row(self.book, slot, line, self.facts)
                if row is not None and row.effect.rate and self._awaits_duty(index):
                    self._unknown_tax(line, "tax_on_unknown_duty")
                elif row is not None:
                    groups.setdefault((row.id, collector), []).append((index, row))
                elif slot in required:
                    self._unknown_tax(line)
        japan = rules.effect.rounding == "japan"
        joint = self._japan_amounts(groups.values()) if japan else {}
        for (_, collector), members in groups.items():
            self._tax_group(rules, collector, members, joint)

    def _awaits_duty(self, index: int) -> bool:
        """The tax is on a value with duty in it, and the duty is not known."""
        key = self.sale.lines[index].key
        return self.schemes[index] is None and any(
            unknown.kind is ChargeKind.DUTY and unknown.line_key == key
            for unknown in self.unknowns
        )

    def _unknown_tax(self, line: GoodsLine, code: str = "") -> None:
        code = code or ("tax_rate" if self.sale.region else "region")
        params = (("hs_code", line.hs_code), ("destination", self.sale.destination))
        self.unknowns.append(
            Unknown(ChargeKind.TAX, code, line.key, "", Certainty.UNKNOWN, params)
        )

    def _japan_amounts(
        self, groups: Iterable[list[tuple[int, Row[Tax]]]]
    ) -> dict[tuple[int, str], int]:
        """Japan's tax is floored once over all lines and rates; what each line bears of it."""
        members = [member for group in groups for member in group]
        tax = japan_consumption_tax([
            (self._cif(index), self.line_duty[index], row.effect.rate) for index, row in members
        ])
        if not members:
            return {}
        parts = allocate(tax.national + tax.local, tax.weights)
        return {
            (index, row.id): part for (index, row), part in zip(members, parts, strict=True)
        }

    def _tax_group(
        self,
        rules: Row[Import],
        collector: Collector,
        members: list[tuple[int, Row[Tax]]],
        joint: dict[tuple[int, str], int],
    ) -> None:
        """One rate over the lines it covers: rounded once, then shared out by base."""
        row = members[0][1]
        rate = row.effect.rate
        text = percent(rate)
        bases = [self._tax_base(rules, index) for index, _ in members]
        if joint:
            amounts = [joint[index, row.id] for index, _ in members]
        else:
            total = half_up(sum(bases, ZERO) * rate)
            amounts = (
                [total]
                if len(members) == 1
                else allocate(total, [half_up(base) for base in bases])
            )
        certainty = row.certainty(self.sale.date)
        for (index, _), base, amount in zip(members, bases, amounts, strict=True):
            self.charges.append(
                Charge(
                    kind=ChargeKind.TAX,
                    name=row.effect.name,
                    line_key=self.sale.lines[index].key,
                    base=Money(half_up(base), self.currency),
                    rate=rate,
                    rate_text=text,
                    amount=Money(amount, self.currency),
                    row_id=row.id,
                    collected_by=collector if amount else Collector.NOBODY,
                    certainty=certainty,
                    base_text=self._tax_base_text(rules, index),
                    law=row.legal_ref,
                    in_force_since=row.valid_from,
                )
            )

    def _tax_base(self, rules: Row[Import], index: int) -> Decimal:
        base = Decimal(self.sale.lines[index].value.amount)
        if self._taxes_delivery(rules, index):
            base += self.shares[index]
        if self._taxes_duty(index):
            base += self.line_duty[index]
        return base

    def _taxes_delivery(self, rules: Row[Import], index: int) -> bool:
        scheme = self.schemes[index]
        return scheme.effect.tax_delivery if scheme else rules.effect.tax_delivery

    def _taxes_duty(self, index: int) -> bool:
        """At the border always; in a sale only when the seller of record charges the duty."""
        return self.schemes[index] is None or (
            self.sale.channel is Channel.MARKETPLACE and self.sale.terms is Terms.DDP
        )

    def _tax_base_text(self, rules: Row[Import], index: int) -> str:
        words = ["goods"]
        if self._taxes_delivery(rules, index):
            words.append("delivery")
        if self.line_duty[index] and self._taxes_duty(index):
            words.append("duty")
        return "+".join(words)

    def _cif(self, index: int) -> int:
        return self.sale.lines[index].value.amount + self.shares[index]

    def _waive_duty(self) -> None:
        for row in self.book.waivers:
            if not row.effect.together and ChargeKind.DUTY in row.effect.kinds:
                kinds = frozenset({ChargeKind.DUTY})
                if self._waive(row, kinds):
                    self.line_duty = [ZERO] * len(self.line_duty)

    def _waive_together(self) -> None:
        if not self.book.waivers or any(self.schemes):
            return
        for row in self.book.waivers:
            if row.effect.together:
                self._waive(row, row.effect.kinds)
            elif ChargeKind.TAX in row.effect.kinds:
                self._waive(row, frozenset({ChargeKind.TAX}))

    def _waive(self, row: Row[Waiver], kinds: frozenset[ChargeKind]) -> bool:
        """Drop the charges of these kinds when they are few enough; True when it did."""
        if not self._covers(row, self.sale.lines[0]):
            return False
        total = sum(charge.amount.amount for charge in self.charges if charge.kind in kinds)
        if not 0 < total <= self._convert(row.effect.at_most):
            return False
        if any(u.kind in kinds for u in self.unknowns):
            return False
        self.charges = [charge for charge in self.charges if charge.kind not in kinds]
        for kind in sorted(kinds):
            self._nil(kind, row.effect.name, row)
        return True

    def _fees(self) -> None:
        for rows in self.book.fees.values():
            row = self._fit(rows, self.sale.lines[0])
            if row is None or (row.effect.when == "collected" and not self._carrier_collects):
                continue
            effect = row.effect
            base = self._convert(effect.amount)
            amount = half_up(self._convert_exact(effect.amount) * (1 + effect.tax_rate))
            text = str(effect.amount)
            if effect.tax_rate:
                text += f" + {percent(effect.tax_rate)}"
            collector = effect.collector
            if self._prepaid and effect.when == "always":
                collector = Collector.PLATFORM
            self.charges.append(
                Charge(
                    kind=ChargeKind.FEE,
                    name=effect.name,
                    line_key=None,
                    base=Money(base, self.currency),
                    rate=None,
                    rate_text=text,
                    amount=Money(amount, self.currency),
                    row_id=row.id,
                    collected_by=collector,
                    certainty=row.certainty(self.sale.date),
                    base_text="consignment",
                    law=row.legal_ref,
                    in_force_since=row.valid_from,
                )
            )

    def _doubts(self) -> None:
        for row in self.book.doubts:
            if self._doubt_applies(row.effect) and any(
                self._covers(row, line) for line in self.sale.lines
            ):
                self.unknowns.append(
                    Unknown(
                        row.effect.charge_kind,
                        row.effect.code,
                        None,
                        row.id,
                        row.effect.certainty,
                        (("destination", self.sale.destination),),
                    )
                )

    def _doubt_applies(self, effect: Doubt) -> bool:
        if effect.when == "collected":
            return self._carrier_collects
        if effect.when == "dutiable":
            return self.dutiable
        if effect.when == "taxed-duty":
            return any(self.line_duty) and any(self.schemes) and self._taxes_duty(0)
        return True

    def _result(self) -> LandedCost:
        certainty = self.certainty
        for charge in self.charges:
            if charge.certainty is not Certainty.GUARANTEED:
                certainty = Certainty.ESTIMATE
            if charge.row_id not in self.row_ids:
                self.row_ids.append(charge.row_id)
        for unknown in self.unknowns:
            if unknown.row_id and unknown.row_id not in self.row_ids:
                self.row_ids.append(unknown.row_id)
        if self.unknowns:
            certainty = (
                Certainty.UNKNOWN
                if any(u.certainty is Certainty.UNKNOWN for u in self.unknowns)
                else Certainty.ESTIMATE
            )
        return LandedCost(
            currency=self.currency,
            goods=Money(self.facts.goods, self.currency),
            delivery=self.sale.delivery,
            charges=tuple(self.charges),
            unknowns=tuple(self.unknowns),
            certainty=certainty,
            regime="; ".join(self.regimes),
            row_ids=tuple(self.row_ids),
        )

    # -- small questions --

    def _fit(self, rows: Sequence[Row[E]], line: GoodsLine) -> Row[E] | None:
        return first_fit(
            rows, self.facts, line.hs_code, line.origin, line.value.amount, line.quantity
        )

    def _covers(self, row: Row[Effect], line: GoodsLine) -> bool:
        scope = row.scope
        return scope.fits_goods(line.hs_code, line.origin) and scope.fits_sale(
            self.facts, line.value.amount, line.quantity
        )

    @property
    def _prepaid(self) -> bool:
        """The platform pays at the border what it charged at checkout."""
        return self.sale.channel is Channel.MARKETPLACE and self.sale.terms is Terms.DDP

    def _border_collector(self, rules: Row[Import]) -> Collector:
        return Collector.PLATFORM if self._prepaid else rules.effect.collector

    def _scheme_collector(self, scheme: Row[Scheme]) -> Collector:
        collector = scheme.effect.collector
        return Collector.PLATFORM if self._prepaid else collector

    @property
    def _carrier_collects(self) -> bool:
        return any(
            charge.amount.amount
            and charge.collected_by in {Collector.CARRIER, Collector.CUSTOMS}
            for charge in self.charges
        )

    def _convert_exact(self, money: Money) -> Decimal:
        """Minor units of the quote's currency. Raises RateUnavailableError."""
        return money.amount * Decimal(self.facts.scale(money.currency))

    def _convert(self, money: Money) -> int:
        return half_up(self._convert_exact(money))

    def _note(self, row: Row[Effect]) -> None:
        """Record a row that decided without an amount of its own."""
        if row.id not in self.row_ids:
            self.row_ids.append(row.id)
        if row.certainty(self.sale.date) is not Certainty.GUARANTEED:
            self.certainty = Certainty.ESTIMATE

    def _nil(self, kind: ChargeKind, name: str, row: Row[Effect]) -> None:
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


def _stated_part(index: int, base: int, rate: Decimal) -> _DutyPart:
    return _DutyPart(
        index,
        "Duty",
        STATED_ROW,
        "",
        None,
        rate,
        percent(rate),
        base,
        base * rate,
        Certainty.ESTIMATE,
    )


def _base_text(basis: Basis, rate: Decimal | None) -> str:
    if rate is None:
        return "goods"
    return "goods+delivery" if basis is Basis.CIF else "goods"
