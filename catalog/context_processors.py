"""The shelves in the header of every page."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from catalog.selectors.categories import Shelf, shelves


def navigation(request: HttpRequest) -> dict[str, object]:
    """`navigation_categories`: the top shelves, read only when a template shows them."""
    return {"navigation_categories": SimpleLazyObject(_roots)}


def _roots() -> tuple[Shelf, ...]:
    return shelves().roots
