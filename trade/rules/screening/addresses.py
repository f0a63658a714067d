"""Where two parties are: whether a street and town agree. Nothing is known of most, so it counts little."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from anyascii import anyascii
from rapidfuzz.distance import JaroWinkler

_WORD = re.compile(r"[a-z0-9]+")
# A town is the same with its district, its province and its postal code beside it, and in two spellings.
ALIKE = 0.88
LONGEST = 200
# What says no more than that it is a street, and which part of a house.
_GENERIC = frozenset({
    "street", "st", "road", "rd", "avenue", "ave", "av", "lane", "boulevard", "blvd", "square", "building", "bldg",
    "floor", "flat", "apt", "apartment", "office", "suite", "room", "block", "house", "no", "number", "box", "po",
    "rue", "via", "calle", "ulitsa", "ul", "prospekt", "pr", "utca", "strasse", "str", "the", "of", "de", "la", "del",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """An address as far as it is compared; either may be "" where it is not known."""

    street: str = ""
    town: str = ""


class Nearness(StrEnum):
    """UNKNOWN: one side does not say. STREET: the same street of one town."""

    UNKNOWN = "unknown"
    OTHER = "other"
    TOWN = "town"
    STREET = "street"


def nearest(asked: Iterable[Place], listed: Iterable[Place]) -> tuple[Nearness, Place, Place]:
    """How near the two places are that are nearest to each other, with both of them."""
    order = list(Nearness)
    best = (Nearness.UNKNOWN, Place(), Place())
    others = list(listed)
    for one in asked:
        for other in others:
            found = _nearness(one, other)
            if order.index(found) > order.index(best[0]):
                best = (found, one, other)
    return best


def _nearness(one: Place, other: Place) -> Nearness:
    left, right = _town(one.town), _town(other.town)
    if not left or not right:
        return Nearness.UNKNOWN
    if not _same_town(left, right):
        return Nearness.OTHER
    return Nearness.STREET if _same_street(one.street, other.street) else Nearness.TOWN


def _town(text: str) -> tuple[str, ...]:
    return tuple(word for word in _words(text) if not any(sign.isdigit() for sign in word))


def _same_town(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
    """The first words say which town it is; what follows is a province or a country."""
    few, many = sorted((left, right), key=len)
    return all(_alike(one, other) for one, other in zip(few, many, strict=False))


def _same_street(one: str, other: str) -> bool:
    """Every telling word of the shorter one, and where both have numbers one of these."""
    left, right = set(_words(one)) - _GENERIC, set(_words(other)) - _GENERIC
    names = [{word for word in side if not word[0].isdigit()} for side in (left, right)]
    few, many = sorted(names, key=len)
    if not few or not all(any(_alike(word, known) for known in many) for word in few):
        return False
    numbers = [side - name for side, name in zip((left, right), names, strict=True)]
    return not all(numbers) or bool(numbers[0] & numbers[1])


def _alike(one: str, other: str) -> bool:
    if min(len(one), len(other)) < 4:
        return one == other
    return JaroWinkler.similarity(one, other) >= ALIKE


def _words(text: str) -> list[str]:
    return _WORD.findall(anyascii(text[:LONGEST]).lower())
