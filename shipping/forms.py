"""What a seller says about delivery."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from common.amounts import parse_words, step_words
from common.countries import country_choices, is_country
from common.money import Money, MoneyParseError, is_chargeable
from common.reader import reader_locale
from shipping.models import DeliveryOption, DeliveryProfile, ParcelDetails
from shipping.rules import GRAMS_PER_KG, REGIONS, CarriedBy, carried_by_name
from shipping.services import OptionTerms, ParcelTerms
from trade.rules.s10 import S10Error, Service, parse_item_number

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
    carried_by = forms.ChoiceField(
        label=_("Who carries it?"),
        required=False,
        choices=[
            (CarriedBy.POST.value, _("The post, also its express (EMS)")),
            (CarriedBy.COURIER.value, _("A courier, such as DHL, FedEx or UPS")),
        ],
        help_text=_(
            "Customs limits and fees are others for the post, and the post refuses some things, such "
            "as power banks. Leave it open if the name says it: “Ghana Post”, “DHL”."
        ),
        widget=forms.RadioSelect,
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
        # An option from before the question may stay as it is; nobody's price waits for the answer.
        self.may_stay_unsaid = option is not None and not option.carried_by
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
        order = ("name", "carried_by", "where", "regions", "countries", "base", "per_kg")
        self.order_fields([*order, "min_days", "max_days", "max_weight_kg", "tracked"])
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
        self._say_who_carries(cleaned)
        if cleaned.get("where") == CHOSEN and not (
            cleaned.get("regions") or cleaned.get("countries")
        ):
            self.add_error("regions", _("Choose at least one region or country."))
        shortest, longest = cleaned.get("min_days"), cleaned.get("max_days")
        if shortest is not None and longest is not None and longest < shortest:
            self.add_error("max_days", _("The longest time is not shorter than the shortest."))
        return cleaned

    def _say_who_carries(self, cleaned: dict[str, Any]) -> None:
        """What was chosen, else what the name says, else an error."""
        if "carried_by" not in cleaned or "name" not in cleaned:
            return
        said = CarriedBy(cleaned["carried_by"]) or carried_by_name(cleaned["name"])
        if not said and not self.may_stay_unsaid:
            self.add_error("carried_by", _("Please say who carries it: the post or a courier."))
        cleaned["carried_by"] = said

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
            carried_by=words["carried_by"],
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
        "carried_by": option.carried_by,
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


class ItemNumberField(forms.CharField):
    """An item number of standard S10, cleaned to its thirteen signs; a wrong digit is named."""

    def clean(self, value: Any) -> str:
        text = str(super().clean(value)).strip()
        if not text:
            return ""
        try:
            return str(parse_item_number(text))
        except S10Error as error:
            if error.code == "check":
                raise forms.ValidationError(
                    _(
                        "A digit is mistyped: with these eight digits the ninth would be "
                        "%(expected)s."
                    ),
                    params={"expected": error.expected},
                ) from error
            raise forms.ValidationError(
                _("Two letters, nine digits and two letters, like RR 473 124 829 GB.")
            ) from error


SERVICE_CHOICES = (
    (Service.UNKNOWN.value, _("I don't know yet")),
    (Service.LETTER.value, _("Letter post (small packet, registered letter)")),
    (Service.PARCEL.value, _("Postal parcel")),
    (Service.EMS.value, _("EMS")),
    (Service.COURIER.value, _("A courier, not the post")),
)


class ParcelDetailsForm(forms.Form):
    """What only the seller knows about a parcel, for its papers."""

    service = forms.ChoiceField(
        label=_("How does it travel?"), choices=SERVICE_CHOICES, required=False
    )
    item_number = ItemNumberField(
        label=_("Item number of the post"),
        required=False,
        max_length=20,
        help_text=_("From your post's label, like RR 473 124 829 GB. We print it as a barcode."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    gross_weight_g = forms.IntegerField(
        label=_("Weight of the packed parcel, in grams"),
        required=False,
        min_value=1,
        max_value=HEAVIEST_KG * GRAMS_PER_KG,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    length_mm = forms.IntegerField(
        label=_("Length in mm"), required=False, min_value=1, max_value=20_000
    )
    width_mm = forms.IntegerField(
        label=_("Width in mm"), required=False, min_value=1, max_value=20_000
    )
    height_mm = forms.IntegerField(
        label=_("Height in mm"), required=False, min_value=1, max_value=20_000
    )
    packages = forms.IntegerField(label=_("How many packages?"), min_value=1, max_value=999)
    marks = forms.CharField(
        label=_("Marks on the packages"),
        required=False,
        max_length=80,
        help_text=_("If they carry others than the item number."),
    )
    comments = forms.CharField(
        label=_("Comments for customs"),
        required=False,
        max_length=120,
        help_text=_("For example that goods are subject to plant inspection."),
    )
    licence_number = forms.CharField(label=_("Licence number"), required=False, max_length=40)
    certificate_number = forms.CharField(
        label=_("Certificate number"), required=False, max_length=40
    )
    claims_preference = forms.BooleanField(
        label=_("The goods have preferential origin under a trade agreement"),
        required=False,
        help_text=_(
            "Only if you have checked the agreement's rules: the statement is yours, and you must "
            "be able to prove it."
        ),
    )
    exporter_reference = forms.CharField(
        label=_("Your number as an exporter (REX or EORI)"), required=False, max_length=40
    )

    def __init__(self, *args: Any, details: ParcelDetails, service: Service, **kwargs: Any) -> None:
        """service: how the parcel travels as far as it is known, said or not."""
        initial = {name: getattr(details, name) for name in self.base_fields}
        kwargs.setdefault("initial", {**initial, "service": service.value})
        super().__init__(*args, **kwargs)

    def terms(self) -> ParcelTerms:
        """What was said; call it on a valid form."""
        data = dict(self.cleaned_data)
        return ParcelTerms(**{**data, "service": Service(data["service"])})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        sides = ("length_mm", "width_mm", "height_mm")
        given = [name for name in sides if cleaned.get(name)]
        if given and len(given) < len(sides) and not any(name in self.errors for name in sides):
            missing = next(name for name in sides if name not in given)
            self.add_error(missing, _("Please give all three sides, or none."))
        return cleaned


class ItemRangeForm(forms.Form):
    """A range of item numbers from a seller's post, by its first and last number."""

    first = ItemNumberField(
        label=_("First item number"),
        max_length=20,
        help_text=_("As your post wrote it, like RR 473 124 829 GB."),
        error_messages={"required": _("Please give the first number.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    last = ItemNumberField(
        label=_("Last item number"),
        max_length=20,
        error_messages={"required": _("Please give the last number.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        first, last = parse_item_number(cleaned["first"]), parse_item_number(cleaned["last"])
        if (first.prefix, first.country) != (last.prefix, last.country):
            self.add_error("last", _("Both numbers must begin and end with the same letters."))
        elif last.serial < first.serial:
            self.add_error("last", _("The last number comes before the first."))
        elif not is_country(first.country):
            self.add_error("first", _("The last two letters are no country."))
        cleaned["terms"] = {
            "prefix": first.prefix,
            "country": first.country,
            "first": first.serial,
            "last": last.serial,
        }
        return cleaned
