"""Writing down a tax or customs number, and ending it; nothing else ever happens to one."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.services import record_action
from common.states import TransitionError
from trade.models import Registration
from trade.rules.registrations import NumberError, NumberKind, clean_number, overlaps
from trade.selectors.registrations import forget_registrations, scheme_of_number


class RegistrationError(ValueError):
    """A number that can't be written down; `code` says why.

    "empty", "country", "format", "check": see NumberError. "period": it would end before it begins.
    "overlaps": another number of that kind holds on some of these days; end that one first.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class EndError(ValueError):
    """The last day would be before yesterday, or later than an end that is set; `code`: "past", "later"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class NewNumber:
    """A number as somebody gives it. scheme: None lets kind and country decide."""

    kind: NumberKind
    country: str
    number: str
    valid_from: date
    valid_to: date | None = None
    scheme: str | None = None


def add_registration(
    *,
    owner_ref: uuid.UUID | None,
    new: NewNumber,
    reason: str,
    actor: User | None,
    now: datetime,
) -> Registration:
    """Write down a number of a seller (owner_ref: its business) or of the platform (None).

    It may begin in the past; orders that were placed meanwhile stay as they were charged. Raises
    RegistrationError.
    """
    try:
        number = clean_number(new.kind, new.country, new.number)
    except NumberError as error:
        raise RegistrationError(error.code) from None
    if new.valid_to is not None and new.valid_to < new.valid_from:
        raise RegistrationError("period")
    scheme = scheme_of_number(new.kind, new.country) if new.scheme is None else new.scheme
    with transaction.atomic():
        row = Registration(
            owner_ref=owner_ref,
            kind=new.kind.value,
            country=new.country,
            scheme=scheme,
            number=number,
            valid_from=new.valid_from,
            valid_to=new.valid_to,
            reason=reason.strip(),
            added_by=actor,
            added_at=now,
        )
        if any(_clashes(row, other) for other in _others(row)):
            raise RegistrationError("overlaps")
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError as error:
            if "registration_one_open" not in str(error):
                raise
            raise RegistrationError("overlaps") from None
        record_action(
            actor=actor,
            action="add_registration",
            target=row,
            reason=reason,
            after=_words(row),
            now=now,
        )
    forget_registrations()
    return row


def _others(row: Registration) -> Sequence[Registration]:
    """What the owner has of the same kind, locked; two open ones the database refuses itself."""
    rows = Registration.objects.of(row.owner_ref).select_for_update()
    if row.scheme:
        return list(rows.filter(scheme=row.scheme))
    return list(rows.filter(kind=row.kind, country=row.country, scheme=""))


def _clashes(one: Registration, two: Registration) -> bool:
    return overlaps((one.valid_from, one.valid_to), (two.valid_from, two.valid_to))


def end_registration(
    *,
    registration: Registration,
    last_day: date,
    reason: str,
    actor: User | None,
    now: datetime,
) -> Registration:
    """Let a number end after `last_day`, yesterday at the earliest; one yet to begin is withdrawn.

    Orders that were charged under it keep it. Raises EndError, and TransitionError when it has been
    ended already.
    """
    with transaction.atomic():
        row = Registration.objects.select_for_update().get(pk=registration.pk)
        if not row.may_end(now):
            raise TransitionError(f"registration {row.pk} has ended")
        check_end(row, last_day=last_day, now=now)
        row.valid_to = max(last_day, row.valid_from - timedelta(days=1))
        row.end_reason = reason.strip()
        row.ended_by = actor
        row.ended_at = now
        row.save(update_fields=["valid_to", "end_reason", "ended_by", "ended_at"])
        record_action(
            actor=actor,
            action="end_registration",
            target=row,
            reason=reason,
            after={"valid_to": row.valid_to.isoformat()},
            now=now,
        )
    forget_registrations()
    return row


def check_end(row: Registration, *, last_day: date, now: datetime) -> None:
    """Raises EndError when a number can't end on that day."""
    if last_day < now.date() - timedelta(days=1):
        raise EndError("past")
    if row.valid_to is not None and last_day > row.valid_to:
        raise EndError("later")


def _words(row: Registration) -> dict[str, str]:
    """Without the number itself where that is nobody's to read."""
    return {
        "kind": row.kind,
        "country": row.country,
        "scheme": row.scheme,
        "valid_from": row.valid_from.isoformat(),
        "valid_to": row.valid_to.isoformat() if row.valid_to else "",
    }
