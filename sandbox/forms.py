"""The card fields of the hosted page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sandbox.rules import (
    TEST_CARDS,
    card_digits,
    is_card_expired,
    is_card_number,
    parse_expiry,
)


class _SecretInput(forms.TextInput):
    """An input that never shows again what was typed into it."""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        return super().get_context(name, None, attrs)


class CardForm(forms.Form):
    """Card number, expiry, security code and name; only test cards are taken."""

    number = forms.CharField(
        label=_("Card number"),
        max_length=32,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "cc-number",
                "inputmode": "numeric",
                "autocorrect": "off",
                "spellcheck": "false",
                "placeholder": "4242 4242 4242 4242",
            }
        ),
    )
    expiry = forms.CharField(
        label=_("Expiry date"),
        max_length=9,
        widget=forms.TextInput(
            attrs={"autocomplete": "cc-exp", "inputmode": "numeric", "placeholder": "12 / 30"}
        ),
    )
    code = forms.CharField(
        label=_("Security code"),
        max_length=4,
        widget=_SecretInput(
            attrs={"autocomplete": "cc-csc", "inputmode": "numeric", "placeholder": "123"}
        ),
    )
    name = forms.CharField(
        label=_("Name on the card"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "cc-name", "autocapitalize": "words"}),
    )

    def clean_number(self) -> str:
        digits = card_digits(self.cleaned_data["number"])
        if not is_card_number(digits):
            raise forms.ValidationError(_("This is not a card number. Check the digits."))
        if digits not in TEST_CARDS:
            raise forms.ValidationError(
                _("Only test cards work here; never type a real one. Try 4242 4242 4242 4242.")
            )
        return digits

    def clean_expiry(self) -> tuple[int, int]:
        expiry = parse_expiry(self.cleaned_data["expiry"])
        if expiry is None:
            raise forms.ValidationError(_("Type month and year, like 12 / 30."))
        today = timezone.localdate()
        if is_card_expired(expiry, (today.year, today.month)):
            raise forms.ValidationError(_("This card is past its date."))
        return expiry

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"].strip()
        if not (code.isascii() and code.isdigit() and len(code) in {3, 4}):
            raise forms.ValidationError(_("Three digits, on the back of the card."))
        return code
