"""What may not, or not simply, cross a border: rows by tariff prefix, words and destination."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Outcome", "Restriction", "RestrictionRow", "check_restrictions", "parse_restrictions"]


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


@dataclass(frozen=True, slots=True)
class RestrictionRow:
    """One dated rule. destinations None: everywhere; crossing: only between countries.

    words: names that point to such goods in a description; a hit by words alone only warns.
    inside: a customs territory within which the row does not apply.
    """

    id: str
    code: str
    outcome: Outcome
    hs: tuple[str, ...]
    hs_not: tuple[str, ...]
    words: tuple[str, ...]
    destinations: frozenset[str] | None
    inside: frozenset[str]
    crossing: bool
    valid_from: datetime.date
    valid_to: datetime.date | None
    legal_ref: str
    source: str
    checked_on: datetime.date


@dataclass(frozen=True, slots=True)
class Restriction:
    """A row that applies to some goods. `code` names the sentence that screens show."""

    code: str
    outcome: Outcome
    row_id: str

    @property
    def forbids(self) -> bool:
        return self.outcome is Outcome.BLOCK


def check_restrictions(
    rows: Sequence[RestrictionRow],
    *,
    destination: str,
    dispatched_from: str,
    hs_code: str,
    description: str,
    on: datetime.date,
) -> tuple[Restriction, ...]:
    """Every restriction on one kind of goods on that way, the hardest first."""
    words = " ".join(re.findall(r"[^\W_]+", description.lower()))
    found: list[Restriction] = []
    for row in rows:
        if not _applies(row, destination, dispatched_from, on):
            continue
        by_code = not row.hs or bool(
            hs_code.startswith(row.hs) and not (row.hs_not and hs_code.startswith(row.hs_not))
        )
        if by_code and (row.hs or not row.words):
            found.append(Restriction(row.code, row.outcome, row.id))
        elif any(re.search(rf"\b{re.escape(word)}\b", words) for word in row.words):
            found.append(Restriction(row.code, Outcome.WARN, row.id))
    order = list(Outcome)
    return tuple(sorted(found, key=lambda restriction: order.index(restriction.outcome)))


def _applies(
    row: RestrictionRow, destination: str, dispatched_from: str, on: datetime.date
) -> bool:
    if not row.valid_from <= on <= (row.valid_to or datetime.date.max):
        return False
    if row.destinations is not None and destination not in row.destinations:
        return False
    if row.crossing and dispatched_from == destination:
        return False
    return dispatched_from not in row.inside


_KNOWN = {
    "id",
    "code",
    "outcome",
    "hs",
    "hs_not",
    "words",
    "destinations",
    "inside",
    "crossing",
    "valid_from",
    "valid_to",
    "legal_ref",
    "source",
    "checked_on",
}


def parse_restrictions(tables: Iterable[Mapping[str, object]]) -> tuple[RestrictionRow, ...]:
    """Rows from dictionaries. Raises ValueError naming the row."""
    rows = tuple(_parse(table) for table in tables)
    if len({row.id for row in rows}) != len(rows):
        raise ValueError("two restrictions have the same id")
    return rows


def _parse(table: Mapping[str, object]) -> RestrictionRow:
    name = str(table.get("id") or "restriction without id")
    unknown = set(table) - _KNOWN
    missing = {"id", "code", "outcome", "valid_from", "legal_ref", "source", "checked_on"} - set(
        table
    )
    if unknown or missing:
        raise ValueError(f"{name}: unknown {sorted(unknown)}, missing {sorted(missing)}")
    destinations = frozenset(_texts(name, table, "destinations"))
    hs = _texts(name, table, "hs")
    if not (hs or destinations):
        raise ValueError(f"{name}: names neither goods nor destinations")
    return RestrictionRow(
        id=name,
        code=str(table["code"]),
        outcome=Outcome(str(table["outcome"])),
        hs=hs,
        hs_not=_texts(name, table, "hs_not"),
        words=_texts(name, table, "words"),
        destinations=destinations or None,
        inside=frozenset(_texts(name, table, "inside")),
        crossing=table.get("crossing", True) is True,
        valid_from=_day(name, table, "valid_from"),
        valid_to=_day(name, table, "valid_to") if "valid_to" in table else None,
        legal_ref=str(table["legal_ref"]),
        source=str(table["source"]),
        checked_on=_day(name, table, "checked_on"),
    )


def _texts(name: str, table: Mapping[str, object], key: str) -> tuple[str, ...]:
    value = table.get(key, [])
    if not isinstance(value, list):
        raise ValueError(f"{name}: {key} is a list")  # noqa: TRY004 - one error class a file
    return tuple(str(part) for part in value)


def _day(name: str, table: Mapping[str, object], key: str) -> datetime.date:
    value = table.get(key)
    if not isinstance(value, datetime.date):
        raise ValueError(f"{name}: {key} is a date")  # noqa: TRY004 - one error class a file
    return value
