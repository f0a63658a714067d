"""What somebody asks at the open desk. The page and the interface for machines read it by this form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from babel import UnknownLocaleError
from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from catalog.selectors.desk import DeskQuestion
from common.amounts import parse_words
from common.countries import country_choices, is_country
from common.currencies import CURRENCIES
from common.money import Money, MoneyParseError
from shipping.rules import CarriedBy
from trade.rules.vague import is_vague
from trade.rules.values import Buyer, Channel
from trade.selectors import find_hs_codes, vague_advice
from trade.selectors.destinations import region_choices

MAX_WEIGHT_G = 1_000_000
MAX_QUANTITY = 999
SOLD = {"here": Channel.MARKETPLACE, "post": Channel.POST, "courier": Channel.COURIER}
CARRIED = {Channel.POST: CarriedBy.POST, Channel.COURIER: CarriedBy.COURIER}
"""What a sale in one's own shop says about the carrier already."""
AMOUNTS = ("value", "delivery")
_DECIMAL = {"inputmode": "decimal", "autocomplete": "off"}


class DeskForm(forms.Form):
    """The question. Whatever is left empty has the meaning that is most usual.

    `n` is the locale in which the amounts were typed, so that an address that is shared means the
    same to everybody; they are shown again as this reader writes them. `in_currency`: in which the
    answer is wanted, where not in the usual one of the destination.
    """

    goods = forms.CharField(
        label=_("What is it?"),
        max_length=200,
        help_text=_("In plain words, such as “stoneware mug”, or a customs code."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "enterkeyhint": "next"}),
    )
    sent_from = forms.ChoiceField(label=_("Sent from"))
    to = forms.ChoiceField(label=_("To"))
    region = forms.ChoiceField(label=_("Province or territory"), required=False)
    value = forms.CharField(
        label=_("Your price"), max_length=20, widget=forms.TextInput(attrs=_DECIMAL)
    )
    currency = forms.ChoiceField(label=_("Currency"))
    delivery = forms.CharField(
        label=_("Delivery price"),
        max_length=20,
        help_text=_("What the buyer pays for delivery; 0 if you send it free."),
        widget=forms.TextInput(attrs=_DECIMAL),
    )
    made_in = forms.ChoiceField(
        label=_("Made in"), required=False, help_text=_("Duty goes by where it was made.")
    )
    weight = forms.IntegerField(
        label=_("Weight, packed (g)"), required=False, min_value=1, max_value=MAX_WEIGHT_G
    )
    quantity = forms.IntegerField(
        label=_("Pieces in the parcel"), required=False, min_value=1, max_value=MAX_QUANTITY
    )
    sold = forms.ChoiceField(
        label=_("How do you sell it?"),
        required=False,
        choices=[
            ("here", _("Through this market")),
            ("post", _("In my own shop, sent by post")),
            ("courier", _("In my own shop, sent by courier")),
        ],
    )
    by = forms.ChoiceField(
        label=_("Who carries it?"),
        required=False,
        choices=[
            (CarriedBy.UNSAID.value, _("Not decided")),
            (CarriedBy.POST.value, _("The post, also its express (EMS)")),
            (CarriedBy.COURIER.value, _("A courier, such as DHL, FedEx or UPS")),
        ],
        help_text=_("Some limits and fees are others by post than by courier."),
    )
    buyer = forms.ChoiceField(
        label=_("Who buys?"),
        required=False,
        choices=[("private", _("A private person")), ("business", _("A business"))],
        help_text=_("A business counts at the checkout once its tax number is confirmed."),
    )
    proof = forms.BooleanField(
        label=_("I have a proof of origin, and claim the lower duty"), required=False
    )
    in_currency = forms.CharField(required=False, max_length=3, widget=forms.HiddenInput)
    code = forms.CharField(required=False, max_length=14, widget=forms.HiddenInput)
    code_for = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)
    n = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any] | None, *, locale: str, **kwargs: Any) -> None:
        self.locale = locale
        if data is not None:
            data = _in_own_writing(data, locale)
        super().__init__(data, **kwargs)
        countries = country_choices(get_language() or "en")
        self._offer("sent_from", [("", _("Choose a country")), *countries])
        self._offer("to", [("", _("Choose a country")), *countries])
        self._offer("made_in", [("", _("The country it is sent from")), *countries])
        self._offer("currency", [(code, code) for code in CURRENCIES])
        regions = region_choices(destination=str(self["to"].value() or ""))
        self._offer("region", [("", _("Anywhere else, or I don't know")), *regions])
        if not regions:
            del self.fields["region"]

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def clean_in_currency(self) -> str:
        code: str = self.cleaned_data["in_currency"].upper()
        if code and code not in CURRENCIES:
            raise forms.ValidationError(_("We don't know this currency."))
        return code

    def clean_value(self) -> Money | None:
        money = self._money("value")
        if money is not None and not money:
            raise forms.ValidationError(_("A price is more than nothing."))
        return money

    def clean_delivery(self) -> Money | None:
        return self._money("delivery")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "goods" in data:
            self._classify(data)
        said = CARRIED.get(SOLD[data.get("sold") or "here"])
        if said and data.get("by") not in (None, "", said.value):
            self.add_error("by", _("How you sell it says another carrier. Change one of the two."))
        return data

    def _money(self, name: str) -> Money | None:
        currency = str(self["currency"].value() or "")
        if currency not in CURRENCIES:
            return None  # the currency's own error is enough
        try:
            return Money.parse(self.cleaned_data[name], currency, locale=self.locale)
        except MoneyParseError as error:
            raise forms.ValidationError(parse_words(error)) from error

    def _classify(self, data: dict[str, Any]) -> None:
        """A code is typed instead of words, chosen for these very words, or found by them."""
        goods = data["goods"].strip()
        typed = _digits(goods)
        chosen = _digits(data.get("code", ""))
        meant_for = data.get("code_for", "").strip()
        data["code"] = ""
        if typed:
            data["code"], data["goods"] = typed, ""
        elif chosen and meant_for in ("", goods):
            data["code"] = chosen
        if data["code"] and not 2 <= len(data["code"]) <= 10:
            self.add_error("goods", _("A customs code has two to ten digits, such as 6912 00."))
        elif not data["code"] and is_vague(goods):
            self.add_error("goods", vague_advice())
        elif not data["code"] and not find_hs_codes(text=goods, limit=1):
            self.add_error(
                "goods",
                _(
                    "We found no customs code for this. Try a plainer word, or type the code itself."
                ),
            )

    def question(self) -> DeskQuestion:
        """The question, of a form that is valid."""
        data = self.cleaned_data
        channel = SOLD[data["sold"] or "here"]
        return DeskQuestion(
            goods=data["goods"].strip(),
            code=data["code"],
            made_in=data["made_in"] or data["sent_from"],
            sent_from=data["sent_from"],
            to=data["to"],
            region=data.get("region", ""),
            value=data["value"],
            delivery=data["delivery"],
            quantity=data["quantity"] or 1,
            weight_g=data["weight"],
            channel=channel,
            carried_by=CARRIED.get(channel, CarriedBy(data["by"])),
            buyer=Buyer(data["buyer"] or "private"),
            proof=data["proof"],
            currency=data["in_currency"],
        )


def _digits(text: str) -> str:
    """The digits of "6912.00"; "" for anything that is no code."""
    plain = "".join(text.split()).replace(".", "")
    return plain if plain.isascii() and plain.isdigit() else ""


def _in_own_writing(data: Mapping[str, Any], locale: str) -> dict[str, Any]:
    """The same answers with amounts as this reader writes them. What can't be read stays as typed."""
    copied = {name: str(value) for name, value in data.items()}
    written, currency = copied.get("n") or locale, copied.get("currency", "")
    if written != locale and currency in CURRENCIES:
        for name in AMOUNTS:
            try:
                money = Money.parse(copied.get(name, ""), currency, locale=written)
            except (MoneyParseError, UnknownLocaleError, ValueError):
                continue
            copied[name] = money.plain(locale=locale)
    if copied.get("to") and not is_country(copied["to"]):
        copied["to"] = copied["to"].upper()
    copied["n"] = locale
    return copied
