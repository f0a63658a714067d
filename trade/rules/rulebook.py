"""The rulebook as the engine reads it: rows by destination and day, most specific first."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from trade.rules.conversion import Conversion
from trade.rules.rows import (
    Doubt,
    Duty,
    Effect,
    Facts,
    Fee,
    Import,
    NoBorder,
    Relief,
    Row,
    Scheme,
    Scope,
    Tax,
    Waiver,
)
from trade.rules.values import Certainty, ChargeKind, GoodsLine

E = TypeVar("E", bound=Effect)
DAY = Conversion.DAY

# Days and goods are few in practice; the bound only keeps a hostile caller from filling the memory.
_CACHE_SIZE = 20_000


def _by_rank(rows: Sequence[Row[E]]) -> tuple[Row[E], ...]:
    """Most specific first, for rows whose tariff prefixes do not matter or are single."""
    return tuple(
        sorted(rows, key=lambda row: max(row.scope.rank(hs) for hs in row.scope.hs), reverse=True)
    )


class Snapshot:
    """All rows of one destination that are in force on one day."""

    __slots__ = (
        "_duty_cache",
        "_finer_cache",
        "_tax_cache",
        "duty_reliefs",
        "duty_slots",
        "early_doubts",
        "fees",
        "imports",
        "knows_businesses",
        "no_borders",
        "other_doubts",
        "purposes",
        "schemes",
        "stops",
        "tax_reliefs",
        "tax_slots",
        "waivers",
    )

    def __init__(self, rows: Sequence[Row[Effect]]) -> None:
        def of(kind: type[E]) -> list[Row[E]]:
            return [row for row in rows if isinstance(row.effect, kind)]  # type: ignore[misc]

        self.no_borders = tuple(of(NoBorder))
        self.imports = _by_rank(of(Import))
        self.schemes = _by_rank(of(Scheme))
        reliefs = of(Relief)
        self.duty_reliefs = _by_rank([r for r in reliefs if ChargeKind.DUTY in r.effect.kinds])
        self.tax_reliefs = _by_rank([r for r in reliefs if ChargeKind.TAX in r.effect.kinds])
        self.duty_slots = _by_slot(of(Duty))
        self.tax_slots = _by_slot(of(Tax))
        self.fees = _by_slot(of(Fee))
        self.waivers = _by_rank(of(Waiver))
        doubts = of(Doubt)
        self.stops = tuple(row for row in doubts if row.effect.stops)
        # What the tax's own base depends on is settled before the tax.
        early = [row for row in doubts if not row.effect.stops and _comes_early(row.effect)]
        self.early_doubts = tuple(early)
        self.other_doubts = tuple(
            row for row in doubts if row not in early and not row.effect.stops
        )
        self._duty_cache: dict[tuple[str, str, str], tuple[Row[Duty], ...]] = {}
        self._tax_cache: dict[tuple[str, str, str], tuple[Row[Tax], ...]] = {}
        self._finer_cache: dict[str, tuple[str, ...]] = {}
        scopes: list[Scope] = [row.scope for row in rows]
        self.purposes = frozenset(one for scope in scopes for one in scope.purposes or ())
        self.knows_businesses = any(scope.buyers is not None for scope in scopes)

    def duties(self, slot: str, hs_code: str, origin: str) -> tuple[Row[Duty], ...]:
        """The slot's rows for these goods, most specific first."""
        return _for_goods(self._duty_cache, self.duty_slots.get(slot, ()), slot, hs_code, origin)

    def taxes(self, slot: str, hs_code: str, origin: str) -> tuple[Row[Tax], ...]:
        """The slot's rows for these goods, most specific first."""
        return _for_goods(self._tax_cache, self.tax_slots.get(slot, ()), slot, hs_code, origin)

    def finer(self, hs_code: str) -> tuple[str, ...]:
        """The longer tariff prefixes under a code that some duty or tax row tells apart."""
        found = self._finer_cache.get(hs_code)
        if found is None:
            if len(self._finer_cache) >= _CACHE_SIZE:
                self._finer_cache.clear()
            scopes = [row.scope for rows in self.duty_slots.values() for row in rows]
            scopes += [row.scope for rows in self.tax_slots.values() for row in rows]
            prefixes = {hs for scope in scopes for hs in scope.hs}
            found = self._finer_cache[hs_code] = tuple(
                sorted(p for p in prefixes if p.startswith(hs_code) and len(p) > len(hs_code))
            )
        return found


def _comes_early(doubt: Doubt) -> bool:
    return doubt.charge_kind is ChargeKind.DUTY or (
        doubt.charge_kind is ChargeKind.TAX
        and doubt.certainty is Certainty.UNKNOWN
        and doubt.when in {"always", "dutiable"}
    )


def _by_slot(rows: Sequence[Row[E]]) -> dict[str, tuple[Row[E], ...]]:
    slots: dict[str, list[Row[E]]] = {}
    for row in rows:
        slots.setdefault(row.slot, []).append(row)
    return {slot: _by_rank(members) for slot, members in slots.items()}


def _for_goods(
    cache: dict[tuple[str, str, str], tuple[Row[E], ...]],
    rows: Sequence[Row[E]],
    slot: str,
    hs_code: str,
    origin: str,
) -> tuple[Row[E], ...]:
    key = (slot, hs_code, origin)
    found = cache.get(key)
    if found is None:
        fitting = [row for row in rows if row.scope.fits_goods(hs_code, origin)]
        fitting.sort(
            key=lambda row: max(
                row.scope.rank(hs) for hs in row.scope.hs if hs_code.startswith(hs)
            ),
            reverse=True,
        )
        if len(cache) >= _CACHE_SIZE:
            cache.clear()
        found = cache[key] = tuple(fitting)
    return found


def first_fit(rows: Sequence[Row[E]], facts: Facts, line: GoodsLine) -> Row[E] | None:
    """The first row whose whole scope holds. Raises RateUnavailableError."""
    for row in rows:
        scope = row.scope
        if scope.fits_goods(line.hs_code, line.origin) and scope.fits_sale(facts, line):
            return row
    return None


@dataclass(frozen=True)
class Book:
    """One file of the rulebook: the destinations it covers, their currencies, its rows."""

    key: str
    name: str
    currencies: Mapping[str, str]
    rows: tuple[Row[Effect], ...]


@dataclass(frozen=True)
class Rulebook:
    """All books. Immutable; what it remembers between calls are only sorted views of its rows."""

    books: tuple[Book, ...]
    _by_destination: dict[str, Book] = field(default_factory=dict, compare=False, repr=False)
    _snapshots: dict[tuple[str, datetime.date], Snapshot] = field(
        default_factory=dict, compare=False, repr=False
    )

    def __post_init__(self) -> None:
        for book in self.books:
            for destination in book.currencies:
                self._by_destination[destination] = book

    @property
    def destinations(self) -> tuple[str, ...]:
        return tuple(sorted(self._by_destination))

    def book(self, destination: str) -> Book | None:
        return self._by_destination.get(destination)

    def members(self, key: str) -> tuple[str, ...]:
        """The destinations of one book, by its key ("eu", in any case)."""
        return tuple(
            country for book in self.books if book.key == key.lower() for country in book.currencies
        )

    def currency(self, destination: str) -> str | None:
        """The currency in which the destination assesses, None when it has no book."""
        book = self._by_destination.get(destination)
        return book.currencies[destination] if book else None

    def conversion(self, destination: str, day: datetime.date) -> Conversion:
        """Which exchange rate a destination wants for a price in another currency."""
        snapshot = self.at(destination, day)
        return snapshot.imports[0].effect.conversion if snapshot and snapshot.imports else DAY

    def row(self, row_id: str) -> Row[Effect] | None:
        """A row by its id, for screens that explain an old quote."""
        return next((r for book in self.books for r in book.rows if r.id == row_id), None)

    def at(self, destination: str, day: datetime.date) -> Snapshot | None:
        """The rows in force, None when the destination has no book."""
        key = (destination, day)
        snapshot = self._snapshots.get(key)
        if snapshot is None:
            book = self._by_destination.get(destination)
            if book is None:
                return None
            if len(self._snapshots) >= _CACHE_SIZE:
                self._snapshots.clear()
            snapshot = self._snapshots[key] = Snapshot(
                [
                    row
                    for row in book.rows
                    if row.in_force(day)
                    and (row.scope.destinations is None or destination in row.scope.destinations)
                ]
            )
        return snapshot
