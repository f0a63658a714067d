"""What may not, or not simply, be sent: rows by code, words, UN number, battery, route and place.

Pure. A row is hit by a fact (a tariff code, a UN number, a stated battery), or by words of the
description alone; words may mislead, so a hit by them only warns, and a moderator looks.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from trade.rules.folding import fold
from trade.rules.restriction_rows import (
    Battery,
    Outcome,
    RestrictionRow,
    Route,
    parse_restrictions,
)
from trade.rules.vague import is_vague

__all__ = [
    "Battery",
    "Goods",
    "Hit",
    "Outcome",
    "Restriction",
    "RestrictionRow",
    "Route",
    "Standing",
    "blocked_everywhere",
    "check_restrictions",
    "hits_of",
    "parse_restrictions",
    "restrict",
]


@dataclass(frozen=True, slots=True)
class Goods:
    """What restrictions look at. watt_hours: of one battery; None when it is not said.

    title: what buyers read; searched for words like the description, which is for customs.
    permit_held: whether the seller holds the permit that such goods need; None when nobody asked.
    """

    hs_code: str
    description: str = ""
    battery: Battery = Battery.UNSAID
    un_number: str = ""
    watt_hours: Decimal | None = None
    permit_held: bool | None = None
    title: str = ""


@dataclass(frozen=True, slots=True)
class Restriction:
    """A row that applies to some goods. `code` names the sentence that screens show.

    by_words: found by words of the description alone. lacks_permit: the seller has said that it
    holds no permit. by_route: it holds on the route that was asked for; another one may be open.
    """

    code: str
    outcome: Outcome
    row_id: str
    by_words: bool = False
    lacks_permit: bool = False
    by_route: bool = False

    @property
    def forbids(self) -> bool:
        """Whether the goods are not sold there."""
        return self.outcome is Outcome.BLOCK or (
            self.outcome is Outcome.LICENCE and self.lacks_permit
        )


@dataclass(frozen=True, slots=True)
class Hit:
    """A row that these goods hit, wherever they go."""

    row: RestrictionRow
    by_words: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """The way that goods would take. region: ISO 3166-2, where it is known."""

    destination: str
    dispatched_from: str
    on: datetime.date
    route: Route = Route.ANY
    region: str = ""


def hits_of(rows: Sequence[RestrictionRow], goods: Goods) -> tuple[Hit, ...]:
    """The rows that these goods hit; where and when they hold is `check_restrictions`' question."""
    words = " ".join(fold(f"{goods.description} ; {goods.title}").split())
    found = []
    for row in rows:
        if _by_fact(row, goods):
            found.append(Hit(row, by_words=False))
        elif row.spoken(words):
            found.append(Hit(row, by_words=True))
    return tuple(found)


def _by_fact(row: RestrictionRow, goods: Goods) -> bool:
    if row.vague:
        return bool(goods.description.strip()) and is_vague(goods.description)
    if not row.names_goods:
        return True
    if row.un and goods.un_number in row.un:
        return True
    if row.battery:
        if goods.battery in row.battery and _within(row, goods.watt_hours):
            # A battery row with codes asks for both: "not said, of goods that may hold one".
            return not row.hs or row.covers(goods.hs_code)
        return False
    return row.covers(goods.hs_code)


def _within(row: RestrictionRow, watt_hours: Decimal | None) -> bool:
    if row.wh_over is not None:
        return watt_hours is not None and watt_hours > row.wh_over
    if row.wh_at_most is not None:
        return watt_hours is None or watt_hours <= row.wh_at_most
    return True


def check_restrictions(
    rows: Sequence[RestrictionRow], *, goods: Goods, way: Standing
) -> tuple[Restriction, ...]:
    """Every restriction on one kind of goods on that way, the hardest first, each code once."""
    return restrict(hits_of(rows, goods), goods=goods, way=way)


def restrict(hits: Iterable[Hit], *, goods: Goods, way: Standing) -> tuple[Restriction, ...]:
    """`check_restrictions` for hits that are known already: for many destinations at once."""
    order = list(Outcome)
    found = [
        Restriction(
            hit.row.code,
            _outcome(hit, way),
            hit.row.id,
            by_words=hit.by_words,
            lacks_permit=goods.permit_held is False,
            by_route=bool(hit.row.routes) and way.route is not Route.ANY,
        )
        for hit in hits
        if _applies(hit.row, way)
    ]
    # What no route escapes is said before what only this one does.
    found.sort(key=lambda one: (order.index(one.outcome), one.by_words, one.by_route))
    once: dict[str, Restriction] = {}
    for one in found:
        once.setdefault(one.code, one)
    return tuple(once.values())


def _outcome(hit: Hit, way: Standing) -> Outcome:
    if hit.by_words:
        return Outcome.WARN
    # What only some routes refuse is, while the route is open, a matter of the carrier.
    refused = hit.row.outcome in {Outcome.BLOCK, Outcome.LICENCE}
    if hit.row.routes and way.route is Route.ANY and refused:
        return Outcome.CARRIER_ONLY
    return hit.row.outcome


def _applies(row: RestrictionRow, way: Standing) -> bool:
    if not row.valid_from <= way.on <= (row.valid_to or datetime.date.max):
        return False
    if row.destinations is not None and way.destination not in row.destinations:
        return False
    if row.regions and way.region not in row.regions:
        return False
    if row.crossing and way.dispatched_from == way.destination:
        return False
    if row.routes and way.route is not Route.ANY and way.route not in row.routes:
        return False
    return not (way.dispatched_from in row.inside and way.destination in row.inside)


def blocked_everywhere(
    rows: Sequence[RestrictionRow],
    *,
    goods: Goods,
    dispatched_from: str,
    destinations: Iterable[str],
    on: datetime.date,
) -> Restriction | None:
    """The block that holds wherever the goods would go, home included; None when some way is open."""
    hits = hits_of(rows, goods)
    first: Restriction | None = None
    for destination in destinations:
        way = Standing(destination, dispatched_from, on)
        found = restrict(hits, goods=goods, way=way)
        if not found or found[0].outcome is not Outcome.BLOCK:
            return None
        if destination == dispatched_from or first is None:
            first = found[0]
    return first
