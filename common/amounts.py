"""Amounts and rates in words: what a form says of one that is no good, and a rate's figures."""

from __future__ import annotations

from decimal import Decimal

from babel.numbers import format_decimal
from django.utils.translation import gettext as _

from common.money import Money, MoneyParseError, charge_ceil, charge_floor, currency_of
from common.reader import reader_locale

FIGURES = 6


def step_words(money: Money) -> str:
    """Why 5.124 KWD can't be asked for, with the nearest amounts that can."""
    step = Money(currency_of(money.currency).charge_step, money.currency)
    locale = reader_locale()
    below, above = charge_floor(money), charge_ceil(money)
    if below.amount <= 0:
        return _("Cards are charged in steps of %(step)s: enter %(above)s, for example.") % {
            "step": step.format(locale=locale),
            "above": above.plain(locale=locale),
        }
    return _("Cards are charged in steps of %(step)s: enter %(below)s or %(above)s.") % {
        "step": step.format(locale=locale),
        "below": below.plain(locale=locale),
        "above": above.plain(locale=locale),
    }


def parse_words(error: MoneyParseError) -> str:
    """Why what was typed is no amount."""
    if error.code == "places":
        return _("%(currency)s has %(places)s decimal places.") % error.params
    if error.code == "negative":
        return _("Enter an amount of zero or more.")
    return _("Enter an amount, digits only.")


def rate_figures(rate: Decimal) -> str:
    """At most six significant figures, never in powers of ten, as the reader writes numbers."""
    shown = rate.quantize(Decimal(1).scaleb(min(rate.adjusted() - FIGURES + 1, 0)))
    return format_decimal(shown, locale=reader_locale(), decimal_quantization=False)
