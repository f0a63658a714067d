"""What the checkout asks for besides the address (accounts.forms.PostalAddressForm)."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class ContactForm(forms.Form):
    """Where the receipt goes."""

    email = forms.EmailField(
        label=_("E-mail, for the receipt"),
        max_length=254,
        error_messages={
            "required": _("Please fill this in: your receipt goes there."),
            "invalid": _("This is not an e-mail address, like name@example.com."),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
    )


class ShipForm(forms.Form):
    """The parcel left: with whom, under which number."""

    carrier = forms.CharField(
        label=_("Carrier"),
        max_length=60,
        widget=forms.TextInput(attrs={"list": "carriers", "autocomplete": "off"}),
        help_text=_("Choose one or write another."),
    )
    tracking_number = forms.CharField(
        label=_("Tracking number"),
        max_length=60,
        required=False,
        help_text=_("With it the buyer sees the parcel move, and you are paid sooner."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )


class CancelForm(forms.Form):
    """Why an order can't be sent."""

    reason = forms.CharField(
        label=_("Why can't you send it?"),
        max_length=500,
        help_text=_("The buyer reads this, and is paid back in full at once."),
        error_messages={"required": _("Please say why; the buyer reads it.")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )
