"""The shelves: home, categories, search, shops."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.rules import Preferences
from catalog.selectors.cards import picture_url
from catalog.selectors.categories import Shelf, shelves
from catalog.selectors.listings import ListingFilters, Sort, fresh_cards, list_listings
from catalog.selectors.rates import card_rate, to_euro_cents
from catalog.selectors.shops import selling_countries, shop_card, shops_of_the_world, storefront
from catalog.views.narrowing import Narrowing, read_narrowing
from common.countries import country_name
from sellers.models import Business


def preferences_of(request: HttpRequest) -> Preferences:
    """What accounts' middleware found out about the visitor."""
    preferences: Preferences = request.preferences  # type: ignore[attr-defined]
    return preferences


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The front page: the promise, the shelves, what is new and who makes it."""
    preferences = preferences_of(request)
    rate = card_rate(currency=preferences.currency, now=timezone.now())
    return render(
        request,
        "catalog/shop/home.html",
        {
            "shelves": shelves().roots,
            "listings": fresh_cards(count=12, preferences=preferences, rate=rate),
            "shops": shops_of_the_world(count=8, language=preferences.language),
            "page_url": settings.SITE_URL + request.path,
        },
    )


@require_safe
def category(request: HttpRequest, path: str) -> HttpResponse:
    """One shelf and everything below it."""
    tree = shelves()
    shelf = tree.by_path.get(path.strip("/"))
    if shelf is None:
        raise Http404
    trail = tree.trail(shelf)
    siblings = shelf.children or (trail[-2].children if len(trail) > 1 else list(tree.roots))
    return _grid(
        request,
        "catalog/shop/category.html",
        base=ListingFilters(category_ids=tuple(member.id for member in shelf.family())),
        default_sort=Sort.NEWEST,
        extra={
            "shelf": shelf,
            "crumbs": _crumbs(trail),
            "parent": trail[-2] if len(trail) > 1 else None,
            "siblings": siblings,
        },
    )


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """What a shopper typed, in any language, spelt rightly or nearly."""
    return _grid(
        request,
        "catalog/shop/search.html",
        base=ListingFilters(),
        default_sort=Sort.BEST,
        extra={"shelves": shelves().roots},
    )


@require_safe
def shop(request: HttpRequest, slug: str) -> HttpResponse:
    """A business's own page: who it is and all it sells."""
    try:
        business = storefront(slug=slug)
    except Business.DoesNotExist:
        raise Http404 from None
    preferences = preferences_of(request)
    return _grid(
        request,
        "catalog/shop/storefront.html",
        base=ListingFilters(business_id=business.pk),
        default_sort=Sort.NEWEST,
        extra={
            "shop": business,
            "card": shop_card(business, language=preferences.language),
            "banner_url": picture_url(business.banner.name) if business.banner else "",
        },
    )


def _grid(
    request: HttpRequest,
    template: str,
    *,
    base: ListingFilters,
    default_sort: Sort,
    extra: dict[str, object],
) -> HttpResponse:
    """A page of listings, narrowed and sorted as the address says."""
    now = timezone.now()
    preferences = preferences_of(request)
    narrowing = read_narrowing(request.GET, preferences=preferences, default_sort=default_sort)
    page = list_listings(
        filters=_filters(base, narrowing, now),
        page=narrowing.page,
        preferences=preferences,
        rate=card_rate(currency=preferences.currency, now=now),
    )
    if page.number > 1 and not page.cards:
        raise Http404
    context = {
        "listings": page.cards,
        "page": page,
        "narrowing": narrowing,
        "page_query": narrowing.urlencode(default_sort),
        "page_url": settings.SITE_URL + request.path,
        "sorts": _sorts(narrowing.sort, with_best=default_sort is Sort.BEST),
        "countries": _countries(narrowing.country, preferences.language),
        "currency": preferences.currency,
        **extra,
    }
    return render(request, template, context)


def _filters(base: ListingFilters, narrowing: Narrowing, now: datetime) -> ListingFilters:
    return ListingFilters(
        query=narrowing.query,
        category_ids=base.category_ids,
        business_id=base.business_id,
        country=narrowing.country,
        min_eur_amount=to_euro_cents(narrowing.lowest, now=now),
        max_eur_amount=to_euro_cents(narrowing.highest, now=now),
        in_stock=narrowing.in_stock,
        sort=narrowing.sort,
    )


def _crumbs(trail: list[Shelf]) -> list[dict[str, str]]:
    return [
        {"title": _("Everything"), "url": reverse("catalog:search")},
        *({"title": shelf.name, "url": shelf.url} for shelf in trail),
    ]


def _sorts(current: Sort, *, with_best: bool) -> list[tuple[str, str, bool]]:
    words = {
        Sort.BEST: _("Best match"),
        Sort.NEWEST: _("Newest first"),
        Sort.CHEAPEST: _("Lowest price first"),
        Sort.DEAREST: _("Highest price first"),
    }
    return [
        (str(sort), word, sort is current)
        for sort, word in words.items()
        if with_best or sort is not Sort.BEST
    ]


def _countries(current: str, language: str) -> list[tuple[str, str, bool]]:
    named = [(country_name(code, language), code) for code in selling_countries()]
    return [(code, name, code == current) for name, code in sorted(named)]
