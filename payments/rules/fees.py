"""What the platform takes for a sale, and the tax on that; pure.

Terms come from rules with a period, from what a seller agreed to when it opened, or from the usual
percentage. For a thing on a shelf the most specific terms hold: for this seller and this shelf,
then for this seller, then for this shelf (a deeper one first), then for all; of several the one
that began last. A promotion that is at least as specific takes their place where it is cheaper for
the order at hand. So a promotion never makes a sale dearer.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from common.money import Money, allocate
from payments.rules.fee_tax import NO_FEE_TAX, FeeTax

NOTICE = timedelta(days=15)
"""How long before it begins a dearer fee is announced (Regulation (EU) 2019/1150, article 3(2))."""
WHOLE = 10_000

KnownRate = Callable[[str, str], Decimal | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeTerms:
    """One set of terms: percent_bp (hundredths of a percent) of the goods, and in `currency`, minor
    units, a fixed part an order and the least that an order costs.

    category: a shelf's path ("home/ceramics"), which covers what is below it; empty for all.
    payee_id: the one seller it is for, None for all. Runs from starts_at until before ends_at.
    """

    key: str
    percent_bp: int
    fixed_amount: int = 0
    minimum_amount: int = 0
    currency: str = ""
    name: str = ""
    category: str = ""
    payee_id: uuid.UUID | None = None
    is_promotion: bool = False
    starts_at: datetime | None = None
    ends_at: datetime | None = None

    def runs(self, at: datetime) -> bool:
        has_begun = self.starts_at is None or self.starts_at <= at
        return has_begun and (self.ends_at is None or at < self.ends_at)

    def covers(self, category: str) -> bool:
        return not self.category or f"{category}/".startswith(f"{self.category}/")

    @property
    def last_moment(self) -> datetime | None:
        """For people, who mean by "until Friday" that Friday still counts."""
        return self.ends_at - timedelta(microseconds=1) if self.ends_at else None

    @property
    def specificity(self) -> tuple[bool, int]:
        depth = self.category.count("/") + 1 if self.category else 0
        return self.payee_id is not None, depth

    @property
    def fixed(self) -> Money | None:
        return Money(self.fixed_amount, self.currency) if self.fixed_amount else None

    @property
    def minimum(self) -> Money | None:
        return Money(self.minimum_amount, self.currency) if self.minimum_amount else None

    def in_currency(self, currency: str, rate: KnownRate) -> FeeTerms:
        """The same terms with amounts at mid market, rounded half up to the minor unit.

        Where there is no rate the amounts are not taken: that is our risk, not the seller's.
        """
        if self.currency == currency or not (self.fixed_amount or self.minimum_amount):
            return replace(self, currency=currency)
        known = rate(self.currency, currency)
        if known is None:
            return replace(self, currency=currency, fixed_amount=0, minimum_amount=0)
        fixed, least = (
            Money(amount, self.currency).convert(known, currency, rounding=ROUND_HALF_UP).amount
            for amount in (self.fixed_amount, self.minimum_amount)
        )
        return replace(self, currency=currency, fixed_amount=fixed, minimum_amount=least)


def usual_terms(percent_bp: int) -> FeeTerms:
    """What holds for all where no rule says otherwise."""
    return FeeTerms(key="usual", percent_bp=percent_bp)


@dataclass(frozen=True, slots=True)
class FeePayer:
    """A seller as the fee rules know it. agreed_bp: the percentage agreed to when it opened."""

    payee_id: uuid.UUID
    country: str
    currency: str
    agreed_bp: int | None = None
    has_vat_number: bool = False


@dataclass(frozen=True, slots=True)
class FeeSchedule:
    """What holds for one seller at one moment; all amounts in `currency`.

    standing, promotions: the rules that run, of all shelves. fallback: what holds without a rule.
    """

    currency: str
    fallback: FeeTerms
    standing: tuple[FeeTerms, ...] = ()
    promotions: tuple[FeeTerms, ...] = ()
    tax: FeeTax = NO_FEE_TAX

    def terms_for(self, category: str) -> FeeTerms:
        """The terms of a shelf, promotions apart."""
        found = [terms for terms in self.standing if terms.covers(category)]
        return max(found, key=_rank, default=self.fallback)

    def promotions_for(self, category: str) -> tuple[FeeTerms, ...]:
        """Promotions that may take the place of a shelf's terms."""
        least = self.terms_for(category).specificity
        return tuple(
            terms
            for terms in self.promotions
            if terms.covers(category) and terms.specificity >= least
        )

    @property
    def categories(self) -> list[str]:
        """Shelves with terms of their own; "" stands for all others."""
        return sorted({"", *(terms.category for terms in (*self.standing, *self.promotions))})


def _rank(terms: FeeTerms) -> tuple[tuple[bool, int], float, str]:
    began = terms.starts_at.timestamp() if terms.starts_at else 0.0
    return terms.specificity, began, terms.key


def flat_schedule(currency: str, percent_bp: int) -> FeeSchedule:
    """A percentage of everything and no tax."""
    return FeeSchedule(currency, replace(usual_terms(percent_bp), currency=currency))


def fee_schedule(
    rules: Iterable[FeeTerms],
    *,
    payer: FeePayer,
    usual_bp: int,
    at: datetime,
    rate: KnownRate | None,
    tax: FeeTax = NO_FEE_TAX,
) -> FeeSchedule:
    """What holds for a seller at a moment, in its own currency. rate: mid market, where known.

    What it agreed to when it opened stands where no rule covers a shelf; see decision 0011.
    Without `rate` amounts stay in the currencies of their rules, to be read and not reckoned with.
    """
    fallback = usual_terms(usual_bp)
    if payer.agreed_bp is not None:
        fallback = replace(fallback, key="agreed", percent_bp=payer.agreed_bp)
    mine = [
        terms.in_currency(payer.currency, rate) if rate else terms
        for terms in rules
        if terms.payee_id in {None, payer.payee_id} and terms.runs(at)
    ]
    return FeeSchedule(
        currency=payer.currency,
        fallback=replace(fallback, currency=payer.currency),
        standing=tuple(terms for terms in mine if not terms.is_promotion),
        promotions=tuple(terms for terms in mine if terms.is_promotion),
        tax=tax,
    )


@dataclass(frozen=True, slots=True)
class FeeItem:
    """One line of an order: what its goods cost, in the seller's currency, and its shelf."""

    amount: Money
    category: str = ""


@dataclass(frozen=True, slots=True)
class LineFee:
    """A line's part of the fee and of the tax on it, and the terms that say so."""

    commission: Money
    fee_tax: Money
    terms: FeeTerms


@dataclass(frozen=True, slots=True)
class OrderFee:
    """The fee of an order, in the seller's currency; the lines add up to it."""

    lines: tuple[LineFee, ...]
    commission: Money
    fee_tax: Money
    tax: FeeTax = NO_FEE_TAX


def order_fee(schedule: FeeSchedule, items: Sequence[FeeItem]) -> OrderFee:
    """The fee of one order, on goods only: not on delivery, duty or tax.

    Each line's percentage is rounded half up. The fixed part is taken once an order, and so is the
    minimum made up to: where lines have different terms, the highest of them. Both are shared over
    the lines by what their goods cost, by largest remainder. Fee and tax together never exceed the
    goods. The tax is on the order's fee, rounded half up once, and shared over the lines by it.
    """
    goods = [item.amount.amount for item in items]
    terms = _chosen(schedule, items)
    percents = [_part(amount, each.percent_bp) for amount, each in zip(goods, terms, strict=True)]
    most = sum(goods) * WHOLE // (WHOLE + schedule.tax.rate_bp)
    fee = min(_fee(goods, terms), most)
    extra = fee - sum(percents)
    if extra >= 0:
        added = allocate(extra, goods) if goods else []
        shares = [part + more for part, more in zip(percents, added, strict=True)]
    else:
        shares = allocate(fee, percents)
    shares = _within(shares, goods)
    tax = _part(fee, schedule.tax.rate_bp)
    rooms = [amount - share for amount, share in zip(goods, shares, strict=True)]
    taxes = _within(allocate(tax, shares) if shares else [], rooms)
    currency = schedule.currency
    return OrderFee(
        lines=tuple(
            LineFee(Money(share, currency), Money(due, currency), each)
            for share, due, each in zip(shares, taxes, terms, strict=True)
        ),
        commission=Money(fee, currency),
        fee_tax=Money(tax, currency),
        tax=schedule.tax,
    )


def _part(amount: int, basis_points: int) -> int:
    """Hundredths of a percent of an amount, rounded half up."""
    return (2 * amount * basis_points + WHOLE) // (2 * WHOLE)


def _fee(goods: Sequence[int], terms: Sequence[FeeTerms]) -> int:
    """What the terms, one a line, make of an order's goods together."""
    percents = sum(
        _part(amount, each.percent_bp) for amount, each in zip(goods, terms, strict=True)
    )
    fixed = max((each.fixed_amount for each in terms), default=0)
    return max(percents + fixed, *(each.minimum_amount for each in terms), 0)


def _chosen(schedule: FeeSchedule, items: Sequence[FeeItem]) -> list[FeeTerms]:
    """The terms of each line. A shelf's promotion is taken only if the whole order is cheaper."""
    goods = [item.amount.amount for item in items]
    terms = [schedule.terms_for(item.category) for item in items]
    for category in dict.fromkeys(item.category for item in items):
        for promotion in schedule.promotions_for(category):
            tried = [
                promotion if item.category == category else each
                for item, each in zip(items, terms, strict=True)
            ]
            if _fee(goods, tried) < _fee(goods, terms):
                terms = tried
    return terms


def _within(shares: Sequence[int], rooms: Sequence[int]) -> list[int]:
    """The shares, with what a line has no room for moved to the first lines that have some."""
    fitted = [min(share, room) for share, room in zip(shares, rooms, strict=True)]
    left = sum(shares) - sum(fitted)
    for index, room in enumerate(rooms):
        more = min(left, room - fitted[index])
        fitted[index] += more
        left -= more
    return fitted


def is_dearer(new: FeeTerms, old: FeeTerms) -> bool:
    """Whether some sale may cost more by the new terms; amounts in another currency count as more."""
    if new.percent_bp > old.percent_bp:
        return True
    if not (new.fixed_amount or new.minimum_amount):
        return False
    if new.currency != old.currency:
        return True
    least = max(old.minimum_amount, old.fixed_amount)
    return new.fixed_amount > old.fixed_amount or new.minimum_amount > least


def makes_dearer(
    before: Sequence[FeeTerms],
    after: Sequence[FeeTerms],
    *,
    payer: FeePayer,
    usual_bp: int,
    at: datetime,
) -> bool:
    """Whether some sale of a seller may cost more at a moment by other rules. Promotions apart."""
    old, new = (
        fee_schedule(rules, payer=payer, usual_bp=usual_bp, at=at, rate=None)
        for rules in (before, after)
    )
    shelves = {*old.categories, *new.categories}
    return any(is_dearer(new.terms_for(shelf), old.terms_for(shelf)) for shelf in shelves)


def concerns(
    terms: FeeTerms, others: Iterable[FeeTerms], *, payer: FeePayer, usual_bp: int
) -> bool:
    """Whether a rule says what a seller pays on some shelf when it begins, were it not to end."""
    if terms.starts_at is None:
        return True
    schedule = fee_schedule(
        [*(other for other in others if other.key != terms.key), replace(terms, ends_at=None)],
        payer=payer,
        usual_bp=usual_bp,
        at=terms.starts_at,
        rate=None,
    )
    return any(
        found.key == terms.key
        for shelf in schedule.categories
        for found in (schedule.terms_for(shelf), *schedule.promotions_for(shelf))
    )
