"""Grids of listings: home, categories, search results and storefronts."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db import connection, transaction

from accounts.rules import Preferences
from catalog.rules.spelling import swapped_letters
from catalog.selectors.cards import DisplayRate, ListingCard, make_cards
from catalog.selectors.grids import CHEAPEST, DEAREST, NEAREST, NEWEST, WORDS, CardRow, Grid

PAGE_SIZE = 24
LAST_PAGE = 40
"""Nobody pages further; a robot that does would make the database count and skip for nothing."""
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
    """The rows of one page (see grids) and whether there is a next one; one query."""
    grid = _filtered(filters)
    grid.order = _ORDERS.get(filters.sort, NEWEST)
    if filters.query:
        grid.match(filters.query, rank=filters.sort is Sort.BEST)
    rows = grid.rows(limit=page_size + 1, offset=(page - 1) * page_size)
    return rows[:page_size], len(rows) > page_size and page < LAST_PAGE


_ORDERS = {Sort.CHEAPEST: CHEAPEST, Sort.DEAREST: DEAREST}


def _filtered(filters: ListingFilters) -> Grid:
    """Everything but the words."""
    grid = Grid()
    if filters.category_ids:
        grid.narrow("category_id = ANY(%s)", list(filters.category_ids))
    if filters.business_id:
        grid.narrow("business_id = %s", filters.business_id)
    if filters.country:
        grid.narrow(
            "business_id IN (SELECT id FROM sellers_business WHERE country = %s)", filters.country
        )
    if filters.min_eur_amount is not None:
        grid.narrow("sort_eur_amount >= %s", filters.min_eur_amount)
    if filters.max_eur_amount is not None:
        grid.narrow("sort_eur_amount <= %s", filters.max_eur_amount)
    if filters.in_stock:
        grid.narrow("in_stock")
    return grid


def _near(filters: ListingFilters, page_size: int) -> list[CardRow]:
    """Titles that have a word spelt nearly like one of the search, the nearest first.

    Two letters the wrong way round leave a short word hardly a trigram in common with what was
    meant, so those spellings are looked for as they are, and come first. Two queries: the index compares by a threshold that is set on the session.
    """
    words = [word for word in filters.query.split()[:NEAR_WORDS] if len(word) > 2]
    if not words:
        return []
    grid = _filtered(filters)
    swapped = " OR ".join(swapped_letters(filters.query))
    meant = f"listing.search @@ {WORDS}"
    grid.narrow(
        f"({' OR '.join(['title %%> %s'] * len(words))} OR {meant})", *words, swapped, swapped
    )
    alike = " + ".join(["word_similarity(%s, title)"] * len(words))
    grid.nearness = f"{alike} + {len(words)} * ({meant})::int"
    grid.nearness_values = [*words, swapped, swapped]
    grid.order = NEAREST
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)",
                [str(NEARNESS)],
            )
        return grid.rows(limit=page_size)


def fresh_cards(*, count: int, preferences: Preferences, rate: DisplayRate) -> list[ListingCard]:
    """The latest listings that can be bought, at most two of one business, in one query."""
    grid = Grid()
    grid.narrow("in_stock")
    seen: dict[str, int] = {}
    rows = []
    for row in grid.rows(limit=count * 5):
        seen[row.business_name] = seen.get(row.business_name, 0) + 1
        if seen[row.business_name] <= 2:
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
    """More from the same shop, in one query."""
    grid = Grid()
    grid.narrow("business_id = %s", business_id)
    grid.narrow("id <> %s", but)
    grid.narrow("in_stock")
    return make_cards(grid.rows(limit=count), preferences=preferences, rate=rate)
