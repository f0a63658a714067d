"""The hard pairs of names, and how well matching tells them apart."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from trade.rules.screening import REVIEW_SCORE, Entry, ListedName, NameKind, Place, Subject, compare

FILE = Path(__file__).with_name("pairs.csv")


@dataclass(frozen=True, slots=True)
class Pair:
    """Somebody we ask about, an entry, and whether they are one party. Every name is invented.

    half: "tuning" or "hold-out"; "address" for those that are there for their addresses.
    """

    half: str
    category: str
    subject: Subject
    entry: Entry
    same: bool

    @property
    def score(self) -> int:
        return compare(self.subject, self.entry).score

    @property
    def without_address(self) -> Pair:
        subject, entry = replace(self.subject, places=()), replace(self.entry, places=())
        return replace(self, subject=subject, entry=entry)


@dataclass(frozen=True, slots=True)
class Tally:
    """Right and wrong answers about some pairs."""

    found: int = 0
    missed: int = 0
    false_alarms: int = 0
    rightly_clear: int = 0

    @property
    def precision(self) -> float:
        alarms = self.found + self.false_alarms
        return self.found / alarms if alarms else 1.0

    @property
    def recall(self) -> float:
        real = self.found + self.missed
        return self.found / real if real else 1.0

    @property
    def right(self) -> float:
        """The share of pairs that were answered rightly, whatever the answer."""
        every = self.found + self.missed + self.false_alarms + self.rightly_clear
        return (self.found + self.rightly_clear) / every


def read_pairs() -> list[Pair]:
    with FILE.open(encoding="utf-8", newline="") as file:
        return [_pair(row) for row in csv.DictReader(file)]


def _pair(row: dict[str, str]) -> Pair:
    kind = NameKind(row["kind"])
    names = tuple(
        ListedName(name.removeprefix("~"), weak=name.startswith("~"))
        for name in row["listed"].split("|")
    )
    return Pair(
        half=row["half"],
        category=row["category"],
        subject=Subject(
            names=(row["asked"],),
            kind=kind,
            countries=frozenset(filter(None, [row["asked_country"]])),
            born=int(row["asked_born"]) if row["asked_born"] else None,
            places=places_in(row["asked_at"]),
        ),
        entry=Entry(
            key=row["listed"],
            kind=kind,
            names=names,
            countries=frozenset(filter(None, [row["listed_country"]])),
            born=tuple(int(year) for year in [row["listed_born"]] if year),
            places=places_in(row["listed_at"]),
        ),
        same=row["same"] == "1",
    )


def places_in(text: str) -> tuple[Place, ...]:
    """ "street / town", several by "|"; either may be empty."""
    parts = (place.partition("/") for place in text.split("|") if place)
    return tuple(Place(street.strip(), town.strip()) for street, _slash, town in parts)


def tally(pairs: Iterable[Pair], *, threshold: int = REVIEW_SCORE) -> Tally:
    counts = [0, 0, 0, 0]
    for pair in pairs:
        alarm = pair.score >= threshold
        counts[(0 if alarm else 1) if pair.same else (2 if alarm else 3)] += 1
    return Tally(*counts)
