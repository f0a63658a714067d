"""Gathers what decides a parcel's price and asks catalog.rules.parcels for it.

However many parcels and things are in a basket, this runs one query (delivery options) beside
those that the caller ran for the variants (`variants_for_basket`); rates, fees, shelves and
rulebook are remembered by their own apps.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from django.conf import settings

from catalog.models import Variant
from catalog.rules.parcels import (
    Exchange,
    GoodsItem,
    Parcel,
    ParcelQuote,
    parcel_weight_g,
    price_parcel,
)
from catalog.rules.prices import unit_price
from catalog.rules.publishing import may_state_origin
from catalog.rules.ways import DeliveryOffer
from catalog.selectors.categories import path_of
from catalog.selectors.hindrances import goods_of_listing
from payments.rules.fees import FeeSchedule
from payments.rules.payouts import may_hold
from payments.rules.rates import RateTable, RateUnavailableError
from payments.selectors.fees import NOBODY, fee_schedule
from payments.selectors.rates import customs_rate, rate_table
from sellers.models import Business
from sellers.selectors import fee_payer
from shipping.rules import ARRIVAL_GRACE_DAYS, CarriedBy
from shipping.selectors import DeliveryChoice, options_for_parcels
from shipping.selectors import Parcel as Load
from trade.rules import Rulebook
from trade.rules.conversion import legal_rate
from trade.rules.engine import landed_cost
from trade.rules.ranges import LandedCostRange, landed_cost_range
from trade.rules.values import Buyer, Channel, Consignment, LandedCost
from trade.selectors import RestrictionNotice, check_goods, get_rulebook, goods_of
from trade.selectors.registrations import tax_standing


class MixedParcelError(ValueError):
    """A parcel holds things of one seller, and at least one of them."""


@dataclass(frozen=True, slots=True)
class ParcelItem:
    """A variant as `variants_for_basket` reads it, and how many."""

    variant: Variant
    quantity: int


@dataclass(frozen=True, slots=True)
class ParcelRequest:
    """One seller's things and the delivery option asked for (None: the cheapest)."""

    items: Sequence[ParcelItem]
    option_id: uuid.UUID | None = None

    @property
    def business(self) -> Business:
        """Raises MixedParcelError."""
        businesses = {item.variant.listing.business for item in self.items}
        if len(businesses) != 1:
            raise MixedParcelError(f"{len(businesses)} sellers in one parcel")
        return businesses.pop()


def quote_parcel(
    *,
    items: Sequence[ParcelItem],
    country: str,
    currency: str,
    now: datetime,
    region: str = "",
    buyer: Buyer = Buyer.PRIVATE,
    option_id: uuid.UUID | None = None,
    rates: RateTable | None = None,
) -> ParcelQuote:
    """What one seller's parcel costs to the door of `country`, in `currency`.

    Raises MixedParcelError, NoPriceError, and payments' RateUnavailableError when the seller's
    currency can't be converted into the buyer's (then there is no honest price to show).
    """
    return quote_parcels(
        parcels=[ParcelRequest(items, option_id)],
        country=country,
        region=region,
        buyer=buyer,
        currency=currency,
        now=now,
        rates=rates,
    )[0]


def quote_parcels(
    *,
    parcels: Sequence[ParcelRequest],
    country: str,
    currency: str,
    now: datetime,
    region: str = "",
    buyer: Buyer = Buyer.PRIVATE,
    rates: RateTable | None = None,
) -> list[ParcelQuote]:
    """`quote_parcel` for many sellers at once, in the order given, with as many queries as for one.

    Pass the `rates` of frozen quotes to price what was promised; without them today's are used.
    """
    table = rates or rate_table(now=now)
    rulebook = get_rulebook()
    known = known_rate(table)
    assessed_in = _assessed_in(rulebook.currency(country), currency, known)
    to_destination = _customs_rate(table, rulebook, country, (currency, assessed_in), now)
    standing = tax_standing(
        destination=country,
        owner_refs=[request.business.pk for request in parcels],
        on=now.date(),
    )

    def assess(consignment: Consignment) -> LandedCost:
        return landed_cost(consignment, rulebook, rates=known)

    goods = [tuple(_goods(item, now) for item in request.items) for request in parcels]
    choices = _choices(parcels, goods, country)
    quotes = []
    for index, request in enumerate(parcels):
        business = request.business
        found = [choice for choice in choices.get(index, []) if _ends_in_time(choice)]
        place, day = (country, region), now.date()
        barred = {
            carrier: _restrictions(goods[index], business.country, place, day, carrier)
            for carrier in {CarriedBy.UNSAID, *(choice.carried_by for choice in found)}
        }
        parcel = Parcel(
            business_id=business.pk,
            dispatched_from=business.country,
            seller_currency=business.currency,
            fees=fee_schedule(payer=fee_payer(business), at=now, rate=known),
            items=goods[index],
            offers=tuple(_offer(choice, barred[choice.carried_by]) for choice in found),
            dispatch_days=found[0].dispatch_days if found else 0,
            destination=country,
            region=region,
            destination_currency=assessed_in,
            currency=currency,
            option_id=request.option_id,
            on=now.date(),
            exchange=_exchange(table, business.currency, currency, assessed_in, to_destination),
            restrictions=barred[CarriedBy.UNSAID],
            buyer=buyer,
            scheme=standing.scheme,
            seller_registered=business.pk in standing.registered,
        )
        quotes.append(price_parcel(parcel, assess=assess))
    return quotes


def quote_goods(
    *,
    item: GoodsItem,
    offer: DeliveryOffer,
    fees: FeeSchedule,
    dispatched_from: str,
    country: str,
    currency: str,
    now: datetime,
    region: str = "",
    buyer: Buyer = Buyer.PRIVATE,
    channel: Channel = Channel.MARKETPLACE,
    answers: Callable[[LandedCostRange], LandedCost] = lambda found: found.typical,
) -> ParcelQuote:
    """`quote_parcel` for a thing that is not listed, of somebody who need not be a seller here.

    offer: without its restrictions, which are looked up. `answers` picks the least, usual or most where the item's tariff code is short; the three are
    one for six digits. Raises payments' RateUnavailableError.
    """
    table = rate_table(now=now)
    rulebook = get_rulebook()
    known = known_rate(table)
    assessed_in = _assessed_in(rulebook.currency(country), currency, known)
    to_destination = _customs_rate(table, rulebook, country, (currency, assessed_in), now)
    own = item.unit.currency
    barred = _restrictions([item], dispatched_from, (country, region), now.date(), offer.carried_by)
    parcel = Parcel(
        business_id=NOBODY,
        dispatched_from=dispatched_from,
        seller_currency=own,
        fees=fees,
        items=(item,),
        offers=(replace(offer, restrictions=barred),),
        dispatch_days=0,
        destination=country,
        region=region,
        destination_currency=assessed_in,
        currency=currency,
        option_id=None,
        on=now.date(),
        exchange=_exchange(table, own, currency, assessed_in, to_destination),
        restrictions=barred,
        buyer=buyer,
        scheme=tax_standing(destination=country, owner_refs=[], on=now.date()).scheme,
        channel=channel,
    )
    return price_parcel(
        parcel,
        assess=lambda sale: answers(landed_cost_range(sale, rulebook, rates=known)),
    )


def known_rate(table: RateTable) -> Callable[[str, str], Decimal | None]:
    """The table as the customs desk asks it: mid market, None where there is no rate."""

    def rate(from_currency: str, to_currency: str) -> Decimal | None:
        try:
            return table.mid(from_currency, to_currency).rate
        except RateUnavailableError:
            return None

    return rate


def _assessed_in(
    own: str | None, currency: str, known: Callable[[str, str], Decimal | None]
) -> str:
    """The destination's currency. Where it has no rulebook, or no rate, nothing can be assessed:
    the buyer's own currency then carries the answer that duty and tax are not known."""
    return own if own and known(currency, own) is not None else currency


def _customs_rate(
    table: RateTable, rulebook: Rulebook, country: str, pair: tuple[str, str], now: datetime
) -> Decimal:
    """From the buyer's currency into the destination's, as its law wants it.

    A promised rate (a frozen quote's) is not moved by it where the two currencies are one.
    """
    if pair[0] == pair[1]:
        return Decimal(1)
    wanted = legal_rate(rulebook.conversion(country, now.date()), now.date())
    if not wanted.source and wanted.day == now.date():
        return table.mid(*pair).rate
    return customs_rate(
        from_currency=pair[0], to_currency=pair[1], source=wanted.source, day=wanted.day, now=now
    )


def _goods(item: ParcelItem, now: datetime) -> GoodsItem:
    listing = item.variant.listing
    return GoodsItem(
        variant_id=item.variant.pk,
        quantity=item.quantity,
        unit=unit_price(item.variant.prices.all(), quantity=item.quantity, now=now),
        weight_g=item.variant.weight_g,
        hs_code=listing.hs_code,
        origin=listing.origin_country,
        description=listing.customs_description or listing.title,
        category=path_of(category_id=listing.category_id),
        preference=listing.origin_statement
        and may_state_origin(origin=listing.origin_country, home=listing.business.country),
        handling=goods_of_listing(listing),
    )


def _choices(
    parcels: Sequence[ParcelRequest], goods: Sequence[Sequence[GoodsItem]], country: str
) -> Mapping[int, Sequence[DeliveryChoice]]:
    """The ways of each parcel, by its place; those of its first thing's delivery profile.

    A parcel whose weight is not known has none: a price by weight would be a guess.
    """
    loads = {}
    for index, request in enumerate(parcels):
        profile_id = request.items[0].variant.listing.delivery_profile_id
        weight_g = parcel_weight_g(goods[index])
        if profile_id is not None and weight_g is not None:
            loads[index] = Load(profile_id, weight_g)
    return options_for_parcels(parcels=loads, country=country) if loads else {}


def _ends_in_time(choice: DeliveryChoice) -> bool:
    """Whether the money can be held until the buyer has had its days to look, were it never to say
    a word; a slower way is not offered.
    """
    days = choice.slowest_days + ARRIVAL_GRACE_DAYS + settings.INSPECTION_DAYS
    return may_hold(days, settings.PLATFORM_COUNTRY)


def _offer(choice: DeliveryChoice, barred: tuple[RestrictionNotice, ...]) -> DeliveryOffer:
    return DeliveryOffer(
        option_id=choice.option_id,
        name=choice.name,
        money=choice.money,
        min_days=choice.min_days,
        max_days=choice.max_days,
        tracked=choice.tracked,
        carried_by=choice.carried_by,
        restrictions=barred,
    )


def _exchange(
    table: RateTable, own: str, currency: str, assessed_in: str, to_destination: Decimal
) -> Exchange:
    return Exchange(
        price=table.price_rate(own, currency),
        mid=table.mid(own, currency).rate,
        to_destination=to_destination,
        from_destination=table.mid(assessed_in, currency).rate,
    )


def _restrictions(
    items: Sequence[GoodsItem],
    dispatched_from: str,
    place: tuple[str, str],
    on: date,
    carried_by: CarriedBy,
) -> tuple[RestrictionNotice, ...]:
    """What may keep these things from crossing that border, each said once. place: country, region.

    While nobody has said who carries them, what one route refuses is told as the carrier's matter.
    """
    found = [
        restriction
        for item in items
        for restriction in check_goods(
            goods=item.handling or goods_of(hs_code=item.hs_code, description=item.description),
            destination=place[0],
            dispatched_from=dispatched_from,
            on=on,
            carriage=carried_by.value,
            region=place[1],
        )
    ]
    return tuple(dict.fromkeys(found))
