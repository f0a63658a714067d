"""Is the rulebook fit for use, what changes between two days, and what has to be checked again?"""

from __future__ import annotations

import datetime
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable, Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone

from trade.rules import Book, RulebookError
from trade.rules.rows import Effect, Row
from trade.selectors.rulebook import Amended, amended_rulebook, shipped_rulebook

OLD_DAYS = 365


class Command(BaseCommand):
    help = (
        "rulebook check: read every row and every moderator's change; a line a problem. "
        "rulebook diff DATE DATE: rows that come into force or end between two days. "
        "rulebook stale: rows past their recheck_by date, and rows checked over a year ago."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True, metavar="check|diff|stale")
        acts.add_parser("check")
        diff = acts.add_parser("diff")
        diff.add_argument("since", type=_day, metavar="DATE")
        diff.add_argument("until", type=_day, metavar="DATE")
        diff.add_argument("--destination", default="", metavar="DE")
        stale = acts.add_parser("stale")
        stale.add_argument("--on", type=_day, metavar="DATE")

    def handle(self, *_args: object, **options: Any) -> None:
        try:
            amended = amended_rulebook()
        except RulebookError as error:
            raise CommandError(str(error)) from error
        except DatabaseError:
            self.stderr.write("No tables yet: of the shipped files alone.")
            amended = Amended(shipped_rulebook(), ())
        acts: dict[str, Callable[[], None]] = {
            "check": lambda: self._check(amended.problems, amended.rulebook.books),
            "diff": lambda: self._diff(amended.rulebook.books, **options),
            "stale": lambda: self._stale(amended.rulebook.books, options["on"]),
        }
        acts[options["act"]]()

    def _check(self, problems: Any, books: tuple[Book, ...]) -> None:
        for change, problem in problems:
            self.stdout.write(f"change {change.pk} of {change.row_id} is left out: {problem}")
        rows = sum(len(book.rows) for book in books)
        places = sum(len(book.currencies) for book in books)
        if problems:
            raise CommandError(f"{len(problems)} changes don't fit the rulebook.")
        self.stdout.write(
            f"{rows} rows of {len(books)} books for {places} destinations: no problem."
        )

    def _diff(
        self,
        books: tuple[Book, ...],
        *,
        since: datetime.date,
        until: datetime.date,
        destination: str,
        **_options: object,
    ) -> None:
        """What is different on `until` from what holds on `since`."""
        if until < since:
            raise CommandError("the second day is before the first")
        wanted = destination.upper()
        if wanted and not any(wanted in book.currencies for book in books):
            raise CommandError(f"there is no book for {wanted}")
        found = 0
        for book in books:
            if wanted and wanted not in book.currencies:
                continue
            for day, sign, row in _events(book, since, until):
                places = row.scope.destinations
                if wanted and places is not None and wanted not in places:
                    continue
                found += 1
                self.stdout.write(f"{day} {sign} {book.name}: {_tell(row)}")
        self.stdout.write(f"{found} changes from {since} to {until}.")

    def _stale(self, books: tuple[Book, ...], on: datetime.date | None) -> None:
        today = on or timezone.now().date()
        overdue = 0
        for book in books:
            for row in book.rows:
                if not row.in_force(today):
                    continue
                if row.recheck_by is not None and row.recheck_by < today:
                    overdue += 1
                    self.stdout.write(
                        f"{row.recheck_by} overdue {book.name}: {_tell(row)}; quotes are estimates"
                    )
                elif (today - row.checked_on).days > OLD_DAYS:
                    self.stdout.write(
                        f"{row.checked_on} checked long ago {book.name}: {_tell(row)}"
                    )
        if overdue:
            raise CommandError(f"{overdue} rows are past the day by which they were to be checked.")
        self.stdout.write(f"Nothing is overdue on {today}.")


def _events(
    book: Book, since: datetime.date, until: datetime.date
) -> Iterator[tuple[datetime.date, str, Row[Effect]]]:
    """Rows that begin (+) or have ended (-) after `since` and by `until`, in the order of days."""
    events = []
    for row in book.rows:
        if since < row.valid_from <= until:
            events.append((row.valid_from, "+", row))
        if row.valid_to is not None and since < row.valid_to + datetime.timedelta(1) <= until:
            events.append((row.valid_to + datetime.timedelta(1), "-", row))
    yield from sorted(events, key=lambda event: (event[0], event[1], event[2].id))


def _tell(row: Row[Effect]) -> str:
    """ "duty eu-flat-3, EU flat duty 3.00 EUR/item (Reg. (EU) 2026/382)"."""
    effect = row.effect
    parts = [getattr(effect, "name", "") or getattr(effect, "code", "")]
    rate = getattr(effect, "rate", None)
    if rate is not None:
        parts.append(f"{(rate * 100).normalize():f} %")
    for word, unit in (("per_item", "/item"), ("per_kg", "/kg"), ("per_unit", "/unit")):
        amount = getattr(effect, word, None)
        if amount is not None:
            parts.append(f"{amount}{unit}")
    goods = "+".join(row.scope.hs[:4]).strip("+")
    if goods:
        parts.append(f"for {goods}{'…' if len(row.scope.hs) > 4 else ''}")
    return f"{row.kind_name} {row.id}, {' '.join(filter(None, parts))} ({row.legal_ref})"


def _day(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not a date like 2026-07-01") from None
