"""Categories: where things are found."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection, transaction

from catalog.models import Category


@transaction.atomic
def save_shelves(*, shelves: Sequence[tuple[str, str]]) -> dict[str, Category]:
    """Make or rename categories, given as (path, name), parents first; by path.

    The order given is the order shown. Raises KeyError for a child whose parent is not there.
    """
    known = {category.path: category for category in Category.objects.all()}
    for position, (path, name) in enumerate(shelves):
        parent_path, _, slug = path.rpartition("/")
        known[path], _created = Category.objects.update_or_create(
            path=path,
            defaults={
                "name": name,
                "slug": slug,
                "position": position,
                "parent": known[parent_path] if parent_path else None,
            },
        )
    return known


def count_shelves() -> None:
    """Bring each category's number of live listings up to date, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH counted AS (
                SELECT listing.category_id, count(*) AS live
                  FROM catalog_listing AS listing
                  JOIN sellers_business AS business ON business.id = listing.business_id
                 WHERE listing.state = 'LIVE' AND business.state = 'APPROVED'
                 GROUP BY listing.category_id
            )
            UPDATE catalog_category AS category SET live_count = coalesce(counted.live, 0)
              FROM catalog_category AS every
              LEFT JOIN counted ON counted.category_id = every.id
             WHERE every.id = category.id
               AND category.live_count IS DISTINCT FROM coalesce(counted.live, 0)
            """
        )
