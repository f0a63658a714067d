"""Which numbers hold on a day, and which schemes the rulebook has for a destination."""

from __future__ import annotations

import tomllib
import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache, partial
from pathlib import Path

from common.memory import Remembered
from trade.models import Registration
from trade.rules.registrations import SCHEME_NUMBERS, Held, NumberKind, scheme_numbers
from trade.rules.rows import Row, Scheme
from trade.rules.scheme_returns import SchemeReturn, parse_returns
from trade.rules.values import Channel
from trade.selectors.rulebook import get_rulebook

RETURNS_FILE = Path(__file__).resolve().parent.parent / "data" / "scheme_returns.toml"
# Old numbers are a few; a minute is what a page may be behind a moderator's decision.
_platform: Remembered[tuple[Held, ...]] = Remembered(60)
_sellers: Remembered[tuple[Held, ...]] = Remembered(60)


def forget_registrations() -> None:
    """Read the numbers again next time: they have just changed."""
    _platform.forget()
    _sellers.forget()


def platform_schemes(*, on: date) -> dict[str, str]:
    """Scheme key to the platform's number that holds on a day; at most one query a minute."""
    held = _platform.get("platform", lambda: _read(None))
    return scheme_numbers(held, on)


def seller_schemes(
    *, owner_refs: Collection[uuid.UUID], on: date
) -> dict[uuid.UUID, dict[str, str]]:
    """The same of sellers, by business; one query a minute for those asked about."""
    held = _of_sellers(owner_refs)
    return {owner: scheme_numbers(numbers, on) for owner, numbers in held.items()}


def numbers_of(*, owner_ref: uuid.UUID | None, on: date) -> list[Held]:
    """All numbers of a seller, or of the platform (None), that hold on a day: for papers.

    Whoever prints must leave out those that are `is_electronic_only`.
    """
    held = _of_sellers([owner_ref])[owner_ref] if owner_ref else _read(None)
    return [one for one in held if one.holds(on)]


def list_registrations(*, owner_ref: uuid.UUID | None) -> list[Registration]:
    """Everything that an owner ever had, those in force first."""
    rows = Registration.objects.of(owner_ref)
    return sorted(rows, key=lambda row: (row.valid_to is not None, row.country, row.kind))


def _read(owner_ref: uuid.UUID | None) -> tuple[Held, ...]:
    return tuple(row.held for row in Registration.objects.of(owner_ref))


def _of_sellers(owner_refs: Collection[uuid.UUID]) -> dict[uuid.UUID, tuple[Held, ...]]:
    """What is not remembered is read for all at once."""
    read: dict[uuid.UUID, list[Held]] = {}

    def numbers(owner: uuid.UUID) -> tuple[Held, ...]:
        if not read:
            read.update((one, []) for one in owner_refs)
            for row in Registration.objects.filter(owner_ref__in=owner_refs):
                if row.owner_ref is not None:
                    read[row.owner_ref].append(row.held)
        return tuple(read[owner])

    return {owner: _sellers.get(owner, partial(numbers, owner)) for owner in owner_refs}


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
    """What a quote for a destination needs to know of registrations; at most two queries a minute."""
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
    held = {one.scheme: one for one in _read(None) if one.scheme and one.holds(on)}
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
