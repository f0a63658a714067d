"""The checkout: one page from the basket to the payment provider."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.forms import PostalAddressForm
from accounts.models import User
from accounts.selectors import default_address
from catalog.services.stock import OutOfStockError
from common.addresses import PostalAddress
from common.limits import is_too_often
from common.money import Money, UnknownCurrencyError
from orders.forms import BusinessBuyerForm, ContactForm
from orders.middleware import signed_in_user
from orders.models import Basket
from orders.rules import destination_region
from orders.selectors.baskets import PricedBasket, price_basket
from orders.selectors.purchases import open_purchase_of
from orders.selectors.totals import basket_totals, parcel_views
from orders.services.baskets import chosen_options, update_basket
from orders.services.business_buyers import ask_about_number
from orders.services.checkout import (
    Buyer,
    EmptyBasketError,
    NotPayableError,
    OtherPurchaseWaitsError,
    TotalChangedError,
    place_order,
)
from orders.services.quotes import CheckoutQuotes, checkout_quotes
from orders.services.screening import HeldForReviewError
from orders.views.basket_cookie import present_basket
from orders.views.shop_basket import as_uuid, posted_options, preferences_in
from orders.views.shop_payment import go_to_payment
from trade.rules.values import Buyer as BuyerKind
from trade.selectors.tax_numbers import NumberStanding, remembered_number

PAY = "pay"


@dataclass(frozen=True, slots=True)
class Fields:
    """What the buyer filled in, checked or not."""

    contact: ContactForm
    address: PostalAddressForm
    typed: PostalAddress
    business: BusinessBuyerForm
    number: NumberStanding | None = None

    @property
    def kind(self) -> BuyerKind:
        """A business only by a number that is confirmed; until then its tax is shown and charged."""
        return self.number.kind if self.number is not None else BuyerKind.PRIVATE


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def checkout(request: HttpRequest) -> HttpResponse:
    """Address, delivery and the total by line; "pay" makes the purchase and leads to payment.

    POST fields: email, the address, for_business with its name and number, option-<business>, accepted (minor units), currency, key; and
    the button: "pay", "update", or the address form's change of country.
    """
    now = timezone.now()
    basket = present_basket(request)
    if basket is None:
        return redirect("orders:basket")
    if request.method == "POST":
        return _post(request, basket, now)
    return _page(request, basket, _first_fields(request, now), now)


def _nothing_left(basket: Basket) -> HttpResponse:
    """Where an empty basket leads: to the payment that waits, or to the basket page."""
    waiting = open_purchase_of(basket_id=basket.pk)
    if waiting is not None:
        return redirect("orders:checkout_return", token=waiting.token)
    return redirect("orders:basket")


def _post(request: HttpRequest, basket: Basket, now: datetime) -> HttpResponse:
    if request.POST.get("action") != PAY or PostalAddressForm.is_redraw(request.POST):
        return _page(request, basket, _typed_fields(request, now), now)
    fields = _checked_fields(request, now)
    # Each is asked, so that every error is shown at once.
    forms = (fields.contact, fields.address, fields.business)
    valid = [form.is_valid() for form in forms]
    if not all(valid):
        return _page(request, basket, fields, now, status=422)
    return _pay(request, basket, fields, now)


def _pay(request: HttpRequest, basket: Basket, fields: Fields, now: datetime) -> HttpResponse:
    buyer = Buyer(
        user=signed_in_user(request),
        email=fields.contact.cleaned_data["email"],
        language=get_language() or "en",
        currency=preferences_in(request).currency,
        address=fields.address.address,
        business_name=fields.business.cleaned_data["business_name"].strip(),
        tax_number=fields.business.cleaned_data["tax_number"],
    )
    accepted = _accepted(request.POST, buyer.currency)
    # Every try sets goods aside for a while; nobody needs a whole shelf of them.
    address = str(request.META.get("REMOTE_ADDR", ""))
    if is_too_often("checkout", who=address, most=settings.CHECKOUTS_PER_HOUR, seconds=3600):
        return render(request, "429.html", status=429)
    try:
        purchase = place_order(
            basket=basket,
            buyer=buyer,
            options=_options(request, basket),
            quotes=checkout_quotes(basket=basket, currency=buyer.currency, now=now),
            accepted_total=accepted,
            checkout_key=as_uuid(request.POST.get("key", "")) or uuid.uuid4(),
            now=now,
        )
    except EmptyBasketError:
        return redirect("orders:basket")
    except OtherPurchaseWaitsError as other:
        return redirect("orders:checkout_return", token=other.purchase.token)
    except TotalChangedError as changed:
        return _page(request, basket, fields, now, old=accepted, new=changed.new, status=409)
    except (NotPayableError, OutOfStockError):
        return _page(request, basket, fields, now, is_blocked=True, status=409)
    except HeldForReviewError:
        return _page(request, basket, fields, now, is_held=True, status=409)
    return go_to_payment(request, purchase=purchase, now=now)


def _options(request: HttpRequest, basket: Basket) -> dict[uuid.UUID, uuid.UUID]:
    """The delivery option of each seller: what was chosen just now, or earlier in the basket."""
    return chosen_options(basket) | posted_options(request.POST)


def _first_fields(request: HttpRequest, now: datetime) -> Fields:
    """The page as it is first shown: what is known of a signed-in user is filled in."""
    user = signed_in_user(request)
    known = default_address(user_id=user.pk) if user is not None else None
    country = preferences_in(request).country
    if known is not None and known.country_code != country:
        known = None
    typed = known or PostalAddress(country_code=country, name=user.name if user else "")
    return Fields(
        contact=ContactForm(initial={"email": user.email if user else ""}),
        address=PostalAddressForm(address=typed),
        typed=typed,
        business=BusinessBuyerForm(
            initial=_remembered(user, typed.country_code, now), country=typed.country_code
        ),
    )


def _remembered(user: User | None, country: str, now: datetime) -> dict[str, str]:
    """A confirmed number of an earlier purchase; for whom this one is, the buyer says itself."""
    known = remembered_number(user_id=user.pk, country=country, now=now) if user else None
    return {"business_name": known.business_name, "tax_number": known.number} if known else {}


def _typed_fields(request: HttpRequest, now: datetime) -> Fields:
    """What was typed so far, not judged yet."""
    data = request.POST
    form, typed = _typed_address(data)
    return Fields(
        contact=ContactForm(initial={"email": data.get("email", "")}),
        address=form,
        typed=typed,
        business=BusinessBuyerForm(
            initial={name: data.get(name, "") for name in BusinessBuyerForm.base_fields},
            country=typed.country_code,
        ),
        number=_ask(request, BusinessBuyerForm(data, country=typed.country_code), now),
    )


def _typed_address(data: QueryDict) -> tuple[PostalAddressForm, PostalAddress]:
    form = PostalAddressForm.redrawn(data)
    return form, PostalAddress.from_dict({key: str(value) for key, value in form.initial.items()})


def _ask(request: HttpRequest, form: BusinessBuyerForm, now: datetime) -> NumberStanding | None:
    """What is known of the number in the form; None while none is there that can exist."""
    if not form.is_valid() or not form.cleaned_data["tax_number"]:
        return None
    # Nobody tries numbers through our line to the authority.
    address = str(request.META.get("REMOTE_ADDR", ""))
    most = 5 * settings.CHECKOUTS_PER_HOUR
    return ask_about_number(
        country=form.country,
        number=form.cleaned_data["tax_number"],
        business_name=form.cleaned_data["business_name"].strip(),
        user=signed_in_user(request),
        language=get_language() or "en",
        may_ask=not is_too_often("tax-number", who=address, most=most, seconds=3600),
        now=now,
    )


def _checked_fields(request: HttpRequest, now: datetime) -> Fields:
    data = request.POST
    form = PostalAddressForm(data)
    typed = PostalAddress.from_dict(form.address.as_dict()) if form.is_valid() else None
    typed = typed or _typed_address(data)[1]
    business = BusinessBuyerForm(data, country=typed.country_code)
    return Fields(
        contact=ContactForm(data),
        address=form,
        typed=typed,
        business=business,
        number=_ask(request, business, now),
    )


def _accepted(data: Mapping[str, str], currency: str) -> Money:
    """The total that the buyer saw when it pressed the button; a nonsense one matches nothing."""
    text = data.get("accepted", "")
    shown_in = data.get("currency", currency)
    amount = int(text) if text.isdecimal() and len(text) < 19 else -1
    try:
        return Money(amount, shown_in)
    except UnknownCurrencyError:
        return Money(-1, currency)


def _page(
    request: HttpRequest,
    basket: Basket,
    fields: Fields,
    now: datetime,
    *,
    old: Money | None = None,
    new: Money | None = None,
    is_blocked: bool = False,
    is_held: bool = False,
    status: int = 200,
) -> HttpResponse:
    preferences = preferences_in(request)
    options = _options(request, basket)
    if options != chosen_options(basket):
        update_basket(basket=basket, quantities={}, options=options, now=now)
    quotes = checkout_quotes(basket=basket, currency=preferences.currency, now=now)
    priced = _priced(basket, fields, preferences.currency, quotes, now)
    if not priced.parcels:
        return _nothing_left(basket)
    context = {
        "contact": fields.contact,
        "address_form": fields.address,
        "business_form": fields.business,
        "shows_business": any(
            fields.business[name].value() for name in BusinessBuyerForm.base_fields
        ),
        "number": fields.number,
        "priced": priced,
        "parcels": parcel_views(priced),
        "totals": basket_totals(priced),
        "checkout_key": _key(request),
        "old_total": old if old is not None and old.amount >= 0 else None,
        "new_total": new,
        "quotes_until": quotes.expires_at,
        "is_blocked": is_blocked,
        "is_held": is_held,
        "has_errors": status == 422,
    }
    # htmx picks the costs and the delivery choices out of the same page (hx-select).
    return render(request, "orders/shop/checkout.html", context, status=status)


def _priced(
    basket: Basket, fields: Fields, currency: str, quotes: CheckoutQuotes, now: datetime
) -> PricedBasket:
    return price_basket(
        basket=basket,
        options=chosen_options(basket),
        country=fields.typed.country_code,
        region=destination_region(fields.typed),
        currency=currency,
        now=now,
        rates=quotes.rates,
        buyer=fields.kind,
    )


def _key(request: HttpRequest) -> str:
    """One key a visit of the page, kept while it comes back with errors."""
    return str(as_uuid(request.POST.get("key", "")) or uuid.uuid4())
