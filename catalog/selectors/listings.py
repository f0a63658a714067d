"""Grids of listings: home, categories, search results and storefronts."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from django.contrib.postgres.search import SearchQuery, SearchRank, TrigramWordSimilarity
from django.db import connection, transaction
from django.db.models import F, FloatField, Q, QuerySet, Value
from django.db.models.expressions import Combinable

from accounts.rules import Preferences
from catalog.models import Listing
from catalog.selectors.cards import (
    CardRow,
    DisplayRate,
    ListingCard,
    card_rows,
    make_cards,
    newest,
)

PAGE_SIZE = 24
LAST_PAGE = 40
"""Nobody pages further; a robot that does would make the database count and skip for nothing."""
CANDIDATES = 500
"""Ranking every match is what makes full-text search slow: only the newest so many are ranked."""
NEAR_WORDS = 6
NEARNESS = 0.5
"""How alike a word of a title must be to a mistyped one (pg_trgm word similarity, 0 to 1)."""


class Sort(StrEnum):
    BEST = "best"
    NEWEST = "new"
    CHEAPEST = "price"
    DEAREST = "-price"


@dataclass(frozen=True, slots=True)
class ListingFilters:
    """What a grid is narrowed to. Prices are euro cents, which every listing is sorted by."""

    query: str = ""
    category_ids: tuple[int, ...] = ()
    business_id: uuid.UUID | None = None
    country: str = ""
    min_eur_amount: int | None = None
    max_eur_amount: int | None = None
    in_stock: bool = False
    sort: Sort = Sort.NEWEST


@dataclass(frozen=True, slots=True)
class ListingPage:
    """One page of a grid. `fuzzy`: nothing has the words searched for, these come near."""

    cards: list[ListingCard]
    number: int
    has_next: bool
    fuzzy: bool = False

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    @property
    def has_other_pages(self) -> bool:
        return self.has_next or self.has_previous

    @property
    def next_page_number(self) -> int:
        return self.number + 1

    @property
    def previous_page_number(self) -> int:
        return self.number - 1


def list_listings(
    *,
    filters: ListingFilters,
    page: int,
    preferences: Preferences,
    rate: DisplayRate,
    page_size: int = PAGE_SIZE,
) -> ListingPage:
    """One page of public listings, in one query (two more when a search finds nothing as spelt).

    There is no count of all: one row more than the page holds says whether there is a next one.
    """
    page = max(1, min(page, LAST_PAGE))
    rows, has_next = listing_rows(filters=filters, page=page, page_size=page_size)
    fuzzy = False
    if filters.query and not rows and page == 1:
        rows = _near(filters, page_size)
        fuzzy = bool(rows)
    return ListingPage(
        cards=make_cards(rows, preferences=preferences, rate=rate),
        number=page,
        has_next=has_next,
        fuzzy=fuzzy,
    )


def listing_rows(
    *, filters: ListingFilters, page: int, page_size: int = PAGE_SIZE
) -> tuple[list[CardRow], bool]:
    """The rows of one page (see cards.card_rows) and whether there is a next one; one query."""
    start = (page - 1) * page_size
    found = _filtered(filters)
    ordered = _ranked(found, filters) if filters.query else _sorted(found, filters.sort)
    rows = list(card_rows(ordered)[start : start + page_size + 1])
    return rows[:page_size], len(rows) > page_size and page < LAST_PAGE


def _filtered(filters: ListingFilters) -> QuerySet[Listing]:
    found: QuerySet[Listing] = Listing.objects.public()
    if filters.category_ids:
        found = found.filter(category_id__in=filters.category_ids)
    if filters.business_id:
        found = found.filter(business_id=filters.business_id)
    if filters.country:
        found = found.filter(business__country=filters.country)
    if filters.min_eur_amount is not None:
        found = found.filter(sort_eur_amount__gte=filters.min_eur_amount)
    if filters.max_eur_amount is not None:
        found = found.filter(sort_eur_amount__lte=filters.max_eur_amount)
    if filters.in_stock:
        found = found.filter(in_stock=True)
    return found


def _sorted(found: QuerySet[Listing], sort: Sort) -> QuerySet[Listing]:
    if sort is Sort.CHEAPEST:
        return found.order_by("sort_eur_amount", "id")
    if sort is Sort.DEAREST:
        return found.order_by("-sort_eur_amount", "id")
    return newest(found)


def text_query(words: str) -> SearchQuery:
    """What the shopper typed, as written or by its English stems; quotes, OR and - work."""
    plain = SearchQuery(words, config="market_simple", search_type="websearch")
    stems = SearchQuery(words, config="market_english", search_type="websearch")
    return plain | stems


def _ranked(found: QuerySet[Listing], filters: ListingFilters) -> QuerySet[Listing]:
    query = text_query(filters.query)
    matches = found.filter(search=query)
    if filters.sort is not Sort.BEST:
        return _sorted(matches, filters.sort)
    candidates = newest(matches).values("pk")[:CANDIDATES]
    return Listing.objects.filter(pk__in=candidates).order_by(
        SearchRank(F("search"), query).desc(), "-live_at", "id"
    )


def _near(filters: ListingFilters, page_size: int) -> list[CardRow]:
    """Titles that have a word spelt nearly like one of the search, the nearest first.

    Two queries more: the index compares by a threshold that is set on the session.
    """
    words = [word for word in filters.query.split()[:NEAR_WORDS] if len(word) > 2]
    if not words:
        return []
    alike = Q()
    nearness: Combinable = Value(0.0, output_field=FloatField())
    for word in words:
        alike |= Q(title__trigram_word_similar=word)
        nearness = nearness + TrigramWordSimilarity(word, "title")
    near = (
        _filtered(replace(filters, query=""))
        .filter(alike)
        .annotate(nearness=nearness)
        .order_by("-nearness", "id")
    )
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)",
                [str(NEARNESS)],
            )
        return list(card_rows(near)[:page_size])


def fresh_cards(*, count: int, preferences: Preferences, rate: DisplayRate) -> list[ListingCard]:
    """The latest listings that can be bought, at most two of one business, in one query."""
    latest = card_rows(newest(Listing.objects.public().filter(in_stock=True)))[: count * 5]
    seen: dict[str, int] = {}
    rows = []
    for row in latest:
        business = row[6]
        seen[business] = seen.get(business, 0) + 1
        if seen[business] <= 2:
            rows.append(row)
    return make_cards(rows[:count], preferences=preferences, rate=rate)


def other_cards(
    *,
    business_id: uuid.UUID,
    but: uuid.UUID,
    count: int,
    preferences: Preferences,
    rate: DisplayRate,
) -> Sequence[ListingCard]:
    """More from the same shop."""
    listings = newest(
        Listing.objects.public().filter(business_id=business_id, in_stock=True).exclude(pk=but)
    )
    return make_cards(card_rows(listings)[:count], preferences=preferences, rate=rate)
