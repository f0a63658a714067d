"""The cast, for every test of orders."""

from __future__ import annotations

import pytest

from tests.cast import cast, clock
from tests.orders.shopper import Wire, put_through

__all__ = ["cast", "clock"]


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    """The provider's webhooks reach our own view."""
    return put_through(monkeypatch)
