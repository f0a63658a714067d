"""The duty step: every duty on every line, rounded as the destination does it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from common.money import Money, allocate
from trade.rules.rounding import floor_to, half_up, japan_duty_base, to_step
from trade.rules.rows import Basis, Duty, Import, Row
from trade.rules.values import (
    Certainty,
    Charge,
    ChargeKind,
    Collector,
    GoodsLine,
    Unknown,
)
from trade.rules.workings import ZERO, Workings, percent

STATED_ROW = "stated-by-declarant"


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
    per_item: Money | None = None
    base_text: str = "goods"


def charge_duty(work: Workings, rules: Row[Import]) -> None:
    """Add every duty, or the row that says there is none, or what is not known."""
    parts: list[_DutyPart] = []
    relieved: set[str] = set()
    for index, line in enumerate(work.sale.lines):
        relief = work.fit(work.book.duty_reliefs, line)
        if relief is None:
            work.dutiable = True
            parts += _line_duty(work, rules, index, line)
        elif relief.id not in relieved:
            relieved.add(relief.id)
            work.nil(ChargeKind.DUTY, relief.effect.name, relief)
    _share_per_item(work, parts)
    _take_off(work, parts)
    amounts = _round_duty(work, rules, parts)
    collector = work.border_collector(rules)
    for part, amount in zip(parts, amounts, strict=True):
        exact = rules.effect.exact_duty or rules.effect.rounding == "japan"
        work.line_duty[part.line] += part.exact if exact else amount
        work.charges.append(
            Charge(
                kind=ChargeKind.DUTY,
                name=part.name,
                line_key=work.sale.lines[part.line].key,
                base=Money(part.base, work.currency),
                rate=part.rate,
                rate_text=part.rate_text,
                amount=Money(amount, work.currency),
                row_id=part.row_id,
                collected_by=_collector(work, part.line, collector) if amount else Collector.NOBODY,
                certainty=part.certainty,
                base_text=part.base_text,
                law=part.law,
                in_force_since=part.row.valid_from if part.row else None,
                preferential=part.row is not None and part.row.scope.is_preference,
            )
        )


def _collector(work: Workings, index: int, at_the_border: Collector) -> Collector:
    """A scheme that settles the duty too takes it with the sale."""
    scheme = work.schemes[index]
    return scheme.effect.collector if scheme and scheme.effect.settles_duty else at_the_border


def _line_duty(work: Workings, rules: Row[Import], index: int, line: GoodsLine) -> list[_DutyPart]:
    """Every duty on one line, unrounded; what has no row becomes an Unknown."""
    base = line.value.amount
    if rules.effect.duty_base is Basis.CIF:
        base += work.shares[index]
    if rules.effect.rounding == "japan":
        base = japan_duty_base(base)
    parts: list[_DutyPart] = []
    required = rules.effect.duty_slots
    for slot in (*required, *(s for s in work.book.duty_slots if s not in required)):
        row = _duty_row(work, slot, line)
        stated = line.stated_duty_rate
        if slot == "base" and stated is not None and (row is None or not line.hs_code):
            parts.append(_stated_part(rules, index, base, stated))
        elif row is not None and row.effect.per_kg is not None and line.weight_g is None:
            _unknown(work, line, "weight", Certainty.UNKNOWN, row.id)
        elif row is not None:
            parts.append(_priced(work, rules, index, line, row, base, parts))
            _doubt_short_code(work, line, row)
        elif slot in required:
            _unknown_duty(work, slot, line)
    return parts


def _doubt_short_code(work: Workings, line: GoodsLine, row: Row[Duty]) -> None:
    """A code of fewer than six digits stands for several rates: the one chosen is an estimate."""
    if len(line.hs_code) >= 6 or not line.hs_code or row.effect.per_item is not None:
        return
    if work.book.finer(line.hs_code):
        _unknown(work, line, "short_code", Certainty.ESTIMATE)


def _duty_row(work: Workings, slot: str, line: GoodsLine) -> Row[Duty] | None:
    for row in work.book.duties(slot, line.hs_code, line.origin):
        if row.scope.fits_sale(work.facts, line):
            return row
    return None


def _priced(
    work: Workings,
    rules: Row[Import],
    index: int,
    line: GoodsLine,
    row: Row[Duty],
    base: int,
    before: list[_DutyPart],
) -> _DutyPart:
    effect = row.effect
    certainty = row.certainty(work.sale.date)
    base_text = "goods"
    if effect.rate is not None:
        base_text = _base_text(rules.effect.duty_base)
        if effect.of_duty:
            base, base_text = half_up(_sum(before)), "duty"
        exact = (_sum(before) if effect.of_duty else base) * effect.rate
        text = percent(effect.rate)
        if effect.mode == "floor":
            exact = max(ZERO, exact - _sum(before))
        if effect.per_kg is not None:
            exact = _COMBINE[effect.combine](exact, _by_weight(work, line, effect))
            text += f" {_COMBINED[effect.combine]} {effect.per_kg}/kg"
    elif effect.per_kg is not None:
        exact = _by_weight(work, line, effect)
        text, base_text = f"{effect.per_kg}/kg", "weight"
    elif effect.per_unit is not None:
        exact = Decimal(work.convert(effect.per_unit) * line.quantity)
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
        effect.per_item,
        base_text,
    )


_COMBINE: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
    "sum": lambda rate, weight: rate + weight,
    "greater": max,
    "lesser": min,
}
_COMBINED = {"sum": "+", "greater": "min", "lesser": "max"}


def _sum(parts: Sequence[_DutyPart]) -> Decimal:
    return sum((part.exact for part in parts), ZERO)


def _by_weight(work: Workings, line: GoodsLine, effect: Duty) -> Decimal:
    """The amount on the line's net weight, rounded up to the destination's step; minor units."""
    assert effect.per_kg is not None and line.weight_g is not None  # noqa: S101, PT018 - asked before
    steps = -(-line.weight_g // effect.weight_step_g)
    grams = Decimal(steps * effect.weight_step_g)
    return work.convert_exact(effect.per_kg) * grams / 1000


def _take_off(work: Workings, parts: list[_DutyPart]) -> None:
    """What a row takes off its duty once a consignment, borne by its lines in proportion."""
    for row_id in {part.row_id for part in parts if part.row and part.row.effect.less}:
        members = [part for part in parts if part.row_id == row_id]
        row = members[0].row
        total = _sum(members)
        if row is None or row.effect.less is None or not total:
            continue
        left = max(ZERO, total - work.convert_exact(row.effect.less))
        for part in members:
            part.exact = part.exact * left / total
            part.rate_text = f"{part.rate_text} - {row.effect.less}"


def _unknown(
    work: Workings, line: GoodsLine, code: str, certainty: Certainty, row_id: str = ""
) -> None:
    params = (("hs_code", line.hs_code), ("origin", line.origin))
    unknown = Unknown(ChargeKind.DUTY, code, line.key, row_id, certainty, params)
    if unknown not in work.unknowns:
        work.unknowns.append(unknown)


def _unknown_duty(work: Workings, slot: str, line: GoodsLine) -> None:
    if not line.hs_code:
        code = "classification"
    elif slot == "base":
        code = "duty_rate"
    else:
        code = "additional_duty" if line.origin else "origin"
    _unknown(work, line, code, Certainty.UNKNOWN)


def _share_per_item(work: Workings, parts: list[_DutyPart]) -> None:
    """Amounts per tariff item: one for all lines of a six-digit code, shared by value.

    Goods without a code count as an item each. Lines of one code whose origin or description
    differs may be told apart at the border, so that their single amount is an estimate.
    """
    groups: dict[tuple[str, str], list[_DutyPart]] = {}
    for part in parts:
        if part.per_item is not None:
            line = work.sale.lines[part.line]
            item = line.hs_code[:6] or f"line {line.key}"
            groups.setdefault((part.row_id, item), []).append(part)
    for members in groups.values():
        amount = sum(work.convert(part.per_item) for part in members[:1] if part.per_item)
        if len(members) == 1:
            members[0].exact = Decimal(amount)
            if not work.sale.lines[members[0].line].hs_code:
                members[0].certainty = Certainty.ESTIMATE
            continue
        lines = [work.sale.lines[part.line] for part in members]
        vague = len({(line.origin, line.description) for line in lines}) > 1
        weights = [line.value.amount for line in lines]
        for part, share in zip(members, allocate(amount, weights), strict=True):
            part.exact = Decimal(share)
            if vague:
                part.certainty = Certainty.ESTIMATE


def _round_duty(work: Workings, rules: Row[Import], parts: list[_DutyPart]) -> list[int]:
    """Each part in whole minor units: a row's duty is rounded once, then shared over its lines."""
    step = rules.effect.duty_step
    if step is not None and step.currency == work.currency and parts:
        total = to_step(_sum(parts), step.amount, rules.effect.steps)
        return allocate(total, [int(part.exact * 1000) for part in parts])
    if len(parts) == 1 and rules.effect.rounding != "japan":
        return [half_up(parts[0].exact)]
    amounts = [0] * len(parts)
    groups: dict[str, list[int]] = {}
    for index, part in enumerate(parts):
        row = "" if rules.effect.rounding == "japan" else part.row_id
        groups.setdefault(row, []).append(index)
    for members in groups.values():
        exact = sum((parts[index].exact for index in members), ZERO)
        total = floor_to(exact, 100) if rules.effect.rounding == "japan" else half_up(exact)
        weights = [int(parts[index].exact * 1000) for index in members]
        for index, amount in zip(members, allocate(total, weights), strict=True):
            amounts[index] = amount
    return amounts


def waive_duty(work: Workings) -> None:
    for row in work.book.waivers:
        if not row.effect.together and ChargeKind.DUTY in row.effect.kinds:
            kinds = frozenset({ChargeKind.DUTY})
            if work.waive(row, kinds):
                work.line_duty = [ZERO] * len(work.line_duty)


def _stated_part(rules: Row[Import], index: int, base: int, rate: Decimal) -> _DutyPart:
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
        base_text=_base_text(rules.effect.duty_base),
    )


def _base_text(basis: Basis) -> str:
    return "goods+delivery" if basis is Basis.CIF else "goods"
