"""What a seller says about batteries, dangerous goods and permits of a listing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from trade.rules.restrictions import Battery
from trade.rules.un_numbers import UN_NUMBERS, may_hold_battery

MOST_WATT_HOURS = Decimal(10_000)


class HandlingFields(forms.Form):
    """Fields of the listing's form; asked of everybody, shown open where the code calls for it."""

    battery = forms.ChoiceField(
        label=_("Is there a lithium battery?"),
        required=False,
        choices=[
            (Battery.UNSAID.value, _("Not said")),
            (Battery.NONE.value, _("No battery")),
            (Battery.INSIDE.value, _("Yes, inside the thing")),
            (Battery.PACKED.value, _("Yes, packed beside it")),
            (Battery.LOOSE.value, _("It is a battery or a power bank")),
        ],
        help_text=_("Post and airlines take some and refuse others."),
    )
    watt_hours = forms.DecimalField(
        label=_("Watt-hours of one battery"),
        required=False,
        min_value=Decimal("0.01"),
        max_value=MOST_WATT_HOURS,
        max_digits=7,
        decimal_places=2,
        localize=True,
        help_text=_("It is printed on it (Wh), or volts times ampere-hours."),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    un_number = forms.CharField(
        label=_("UN number"),
        required=False,
        max_length=8,
        help_text=_(
            "Four digits on the safety sheet, for perfume (1266), aerosols (1950) and such."
        ),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    permit_held = forms.BooleanField(
        label=_("I hold the permit that these goods need"),
        required=False,
        help_text=_("Without it they are not sold where a permit is needed."),
    )
    permit_text = forms.CharField(
        label=_("Which permit"),
        required=False,
        max_length=200,
        help_text=_("Its kind, number and until when: “CITES export permit GH-1234, to May 2027”."),
    )

    def clean_un_number(self) -> str:
        typed: str = self.cleaned_data["un_number"].upper().replace(" ", "")
        number = typed.removeprefix("UN")
        if not number:
            return ""
        if not (len(number) == 4 and number.isascii() and number.isdigit()):
            raise forms.ValidationError(_("A UN number has four digits, such as 1266."))
        if number not in UN_NUMBERS:
            raise forms.ValidationError(
                _(
                    "We don't know UN %(number)s in parcels. Check it, or ask us before you sell it."
                ),
                params={"number": number},
            )
        return number

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("permit_held") and not data.get("permit_text", "").strip():
            self.add_error("permit_text", _("Say which permit you hold."))
        if data.get("watt_hours") and data.get("battery") in {"", Battery.NONE.value}:
            self.add_error("battery", _("Say where this battery is."))
        return data

    @property
    def asks_about_battery(self) -> bool:
        """Whether the questions are shown open: such goods may hold one, or something is said."""
        names = ("battery", "watt_hours", "un_number")
        code = str(self["hs_code"].value() or "").replace(".", "").replace(" ", "")
        said = any(self[name].value() for name in names)
        return may_hold_battery(code) or said or any(self[name].errors for name in names)
