"""The cast, and shoppers who come from somewhere."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from tests.cast import cast, clock

__all__ = ["cast", "clock"]

Shopper = Callable[[str, str], Client]


@pytest.fixture
def shopper() -> Shopper:
    """A guest who wants things sent to a country and thinks in a currency."""

    def make(country: str, currency: str) -> Client:
        client = Client()
        client.cookies["preferences"] = f"{country}-{currency}"
        return client

    return make
