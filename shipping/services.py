"""The only writers of delivery profiles, shipments, item numbers and parcel details."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Max, ProtectedError

from common.countries import is_country
from common.money import Money, currency_of
from payments.rules.rates import RateUnavailableError
from payments.selectors.rates import mid_rate
from sellers.models import Business
from shipping.models import (
    DeliveryOption,
    DeliveryProfile,
    ItemNumberRange,
    ParcelDetails,
    Shipment,
)
from shipping.rules import CarriedBy, tracking_url
from trade.rules.s10 import HIGHEST_SERIAL, ItemNumber, Service, parse_item_number

MAX_PROFILES = 30
MAX_OPTIONS = 30


class TooManyError(Exception):
    """A business keeps at most MAX_PROFILES profiles of at most MAX_OPTIONS options."""


class ProfileInUseError(Exception):
    """Listings are still sent by this profile."""


@dataclass(frozen=True, slots=True)
class OptionTerms:
    """One way to send a parcel, as a seller words it; amounts in minor units."""

    name: str
    base_amount: int
    min_days: int
    max_days: int
    countries: Sequence[str] = ()
    everywhere: bool = False
    per_kg_amount: int = 0
    max_weight_g: int | None = None
    tracked: bool = True
    carried_by: CarriedBy = CarriedBy.UNSAID


@transaction.atomic
def save_profile(
    *,
    business: Business,
    name: str,
    dispatch_days: int,
    profile_id: int | None = None,
    now: datetime,
) -> DeliveryProfile:
    """Make a delivery profile, or rename the one with `profile_id`.

    dispatch_days: working days until a parcel is handed to the carrier. Raises
    DeliveryProfile.DoesNotExist for another business's profile, TooManyError.
    """
    own = DeliveryProfile.objects.filter(business=business)
    if profile_id is not None:
        profile = own.get(pk=profile_id)
    else:
        if own.count() >= MAX_PROFILES:
            raise TooManyError
        profile = DeliveryProfile(business=business, created_at=now)
    profile.name = name.strip()
    profile.dispatch_days = dispatch_days
    profile.save()
    return profile


@transaction.atomic
def delete_profile(*, business: Business, profile_id: int) -> None:
    """Remove a profile. Raises DeliveryProfile.DoesNotExist, ProfileInUseError."""
    profile = DeliveryProfile.objects.get(business=business, pk=profile_id)
    try:
        with transaction.atomic():
            profile.delete()
    except ProtectedError as error:
        raise ProfileInUseError from error


@transaction.atomic
def save_option(
    *,
    business: Business,
    profile_id: int,
    terms: OptionTerms,
    option_id: uuid.UUID | None = None,
) -> DeliveryOption:
    """Add an option to a profile, or change the one with `option_id`; priced in the business's currency.

    Orders keep the price they were placed at. Raises DeliveryProfile.DoesNotExist and
    DeliveryOption.DoesNotExist for what is not the business's own, TooManyError, ValueError for
    an unknown country, for neither countries nor everywhere, for negative prices or crossed days.
    """
    _check(terms)
    profile = DeliveryProfile.objects.select_for_update().get(business=business, pk=profile_id)
    own = DeliveryOption.objects.filter(profile=profile)
    if option_id is not None:
        option = own.get(pk=option_id)
    else:
        if own.count() >= MAX_OPTIONS:
            raise TooManyError
        last = own.aggregate(last=Max("position"))["last"]
        option = DeliveryOption(profile=profile, position=0 if last is None else last + 1)
    option.name = terms.name.strip()
    option.countries = [] if terms.everywhere else sorted(set(terms.countries))
    option.everywhere = terms.everywhere
    option.currency = business.currency
    option.base_amount = terms.base_amount
    option.per_kg_amount = terms.per_kg_amount
    option.max_weight_g = terms.max_weight_g
    option.min_days = terms.min_days
    option.max_days = terms.max_days
    option.tracked = terms.tracked
    option.carried_by = terms.carried_by.value
    option.save()
    return option


def _check(terms: OptionTerms) -> None:
    if not terms.everywhere and not terms.countries:
        raise ValueError("an option goes somewhere")
    for country in terms.countries:
        if not is_country(country):
            raise ValueError(f"{country} is no country")
    if terms.base_amount < 0 or terms.per_kg_amount < 0:
        raise ValueError("a price is not negative")
    if terms.max_days < terms.min_days:
        raise ValueError("the longest time is not shorter than the shortest")


def delete_option(*, business: Business, option_id: uuid.UUID) -> None:
    """Take an option off its profile. Raises DeliveryOption.DoesNotExist for another business's."""
    DeliveryOption.objects.get(profile__business=business, pk=option_id).delete()


# What a small parcel costs to send, roughly, in euro cents: a first price that the seller changes.
_DOMESTIC_CENTS = 500
_WORLDWIDE_CENTS = 1500
_WORLDWIDE_KG_CENTS = 700


@transaction.atomic
def default_profile(*, business: Business, now: datetime) -> DeliveryProfile:
    """The business's first profile; made with usual prices in its currency when it has none.

    One option at home and one for the rest of the world. Where no exchange rate is known the
    profile starts without options, because a made-up price would be the seller's loss.
    """
    Business.objects.select_for_update().only("id").get(pk=business.pk)
    first = DeliveryProfile.objects.filter(business=business).order_by("id").first()
    if first is not None:
        return first
    profile = save_profile(business=business, name="Standard", dispatch_days=3, now=now)
    try:
        rate = mid_rate(from_currency="EUR", to_currency=business.currency, on=now.date()).rate
    except RateUnavailableError:
        return profile
    domestic = OptionTerms(
        name="Post",
        base_amount=_round_price(_DOMESTIC_CENTS, rate, business.currency),
        min_days=2,
        max_days=5,
        countries=(business.country,),
        max_weight_g=20_000,
        carried_by=CarriedBy.POST,
    )
    worldwide = OptionTerms(
        name="International post",
        base_amount=_round_price(_WORLDWIDE_CENTS, rate, business.currency),
        per_kg_amount=_round_price(_WORLDWIDE_KG_CENTS, rate, business.currency),
        min_days=7,
        max_days=21,
        everywhere=True,
        max_weight_g=20_000,
        carried_by=CarriedBy.POST,
    )
    for terms in (domestic, worldwide):
        save_option(business=business, profile_id=profile.pk, terms=terms)
    return profile


def _round_price(euro_cents: int, rate: Decimal, currency: str) -> int:
    """An amount of euro in another currency, in minor units, as people write prices: two digits."""
    amount = Money(euro_cents, "EUR").convert(rate, currency).amount
    step = int(10 ** max(len(str(amount)) - 2, 0))
    whole = int(10 ** currency_of(currency).exponent)
    if amount >= whole:
        step = max(step, whole)
    step = max(step, currency_of(currency).charge_step)
    return max((2 * amount + step) // (2 * step) * step, step)


def record_shipment(
    *,
    order_ref: uuid.UUID,
    business: Business,
    carrier: str,
    tracking_number: str,
    shipped_at: datetime,
    expected_by: date,
) -> Shipment:
    """Note that a parcel left, in the caller's transaction."""
    number = "".join(tracking_number.split())
    return Shipment.objects.create(
        order_ref=order_ref,
        business=business,
        carrier=carrier.strip(),
        tracking_number=number,
        tracking_url=tracking_url(carrier.strip(), number),
        shipped_at=shipped_at,
        expected_by=expected_by,
    )


def mark_delivered(*, order_ref: uuid.UUID, delivered_at: datetime) -> bool:
    """Note that an order's parcels arrived; False when that was known, or nothing was sent."""
    waiting = Shipment.objects.filter(order_ref=order_ref, delivered_at__isnull=True)
    return waiting.update(delivered_at=delivered_at) > 0


# --- item numbers and what papers want to know ----------------------------------------------------

MAX_RANGES = 20


class RangeOverlapError(Exception):
    """A range of the business already holds some of these numbers."""


class RangeEmptyError(Exception):
    """The range has no number left, or is not one of the business's."""


class ItemNumberUsedError(Exception):
    """The business has put this item number on another parcel."""


@dataclass(frozen=True, slots=True)
class ParcelTerms:
    """What a seller says about a parcel for its papers; None and "" mean not said.

    item_number: a valid one of standard S10, without blanks.
    """

    service: Service = Service.UNKNOWN
    item_number: str = ""
    gross_weight_g: int | None = None
    length_mm: int | None = None
    width_mm: int | None = None
    height_mm: int | None = None
    packages: int = 1
    marks: str = ""
    comments: str = ""
    licence_number: str = ""
    certificate_number: str = ""
    exporter_reference: str = ""
    claims_preference: bool = False


@transaction.atomic
def add_item_range(
    *, business: Business, prefix: str, country: str, first: int, last: int, now: datetime
) -> ItemNumberRange:
    """Keep a range of item numbers that a post has given the business.

    first, last: serials of eight digits, both included. Raises ValueError for numbers that are
    none, RangeOverlapError, TooManyError.
    """
    if not 0 <= first <= last <= HIGHEST_SERIAL:
        raise ValueError("a range goes from a lower to a higher serial of eight digits")
    Business.objects.select_for_update().only("id").get(pk=business.pk)
    mine = ItemNumberRange.objects.filter(business=business)
    if mine.count() >= MAX_RANGES:
        raise TooManyError
    same = mine.filter(prefix=prefix, country=country)
    if any(one.next_serial <= last and first <= one.last_serial for one in same):
        raise RangeOverlapError
    return ItemNumberRange.objects.create(
        business=business,
        prefix=prefix,
        country=country,
        next_serial=first,
        last_serial=last,
        created_at=now,
    )


def remove_item_range(*, business: Business, range_id: int) -> None:
    """Forget a range; numbers given out stay on their parcels. Raises ItemNumberRange.DoesNotExist
    for another business's."""
    ItemNumberRange.objects.get(business=business, pk=range_id).delete()


@transaction.atomic
def issue_item_number(
    *, order_ref: uuid.UUID, business: Business, range_id: int, now: datetime
) -> ItemNumber:
    """Put the range's next number on an order's parcel; a parcel that has one keeps it.

    Numbers that were typed by hand before are passed over. Raises RangeEmptyError.
    """
    own = ItemNumberRange.objects.select_for_update().filter(business=business, pk=range_id).first()
    if own is None:
        raise RangeEmptyError
    details, _made = ParcelDetails.objects.select_for_update().get_or_create(
        order_ref=order_ref, business=business, defaults={"updated_at": now}
    )
    if details.item_number:
        return parse_item_number(details.item_number)
    used = ParcelDetails.objects.filter(business=business)
    while own.left:
        number = ItemNumber(own.prefix, own.next_serial, own.country)
        own.next_serial += 1
        if not used.filter(item_number=str(number)).exists():
            own.save(update_fields=["next_serial"])
            details.item_number, details.updated_at = str(number), now
            details.save(update_fields=["item_number", "updated_at"])
            return number
    raise RangeEmptyError


def save_parcel_details(
    *, order_ref: uuid.UUID, business: Business, terms: ParcelTerms, now: datetime
) -> ParcelDetails:
    """Write down what the seller says about an order's parcel.

    Raises ItemNumberUsedError; then nothing is written.
    """
    values = {field.name: getattr(terms, field.name) for field in fields(terms)}
    try:
        with transaction.atomic():
            details, _made = ParcelDetails.objects.update_or_create(
                order_ref=order_ref,
                business=business,
                defaults={**values, "service": terms.service.value, "updated_at": now},
            )
    except IntegrityError as error:
        if "item_number_once" not in str(error):
            raise
        raise ItemNumberUsedError from error
    return details
