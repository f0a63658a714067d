"""What a tax return adds up: each charge as it was paid, what of it went back, and in which money.

Amounts are minor units. Nothing here knows the books: the report is made of orders and refunds, so
that comparing it with the ledger says something.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from fractions import Fraction

from common.money import allocate_refund


class Section(StrEnum):
    """Which part of a return a line belongs to."""

    SALES = "sales"
    REFUNDS = "refunds"
    """Given back in the period in which it was sold."""
    CORRECTIONS = "corrections"
    """Given back now for a sale of an earlier period."""


@dataclass(frozen=True, slots=True)
class Charged:
    """One charge of an order. line: the order line it is on, None for the whole order.

    amount: what the buyer paid; base: what it is a charge on, both in `currency`. weight: what its
    base goes back by where the amount is nothing (a rate of zero): the price of the goods.
    """

    key: int
    line: int | None
    scheme: str
    destination: str
    name: str
    rate_text: str
    currency: str
    amount: int
    base: int
    weight: int = 0


@dataclass(frozen=True, slots=True)
class GivenBack:
    """What a refund returned of the charges (`amount`) and of the goods, whole and by order line.

    by_line and goods_by_line are None where the refund named no lines.
    """

    amount: int
    goods: int
    by_line: Mapping[int | None, int] | None = None
    goods_by_line: Mapping[int | None, int] | None = None


@dataclass(frozen=True, slots=True)
class Returned:
    """What one refund returned: parts of charges, and of the goods behind those of a rate of zero."""

    parts: tuple[Charged, ...]
    goods: Mapping[int, int]


@dataclass(slots=True)
class ChargesLeft:
    """The charges of one order with what is left of each, while its refunds are gone through."""

    charges: Sequence[Charged]
    left: dict[int, int] = field(default_factory=dict)
    goods_left: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.left = {one.key: one.amount for one in self.charges}
        self.goods_left = {one.key: one.weight for one in self.charges if not one.amount}

    def give_back(self, back: GivenBack) -> Returned:
        """The parts of the charges that a refund returns, in the charges' own words.

        They add up to `back.amount`. Raises ValueError when more goes back than is left.
        """
        taken = spread(self.charges, self.left, back.amount, back.by_line)
        goods = self._goods(back)
        before = {one.key: self._base_done(one) for one in self.charges}
        self._move(taken, goods, sign=-1)
        parts = (
            replace(one, amount=taken[one.key], base=self._base_done(one) - before[one.key])
            for one in self.charges
        )
        return Returned(tuple(part for part in parts if part.amount or part.base), goods)

    def undo(self, returned: Returned) -> None:
        """The bank decided otherwise: what went back is here again."""
        amounts = {part.key: part.amount for part in returned.parts}
        self._move(amounts, returned.goods, sign=1)

    def _move(self, amounts: Mapping[int, int], goods: Mapping[int, int], *, sign: int) -> None:
        for key, amount in amounts.items():
            self.left[key] += sign * amount
        for key, amount in goods.items():
            self.goods_left[key] += sign * amount

    def _goods(self, back: GivenBack) -> dict[int, int]:
        zero = [one for one in self.charges if one.key in self.goods_left]
        if not zero:
            return {}
        if back.goods_by_line is None:
            amount = min(back.goods, sum(self.goods_left.values()))
            return spread(zero, self.goods_left, amount, None)
        return {
            one.key: min(self.goods_left[one.key], back.goods_by_line.get(one.line, 0))
            for one in zero
        }

    def _base_done(self, charge: Charged) -> int:
        """How much of its base has gone back so far: by its amount, or by its goods."""
        if charge.amount:
            return _share(charge.base, charge.amount - self.left[charge.key], charge.amount)
        return _share(charge.base, charge.weight - self.goods_left[charge.key], charge.weight)


def spread(
    charges: Sequence[Charged],
    left: Mapping[int, int],
    amount: int,
    by_line: Mapping[int | None, int] | None,
) -> dict[int, int]:
    """Which charges `amount` was taken from: those of the lines named, then of no line, then all.

    Raises ValueError when less than `amount` is left.
    """
    rest = dict(left)
    for line, wanted in (by_line or {}).items():
        own = [one.key for one in charges if one.line == line]
        _take(rest, own, min(wanted, sum(rest[key] for key in own)))
    for keys in (
        [one.key for one in charges if one.line is None] if by_line else [],
        [one.key for one in charges],
    ):
        missing = amount - sum(left[one.key] - rest[one.key] for one in charges)
        _take(rest, keys, min(missing, sum(rest[key] for key in keys)))
    taken = {one.key: left[one.key] - rest[one.key] for one in charges}
    if sum(taken.values()) != amount:
        raise ValueError(f"{amount} goes back of charges that have {sum(left.values())} left")
    return taken


def _take(rest: dict[int, int], keys: Sequence[int], amount: int) -> None:
    if amount <= 0:
        return
    shares = allocate_refund(remaining=[rest[key] for key in keys], refund=amount)
    for key, share in zip(keys, shares, strict=True):
        rest[key] -= share


def _share(part: int, done: int, whole: int) -> int:
    return (2 * part * done + whole) // (2 * whole) if whole else 0


# ---- lines of a report -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Movement:
    """A charge that was paid, or (its amounts negative) a part of one that went back.

    sold_on: the day of the payment, whose rate holds for both.
    """

    section: Section
    order: object
    sold_on: date
    charge: Charged


@dataclass(frozen=True, slots=True)
class Rate:
    """Minor units of the return's currency for one of another; who published it, for which day.

    provisional: it is not the one that the law will want, which is not known yet.
    """

    factor: Fraction
    shown: str
    source: str
    as_of: date | None
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class ReportLine:
    """Sales of one rate to one destination. declared_*: in the return's currency, None if unknown.

    rates: those that were used, as "source day rate"; sold_in: the period of the sale.
    """

    section: Section
    sold_in: str
    destination: str
    name: str
    rate_text: str
    currency: str
    orders: int
    base: int
    amount: int
    declared_base: int | None = None
    declared_amount: int | None = None
    rates: tuple[str, ...] = ()


@dataclass(slots=True)
class _Sum:
    orders: set[object] = field(default_factory=set)
    base: int = 0
    amount: int = 0
    exact_base: Fraction = Fraction(0)
    exact_amount: Fraction = Fraction(0)
    known: bool = True
    rates: set[str] = field(default_factory=set)


def report_lines(
    movements: Iterable[Movement],
    *,
    period_name: Mapping[date, str],
    rates: Mapping[tuple[str, date], Rate | None],
) -> list[ReportLine]:
    """The movements added up by section, destination, rate and currency.

    period_name: the period of each day of sale. rates: by currency and day of sale, empty where
    nothing is to be converted, None where no rate is known. What is converted is rounded once, over
    all lines, and the lines get what is left of that by largest remainder.
    """
    sums: dict[tuple[str, ...], _Sum] = {}
    for one in movements:
        charge = one.charge
        key = (
            one.section.value,
            period_name[one.sold_on],
            charge.destination,
            charge.name,
            charge.rate_text,
            charge.currency,
        )
        _add(sums.setdefault(key, _Sum()), one, rates)
    ordered = sorted(sums, key=lambda key: (list(Section).index(Section(key[0])), *key[1:]))
    known = [key for key in ordered if rates and sums[key].known]
    bases = dict(zip(known, fit([sums[key].exact_base for key in known]), strict=True))
    amounts = dict(zip(known, fit([sums[key].exact_amount for key in known]), strict=True))
    return [
        ReportLine(
            section=Section(key[0]),
            sold_in=key[1],
            destination=key[2],
            name=key[3],
            rate_text=key[4],
            currency=key[5],
            orders=len(sums[key].orders),
            base=sums[key].base,
            amount=sums[key].amount,
            declared_base=bases.get(key),
            declared_amount=amounts.get(key),
            rates=tuple(sorted(sums[key].rates)),
        )
        for key in ordered
    ]


def _add(total: _Sum, one: Movement, rates: Mapping[tuple[str, date], Rate | None]) -> None:
    total.orders.add(one.order)
    total.base += one.charge.base
    total.amount += one.charge.amount
    if not rates:
        return
    rate = rates[one.charge.currency, one.sold_on]
    if rate is None:
        total.known = False
        return
    total.exact_base += one.charge.base * rate.factor
    total.exact_amount += one.charge.amount * rate.factor
    total.rates.add(rate.shown)


def fit(exact: Sequence[Fraction]) -> list[int]:
    """Whole numbers near these that add up to their sum, rounded once (half away from zero)."""
    total = sum(exact, Fraction(0))
    whole = int(abs(total) + Fraction(1, 2)) * (1 if total >= 0 else -1)
    floors = [value.numerator // value.denominator for value in exact]
    order = sorted(range(len(exact)), key=lambda place: (floors[place] - exact[place], place))
    for place in order[: whole - sum(floors)]:
        floors[place] += 1
    return floors
