"""Asking again about the buyers of open purchases, after a list has changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from trade.models import ScreenedPurchase, ScreeningCase
from trade.services.screening import Answer, Question, Verdict, ask, keep_matches
from trade.states import ScreeningState


def screen_purchases(*, questions: Mapping[UUID, Question], now: datetime) -> dict[UUID, Answer]:
    """Ask about the buyer of each purchase; at most five queries, however many there are.

    Whoever passes is written down as asked about. Who must wait is not, so that it is asked about
    once more if its orders could not be stopped: whoever stops them calls note_hit.
    """
    answers = keep_matches(ask(list(questions.values()), now=now))
    by_purchase = dict(zip(questions, answers, strict=True))
    _note({ref: one for ref, one in by_purchase.items() if one.verdict == Verdict.CLEAR}, now)
    return by_purchase


def note_hit(*, purchase_ref: UUID, answer: Answer, now: datetime) -> bool:
    """Write down that its buyer waits for a moderator, in the transaction that stops its orders.

    The cases stay locked until then, so that a decision comes wholly before or after. False where
    all were dismissed meanwhile: nothing is to be stopped.
    """
    ids = [case.pk for case in answer.cases]
    locked = ScreeningCase.objects.select_for_update().filter(pk__in=ids).order_by("pk")
    waits = any(case.state != ScreeningState.CLEARED for case in locked)
    _note({purchase_ref: answer}, now)
    return waits


def _note(answers: Mapping[UUID, Answer], now: datetime) -> None:
    ScreenedPurchase.objects.bulk_create(
        (
            ScreenedPurchase(
                purchase_ref=ref,
                # Of a buyer who resembles nobody nothing is kept.
                subject_key=answer.question.key if answer.cases else "",
                lists=answer.lists,
                screened_at=now,
            )
            for ref, answer in answers.items()
        ),
        update_conflicts=True,
        unique_fields=["purchase_ref"],
        update_fields=["subject_key", "lists", "screened_at"],
    )
