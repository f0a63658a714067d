"""A moderator's decisions about a business, each with its notice and its line in the audit trail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import AuditEntry, User
from accounts.selectors import has_verified_email
from accounts.services import record_action
from common.states import TransitionError
from notifications.notices import NoticeTemplate
from payments.services.payees import SUSPENDED, hold_payouts, resume_payouts
from sellers.models import Business
from sellers.notices import (
    BusinessApproved,
    BusinessReinstated,
    BusinessRejected,
    BusinessSubmitted,
    BusinessSuspended,
    tell_business,
)
from sellers.rules import missing_for_review
from sellers.services.screening import check_screened, screen
from sellers.states import BUSINESS, BusinessState, Role


class NotReadyError(Exception):
    """Something is missing before a moderator can look; `missing` says what."""

    def __init__(self, missing: tuple[str, ...]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing


class ReasonMissingError(ValueError):
    """A decision against somebody needs a reason that they are told."""


def submit_for_review(*, business: Business, actor: User, now: datetime) -> Business:
    """Ask a moderator to look.

    Raises NotReadyError (the actor's e-mail address is not verified, no address, no agreement to
    the fee) and TransitionError when it waits already or has been decided. The sanctions lists are
    asked as well; what they say is for the moderator.
    """
    changed = _submit(business, actor, now)
    screen(changed, now=now)
    return changed


@transaction.atomic
def _submit(business: Business, actor: User, now: datetime) -> Business:
    missing = missing_for_review(
        email_verified=has_verified_email(user_id=actor.pk),
        has_address=bool(business.address),
        fee_agreed=business.fee_agreed_at is not None,
    )
    if missing:
        raise NotReadyError(missing)
    changed, entry = _move(
        business,
        BusinessState.IN_REVIEW,
        actor=actor,
        action="submit_business",
        fields={"submitted_at": now, "review_reason": ""},
        now=now,
    )
    _tell_owners(changed, entry, BusinessSubmitted(business=changed), now=now)
    return changed


def approve_business(
    *, business: Business, actor: User, reason: str = "", now: datetime
) -> Business:
    """Let a business sell.

    Raises TransitionError unless it waits for review, NotScreenedError while it resembles a party
    on a sanctions list or the lists can't be asked.
    """
    check_screened(business, now=now)
    return _approve(business, actor, reason, now)


@transaction.atomic
def _approve(business: Business, actor: User, reason: str, now: datetime) -> Business:
    if business.state == BusinessState.SUSPENDED:
        raise TransitionError("a suspended business is reinstated, not approved")
    changed, entry = _move(
        business,
        BusinessState.APPROVED,
        actor=actor,
        action="approve_business",
        sources=[BusinessState.IN_REVIEW],
        reason=reason,
        fields={"approved_at": now, "review_reason": ""},
        now=now,
    )
    _tell_owners(changed, entry, BusinessApproved(business=changed), now=now)
    return changed


@transaction.atomic
def reject_business(*, business: Business, actor: User, reason: str, now: datetime) -> Business:
    """Send a business back with a reason; it may change and ask again.

    Raises ReasonMissingError, TransitionError.
    """
    changed, entry = _move(
        business,
        BusinessState.REJECTED,
        actor=actor,
        action="reject_business",
        reason=_given(reason),
        fields={"review_reason": reason.strip()},
        now=now,
    )
    _tell_owners(changed, entry, BusinessRejected(business=changed, reason=reason.strip()), now=now)
    return changed


@transaction.atomic
def suspend_business(
    *, business: Business, actor: User, reason: str, now: datetime, told: str = ""
) -> Business:
    """Hide its listings at once and hold its payouts; open orders are still to be fulfilled.

    told: what its owners read, where that is not the reason on record. Raises ReasonMissingError,
    TransitionError.
    """
    told = told.strip() or reason.strip()
    changed, entry = _move(
        business,
        BusinessState.SUSPENDED,
        actor=actor,
        action="suspend_business",
        reason=_given(reason),
        fields={"review_reason": told},
        now=now,
    )
    hold_payouts(payee_id=changed.payee_id, reason=told[:200], now=now, cause=SUSPENDED)
    _tell_owners(changed, entry, BusinessSuspended(business=changed, reason=told), now=now)
    return changed


@transaction.atomic
def suspend_for_match(
    *, business_ref: UUID, actor: User, reason: str, now: datetime
) -> Business | None:
    """A moderator has said that it is a party on a sanctions list: suspend it, if it sells.

    reason: for the record only, since its owners are not told why. None where there was nothing to
    suspend: who does not sell is not approved either.
    """
    business = Business.objects.select_for_update().filter(pk=business_ref).first()
    if business is None or business.state != BusinessState.APPROVED:
        return None
    with translation.override(business.language or settings.LANGUAGE_CODE):
        told = _("We have to look at your business again before it can go on.")
    return suspend_business(business=business, actor=actor, reason=reason, told=told, now=now)


def reinstate_business(*, business: Business, actor: User, reason: str, now: datetime) -> Business:
    """Let a suspended business sell and be paid again.

    Raises ReasonMissingError, TransitionError, NotScreenedError as approve_business does.
    """
    check_screened(business, now=now)
    return _reinstate(business, actor, reason, now)


@transaction.atomic
def _reinstate(business: Business, actor: User, reason: str, now: datetime) -> Business:
    changed, entry = _move(
        business,
        BusinessState.APPROVED,
        actor=actor,
        action="reinstate_business",
        sources=[BusinessState.SUSPENDED],
        reason=_given(reason),
        fields={"review_reason": ""},
        now=now,
    )
    resume_payouts(payee_id=changed.payee_id, now=now, cause=SUSPENDED)
    notice = BusinessReinstated(business=changed, reason=reason.strip())
    _tell_owners(changed, entry, notice, now=now)
    return changed


def _given(reason: str) -> str:
    if not reason.strip():
        raise ReasonMissingError
    return reason.strip()


def _move(
    business: Business,
    new: BusinessState,
    *,
    actor: User,
    action: str,
    sources: list[BusinessState] | None = None,
    reason: str = "",
    fields: Mapping[str, Any],
    now: datetime,
) -> tuple[Business, AuditEntry]:
    """Take an edge of the table for exactly one caller, and write down who took it."""
    locked = Business.objects.select_for_update().get(pk=business.pk)
    old = locked.state
    if old not in (sources or BUSINESS.sources(new)):
        raise TransitionError(f"{old} cannot become {new}")
    Business.objects.filter(pk=business.pk, state=old).update(state=new, **fields)
    locked.refresh_from_db()
    entry = record_action(
        actor=actor,
        action=action,
        target=locked,
        reason=reason,
        before={"state": str(old)},
        after={"state": str(new)},
        now=now,
    )
    return locked, entry


def _tell_owners(
    business: Business, entry: AuditEntry, notice: NoticeTemplate, *, now: datetime
) -> None:
    tell_business(
        business=business,
        notice=notice,
        url=reverse("sellers:status", kwargs={"slug": business.slug}),
        key=f"{notice.kind}:{entry.pk}",
        now=now,
        roles=(Role.OWNER,),
    )
