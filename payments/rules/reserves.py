"""What is kept of a new seller's sales for a while, and in which order a debt is taken; pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

NameT = TypeVar("NameT")
WHOLE_BP = 10_000


def kept_of(net: int, *, reserve_bp: int) -> int:
    """The part of a release that is kept, rounded down: the smaller half is ours to wait for."""
    return max(net, 0) * reserve_bp // WHOLE_BP


def draw(due: int, sources: Sequence[int]) -> list[int]:
    """What each of `sources` gives of `due`, the first as much as it has; the last entry is missing.

    The parts add up to `due`, whatever the sources have.
    """
    parts = []
    for has in sources:
        part = min(max(has, 0), due)
        parts.append(part)
        due -= part
    return [*parts, due]


def spread_over(amount: int, rooms: Iterable[tuple[NameT, int]]) -> list[tuple[NameT, int]]:
    """Put `amount` into the rooms (id, how much it takes) one after the other; what each got.

    Rooms that get nothing are left out; what finds no room is left out too.
    """
    got = []
    for name, room in rooms:
        part = min(room, amount)
        if part > 0:
            got.append((name, part))
            amount -= part
    return got
