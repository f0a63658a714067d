"""A list as read: its day and its parties."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from trade.rules.screening import ListedName, NameKind, Place

EARLIEST_YEAR = 1850


class ListError(ValueError):
    """The file is not a list of this format; the text says in one line what is wrong."""


@dataclass(frozen=True, slots=True)
class ParsedParty:
    """One entry. ref: the list's own number, stable between editions; countries: ISO codes. places:
    its addresses, as far as they name a street or a town."""

    ref: str
    kind: NameKind
    names: tuple[ListedName, ...]
    countries: tuple[str, ...] = ()
    born: tuple[int, ...] = ()
    programme: str = ""
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class ParsedList:
    """A whole list. published_on: the day that the file itself states."""

    published_on: date
    parties: tuple[ParsedParty, ...]


def day(text: str, *formats: str) -> date:
    """A date in one of the formats. Raises ListError."""
    for one in formats:
        try:
            return datetime.strptime(text.strip(), one).date()  # noqa: DTZ007 - only the day is used
        except ValueError:
            continue
    raise ListError(f"the list's date can't be read: {text.strip()[:40]!r}")


def years_in(texts: Iterable[str | None]) -> tuple[int, ...]:
    """Every year of birth in dates of any style: "circa 1961", "1961 to 1963", "04/05/1970"."""
    found = {
        int(year)
        for text in texts
        for year in re.findall(r"(?<!\d)(\d{4})(?!\d)", text or "")
        if int(year) >= EARLIEST_YEAR
    }
    return tuple(sorted(found))


def named(parts: Iterable[str | None]) -> str:
    """Parts of a name in their order, empty ones left out."""
    return " ".join(" ".join(part.split()) for part in parts if part and part.strip())


def places_of(places: Iterable[Place]) -> tuple[Place, ...]:
    """Each place once, those that say neither street nor town left out."""
    plain = (Place(named([one.street]), named([one.town])) for one in places)
    return tuple(dict.fromkeys(one for one in plain if one.street or one.town))


def distinct(names: Iterable[ListedName]) -> tuple[ListedName, ...]:
    """Each name once; a name that is given as good and as weak is good."""
    kept: dict[str, ListedName] = {}
    for name in names:
        if name.text and (name.text not in kept or kept[name.text].weak):
            kept[name.text] = name
    return tuple(kept.values())
