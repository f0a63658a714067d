"""Moderators' acts on the rulebook: a row more, or the end of one. Nothing is ever edited."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.services import record_action
from trade.models import RulebookChange
from trade.rules import RulebookError
from trade.selectors.rulebook import apply_change, forget_rulebook, get_rulebook, read_row


def check_new_row(*, book: str, text: str, now: datetime) -> RulebookChange:
    """The change that would add a row, unsaved. Raises RulebookError when it does not fit.

    text: the row in TOML, as the files write it. A row never begins in the past: what buyers were
    told then was told by other rows.
    """
    row = read_row(text)
    change = RulebookChange(
        action=RulebookChange.Action.ADD,
        book=book,
        row_id=str(row.get("id", "")),
        content={"text": text},
        at=now,
    )
    added = apply_change(get_rulebook(), change).row(change.row_id)
    if added is None or added.valid_from < now.date():
        raise RulebookError("valid_from is today or later: what was told before stays as it was")
    return change


def check_end(*, row_id: str, valid_to: date, now: datetime) -> RulebookChange:
    """The change that would end a row, unsaved. Raises RulebookError when it does not fit."""
    rulebook = get_rulebook()
    book = next((b for b in rulebook.books if any(r.id == row_id for r in b.rows)), None)
    row = rulebook.row(row_id)
    if book is None or row is None:
        raise RulebookError(f"there is no row {row_id}")
    if valid_to < now.date():
        raise RulebookError("a row holds at least to the end of today")
    if row.valid_to is not None and row.valid_to <= valid_to:
        raise RulebookError(f"row {row_id} ends on {row.valid_to.isoformat()} already")
    change = RulebookChange(
        action=RulebookChange.Action.END, book=book.key, row_id=row_id, valid_to=valid_to, at=now
    )
    apply_change(rulebook, change)
    return change


def add_row(*, book: str, text: str, reason: str, actor: User, now: datetime) -> RulebookChange:
    """Add a row to a book. Raises RulebookError; then nothing has changed."""
    return _write(check_new_row(book=book, text=text, now=now), reason, actor, now)


def end_row(
    *, row_id: str, valid_to: date, reason: str, actor: User, now: datetime
) -> RulebookChange:
    """Let a row, shipped or added, hold until a day. Raises RulebookError; then nothing has changed."""
    return _write(check_end(row_id=row_id, valid_to=valid_to, now=now), reason, actor, now)


def _write(change: RulebookChange, reason: str, actor: User, now: datetime) -> RulebookChange:
    change.reason, change.actor = reason, actor
    try:
        with transaction.atomic():
            change.save(force_insert=True)
            record_action(
                actor=actor,
                action=f"{change.action.lower()}_rulebook_row",
                target=change,
                reason=reason,
                now=now,
            )
    except IntegrityError:
        raise RulebookError(f"row {change.row_id} has just been added") from None
    transaction.on_commit(forget_rulebook)
    return change
