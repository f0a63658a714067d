"""A listing's page and the part of it that says what it costs to the door."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from textwrap import shorten

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.rules import Preferences
from catalog.models import Listing, Variant
from catalog.rules.parcels import ParcelQuote
from catalog.rules.prices import NoPriceError, unit_price
from catalog.rules.ways import OptionQuote
from catalog.selectors.breakdown import cost_breakdown, delivery_days
from catalog.selectors.cards import listing_path
from catalog.selectors.categories import trail_to
from catalog.selectors.choices import chosen_variant, option_choices
from catalog.selectors.details import get_listing, pictures_of, structured_data
from catalog.selectors.listings import other_cards
from catalog.selectors.parcels import ParcelItem, quote_parcel
from catalog.selectors.rates import card_rate
from catalog.selectors.shops import shop_card
from catalog.selectors.variants import units_left, variants_of
from catalog.views.shop import preferences_of
from common.countries import country_name
from common.money import Money
from payments.rules.rates import RateUnavailableError
from shipping.selectors import say_carried_by
from trade.selectors import say_name

MOST_AT_ONCE = 99


@dataclass(frozen=True, slots=True)
class Wish:
    """What the visitor has chosen so far, from the address."""

    variant: str
    quantity: int
    option_id: uuid.UUID | None


@require_safe
def listing(request: HttpRequest, listing_id: uuid.UUID, slug: str) -> HttpResponse:
    """One thing on sale: pictures, words, its maker, and what it costs to the door."""
    found = _listing_or_404(listing_id)
    if slug != found.slug:
        return redirect(listing_path(found.pk, found.slug), permanent=True)
    now = timezone.now()
    preferences = preferences_of(request)
    context = _context(request, found, now)
    pictures = pictures_of(listing=found)
    url = settings.SITE_URL + listing_path(found.pk, found.slug)
    own_price = context["own_price"]
    context |= {
        "pictures": pictures,
        "page_url": url,
        "summary": shorten(found.description, 155, placeholder="…"),
        "share_picture": settings.SITE_URL + pictures[0].url if pictures else "",
        "structured": structured_data(
            found,
            url=url,
            pictures=[settings.SITE_URL + picture.url for picture in pictures],
            price=own_price if isinstance(own_price, Money) else None,
            in_stock=found.in_stock,
        ),
        "crumbs": [
            *({"title": s.name, "url": s.url} for s in trail_to(category_id=found.category_id)),
            {"title": found.title, "url": ""},
        ],
        "card": shop_card(found.business, language=preferences.language),
        "origin": country_name(found.origin_country, preferences.language)
        if found.origin_country
        else "",
        "others": other_cards(
            business_id=found.business_id,
            but=found.pk,
            count=4,
            preferences=preferences,
            rate=card_rate(currency=preferences.currency, now=now),
        ),
    }
    return render(request, "catalog/shop/listing.html", context)


@require_safe
def listing_cost(request: HttpRequest, listing_id: uuid.UUID) -> HttpResponse:
    """The cost block alone, for htmx: ?v=variant&quantity=&option=."""
    found = _listing_or_404(listing_id)
    return render(request, "catalog/shop/_cost.html", _context(request, found, timezone.now()))


def _listing_or_404(listing_id: uuid.UUID) -> Listing:
    try:
        return get_listing(listing_id=listing_id)
    except Listing.DoesNotExist:
        raise Http404 from None


def read_wish(request: HttpRequest) -> Wish:
    """Nonsense in the address is as good as nothing."""
    quantity = request.GET.get("quantity", "")
    try:
        option_id = uuid.UUID(request.GET.get("option", ""))
    except ValueError:
        option_id = None
    count = int(quantity) if quantity.isdecimal() and len(quantity) <= 2 else 1
    return Wish(request.GET.get("v", ""), max(1, count), option_id)


def _context(request: HttpRequest, found: Listing, now: datetime) -> dict[str, object]:
    preferences = preferences_of(request)
    wish = read_wish(request)
    variants = variants_of(listing=found)
    variant = chosen_variant(variants, wish.variant)
    context: dict[str, object] = {
        "listing": found,
        "own_price": None,
        "variant": variant,
        "quantity": wish.quantity,
        "listing_url": listing_path(found.pk, found.slug),
        "destination": preferences.country_name,
    }
    if variant is None:
        return context
    left = units_left(variant)
    context |= {
        "choices": option_choices(variants, variant),
        "left": left,
        "most": min(left, MOST_AT_ONCE),
        "own_price": _own_price(variant, wish.quantity, now),
    }
    quote = _quote(variant, wish, preferences, now)
    if quote is not None:
        context |= _quoted(quote, preferences)
    return context


def _own_price(variant: Variant, quantity: int, now: datetime) -> Money | None:
    try:
        return unit_price(variant.prices.all(), quantity=quantity, now=now)
    except NoPriceError:
        return None


def _quote(
    variant: Variant, wish: Wish, preferences: Preferences, now: datetime
) -> ParcelQuote | None:
    """None where there is no price at all, or no rate to show it at."""
    try:
        return quote_parcel(
            items=[ParcelItem(variant, wish.quantity)],
            country=preferences.country,
            region=preferences.region,
            currency=preferences.currency,
            option_id=wish.option_id,
            now=now,
        )
    except (NoPriceError, RateUnavailableError):
        return None


def _quoted(quote: ParcelQuote, preferences: Preferences) -> dict[str, object]:
    locale, language = preferences.locale, preferences.language
    shown: dict[str, object] = {
        "quote": quote,
        "regime": say_name(quote.regime),
        "price_text": quote.lines[0].unit.format(locale=locale),
        "own_price_text": ""
        if quote.currency == quote.seller_currency
        else quote.lines[0].seller_unit.format(locale=locale),
        "options": [_option(option, quote, locale) for option in quote.options],
        "forbidden": [r for r in quote.restrictions if r.forbids and not r.by_route],
        "warnings": [r for r in quote.restrictions if not r.forbids],
    }
    if quote.deliverable:
        shown["cost"] = cost_breakdown(quote, locale=locale, language=language)
    return shown


def _option(option: OptionQuote, quote: ParcelQuote, locale: str) -> dict[str, object]:
    return {
        "id": option.option_id,
        "name": option.name,
        "price": option.money.format(locale=locale),
        "days": delivery_days(quote, option),
        "tracked": option.tracked,
        "by": say_carried_by(option.carried_by),
        "refusals": option.refusals,
        "chosen": quote.chosen is not None and option.option_id == quote.chosen.option_id,
    }
