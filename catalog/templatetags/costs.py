"""The words of a parcel's costs, for templates that have only what was stored."""

from __future__ import annotations

from django import template

from catalog.selectors.breakdown import say_rate

register = template.Library()


@register.filter
def rate(rate_text: str) -> str:
    """A stored rate in words: "3.00 EUR/item" is "3.00 EUR for each kind of goods, however many"."""
    return say_rate(rate_text)
