"""What a seller says about delivery."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from common.amounts import parse_words, step_words
from common.countries import country_choices
from common.money import Money, MoneyParseError, is_chargeable
from common.reader import reader_locale
from shipping.models import DeliveryOption, DeliveryProfile
from shipping.rules import GRAMS_PER_KG, REGIONS
from shipping.services import OptionTerms

REGION_NAMES = {
    "EU": _("European Union"),
    "EUROPE_OTHER": _("Rest of Europe"),
    "NORTH_AMERICA": _("North America"),
    "LATIN_AMERICA": _("Latin America"),
    "EAST_ASIA": _("East Asia"),
    "SOUTHEAST_ASIA": _("Southeast Asia"),
    "SOUTH_ASIA": _("South Asia"),
    "OCEANIA": _("Australia and Oceania"),
    "GULF": _("Gulf states"),
    "MIDDLE_EAST": _("Middle East"),
    "WEST_AFRICA": _("West Africa"),
    "EAST_AFRICA": _("East Africa"),
    "SOUTHERN_AFRICA": _("Southern Africa"),
    "NORTH_AFRICA": _("North Africa"),
}
HOME, CHOSEN, EVERYWHERE = "home", "chosen", "everywhere"
HEAVIEST_KG = 1000


class ProfileForm(forms.Form):
    """A set of options that listings share."""

    name = forms.CharField(
        label=_("Name"), max_length=60, help_text=_("Only you see it, for example: Small parcels.")
    )
    dispatch_days = forms.IntegerField(
        label=_("Working days until you hand over a parcel"),
        min_value=0,
        max_value=60,
        initial=2,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


class MoneyField(forms.Field):
    """An amount as the reader's language writes it; cleaned to Money in `currency`."""

    def __init__(self, *, currency: str, **options: Any) -> None:
        self.currency = currency
        attrs = {"inputmode": "decimal", "autocomplete": "off", "maxlength": "20"}
        super().__init__(widget=forms.TextInput(attrs=attrs), **options)

    def to_python(self, value: Any) -> Money | None:
        text = str(value or "").strip()
        if not text:
            return None
        try:
            money = Money.parse(text, self.currency, locale=reader_locale())
        except MoneyParseError as error:
            raise forms.ValidationError(parse_words(error), code="amount") from error
        if not is_chargeable(money):
            raise forms.ValidationError(step_words(money), code="amount")
        return money


class OptionForm(forms.Form):
    """One way to send a parcel; the price fields are in the business's currency."""

    name = forms.CharField(
        label=_("What buyers see"), max_length=60, help_text=_("For example: Registered post.")
    )
    where = forms.ChoiceField(label=_("Where it goes"), widget=forms.RadioSelect)
    regions = forms.MultipleChoiceField(
        label=_("Regions"),
        required=False,
        choices=list(REGION_NAMES.items()),
        widget=forms.CheckboxSelectMultiple,
    )
    countries = forms.MultipleChoiceField(
        label=_("Single countries"), required=False, widget=forms.CheckboxSelectMultiple
    )
    min_days = forms.IntegerField(
        label=_("Days on the way, at least"),
        min_value=0,
        max_value=180,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    max_days = forms.IntegerField(
        label=_("Days on the way, at most"),
        min_value=0,
        max_value=180,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    max_weight_kg = forms.DecimalField(
        label=_("Heaviest parcel, in kg"),
        required=False,
        min_value=0,
        max_value=HEAVIEST_KG,
        decimal_places=3,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    tracked = forms.BooleanField(label=_("It can be tracked"), required=False, initial=True)

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        currency: str,
        home: str,
        option: DeliveryOption | None = None,
    ) -> None:
        super().__init__(data, initial=_first_values(option, home) if option else {"where": HOME})
        self.home = home
        names = dict(country_choices(get_language() or "en"))
        # In the order of filling in: price after where it goes.
        base = MoneyField(currency=currency, label=_("Price of a parcel"))
        per_kg = MoneyField(
            currency=currency,
            label=_("And for each started kilogram"),
            required=False,
            help_text=_("Leave it empty where weight does not matter."),
        )
        self.fields |= {"base": base, "per_kg": per_kg}
        order = ("name", "where", "regions", "countries", "base", "per_kg", "min_days", "max_days")
        self.order_fields([*order, "max_weight_kg", "tracked"])
        self._choose("countries", list(names.items()))
        self._choose(
            "where",
            [
                (HOME, _("Only inside %(country)s") % {"country": names[home]}),
                (CHOSEN, _("To regions and countries that I choose")),
                (EVERYWHERE, _("Everywhere that no other option of this profile names")),
            ],
        )
        if option is not None:
            locale = reader_locale()
            self.initial["base"] = Money(option.base_amount, currency).plain(locale=locale)
            if option.per_kg_amount:
                self.initial["per_kg"] = Money(option.per_kg_amount, currency).plain(locale=locale)

    def _choose(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  # declared above
        field.choices = choices

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("where") == CHOSEN and not (
            cleaned.get("regions") or cleaned.get("countries")
        ):
            self.add_error("regions", _("Choose at least one region or country."))
        shortest, longest = cleaned.get("min_days"), cleaned.get("max_days")
        if shortest is not None and longest is not None and longest < shortest:
            self.add_error("max_days", _("The longest time is not shorter than the shortest."))
        return cleaned

    def terms(self) -> OptionTerms:
        """What was filled in; only after is_valid()."""
        words = self.cleaned_data
        weight = words["max_weight_kg"]
        return OptionTerms(
            name=words["name"],
            base_amount=words["base"].amount,
            per_kg_amount=words["per_kg"].amount if words["per_kg"] else 0,
            min_days=words["min_days"],
            max_days=words["max_days"],
            countries=self._countries(),
            everywhere=words["where"] == EVERYWHERE,
            max_weight_g=int(weight * GRAMS_PER_KG) if weight else None,
            tracked=words["tracked"],
        )

    def _countries(self) -> tuple[str, ...]:
        where = self.cleaned_data["where"]
        if where == HOME:
            return (self.home,)
        if where == EVERYWHERE:
            return ()
        chosen = {code for region in self.cleaned_data["regions"] for code in REGIONS[region]}
        return tuple(sorted(chosen | set(self.cleaned_data["countries"])))


def _first_values(option: DeliveryOption, home: str) -> dict[str, Any]:
    """An option as the form shows it: whole regions as regions, the rest country by country."""
    named = set(option.countries)
    regions = [key for key, members in REGIONS.items() if named.issuperset(members)]
    covered = {code for key in regions for code in REGIONS[key]}
    where = EVERYWHERE if option.everywhere else HOME if named == {home} else CHOSEN
    return {
        "name": option.name,
        "where": where,
        "regions": regions,
        "countries": sorted(named - covered) if where == CHOSEN else [],
        "min_days": option.min_days,
        "max_days": option.max_days,
        "max_weight_kg": _kilograms(option.max_weight_g),
        "tracked": option.tracked,
    }


def _kilograms(grams: int | None) -> str:
    return "" if grams is None else f"{grams / GRAMS_PER_KG:g}"


def profile_values(profile: DeliveryProfile) -> dict[str, Any]:
    """A profile as its form shows it."""
    return {"name": profile.name, "dispatch_days": profile.dispatch_days}
