"""What buyers and sellers type about orders; addresses are accounts.forms.PostalAddressForm."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from common.countries import country_name
from common.documents import Document, DocumentRefusedError, read_document
from common.money import Money
from common.reader import reader_locale
from orders.models import Order, OrderLine
from orders.rules.refund_items import Item
from orders.rules.refund_reasons import RefundReason
from orders.rules.refunds import RefundRequest
from orders.states import CaseKind, CaseWish, OrderState
from shipping.forms import MoneyField
from trade.rules.registrations import NumberError, clean_buyer_number


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


class BusinessBuyerForm(forms.Form):
    """Whether somebody buys for a business, and its tax number in the country of delivery."""

    for_business = forms.BooleanField(label=_("I buy for a business"), required=False)
    business_name = forms.CharField(
        label=_("Name of the business"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    tax_number = forms.CharField(
        label=_("Its VAT or GST number"),
        max_length=40,
        required=False,
        help_text=_("In the country that the parcel goes to. It is printed on receipt and papers."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )

    def __init__(self, *args: Any, country: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.country = country

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not data.get("for_business"):
            return {"for_business": False, "business_name": "", "tax_number": ""}
        for name, words in (
            ("business_name", _("Please write the name of the business.")),
            ("tax_number", _("Please write its number; without one you buy as a private person.")),
        ):
            if name not in self.errors and not data.get(name, "").strip():
                self.add_error(name, words)
        if data.get("tax_number", "").strip():
            data["tax_number"] = self._checked(data["tax_number"])
        return data

    def _checked(self, typed: str) -> str:
        try:
            return clean_buyer_number(self.country, typed)
        except NumberError:
            country = country_name(self.country, get_language() or "en")
            words = _("This is not a valid tax number of %(country)s. Please check its digits.")
            self.add_error("tax_number", forms.ValidationError(words, params={"country": country}))
            return ""


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


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class DocumentsField(forms.FileField):
    """Pictures and PDFs, cleaned to common.documents.Document; never required."""

    def __init__(self, *, most: int, **options: Any) -> None:
        self.most = most
        attrs = {"accept": "image/jpeg,image/png,image/webp,application/pdf"}
        super().__init__(required=False, widget=ManyFiles(attrs=attrs), **options)

    def clean(self, data: Any, initial: Any = None) -> list[Document]:
        files = [file for file in (data if isinstance(data, list | tuple) else [data]) if file]
        if len(files) > self.most:
            raise forms.ValidationError(
                _("At most %(most)s files at once."), params={"most": self.most}
            )
        return [self._read(file) for file in files]

    def _read(self, file: Any) -> Document:
        words = {
            "FORMAT": _("%(name)s is neither a picture (JPEG, PNG, WebP) nor a PDF."),
            "BYTES": _("%(name)s is too large: pictures up to 15 MB, PDFs up to 5 MB."),
            "PIXELS": _("%(name)s has too many pixels. Please make it smaller."),
        }
        try:
            return read_document(file, name=str(file.name))
        except DocumentRefusedError as error:
            raise forms.ValidationError(words[error.code], params={"name": file.name}) from error


FILES_HELP = _("Pictures or PDFs. Only you, the other side and our moderators see them.")
KIND_WORDS = {
    CaseKind.NOT_SENT: _("It has not been sent"),
    CaseKind.NOT_ARRIVED: _("It has not arrived, or something is missing"),
    CaseKind.NOT_AS_DESCRIBED: _("It is not what was shown"),
    CaseKind.DAMAGED: _("It arrived damaged"),
    CaseKind.OTHER: _("Something else"),
}


class SayForm(forms.Form):
    """A message in a case."""

    text = forms.CharField(
        label=_("Your message"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    attached = DocumentsField(label=_("Add files"), most=6, help_text=FILES_HELP)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not cleaned.get("text", "").strip() and not cleaned.get("attached"):
            self.add_error("text", _("Please write something, or add a file."))
        return cleaned


class CaseForm(SayForm):
    """What is wrong with an order, and what its buyer wants; amounts in the buyer's currency."""

    kind = forms.ChoiceField(label=_("What is wrong?"), widget=forms.RadioSelect)
    wanted = forms.ChoiceField(
        label=_("What would put it right?"),
        widget=forms.RadioSelect,
        choices=[
            (CaseWish.REFUND_FULL.value, _("All of my money back")),
            (CaseWish.REFUND_PART.value, _("A part of it back")),
        ],
        initial=CaseWish.REFUND_FULL.value,
    )
    field_order = ("kind", "text", "attached", "wanted", "wanted_amount")

    def __init__(self, *args: Any, kinds: Sequence[CaseKind], left: Money, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.left = left
        choices = [(kind.value, KIND_WORDS[kind]) for kind in kinds]
        self.fields["kind"].choices = choices  # type: ignore[attr-defined]
        if len(choices) == 1:
            self.fields["kind"].initial = choices[0][0]
        self.fields["text"].label = _("What happened?")
        self.fields["text"].required = True
        self.fields["wanted_amount"] = MoneyField(
            label=_("How much, in %(currency)s") % {"currency": left.currency},
            currency=left.currency,
            required=False,
            help_text=_("Only if you ask for a part."),
        )
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        amount = cleaned.get("wanted_amount")
        if cleaned.get("wanted") != CaseWish.REFUND_PART:
            cleaned["wanted_amount"] = None
        elif "wanted_amount" not in self.errors:
            check_part(self, "wanted_amount", amount, self.left)
        return cleaned


def check_part(form: forms.Form, name: str, amount: Money | None, left: Money) -> None:
    """More than nothing and no more than is left, or an error beside the field."""
    if amount is None or not 0 < amount.amount <= left.amount:
        error = forms.ValidationError(
            _("More than nothing and at most %(left)s."),
            params={"left": left.format(locale=reader_locale())},
        )
        form.add_error(name, error)


class AnswerForm(SayForm):
    """What a seller answers in a case, perhaps with an offer in the buyer's currency."""

    field_order = ("text", "attached", "offer")

    def __init__(self, *args: Any, left: Money, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.left = left
        self.fields["text"].label = _("Your answer")
        self.fields["offer"] = MoneyField(
            label=_("Offer to pay back, in %(currency)s") % {"currency": left.currency},
            currency=left.currency,
            required=False,
            help_text=_("The buyer may accept it; then it is paid back at once."),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        offer = cleaned.get("offer")
        if offer is not None:
            check_part(self, "offer", offer, self.left)
        return cleaned


BEFORE_SENDING = (RefundReason.CANCELLED, RefundReason.CHANGED_MIND, RefundReason.GOODWILL)
AFTER_SENDING = (
    RefundReason.NOT_AS_DESCRIBED,
    RefundReason.NOT_ARRIVED,
    RefundReason.CHANGED_MIND,
    RefundReason.GOODWILL,
)
REASON_WORDS = {
    RefundReason.CANCELLED: _("I can't send it"),
    RefundReason.NOT_ARRIVED: _("It has not arrived"),
    RefundReason.NOT_AS_DESCRIBED: _("It was not as described, or damaged"),
    RefundReason.CHANGED_MIND: _("The buyer has changed its mind"),
    RefundReason.GOODWILL: _("As a goodwill, nothing is sent back"),
    RefundReason.AGREED: _("An amount that was agreed or decided"),
    RefundReason.CHARGEBACK: _("Taken back by the buyer's bank"),
}


class LineRefundForm(forms.Form):
    """What of an order goes back: units or an amount of each line, the delivery, or an amount.

    Amounts are in the buyer's currency. seen_amount and seen_refunded: what the page said.
    """

    reason = forms.ChoiceField(label=_("Why?"), widget=forms.RadioSelect)
    delivery = forms.BooleanField(
        label=_("Give the delivery back too"),
        required=False,
        help_text=_("With only some of the goods: its share by their value."),
    )
    border = forms.BooleanField(
        label=_("Give duty and border fees back too, although the reason does not ask for it"),
        required=False,
        help_text=_("The buyer may be able to reclaim them from customs instead."),
    )
    note = forms.CharField(
        label=_("A word to the buyer"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    seen_amount = forms.IntegerField(required=False, widget=forms.HiddenInput)
    seen_refunded = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        order: Order,
        lines: Sequence[OrderLine],
        items: Sequence[Item],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.lines = {line.pk: line for line in lines}
        self.items = {item.key: item for item in items if not item.is_delivery}
        reasons = BEFORE_SENDING if order.state == OrderState.PAID else AFTER_SENDING
        choices = [(reason.value, REASON_WORDS[reason]) for reason in reasons]
        self.fields["reason"].choices = choices  # type: ignore[attr-defined]
        self.fields["amount"] = MoneyField(
            label=_("Amount in %(currency)s") % {"currency": order.currency},
            currency=order.currency,
            required=False,
            help_text=_("Instead of choosing lines; for a goodwill this is the only way."),
        )
        for key, item in self.items.items():
            self.fields[f"quantity-{key}"] = forms.IntegerField(
                label=_("How many of %(title)s") % {"title": self.lines[key].title},
                required=False,
                min_value=0,
                max_value=item.quantity_left,
                initial=0,
                widget=forms.NumberInput(
                    attrs={"inputmode": "numeric", "min": 0, "max": item.quantity_left}
                ),
            )
            self.fields[f"amount-{key}"] = MoneyField(
                label=_("Or an amount of the price of %(title)s")
                % {"title": self.lines[key].title},
                currency=order.currency,
                required=False,
            )

    def line_fields(self) -> list[dict[str, Any]]:
        """For the page: each line with its two fields and what is left of it."""
        return [
            {
                "line": self.lines[key],
                "item": item,
                "quantity": self[f"quantity-{key}"],
                "amount": self[f"amount-{key}"],
            }
            for key, item in self.items.items()
        ]

    def request(self) -> RefundRequest:
        """What was asked for; call it on a valid form."""
        data = self.cleaned_data
        amounts = {key: data[f"amount-{key}"] for key in self.items}
        plain = data["amount"]
        return RefundRequest(
            reason=RefundReason(data["reason"]),
            quantities={key: data[f"quantity-{key}"] or 0 for key in self.items},
            amounts={key: money.amount for key, money in amounts.items() if money},
            delivery=data["delivery"],
            border=data["border"],
            amount=plain.amount if plain else 0,
        )
