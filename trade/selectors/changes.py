"""What changes at the borders, and what changed: the dates of the rulebook's rows, as news."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from common.countries import country_name
from trade.rules.rows import Doubt, Duty, Effect, Row
from trade.rules.rulebook import Book
from trade.selectors.destinations import Citation, cite
from trade.selectors.rule_words import say_rule, say_scope
from trade.selectors.rulebook import get_rulebook

YEAR = timedelta(days=365)


class Happens(StrEnum):
    """What happens on a day."""

    STARTS = "starts"
    ENDS = "ends"
    RECHECK = "recheck"
    """Nothing changes in law; from here on we trust the rule less until it is read again."""


@dataclass(frozen=True, slots=True)
class Change:
    """Something that begins, ends or is due. on: the first day that is different.

    id: stays the same for ever. rows: all rows that it concerns. places: destinations, [] for every
    one of the book. updated: when this was last news: the day itself once it has come.
    """

    id: str
    on: date
    happens: Happens
    place: str
    places: tuple[str, ...]
    title: str
    text: str
    scope: tuple[str, ...]
    cited: Citation
    rows: tuple[str, ...]
    updated: date

    @property
    def anchor(self) -> str:
        """Its place in the page of all changes."""
        return self.id.replace("/", "-")


def list_changes(*, today: date, destination: str = "") -> list[Change]:
    """From a year ago to a year ahead, the latest first; of one country or of all.

    A rule that is replaced by another of its kind the next day is told once, by the new one.
    """
    book = get_rulebook()
    books = [book.book(destination)] if destination else list(book.books)
    found = [
        change for one in books if one is not None for change in _of_book(one, destination, today)
    ]
    return sorted(found, key=lambda change: (change.on, change.id), reverse=True)


def _of_book(book: Book, destination: str, today: date) -> Iterable[Change]:
    rows = [
        row
        for row in book.rows
        if not destination
        or row.scope.destinations is None
        or destination in row.scope.destinations
    ]
    groups: dict[tuple[date, Happens, str, str], list[Row[Effect]]] = {}
    for row in rows:
        for day, happens in _days(row, rows):
            if today - YEAR <= day <= today + YEAR:
                kind = "" if happens is Happens.RECHECK else type(row.effect).__name__
                law = "" if happens is Happens.RECHECK else row.legal_ref
                groups.setdefault((day, happens, kind, law), []).append(row)
    for (day, happens, *_rest), members in groups.items():
        yield _change(book, day, happens, members, today)


def _days(row: Row[Effect], rows: Sequence[Row[Effect]]) -> Iterable[tuple[date, Happens]]:
    yield row.valid_from, Happens.STARTS
    if row.valid_to is not None:
        after = row.valid_to + timedelta(days=1)
        if not any(_replaces(other, row, after) for other in rows):
            yield after, Happens.ENDS
    if row.recheck_by is not None and (row.valid_to is None or row.recheck_by <= row.valid_to):
        yield row.recheck_by, Happens.RECHECK


def _replaces(new: Row[Effect], old: Row[Effect], day: date) -> bool:
    return (
        new.valid_from == day
        and type(new.effect) is type(old.effect)
        and new.slot == old.slot
        and new.scope.meets(old.scope)
        and _doubt(new) == _doubt(old)
    )


def _doubt(row: Row[Effect]) -> str:
    return row.effect.code if isinstance(row.effect, Doubt) else ""


def _change(
    book: Book, day: date, happens: Happens, rows: Sequence[Row[Effect]], today: date
) -> Change:
    first = rows[0]
    places = _places(book, rows)
    one = len(rows) == 1
    return Change(
        id=f"{book.key}/{day.isoformat()}/{happens.value}/{first.id}",
        on=day,
        happens=happens,
        place=_place(book, places),
        places=places,
        title=_title(happens, rows, past=day <= today),
        text=first.legal_ref if not one or happens is Happens.RECHECK else first.note,
        scope=tuple(say_scope(first.scope)) if one and happens is not Happens.RECHECK else (),
        cited=cite(first),
        rows=tuple(row.id for row in rows),
        updated=max(first.checked_on, day) if day <= today else first.checked_on,
    )


def _places(book: Book, rows: Sequence[Row[Effect]]) -> tuple[str, ...]:
    if any(row.scope.destinations is None for row in rows):
        return tuple(book.currencies)
    named = {code for row in rows for code in row.scope.destinations or ()}
    return tuple(code for code in book.currencies if code in named)


def _place(book: Book, places: Sequence[str]) -> str:
    if len(places) <= 2:
        language = get_language() or "en"
        return ", ".join(country_name(code, language) for code in places)
    return _(book.name)


def _title(happens: Happens, rows: Sequence[Row[Effect]], *, past: bool) -> str:
    count = len(rows)
    if happens is Happens.RECHECK:
        return ngettext(
            "%(count)s rule is to be read again", "%(count)s rules are to be read again", count
        ) % {"count": count}
    if count > 1:
        rates = all(isinstance(row.effect, Duty) for row in rows)
        what = (
            ngettext("%(count)s duty rate", "%(count)s duty rates", count)
            if rates
            else ngettext("%(count)s rule", "%(count)s rules", count)
        ) % {"count": count}
    else:
        what = say_rule(rows[0]).rstrip(".")
        if isinstance(rows[0].effect, Duty):
            what = _("Duty: %(rate)s") % {"rate": what}
    if all(isinstance(row.effect, Doubt) for row in rows):
        if happens is Happens.STARTS:
            return _("In doubt: %(what)s") % {"what": what}
        return _("No longer in doubt: %(what)s") % {"what": what}
    if happens is Happens.STARTS:
        return (_("New: %(what)s") if past else _("Will hold: %(what)s")) % {"what": what}
    return (_("No longer: %(what)s") if past else _("Will end: %(what)s")) % {"what": what}
