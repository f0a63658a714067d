"""What a seller does with its listings."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils.text import slugify

from catalog.models import Category, Listing, Price, Stock, Variant
from catalog.rules.publishing import Missing
from catalog.selectors.hindrances import barred_listing, flags_of_listing
from catalog.selectors.publishing import listing_missing
from catalog.services.prices import refresh_listing_prices
from catalog.services.stock import adjust_stock
from catalog.states import LISTING, ListingState
from common.money import Money
from common.states import TransitionError
from sellers.models import Business
from shipping.models import DeliveryProfile

EDITABLE = frozenset(
    {
        "title",
        "description",
        "materials",
        "category",
        "delivery_profile",
        "hs_code",
        "origin_country",
        "customs_description",
        "origin_statement",
        "battery",
        "un_number",
        "watt_hours",
        "permit_held",
        "permit_text",
        "language",
    }
)


class BarredError(TransitionError):
    """The goods may be sold nowhere, so that buyers never see the listing."""


class NotReadyError(Exception):
    """The listing can't be sent to review; `missing` lists everything still to be done."""

    def __init__(self, missing: list[Missing]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing


@dataclass(frozen=True, slots=True)
class VariantInput:
    """A row of the variants table. stock_change is added to what is there, never set over it:
    units sold while the seller was typing stay sold. Without a price the row is unfinished."""

    price: Money | None
    options: dict[str, str] = field(default_factory=dict)
    stock_change: int = 0
    weight_g: int | None = None
    sku: str = ""
    length_mm: int | None = None
    width_mm: int | None = None
    height_mm: int | None = None


def create_listing(
    *,
    business: Business,
    category: Category,
    title: str,
    now: datetime,
    description: str = "",
    materials: str = "",
    hs_code: str = "",
    origin_country: str = "",
    customs_description: str = "",
    delivery_profile: DeliveryProfile | None = None,
) -> Listing:
    """Start a draft in the business's own currency and language."""
    profile = delivery_profile or business.delivery_profiles.order_by("id").first()
    listing = Listing(
        business=business,
        category=category,
        delivery_profile=profile,
        title=title,
        slug=_free_slug(business, title),
        description=description,
        materials=materials,
        language=business.language,
        hs_code=hs_code,
        origin_country=origin_country or business.country,
        customs_description=customs_description,
        currency=business.currency,
        created_at=now,
        updated_at=now,
    )
    listing.restriction_flags = flags_of_listing(listing=listing, on=now.date())
    listing.save(force_insert=True)
    return listing


def update_listing(*, listing: Listing, now: datetime, **changes: object) -> Listing:
    """Change the listing's own words and papers; prices and stock have set_variants.

    Raises TypeError for a field that is not the seller's to change.
    """
    unknown = changes.keys() - EDITABLE
    if unknown:
        raise TypeError(f"not editable: {', '.join(sorted(unknown))}")
    for name, value in changes.items():
        setattr(listing, name, value)
    listing.updated_at = now
    listing.restriction_flags = flags_of_listing(listing=listing, on=now.date())
    listing.save(update_fields=[*changes, "restriction_flags", "updated_at"])
    return listing


def set_variants(*, listing: Listing, rows: Sequence[VariantInput], now: datetime) -> None:
    """Make the listing's variants exactly these rows, in this order.

    A row whose options exist already changes that variant; a variant without a row is switched
    off, not deleted, because past orders and baskets point to it. Raises ValueError for a row
    without a price once buyers may see the listing.
    """
    if not may_be_unfinished(listing) and any(row.price is None for row in rows):
        raise ValueError("a listing that was sent to review has a price for every variant")
    with transaction.atomic():
        # Stock before its listing, as a sale takes them.
        stock = Stock.objects.filter(variant__listing=listing).order_by("variant_id")
        list(stock.select_for_update(of=("self",)).values_list("pk", flat=True))
        Listing.objects.select_for_update().only("id").get(pk=listing.pk)
        existing = {_key(variant.options): variant for variant in listing.variants.all()}
        kept: set[uuid.UUID] = set()
        for position, row in enumerate(rows):
            variant = existing.get(_key(row.options)) or Variant(listing=listing)
            _save_variant(variant, row, position)
            kept.add(variant.pk)
        listing.variants.exclude(pk__in=kept).update(is_active=False)
        Listing.objects.filter(pk=listing.pk).update(updated_at=now)
        refresh_listing_prices(listing_ids=[listing.pk], now=now)
    listing.refresh_from_db()


def may_be_unfinished(listing: Listing) -> bool:
    """Whether rows without a price can be kept: nobody but the seller sees the listing yet."""
    return listing.state in {ListingState.DRAFT, ListingState.REJECTED}


def _key(options: dict[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(options.items()))


def _save_variant(variant: Variant, row: VariantInput, position: int) -> None:
    variant.options = row.options
    variant.sku = row.sku
    variant.weight_g = row.weight_g
    variant.length_mm = row.length_mm
    variant.width_mm = row.width_mm
    variant.height_mm = row.height_mm
    variant.position = position
    variant.is_active = True
    variant.save()
    if row.price is None:
        variant.prices.filter(min_quantity=1, valid_from=None).delete()
    else:
        Price.objects.update_or_create(
            variant=variant,
            min_quantity=1,
            valid_from=None,
            defaults={"amount": row.price.amount, "currency": row.price.currency},
        )
    Stock.objects.get_or_create(variant=variant)
    if row.stock_change:
        adjust_stock(variant_id=variant.pk, change=row.stock_change)


def submit_listing(*, listing: Listing, now: datetime) -> Listing:
    """Ask a moderator to look. Raises NotReadyError or TransitionError, changing nothing."""
    missing = listing_missing(listing=listing)
    if missing:
        raise NotReadyError(missing)
    return take_listing_edge(listing=listing, new=ListingState.IN_REVIEW, now=now)


def pause_listing(*, listing: Listing, now: datetime) -> Listing:
    """Take a live listing off the shelves; baskets keep it but can't buy it."""
    return take_listing_edge(listing=listing, new=ListingState.PAUSED, now=now)


def resume_listing(*, listing: Listing, now: datetime) -> Listing:
    """Put a paused listing back; it was reviewed before. Raises TransitionError otherwise."""
    if listing.state != ListingState.PAUSED:
        raise TransitionError(f"{listing.state} cannot be resumed")
    return take_listing_edge(listing=listing, new=ListingState.LIVE, now=now)


def take_listing_edge(
    *, listing: Listing, new: ListingState, now: datetime, reason: str = ""
) -> Listing:
    """Move a listing along its table of states; whoever comes second gets TransitionError.

    Raises BarredError for goods that may be sold nowhere.
    """
    old = ListingState(listing.state)
    LISTING.check(old, new)
    if new == ListingState.LIVE and barred_listing(listing=listing, on=now.date()):
        raise BarredError(f"listing {listing.pk} holds goods that may be sold nowhere")
    changes: dict[str, object] = {"state": new, "updated_at": now, "review_reason": reason}
    if new == ListingState.LIVE and listing.live_at is None:
        changes["live_at"] = now
    with transaction.atomic():
        if not Listing.objects.filter(pk=listing.pk, state=old).update(**changes):
            raise TransitionError(f"listing {listing.pk} is no longer {old}")
    listing.refresh_from_db()
    return listing


def _free_slug(business: Business, title: str) -> str:
    base = slugify(title, allow_unicode=False)[:120] or "listing"
    taken = set(business.listings.filter(slug__startswith=base).values_list("slug", flat=True))
    if base not in taken:
        return base
    return next(f"{base}-{n}" for n in range(2, len(taken) + 3) if f"{base}-{n}" not in taken)
