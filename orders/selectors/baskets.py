"""A basket with every price in it, parcel by parcel; the basket page and the checkout read it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, Sum

from accounts.models import User
from catalog.models import Listing, Variant
from catalog.rules.parcels import ParcelQuote
from catalog.selectors.parcels import ParcelItem, ParcelRequest, quote_parcels
from catalog.selectors.variants import is_sold, units_left, variants_for_basket
from common.money import Money
from orders.models import Basket, BasketLine
from orders.rules import MOST_CHARGED, Amounts, LineProblem, stock_problem
from payments.rules.limits import ChargeLimits, LimitProblem
from payments.rules.rates import RateTable, RateUnavailableError
from payments.selectors.limits import limits_of
from payments.selectors.rates import rate_table
from sellers.models import Business
from trade.rules.values import Buyer
from trade.selectors import RestrictionNotice


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A basket line. unit and amount are in the buyer's currency; None while nothing is known."""

    variant: Variant
    quantity: int
    available: int
    problem: LineProblem | None
    unit: Money | None = None
    amount: Money | None = None

    @property
    def listing(self) -> Listing:
        return self.variant.listing


@dataclass(frozen=True, slots=True)
class PricedParcel:
    """What one seller would send. quote is None while the parcel can't be priced (see problem)."""

    business: Business
    lines: tuple[PricedLine, ...]
    quote: ParcelQuote | None
    problem: LineProblem | None

    @property
    def has_problem(self) -> bool:
        return self.problem is not None or any(line.problem for line in self.lines)

    @property
    def is_payable(self) -> bool:
        return self.quote is not None and not self.has_problem


@dataclass(frozen=True, slots=True)
class PricedBasket:
    """A whole basket in one currency. `amounts` add up what could be priced.

    limits: what one payment may be; None for a basket that nobody is about to pay.
    """

    currency: str
    country: str
    region: str
    parcels: tuple[PricedParcel, ...] = ()
    limits: ChargeLimits | None = None

    @property
    def amounts(self) -> Amounts:
        return sum((quote_amounts(p.quote) for p in self.parcels if p.quote), Amounts())

    @property
    def total(self) -> Money:
        return Money(self.amounts.total, self.currency)

    @property
    def has_payable_parcels(self) -> bool:
        return bool(self.parcels) and all(parcel.is_payable for parcel in self.parcels)

    @property
    def limit_problem(self) -> LimitProblem | None:
        """Why no payment can be as small or as large as this; None while something else is wrong."""
        if self.limits is None or not self.has_payable_parcels:
            return None
        return self.limits.problem(self.total)

    @property
    def is_payable(self) -> bool:
        return self.has_payable_parcels and self.limit_problem is None

    @property
    def count(self) -> int:
        return sum(line.quantity for parcel in self.parcels for line in parcel.lines)


def quote_amounts(quote: ParcelQuote) -> Amounts:
    """A parcel's five parts, minor units of the buyer's currency."""
    return Amounts(
        goods=quote.goods.amount,
        delivery=quote.delivery.amount,
        duty=quote.duty.amount,
        tax=quote.tax.amount,
        fees=quote.fees.amount,
    )


def restrictions_of(quote: ParcelQuote) -> list[RestrictionNotice]:
    """What may keep the parcel from crossing the border, with its sentence."""
    return [found for found in quote.restrictions if isinstance(found, RestrictionNotice)]


def find_basket(*, user: User | None, cookie: uuid.UUID | None) -> Basket | None:
    """The visitor's basket as it is, without making or merging one."""
    if user is not None:
        return Basket.objects.filter(user=user).first()
    if cookie is None:
        return None
    return Basket.objects.filter(pk=cookie, user__isnull=True).first()


def count_items(*, user: User | None, cookie: uuid.UUID | None) -> int:
    """Units in the visitor's basket: one query, none for a guest without a basket."""
    owner = Q(pk__in=[])
    if user is not None:
        owner |= Q(basket__user=user)
    if cookie is not None:
        owner |= Q(basket_id=cookie, basket__user__isnull=True)
    if user is None and cookie is None:
        return 0
    total = BasketLine.objects.filter(owner).aggregate(total=Sum("quantity"))["total"]
    return total or 0


def price_basket(
    *,
    basket: Basket | None,
    options: Mapping[uuid.UUID, uuid.UUID],
    country: str,
    region: str,
    currency: str,
    now: datetime,
    rates: RateTable | None = None,
    buyer: Buyer = Buyer.PRIVATE,
) -> PricedBasket:
    """Every line of a basket, with the full cost to a door in `country`, grouped by seller.

    options: the delivery option wanted, a business; without one the cheapest is taken. rates: the
    frozen quotes of a checkout; without them today's rates. buyer: whether a business buys. A fixed number of queries however many
    lines and sellers there are.
    """
    groups = _grouped(basket)
    table = rates or rate_table(now=now)
    priced = {
        business_id: request
        for business_id, group in groups.items()
        if (request := _request(group, options.get(business_id), table, currency)) is not None
    }
    quotes = quote_parcels(
        parcels=list(priced.values()),
        country=country,
        region=region,
        currency=currency,
        now=now,
        rates=table,
        buyer=buyer,
    )
    by_business = dict(zip(priced, quotes, strict=True))
    return PricedBasket(
        currency=currency,
        country=country,
        region=region,
        parcels=tuple(_parcel(group, by_business.get(key)) for key, group in groups.items()),
        limits=limits_of(currency, table=table),
    )


def _grouped(basket: Basket | None) -> dict[uuid.UUID, list[PricedLine]]:
    """Lines by business, sellers in the order in which they came into the basket."""
    rows = list(basket.lines.all()) if basket is not None else []
    variants = variants_for_basket(variant_ids=[row.variant_id for row in rows])
    groups: dict[uuid.UUID, list[PricedLine]] = {}
    for row in rows:
        variant = variants[row.variant_id]
        available = units_left(variant)
        problem = stock_problem(
            on_sale=is_sold(variant), available=available, quantity=row.quantity
        )
        line = PricedLine(variant, row.quantity, available, problem)
        groups.setdefault(variant.listing.business_id, []).append(line)
    return groups


def _request(
    group: Sequence[PricedLine],
    option_id: uuid.UUID | None,
    table: RateTable,
    currency: str,
) -> ParcelRequest | None:
    """What to price of one seller: all that is still on sale; None when nothing can be priced."""
    wanted = [line for line in group if line.problem is not LineProblem.GONE]
    if not wanted or not _has_rate(table, wanted[0].listing.currency, currency):
        return None
    items = [ParcelItem(line.variant, line.quantity) for line in wanted]
    return ParcelRequest(items, option_id)


def _has_rate(table: RateTable, from_currency: str, to_currency: str) -> bool:
    try:
        table.price_rate(from_currency, to_currency)
    except RateUnavailableError:
        return False
    return True


def _parcel(group: Sequence[PricedLine], quote: ParcelQuote | None) -> PricedParcel:
    amounts = {line.variant_id: line for line in quote.lines} if quote else {}
    lines = tuple(
        PricedLine(
            line.variant,
            line.quantity,
            line.available,
            line.problem,
            amounts[line.variant.pk].unit,
            amounts[line.variant.pk].amount,
        )
        if line.variant.pk in amounts
        else line
        for line in group
    )
    return PricedParcel(
        business=group[0].listing.business,
        lines=lines,
        quote=quote,
        problem=_parcel_problem(group, quote),
    )


def _parcel_problem(group: Sequence[PricedLine], quote: ParcelQuote | None) -> LineProblem | None:
    if quote is None:
        gone = all(line.problem is LineProblem.GONE for line in group)
        return None if gone else LineProblem.NO_RATE
    if any(notice.forbids and not notice.by_route for notice in restrictions_of(quote)):
        return LineProblem.FORBIDDEN
    if quote.total.amount > MOST_CHARGED:
        return LineProblem.TOO_MUCH
    if quote.deliverable:
        return None
    return LineProblem.REFUSED if quote.chosen else LineProblem.NO_DELIVERY
