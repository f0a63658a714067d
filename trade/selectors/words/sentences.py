"""Charges and restrictions as sentences in the reader's language."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from trade.rules.values import Charge
from trade.rules.words import Form, Sentence, explain
from trade.selectors.words.names import say_name


def say_charge(charge: Charge) -> str:
    """One sentence: what is charged on what, by which law, since when."""
    parts = explain(charge)
    text = _SENTENCES[parts.form]() % {
        "name": say_name(parts.name),
        "rate": parts.rate,
        "base": _say_base(parts),
    }
    if parts.law and parts.since:
        text += " " + _("(%(law)s), in force since %(since)s.") % {
            "law": parts.law,
            "since": date_format(parts.since, "DATE_FORMAT"),
        }
    return text


def say_preference(rate_text: str, law: str) -> str:
    """A lower duty in a few words: the rate, the agreement, and what it rests on."""
    parts = (rate_text, law, _("with the seller's statement on origin"))
    return ", ".join(part for part in parts if part)


_SENTENCES: dict[Form, Callable[[], str]] = {
    Form.NOTHING: lambda: _("%(name)s: nothing is due"),
    Form.RATE: lambda: _("%(name)s: %(rate)s of %(base)s"),
    Form.PER_ITEM: lambda: _("%(name)s: %(rate)s for each kind of goods, however many"),
    Form.PER_UNIT: lambda: _("%(name)s: %(rate)s for each piece"),
    Form.FIXED: lambda: _("%(name)s: %(rate)s for the parcel"),
    Form.PREFERENCE: lambda: _(
        "%(name)s: %(rate)s of %(base)s, with the seller's statement on origin"
    ),
    Form.STATED: lambda: _("%(name)s: %(rate)s of %(base)s, as the declarant states"),
}


def _say_base(parts: Sentence) -> str:
    words = {
        ("goods",): _("the goods"),
        ("goods", "delivery"): _("goods and delivery"),
        ("goods", "duty"): _("goods and duty"),
        ("duty",): _("the duty"),
        ("weight",): _("the weight"),
        ("goods", "delivery", "duty"): _("goods, delivery and duty"),
    }
    return words.get(parts.base, _("the goods"))
