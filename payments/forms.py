"""The forms of money: what a rate makes of an amount, when a seller is paid, and where to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from babel.numbers import get_currency_name
from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from common.amounts import parse_words
from common.money import Money, MoneyParseError
from common.reader import reader_locale
from payments.gateways.pain001 import latin
from payments.models import Payee
from payments.rules.bank_accounts import AccountError, BankDetails, Scheme, read_account
from payments.rules.schedules import LATEST_DAY_OF_MONTH, PayoutSchedule


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


SCHEDULES = (
    (PayoutSchedule.DAILY.value, _("Every day")),
    (PayoutSchedule.WEEKLY.value, _("Once a week")),
    (PayoutSchedule.MONTHLY.value, _("Once a month")),
    (PayoutSchedule.THRESHOLD.value, _("As soon as the least amount is reached")),
)


class ScheduleForm(forms.Form):
    """When a seller is paid; every field is there at once, so that it works without a script."""

    schedule = forms.ChoiceField(label=_("How often"), choices=SCHEDULES, widget=forms.RadioSelect)
    weekday = forms.TypedChoiceField(
        label=_("Day of the week"),
        coerce=int,
        choices=[(number + 1, name) for number, name in WEEKDAYS.items()],
        help_text=_("For payouts once a week."),
    )
    monthday = forms.TypedChoiceField(
        label=_("Day of the month"),
        coerce=int,
        choices=[(number, str(number)) for number in range(1, LATEST_DAY_OF_MONTH + 1)],
        help_text=_("For payouts once a month."),
    )
    minimum = forms.CharField(
        label=_("Least amount"),
        required=False,
        max_length=20,
        help_text=_("Less than this waits for the next time."),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, payee: Payee) -> None:
        self.currency = payee.currency
        minimum = Money(payee.minimum_amount, payee.currency)
        day = payee.schedule_day
        initial = {
            "schedule": payee.schedule,
            "weekday": day if payee.schedule == PayoutSchedule.WEEKLY else 1,
            "monthday": day if payee.schedule == PayoutSchedule.MONTHLY else 1,
            "minimum": minimum.plain(locale=reader_locale()) if minimum else "",
        }
        super().__init__(data, initial=initial)

    def clean_minimum(self) -> Money:
        typed = self.cleaned_data["minimum"].strip()
        if not typed:
            return Money(0, self.currency)
        try:
            return Money.parse(typed, self.currency, locale=reader_locale())
        except MoneyParseError as error:
            raise forms.ValidationError(parse_words(error)) from None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        schedule = data.get("schedule")
        if schedule == PayoutSchedule.THRESHOLD and "minimum" in data and not data["minimum"]:
            self.add_error("minimum", _("Say which amount has to be reached."))
        monthly = schedule == PayoutSchedule.MONTHLY
        data["day"] = data.get("monthday" if monthly else "weekday", 1)
        return data


PARTS = {
    "iban": _("IBAN"),
    "bic": _("BIC (SWIFT code)"),
    "account": _("Account number"),
    "routing": _("Routing number (ABA)"),
    "sort_code": _("Sort code"),
    "ifsc": _("IFSC"),
    "bsb": _("BSB number"),
    "institution": _("Institution number"),
    "transit": _("Transit number"),
    "clabe": _("CLABE"),
    "bank": _("Bank code"),
    "branch": _("Branch code"),
}
MISTAKES = {
    "required": _("This field is required."),
    "format": _("This can't be right: please check its length and its characters."),
    "check": _("A digit is wrong: the check digit does not fit. Please compare it once more."),
    "country": _("This bank is in another country than the account."),
}


class BankAccountForm(forms.Form):
    """A bank account as the seller's country writes it, and its holder as the bank knows them."""

    holder = forms.CharField(
        label=_("Name of the account's holder"),
        max_length=70,
        help_text=_("Exactly as your bank has it."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    street = forms.CharField(
        label=_("Street and number"),
        max_length=70,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "address-line1"}),
    )
    postcode = forms.CharField(
        label=_("Postal code"),
        max_length=16,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "postal-code"}),
    )
    town = forms.CharField(
        label=_("Town"),
        max_length=35,
        help_text=_("Banks want to know where the holder lives."),
        widget=forms.TextInput(attrs={"autocomplete": "address-level2"}),
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        scheme: Scheme,
        country: str,
        initial: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(data, initial=dict(initial or {}))
        self.scheme, self.country = scheme, country
        for part in scheme.parts:
            attributes = {
                "autocomplete": "off",
                "spellcheck": "false",
                "autocapitalize": "characters",
            }
            if part.is_digits:
                attributes |= {"inputmode": "numeric"}
            self.fields[part.name] = forms.CharField(
                label=PARTS[part.name],
                max_length=60,
                required=not part.is_optional,
                widget=forms.TextInput(attrs=attributes),
            )
        self.order_fields([*scheme.names, "holder", "street", "postcode", "town"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors:
            return data
        try:
            country, numbers = read_account(
                scheme=self.scheme.code, country=self.country, typed=data
            )
        except AccountError as error:
            self.add_error(error.field, MISTAKES[error.code])
            return data
        about = {name: data[name].strip() for name in ("holder", "street", "postcode", "town")}
        data["details"] = BankDetails(
            scheme=self.scheme.code, country=country, numbers=numbers, **about
        )
        return data

    def clean_holder(self) -> str:
        return self._latin("holder")

    def clean_town(self) -> str:
        return self._latin("town")

    def _latin(self, name: str) -> str:
        """Refused where nothing would be left of it for a bank."""
        typed = str(self.cleaned_data[name])
        if not latin(typed, 70):
            raise forms.ValidationError(_("Please write this in Latin letters."))
        return typed
