"""The duty step: every duty on every line, rounded as the destination does it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from common.money import Money, allocate
from trade.rules.rounding import floor_to, half_up, japan_duty_base
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
    amounts = _round_duty(rules, parts)
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
                collected_by=collector if amount else Collector.NOBODY,
                certainty=part.certainty,
                base_text=_base_text(rules.effect.duty_base, part.rate),
                law=part.law,
                in_force_since=part.row.valid_from if part.row else None,
            )
        )


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
            parts.append(_stated_part(index, base, stated))
        elif row is not None:
            parts.append(_priced(work, index, line, row, base, parts))
        elif slot in required:
            _unknown_duty(work, slot, line)
    return parts


def _duty_row(work: Workings, slot: str, line: GoodsLine) -> Row[Duty] | None:
    for row in work.book.duties(slot, line.hs_code, line.origin):
        if row.scope.fits_sale(work.facts, line.value.amount, line.quantity):
            return row
    return None


def _priced(
    work: Workings, index: int, line: GoodsLine, row: Row[Duty], base: int, before: list[_DutyPart]
) -> _DutyPart:
    effect = row.effect
    certainty = row.certainty(work.sale.date)
    if effect.rate is not None:
        exact = base * effect.rate
        text = percent(effect.rate)
        if effect.mode == "floor":
            exact = max(ZERO, exact - sum((part.exact for part in before), ZERO))
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
    )


def _unknown_duty(work: Workings, slot: str, line: GoodsLine) -> None:
    if not line.hs_code:
        code = "classification"
    elif slot == "base":
        code = "duty_rate"
    else:
        code = "additional_duty" if line.origin else "origin"
    params = (("hs_code", line.hs_code), ("origin", line.origin))
    work.unknowns.append(Unknown(ChargeKind.DUTY, code, line.key, "", Certainty.UNKNOWN, params))


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


def _round_duty(rules: Row[Import], parts: list[_DutyPart]) -> list[int]:
    """Each part in whole minor units: a row's duty is rounded once, then shared over its lines."""
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
