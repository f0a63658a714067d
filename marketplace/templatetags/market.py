"""What templates need to show money, countries, options and icons in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from babel.dates import format_date
from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, to_locale

from common.countries import country_name
from common.money import Money

register = template.Library()


def _locale() -> str:
    return to_locale(get_language() or "en")


@register.filter
def money(value: Money | None) -> str:
    """A Money as a reader of the active language expects it; nothing for nothing."""
    return "" if value is None else value.format(locale=_locale())


@register.filter
def as_money(amount: int, currency: str) -> Money:
    """Minor units and a currency from two columns of a row."""
    return Money(amount, currency)


@register.filter
def negative(value: Money) -> Money:
    """The amount with its sign turned: what is taken off."""
    return -value


@register.filter
def money_input(value: Money | None) -> str:
    """The amount alone, as an input box takes it."""
    return "" if value is None else value.plain(locale=_locale())


@register.filter
def country(code: str) -> str:
    """A country's name in the active language."""
    return country_name(code, get_language() or "en")


@register.filter
def options(chosen: Mapping[str, str] | None) -> str:
    """A variant's options in one line: "Indigo · M"."""
    return " · ".join(chosen.values()) if chosen else ""


@register.filter
def percent_bp(basis_points: int) -> str:
    """Basis points as a percentage: 650 is "6.5 %"."""
    value = Decimal(basis_points) / 100
    return f"{value.normalize():f}\u202f%"


@register.filter
def day(value: datetime) -> str:
    """A date in the reader's order and words: "24 Nov 2026"."""
    return format_date(value, format="medium", locale=_locale())


@register.simple_tag
def icon(name: str, size: int = 20) -> SafeString:
    """A drawing of the sprite, hidden from screen readers: the words beside it say it."""
    return format_html(
        '<svg class="icon" width="{}" height="{}" aria-hidden="true" focusable="false">'
        '<use href="{}#{}"></use></svg>',
        size,
        size,
        static("svg/icons.svg"),
        name,
    )
