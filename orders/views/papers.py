"""The papers of a parcel: which it needs and why, what is still to be said, and the papers."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from common.http import file_response, pdf_answer
from orders.models import Order
from orders.selectors.dashboard import find_order
from orders.selectors.papers import ParcelPapers, paper_file, paper_titles, papers_of_order
from sellers.views.access import BusinessRequest, business_required
from shipping.forms import ParcelDetailsForm
from shipping.selectors import item_ranges_of
from shipping.services import (
    ItemNumberUsedError,
    RangeEmptyError,
    issue_item_number,
    save_parcel_details,
)
from trade.rules.papers import CN22_GRAMS, CN22_SDR, Paper, Why


@dataclass(frozen=True, slots=True)
class Row:
    """A paper on the page."""

    title: str
    why: str
    url: str
    required: bool


def why_words() -> dict[Why, str]:
    """Why a parcel needs a paper, in a sentence."""
    limits = {"kg": CN22_GRAMS // 1000, "sdr": CN22_SDR}
    return {
        Why.CUSTOMS_VALUE: _("Customs reads from it what was sold and paid. Enclose a copy."),
        Why.BEFORE_SALE: _("For a licence or a bank before the sale. It asks for no payment."),
        Why.CONTENTS: _("What is in which package, without values. Carriers may ask for it."),
        Why.LIGHT_LETTER: _("Letter post up to %(kg)s kg and %(sdr)s SDR.") % limits,
        Why.LETTER_TOO_HEAVY: _("Heavier than the %(kg)s kg of form CN 22.") % limits,
        Why.LETTER_TOO_DEAR: _("Worth more than the %(sdr)s SDR of form CN 22.") % limits,
        Why.WEIGHT_UNKNOWN: _("The weight is not known, so we took the form that is always valid."),
        Why.VALUE_UNKNOWN: _(
            "Its value in SDR is not known today, so we took the form that is always valid."
        ),
        Why.POSTAL_PARCEL: _("Every postal parcel and EMS item that crosses a border has one."),
        Why.SERVICE_UNKNOWN: _(
            "Say below how it travels: letter post may need only the shorter CN 22. This form is "
            "always valid."
        ),
        Why.PREFERENCE: _("You claim a lower duty by origin; it needs this statement."),
        Why.ORIGIN_ASKED: _("Only if the buyer or customs asks where the goods were made."),
        Why.ADVANCE: _(
            "Your post sends this ahead of the parcel; without it many countries return it."
        ),
        Why.PACKING: _("For whoever packs and whoever opens it; no prices."),
        Why.ADDRESS: _("Addresses and the barcode of the item number."),
    }


def missing_words() -> dict[str, str]:
    """What is still blank on the papers, and who can fill it."""
    return {
        "other_way": _(
            "The buyer paid for another carrier than you say below, and duty and fees were worked out "
            "for that one. Send it as it was bought, or the border may ask for more."
        ),
        "gross_weight": _("The weight of the packed parcel: weigh it and enter it below."),
        "too_light": _(
            "The packed parcel weighs less than its contents by your listings: one of the two is "
            "wrong."
        ),
        "net_weight": _(
            "The weight of some goods: it stays blank on the forms. Add it to the listing for next "
            "time, and write it in by hand."
        ),
        "hs_code": _("The tariff code of some goods. Many countries want it for every line."),
        "origin": _("The country of origin of some goods."),
        "phone": _("The buyer's telephone number: it gave none."),
        "item_number": _("The item number of your post, if the service has one."),
        "exporter_reference": _(
            "Your number as a registered exporter: a claim above 6,000 euros is not valid without it."
        ),
    }


def _order(request: BusinessRequest, number: str) -> Order:
    order = find_order(business=request.business, number=number)
    if order is None:
        raise Http404
    return order


def _papers(request: BusinessRequest, order: Order) -> ParcelPapers:
    name = request.user.get_full_name()
    return papers_of_order(order=order, signed_by=name, now=timezone.now())


@require_http_methods(["GET", "HEAD", "POST"])
@business_required()
def papers(request: BusinessRequest, slug: str, number: str) -> HttpResponse:
    """Which papers the parcel needs and why; the seller says what only it knows."""
    order = _order(request, number)
    found = _papers(request, order)
    ranges = [one for one in item_ranges_of(business_id=request.business.pk) if one.left]
    if request.method == "POST" and request.POST.get("do") == "issue":
        return _issue(request, order)
    form = ParcelDetailsForm(
        request.POST or None, details=found.details, service=found.paper.service
    )
    if request.method == "POST" and form.is_valid():
        try:
            save_parcel_details(
                order_ref=order.pk,
                business=request.business,
                terms=form.terms(),
                now=timezone.now(),
            )
        except ItemNumberUsedError:
            form.add_error("item_number", _("You have used this number for another parcel."))
        else:
            messages.success(request, _("Saved. The papers say it now."))
            return redirect("orders:papers", slug, number)
    context = {
        "dashboard_section": "orders",
        "order": order,
        "paper": found.paper,
        "rows": _rows(slug, number, found),
        "claim_sold": found.claim_sold,
        "missing": [missing_words()[code] for code in found.missing],
        "ranges": ranges,
        "form": form,
    }
    return render(
        request, "orders/dashboard/papers.html", context, status=422 if form.errors else 200
    )


def _issue(request: BusinessRequest, order: Order) -> HttpResponse:
    text = request.POST.get("range", "")
    try:
        issued = issue_item_number(
            order_ref=order.pk,
            business=request.business,
            range_id=int(text) if text.isdecimal() and len(text) < 10 else 0,
            now=timezone.now(),
        )
    except RangeEmptyError:
        messages.error(request, _("This range has no number left. Ask your post for more."))
    else:
        messages.success(request, _("The item number is %(number)s.") % {"number": issued.spaced})
    return redirect("orders:papers", request.business.slug, order.number)


def _rows(slug: str, number: str, found: ParcelPapers) -> list[Row]:
    titles, why = paper_titles(), why_words()
    return [
        Row(titles[need.paper], why[need.why], _url(slug, number, need.paper), need.required)
        for need in found.needs
    ]


def _url(slug: str, number: str, paper: Paper) -> str:
    if paper is Paper.ADVANCE_DATA:
        return reverse("orders:papers_advance", args=[slug, number])
    return reverse("orders:paper", args=[slug, number, paper.value])


def _answer(found: ParcelPapers, wanted: str) -> HttpResponse:
    made = paper_file(found, wanted)
    if made is None:
        raise Http404
    if made.media_type == "application/pdf":
        return pdf_answer(made.content, made.name.removesuffix(".pdf"))
    return file_response(content=made.content, media_type=made.media_type, name=made.name)


@require_GET
@business_required()
def paper(request: BusinessRequest, slug: str, number: str, paper: str) -> HttpResponse:
    """One paper as a PDF; `all` is everything that travels with the parcel."""
    if paper == Paper.ADVANCE_DATA:
        raise Http404
    return _answer(_papers(request, _order(request, number)), paper)


@require_GET
@business_required()
def papers_advance(request: BusinessRequest, slug: str, number: str) -> HttpResponse:
    """The electronic advance data."""
    found = _papers(request, _order(request, number))
    return _answer(found, Paper.ADVANCE_DATA.value)


@require_GET
@business_required()
def slip(request: BusinessRequest, slug: str, number: str) -> HttpResponse:
    """The packing slip."""
    return _answer(_papers(request, _order(request, number)), Paper.SLIP.value)


@require_GET
@business_required()
def customs(request: BusinessRequest, slug: str, number: str) -> HttpResponse:
    """CN 22 or CN 23, whichever it is; a parcel that stays in the country has none."""
    found = _papers(request, _order(request, number))
    if found.form is None:
        raise Http404
    return _answer(found, found.form.value)
