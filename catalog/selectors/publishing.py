"""Whether a listing is ready to be looked at."""

from __future__ import annotations

from django.db.models import Count, Q
from django.utils import timezone

from catalog.models import Listing
from catalog.rules.publishing import ListingFacts, Missing, missing_for_publishing
from catalog.selectors.hindrances import barred_listing
from sellers.states import BusinessState
from trade.rules.un_numbers import holds_battery


def listing_missing(*, listing: Listing) -> list[Missing]:
    """What still keeps the listing from review; empty when it is ready."""
    counts = listing.variants.filter(is_active=True).aggregate(
        active=Count("id", distinct=True),
        priced=Count("id", filter=Q(prices__min_quantity=1), distinct=True),
        weightless=Count("id", filter=Q(weight_g__isnull=True), distinct=True),
    )
    profile = listing.delivery_profile
    return missing_for_publishing(
        ListingFacts(
            business_approved=listing.business.state == BusinessState.APPROVED,
            title=listing.title,
            description=listing.description,
            photos=listing.images.count(),
            priced_variants=counts["priced"],
            variants_without_price=counts["active"] - counts["priced"],
            variants_without_weight=counts["weightless"],
            hs_code=listing.hs_code,
            origin_country=listing.origin_country,
            customs_description=listing.customs_description,
            delivery_options=profile.options.count() if profile else 0,
            battery_unsaid=not listing.battery and holds_battery(listing.hs_code),
            barred=barred_listing(listing=listing, on=timezone.localdate()) is not None,
        )
    )
