"""The cast, for every test of orders."""

from __future__ import annotations

from tests.cast import cast, clock

__all__ = ["cast", "clock"]
