"""Ama's business in Accra with its delivery; Linh is a stranger. See tests/sellers/conftest.py."""

from __future__ import annotations

from tests.sellers.conftest import ama, as_ama, as_linh, business, linh

__all__ = ["ama", "as_ama", "as_linh", "business", "linh"]
