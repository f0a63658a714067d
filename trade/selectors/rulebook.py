"""The rulebook: the shipped files, read once a process, and what moderators added to them."""

from __future__ import annotations

import logging
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from django.db.models import Count, Max

from common.memory import Remembered
from trade.models import RulebookChange
from trade.rules import Rulebook, RulebookError, parse_rulebook
from trade.rules.loading import amend_book
from trade.rules.reading import Table

logger = logging.getLogger(__name__)
RULEBOOK_FOLDER = Path(__file__).resolve().parent.parent / "rulebook"
# A moderator's change reaches every process within so many seconds.
KEEP_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Amended:
    """The rulebook in force, and the changes that could not be made part of it, each with why."""

    rulebook: Rulebook
    problems: tuple[tuple[RulebookChange, str], ...]


_newest: Remembered[tuple[int, int]] = Remembered(KEEP_SECONDS)


def get_rulebook() -> Rulebook:
    """The rulebook in force: the shipped files and moderators' rows. Raises RulebookError for files.

    Asks the database for the newest change once in 15 seconds and process.
    """
    return amended_rulebook().rulebook


def amended_rulebook() -> Amended:
    """The same, with the changes that no longer fit; they are left out, the market goes on."""
    return _amended(*_newest.get("changes", _count_changes))


def forget_rulebook() -> None:
    """Look for changes again next time: there is a new one."""
    _newest.forget()
    _amended.cache_clear()


@lru_cache(maxsize=1)
def shipped_rulebook() -> Rulebook:
    """The shipped files alone. Raises RulebookError when one is not fit for use."""
    return read_rulebook(folder=RULEBOOK_FOLDER)


def read_rulebook(*, folder: Path) -> Rulebook:
    """Every *.toml of `folder` as one rulebook. Raises RulebookError."""
    files: dict[str, dict[str, object]] = {}
    for path in sorted(folder.glob("*.toml")):
        try:
            files[path.stem] = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise RulebookError(f"{path.name}: {error}") from error
    if not files:
        raise RulebookError(f"no rulebook file in {folder}")
    return parse_rulebook(files)


def apply_change(rulebook: Rulebook, change: RulebookChange) -> Rulebook:
    """The rulebook with one change made. Raises RulebookError when it does not fit."""
    books = {book.key: book for book in rulebook.books}
    book = books.get(change.book)
    if book is None:
        raise RulebookError(f"{change.book}: there is no such book")
    if change.action == RulebookChange.Action.ADD:
        if rulebook.row(change.row_id) is not None:
            raise RulebookError(f"{change.book}: row {change.row_id} is there already")
        text = change.content.get("text")
        if not isinstance(text, str):
            raise RulebookError(f"{change.book}: {change.row_id} has no words")
        changed = amend_book(book, added=[read_row(text)], ended={})
    else:
        if change.valid_to is None:
            raise RulebookError(f"{change.book}: {change.row_id} has no last day")
        changed = amend_book(book, added=[], ended={change.row_id: change.valid_to})
    return Rulebook(tuple(changed if one.key == changed.key else one for one in rulebook.books))


def read_row(text: str) -> Table:
    """One row as the files write it, with or without its heading [[row]]. Raises RulebookError."""
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RulebookError(f"this is not TOML: {error}") from error
    rows = content.get("row")
    if rows is None:
        return content
    if len(content) != 1 or not isinstance(rows, list) or len(rows) != 1:
        raise RulebookError("one row at a time")
    [row] = rows
    if not isinstance(row, dict):
        raise RulebookError("a row is a table of words")
    return row


def _count_changes() -> tuple[int, int]:
    """How many there are and the newest: a lower number may be committed after a higher one."""
    found = RulebookChange.objects.aggregate(count=Count("pk"), newest=Max("pk"))
    return found["count"], found["newest"] or 0


@lru_cache(maxsize=2)
def _amended(count: int, _newest_pk: int) -> Amended:
    rulebook = shipped_rulebook()
    if not count:
        return Amended(rulebook, ())
    return amend(rulebook, RulebookChange.objects.order_by("pk"))


def amend(rulebook: Rulebook, changes: Iterable[RulebookChange]) -> Amended:
    """Each change in turn; one that does not fit is told and left out."""
    problems = []
    for change in changes:
        try:
            rulebook = apply_change(rulebook, change)
        except RulebookError as error:
            logger.error("Rulebook change %s is left out: %s", change.pk, error)  # noqa: TRY400 - its words say it all
            problems.append((change, str(error)))
    return Amended(replace(rulebook), tuple(problems))
