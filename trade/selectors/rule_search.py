"""Rows of the rulebook by what is written in them: id, law, source, and the words that say them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from trade.rules.rows import Effect, Row
from trade.rules.rulebook import Book
from trade.selectors.rule_words import say_rule, say_scope


def find_rows(books: Iterable[Book], *, words: str, today: date) -> list[tuple[Book, Row[Effect]]]:
    """Rows that are or will be in force and hold every word, in the order of the books."""
    wanted = words.casefold().split()
    return [
        (book, row)
        for book in books
        for row in book.rows
        if (row.valid_to is None or row.valid_to >= today) and _holds(book, row, wanted)
    ]


def _holds(book: Book, row: Row[Effect], wanted: list[str]) -> bool:
    if not wanted:
        return True
    written = [row.id, row.kind_name, row.legal_ref, row.source, row.note, str(book.name)]
    text = " ".join([*written, say_rule(row), *say_scope(row.scope)]).casefold()
    return all(word in text for word in wanted)
