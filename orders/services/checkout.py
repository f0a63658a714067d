"""From a basket to a purchase that waits for its payment."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from catalog.rules.parcels import ChargeQuote, ParcelLine, ParcelQuote
from catalog.services.stock import reserve_stock
from common.addresses import PostalAddress
from common.money import Money
from orders.models import (
    Basket,
    BasketLine,
    Deadline,
    Order,
    OrderCharge,
    OrderLine,
    Purchase,
)
from orders.rules import (
    NUMBER_ALPHABET,
    NUMBER_LENGTH,
    destination_region,
    format_purchase_number,
    order_number,
)
from orders.selectors.baskets import (
    PricedBasket,
    PricedLine,
    PricedParcel,
    price_basket,
    quote_amounts,
)
from orders.services.business_buyers import claim_for_purchase
from orders.services.quotes import CheckoutQuotes
from orders.services.screening import check_buyer
from orders.services.timeline import EventKind, record_event
from orders.states import DeadlineKind, PurchaseState
from payments.selectors.fees import fee_words
from payments.services.charging import HeldPlan, create_payment
from trade.selectors.registrations import platform_schemes
from trade.selectors.tax_numbers import buyer_kind


class EmptyBasketError(Exception):
    """There is nothing in the basket, and no purchase of it waits to be paid."""


class NotPayableError(Exception):
    """Something in the basket can't be bought as it stands; `priced` says what."""

    def __init__(self, priced: PricedBasket) -> None:
        super().__init__("the basket can't be bought as it stands")
        self.priced = priced


class OtherPurchaseWaitsError(Exception):
    """`purchase` waits to be paid, for another total, address or person than this page showed."""

    def __init__(self, purchase: Purchase) -> None:
        super().__init__(f"purchase {purchase.number} waits")
        self.purchase = purchase


class TotalChangedError(Exception):
    """The buyer accepted another total than the purchase would have; `new` must be accepted."""

    def __init__(self, new: Money) -> None:
        super().__init__(f"the total is {new} now")
        self.new = new


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who buys, and where it goes. `user` is None for a guest.

    business_name, tax_number: of the business that it buys for, as clean_buyer_number has it; both
    are empty for a private buyer. Whether the number counts is not the buyer's to say.
    """

    user: User | None
    email: str
    language: str
    currency: str
    address: PostalAddress
    business_name: str = ""
    tax_number: str = ""

    @property
    def region(self) -> str:
        return destination_region(self.address)


def place_order(
    *,
    basket: Basket,
    buyer: Buyer,
    options: Mapping[uuid.UUID, uuid.UUID],
    quotes: CheckoutQuotes,
    accepted_total: Money,
    checkout_key: uuid.UUID,
    now: datetime,
) -> Purchase:
    """Turn a basket into a purchase that waits for its payment; stock is held meanwhile.

    quotes: what checkout_quotes gave for this basket, so that the total shown is the total charged.
    checkout_key: made when the page was shown; the same key, or a basket that has just been turned
    into a purchase by another tab, gives the purchase that is there. The basket is emptied.

    Raises EmptyBasketError, NotPayableError, TotalChangedError (nothing was taken; show the new
    total), OtherPurchaseWaitsError, OutOfStockError, HeldForReviewError (a person must look at the
    buyer first; nothing was taken and the basket stays).
    """
    # Before the transaction: a match is kept although the order is refused.
    check_buyer(
        user=buyer.user,
        email=buyer.email,
        address=buyer.address,
        business_name=buyer.business_name,
        now=now,
    )
    with transaction.atomic():
        locked = Basket.objects.select_for_update().get(pk=basket.pk)
        existing, key = _placed_already(locked, checkout_key)
        if existing is not None:
            _check_same_wish(existing, buyer, accepted_total)
            return existing
        kind = buyer_kind(country=buyer.address.country_code, number=buyer.tax_number, now=now)
        priced = price_basket(
            basket=locked,
            options=options,
            country=buyer.address.country_code,
            region=buyer.region,
            currency=buyer.currency,
            now=now,
            rates=quotes.rates,
            buyer=kind,
        )
        _check(priced, options, accepted_total)
        purchase = _new_purchase(locked, buyer, priced, key, now)
        reserve_stock(
            purchase_ref=purchase.pk,
            quantities={
                line.variant.pk: line.quantity for parcel in priced.parcels for line in parcel.lines
            },
            now=now,
        )
        purchase.save(force_insert=True)
        claim_for_purchase(purchase=purchase, kind=kind, now=now)
        orders = _write_orders(purchase, priced, quotes, now)
        _start_clock(purchase, orders, priced, now)
        BasketLine.objects.filter(basket=locked).delete()
    return purchase


def _placed_already(basket: Basket, checkout_key: uuid.UUID) -> tuple[Purchase | None, uuid.UUID]:
    """The purchase of the same click, or the open one that another tab made of this basket.

    Also the key to use for a new one: a page that comes back from the browser's history after its
    purchase has ended still carries the old key, and is a new click then.
    """
    recent = list(
        Purchase.objects.filter(basket_ref=basket.pk)
        .filter(Q(checkout_key=checkout_key) | Q(state=PurchaseState.AWAITING_PAYMENT))
        .order_by("-created_at")
    )
    same = next((one for one in recent if one.checkout_key == checkout_key), None)
    if same is not None and same.state != PurchaseState.EXPIRED:
        return same, checkout_key
    waiting = [one for one in recent if one.state == PurchaseState.AWAITING_PAYMENT]
    if waiting and not basket.lines.exists():
        return waiting[0], checkout_key
    return None, checkout_key if same is None else uuid.uuid4()


def _check_same_wish(existing: Purchase, buyer: Buyer, accepted_total: Money) -> None:
    """Nobody is led to pay for what another page showed, or to an address typed there."""
    wish = (accepted_total, buyer.address.as_dict(), buyer.email, buyer.tax_number)
    total = Money(existing.total_amount, existing.currency)
    known = (total, existing.ship_to, existing.email, existing.buyer_tax_number)
    if existing.state == PurchaseState.AWAITING_PAYMENT and wish != known:
        raise OtherPurchaseWaitsError(existing)


def _check(
    priced: PricedBasket, options: Mapping[uuid.UUID, uuid.UUID], accepted_total: Money
) -> None:
    if not priced.parcels:
        raise EmptyBasketError
    if not priced.is_payable or not all(_travels_as_chosen(p, options) for p in priced.parcels):
        raise NotPayableError(priced)
    if priced.total != accepted_total:
        raise TotalChangedError(priced.total)


def _travels_as_chosen(parcel: PricedParcel, options: Mapping[uuid.UUID, uuid.UUID]) -> bool:
    """Pricing replaces a delivery that has gone away by the cheapest; nobody buys that unasked."""
    wanted = options.get(parcel.business.pk)
    chosen = parcel.quote.chosen if parcel.quote else None
    return wanted is None or chosen is None or wanted == chosen.option_id


def _new_purchase(
    basket: Basket, buyer: Buyer, priced: PricedBasket, checkout_key: uuid.UUID, now: datetime
) -> Purchase:
    amounts = priced.amounts
    digits = [secrets.randbelow(len(NUMBER_ALPHABET)) for place in range(NUMBER_LENGTH)]
    return Purchase(
        checkout_key=checkout_key,
        basket_ref=basket.pk,
        number=format_purchase_number(digits),
        token=secrets.token_urlsafe(32),
        user=buyer.user,
        email=buyer.email,
        language=buyer.language,
        currency=buyer.currency,
        ship_to=buyer.address.as_dict(),
        country=buyer.address.country_code,
        buyer_business_name=buyer.business_name,
        buyer_tax_number=buyer.tax_number,
        goods_amount=amounts.goods,
        delivery_amount=amounts.delivery,
        duty_amount=amounts.duty,
        tax_amount=amounts.tax,
        fees_amount=amounts.fees,
        total_amount=amounts.total,
        created_at=now,
    )


def _write_orders(
    purchase: Purchase, priced: PricedBasket, quotes: CheckoutQuotes, now: datetime
) -> list[Order]:
    """One order a seller, with its lines and charges: moved, never priced again."""
    pairs = []
    for position, parcel in enumerate(priced.parcels, start=1):
        if parcel.quote is None:
            raise NotPayableError(priced)
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
    return [_order_line(order, line, priced[line.variant.pk]) for line in parcel.lines]


def _order_line(order: Order, line: PricedLine, priced: ParcelLine) -> OrderLine:
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
    )


def _start_clock(
    purchase: Purchase, orders: Sequence[Order], priced: PricedBasket, now: datetime
) -> None:
    """The payment, and the moment at which the goods go back on sale without it."""
    due_at = now + timedelta(minutes=settings.RESERVATION_MINUTES)
    return_url = settings.SITE_URL + reverse("orders:checkout_return", args=[purchase.token])
    create_payment(
        purchase_ref=purchase.pk,
        currency=purchase.currency,
        amount=purchase.total_amount,
        description=_("%(site)s purchase %(number)s")
        % {"site": settings.SITE_NAME, "number": purchase.number},
        email=purchase.email,
        language=purchase.language,
        success_url=return_url,
        cancel_url=return_url,
        expires_at=due_at,
        held=[
            _held_plan(order, parcel) for order, parcel in zip(orders, priced.parcels, strict=True)
        ],
        now=now,
    )
    Deadline.objects.create(kind=DeadlineKind.PAYMENT, purchase=purchase, due_at=due_at)
    record_event(orders=orders, kind=EventKind.PLACED, now=now, actor=purchase.user)


def _held_plan(order: Order, parcel: PricedParcel) -> HeldPlan:
    """The share of the payment that is this seller's; see payments.models.HeldPayment."""
    return HeldPlan(
        order_ref=order.pk,
        payee_id=parcel.business.payee_id,
        quote_id=order.quote_id,
        destination=order.purchase.country,
        seller_amount=order.seller_goods_amount + order.seller_delivery_amount,
        seller_currency=order.seller_currency,
        commission_amount=order.commission_amount,
        fee_tax_amount=order.fee_tax_amount,
        buyer_amount=order.total_amount,
        mid_amount=order.goods_amount + order.delivery_amount - order.spread_amount,
        spread_amount=order.spread_amount,
        tax_amount=order.tax_amount,
        duty_amount=order.duty_amount,
        fees_amount=order.fees_amount,
    )
