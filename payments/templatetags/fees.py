"""Fees in words, for templates."""

from __future__ import annotations

from django import template

from payments.rules.fees import FeeTerms
from payments.selectors.fees import say_fee as in_words

register = template.Library()


@register.filter
def say_fee(terms: FeeTerms) -> str:
    """ "6 % and GHS 1.00 an order, at least GHS 3.00"."""
    return in_words(terms)
