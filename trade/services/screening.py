"""Asking the sanctions lists about somebody, and deciding what a match means.

Whoever can't be asked about, because a list is missing or stale, is not let through: see Verdict.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db import transaction

from accounts.models import User
from accounts.services import record_action
from common.states import TransitionError
from trade.models import SanctionsList, ScreenedBusiness, ScreeningCase
from trade.rules.screening import Match, NameKind, Place, Subject, fold, owner_digest
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
class Question:
    """Whom to ask about. owner: the business, or the e-mail address of a buyer in lower case.

    places: where it is. A decision about the same names holds wherever in their country that is.
    """

    kind: ScreeningCase.Kind
    names: tuple[Name, ...]
    country: str
    owner: UUID | str
    places: tuple[Place, ...] = ()

    @property
    def key(self) -> str:
        return subject_key(self.names, self.country, self.owner)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the lists say to a question. lists: which imports were asked, "" where none could be.

    cases: a row for each entry that is resembled, with what was decided about it before; those that
    are new are not written yet (keep_matches).
    """

    question: Question
    lists: str
    cases: tuple[ScreeningCase, ...] = ()
    is_closed: bool = False

    @property
    def waiting(self) -> tuple[ScreeningCase, ...]:
        """What a moderator has not dismissed."""
        return tuple(case for case in self.cases if case.state != ScreeningState.CLEARED)

    @property
    def verdict(self) -> Verdict:
        if self.is_closed:
            return Verdict.CLOSED
        return Verdict.REVIEW if self.waiting else Verdict.CLEAR


@transaction.atomic
def screen_business(
    *,
    business_ref: UUID,
    names: Sequence[Name],
    country: str,
    now: datetime,
    places: Sequence[Place] = (),
) -> Answer:
    """Ask about a business. names: its own and those of whoever stands behind it."""
    kind = ScreeningCase.Kind.BUSINESS
    question = Question(kind, _given(names), country, business_ref, tuple(places))
    [answer] = keep_matches(ask([question], now=now))
    if answer.verdict != Verdict.CLOSED:
        ScreenedBusiness.objects.update_or_create(
            business_ref=business_ref,
            defaults={"subject_key": question.key, "lists": answer.lists, "screened_at": now},
        )
    return answer


def buyer_question(
    *, names: Sequence[Name], country: str, who: str, places: Sequence[Place] = ()
) -> Question:
    """To ask about a buyer: its name, the business it buys for, and where it has things sent to.

    who: its e-mail address, so that what was decided about one is not taken for its namesake; only
    a digest is kept. Nothing is kept of a buyer who resembles nobody.
    """
    kind, owner = ScreeningCase.Kind.BUYER, who.strip().lower()
    return Question(kind, _given(names), country, owner, tuple(places))


def _given(names: Sequence[Name]) -> tuple[Name, ...]:
    return tuple(name for name in names if name.text.strip())


def lists_stamp(*, now: datetime) -> str:
    """Which imports would be asked now, in a few letters."""
    return _stamp([one.listed for one in list_standings(now=now) if one.listed is not None])


def _stamp(listed: Sequence[SanctionsList]) -> str:
    return ",".join(f"{one.source}:{one.pk}" for one in listed)


def subject_key(names: Sequence[Name], country: str, owner: UUID | str) -> str:
    """The same for the same names in any order and with any signs between them, in one country."""
    folded = sorted({" ".join(sorted(fold(name.text).split())) or name.text for name in names})
    said = json.dumps([str(owner), country, folded])
    return hashlib.sha256(said.encode()).hexdigest()


def ask(questions: Sequence[Question], *, now: datetime) -> list[Answer]:
    """Hold each against the lists; nothing is written. Two queries, however many are asked about.

    Slow (docs/screening.md): never to be called while rows are locked that others wait for.
    """
    standings = list_standings(now=now)
    if not all(one.is_usable for one in standings):
        return [Answer(question, "", is_closed=True) for question in questions]
    listed = [one.listed for one in standings if one.listed is not None]
    loaded = loaded_lists(listed)
    found = [
        [
            _case(question, loaded.parties[match.key], match, listed, now)
            for match in _matches(loaded, question)
        ]
        for question in questions
    ]
    known = _known([case for cases in found for case in cases])
    return [
        Answer(question, _stamp(listed), tuple(known.get(_identity(case), case) for case in cases))
        for question, cases in zip(questions, found, strict=True)
    ]


def _matches(loaded: LoadedLists, question: Question) -> list[Match]:
    """The best match of each entry, whichever of the names it resembles."""
    best: dict[str, Match] = {}
    countries = frozenset([question.country] if question.country else [])
    for name in question.names:
        subject = Subject((name.text,), name.kind, countries, places=question.places)
        for match in loaded.index.search(subject):
            if match.key not in best or match.score > best[match.key].score:
                best[match.key] = match
    return list(best.values())


def _case(
    question: Question,
    party: Party,
    match: Match,
    listed: Sequence[SanctionsList],
    now: datetime,
) -> ScreeningCase:
    """The row of this subject and entry as it would be opened now."""
    is_buyer = isinstance(question.owner, str)
    return ScreeningCase(
        subject_kind=question.kind,
        subject_key=question.key,
        subject_ref=None if is_buyer else question.owner,
        owner_digest=owner_digest(str(question.owner)) if is_buyer else "",
        source=party.source,
        entry_ref=party.ref,
        entry_digest=party.digest,
        asked=[{"text": name.text, "kind": name.kind.value} for name in question.names],
        country=question.country,
        entry=party.said,
        score=match.score,
        explanation={
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
        list_dates={one.source: one.published_on.isoformat() for one in listed},
        opened_at=now,
    )


def _identity(case: ScreeningCase) -> tuple[str, ...]:
    """What there is one row of: the subject, and the entry as it says now."""
    return (
        str(case.subject_kind),
        case.subject_key,
        case.source,
        case.entry_ref,
        case.entry_digest,
    )


def _known(cases: Sequence[ScreeningCase]) -> dict[tuple[str, ...], ScreeningCase]:
    """The rows that are there already."""
    keys = {case.subject_key for case in cases}
    if not keys:
        return {}
    return {_identity(row): row for row in ScreeningCase.objects.filter(subject_key__in=keys)}


def keep_matches(answers: Sequence[Answer]) -> list[Answer]:
    """Write the new cases down; the answers again, with the rows as they are. Two queries at most."""
    every = [case for answer in answers for case in answer.cases]
    new = [case for case in every if case._state.adding]
    if not new:
        return list(answers)
    # Somebody else may have opened the same one meanwhile: whose row it is does not matter.
    ScreeningCase.objects.bulk_create(new, ignore_conflicts=True)
    known = _known(every)
    return [
        replace(answer, cases=tuple(known[_identity(case)] for case in answer.cases))
        for answer in answers
    ]


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
