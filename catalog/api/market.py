"""The public interface of the catalogue, /api/v1/: categories, listings, and the cost to a door.

Read-only and open to everybody, sixty requests a minute for each address. Amounts are whole minor
units of their currency (cents, yen, fils) beside the same in decimals.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.models import Listing, Variant
from catalog.rules.parcels import ParcelQuote
from catalog.rules.prices import NoPriceError, unit_price
from catalog.rules.ways import OptionQuote
from catalog.selectors.breakdown import doubts
from catalog.selectors.cards import listing_path, picture_url
from catalog.selectors.categories import Shelf, shelves, trail_to
from catalog.selectors.details import get_listing, pictures_of
from catalog.selectors.grids import CardRow
from catalog.selectors.listings import (
    LAST_PAGE,
    ListingFilters,
    Sort,
    listing_rows,
)
from catalog.selectors.parcels import ParcelItem, ParcelRequest, quote_parcels
from catalog.selectors.variants import is_sold, units_left, variants_for_basket, variants_of
from common.api import MoneySerializer, OpenView, QuoteThrottle
from common.countries import is_country
from common.currencies import CURRENCIES
from common.money import Money
from payments.rules.rates import RateUnavailableError

MOST_ITEMS = 50


class CategorySerializer(serializers.Serializer[Shelf]):
    path = serializers.CharField()
    name = serializers.CharField()
    parent_path = serializers.SerializerMethodField()

    def get_parent_path(self, shelf: Shelf) -> str:
        return shelf.path.rpartition("/")[0]


class ListingSerializer(serializers.Serializer[dict[str, Any]]):
    """A listing in a list."""

    id = serializers.UUIDField()
    title = serializers.CharField()
    url = serializers.URLField()
    shop = serializers.CharField()
    ships_from = serializers.CharField(help_text="ISO 3166-1 alpha-2.")
    price = MoneySerializer(help_text="Lowest price of a variant, in the seller's currency.")
    in_stock = serializers.BooleanField()
    picture = serializers.CharField(allow_blank=True)


class ListingPageSerializer(serializers.Serializer[dict[str, Any]]):
    page = serializers.IntegerField()
    next_page = serializers.IntegerField(allow_null=True)
    results = ListingSerializer(many=True)


class VariantSerializer(serializers.Serializer[dict[str, Any]]):
    id = serializers.UUIDField()
    sku = serializers.CharField(allow_blank=True)
    options = serializers.DictField(child=serializers.CharField())
    price = MoneySerializer(allow_null=True)
    available = serializers.IntegerField()
    weight_g = serializers.IntegerField(allow_null=True)


class ListingDetailSerializer(serializers.Serializer[dict[str, Any]]):
    """A listing with everything that the public may see of it."""

    id = serializers.UUIDField()
    title = serializers.CharField()
    url = serializers.URLField()
    description = serializers.CharField()
    language = serializers.CharField()
    materials = serializers.CharField(allow_blank=True)
    category = serializers.CharField()
    hs_code = serializers.CharField(allow_blank=True)
    origin_country = serializers.CharField(allow_blank=True)
    origin_statement = serializers.BooleanField(
        help_text="The seller gives a statement on origin; agreements then lower the duty."
    )
    shop = serializers.CharField()
    shop_url = serializers.URLField()
    ships_from = serializers.CharField()
    currency = serializers.CharField()
    pictures = serializers.ListField(child=serializers.CharField())
    variants = VariantSerializer(many=True)


class QuoteItemSerializer(serializers.Serializer[dict[str, Any]]):
    variant = serializers.UUIDField()
    quantity = serializers.IntegerField(min_value=1, max_value=999, default=1)


class QuoteRequestSerializer(serializers.Serializer[dict[str, Any]]):
    """What would go where, and in which currency the answer is wanted."""

    country = serializers.CharField(help_text="Where it goes, ISO 3166-1 alpha-2.")
    region = serializers.CharField(required=False, default="", allow_blank=True, max_length=6)
    currency = serializers.CharField(help_text="The buyer's currency, ISO 4217.")
    items = QuoteItemSerializer(many=True, allow_empty=False, max_length=MOST_ITEMS)  # type: ignore[call-arg]
    options = serializers.DictField(
        child=serializers.UUIDField(),
        required=False,
        default=dict,
        help_text="The delivery option wanted, by business id; the cheapest otherwise.",
    )

    def validate_country(self, value: str) -> str:
        if not is_country(value):
            raise serializers.ValidationError("Not an ISO 3166-1 alpha-2 country code.")
        return value

    def validate_currency(self, value: str) -> str:
        if value not in CURRENCIES:
            raise serializers.ValidationError("Not a currency we know.")
        return value


class ChargeSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField()
    name = serializers.CharField()
    rate_text = serializers.CharField()
    money = MoneySerializer()
    assessed = MoneySerializer(help_text="As the destination computed it, in its currency.")
    row_id = serializers.CharField(help_text="The row of the rulebook that says so.")
    law = serializers.CharField(source="source.law")
    collected_by = serializers.CharField()
    certainty = serializers.CharField()
    charged = serializers.BooleanField(help_text="Whether it is part of the total.")
    preferential = serializers.BooleanField(
        source="source.preferential", help_text="A lower duty by the seller's statement on origin."
    )


class OptionSerializer(serializers.Serializer[Any]):
    """A way to send it. Where `refusals` is not empty its carrier does not take these goods."""

    option_id = serializers.UUIDField()
    name = serializers.CharField()
    money = MoneySerializer()
    min_days = serializers.IntegerField()
    max_days = serializers.IntegerField()
    tracked = serializers.BooleanField()
    carried_by = serializers.CharField(
        allow_blank=True, help_text="post or courier; empty where the seller has not said."
    )
    refusals = serializers.SerializerMethodField()

    def get_refusals(self, option: OptionQuote) -> list[str]:
        return [refusal.text for refusal in option.refusals]


class ParcelSerializer(serializers.Serializer[ParcelQuote]):
    """One shop's parcel. Where `deliverable` is false nothing can be bought: the shop does not send
    there (there are no `options`, and the total is that of the goods alone), or the carrier of every
    option refuses the goods. `unknowns` says in words what is not in the total."""

    business_id = serializers.UUIDField()
    deliverable = serializers.BooleanField()
    goods = MoneySerializer()
    delivery = MoneySerializer()
    duty = MoneySerializer()
    tax = MoneySerializer()
    fees = MoneySerializer()
    total = MoneySerializer()
    charges = ChargeSerializer(many=True)
    options = OptionSerializer(many=True)
    chosen_option = serializers.SerializerMethodField()
    certainty = serializers.CharField()
    unknowns = serializers.SerializerMethodField()
    regime = serializers.CharField()

    def get_chosen_option(self, quote: ParcelQuote) -> str | None:
        return str(quote.chosen.option_id) if quote.chosen else None

    def get_unknowns(self, quote: ParcelQuote) -> list[str]:
        return list(doubts(quote))


class QuoteSerializer(serializers.Serializer[dict[str, Any]]):
    total = MoneySerializer()
    certainty = serializers.CharField()
    parcels = ParcelSerializer(many=True)


class CategoriesView(OpenView):
    @extend_schema(responses=CategorySerializer(many=True), operation_id="categories_list")
    def get(self, request: Request) -> Response:
        """Every category, parents before their children."""
        every = [shelf for root in shelves().roots for shelf in root.family()]
        shown = CategorySerializer(instance=every, many=True)  # type: ignore[arg-type]
        return Response(shown.data)


class ListingsView(OpenView):
    @extend_schema(
        operation_id="listings_list",
        responses=ListingPageSerializer,
        parameters=[
            OpenApiParameter("q", str, description="Words to search for."),
            OpenApiParameter("category", str, description="A category's path."),
            OpenApiParameter("from", str, description="Country it is sent from."),
            OpenApiParameter("in_stock", bool),
            OpenApiParameter("sort", str, enum=[sort.value for sort in Sort]),
            OpenApiParameter("page", int),
        ],
    )
    def get(self, request: Request) -> Response:
        """Listings on sale, 24 a page; the newest first, a search by relevance."""
        filters = self._filters(request)
        page = self._page(request)
        rows, has_next = listing_rows(filters=filters, page=page)
        body = {
            "page": page,
            "next_page": page + 1 if has_next else None,
            "results": [_listing(row) for row in rows],
        }
        return Response(ListingPageSerializer(body).data)

    def _page(self, request: Request) -> int:
        text = request.query_params.get("page", "1")
        if not (text.isdecimal() and 1 <= int(text[:6]) <= LAST_PAGE):
            raise serializers.ValidationError({"page": [f"A number from 1 to {LAST_PAGE}."]})
        return int(text)

    def _filters(self, request: Request) -> ListingFilters:
        params = request.query_params
        path = params.get("category", "").strip("/")
        shelf = shelves().by_path.get(path) if path else None
        if path and shelf is None:
            raise serializers.ValidationError({"category": ["There is no such category."]})
        query = params.get("q", "").replace("\0", " ").strip()[:200]
        sort = params.get("sort") or (Sort.BEST if query else Sort.NEWEST)
        if sort not in list(Sort):
            raise serializers.ValidationError({"sort": ["Not a way to sort."]})
        return ListingFilters(
            query=query,
            category_ids=tuple(s.id for s in shelf.family()) if shelf else (),
            country=params.get("from", ""),
            in_stock=params.get("in_stock", "") in {"1", "true"},
            sort=Sort(sort),
        )


def _listing(row: CardRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "title": row.title,
        "url": settings.SITE_URL + listing_path(row.id, row.slug),
        "shop": row.business_name,
        "ships_from": row.country,
        "price": Money(row.amount, row.currency),
        "in_stock": row.in_stock,
        "picture": settings.SITE_URL + picture_url(row.medium) if row.medium else "",
    }


class ListingView(OpenView):
    @extend_schema(responses=ListingDetailSerializer, operation_id="listings_read")
    def get(self, request: Request, listing_id: uuid.UUID) -> Response:
        """One listing with its pictures and variants."""
        try:
            listing = get_listing(listing_id=listing_id)
        except Listing.DoesNotExist:
            raise NotFound from None
        business = listing.business
        body = {
            "id": listing.pk,
            "title": listing.title,
            "url": settings.SITE_URL + listing_path(listing.pk, listing.slug),
            "description": listing.description,
            "language": listing.language,
            "materials": listing.materials,
            "category": trail_to(category_id=listing.category_id)[-1].path,
            "hs_code": listing.hs_code,
            "origin_country": listing.origin_country,
            "origin_statement": listing.origin_statement,
            "shop": business.name,
            "shop_url": f"{settings.SITE_URL}/shops/{business.slug}/",
            "ships_from": business.country,
            "currency": listing.currency,
            "pictures": [settings.SITE_URL + p.url for p in pictures_of(listing=listing)],
            "variants": [_variant(variant) for variant in variants_of(listing=listing)],
        }
        return Response(ListingDetailSerializer(body).data)


def _variant(variant: Variant) -> dict[str, Any]:
    try:
        price = unit_price(variant.prices.all(), quantity=1, now=timezone.now())
    except NoPriceError:
        price = None
    return {
        "id": variant.pk,
        "sku": variant.sku,
        "options": variant.options,
        "price": price,
        "available": units_left(variant),
        "weight_g": variant.weight_g,
    }


class QuotesView(OpenView):
    throttle_classes = (QuoteThrottle,)

    @extend_schema(
        request=QuoteRequestSerializer, responses=QuoteSerializer, operation_id="quotes_make"
    )
    def post(self, request: Request) -> Response:
        """What these things cost to a door, by shop and line by line. Promises nothing: the
        checkout freezes the rates."""
        asked = QuoteRequestSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        data = asked.validated_data
        try:
            quotes = quote_parcels(
                parcels=_parcels(data),
                country=data["country"],
                region=data["region"],
                currency=data["currency"],
                now=timezone.now(),
            )
        except RateUnavailableError as error:
            raise serializers.ValidationError({"currency": [str(error)]}) from None
        except NoPriceError:
            raise serializers.ValidationError({"items": ["One of them has no price."]}) from None
        body = {
            "total": Money.sum((quote.total for quote in quotes), data["currency"]),
            "certainty": max(
                (quote.certainty for quote in quotes),
                key=("guaranteed", "estimate", "unknown").index,
            ),
            "parcels": quotes,
        }
        return Response(QuoteSerializer(body).data)


def _parcels(data: dict[str, Any]) -> list[ParcelRequest]:
    """The things asked for by shop, in the order asked. Raises ValidationError."""
    quantities: dict[uuid.UUID, int] = {}
    for item in data["items"]:
        quantities[item["variant"]] = quantities.get(item["variant"], 0) + item["quantity"]
    variants = variants_for_basket(variant_ids=list(quantities))
    missing = [str(pk) for pk in quantities if pk not in variants or not is_sold(variants[pk])]
    if missing:
        raise serializers.ValidationError({"items": [f"Not on sale: {', '.join(missing)}"]})
    groups: dict[uuid.UUID, list[ParcelItem]] = {}
    for pk, quantity in quantities.items():
        business_id = variants[pk].listing.business_id
        groups.setdefault(business_id, []).append(ParcelItem(variants[pk], quantity))
    wanted = data["options"]
    return [ParcelRequest(items, wanted.get(str(key))) for key, items in groups.items()]
