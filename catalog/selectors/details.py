"""A listing's page: the thing, its pictures, its maker."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe

from catalog.models import Listing, ListingImage
from catalog.selectors.cards import picture_url
from common.money import Money

# What would end a script element or start one inside it.
_ESCAPES = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}


@dataclass(frozen=True, slots=True)
class Picture:
    """What components/gallery.html shows."""

    url: str
    srcset: str
    thumb_url: str
    alt: str


_SHOWN = (
    *("business_id", "category_id", "delivery_profile_id", "title", "slug", "description"),
    *("materials", "language", "hs_code", "origin_country", "customs_description", "currency"),
    *("battery", "un_number", "watt_hours", "permit_held", "origin_statement"),
    *("in_stock", "state", "business__name", "business__slug", "business__tagline"),
    *("business__country", "business__currency", "business__logo", "business__state"),
    *("business__fee_percent_bp", "business__tax_number", "business__payee_id"),
)


def get_listing(*, listing_id: uuid.UUID) -> Listing:
    """A listing the public may see, with its business. Raises Listing.DoesNotExist."""
    return Listing.objects.public().select_related("business").only(*_SHOWN).get(pk=listing_id)


def pictures_of(*, listing: Listing) -> list[Picture]:
    """The listing's pictures in its seller's order: one query."""
    images = ListingImage.objects.filter(listing=listing).order_by("position", "id")
    return [_picture(image, listing.title) for image in images]


def _picture(image: ListingImage, title: str) -> Picture:
    small, medium, large = (
        picture_url(field.name) for field in (image.small, image.medium, image.large)
    )
    return Picture(
        url=medium,
        srcset=f"{small} 400w, {medium} 800w, {large} 1600w",
        thumb_url=small,
        alt=image.alt or title,
    )


def structured_data(
    listing: Listing,
    *,
    url: str,
    pictures: Sequence[str],
    price: Money | None,
    in_stock: bool,
) -> SafeString:
    """schema.org Product as JSON-LD, safe inside a script element (a data block, never run)."""
    data: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": listing.title,
        "description": listing.description[:500],
        "image": list(pictures),
        "brand": {"@type": "Brand", "name": listing.business.name},
    }
    if price is not None:
        data["offers"] = {
            "@type": "Offer",
            "url": url,
            "price": f"{price.to_decimal():f}",
            "priceCurrency": price.currency,
            "availability": f"https://schema.org/{'InStock' if in_stock else 'OutOfStock'}",
            "seller": {"@type": "Organization", "name": listing.business.name},
        }
    text = json.dumps(data, ensure_ascii=False).translate(_ESCAPES)
    return mark_safe(text)  # noqa: S308 - every character that HTML could read is escaped
