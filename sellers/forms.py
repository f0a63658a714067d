"""What somebody who sells fills in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from common.countries import country_choices, currency_choices, currency_for
from common.pictures import MAX_BYTES
from common.postal import address_fields
from payments.selectors.fees import FeeOffer, say_fee
from sellers.models import Business
from sellers.rules import TaxNumberError, clean_tax_number, tax_number_names
from sellers.states import Role
from trade.rules.registrations import EU, NumberKind
from trade.selectors.registration_words import KIND_WORDS

PICTURE_TYPES = "image/jpeg,image/png,image/webp"


class _TaxNumberForm(forms.Form):
    """A form with a tax number, which is checked by the rules of `country`.

    It stands beside an address form, which has a `name`, too: hence the prefix.
    """

    country = ""
    prefix = "shop"

    def clean_tax_number(self) -> str:
        typed = str(self.cleaned_data.get("tax_number") or "")
        try:
            return clean_tax_number(self.country, typed)
        except TaxNumberError:
            raise forms.ValidationError(
                _(
                    "This is not a valid number of that country (%(names)s). Please check its digits."
                ),
                params={"names": ", ".join(tax_number_names(self.country))},
                code="tax_number",
            ) from None


def fee_promise(offer: FeeOffer) -> str:
    """What somebody agrees to who opens a business."""
    fee = {"fee": say_fee(offer.terms)}
    if offer.by_category:
        return gettext("I agree to the fee of %(fee)s of what I sell, and those by category.") % fee
    return gettext("I agree to the fee of %(fee)s of what I sell.") % fee


class OpenBusinessForm(_TaxNumberForm):
    """A new business; its country and address come from the address form beside it."""

    name = forms.CharField(
        label=_("Business name"),
        max_length=80,
        help_text=_("Buyers see this name."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    currency = forms.ChoiceField(
        label=_("Currency of your prices and payouts"),
        required=False,
        help_text=_(
            "You are paid in it, exactly what you ask for less the fee. It can't be changed later."
        ),
    )
    tax_number = forms.CharField(
        label=_("Tax or registration number"),
        max_length=40,
        required=False,
        help_text=_("As on your tax papers. If you have none yet, leave it empty."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    agrees = forms.BooleanField(
        error_messages={"required": _("You can only sell here if you agree to the fee.")},
    )
    fee_bp = forms.IntegerField(widget=forms.HiddenInput)
    fee_seal = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, country: str, offer: FeeOffer
    ) -> None:
        super().__init__(data, initial={"fee_bp": offer.terms.percent_bp, "fee_seal": offer.seal})
        self.country = country
        self.fields["agrees"].label = fee_promise(offer)
        usual = _("The usual one of your country")
        field = self.fields["currency"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  # declared above
        field.choices = [("", usual), *currency_choices(get_language() or "en")]

    def clean_currency(self) -> str:
        return self.cleaned_data["currency"] or currency_for(self.country)


class BusinessForm(_TaxNumberForm):
    """What a business says of itself."""

    name = forms.CharField(
        label=_("Business name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    tagline = forms.CharField(
        label=_("In one line"),
        max_length=140,
        required=False,
        help_text=_("What you make, in a few words."),
    )
    story = forms.CharField(
        label=_("Your story"),
        max_length=5000,
        required=False,
        help_text=_("Who you are, how you work. Buyers read it before they trust you."),
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    logo = forms.FileField(
        label=_("Logo"),
        required=False,
        help_text=_("Square, JPEG, PNG or WebP."),
        widget=forms.FileInput(attrs={"accept": PICTURE_TYPES}),
    )
    banner = forms.FileField(
        label=_("Picture on top of your shop"),
        required=False,
        help_text=_("Wide, at least 1600 pixels."),
        widget=forms.FileInput(attrs={"accept": PICTURE_TYPES}),
    )
    tax_number = forms.CharField(
        label=_("Tax or registration number"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    language = forms.ChoiceField(label=_("Language of your texts"))

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        files: Any = None,
        *,
        business: Business,
    ) -> None:
        shown = ("name", "tagline", "story", "tax_number", "language")
        super().__init__(data, files, initial={key: getattr(business, key) for key in shown})
        self.country = business.country
        field = self.fields["language"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  # declared above
        field.choices = list(settings.LANGUAGES)
        if len(settings.LANGUAGES) == 1:
            field.widget = forms.HiddenInput()

    def clean_logo(self) -> Any:
        return _small_enough(self.cleaned_data["logo"])

    def clean_banner(self) -> Any:
        return _small_enough(self.cleaned_data["banner"])


def _small_enough(file: Any) -> Any:
    if file and file.size > MAX_BYTES:
        raise forms.ValidationError(_("The file is larger than 15 MB."), code="BYTES")
    return file


ROLE_CHOICES = (
    (Role.STAFF.value, _("Staff: orders and listings")),
    (Role.MANAGER.value, _("Manager: all but payouts and team")),
    (Role.OWNER.value, _("Owner: everything")),
)


class InviteForm(forms.Form):
    """Whom to let in, and how far."""

    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("Of somebody who has an account here."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(label=_("Role"), choices=ROLE_CHOICES, initial=Role.STAFF.value)


class RoleForm(forms.Form):
    """Another role for a member."""

    role = forms.ChoiceField(
        label=_("Role"), choices=ROLE_CHOICES, widget=forms.Select(attrs={"class": "input"})
    )


def address_country(data: Mapping[str, Any]) -> str:
    """The country that an address form beside this one was sent with; a country in any case."""
    code = str(data.get("country_code", ""))
    try:
        return address_fields(code).country_code
    except ValueError:
        return "US"


class NumberForm(forms.Form):
    """A tax or customs number of a business."""

    kind = forms.ChoiceField(label=_("What kind of number is it?"))
    country = forms.ChoiceField(
        label=_("Of which country?"),
        required=False,
        help_text=_("An IOSS number counts for the whole European Union: leave this empty then."),
    )
    number = forms.CharField(
        label=_("Number"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    valid_from = forms.DateField(
        label=_("Valid since"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The day that the authority's letter names."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "en"
        kinds = [(kind.value, words) for kind, words in KIND_WORDS.items()]
        countries = [("", "–"), ("XI", gettext("Northern Ireland")), *country_choices(language)]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
        self.fields["country"].choices = countries  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        kind = data.get("kind")
        fixed = {
            NumberKind.IOSS: EU,
            NumberKind.VOEC: "NO",
            NumberKind.ARN: "AU",
            NumberKind.LVG: "MY",
        }
        if kind:
            data["kind"] = NumberKind(kind)
            data["country"] = fixed.get(data["kind"], data.get("country", ""))
            if not data["country"]:
                self.add_error("country", _("Please choose the country of this number."))
        return data


class EndNumberForm(forms.Form):
    """The last day on which a number holds."""

    last_day = forms.DateField(
        label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
