"""What a seller types about a listing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from catalog.forms.handling import HandlingFields
from catalog.models import Category, Listing
from catalog.rules.publishing import combinations, is_plain_description, may_state_origin
from catalog.selectors.editor import VariantSeen
from catalog.selectors.fees import FeeExample
from catalog.services.editing import VariantInput
from common.amounts import parse_words, step_words
from common.countries import country_choices, country_name
from common.money import Money, MoneyParseError, is_chargeable
from common.reader import reader_locale
from sellers.models import Business
from shipping.models import DeliveryProfile
from trade.selectors import describe_hs

MAX_VALUES = 12
MAX_VARIANTS = 60
MAX_STOCK_ON_SHELF = 1_000_000
MAX_WEIGHT_G = 1_000_000
MAX_SIDE_MM = 100_000


class CategoryField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not generic at run time
    """A shelf that has no shelves of its own, by its whole name: "Home › Ceramics"."""

    def __init__(self, **kwargs: Any) -> None:
        shelves = Category.objects.filter(category__isnull=True)
        kwargs.setdefault("empty_label", _("Choose a category"))
        super().__init__(shelves.select_related("parent").order_by("path"), **kwargs)

    def label_from_instance(self, obj: Category) -> str:
        return f"{obj.parent.name} › {obj.name}" if obj.parent else obj.name


class DeliveryField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not generic at run time
    """One of the business's delivery profiles, by the name that the seller gave it."""

    def label_from_instance(self, obj: DeliveryProfile) -> str:
        return obj.name


class ListingForm(HandlingFields, forms.ModelForm):  # type: ignore[type-arg] # not generic at run time
    """Words, shelf, papers and delivery of a listing; photos and prices have their own pages."""

    class Meta:
        model = Listing
        fields = (
            "title",
            "category",
            "description",
            "materials",
            "hs_code",
            "origin_country",
            "customs_description",
            "origin_statement",
            "battery",
            "watt_hours",
            "un_number",
            "permit_held",
            "permit_text",
            "delivery_profile",
        )
        labels = {
            "title": _("Title"),
            "category": _("Category"),
            "description": _("Description"),
            "materials": _("Materials"),
            "hs_code": _("Customs code (six digits)"),
            "origin_country": _("Made in"),
            "customs_description": _("What customs should read"),
            "delivery_profile": _("Delivery"),
        }
        help_texts = {
            "description": _("Who made it, of what, how big it is, how to care for it."),
            "customs_description": _(
                "Plain words for the parcel's papers, such as “woven cotton shirt”."
            ),
            "hs_code": _("Type what the thing is and choose; the code decides the duty."),
        }
        widgets = {
            "description": forms.Textarea(attrs={"rows": 7}),
            "hs_code": forms.TextInput(
                attrs={"inputmode": "numeric", "maxlength": 7, "autocomplete": "off"}
            ),
        }

    category = CategoryField(label=_("Category"))
    delivery_profile = DeliveryField(
        DeliveryProfile.objects.none(), label=_("Delivery"), required=False
    )
    origin_country = forms.ChoiceField(
        label=_("Made in"),
        required=False,
        help_text=_("Where it was made or grown, which may not be where you ship from."),
    )
    origin_statement = forms.BooleanField(
        label=_("I can give a statement on origin for these goods"), required=False
    )
    hs_code = forms.CharField(
        label=_("Customs code (six digits)"),
        required=False,
        max_length=12,
        help_text=_("Type what the thing is below and choose; the code decides the duty."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def __init__(self, data: QueryDict | None = None, *, business: Business, **kwargs: Any) -> None:
        if data is not None and data.get("hs_choice"):
            # A code chosen from the search goes before the one that was typed earlier; put where
            # the page shows it again, should another field be refused.
            data = data.copy()
            data["hs_code"] = str(data["hs_choice"])
        super().__init__(data, **kwargs)
        self.home = business.country
        countries = [("", _("Choose a country")), *country_choices(get_language() or "en")]
        origin = self.fields["origin_country"]
        if isinstance(origin, forms.ChoiceField):
            origin.choices = countries
        delivery = self.fields["delivery_profile"]
        if isinstance(delivery, forms.ModelChoiceField):
            delivery.queryset = business.delivery_profiles.all()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        origin = data.get("origin_country", "")
        if data.get("origin_statement") and not may_state_origin(origin=origin, home=self.home):
            self.add_error(
                "origin_statement",
                _("Only for goods made in %(country)s, where you send them from. Check “Made in”.")
                % {"country": country_name(self.home, get_language() or "en")},
            )
        return data

    def clean_hs_code(self) -> str:
        typed: str = self.cleaned_data["hs_code"]
        code = "".join(typed.split()).replace(".", "")
        if code and not (len(code) == 6 and code.isdigit()):
            raise forms.ValidationError(_("A customs code has six digits, such as 6912 00."))
        if code and describe_hs(code) is None:
            raise forms.ValidationError(
                _("We don't know this code. Search for what the thing is and choose one.")
            )
        return code

    def clean_customs_description(self) -> str:
        text: str = self.cleaned_data["customs_description"].strip()
        if text and not is_plain_description(text):
            raise forms.ValidationError(
                _(
                    "Customs refuse “%(text)s”. Say what it is, of what and for what: “men's knitted "
                    "cotton T-shirt”."
                ),
                params={"text": text},
            )
        return text


class NewListingForm(forms.Form):
    """The least that a draft needs."""

    title = forms.CharField(label=_("What are you selling?"), min_length=3, max_length=120)
    category = CategoryField(label=_("Category"))


class PhotoForm(forms.Form):
    """One more photo, and what it shows in words."""

    photo = forms.FileField(
        label=_("Add a photo"),
        help_text=_("JPEG, PNG or WebP up to 15 MB. The place where it was taken is removed."),
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    alt = forms.CharField(
        label=_("What the photo shows"),
        required=False,
        max_length=160,
        help_text=_("Read aloud to people who can't see it."),
    )


class OptionsForm(forms.Form):
    """Which choices a buyer has: at most two, such as colour and size."""

    name_1 = forms.CharField(label=_("First choice"), required=False, max_length=30)
    values_1 = forms.CharField(label=_("Its values, with commas between"), required=False)
    name_2 = forms.CharField(label=_("Second choice"), required=False, max_length=30)
    values_2 = forms.CharField(label=_("Its values, with commas between"), required=False)
    all_price = forms.CharField(
        label=_("Price"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    all_stock = forms.IntegerField(
        label=_("In stock"), required=False, min_value=0, max_value=MAX_STOCK_ON_SHELF
    )
    all_weight = forms.IntegerField(
        label=_("Packed weight (g)"), required=False, min_value=1, max_value=MAX_WEIGHT_G
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        options: list[tuple[str, list[str]]] = []
        for number in ("1", "2"):
            name = data.get(f"name_{number}", "").strip()
            values = _split(data.get(f"values_{number}", ""))
            if name and not values:
                self.add_error(f"values_{number}", _("Give at least one value."))
            elif values and not name:
                self.add_error(f"name_{number}", _("Give the choice a name, such as “Colour”."))
            elif name and name in dict(options):
                self.add_error(f"name_{number}", _("The two choices need different names."))
            elif len(values) > MAX_VALUES:
                self.add_error(f"values_{number}", _("At most 12 values."))
            elif name:
                options.append((name, values))
        if len(combinations(options)) > MAX_VARIANTS:
            raise forms.ValidationError(_("That makes more than 60 variants; use fewer values."))
        data["options"] = options
        return data


def _split(text: str) -> list[str]:
    return list(dict.fromkeys(value.strip() for value in text.split(",") if value.strip()))


class VariantForm(forms.Form):
    """A row: price, stock, packed weight and the seller's own number."""

    price = forms.CharField(
        label=_("Price"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    available = forms.IntegerField(label=_("In stock"), min_value=0, max_value=MAX_STOCK_ON_SHELF)
    seen = forms.IntegerField(
        widget=forms.HiddenInput, required=False, min_value=0, max_value=MAX_STOCK_ON_SHELF
    )
    weight_g = forms.IntegerField(
        label=_("Packed weight (g)"), required=False, min_value=1, max_value=MAX_WEIGHT_G
    )
    length_mm = forms.IntegerField(
        label=_("Length (mm)"), required=False, min_value=1, max_value=MAX_SIDE_MM
    )
    width_mm = forms.IntegerField(
        label=_("Width (mm)"), required=False, min_value=1, max_value=MAX_SIDE_MM
    )
    height_mm = forms.IntegerField(
        label=_("Height (mm)"), required=False, min_value=1, max_value=MAX_SIDE_MM
    )
    sku = forms.CharField(label=_("Your number"), required=False, max_length=40)

    def __init__(
        self, *args: Any, row: VariantSeen, currency: str, needs_price: bool, **kwargs: Any
    ) -> None:
        self.row = row
        self.currency = currency
        self.needs_price = needs_price
        self.earning: FeeExample | None = None
        super().__init__(*args, **kwargs)

    @property
    def known_price(self) -> Money | None:
        """The price as typed, if it can be read, else as stored."""
        typed = getattr(self, "cleaned_data", {}).get("price")
        return typed if isinstance(typed, Money) else self.row.price

    @property
    def label(self) -> str:
        return " · ".join(self.row.options.values())

    def clean_price(self) -> Money | None:
        if not self.cleaned_data["price"].strip():
            if self.needs_price:
                raise forms.ValidationError(_("Buyers see this listing: enter a price."))
            return None
        locale = reader_locale()
        try:
            price = Money.parse(self.cleaned_data["price"], self.currency, locale=locale)
        except MoneyParseError as error:
            raise forms.ValidationError(parse_words(error)) from error
        if price.amount == 0:
            raise forms.ValidationError(_("A price is more than nothing."))
        if not is_chargeable(price):
            raise forms.ValidationError(step_words(price))
        return price

    def as_input(self) -> VariantInput:
        """The row as the service takes it: stock as a change from what was seen."""
        data = self.cleaned_data
        return VariantInput(
            price=data["price"],
            options=self.row.options,
            stock_change=data["available"] - (data.get("seen") or 0),
            weight_g=data["weight_g"],
            length_mm=data["length_mm"],
            width_mm=data["width_mm"],
            height_mm=data["height_mm"],
            sku=data["sku"],
        )


def variant_forms(
    *,
    rows: Sequence[VariantSeen],
    currency: str,
    needs_price: bool,
    fill: Mapping[str, Any] | None = None,
    data: Mapping[str, Any] | None = None,
) -> list[VariantForm]:
    """One form a row, with what is there or with what was typed; `fill` goes into empty rows.

    Without `needs_price` a row may be kept unfinished.
    """
    fill = fill or {}
    locale = reader_locale()
    forms_made = []
    for number, row in enumerate(rows):
        variant = row.variant
        initial = {
            "price": row.price.plain(locale=locale) if row.price else fill.get("all_price") or "",
            "available": row.available if variant else fill.get("all_stock") or 0,
            "seen": row.available,
            "weight_g": (variant.weight_g if variant else None) or fill.get("all_weight"),
            "length_mm": variant.length_mm if variant else None,
            "width_mm": variant.width_mm if variant else None,
            "height_mm": variant.height_mm if variant else None,
            "sku": variant.sku if variant else "",
        }
        forms_made.append(
            VariantForm(
                data,
                prefix=f"v{number}",
                row=row,
                currency=currency,
                needs_price=needs_price,
                initial=initial,
            )
        )
    return forms_made


class FeeForm(forms.Form):
    """A sale to work out the fee of; amounts in the seller's own currency."""

    price = forms.CharField(
        label=_("Your price"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    category = forms.ChoiceField(label=_("Category"))
    quantity = forms.IntegerField(label=_("Quantity"), min_value=1, max_value=999, initial=1)
    delivery = forms.CharField(
        label=_("Delivery"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )

    def __init__(
        self, data: QueryDict | None, *, currency: str, shelves: Sequence[tuple[str, str]]
    ) -> None:
        super().__init__(data)
        self.currency = currency
        field = self.fields["category"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  # declared above
        field.choices = list(shelves)

    def clean_price(self) -> Money:
        price = self._money(self.cleaned_data["price"])
        if not price:
            raise forms.ValidationError(_("A price is more than nothing."))
        return price

    def clean_delivery(self) -> Money:
        typed = self.cleaned_data["delivery"].strip()
        return self._money(typed) if typed else Money.zero(self.currency)

    def _money(self, typed: str) -> Money:
        try:
            return Money.parse(typed, self.currency, locale=reader_locale())
        except MoneyParseError as error:
            raise forms.ValidationError(parse_words(error)) from error
