"""What a process remembers for a short while, so that it need not ask for it on every request."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar
from weakref import WeakSet

T = TypeVar("T")
_KEPT = 1024


class Remembered(Generic[T]):
    """Values by key, each forgotten after `seconds`; for what may be that old without harm.

    Threads may make the same value twice at the same time; they never see half of one.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._values: dict[Hashable, tuple[float, T]] = {}
        _everything.add(self)

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The value of `key`, made anew when it is too old. What `make` raises is not kept."""
        found = self._values.get(key)
        if found is not None and time.monotonic() < found[0]:
            return found[1]
        value = make()
        if len(self._values) >= _KEPT:
            self._values.clear()
        self._values[key] = (time.monotonic() + self._seconds, value)
        return value

    def forget(self) -> None:
        self._values.clear()


_everything: WeakSet[Remembered[Any]] = WeakSet()


def forget_everything() -> None:
    """Begin anew; tests do so between each other, because their rows vanish."""
    for memory in list(_everything):
        memory.forget()
