"""What the tests of money share."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from payments.selectors import forget_rates

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture(autouse=True)
def _no_rates_of_another_test() -> Iterator[None]:
    forget_rates()
    yield
    forget_rates()
