"""Writing a priced basket down as orders, lines and charges: snapshots that nothing prices again."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime

from catalog.rules.parcels import ChargeQuote, ParcelLine, ParcelQuote
from orders.models import Order, OrderCharge, OrderLine, Purchase
from orders.rules import order_number
from orders.selectors.baskets import PricedBasket, PricedLine, PricedParcel, quote_amounts
from orders.services.quotes import CheckoutQuotes
from payments.selectors.fees import fee_words
from trade.selectors.registrations import platform_schemes


def write_orders(
    *, purchase: Purchase, priced: PricedBasket, quotes: CheckoutQuotes, now: datetime
) -> list[Order]:
    """One order a seller, with its lines and charges: moved, never priced again.

    In the transaction of the purchase; `priced` is payable.
    """
    pairs = []
    for position, parcel in enumerate(priced.parcels, start=1):
        if parcel.quote is None:
            raise ValueError("a parcel without a price was let through")
        pairs.append((_order(purchase, position, parcel, parcel.quote, quotes, now), parcel))
    orders = Order.objects.bulk_create(order for order, parcel in pairs)
    lines = OrderLine.objects.bulk_create(
        line for order, parcel in pairs for line in _order_lines(order, parcel)
    )
    by_variant = {line.variant_id: line for line in lines}
    OrderCharge.objects.bulk_create(
        _order_charge(order, charge, by_variant)
        for order, parcel in pairs
        if parcel.quote is not None
        for charge in parcel.quote.charges
    )
    return orders


def _order(
    purchase: Purchase,
    position: int,
    parcel: PricedParcel,
    quote: ParcelQuote,
    quotes: CheckoutQuotes,
    now: datetime,
) -> Order:
    amounts = quote_amounts(quote)
    chosen = quote.chosen
    if chosen is None:
        raise ValueError("a parcel without delivery was let through")
    return Order(
        number=order_number(purchase.number, position),
        purchase=purchase,
        business=parcel.business,
        quote_id=quotes.ids[quote.seller_currency],
        seller_currency=quote.seller_currency,
        seller_goods_amount=quote.seller_goods.amount,
        seller_delivery_amount=quote.seller_delivery.amount,
        commission_amount=quote.commission.amount,
        fee_tax_amount=quote.fee_tax.amount,
        fee_percent_bp=quote.fee_percent_bp,
        currency=quote.currency,
        goods_amount=amounts.goods,
        delivery_amount=amounts.delivery,
        duty_amount=amounts.duty,
        tax_amount=amounts.tax,
        fees_amount=amounts.fees,
        total_amount=amounts.total,
        spread_amount=quote.spread.amount,
        delivery_name=chosen.name,
        carried_by=chosen.carried_by.value,
        delivery_min_days=quote.dispatch_days + chosen.min_days,
        delivery_max_days=quote.dispatch_days + chosen.max_days,
        dispatch_days=quote.dispatch_days,
        dispatched_from=quote.dispatched_from,
        regime=quote.regime,
        certainty=quote.certainty.value,
        unknowns=[
            {
                "kind": unknown.kind.value,
                "code": unknown.code,
                "line": unknown.line_key,
                "row": unknown.row_id,
                "certainty": unknown.certainty.value,
                "params": dict(unknown.params),
            }
            for unknown in quote.unknowns
        ],
        registrations=_registrations(quote, now),
        created_at=now,
    )


def _registrations(quote: ParcelQuote, now: datetime) -> dict[str, str]:
    """The platform's number of each scheme that settles a tax of this parcel, as it is today."""
    ours = platform_schemes(on=now.date())
    keys = {charge.source.scheme for charge in quote.charges} & ours.keys()
    return {key: ours[key] for key in sorted(keys)}


def _order_lines(order: Order, parcel: PricedParcel) -> list[OrderLine]:
    priced = {line.variant_id: line for line in parcel.quote.lines} if parcel.quote else {}
    stated = parcel.quote.preferred if parcel.quote else frozenset()
    return [_order_line(order, line, priced[line.variant.pk], stated) for line in parcel.lines]


def _order_line(
    order: Order, line: PricedLine, priced: ParcelLine, stated: frozenset[str]
) -> OrderLine:
    listing = line.listing
    pictures = list(listing.images.all())
    return OrderLine(
        order=order,
        variant=line.variant,
        title=listing.title,
        options=line.variant.options,
        sku=line.variant.sku,
        picture=pictures[0].small.name if pictures else "",
        quantity=priced.quantity,
        seller_unit_amount=priced.seller_unit.amount,
        seller_amount=priced.seller_amount.amount,
        unit_amount=priced.unit.amount,
        amount=priced.amount.amount,
        commission_amount=priced.commission.amount,
        fee_tax_amount=priced.fee_tax.amount,
        fee_text=fee_words(priced.fee, language=listing.business.language),
        hs_code=listing.hs_code,
        origin_country=listing.origin_country,
        customs_description=listing.customs_description,
        weight_g=line.variant.weight_g,
        origin_statement=str(line.variant.pk) in stated,
    )


def _order_charge(
    order: Order, charge: ChargeQuote, lines: Mapping[uuid.UUID | None, OrderLine]
) -> OrderCharge:
    return OrderCharge(
        order=order,
        line=lines[uuid.UUID(charge.line_key)] if charge.line_key else None,
        kind=charge.kind.value,
        name=charge.name,
        rate_text=charge.rate_text,
        amount=charge.money.amount,
        assessed_base_amount=charge.assessed_base.amount,
        assessed_amount=charge.assessed.amount,
        assessed_currency=charge.assessed.currency,
        row_id=charge.row_id,
        collected_by=charge.collected_by.value,
        certainty=charge.certainty.value,
        scheme=charge.source.scheme,
        base_amount=charge.base.amount,
        preferential=charge.source.preferential,
    )
