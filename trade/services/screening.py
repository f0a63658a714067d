"""Asking the sanctions lists about somebody, and deciding what a match means.

Whoever can't be asked about, because a list is missing or stale, is not let through: see Verdict.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db import transaction

from accounts.models import User
from accounts.services import record_action
from common.states import TransitionError
from trade.models import SanctionsList, ScreenedBusiness, ScreeningCase
from trade.rules.screening import Match, NameKind, Subject, fold
from trade.selectors.screening import LoadedLists, Party, list_standings, loaded_lists
from trade.states import SCREENING, ScreeningState


class Verdict(StrEnum):
    """CLEAR: go on. REVIEW: a person must look first. CLOSED: the lists can't be asked today."""

    CLEAR = "CLEAR"
    REVIEW = "REVIEW"
    CLOSED = "CLOSED"


@dataclass(frozen=True, slots=True)
class Name:
    """A name to ask about, and what bears it."""

    text: str
    kind: NameKind = NameKind.UNKNOWN


@dataclass(frozen=True, slots=True)
class Screening:
    """The answer. cases: what waits for a person or was confirmed."""

    verdict: Verdict
    cases: tuple[ScreeningCase, ...] = ()


@transaction.atomic
def screen_business(
    *, business_ref: UUID, names: Sequence[Name], country: str, now: datetime
) -> Screening:
    """Ask about a business. names: its own and those of whoever stands behind it."""
    answer = _screen(
        ScreeningCase.Kind.BUSINESS, names, country=country, owner=business_ref, now=now
    )
    if answer.verdict != Verdict.CLOSED:
        ScreenedBusiness.objects.update_or_create(
            business_ref=business_ref,
            defaults={
                "subject_key": subject_key(names, country, business_ref),
                "lists": lists_stamp(now=now),
                "screened_at": now,
            },
        )
    return answer


def screen_buyer(*, names: Sequence[Name], country: str, who: str, now: datetime) -> Screening:
    """Ask about a buyer: its name, the business it buys for, and the country it has things sent to.

    who: its e-mail address, so that what was decided about one is not taken for its namesake; only
    a digest is kept. Nothing is kept of a buyer who resembles nobody.
    """
    owner = who.strip().lower()
    return _screen(ScreeningCase.Kind.BUYER, names, country=country, owner=owner, now=now)


def lists_stamp(*, now: datetime) -> str:
    """Which imports would be asked now, in a few letters."""
    standings = list_standings(now=now)
    return ",".join(f"{one.source}:{one.listed.pk}" for one in standings if one.listed)


def subject_key(names: Sequence[Name], country: str, owner: UUID | str) -> str:
    """The same for the same names in any order and with any signs between them, in one country."""
    folded = sorted({" ".join(sorted(fold(name.text).split())) or name.text for name in names})
    said = json.dumps([str(owner), country, folded])
    return hashlib.sha256(said.encode()).hexdigest()


def _screen(
    kind: ScreeningCase.Kind,
    names: Sequence[Name],
    *,
    country: str,
    owner: UUID | str,
    now: datetime,
) -> Screening:
    standings = list_standings(now=now)
    if not all(one.is_usable for one in standings):
        return Screening(Verdict.CLOSED)
    asked = [name for name in names if name.text.strip()]
    listed = [one.listed for one in standings if one.listed is not None]
    loaded = loaded_lists(listed)
    key = subject_key(asked, country, owner)
    cases = tuple(
        _case(kind, key, asked, country, owner, loaded.parties[match.key], match, listed, now)
        for match in _matches(loaded, asked, country)
    )
    waiting = tuple(case for case in cases if case.state != ScreeningState.CLEARED)
    return Screening(Verdict.REVIEW if waiting else Verdict.CLEAR, waiting)


def _matches(loaded: LoadedLists, names: Sequence[Name], country: str) -> list[Match]:
    """The best match of each entry, whichever of the names it resembles."""
    best: dict[str, Match] = {}
    countries = frozenset([country] if country else [])
    for name in names:
        for match in loaded.index.search(Subject((name.text,), name.kind, countries)):
            if match.key not in best or match.score > best[match.key].score:
                best[match.key] = match
    return list(best.values())


def _case(
    kind: ScreeningCase.Kind,
    key: str,
    asked: Sequence[Name],
    country: str,
    owner: UUID | str,
    party: Party,
    match: Match,
    listed: Sequence[SanctionsList],
    now: datetime,
) -> ScreeningCase:
    """The row of this subject and entry, as it says now; made where there is none."""
    case, _made = ScreeningCase.objects.get_or_create(
        subject_kind=kind,
        subject_key=key,
        source=party.source,
        entry_ref=party.ref,
        entry_digest=party.digest,
        defaults={
            "subject_ref": owner if isinstance(owner, UUID) else None,
            "asked": [{"text": name.text, "kind": name.kind.value} for name in asked],
            "country": country,
            "entry": party.said,
            "score": match.score,
            "explanation": {
                "asked": match.asked_name,
                "listed": match.listed_name,
                "parts": [
                    {
                        "reason": part.reason.value,
                        "asked": part.asked,
                        "listed": part.listed,
                        "points": part.points,
                    }
                    for part in match.parts
                ],
            },
            "list_dates": {one.source: one.published_on.isoformat() for one in listed},
            "opened_at": now,
        },
    )
    return case


def clear_match(*, case: ScreeningCase, actor: User, reason: str, now: datetime) -> ScreeningCase:
    """It is somebody else: whoever was held may go on, until the entry changes.

    Raises TransitionError, ValueError without a reason.
    """
    return _decide(case, ScreeningState.CLEARED, "clear_match", actor, reason, now)


def confirm_match(*, case: ScreeningCase, actor: User, reason: str, now: datetime) -> ScreeningCase:
    """It is the party on the list: nothing goes on. Raises TransitionError, ValueError without a reason."""
    return _decide(case, ScreeningState.CONFIRMED, "confirm_match", actor, reason, now)


@transaction.atomic
def _decide(
    case: ScreeningCase, new: ScreeningState, action: str, actor: User, reason: str, now: datetime
) -> ScreeningCase:
    if not reason.strip():
        raise ValueError("a decision about a match needs a reason")
    old = ScreeningState(case.state)
    SCREENING.check(old, new)
    changed = ScreeningCase.objects.filter(pk=case.pk, state=old).update(
        state=new, decided_by=actor, decided_at=now, reason=reason.strip()
    )
    if not changed:
        raise TransitionError(f"{old} is not its state any more")
    case.refresh_from_db()
    record_action(
        actor=actor,
        action=action,
        target=case,
        reason=reason.strip(),
        before={"state": str(old)},
        after={"state": str(new)},
        now=now,
    )
    return case
