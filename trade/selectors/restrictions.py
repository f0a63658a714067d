"""The shipped restrictions, asked for one kind of goods and told in words."""

from __future__ import annotations

import datetime
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from trade.rules.restrictions import (
    Battery,
    Goods,
    Hit,
    Outcome,
    Restriction,
    RestrictionRow,
    Route,
    Standing,
    blocked_everywhere,
    hits_of,
    parse_restrictions,
    restrict,
)
from trade.rules.un_numbers import UN_NUMBERS
from trade.selectors.restriction_words import say_outcome, say_restriction

RESTRICTIONS_FILE = Path(__file__).resolve().parent.parent / "data" / "restrictions.toml"
# What a moderator looks at before such goods are sold.
WATCHED = frozenset({Outcome.BLOCK, Outcome.LICENCE, Outcome.CARRIER_ONLY})
BY_WORDS = "words"


@dataclass(frozen=True, slots=True)
class RestrictionNotice:
    """A restriction with its sentence in the active language. forbids: it is not sold there.

    by_words: found by words of the description alone. by_route: another route may be open.
    """

    code: str
    outcome: Outcome
    row_id: str
    forbids: bool
    text: str
    by_words: bool = False
    by_route: bool = False


@dataclass(frozen=True, slots=True)
class Hindrance:
    """One restriction and every destination that it holds for.

    everywhere: it holds for all of them. outcome_text: the outcome in two or three words.
    """

    notice: RestrictionNotice
    outcome_text: str
    destinations: tuple[str, ...]
    everywhere: bool


@lru_cache(maxsize=1)
def restriction_rows() -> tuple[RestrictionRow, ...]:
    """The rows of trade/data/restrictions.toml, read once a process."""
    with RESTRICTIONS_FILE.open("rb") as file:
        return parse_restrictions(tomllib.load(file)["restriction"])


@lru_cache(maxsize=4096)
def _hits(goods: Goods) -> tuple[Hit, ...]:
    return hits_of(restriction_rows(), goods)


def goods_of(
    *,
    hs_code: str,
    description: str,
    battery: str = "",
    un_number: str = "",
    watt_hours: Decimal | None = None,
    permit_held: bool | None = None,
    title: str = "",
) -> Goods:
    """What restrictions look at, from a listing's words. Raises ValueError for another battery."""
    return Goods(hs_code, description, Battery(battery), un_number, watt_hours, permit_held, title)


def check_restrictions(
    *,
    destination: str,
    dispatched_from: str,
    hs_code: str,
    description: str,
    on: datetime.date,
    battery: str = "",
    un_number: str = "",
    watt_hours: Decimal | None = None,
    permit_held: bool | None = None,
    carriage: str = "",
    region: str = "",
) -> list[RestrictionNotice]:
    """What may keep these goods from being sent there on that day, the hardest first.

    carriage: post, courier, air or sea; anything else counts as not known. permit_held: False
    forbids what needs a permit; None (nobody asked) only says so. region: ISO 3166-2.
    """
    goods = Goods(hs_code, description, Battery(battery), un_number, watt_hours, permit_held)
    return check_goods(
        goods=goods,
        destination=destination,
        dispatched_from=dispatched_from,
        on=on,
        carriage=carriage,
        region=region,
    )


def check_goods(
    *,
    goods: Goods,
    destination: str,
    dispatched_from: str,
    on: datetime.date,
    carriage: str = "",
    region: str = "",
) -> list[RestrictionNotice]:
    """`check_restrictions` for goods that are gathered already."""
    route = Route(carriage) if carriage in set(Route) else Route.ANY
    way = Standing(destination, dispatched_from, on, route, region)
    return [_notice(found) for found in restrict(_hits(goods), goods=goods, way=way)]


def hindrances(
    *,
    goods: Goods,
    dispatched_from: str,
    destinations: Sequence[str],
    on: datetime.date,
) -> list[Hindrance]:
    """Where these goods can't be sent, or only so, the hardest and widest first.

    A permit that is not held yet shows as a permit needed, not as a ban. What holds for a
    destination whatever is sent (an embargo) is part of it.
    """
    hits = _hits(goods)
    held: dict[tuple[str, Outcome], list[str]] = {}
    first: dict[tuple[str, Outcome], Restriction] = {}
    for destination in destinations:
        way = Standing(destination, dispatched_from, on)
        for found in restrict(hits, goods=goods, way=way):
            key = (found.code, found.outcome)
            held.setdefault(key, []).append(destination)
            first.setdefault(key, found)
    abroad = len([one for one in destinations if one != dispatched_from])
    order = list(Outcome)
    rows = [
        Hindrance(
            _notice(first[key]),
            say_outcome(key[1]),
            tuple(places),
            len(places) >= abroad,
        )
        for key, places in held.items()
    ]
    return sorted(rows, key=lambda row: (order.index(row.notice.outcome), -len(row.destinations)))


def watched_flags(
    *, goods: Goods, dispatched_from: str, destinations: Iterable[str], on: datetime.date
) -> list[str]:
    """Why a moderator should look: outcomes that some destination meets, and "words".

    Embargoes, which hold for a country whatever is sent, are not the goods' matter.
    """
    hits = [hit for hit in _hits(goods) if hit.row.names_goods]
    flags: set[str] = set()
    for destination in destinations:
        way = Standing(destination, dispatched_from, on)
        for found in restrict(hits, goods=goods, way=way):
            if found.by_words:
                flags.add(BY_WORDS)
            elif found.outcome in WATCHED:
                flags.add(found.outcome.value)
    return sorted(flags)


def barred_everywhere(
    *, goods: Goods, dispatched_from: str, destinations: Iterable[str], on: datetime.date
) -> RestrictionNotice | None:
    """The block that no destination escapes, or None when the goods may be sold somewhere."""
    found = blocked_everywhere(
        restriction_rows(),
        goods=goods,
        dispatched_from=dispatched_from,
        destinations=destinations,
        on=on,
    )
    return _notice(found) if found else None


def needs_permit(
    *, goods: Goods, dispatched_from: str, destinations: Iterable[str], on: datetime.date
) -> bool:
    """Whether some destination takes these goods only with a permit."""
    hits = _hits(goods)
    return any(
        found.outcome is Outcome.LICENCE
        for destination in destinations
        for found in restrict(hits, goods=goods, way=Standing(destination, dispatched_from, on))
    )


def un_number_name(number: str) -> str | None:
    """What a UN number stands for, in English; None when parcels here never hold it."""
    return UN_NUMBERS.get(number)


def _notice(found: Restriction) -> RestrictionNotice:
    return RestrictionNotice(
        found.code,
        found.outcome,
        found.row_id,
        found.forbids,
        say_restriction(found),
        found.by_words,
        found.by_route,
    )
