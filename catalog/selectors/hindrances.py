"""Where a listing's goods can't be sent, or only so; for its seller, its buyers and moderators."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from catalog.models import Listing
from common.countries import COUNTRY_CODES, EU, country_name
from trade.rules.restrictions import Goods
from trade.selectors import (
    RestrictionNotice,
    barred_everywhere,
    goods_of,
    hindrances,
    needs_permit,
    watched_flags,
)

NAMED = 6


@dataclass(frozen=True, slots=True)
class HindranceRow:
    """One line of the table. outcome: block, licence, carrier-only or warn; places: in words.

    all_places: every name, where `places` names only some.
    """

    outcome: str
    outcome_text: str
    text: str
    places: str
    all_places: str
    by_words: bool


def goods_of_listing(listing: Listing) -> Goods:
    """All that restrictions look at of a listing."""
    return goods_of(
        hs_code=listing.hs_code,
        description=listing.customs_description or listing.title,
        battery=listing.battery,
        un_number=listing.un_number,
        watt_hours=listing.watt_hours,
        permit_held=listing.permit_held,
        title=listing.title,
    )


def hindrances_of_listing(*, listing: Listing, on: date) -> list[HindranceRow]:
    """What keeps the goods from some destinations, the hardest first; embargoes at the end."""
    home = listing.business.country
    found = hindrances(
        goods=goods_of_listing(listing), dispatched_from=home, destinations=COUNTRY_CODES, on=on
    )
    return [
        HindranceRow(
            row.notice.outcome.value,
            row.outcome_text,
            row.notice.text,
            *_say_places(row.destinations, everywhere=row.everywhere),
            by_words=row.notice.by_words,
        )
        for row in sorted(
            found, key=lambda row: row.notice.code.startswith(("embargo", "sanctions"))
        )
    ]


def flags_of_listing(*, listing: Listing, on: date) -> list[str]:
    """Why a moderator should look: "block", "licence", "carrier-only", "words"."""
    return watched_flags(
        goods=goods_of_listing(listing),
        dispatched_from=listing.business.country,
        destinations=COUNTRY_CODES,
        on=on,
    )


def barred_listing(*, listing: Listing, on: date) -> RestrictionNotice | None:
    """The block that no destination escapes; None when the goods may be sold somewhere."""
    return barred_everywhere(
        goods=goods_of_listing(listing),
        dispatched_from=listing.business.country,
        destinations=COUNTRY_CODES,
        on=on,
    )


def permit_matters(*, listing: Listing, on: date) -> bool:
    """Whether some destination takes the goods only with a permit, so that the seller is asked."""
    return needs_permit(
        goods=goods_of_listing(listing),
        dispatched_from=listing.business.country,
        destinations=COUNTRY_CODES,
        on=on,
    )


def _say_places(codes: Sequence[str], *, everywhere: bool) -> tuple[str, str]:
    if everywhere:
        return _("Everywhere"), ""
    language = get_language() or "en"
    left = set(codes)
    names = []
    # All members but the seller's own country, whose border its goods don't cross.
    if len(EU - left) <= 1:
        names.append(_("the European Union"))
        left -= EU
    names += sorted(country_name(code, language) for code in left)
    if len(names) <= NAMED:
        return ", ".join(names), ""
    more = len(names) - NAMED
    shown = ", ".join(names[:NAMED])
    text = ngettext("%(names)s and %(more)s other", "%(names)s and %(more)s others", more)
    return text % {"names": shown, "more": more}, ", ".join(names)
