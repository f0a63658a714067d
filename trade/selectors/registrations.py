"""Which numbers hold on a day, and which schemes the rulebook has for a destination."""

from __future__ import annotations

import tomllib
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path

from common.memory import Remembered
from trade.models import Registration
from trade.rules.registrations import SCHEME_NUMBERS, Held, NumberKind, scheme_numbers
from trade.rules.rows import Row, Scheme
from trade.rules.scheme_returns import SchemeReturn, parse_returns
from trade.rules.values import Channel
from trade.selectors.rulebook import get_rulebook

RETURNS_FILE = Path(__file__).resolve().parent.parent / "data" / "scheme_returns.toml"
# By day: whose schemes hold on it. A minute is what a page may be behind somebody's decision.
_joined: Remembered[Mapping[uuid.UUID | None, Mapping[str, str]]] = Remembered(60)


def forget_registrations() -> None:
    """Read the numbers again next time: they have just changed."""
    _joined.forget()


def platform_schemes(*, on: date) -> Mapping[str, str]:
    """Scheme key to the platform's number that holds on a day; at most one query a minute."""
    return _joined_on(on).get(None, {})


def seller_schemes(
    *, owner_refs: Collection[uuid.UUID], on: date
) -> dict[uuid.UUID, Mapping[str, str]]:
    """The same of sellers, by business."""
    joined = _joined_on(on)
    return {owner: joined.get(owner, {}) for owner in owner_refs}


def _joined_on(day: date) -> Mapping[uuid.UUID | None, Mapping[str, str]]:
    """Few have joined any scheme, so that all are remembered at once."""

    def read() -> Mapping[uuid.UUID | None, Mapping[str, str]]:
        held: dict[uuid.UUID | None, list[Held]] = defaultdict(list)
        for row in Registration.objects.holding(day).exclude(scheme=""):
            held[row.owner_ref].append(row.held)
        return {owner: scheme_numbers(numbers, day) for owner, numbers in held.items()}

    return _joined.get(day, read)


def numbers_of(*, owner_ref: uuid.UUID | None, on: date) -> list[Held]:
    """All numbers of a seller, or of the platform (None), that hold on a day: for papers. One query.

    Whoever prints must leave out those that are `is_electronic_only`.
    """
    return [row.held for row in Registration.objects.of(owner_ref).holding(on)]


def list_registrations(*, owner_ref: uuid.UUID | None) -> list[Registration]:
    """Everything that an owner ever had, those in force first."""
    rows = Registration.objects.of(owner_ref)
    return sorted(rows, key=lambda row: (row.valid_to is not None, row.country, row.kind))


# ---- what the rulebook knows of schemes --------------------------------------------------------


def schemes_for(*, destination: str, on: date, channels: Iterable[Channel]) -> frozenset[str]:
    """Keys of the schemes that a destination has on a day for sales over these channels."""
    snapshot = get_rulebook().at(destination, on)
    wanted = frozenset(channels)
    return frozenset(
        row.effect.key
        for row in (snapshot.schemes if snapshot else ())
        if row.effect.key and (row.scope.channels is None or row.scope.channels & wanted)
    )


@dataclass(frozen=True, slots=True)
class TaxStanding:
    """Who has joined a destination's schemes: the platform (`scheme`), and which sellers.

    scheme is True where the rulebook has no scheme for a platform: nothing to join decides nothing.
    """

    scheme: bool
    registered: frozenset[uuid.UUID]


def tax_standing(*, destination: str, owner_refs: Collection[uuid.UUID], on: date) -> TaxStanding:
    """What a quote for a destination needs to know of registrations; at most one query a minute."""
    ours = schemes_for(destination=destination, on=on, channels=(Channel.MARKETPLACE,))
    theirs = schemes_for(destination=destination, on=on, channels=tuple(Channel))
    joined = seller_schemes(owner_refs=owner_refs, on=on) if theirs else {}
    return TaxStanding(
        scheme=not ours or not ours.isdisjoint(platform_schemes(on=on)),
        registered=frozenset(
            owner for owner, schemes in joined.items() if not theirs.isdisjoint(schemes)
        ),
    )


def seller_is_registered(*, owner_ref: uuid.UUID, destination: str, on: date) -> bool:
    """Whether a seller itself has joined a scheme of the destination."""
    standing = tax_standing(destination=destination, owner_refs=[owner_ref], on=on)
    return owner_ref in standing.registered


@dataclass(frozen=True, slots=True)
class SchemeStanding:
    """A scheme that the law has for a platform, and whether the platform has joined it.

    row: the scheme's row of the rulebook. held: the number that holds, or None.
    """

    key: str
    row: Row[Scheme]
    destinations: tuple[str, ...] = field(default=())
    held: Held | None = None


def scheme_standings(*, on: date) -> list[SchemeStanding]:
    """Every scheme of the rulebook for a marketplace on a day, with the platform's number."""
    found: dict[str, tuple[Row[Scheme], list[str]]] = {}
    book = get_rulebook()
    for destination in sorted(book.destinations):
        snapshot = book.at(destination, on)
        for row in snapshot.schemes if snapshot else ():
            channels = row.scope.channels
            if row.effect.key and (channels is None or Channel.MARKETPLACE in channels):
                places = found.setdefault(row.effect.key, (row, []))[1]
                if destination not in places:
                    places.append(destination)
    held = {one.scheme: one for one in numbers_of(owner_ref=None, on=on) if one.scheme}
    return [
        SchemeStanding(key, row, tuple(places), held.get(key))
        for key, (row, places) in sorted(found.items())
    ]


def scheme_of_number(kind: NumberKind, country: str) -> str:
    """The scheme that a number of this kind joins by itself, "" for none."""
    for key, accepted in SCHEME_NUMBERS.items():
        if any((one.kind, one.country) == (kind, country) for one in accepted):
            return key
    return ""


@lru_cache(maxsize=1)
def scheme_returns() -> Mapping[str, SchemeReturn]:
    """How each scheme is declared, by key. Raises ReturnError when the file is not fit for use."""
    return parse_returns(tomllib.loads(RETURNS_FILE.read_text(encoding="utf-8")))
