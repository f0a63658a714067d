"""The list of the demo and of tests, in a form of our own: invented parties, with no day of its own."""

from __future__ import annotations

import tomllib
from datetime import date

from trade.rules.sanction_lists.places import country_codes
from trade.rules.sanction_lists.values import (
    ListError,
    ParsedList,
    ParsedParty,
    distinct,
    places_of,
)
from trade.rules.screening import ListedName, NameKind, Place


def read_demo(content: str, *, published_on: date) -> ParsedList:
    """published_on: the demo's list is as new as the day on which it is imported. Raises ListError."""
    try:
        parties = tuple(
            ParsedParty(
                ref=row["ref"],
                kind=NameKind(row["kind"]),
                names=distinct(
                    [ListedName(name) for name in row["names"]]
                    + [ListedName(name, weak=True) for name in row.get("weak", [])]
                ),
                countries=country_codes(row.get("countries", [])),
                born=tuple(row.get("born", [])),
                programme=row["programme"],
                places=places_of(
                    Place(place.get("street", ""), place["town"]) for place in row.get("places", [])
                ),
            )
            for row in tomllib.loads(content)["party"]
        )
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise ListError(f"the demo's list can't be read: {error}") from None
    return ParsedList(published_on, parties)
