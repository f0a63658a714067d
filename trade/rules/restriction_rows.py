"""What a row of trade/data/restrictions.toml is, and how it is read; pure."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from common.countries import EU
from trade.rules.folding import fold, is_cjk, runs


class Outcome(StrEnum):
    """From the hardest to the mildest."""

    BLOCK = "block"
    """It is not sold there."""
    LICENCE = "licence"
    """Only with a permit or certificate that the seller has to hold."""
    CARRIER_ONLY = "carrier-only"
    """Ordinary post refuses it; some carriers take it under their conditions."""
    WARN = "warn"
    """Allowed, with something to know."""


class Route(StrEnum):
    """How goods travel."""

    ANY = ""
    """Not chosen yet, or not known."""
    POST = "post"
    COURIER = "courier"
    AIR = "air"
    SEA = "sea"


class Battery(StrEnum):
    """Where a lithium battery is, as the seller says."""

    UNSAID = ""
    NONE = "none"
    INSIDE = "inside"
    PACKED = "packed"
    """Beside the thing, in the same parcel."""
    LOOSE = "loose"
    """Sent on its own: cells, spare batteries, power banks."""


class Confidence(StrEnum):
    """How the row was checked."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class RestrictionRow:
    """One dated rule. destinations None: everywhere; crossing: only between countries.

    words: names that point to such goods in a description; a hit by words alone only warns.
    inside: a customs territory within which the row does not apply. routes: only on these.
    battery, wh_over, wh_at_most: a stated battery and the watt-hours of one. vague: hit by a
    description that says nothing.
    """

    id: str
    code: str
    outcome: Outcome
    hs: tuple[str, ...]
    hs_not: tuple[str, ...]
    words: tuple[str, ...]
    un: frozenset[str]
    battery: frozenset[Battery]
    wh_over: Decimal | None
    wh_at_most: Decimal | None
    vague: bool
    routes: frozenset[Route]
    destinations: frozenset[str] | None
    regions: frozenset[str]
    inside: frozenset[str]
    crossing: bool
    valid_from: datetime.date
    valid_to: datetime.date | None
    legal_ref: str
    source: str
    checked_on: datetime.date
    confidence: Confidence

    @property
    def names_goods(self) -> bool:
        """Whether the row is about some goods, not about a destination as a whole."""
        return bool(self.hs or self.words or self.un or self.battery or self.vague)

    def covers(self, hs_code: str) -> bool:
        """Whether the tariff code falls under it."""
        return (
            bool(self.hs)
            and hs_code.startswith(self.hs)
            and not hs_code.startswith(self.hs_not or ("none",))
        )

    def spoken(self, folded: str) -> bool:
        """Whether one of the words stands in a folded text."""
        return bool(self.words) and _pattern(self.words).search(folded) is not None


@lru_cache(maxsize=1024)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    """Any of the words, as whole words; Chinese, Japanese and Korean ones anywhere."""
    parts = []
    for word in words:
        folded = " ".join(fold(word).split())
        escaped = re.escape(folded).replace(r"\ ", r"[\W_]+")
        cjk = any(map(is_cjk, runs(word)))
        parts.append(escaped if cjk else rf"(?<![^\W_]){escaped}(?![^\W_])")
    return re.compile("|".join(parts))


_REQUIRED = {"id", "code", "outcome", "valid_from", "legal_ref", "source", "checked_on"}
_LISTS = {"hs", "hs_not", "words", "un", "battery", "routes", "destinations", "regions", "inside"}
_KNOWN = _REQUIRED | _LISTS | {
    "wh_over", "wh_at_most", "vague", "crossing", "valid_to", "confidence",
}  # fmt: skip


def parse_restrictions(tables: Iterable[Mapping[str, object]]) -> tuple[RestrictionRow, ...]:
    """Rows from dictionaries; "EU" among countries stands for its members.

    Raises ValueError naming the row.
    """
    rows = tuple(_parse(table) for table in tables)
    if len({row.id for row in rows}) != len(rows):
        raise ValueError("two restrictions have the same id")
    return rows


def _parse(table: Mapping[str, object]) -> RestrictionRow:
    name = str(table.get("id") or "restriction without id")
    unknown, missing = set(table) - _KNOWN, _REQUIRED - set(table)
    if unknown or missing:
        raise ValueError(f"{name}: unknown {sorted(unknown)}, missing {sorted(missing)}")
    lists = {key: _texts(name, table, key) for key in _LISTS}
    destinations = _countries(lists["destinations"])
    vague = table.get("vague", False) is True
    if not (any(lists[key] for key in ("hs", "un", "battery", "words")) or destinations or vague):
        raise ValueError(f"{name}: names neither goods nor destinations")
    try:
        return RestrictionRow(
            id=name,
            code=str(table["code"]),
            outcome=Outcome(str(table["outcome"])),
            hs=lists["hs"],
            hs_not=lists["hs_not"],
            words=lists["words"],
            un=frozenset(lists["un"]),
            battery=frozenset(map(Battery, lists["battery"])),
            wh_over=_decimal(table, "wh_over"),
            wh_at_most=_decimal(table, "wh_at_most"),
            vague=vague,
            routes=frozenset(map(Route, lists["routes"])),
            destinations=destinations or None,
            regions=frozenset(lists["regions"]),
            inside=_countries(lists["inside"]),
            crossing=table.get("crossing", True) is True,
            valid_from=_day(name, table, "valid_from"),
            valid_to=_day(name, table, "valid_to") if "valid_to" in table else None,
            legal_ref=str(table["legal_ref"]),
            source=str(table["source"]),
            checked_on=_day(name, table, "checked_on"),
            confidence=Confidence(str(table.get("confidence", "medium"))),
        )
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from error


def _countries(codes: Iterable[str]) -> frozenset[str]:
    found = frozenset(codes)
    return (found - {"EU"}) | EU if "EU" in found else found


def _texts(name: str, table: Mapping[str, object], key: str) -> tuple[str, ...]:
    value = table.get(key, [])
    if not isinstance(value, list):
        raise ValueError(f"{name}: {key} is a list")  # noqa: TRY004 - one error class a file
    return tuple(str(part) for part in value)


def _decimal(table: Mapping[str, object], key: str) -> Decimal | None:
    return Decimal(str(table[key])) if key in table else None


def _day(name: str, table: Mapping[str, object], key: str) -> datetime.date:
    value = table.get(key)
    if not isinstance(value, datetime.date):
        raise ValueError(f"{name}: {key} is a date")  # noqa: TRY004 - one error class a file
    return value
