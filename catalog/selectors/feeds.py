"""Addresses for search engines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from catalog.models import Listing
from catalog.selectors.cards import listing_path
from sellers.models import Business

LISTINGS_A_PART = 20_000
"""A sitemap holds 50,000 addresses at most; smaller parts are quicker to make."""


def count_sitemap_parts() -> int:
    """How many parts the listings make."""
    return -(-Listing.objects.public().count() // LISTINGS_A_PART)


def listing_addresses(*, part: int) -> Iterator[tuple[str, datetime]]:
    """Path and last change of each public listing of one part (from 1), in a stable order."""
    start = (part - 1) * LISTINGS_A_PART
    rows = (
        Listing.objects.public()
        .order_by("id")
        .values_list("id", "slug", "updated_at")[start : start + LISTINGS_A_PART]
    )
    for pk, slug, updated_at in rows.iterator():
        yield listing_path(pk, slug), updated_at


def shop_slugs() -> list[str]:
    """Shops that may sell."""
    return list(Business.objects.selling().order_by("slug").values_list("slug", flat=True))
