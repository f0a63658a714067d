"""What the tests of money share."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine

from payments.selectors import forget_rates

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


@pytest.fixture
def now() -> Iterator[datetime]:
    """The time of the test, for all but the database: the sandbox has a clock of its own."""
    with time_machine.travel(NOW, tick=False):
        yield NOW


@pytest.fixture(autouse=True)
def _no_rates_of_another_test() -> Iterator[None]:
    forget_rates()
    yield
    forget_rates()
