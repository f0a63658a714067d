"""What templates need to show money, countries, options and icons in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache

from babel.dates import format_date, format_datetime
from django import template
from django.conf import settings
from django.template.loader import get_template
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from common.amounts import rate_figures
from common.countries import country_name
from common.money import Money
from common.reader import reader_locale
from shipping.selectors import say_carried_by

register = template.Library()


@register.filter
def money(value: Money | None) -> str:
    """A Money as the reader at hand expects it; nothing for nothing.

    What is taken off has a minus sign, not a hyphen, as everywhere on the pages.
    """
    if value is None:
        return ""
    text = value.format(locale=reader_locale())
    return text.replace("-", "\N{MINUS SIGN}", 1) if value.amount < 0 else text


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
    return "" if value is None else value.plain(locale=reader_locale())


@register.filter
def country(code: str) -> str:
    """A country's name in the active language."""
    return country_name(code, get_language() or "en")


@register.filter
def options(chosen: Mapping[str, str] | None) -> str:
    """A variant's options in one line: "Indigo · M"."""
    return " · ".join(chosen.values()) if chosen else ""


@register.filter
def carried_by(carrier: str) -> str:
    """Who carries a parcel: "by post", "by courier", "" where nobody has said."""
    return say_carried_by(carrier)


@register.filter
def percent_bp(basis_points: int) -> str:
    """Basis points as a percentage: 650 is "6.5 %"."""
    value = Decimal(basis_points) / 100
    return f"{value.normalize():f}\u202f%"


@register.filter
def figures(rate: Decimal) -> str:
    """An exchange rate with at most six figures, as the reader writes numbers."""
    return rate_figures(rate)


@register.filter
def day(value: datetime) -> str:
    """A date in the reader's order and words: "24 Nov 2026"."""
    return format_date(value, format="medium", locale=reader_locale())


@register.filter
def moment(value: datetime) -> str:
    """A date with its time, which is UTC: "24 Nov 2026, 09:30 UTC"."""
    words = format_datetime(value, format="d MMM y HH:mm", tzinfo=UTC, locale=reader_locale())
    return f"{words} UTC"


@register.simple_tag
def icon(name: str, css: str = "", label: str = "") -> SafeString:
    """A drawing of components/icon.html; a page shows dozens, so each is drawn once a process."""
    return _drawn("components/icon.html", get_language(), name=name, css=css, label=str(label))


@register.simple_tag
def drawn_once(template_name: str) -> SafeString:
    """A part that says the same to every visitor who reads the same language, such as the footer.

    It sees SITE_NAME and nothing of the request. Drawn once a process and language, but always
    anew while templates are being written (DEBUG).
    """
    draw = _drawn.__wrapped__ if settings.DEBUG else _drawn
    return draw(template_name, get_language(), SITE_NAME=settings.SITE_NAME)


@lru_cache(maxsize=2_000)
def _drawn(template_name: str, language: str | None, **context: str) -> SafeString:
    return get_template(template_name).render(dict(context))  # type: ignore[return-value] # escaped
