"""What the seller's editor shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Prefetch, Q, QuerySet, Sum
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from catalog.models import Listing, ListingImage, Variant
from catalog.rules.parcels import ParcelQuote
from catalog.rules.prices import NoPriceError, unit_price
from catalog.rules.publishing import Missing, combinations, option_order
from catalog.selectors.breakdown import Breakdown, cost_breakdown
from catalog.selectors.parcels import ParcelItem, quote_parcel
from catalog.selectors.publishing import listing_missing
from common.countries import COUNTRY_CODES, currency_for
from common.money import Money
from common.reader import reader_locale
from payments.rules.rates import RateUnavailableError
from sellers.models import Business

PREVIEWED = 3
# Where a first preview looks: large markets under three different kinds of border law.
PREVIEW_DEFAULTS = ("DE", "US", "JP", "GB")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something missing, in words, with the page where it is mended."""

    code: Missing
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class VariantSeen:
    """What the table showed when the seller began to type."""

    options: dict[str, str]
    variant: Variant | None
    price: Money | None
    available: int


def listings_of_business(*, business: Business) -> QuerySet[Listing]:
    """Every listing of the business with its cover and stock, in two queries."""
    covers = ListingImage.objects.filter(position=0)
    on_shelf = Q(variants__is_active=True)
    return (
        business.listings.select_related("category", "business")
        .prefetch_related(Prefetch("images", queryset=covers, to_attr="covers"))
        .annotate(
            units=Sum("variants__stock__available", filter=on_shelf, default=0),
            choices=Count("variants", filter=on_shelf, distinct=True),
        )
        .order_by("-updated_at", "id")
    )


def listing_problems(*, listing: Listing) -> list[Problem]:
    """What still keeps the listing from review, for people."""
    words = {
        Missing.BUSINESS: (_("Your business must be approved first"), "sellers:status"),
        Missing.TITLE: (_("A title"), "catalog:listing_edit"),
        Missing.DESCRIPTION: (_("A description of 30 letters or more"), "catalog:listing_edit"),
        Missing.PHOTO: (_("At least one photo"), "catalog:listing_photos"),
        Missing.VARIANT: (_("A price for every variant"), "catalog:listing_variants"),
        Missing.WEIGHT: (_("The packed weight of every variant"), "catalog:listing_variants"),
        Missing.HS_CODE: (_("A customs code"), "catalog:listing_edit"),
        Missing.ORIGIN: (_("The country where it was made"), "catalog:listing_edit"),
        Missing.CUSTOMS_DESCRIPTION: (
            _("Plain words for the customs papers"),
            "catalog:listing_edit",
        ),
        Missing.BATTERY: (_("Where the battery is, if there is one"), "catalog:listing_edit"),
        Missing.FORBIDDEN: (_("Goods that may be sold: these may not"), "catalog:listing_edit"),
        Missing.DELIVERY: (_("A delivery option"), "shipping:profiles"),
    }
    found = []
    for code in listing_missing(listing=listing):
        text, page = words[code]
        args: list[object] = [listing.business.slug]
        if page.startswith("catalog:"):
            args.append(listing.pk)
        found.append(Problem(code=code, text=text, url=reverse(page, args=args)))
    return found


def options_of_listing(*, listing: Listing) -> dict[str, str]:
    """The choices as the options form shows them, from the active variants."""
    active = listing.variants.filter(is_active=True).order_by("position")
    chosen = [variant.options for variant in active]
    names = option_order(chosen)
    shown: dict[str, str] = {}
    for number, name in enumerate(names[:2], start=1):
        values = dict.fromkeys(options[name] for options in chosen if name in options)
        shown[f"name_{number}"] = name
        shown[f"values_{number}"] = ", ".join(values)
    return shown


def variant_rows(
    *, listing: Listing, options: list[tuple[str, list[str]]] | None = None
) -> list[VariantSeen]:
    """A row for each combination of `options`; without any, the variants as they are."""
    variants = list(
        listing.variants.select_related("stock").prefetch_related("prices").order_by("position")
    )
    known = {tuple(sorted(variant.options.items())): variant for variant in variants}
    if options is None:
        active = [variant.options for variant in variants if variant.is_active]
        names = option_order(active)
        wanted = [{name: row[name] for name in names if name in row} for row in active] or [{}]
    else:
        wanted = combinations(options)
    return [_seen(row, known.get(tuple(sorted(row.items())))) for row in wanted]


def _seen(options: dict[str, str], variant: Variant | None) -> VariantSeen:
    if variant is None:
        return VariantSeen(options=options, variant=None, price=None, available=0)
    standing = next((p for p in variant.prices.all() if p.min_quantity == 1), None)
    return VariantSeen(
        options=options,
        variant=variant,
        price=Money(standing.amount, standing.currency) if standing else None,
        available=variant.stock.available if hasattr(variant, "stock") else 0,
    )


def preview_destinations(*, asked: Sequence[str], home: str) -> list[str]:
    """Three countries to look at: those asked for, filled up with large markets."""
    wanted = [code for code in asked if code in COUNTRY_CODES]
    spare = [code for code in PREVIEW_DEFAULTS if code != home]
    return list(dict.fromkeys([*wanted, *spare]))[:PREVIEWED]


@dataclass(frozen=True, slots=True)
class Preview:
    """One destination: what the buyer pays and what the seller gets; no quote without a price."""

    country: str
    quote: ParcelQuote | None
    cost: Breakdown | None = None


def preview_listing(
    *, listing: Listing, destinations: Sequence[str], now: datetime
) -> list[Preview]:
    """One unit of the first priced variant, to each destination in its own currency."""
    variant = _first_priced(listing, now)
    if variant is None:
        return [Preview(country=country, quote=None) for country in destinations]
    return [_preview(variant, country, now) for country in destinations]


def _preview(variant: Variant, country: str, now: datetime) -> Preview:
    language = get_language() or "en"
    try:
        quote = quote_parcel(
            items=[ParcelItem(variant=variant, quantity=1)],
            country=country,
            currency=currency_for(country),
            option_id=None,
            now=now,
        )
    except RateUnavailableError:
        return Preview(country=country, quote=None)
    cost = None
    if quote.deliverable:
        cost = cost_breakdown(quote, locale=reader_locale(), language=language)
    return Preview(country=country, quote=quote, cost=cost)


def _first_priced(listing: Listing, now: datetime) -> Variant | None:
    variants = (
        listing.variants.filter(is_active=True)
        .select_related("listing__business", "listing__delivery_profile", "stock")
        .prefetch_related("prices")
    )
    for variant in variants:
        try:
            unit_price(variant.prices.all(), quantity=1, now=now)
        except NoPriceError:
            continue
        return variant
    return None
