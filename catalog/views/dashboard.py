"""The seller's listings: who opens these pages has a thing in hand and wants it on sale abroad."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from catalog.forms.selling import (
    ListingForm,
    NewListingForm,
    OptionsForm,
    PhotoForm,
    VariantForm,
    variant_forms,
)
from catalog.models import Listing, ListingImage
from catalog.selectors.desk import question_of
from catalog.selectors.editor import (
    listing_problems,
    listings_of_business,
    options_of_listing,
    preview_destinations,
    preview_listing,
    variant_rows,
)
from catalog.selectors.fees import earnings_of
from catalog.selectors.hindrances import barred_listing, hindrances_of_listing, permit_matters
from catalog.services.editing import (
    NotReadyError,
    create_listing,
    may_be_unfinished,
    pause_listing,
    resume_listing,
    set_variants,
    submit_listing,
    update_listing,
)
from catalog.services.images import (
    GalleryFullError,
    add_image,
    describe_image,
    move_image,
    remove_image,
)
from catalog.services.stock import StockBelowZeroError
from common.countries import country_choices
from common.pictures import PictureRefusedError
from common.states import TransitionError
from sellers.views.access import BusinessRequest, business_required
from shipping.services import default_profile
from trade.selectors import propose_codes

# The pages of the editor that say where the goods can't be sent.
WITH_HINDRANCES = frozenset({"edit", "preview"})


def _listing(request: BusinessRequest, listing_id: uuid.UUID) -> Listing:
    listings = Listing.objects.select_related("business", "category", "delivery_profile")
    return get_object_or_404(listings, pk=listing_id, business=request.business)


def _page(
    request: HttpRequest, name: str, listing: Listing | None, status: int = 200, **context: Any
) -> HttpResponse:
    context |= {"listing": listing, "dashboard_section": "listings"}
    if listing:
        context["desk_url"] = question_of(listing)
        context["problems"] = listing_problems(listing=listing)
        context["tabs"] = _tabs(listing, current=name)
        if name in WITH_HINDRANCES:
            today = timezone.localdate()
            context["hindrances"] = hindrances_of_listing(listing=listing, on=today)
            context["permit_matters"] = permit_matters(listing=listing, on=today)
    return render(request, f"catalog/dashboard/{name}.html", context, status=status)


def _tabs(listing: Listing, *, current: str) -> list[dict[str, object]]:
    pages = (
        ("edit", "catalog:listing_edit", _("Words and papers")),
        ("photos", "catalog:listing_photos", _("Photos")),
        ("variants", "catalog:listing_variants", _("Prices and stock")),
        ("preview", "catalog:listing_preview", _("What buyers pay")),
    )
    return [
        {
            "url": reverse(name, args=[listing.business.slug, listing.pk]),
            "text": text,
            "current": key == current,
        }
        for key, name, text in pages
    ]


@require_GET
@business_required()
def listings(request: BusinessRequest, slug: str) -> HttpResponse:
    """All listings of the business, newest change first."""
    rows = listings_of_business(business=request.business)
    return _page(request, "listings", None, rows=rows)


@require_http_methods(["GET", "POST"])
@business_required()
def listing_new(request: BusinessRequest, slug: str) -> HttpResponse:
    """Name it and put it on a shelf; everything else can wait."""
    form = NewListingForm(request.POST or None)
    if form.is_valid():
        now = timezone.now()
        listing = create_listing(
            business=request.business,
            # A business's first listing brings its first delivery profile, priced as is usual.
            delivery_profile=default_profile(business=request.business, now=now),
            now=now,
            **form.cleaned_data,
        )
        return redirect("catalog:listing_edit", slug, listing.pk)
    return _page(request, "new", None, 422 if form.errors else 200, form=form)


@require_http_methods(["GET", "POST"])
@business_required()
def listing_edit(request: BusinessRequest, slug: str, listing_id: uuid.UUID) -> HttpResponse:
    """Words, customs papers and delivery."""
    listing = _listing(request, listing_id)
    form = ListingForm(request.POST or None, instance=listing, business=request.business)
    words = request.POST.get("hs_words", "").strip()
    if request.POST.get("do") == "find":
        return _page(
            request,
            "edit",
            listing,
            form=form,
            hs_search=propose_codes(text=words),
        )
    if request.method == "POST" and form.is_valid() and _may_stay_on_sale(form, listing):
        update_listing(listing=listing, now=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("catalog:listing_edit", slug, listing_id)
    return _page(request, "edit", listing, 422 if form.errors else 200, form=form)


def _may_stay_on_sale(form: ListingForm, listing: Listing) -> bool:
    """Nothing that may be sold nowhere gets into a listing that was reviewed, or waits for it."""
    if may_be_unfinished(listing):
        return True
    barred = barred_listing(listing=listing, on=timezone.localdate())
    if barred is not None:
        form.add_error("hs_code", barred.text)
    return barred is None


@require_GET
@business_required()
def hs_options(request: BusinessRequest, slug: str) -> HttpResponse:
    """Customs codes for the words typed so far; a fragment of the editor."""
    context = {"hs_search": propose_codes(text=request.GET.get("hs_words", ""))}
    return render(request, "catalog/dashboard/_hs_options.html", context)


@require_http_methods(["GET", "POST"])
@business_required()
def listing_photos(request: BusinessRequest, slug: str, listing_id: uuid.UUID) -> HttpResponse:
    """The gallery: add, describe, order, remove."""
    listing = _listing(request, listing_id)
    form = PhotoForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            add_image(
                listing=listing, file=form.cleaned_data["photo"], alt=form.cleaned_data["alt"]
            )
        except PictureRefusedError as error:
            form.add_error("photo", _photo_words(error.code))
        except GalleryFullError:
            form.add_error("photo", _("The gallery is full: ten photos at most. Remove one first."))
        else:
            messages.success(request, _("The photo is in the gallery."))
            return redirect("catalog:listing_photos", slug, listing_id)
    return _page(
        request,
        "photos",
        listing,
        422 if form.errors else 200,
        form=form,
        images=listing.images.all(),
    )


def _photo_words(code: str) -> str:
    return {
        "FORMAT": _("This file is not a JPEG, PNG or WebP picture that we can read."),
        "BYTES": _("This file is larger than 15 MB."),
        "PIXELS": _("This picture is larger than 50 megapixels."),
    }[code]


@require_POST
@business_required()
def photo_change(
    request: BusinessRequest, slug: str, listing_id: uuid.UUID, image_id: int
) -> HttpResponse:
    """One of: earlier, later, remove, describe."""
    listing = _listing(request, listing_id)
    image = get_object_or_404(ListingImage, pk=image_id, listing=listing)
    match request.POST.get("do"):
        case "earlier":
            move_image(image=image, by=-1)
        case "later":
            move_image(image=image, by=1)
        case "remove":
            remove_image(image=image)
        case "describe":
            describe_image(image=image, alt=request.POST.get("alt", "")[:160].strip())
        case _:
            raise Http404
    return redirect("catalog:listing_photos", slug, listing_id)


@require_http_methods(["GET", "POST"])
@business_required()
def listing_variants(request: BusinessRequest, slug: str, listing_id: uuid.UUID) -> HttpResponse:
    """Choices on top, and a row of price, stock and weight for each combination."""
    listing = _listing(request, listing_id)
    typed = request.POST if request.method == "POST" else None
    wanted = typed or request.GET or None
    options_form = OptionsForm(wanted, initial=options_of_listing(listing=listing))
    if wanted is not None and not options_form.is_valid():
        rows: list[VariantForm] = []
    else:
        options = options_form.cleaned_data["options"] if wanted is not None else None
        rows = variant_forms(
            rows=variant_rows(listing=listing, options=options),
            currency=listing.currency,
            needs_price=not may_be_unfinished(listing),
            fill=options_form.cleaned_data if wanted is not None else None,
            data=typed,
        )
    # Every row is checked, not only up to the first bad one: all errors are shown at once.
    bad_rows = [row for row in rows if not row.is_valid()] if typed is not None else []
    if typed is not None and rows and not bad_rows:
        try:
            set_variants(listing=listing, rows=[row.as_input() for row in rows], now=timezone.now())
        except StockBelowZeroError:
            messages.error(
                request,
                _("Some units were sold while you were typing. Look at the stock and save again."),
            )
        else:
            messages.success(request, _("Saved."))
        return redirect("catalog:listing_variants", slug, listing_id)
    prices = [row.known_price for row in rows]
    earnings = earnings_of(listing=listing, prices=prices, now=timezone.now())
    for row, earning in zip(rows, earnings, strict=True):
        row.earning = earning
    bad = bool(options_form.errors or bad_rows)
    return _page(
        request,
        "variants",
        listing,
        422 if bad else 200,
        options_form=options_form,
        rows=rows,
        bad_row=bad_rows[0] if bad_rows else None,
        may_be_unfinished=may_be_unfinished(listing),
    )


@require_GET
@business_required()
def listing_preview(request: BusinessRequest, slug: str, listing_id: uuid.UUID) -> HttpResponse:
    """What buyers in three countries would pay, and what would be paid out, line by line."""
    listing = _listing(request, listing_id)
    chosen = preview_destinations(asked=request.GET.getlist("to"), home=request.business.country)
    return _page(
        request,
        "preview",
        listing,
        quotes=preview_listing(listing=listing, destinations=chosen, now=timezone.now()),
        chosen=chosen,
        countries=country_choices(getattr(request, "LANGUAGE_CODE", "en")),
    )


@require_POST
@business_required()
def listing_state(request: BusinessRequest, slug: str, listing_id: uuid.UUID) -> HttpResponse:
    """One of: submit, pause, resume."""
    listing = _listing(request, listing_id)
    verbs = {"submit": submit_listing, "pause": pause_listing, "resume": resume_listing}
    verb = verbs.get(request.POST.get("do", ""))
    if verb is None:
        raise Http404
    try:
        verb(listing=listing, now=timezone.now())
    except NotReadyError:
        messages.error(request, _("Some things are still missing; see the list."))
    except TransitionError:
        messages.error(request, _("Somebody else has changed this listing meanwhile."))
    return redirect("catalog:listing_edit", slug, listing_id)
