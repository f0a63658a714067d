"""Variants with everything that pricing and showing them needs, in a fixed number of queries."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.db.models import Prefetch, QuerySet

from catalog.models import Listing, ListingImage, Variant
from catalog.states import ListingState
from sellers.states import BusinessState


def _priced(variants: QuerySet[Variant]) -> QuerySet[Variant]:
    return variants.select_related("stock").prefetch_related("prices")


# Long texts that no basket shows, and the words that search reads.
_LONG = (
    *("listing__search", "listing__description", "listing__review_reason"),
    *("listing__business__story", "listing__business__address"),
)


def variants_for_basket(*, variant_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Variant]:
    """Variants by id with listing, business, prices, stock and pictures: three queries.

    Every variant that exists is returned, on sale or not; ask `is_sold`.
    """
    if not variant_ids:
        return {}
    pictures = ListingImage.objects.order_by("position", "id")
    found = _priced(Variant.objects.filter(pk__in=variant_ids)).select_related("listing__business")
    found = found.prefetch_related(Prefetch("listing__images", queryset=pictures)).defer(*_LONG)
    return {variant.pk: variant for variant in found}


def variants_of(*, listing: Listing) -> list[Variant]:
    """The choices of a listing, in its seller's order: two queries."""
    variants = list(_priced(listing.variants.filter(is_active=True)))
    for variant in variants:
        variant.listing = listing
    return variants


def is_sold(variant: Variant) -> bool:
    """Whether the variant is on sale to the public at all (it may still be out of stock)."""
    listing = variant.listing
    return (
        variant.is_active
        and listing.state == ListingState.LIVE
        and listing.business.state == BusinessState.APPROVED
    )


def units_left(variant: Variant) -> int:
    """Units that can be bought now; none where no stock was ever entered."""
    stock = getattr(variant, "stock", None)
    return stock.available if stock else 0
