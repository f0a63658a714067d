"""The tax step: each rate over the lines it covers, at the border or with the sale."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from common.money import Money, allocate
from trade.rules.rounding import half_up, japan_consumption_tax, to_step
from trade.rules.rows import Facts, Import, Row, Tax
from trade.rules.rulebook import Snapshot
from trade.rules.values import (
    Certainty,
    Charge,
    ChargeKind,
    Collector,
    GoodsLine,
    Unknown,
)
from trade.rules.workings import ZERO, Workings, percent


def tax_row(snapshot: Snapshot, slot: str, line: GoodsLine, facts: Facts) -> Row[Tax] | None:
    """The tax row of a slot for a line; a stated band overrides what the code would choose."""
    if line.tax_band:
        rows: Sequence[Row[Tax]] = [
            row for row in snapshot.tax_slots.get(slot, ()) if row.effect.band == line.tax_band
        ]
    else:
        rows = snapshot.taxes(slot, line.hs_code, line.origin)
    for row in rows:
        if row.scope.fits_sale(facts, line):
            return row
    return None


@dataclass(frozen=True, slots=True)
class _TaxPart:
    """One tax on one line before rounding. exact: what is due of it, in minor units."""

    line: int
    row: Row[Tax]
    base: Decimal
    exact: Decimal


_Groups = dict[tuple[str, Collector], list[_TaxPart]]


def charge_tax(work: Workings, rules: Row[Import]) -> None:
    """Add every tax, or the row that says there is none, or what is not known."""
    groups: _Groups = {}
    relieved: set[str] = set()
    for index, line in enumerate(work.sale.lines):
        scheme = work.schemes[index]
        if scheme is None:
            relief = work.fit(work.book.tax_reliefs, line)
            if relief is not None:
                if relief.id not in relieved:
                    relieved.add(relief.id)
                    work.nil(ChargeKind.TAX, relief.effect.name, relief)
                continue
            collector = work.border_collector(rules)
        else:
            collector = scheme.effect.collector
        _line_tax(work, rules, index, line, collector, groups)
    japan = rules.effect.rounding == "japan"
    joint = _japan_amounts(work, groups.values()) if japan else {}
    for (_, collector), members in groups.items():
        _tax_group(work, rules, collector, members, joint)


def _line_tax(
    work: Workings,
    rules: Row[Import],
    index: int,
    line: GoodsLine,
    collector: Collector,
    groups: _Groups,
) -> None:
    """Every tax on one line, unrounded; what has no row becomes an Unknown."""
    whole: dict[str, Decimal] = {}
    plain = _tax_base(work, rules, index)
    required = rules.effect.tax_slots
    for slot in (*required, *(s for s in work.book.tax_slots if s not in required)):
        row = tax_row(work.book, slot, line, work.facts)
        if row is None:
            if slot in required:
                _unknown_tax(work, line)
            continue
        if row.effect.rate and _awaits_duty(work, index):
            _unknown_tax(work, line, "tax_on_unknown_duty")
            continue
        base = plain
        for other in row.effect.adds:
            base += whole.get(other, ZERO)
        whole[slot] = tax = row.effect.on(base)
        part = _TaxPart(index, row, base, tax * row.effect.share)
        groups.setdefault((row.id, collector), []).append(part)


def _awaits_duty(work: Workings, index: int) -> bool:
    """The tax is on a value with duty in it, and a duty (or excise) is not known."""
    if not work.unknowns or not taxes_duty(work, index):
        return False
    keys = (None, work.sale.lines[index].key)
    return any(
        unknown.certainty is Certainty.UNKNOWN
        and unknown.line_key in keys
        and (unknown.kind is ChargeKind.DUTY or unknown.row_id)
        for unknown in work.unknowns
    )


def _unknown_tax(work: Workings, line: GoodsLine, code: str = "") -> None:
    if not code:
        by_region = any(row.scope.regions for rows in work.book.tax_slots.values() for row in rows)
        code = "region" if by_region and not work.sale.region else "tax_rate"
    params = (("hs_code", line.hs_code), ("destination", work.sale.destination))
    work.unknowns.append(Unknown(ChargeKind.TAX, code, line.key, "", Certainty.UNKNOWN, params))


def _japan_amounts(work: Workings, groups: Iterable[list[_TaxPart]]) -> dict[tuple[int, str], int]:
    """Japan's tax is floored once over all lines and rates; what each line bears of it."""
    members = [member for group in groups for member in group]
    tax = japan_consumption_tax(
        [
            (_cif(work, part.line), work.line_duty[part.line], part.row.effect.rate)
            for part in members
        ]
    )
    if not members:
        return {}
    parts = allocate(tax.national + tax.local, tax.weights)
    return {
        (member.line, member.row.id): amount for member, amount in zip(members, parts, strict=True)
    }


def _tax_group(
    work: Workings,
    rules: Row[Import],
    collector: Collector,
    members: list[_TaxPart],
    joint: dict[tuple[int, str], int],
) -> None:
    """One rate over the lines it covers: rounded once, then shared out by base."""
    row = members[0].row
    text = _rate_text(row.effect)
    if joint:
        amounts = [joint[part.line, row.id] for part in members]
    else:
        total = _round_tax(work, rules, sum((part.exact for part in members), ZERO))
        weights = [half_up(part.base) for part in members]
        amounts = [total] if len(members) == 1 else allocate(total, weights)
    for part, amount in zip(members, amounts, strict=True):
        index = part.line
        scheme = work.schemes[index]
        work.charges.append(
            Charge(
                kind=ChargeKind.TAX,
                name=row.effect.name,
                line_key=work.sale.lines[index].key,
                base=Money(half_up(part.base), work.currency),
                rate=row.effect.rate,
                rate_text=text,
                amount=Money(amount, work.currency),
                row_id=row.id,
                collected_by=collector if amount else Collector.NOBODY,
                certainty=_certainty(work, row, work.sale.lines[index]),
                base_text=_tax_base_text(work, rules, index),
                law=row.legal_ref,
                in_force_since=row.valid_from,
                scheme=scheme.effect.key if scheme else "",
            )
        )


def _certainty(work: Workings, row: Row[Tax], line: GoodsLine) -> Certainty:
    """Without a code the general rate is an estimate where some goods have a rate of their own."""
    if not line.hs_code and not line.tax_band:
        others = work.book.tax_slots[row.slot]
        if any(other.scope.hs != row.scope.hs for other in others):
            return Certainty.ESTIMATE
    return row.certainty(work.sale.date)


def _rate_text(tax: Tax) -> str:
    text = percent(tax.rate)
    if tax.inside:
        text += " inside"
    return text if tax.share == 1 else f"{text}, {percent(tax.share)} of it"


def _round_tax(work: Workings, rules: Row[Import], exact: Decimal) -> int:
    step = rules.effect.tax_step
    if step is not None and step.currency == work.currency:
        return to_step(exact, step.amount, rules.effect.steps)
    return half_up(exact)


def _tax_base(work: Workings, rules: Row[Import], index: int) -> Decimal:
    base = Decimal(work.sale.lines[index].value.amount)
    if rules.effect.tax_uplift and work.schemes[index] is None:
        base *= 1 + rules.effect.tax_uplift
    if _taxes_delivery(work, rules, index):
        base += work.shares[index]
    if taxes_duty(work, index):
        base += work.line_duty[index]
    return base


def _taxes_delivery(work: Workings, rules: Row[Import], index: int) -> bool:
    scheme = work.schemes[index]
    return scheme.effect.tax_delivery if scheme else rules.effect.tax_delivery


def taxes_duty(work: Workings, index: int) -> bool:
    """At the border always; in a sale only when whoever sells or collects charges the duty too."""
    scheme = work.schemes[index]
    return scheme is None or work.prepaid or scheme.effect.settles_duty


def _tax_base_text(work: Workings, rules: Row[Import], index: int) -> str:
    words = ["goods"]
    if _taxes_delivery(work, rules, index):
        words.append("delivery")
    if work.line_duty[index] and taxes_duty(work, index):
        words.append("duty")
    return "+".join(words)


def _cif(work: Workings, index: int) -> int:
    return work.sale.lines[index].value.amount + work.shares[index]
