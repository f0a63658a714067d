"""What is added to the middle rate of a pair of currencies, by dated rules. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

ANY = ""
"""Stands for every currency in a rule."""

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class SpreadTerm:
    """A rule: hundredths of a percent from a seller's currency into a buyer's; ANY stands for all.

    In force from `valid_from` until the day before `valid_to` (None: until further notice).
    """

    from_currency: str
    to_currency: str
    basis_points: int
    valid_from: date
    valid_to: date | None = None

    @property
    def pair(self) -> Pair:
        return self.from_currency, self.to_currency

    def holds(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on < self.valid_to)


def spreads_on(terms: Iterable[SpreadTerm], on: date) -> dict[Pair, int]:
    """What each pair's rule says on a day; of two that overlap the one that began later counts."""
    in_force = sorted((term for term in terms if term.holds(on)), key=lambda term: term.valid_from)
    return {term.pair: term.basis_points for term in in_force}


def pair_spread(spreads: Mapping[Pair, int], from_currency: str, to_currency: str) -> int | None:
    """The most specific rule's basis points, or None: the pair, the seller's side, the buyer's, all."""
    for pair in (
        (from_currency, to_currency),
        (from_currency, ANY),
        (ANY, to_currency),
        (ANY, ANY),
    ):
        if pair in spreads:
            return spreads[pair]
    return None
