"""Forms about people; PostalAddressForm is for every page that asks where something goes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields as dataclass_fields
from functools import lru_cache
from typing import Any, TypeAlias

from django import forms
from django.conf import settings
from django.forms.boundfield import BoundField
from django.forms.renderers import BaseRenderer
from django.forms.utils import flatatt
from django.utils.choices import BaseChoiceIterator
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.rules import Preferences, build_preferences
from common.addresses import PostalAddress
from common.countries import country_choices, currency_choices, currency_for, is_country
from common.postal import (
    INVALID,
    MISMATCH,
    REQUIRED,
    AddressError,
    AddressRules,
    address_fields,
    clean_address,
)

# Words, or words that wait for the reader's language.
Text: TypeAlias = Any

# What countries call the parts of an address (the kinds are those of Google's address data).
_KIND_LABELS: dict[str, Text] = {
    "postal": _("Postcode"),
    "zip": _("ZIP code"),
    "pin": _("PIN code"),
    "eircode": _("Eircode"),
    "province": _("Province"),
    "state": _("State"),
    "prefecture": _("Prefecture"),
    "emirate": _("Emirate"),
    "island": _("Island"),
    "department": _("Department"),
    "parish": _("Parish"),
    "county": _("County"),
    "oblast": _("Oblast"),
    "area": _("Area"),
    "do_si": _("Province or city"),
    "district": _("District"),
    "city": _("Town or city"),
    "post_town": _("Town"),
    "suburb": _("Suburb"),
    "neighborhood": _("Neighbourhood"),
    "townland": _("Townland"),
    "village_township": _("Village or township"),
}
_LABELS: dict[str, Text] = {
    "name": _("Full name"),
    "company_name": _("Company"),
    "street_address": _("Street address"),
    "sorting_code": _("CEDEX or sorting code"),
    "phone": _("Phone, for the courier"),
}
_AUTOCOMPLETE = {
    "name": "name",
    "company_name": "organization",
    "street_address": "street-address",
    "city_area": "address-level3",
    "city": "address-level2",
    "country_area": "address-level1",
    "postal_code": "postal-code",
    "phone": "tel",
}
_MAX_LENGTHS = {"street_address": 200, "postal_code": 16, "sorting_code": 16, "phone": 32}
_ALWAYS_SHOWN = frozenset({"name", "street_address", "city", "country_area", "postal_code"})
_ERRORS: dict[str, dict[str, Text]] = {
    "postal_code": {
        INVALID: _("This is not how the country writes it; an example is %(example)s."),
        MISMATCH: _("This code does not belong to the area chosen here."),
    },
    "country_area": {INVALID: _("Choose one of the list.")},
}
CHANGE_COUNTRY = "change_country"


class LongSelect(forms.Select):
    """A select of hundreds of options, drawn without a template an option.

    Django renders each option by itself: for 249 countries most of the time that a whole checkout
    takes. Groups of options are not drawn.
    """

    def render(
        self,
        name: str,
        value: Any,
        attrs: dict[str, Any] | None = None,
        renderer: BaseRenderer | None = None,
    ) -> SafeString:
        chosen = frozenset(str(one) for one in self.format_value(value) or ())
        options = _draw_options(tuple(self.choices), chosen)
        drawn = self.build_attrs(self.attrs, {**(attrs or {}), "name": name})
        return format_html("<select{}>{}</select>", flatatt(drawn), options)


@lru_cache(maxsize=512)
def _draw_options(choices: tuple[tuple[str, Text], ...], chosen: frozenset[str]) -> SafeString:
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((key, mark_safe(" selected") if key in chosen else "", label) for key, label in choices),
    )


class _Countries(BaseChoiceIterator):
    """The countries as the active language names and orders them, looked up when they are needed."""

    def __iter__(self) -> Iterator[tuple[str, str]]:
        yield from country_choices(get_language() or "en")


class PostalAddressForm(forms.Form):
    """An address, asked for the way its country writes addresses.

    main_fields are shown, extra_fields (company, phone, what a country knows but does not need)
    sit behind a disclosure, so that most people see six fields. Choosing another country draws the
    fields again: by itself with htmx, by a button without scripts. A page that uses the form:

        if PostalAddressForm.is_redraw(request.POST):
            form = PostalAddressForm.redrawn(request.POST)      # show the page again
        else:
            form = PostalAddressForm(request.POST)
            if form.is_valid(): … form.address                  # a common.addresses.PostalAddress

    and {% include "accounts/_address_fields.html" with form=address_form %} inside its <form>.
    """

    country_code = forms.ChoiceField(label=_("Country"), widget=LongSelect)

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        address: PostalAddress | None = None,
        country: str = "",
        section: str = "shipping",
        prefix: str | None = None,
    ) -> None:
        """address: what to show first. country: whose fields, where no address says it.

        section: the autocomplete section, "shipping", "billing" or "" for one's own address.
        """
        super().__init__(data, prefix=prefix, initial=address.as_dict() if address else None)
        chosen = country
        if data is not None:
            chosen = str(data.get(self.add_prefix("country_code"), country))
        elif address is not None:
            chosen = address.country_code
        self.country = chosen if is_country(chosen) else "US"
        self.initial["country_code"] = self.country
        self.section = section
        self.rules = address_fields(self.country)
        self._address: PostalAddress | None = None
        self._add_country_field()
        for name in self._order():
            self.fields[name] = self._field(name)

    @classmethod
    def is_redraw(cls, data: Mapping[str, Any]) -> bool:
        """Whether the form was sent by its "change country" button."""
        return CHANGE_COUNTRY in data

    @classmethod
    def redrawn(cls, data: Mapping[str, Any], **options: Any) -> PostalAddressForm:
        """The form with what was typed so far, unchecked, in the shape of the country chosen."""
        blank = cls(None, **options)
        typed = {
            field.name: str(data.get(blank.add_prefix(field.name), ""))
            for field in dataclass_fields(PostalAddress)
        }
        return cls(None, **{**options, "address": PostalAddress(**typed)})

    @property
    def address(self) -> PostalAddress:
        """The cleaned address; only after is_valid()."""
        if self._address is None:
            raise ValueError("the address is not valid")
        return self._address

    @property
    def country_field(self) -> BoundField:
        return self["country_code"]

    @property
    def main_fields(self) -> list[BoundField]:
        """What is shown at once, the country left out."""
        return [self[name] for name in self._order() if self._is_main(name)]

    @property
    def extra_fields(self) -> list[BoundField]:
        """What few people need."""
        return [self[name] for name in self._order() if not self._is_main(name)]

    @property
    def opens_extras(self) -> bool:
        """Whether something in the extra fields is filled in or wrong."""
        return any(field.errors or field.value() for field in self.extra_fields)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        names = [field.name for field in dataclass_fields(PostalAddress)]
        typed = {name: str(cleaned.get(name) or "") for name in names}
        typed["country_code"] = self.country
        try:
            self._address = clean_address(PostalAddress(**typed))
        except AddressError as error:
            for name, code in error.errors.items():
                if name in self.fields and name not in self.errors:
                    self.add_error(name, self._error(name, code))
        if self.errors:
            self._address = None
        return cleaned

    def _order(self) -> list[str]:
        return [*self.rules.fields, "phone"]

    def _is_main(self, name: str) -> bool:
        return name in _ALWAYS_SHOWN or name in self.rules.required

    def _add_country_field(self) -> None:
        field = self.fields["country_code"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  # declared above
        field.choices = _Countries()
        field.widget.attrs.update({"autocomplete": self._token("country"), "data-country": ""})

    def _field(self, name: str) -> forms.Field:
        required = name in self.rules.required
        attrs = {"autocomplete": self._token(_AUTOCOMPLETE.get(name, ""))}
        label = _label(name, self.rules)
        messages = {"required": _("Please fill this in.")}
        if name == "country_area" and self.rules.area_choices:
            choices = [("", _("Choose…")), *self.rules.area_choices]
            return _AreaField(
                label=label,
                required=required,
                choices=choices,
                error_messages=messages,
                widget=forms.Select(attrs=attrs),
            )
        widget: forms.Widget = forms.TextInput(attrs=attrs)
        if name == "street_address":
            widget = forms.Textarea(attrs={**attrs, "rows": 2})
        elif name == "phone":
            widget = forms.TextInput(attrs={**attrs, "type": "tel", "inputmode": "tel"})
        elif name == "postal_code" and _is_digits(self.rules.postal_example):
            widget = forms.TextInput(attrs={**attrs, "inputmode": "numeric"})
        return forms.CharField(
            label=label,
            required=required,
            max_length=_MAX_LENGTHS.get(name, 100),
            error_messages=messages,
            widget=widget,
        )

    def _token(self, token: str) -> str:
        return f"{self.section} {token}".strip() if token else "off"

    def _error(self, name: str, code: str) -> forms.ValidationError:
        if code == REQUIRED:
            return forms.ValidationError(_("Please fill this in."), code=code)
        text = _ERRORS.get(name, {}).get(code, _("This is not possible here."))
        return forms.ValidationError(text, code=code, params={"example": self.rules.postal_example})


class _AreaField(forms.ChoiceField):
    """A list of areas that also takes an area's name, as browsers and other forms fill it in."""

    def valid_value(self, value: Any) -> bool:
        return True  # common.postal.clean_address matches names and refuses what it does not know


def _label(name: str, rules: AddressRules) -> Text:
    kind = rules.kinds.get(name, "")
    return _KIND_LABELS.get(kind) or _LABELS.get(name) or _KIND_LABELS["city"]


def _is_digits(example: str) -> bool:
    return (
        bool(example) and example.replace("-", "").replace(" ", "").isdigit() and "-" not in example
    )


class PreferencesForm(forms.Form):
    """Where to deliver, what to show prices in, and in which language: in one place."""

    country = forms.ChoiceField(
        label=_("Deliver to"), widget=forms.Select(attrs={"autocomplete": "country"})
    )
    currency = forms.ChoiceField(
        label=_("Show prices in"), help_text=_("Leave it to follow the country."), required=False
    )
    language = forms.ChoiceField(
        label=_("Language"), widget=forms.Select(attrs={"autocomplete": "language"})
    )
    region = forms.ChoiceField(
        label=_("State or province"),
        help_text=_("Sales tax there depends on it."),
        required=False,
        widget=forms.Select(attrs={"autocomplete": "address-level1"}),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, preferences: Preferences) -> None:
        country = str(data.get("country", "")) if data is not None else preferences.country
        areas = _taxed_areas(country)
        if data is not None and data.get("region") not in dict(areas):
            # The area of the country chosen before means nothing in this one.
            data = {**{name: data.get(name, "") for name in self.base_fields}, "region": ""}
        super().__init__(data, initial=vars_of(preferences))
        language = get_language() or "en"
        self._choices("country", list(country_choices(language)))
        self._choices("currency", [("", _("The usual one")), *currency_choices(language)])
        self._choices("language", list(settings.LANGUAGES))
        if areas:
            self._choices("region", [("", _("Not said")), *areas])
        else:
            del self.fields["region"]
        if len(settings.LANGUAGES) == 1:
            self.fields["language"].widget = forms.HiddenInput()

    def _choices(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  # declared above
        field.choices = choices

    def preferences(self) -> Preferences:
        """What was chosen; only after is_valid()."""
        return build_preferences(
            country=self.cleaned_data["country"],
            currency=self.cleaned_data["currency"],
            language=self.cleaned_data["language"],
            region=self.cleaned_data.get("region", ""),
        )


# Where the tax on an import or a sale differs from one state or province to the next.
_TAX_BY_AREA = frozenset({"US", "CA"})


def _taxed_areas(country: str) -> list[tuple[str, str]]:
    return list(address_fields(country).area_choices) if country in _TAX_BY_AREA else []


def _chosen_currency(preferences: Preferences) -> str:
    """Nothing where the currency is the country's usual one, so that it follows the country."""
    usual = currency_for(preferences.country)
    return "" if preferences.currency == usual else preferences.currency


def vars_of(preferences: Preferences) -> dict[str, str]:
    """A form's first values."""
    return {
        "country": preferences.country,
        "currency": _chosen_currency(preferences),
        "language": preferences.language,
        "region": preferences.region,
    }


class ProfileForm(forms.Form):
    """How we address a person."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
