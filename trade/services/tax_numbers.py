"""Finding out about buyers' tax numbers: from the authority, again later, or from a moderator.

A number counts only while it is confirmed. The authority is asked outside any transaction: at the
checkout for a few seconds, and by ask_again for what nobody has answered.
"""

from __future__ import annotations

import logging
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.db.models import Q

from accounts.models import User
from accounts.services import record_action
from common.states import TransitionError
from common.sweeps import ROW_FAILURES
from notifications.services import notify
from trade.gateways import Answer, ask_authority, askable_countries
from trade.models import TaxNumberCheck, TaxNumberClaim
from trade.notices import TaxNumberConfirmed, TaxNumberRefused
from trade.selectors.tax_numbers import current_check
from trade.states import TAX_NUMBER, TaxNumberState

logger = logging.getLogger(__name__)

# A buyer who waits for a page waits no longer than that.
CHECKOUT_SECONDS: Final = 4.0
SWEEP_SECONDS: Final = 20.0
# After an authority was out of order nobody's checkout waits for it again for so long.
SILENCE_SECONDS: Final = 30
# A number that was given yesterday may be in the register today.
REFUSAL_HOLDS: Final = timedelta(days=1)
LEASE: Final = timedelta(minutes=2)
LONGEST_PAUSE: Final = timedelta(hours=6)
MOST_A_SWEEP: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimant:
    """Who says that a number is its own. user: None for a guest."""

    user: User | None
    email: str
    language: str
    business_name: str


# --- asking -----------------------------------------------------------------------------------


def find_out(*, country: str, number: str, now: datetime) -> TaxNumberCheck | None:
    """What is known of a number; the authority is asked where nothing is, if it can be.

    number: as clean_buyer_number has it. None: nothing is known, and nothing is kept of it. Not to
    be called in a transaction.
    """
    known = current_check(country=country, number=number, now=now)
    if known is not None and known.state != TaxNumberState.UNANSWERED:
        return known
    silent = f"tax-authority-silent:{country}"
    if cache.get(silent):
        return known
    answer = ask_authority(country=country, number=number, seconds=CHECKOUT_SECONDS)
    if answer is None:
        return known
    if answer.is_out_of_order:
        cache.set(silent, 1, SILENCE_SECONDS)
    if answer.outcome == TaxNumberState.UNANSWERED:
        if known is not None:
            _note_silence(known, answer, now)
        return known
    return _write_down(country, number, answer, now)


def ask_again(*, now: datetime) -> int:
    """Ask about numbers that somebody waits for and nobody has answered; returns how many were asked."""
    asked = 0
    while asked < MOST_A_SWEEP and (row := _next_to_ask(now)) is not None:
        asked += 1
        try:
            answer = ask_authority(country=row.country, number=row.number, seconds=SWEEP_SECONDS)
            if answer is None or answer.outcome == TaxNumberState.UNANSWERED:
                _note_silence(row, answer, now)
            else:
                _write_down(row.country, row.number, answer, now)
        except ROW_FAILURES:
            logger.exception("asking about tax number %s failed", row.pk)
    return asked


@transaction.atomic
def _next_to_ask(now: datetime) -> TaxNumberCheck | None:
    """The next one that is due, taken for a while so that nobody else asks about it."""
    row = (
        TaxNumberCheck.objects.select_for_update(skip_locked=True)
        .filter(
            Q(next_ask_at__isnull=True) | Q(next_ask_at__lte=now),
            state=TaxNumberState.UNANSWERED,
            is_current=True,
            country__in=askable_countries(),
        )
        .order_by("opened_at")
        .first()
    )
    if row is not None:
        row.next_ask_at = now + LEASE
        row.save(update_fields=["next_ask_at"])
    return row


def _note_silence(row: TaxNumberCheck, answer: Answer | None, now: datetime) -> None:
    """Asked without an answer; the pause doubles each time."""
    attempts = min(row.attempts + 1, 1000)
    pause = min(timedelta(minutes=2 ** min(attempts, 10)), LONGEST_PAUSE)
    TaxNumberCheck.objects.filter(pk=row.pk, state=TaxNumberState.UNANSWERED).update(
        asked_at=now,
        attempts=attempts,
        next_ask_at=now + pause,
        last_word=answer.word if answer is not None else "",
    )


@transaction.atomic
def _write_down(country: str, number: str, answer: Answer, now: datetime) -> TaxNumberCheck:
    row = _open_check(country, number, now)
    if row.state != TaxNumberState.UNANSWERED:
        # A moderator was first, and knows more than the register.
        return row
    is_confirmed = answer.outcome == TaxNumberState.CONFIRMED
    holds = timedelta(days=settings.TAX_NUMBER_DAYS) if is_confirmed else REFUSAL_HOLDS
    try:
        _settle(
            row,
            answer.outcome,
            now,
            source=TaxNumberCheck.Source.VIES,
            authority_name=answer.name,
            authority_address=answer.address,
            consultation_ref=answer.reference,
            asked_at=now,
            last_word="",
            expires_at=now + holds,
        )
    except TransitionError:
        # Somebody else has settled it meanwhile: that stands.
        row.refresh_from_db()
    return row


def _open_check(country: str, number: str, now: datetime) -> TaxNumberCheck:
    """The row in use; a new one where there is none, or what was said is too old."""
    known = current_check(country=country, number=number, now=now)
    if known is not None:
        return known
    mine = TaxNumberCheck.objects.filter(country=country, number=number, is_current=True)
    mine.filter(expires_at__lte=now).update(is_current=False)
    try:
        with transaction.atomic():
            return TaxNumberCheck.objects.create(country=country, number=number, opened_at=now)
    except IntegrityError as error:
        if "tax_number_check_one_current" not in str(error):
            raise
        return mine.get()


# --- who waits for it -------------------------------------------------------------------------


@transaction.atomic
def claim_number(
    *,
    country: str,
    number: str,
    claimant: Claimant,
    purchase_ref: uuid.UUID | None,
    counted: bool,
    now: datetime,
) -> TaxNumberClaim:
    """Write down who gave a number, for which purchase if any, and whether that was priced by it.

    What is not confirmed waits for an answer from now on, and the claimant is told of it.
    """
    row = _open_check(country, number, now)
    claim, _made = TaxNumberClaim.objects.get_or_create(
        about=row,
        email=claimant.email,
        purchase_ref=purchase_ref,
        defaults={
            "user": claimant.user,
            "language": claimant.language,
            "business_name": claimant.business_name,
            "counted": counted,
            "made_at": now,
        },
    )
    return claim


# --- moderators -------------------------------------------------------------------------------


def confirm_number(
    *, check: TaxNumberCheck, actor: User, reason: str, now: datetime
) -> TaxNumberCheck:
    """It is the number of a business: its buyers are businesses for TAX_NUMBER_DAYS.

    Raises TransitionError, ValueError without a reason.
    """
    until = now + timedelta(days=settings.TAX_NUMBER_DAYS)
    return _decide(check, TaxNumberState.CONFIRMED, actor, reason, now, until)


def refuse_number(
    *, check: TaxNumberCheck, actor: User, reason: str, now: datetime
) -> TaxNumberCheck:
    """It counts for nobody, until a moderator says otherwise; whoever gave it is told why.

    Raises TransitionError, ValueError without a reason.
    """
    return _decide(check, TaxNumberState.REFUSED, actor, reason, now, None)


@transaction.atomic
def _decide(
    check: TaxNumberCheck,
    new: TaxNumberState,
    actor: User,
    reason: str,
    now: datetime,
    until: datetime | None,
) -> TaxNumberCheck:
    said = reason.strip()
    if not said:
        raise ValueError("a decision about a tax number needs a reason")
    old = check.state
    _settle(
        check,
        new,
        now,
        source=TaxNumberCheck.Source.MODERATOR,
        decided_by=actor,
        reason=said,
        expires_at=until,
    )
    record_action(
        actor=actor,
        action="confirm_tax_number" if new == TaxNumberState.CONFIRMED else "refuse_tax_number",
        target=check,
        reason=said,
        before={"state": str(old)},
        after={"state": str(new)},
        now=now,
    )
    return check


# --- settling and telling ---------------------------------------------------------------------


def _settle(row: TaxNumberCheck, new: TaxNumberState, now: datetime, **fields: Any) -> None:
    """Take the edge, if nobody was first, and tell whom it concerns. Raises TransitionError."""
    old = TaxNumberState(row.state)
    TAX_NUMBER.check(old, new)
    changed = TaxNumberCheck.objects.filter(pk=row.pk, state=old, is_current=True).update(
        state=new, decided_at=now, **fields
    )
    if not changed:
        raise TransitionError(f"{old} is not its state any more")
    row.refresh_from_db()
    _tell(row, now)


def _tell(row: TaxNumberCheck, now: datetime) -> None:
    """Once a person; never what the authority's register says."""
    kind = TaxNumberConfirmed if row.state == TaxNumberState.CONFIRMED else TaxNumberRefused
    by_email = {claim.email: claim for claim in row.claims.select_related("user")}
    for email, claim in by_email.items():
        words = kind(number=row.number, reason=row.reason).render(language=claim.language, url="/")
        key = f"tax-number:{row.pk}:{now.isoformat()}:{email}"
        notify(key=key, user=claim.user, email=email, now=now, **words)
