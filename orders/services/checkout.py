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
from catalog.services.stock import reserve_stock
from common.addresses import PostalAddress
from common.money import Money
from orders.models import (
    Basket,
    BasketLine,
    Deadline,
    Order,
    Purchase,
)
from orders.rules import (
    NUMBER_ALPHABET,
    NUMBER_LENGTH,
    destination_region,
    format_purchase_number,
)
from orders.selectors.baskets import (
    PricedBasket,
    PricedParcel,
    price_basket,
)
from orders.services.business_buyers import claim_for_purchase
from orders.services.order_rows import write_orders
from orders.services.quotes import CheckoutQuotes
from orders.services.screening import HeldForReviewError, ask_about_buyer, check_answer
from orders.services.timeline import EventKind, record_event
from orders.states import DeadlineKind, PurchaseState
from payments.services.charging import HeldPlan, create_payment
from trade.selectors.tax_numbers import buyer_kind
from trade.services.screening import Answer, keep_matches


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
    # Before the transaction, because it is slow; what it finds counts only once nothing else is in
    # the way, so that no case is opened for a second click or a basket that can't be bought.
    answer = ask_about_buyer(
        user=buyer.user,
        email=buyer.email,
        address=buyer.address,
        business_name=buyer.business_name,
        now=now,
    )
    try:
        with transaction.atomic():
            return _place(
                basket=basket,
                buyer=buyer,
                options=options,
                quotes=quotes,
                accepted_total=accepted_total,
                checkout_key=checkout_key,
                answer=answer,
                now=now,
            )
    except HeldForReviewError:
        # Outside the transaction, which is undone: the match is kept although the order is refused.
        keep_matches([answer])
        raise


def _place(
    *,
    basket: Basket,
    buyer: Buyer,
    options: Mapping[uuid.UUID, uuid.UUID],
    quotes: CheckoutQuotes,
    accepted_total: Money,
    checkout_key: uuid.UUID,
    answer: Answer,
    now: datetime,
) -> Purchase:
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
    check_answer(answer)
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
    orders = write_orders(purchase=purchase, priced=priced, quotes=quotes, now=now)
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
