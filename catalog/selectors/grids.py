"""The one statement that every grid of listings is read by.

The busiest pages of the market are grids. Their statement is written out, because the ORM spends
more time on making it than the database on answering it, and because its shape matters: the page's
listings are chosen from one index first, and only they are joined with business and picture.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import connection

CANDIDATES = 500
"""Ranking every match is what makes full-text search slow: only the newest so many are ranked."""

NEWEST = "live_at DESC, id"
CHEAPEST = "sort_eur_amount, id"
DEAREST = "sort_eur_amount DESC, id"
NEAREST = "nearness DESC, live_at DESC, id"

WORDS = "(websearch_to_tsquery('market_simple', %s) || websearch_to_tsquery('market_english', %s))"


class CardRow(NamedTuple):
    """What a card is made of; amount in minor units of currency; pictures may be absent.

    varies: some variant costs more than `amount`.
    """

    id: uuid.UUID
    slug: str
    title: str
    currency: str
    amount: int
    in_stock: bool
    business_name: str
    country: str
    small: str | None
    medium: str | None
    varies: bool


@dataclass(slots=True)
class Grid:
    """Which public listings, in which order. Conditions are SQL with their values beside them,
    never put together from what a visitor typed."""

    conditions: list[str] = field(
        default_factory=lambda: ["listing.state = 'LIVE'", "listing.shop_open"]
    )
    values: list[Any] = field(default_factory=list)
    order: str = NEWEST
    nearness: str = "0"
    nearness_values: list[Any] = field(default_factory=list)
    ranked: bool = False

    def narrow(self, condition: str, *values: Any) -> None:
        self.conditions.append(condition)
        self.values += values

    def match(self, words: str, *, rank: bool) -> None:
        """Only what has the words, as written or by English stems; quotes, OR and - work."""
        self.narrow(f"listing.search @@ {WORDS}", words, words)
        if rank:
            self.nearness = f"ts_rank(listing.search, {WORDS})"
            self.nearness_values = [words, words]
            self.order = NEAREST
            self.ranked = True

    def rows(self, *, limit: int, offset: int = 0) -> list[CardRow]:
        """One query."""
        chosen = f"FROM catalog_listing AS listing WHERE {' AND '.join(self.conditions)}"
        if self.ranked:
            chosen = (
                f"FROM (SELECT listing.* {chosen} ORDER BY live_at DESC LIMIT {CANDIDATES})"
                " AS listing"
            )
        statement = f"""
            SELECT page.id, page.slug, page.title, page.currency, page.from_amount, page.in_stock,
                   business.name, business.country, cover.small, cover.medium,
                   EXISTS (
                       SELECT FROM catalog_variant AS variant
                         JOIN catalog_price AS price ON price.variant_id = variant.id
                        WHERE variant.listing_id = page.id AND variant.is_active
                          AND price.min_quantity = 1 AND price.amount > page.from_amount
                   )
              FROM (
                   SELECT listing.id, slug, title, currency, from_amount, in_stock, business_id,
                          live_at, sort_eur_amount, {self.nearness} AS nearness
                     {chosen}
                    ORDER BY {self.order}
                    LIMIT %s OFFSET %s
                   ) AS page
              JOIN sellers_business AS business ON business.id = page.business_id
              LEFT JOIN LATERAL (
                   SELECT small, medium FROM catalog_listingimage
                    WHERE listing_id = page.id ORDER BY position, id LIMIT 1
                   ) AS cover ON true
             ORDER BY {self.order.replace(" id", " page.id")}
        """  # noqa: S608 - every part is a constant of this module or of its callers
        with connection.cursor() as cursor:
            cursor.execute(statement, [*self.nearness_values, *self.values, limit, offset])
            return [CardRow._make(row) for row in cursor.fetchall()]
