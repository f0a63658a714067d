"""The form of the rates page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from babel.numbers import get_currency_name
from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from common.amounts import parse_words
from common.money import Money, MoneyParseError
from common.reader import reader_locale


class ConversionForm(forms.Form):
    """What an amount of one currency costs in another today."""

    amount = forms.CharField(
        label=_("Amount"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    sold = forms.ChoiceField(label=_("Seller's currency"))
    paid = forms.ChoiceField(label=_("Buyer's currency"))

    def __init__(self, *args: Any, currencies: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(code, f"{code} · {currency_name(code)}") for code in currencies]
        for name in ("sold", "paid"):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
            field.choices = choices

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "amount" in data and "sold" in data:
            try:
                data["money"] = Money.parse(data["amount"], data["sold"], locale=reader_locale())
            except MoneyParseError as error:
                self.add_error("amount", parse_words(error))
        return data


def currency_name(code: str) -> str:
    """The currency's name in the reader's language."""
    return str(get_currency_name(code, locale=(get_language() or "en").replace("-", "_")))
