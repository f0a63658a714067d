"""The rulebook for people: all countries, one country, and what changes; each also as a feed."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe
from django.views.decorators.vary import vary_on_headers

from common.countries import country_name, is_country
from trade.selectors.changes import Change, Happens, list_changes
from trade.selectors.destinations import (
    PART_WORDS,
    get_destination,
    list_places,
    unknown_places,
)

FEED = "application/atom+xml; charset=utf-8"
SINCE = "2026-11-24"
"""Of the tag: addresses that entries are known by (RFC 4151); never to be changed."""


@require_safe
@conditional_page
@cache_control(private=True, no_cache=True)
def destinations(request: HttpRequest) -> HttpResponse:
    """Every country, by part of the world; ?q= finds some by name or code."""
    words = request.GET.get("q", "").strip()[:80]
    parts = [
        (PART_WORDS[part](), [place for place in places if _meant(words, place.code, place.name)])
        for part, places in list_places(on=timezone.localdate())
    ]
    context = {
        "q": words,
        "parts": [(title, places) for title, places in parts if places],
        "unknown": [named for named in unknown_places() if _meant(words, *named)],
        "page_url": settings.SITE_URL + request.path,
    }
    return render(request, "trade/destinations.html", context)


def _meant(words: str, code: str, name: str) -> bool:
    return words.casefold() in name.casefold() or words.upper() == code


@require_safe
@conditional_page
@cache_control(private=True, no_cache=True)
def destination(request: HttpRequest, code: str) -> HttpResponse:
    """One country's rules today, or on the day of ?on=."""
    if code != code.upper() and is_country(code.upper()):
        return redirect("trade:destination", code.upper(), permanent=True)
    if not is_country(code):
        raise Http404
    today = timezone.localdate()
    typed = request.GET.get("on", "").strip()[:20]
    day = _day(typed)
    found = get_destination(code=code, on=day or today)
    changes = list_changes(today=today, destination=code)
    context = {
        "found": found,
        "typed": typed,
        "wrong_day": bool(typed) and day is None,
        "today": today,
        **_news(changes, today),
        "page_url": settings.SITE_URL + request.path,
    }
    return render(request, "trade/destination.html", context)


def _news(found: list[Change], today: date) -> dict[str, list[Change]]:
    """What will be and what was; apart from it the days on which rules are only read again."""
    coming = [change for change in reversed(found) if change.on > today]
    past = [change for change in found if change.on <= today]
    return {
        "soon": [change for change in coming if change.happens is not Happens.RECHECK],
        "soon_rereads": [change for change in coming if change.happens is Happens.RECHECK],
        "lately": [change for change in past if change.happens is not Happens.RECHECK],
        "late_rereads": [change for change in past if change.happens is Happens.RECHECK],
    }


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@require_safe
@conditional_page
@cache_control(private=True, no_cache=True)
def changes(request: HttpRequest) -> HttpResponse:
    """What will change at the borders, and what changed."""
    today = timezone.localdate()
    context = {
        **_news(list_changes(today=today), today),
        "page_url": settings.SITE_URL + request.path,
    }
    return render(request, "trade/changes.html", context)


@require_safe
@conditional_page
@vary_on_headers("Accept-Language", "Cookie")
@cache_control(public=True, max_age=3600)
def changes_feed(request: HttpRequest, code: str = "") -> HttpResponse:
    """The same as an Atom feed, of all countries or of one."""
    if code and not is_country(code):
        raise Http404
    today = timezone.localdate()
    every = list_changes(today=today, destination=code)
    page = reverse("trade:destination", args=[code]) if code else reverse("trade:changes")
    title = (
        _("Customs changes: %(country)s") % {"country": country_name(code, get_language() or "en")}
        if code
        else _("Customs changes")
    )
    newest = max((change.updated for change in every), default=today)
    feed = _Feed(
        title=title,
        link=settings.SITE_URL + page,
        description=_("What starts, ends or is to be read again at the borders."),
        feed_url=settings.SITE_URL + request.path,
        feed_guid=_tag(f"changes/{code}"),
        author_name=settings.SITE_NAME,
        language=get_language() or "en",
        newest=_moment(newest),
    )
    for change in every:
        _add(feed, change, code)
    return HttpResponse(feed.writeString("utf-8"), content_type=FEED)


class _Feed(Atom1Feed):
    """Django's Atom feed, which says `updated` of whatever entry is latest: ours may be none."""

    def latest_post_date(self) -> datetime:
        newest: datetime = self.feed["newest"]
        return newest


def _add(feed: _Feed, change: Change, code: str) -> None:
    place = code or (change.places[0] if len(change.places) == 1 else "")
    page = reverse("trade:destination", args=[place]) if place else reverse("trade:changes")
    said = [change.text, "; ".join(change.scope), change.cited.law, change.cited.source]
    feed.add_item(
        title=f"{change.place}: {change.title}",
        link=f"{settings.SITE_URL}{page}#{change.rows[0] if place else change.anchor}",
        description=" · ".join(dict.fromkeys(filter(None, (f"{change.on:%Y-%m-%d}", *said)))),
        unique_id=_tag(f"change/{change.id}"),
        pubdate=_moment(change.cited.checked_on),
        updateddate=_moment(change.updated),
        categories=(change.happens.value, *change.places[:30]),
    )


def _tag(what: str) -> str:
    return f"tag:{urlsplit(settings.SITE_URL).hostname},{SINCE}:desk/{what}"


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)
