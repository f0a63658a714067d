"""The shelves of the market. They change rarely, so each process remembers them for a minute."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from django.urls import reverse

from catalog.models import Category
from common.memory import Remembered


@lru_cache(maxsize=2_000)
def category_path(path: str) -> str:
    """The address of a shelf's page."""
    return reverse("catalog:category", args=[path])


@dataclass(frozen=True, slots=True)
class Shelf:
    """A category with what is below it; `path` holds the slugs from the root."""

    id: int
    name: str
    slug: str
    path: str
    live_count: int
    parent_id: int | None
    children: list[Shelf] = field(default_factory=list, compare=False)

    def family(self) -> Iterator[Shelf]:
        """This shelf and all below it."""
        yield self
        for child in self.children:
            yield from child.family()

    @property
    def url(self) -> str:
        return category_path(self.path)

    @property
    def total(self) -> int:
        """Live listings on this shelf and below, as last counted."""
        return sum(shelf.live_count for shelf in self.family())


@dataclass(frozen=True, slots=True)
class Shelves:
    """All categories: the top ones in order, and each by path and id."""

    roots: tuple[Shelf, ...]
    by_path: dict[str, Shelf]
    by_id: dict[int, Shelf]

    def trail(self, shelf: Shelf) -> list[Shelf]:
        """From the root to the shelf itself."""
        trail = [shelf]
        while trail[0].parent_id is not None:
            trail.insert(0, self.by_id[trail[0].parent_id])
        return trail


_remembered: Remembered[Shelves] = Remembered(seconds=60)


def shelves() -> Shelves:
    """The category tree; at most a minute old."""
    return _remembered.get("all", _load)


def trail_to(*, category_id: int) -> list[Shelf]:
    """From the root to a category, also to one that is younger than what is remembered."""
    if category_id not in shelves().by_id:
        _remembered.forget()
    tree = shelves()
    return tree.trail(tree.by_id[category_id])


def path_of(*, category_id: int) -> str:
    """The path of a category, also of one that is younger than what is remembered."""
    found = shelves().by_id.get(category_id)
    return found.path if found is not None else trail_to(category_id=category_id)[-1].path


def _load() -> Shelves:
    rows = Category.objects.order_by("position", "name").values_list(
        "id", "name", "slug", "path", "live_count", "parent_id"
    )
    by_id = {row[0]: Shelf(*row) for row in rows}
    roots = []
    for shelf in by_id.values():
        if shelf.parent_id is None:
            roots.append(shelf)
        else:
            by_id[shelf.parent_id].children.append(shelf)
    return Shelves(tuple(roots), {shelf.path: shelf for shelf in by_id.values()}, by_id)
