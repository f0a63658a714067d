"""The style page: every component of the design system on one page, with made-up words in it."""

from __future__ import annotations

from base64 import b64encode

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from marketplace.demo import pictures

ICONS = [
    "search",
    "basket",
    "bell",
    "person",
    "pin",
    "globe",
    "menu",
    "close",
    "check",
    "alert",
    "info",
    "truck",
    "shield",
    "lock",
    "box",
    "tag",
    "card",
    "chart",
    "store",
    "team",
    "star",
    "heart",
    "arrow-end",
    "arrow-start",
    "chevron-end",
    "plus",
    "minus",
    "upload",
    "download",
    "print",
    "edit",
    "trash",
    "filter",
    "clock",
    "coins",
    "scales",
    "document",
    "mail",
    "chat",
    "external",
    "home",
    "list",
    "undo",
    "settings",
    "eye",
    "sign-out",
    "lamp",
    "camera",
]
EMPTY_PICTURES = ("basket", "orders", "listings", "notices", "search", "payouts", "harbour")
COLOURS = (
    "paper",
    "surface",
    "surface-2",
    "line",
    "ink",
    "brand",
    "brand-soft",
    "lamp",
    "ok",
    "warn",
    "bad",
    "info",
)


class StyleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(
        label=_("Name"),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text=_("As it stands on the door."),
    )
    email = forms.EmailField(
        label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    phone = forms.CharField(
        label=_("Telephone"),
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    country = forms.ChoiceField(
        label=_("Country"), choices=[("GH", _("Ghana")), ("VN", _("Vietnam")), ("IT", _("Italy"))]
    )
    weight = forms.IntegerField(
        label=_("Weight"), widget=forms.NumberInput(attrs={"inputmode": "numeric"})
    )
    story = forms.CharField(
        label=_("Story"), required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    delivery = forms.ChoiceField(
        label=_("Delivery"),
        choices=[("post", _("Post, 8 to 14 days")), ("express", _("Express, 3 to 5 days"))],
        widget=forms.RadioSelect,
        help_text=_("The price includes duty and tax."),
    )
    agree = forms.BooleanField(label=_("I agree to the fee of 6 %"))
    picture = forms.FileField(
        label=_("Add pictures"), required=False, help_text=_("JPEG, PNG or WebP, up to 10 MB.")
    )


def _picture(kind: str, palette: str, seed: int) -> str:
    """A drawing as an address that needs no file."""
    svg = pictures.draw(kind, palette=pictures.PALETTES[palette], seed=seed)
    return "data:image/svg+xml;base64," + b64encode(svg.encode()).decode()


def _listings() -> list[dict[str, object]]:
    words = (
        ("Hand-thrown celadon vase", "Bát Tràng Kiln", "Vietnam", "€48.00", "vase", "celadon"),
        ("Kente stole, indigo and gold", "Ama Weaves", "Ghana", "€72.50", "scarf", "kente"),
        (
            "Olive-wood serving board with a name that goes on for longer than one line",
            "Chiara",
            "Italy",
            "€39.90",
            "board",
            "tuscany",
        ),
        ("Bolga basket, large", "Ama Weaves", "Ghana", "€34.00", "basket", "ochre"),
    )
    return [
        {
            "url": "#listings",
            "title": title,
            "business_name": business,
            "country_name": country,
            "price_text": price,
            "picture_url": _picture(kind, palette, seed),
            "landed_text": _("duty and tax included"),
        }
        for seed, (title, business, country, price, kind, palette) in enumerate(words, start=3)
    ]


def _context() -> dict[str, object]:
    bad = StyleForm({"bad-email": "not an address"}, prefix="bad")
    return {
        "form": StyleForm(initial={"country": "GH"}),
        "bad_form": bad,
        "listings": _listings(),
        "icons": ICONS,
        "empty_pictures": EMPTY_PICTURES,
        "colours": COLOURS,
        "page": Paginator(range(90), 10).page(3),
        "pictures": [
            {"url": _picture(kind, "indigo", 4), "alt": kind}
            for kind in ("teapot", "mug", "tableware")
        ],
        "crumbs": [
            {"title": _("Home"), "url": "#home"},
            {"title": _("Ceramics"), "url": "#c"},
            {"title": _("Vases")},
        ],
        "totals": [
            {"label": _("Goods"), "text": "€ 96.00"},
            {"label": _("Delivery"), "text": "€ 14.20", "note": _("Post, 8 to 14 days")},
            {"label": _("Duty"), "text": "€ 3.00", "note": _("EU: 3 euro a kind of goods")},
            {
                "label": _("Tax"),
                "text": _("not known yet"),
                "unknown": True,
                "note": _("You may be asked at the door"),
            },
        ],
        "steps": [
            {"title": _("Paid"), "at": "21 Nov 2026", "state": "done"},
            {
                "title": _("On its way"),
                "at": "23 Nov 2026",
                "note": "VNPost EE123456785VN",
                "state": "now",
            },
            {"title": _("Arrived"), "state": "later"},
        ],
        "facts": [
            {"label": _("Material"), "text": _("Stoneware")},
            {"label": _("Made in"), "text": _("Vietnam")},
            {"label": _("Weight"), "text": "1.2 kg"},
        ],
        "tabs": [
            {"url": "#all", "text": _("All"), "current": True, "count": 24},
            {"url": "#open", "text": _("To send"), "count": 3},
            {"url": "#done", "text": _("Done")},
        ],
        "bars": [
            {"label": label, "text": f"€ {percent * 12}", "percent": percent, "now": label == "Nov"}
            for label, percent in (
                ("Jun", 30),
                ("Jul", 42),
                ("Aug", 38),
                ("Sep", 61),
                ("Oct", 74),
                ("Nov", 92),
            )
        ],
        "orders": [
            {
                "number": "F-2041",
                "buyer": "Lucie, Lyon",
                "state": _("To send"),
                "tone": "warn",
                "total": "₫ 1,240,000",
            },
            {
                "number": "F-2038",
                "buyer": "Haruka, Osaka",
                "state": _("On its way"),
                "tone": "info",
                "total": "₫ 860,000",
            },
            {
                "number": "F-2021",
                "buyer": "Fatima, Kuwait",
                "state": _("Paid out"),
                "tone": "ok",
                "total": "₫ 2,410,000",
            },
        ],
        "stepper": [_("Business"), _("Address"), _("Delivery"), _("Review")],
        "stepper_current": 2,
        "dashboard_nav": [
            {"key": "overview", "text": _("Overview"), "url": "#overview", "icon": "chart"},
            {"key": "orders", "text": _("Orders"), "url": "#orders", "icon": "box", "count": 3},
            {"key": "listings", "text": _("Listings"), "url": "#listings", "icon": "tag"},
        ],
        "dashboard_section": "orders",
    }


@require_safe
def style_page(request: HttpRequest) -> HttpResponse:
    """Every component once; for whoever builds a page, and for the checks of contrast and reading direction."""
    return render(request, "style.html", _context())
