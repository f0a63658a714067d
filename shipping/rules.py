"""How a parcel's price and its way are decided."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Protocol, TypeVar
from urllib.parse import quote

from common.countries import EU

GRAMS_PER_KG = 1000
# After the last promised day the carrier gets this long before we assume the parcel arrived; the
# buyer is told and has the whole inspection window from then on.
ARRIVAL_GRACE_DAYS = 7


class CarriedBy(StrEnum):
    """Who carries a parcel: customs and carriers have other rules for the post than for couriers."""

    UNSAID = ""
    """Nobody has said; an option from before the question."""
    POST = "post"
    """The postal service of a country, its express (EMS) too."""
    COURIER = "courier"
    """A carrier that is no post: DHL, FedEx, UPS and such."""


# Names that leave no doubt. What begins like "post" is one in most of Europe: Posta, Poste, PostNord.
_POSTS = re.compile(
    r"\b(?:post\w*|ems|mail|\w*mail|usps|correos?|correios|poczta|pošta|pošte|buu dien|bưu điện|"
    r"colissimo|почт\w*)\b|郵便|郵政|邮政|우체국|우편|ไปรษณีย์|بريد",
    re.IGNORECASE,
)
_COURIERS = re.compile(
    r"\b(?:dhl|fedex|ups|tnt|dpd|gls|aramex|evri|hermes|inpost|sf express|sagawa|yamato|"
    r"kurier\w*|couriers?|coursier|corriere|mensajer[ií]a|transportadora)\b|宅急便|宅配便|快递|택배",
    re.IGNORECASE,
)


def carried_by_name(name: str) -> CarriedBy:
    """Who carries by the words of an option's name; UNSAID when they say neither or both."""
    courier = _COURIERS.search(name)
    post = _POSTS.search(_COURIERS.sub(" ", name))  # InPost is a courier, for all its name
    if bool(post) == bool(courier):
        return CarriedBy.UNSAID
    return CarriedBy.POST if post else CarriedBy.COURIER


class Offer(Protocol):
    """What the choice needs to know of a delivery option."""

    @property
    def countries(self) -> Sequence[str]: ...
    @property
    def everywhere(self) -> bool: ...
    @property
    def max_weight_g(self) -> int | None: ...


AnOffer = TypeVar("AnOffer", bound=Offer)


def delivery_price(base: int, per_kg: int, weight_g: int) -> int:
    """The price of one parcel in minor units: base plus per_kg for each started kilogram."""
    return base + per_kg * -(-max(weight_g, 0) // GRAMS_PER_KG)


def offers_for(offers: Iterable[AnOffer], country: str, weight_g: int) -> list[AnOffer]:
    """Those offers of one profile that go to the country and carry the weight, in their order.

    An offer for everywhere serves only countries that no other offer of the profile names: who
    names a country means that price for it, not the world's.
    """
    all_offers = list(offers)
    named = [offer for offer in all_offers if country in offer.countries]
    going = named or [offer for offer in all_offers if offer.everywhere]
    return [
        offer for offer in going if offer.max_weight_g is None or weight_g <= offer.max_weight_g
    ]


def countries_served(offers: Iterable[AnOffer], world: Sequence[str]) -> list[str]:
    """Every country of `world` that some offer goes to."""
    all_offers = list(offers)
    if any(offer.everywhere for offer in all_offers):
        return list(world)
    named = {country for offer in all_offers for country in offer.countries}
    return [country for country in world if country in named]


# Where a carrier shows a parcel; `{number}` is its tracking number. From the carriers' own sites.
_TRACKING_PAGES = {
    "DHL": "https://www.dhl.com/global-en/home/tracking.html?tracking-id={number}",
    "FedEx": "https://www.fedex.com/fedextrack/?trknbr={number}",
    "UPS": "https://www.ups.com/track?tracknum={number}",
    "USPS": "https://tools.usps.com/go/TrackConfirmAction?tLabels={number}",
    "Royal Mail": "https://www.royalmail.com/track-your-item#/tracking-results/{number}",
    "La Poste": "https://www.laposte.fr/outils/suivre-vos-envois?code={number}",
    "Deutsche Post": "https://www.deutschepost.de/de/s/sendungsverfolgung.html?piececode={number}",
    "Poste Italiane": "https://www.poste.it/cerca/index.html#/risultati-spedizioni/{number}",
    "Japan Post": (
        "https://trackings.post.japanpost.jp/services/srv/search/direct?reqCodeNo1={number}"
    ),
    "Australia Post": "https://auspost.com.au/mypost/track/details/{number}",
    "Canada Post": "https://www.canadapost-postescanada.ca/track-reperage/en#/search?searchFor={number}",
    "Correios": "https://rastreamento.correios.com.br/app/index.php?objetos={number}",
    "DPD": "https://www.dpdgroup.com/be/mydpd/my-parcels/incoming?parcelNumber={number}",
    "GLS": "https://gls-group.com/GROUP/en/parcel-tracking?match={number}",
    "Aramex": "https://www.aramex.com/track/results?ShipmentNumber={number}",
    "EMS or national post": "https://www.17track.net/en/track?nums={number}",
}
CARRIERS: tuple[str, ...] = tuple(_TRACKING_PAGES)


def tracking_url(carrier: str, number: str) -> str:
    """The carrier's page for a parcel; "" for a carrier we do not know or without a number."""
    page = {name.casefold(): url for name, url in _TRACKING_PAGES.items()}.get(carrier.casefold())
    if not page or not number:
        return ""
    return page.replace("{number}", quote(number, safe=""))


# Groups that a seller picks at once. EU: the 27 members; the others follow the customs unions and
# neighbourhoods that carriers price alike.
REGIONS: dict[str, tuple[str, ...]] = {
    "EU": tuple(sorted(EU)),
    "EUROPE_OTHER": (
        *("AD", "AL", "BA", "CH", "FO", "GB", "GG", "GI", "IM", "IS", "JE", "LI", "MC", "MD"),
        *("ME", "MK", "NO", "RS", "SM", "UA", "VA"),
    ),
    "NORTH_AMERICA": ("US", "CA", "MX"),
    "LATIN_AMERICA": (
        *("AR", "BO", "BR", "CL", "CO", "CR", "CU", "DO", "EC", "GT", "HN", "NI", "PA", "PE"),
        *("PR", "PY", "SV", "UY", "VE"),
    ),
    "EAST_ASIA": ("CN", "HK", "JP", "KR", "MO", "MN", "TW"),
    "SOUTHEAST_ASIA": ("BN", "ID", "KH", "LA", "MM", "MY", "PH", "SG", "TH", "TL", "VN"),
    "SOUTH_ASIA": ("BD", "BT", "IN", "LK", "MV", "NP", "PK"),
    "OCEANIA": ("AU", "NZ", "FJ", "PG", "SB", "VU", "WS", "TO"),
    "GULF": ("AE", "BH", "KW", "OM", "QA", "SA"),
    "MIDDLE_EAST": ("IL", "IQ", "JO", "LB", "PS", "TR", "YE"),
    "WEST_AFRICA": (
        *("BF", "BJ", "CI", "CV", "GH", "GM", "GN", "GW", "LR", "ML", "MR", "NE", "NG", "SL"),
        *("SN", "TG"),
    ),
    "EAST_AFRICA": ("BI", "DJ", "ER", "ET", "KE", "RW", "SO", "SS", "TZ", "UG"),
    "SOUTHERN_AFRICA": ("AO", "BW", "LS", "MG", "MU", "MW", "MZ", "NA", "SZ", "ZA", "ZM", "ZW"),
    "NORTH_AFRICA": ("DZ", "EG", "LY", "MA", "SD", "TN"),
}
