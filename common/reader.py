"""How the reader at hand writes numbers and dates: one place for pages to ask and for forms to read by.

A page that shows 1.234,50 € must not read 1.234,50 as something else, so both ask here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.utils.translation import get_language, to_locale

_reader: ContextVar[Callable[[], str] | None] = ContextVar("reader_locale", default=None)


def reader_locale() -> str:
    """A Babel locale: the visitor's ("en_DE": English words, German figures) while a request is
    answered, else the active language's, as in an e-mail."""
    ask = _reader.get()
    return ask() if ask is not None else to_locale(get_language() or "en")


@contextmanager
def reading_as(locale: Callable[[], str]) -> Iterator[None]:
    """Until the block ends, figures are written for that locale; it is asked for only when needed."""
    token = _reader.set(locale)
    try:
        yield
    finally:
        _reader.reset(token)
