"""State machines as plain tables: which edge may be taken from which state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

State = TypeVar("State", bound=StrEnum)


class TransitionError(Exception):
    """The edge is not in the table, or somebody else took one first."""


@dataclass(frozen=True, slots=True)
class Machine(Generic[State]):
    """Where things start and which states follow each state."""

    initial: State
    edges: Mapping[State, frozenset[State]]

    def may(self, old: State, new: State) -> bool:
        """Whether `new` directly follows `old`."""
        return new in self.edges.get(old, frozenset())

    def check(self, old: State, new: State) -> None:
        """Raise TransitionError unless `new` directly follows `old`."""
        if not self.may(old, new):
            raise TransitionError(f"{old} cannot become {new}")

    def sources(self, new: State) -> list[State]:
        """Every state that may become `new`, in table order."""
        return [old for old, targets in self.edges.items() if new in targets]
