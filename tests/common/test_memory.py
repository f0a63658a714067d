"""A process remembers for a short while, and only what was made."""

from __future__ import annotations

import pytest
import time_machine

from common.memory import Remembered, forget_everything


def test_a_value_is_made_once_while_it_is_young() -> None:
    memory: Remembered[int] = Remembered(seconds=60)
    made = iter(range(10))
    with time_machine.travel(0, tick=False) as clock:
        assert memory.get("a", lambda: next(made)) == 0
        clock.shift(59)
        assert memory.get("a", lambda: next(made)) == 0
        assert memory.get("b", lambda: next(made)) == 1


def test_everything_can_be_forgotten() -> None:
    memory: Remembered[int] = Remembered(seconds=60)
    made = iter(range(10))
    memory.get("a", lambda: next(made))
    forget_everything()
    assert memory.get("a", lambda: next(made)) == 1


def test_a_failure_is_not_remembered() -> None:
    memory: Remembered[int] = Remembered(seconds=60)

    def fail() -> int:
        raise LookupError

    with pytest.raises(LookupError):
        memory.get("a", fail)
    assert memory.get("a", lambda: 5) == 5


def test_an_old_value_is_made_anew() -> None:
    memory: Remembered[int] = Remembered(seconds=-1)
    made = iter(range(10))
    assert [memory.get("a", lambda: next(made)) for _ in range(2)] == [0, 1]
