"""Rounding as the destinations do it. All amounts are in minor units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

ONE = Decimal(1)


def half_up(amount: Decimal) -> int:
    """To the minor unit, halves up: what EU, UK, AU, NZ and CA practice shows."""
    return int(amount.quantize(ONE, rounding=ROUND_HALF_UP))


def floor_to(amount: Decimal | int, step: int) -> int:
    """Down to a multiple of `step`."""
    whole = (
        int(amount.quantize(ONE, rounding=ROUND_DOWN)) if isinstance(amount, Decimal) else amount
    )
    return whole // step * step


def round_to(amount: int, step: int) -> int:
    """To the nearest multiple of `step`, halves up."""
    return (2 * amount + step) // (2 * step) * step


def to_step(amount: Decimal, step: int, how: str) -> int:
    """To a multiple of `step`: "floor" drops what is over, "nearest" rounds halves up."""
    if how == "floor":
        return floor_to(amount, step)
    return int((amount / step).quantize(ONE, rounding=ROUND_HALF_UP)) * step


@dataclass(frozen=True, slots=True)
class JapanTax:
    """Consumption tax by Japan Customs' Answer 1111: national, local (22/78) and its line weights."""

    national: int
    local: int
    weights: tuple[int, ...]


def japan_duty_base(value: int) -> int:
    """Dutiable value of a line: below JPY 1,000 is dropped."""
    return floor_to(value, 1000)


def japan_consumption_tax(lines: Sequence[tuple[int, Decimal, Decimal]]) -> JapanTax:
    """National and local consumption tax on lines of (CIF value, unrounded duty, combined rate).

    Each line's base is value plus duty floored to 100, floored to 1,000. The national share of the
    combined rate is 78 %; its sum is floored to 100, the local tax is 22/78 of that, floored to 1
    and then to 100.
    """
    taxes = [
        Decimal(floor_to(value + floor_to(duty, 100), 1000)) * rate * 78 / 100
        for value, duty, rate in lines
    ]
    national = floor_to(sum(taxes, Decimal(0)), 100)
    local = floor_to(floor_to(Decimal(national) * 22 / 78, 1), 100)
    return JapanTax(national, local, tuple(int(tax) for tax in taxes))
