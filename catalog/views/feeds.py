"""What search engines read: robots.txt and sitemaps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from xml.sax.saxutils import escape

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.cache import cache_page
from django.views.decorators.http import require_safe

from catalog.selectors.categories import shelves
from catalog.selectors.feeds import count_sitemap_parts, listing_addresses, shop_slugs
from trade.selectors import get_rulebook

_XML = "application/xml; charset=utf-8"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_PRIVATE = ("/account/", "/basket/", "/checkout/", "/purchases/", "/sell/", "/notices/", "/search/")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Everything that everybody may see may be found."""
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in _PRIVATE),
        f"Sitemap: {settings.SITE_URL}{reverse('catalog:sitemap')}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
@cache_page(3600)
def sitemap_index(request: HttpRequest) -> HttpResponse:
    """The parts of the sitemap."""
    paths = [reverse("catalog:sitemap_shelves")]
    paths += [
        reverse("catalog:sitemap_listings", args=[part + 1])
        for part in range(count_sitemap_parts())
    ]
    entries = "".join(f"<sitemap><loc>{_address(path)}</loc></sitemap>\n" for path in paths)
    return HttpResponse(
        f"{_HEAD}<sitemapindex {_SPACE}>\n{entries}</sitemapindex>\n", content_type=_XML
    )


@require_safe
def sitemap_shelves(request: HttpRequest) -> HttpResponseBase:
    """Home, the customs desk, categories and shops."""
    paths = [reverse("catalog:home")]
    paths += [reverse("catalog:desk"), reverse("trade:destinations"), reverse("trade:changes")]
    paths += [reverse("trade:destination", args=[code]) for code in get_rulebook().destinations]
    paths += [shelf.url for root in shelves().roots for shelf in root.family()]
    paths += [reverse("catalog:storefront", args=[slug]) for slug in shop_slugs()]
    return _urlset((path, None) for path in paths)


@require_safe
def sitemap_listings(request: HttpRequest, part: int) -> HttpResponseBase:
    """One part of the listings."""
    if not 1 <= part <= max(1, count_sitemap_parts()):
        raise Http404
    return _urlset(listing_addresses(part=part))


def _urlset(entries: Iterable[tuple[str, datetime | None]]) -> StreamingHttpResponse:
    def write() -> Iterator[str]:
        yield f"{_HEAD}<urlset {_SPACE}>\n"
        for path, changed in entries:
            when = f"<lastmod>{changed.date().isoformat()}</lastmod>" if changed else ""
            yield f"<url><loc>{_address(path)}</loc>{when}</url>\n"
        yield "</urlset>\n"

    return StreamingHttpResponse(write(), content_type=_XML)


def _address(path: str) -> str:
    return escape(settings.SITE_URL + path)
