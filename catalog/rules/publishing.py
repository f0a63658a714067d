"""What a listing must have before the public may see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from common.countries import EU
from trade.rules.folding import is_cjk, runs
from trade.rules.vague import is_vague

SHORTEST_DESCRIPTION = 4


class Missing(StrEnum):
    """One thing still to be done; the page has words and a link for each."""

    BUSINESS = "BUSINESS"
    TITLE = "TITLE"
    DESCRIPTION = "DESCRIPTION"
    PHOTO = "PHOTO"
    VARIANT = "VARIANT"
    WEIGHT = "WEIGHT"
    HS_CODE = "HS_CODE"
    ORIGIN = "ORIGIN"
    CUSTOMS_DESCRIPTION = "CUSTOMS_DESCRIPTION"
    BATTERY = "BATTERY"
    FORBIDDEN = "FORBIDDEN"
    DELIVERY = "DELIVERY"


def may_state_origin(*, origin: str, home: str) -> bool:
    """Whether a seller in `home` can give a statement on origin for goods made in `origin`.

    The exporter in the country of origin gives it; the European Union is one origin.
    """
    return bool(origin) and (origin == home or {origin, home} <= EU)


@dataclass(frozen=True, slots=True)
class ListingFacts:
    """What the rule looks at.

    battery_unsaid: such goods nearly always hold one, and the seller has not said where. barred:
    the goods may be sold nowhere.
    """

    business_approved: bool
    title: str
    description: str
    photos: int
    priced_variants: int
    variants_without_price: int
    variants_without_weight: int
    hs_code: str
    origin_country: str
    customs_description: str
    delivery_options: int
    battery_unsaid: bool = False
    barred: bool = False


def missing_for_publishing(facts: ListingFacts) -> list[Missing]:
    """Everything that keeps a listing from review, in the order of the editor's pages.

    Code, origin, weight and a plain description are needed because every parcel may cross a
    border: customs asks for all four in advance (EU ICS2; UPU electronic advance data).
    """
    checks = (
        (facts.business_approved, Missing.BUSINESS),
        (len(facts.title.strip()) >= 3, Missing.TITLE),
        (len(facts.description.strip()) >= 30, Missing.DESCRIPTION),
        (facts.photos > 0, Missing.PHOTO),
        (facts.priced_variants > 0 and facts.variants_without_price == 0, Missing.VARIANT),
        (facts.variants_without_weight == 0, Missing.WEIGHT),
        (len(facts.hs_code) == 6 and facts.hs_code.isdigit(), Missing.HS_CODE),
        (bool(facts.origin_country), Missing.ORIGIN),
        (is_plain_description(facts.customs_description), Missing.CUSTOMS_DESCRIPTION),
        (not facts.battery_unsaid, Missing.BATTERY),
        (not facts.barred, Missing.FORBIDDEN),
        (facts.delivery_options > 0, Missing.DELIVERY),
    )
    return [missing for met, missing in checks if not met]


def is_plain_description(text: str) -> bool:
    """Whether customs can tell from the words what is in the parcel ("cotton shirt")."""
    # One or two signs of Chinese may say it; as many letters of another script don't.
    long_enough = len(text.strip()) >= SHORTEST_DESCRIPTION or any(map(is_cjk, runs(text)))
    return long_enough and not is_vague(text)


def option_order(rows: Sequence[Mapping[str, str]]) -> list[str]:
    """The names of the choices as the seller gave them, from its rows in their order.

    The database keeps no order of names; `combinations` makes the first choice change most slowly.
    """
    names = sorted({name for row in rows for name in row})
    pairs = list(pairwise(rows))
    return sorted(
        names, key=lambda name: sum(row.get(name) != after.get(name) for row, after in pairs)
    )


def combinations(options: list[tuple[str, list[str]]]) -> list[dict[str, str]]:
    """Every choice of the named options, first option slowest; one empty choice for none."""
    rows: list[dict[str, str]] = [{}]
    for name, values in options:
        rows = [{**row, name: value} for row in rows for value in values]
    return rows
