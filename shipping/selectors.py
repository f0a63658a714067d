"""What pages read about delivery."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from django.utils.translation import gettext as _

from common.money import Money
from sellers.models import Business
from shipping.models import (
    DeliveryOption,
    DeliveryProfile,
    ItemNumberRange,
    ParcelDetails,
    Shipment,
)
from shipping.rules import CarriedBy, delivery_price, offers_for

Key = TypeVar("Key", bound=Hashable)


def say_carried_by(carried_by: str) -> str:
    """Who carries, as the end of a sentence; "" where nobody has said."""
    return {
        CarriedBy.UNSAID: "",
        CarriedBy.POST: _("by post"),
        CarriedBy.COURIER: _("by courier"),
    }[CarriedBy(carried_by)]


@dataclass(frozen=True, slots=True)
class DeliveryChoice:
    """One way for one parcel, priced in the seller's currency."""

    option_id: UUID
    name: str
    money: Money
    min_days: int
    max_days: int
    dispatch_days: int
    tracked: bool
    carried_by: CarriedBy

    @property
    def slowest_days(self) -> int:
        """Days until the parcel should be there at the latest, packing included."""
        return self.dispatch_days + self.max_days


@dataclass(frozen=True, slots=True)
class Parcel:
    """What one parcel needs: whose options, and how heavy it is in grams."""

    profile_id: int
    weight_g: int


def options_for(*, profile_id: int, country: str, weight_g: int) -> list[DeliveryChoice]:
    """The ways of one parcel to a country, in the seller's order; empty when none goes there."""
    parcels = {0: Parcel(profile_id, weight_g)}
    return options_for_parcels(parcels=parcels, country=country)[0]


def options_for_parcels(
    *, parcels: Mapping[Key, Parcel], country: str
) -> dict[Key, list[DeliveryChoice]]:
    """The ways of many parcels to one country, by the caller's keys; one query for all."""
    options = options_of(profile_ids={parcel.profile_id for parcel in parcels.values()})
    return {
        key: choices_among(options[parcel.profile_id], country=country, weight_g=parcel.weight_g)
        for key, parcel in parcels.items()
    }


def options_of(*, profile_ids: Collection[int]) -> dict[int, list[DeliveryOption]]:
    """Every option of these profiles, in the seller's order; one query."""
    found: dict[int, list[DeliveryOption]] = defaultdict(list)
    rows = DeliveryOption.objects.filter(profile_id__in=profile_ids).select_related("profile")
    for row in rows:
        found[row.profile_id].append(row)
    return found


def choices_among(
    options: Collection[DeliveryOption], *, country: str, weight_g: int
) -> list[DeliveryChoice]:
    """The ways of one parcel among options already loaded (with their profile); no query."""
    return [
        DeliveryChoice(
            option_id=option.pk,
            name=option.name,
            money=Money(
                delivery_price(option.base_amount, option.per_kg_amount, weight_g),
                option.currency,
            ),
            min_days=option.min_days,
            max_days=option.max_days,
            dispatch_days=option.profile.dispatch_days,
            tracked=option.tracked,
            carried_by=CarriedBy(option.carried_by),
        )
        for option in offers_for(options, country, weight_g)
    ]


def list_profiles(*, business_id: UUID) -> list[DeliveryProfile]:
    """A business's delivery profiles with their options, the oldest first; two queries."""
    return list(
        DeliveryProfile.objects.filter(business_id=business_id)
        .prefetch_related("options")
        .order_by("id")
    )


def shipment_of(*, order_ref: UUID) -> Shipment | None:
    """The parcel of an order: the last one, should there have been several."""
    return Shipment.objects.filter(order_ref=order_ref).order_by("-shipped_at").first()


def shipments_of(*, order_refs: Collection[UUID]) -> dict[UUID, Shipment]:
    """The last parcel of each of many orders; one query."""
    rows = Shipment.objects.filter(order_ref__in=order_refs).order_by("shipped_at")
    return {row.order_ref: row for row in rows}


def parcel_details(*, order_ref: UUID, business: Business) -> ParcelDetails:
    """What the seller has said about an order's parcel; an unsaved, empty one when nothing."""
    found = ParcelDetails.objects.filter(order_ref=order_ref, business=business).first()
    return found or ParcelDetails(order_ref=order_ref, business=business)


def item_ranges_of(*, business_id: UUID) -> list[ItemNumberRange]:
    """A business's ranges of item numbers, the oldest first; one query."""
    return list(ItemNumberRange.objects.filter(business_id=business_id))
