"""The cast, for the tests of a market at Stripe's peer."""

from __future__ import annotations

from tests.cast import cast, clock

__all__ = ["cast", "clock"]
