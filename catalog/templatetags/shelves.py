"""A listing card, drawn once and remembered.

The same cards are shown again and again on the busiest pages. What a card says depends on the
ListingCard alone, so the drawn text can't grow stale: a changed price is another card.
"""

from __future__ import annotations

from functools import lru_cache

from django import template
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe

from catalog.selectors.cards import ListingCard

register = template.Library()
EAGER = 4
"""Pictures of the first row are loaded at once, the others when they come near."""


@register.simple_tag
def listing_card(card: ListingCard, place: int) -> SafeString:
    """One card of a grid; `place` counts from 1."""
    return _draw(card, place <= EAGER)


@lru_cache(maxsize=5_000)
def _draw(card: ListingCard, eager: bool) -> SafeString:  # noqa: FBT001 - lru_cache keys by place
    drawn = get_template("catalog/shop/_card.html").render({"card": card, "eager": eager})
    return mark_safe(drawn)  # noqa: S308 - a template has escaped it
