"""Holding businesses against the sanctions lists: before they are approved, and whenever a list changes."""

from __future__ import annotations

from datetime import datetime

from common.states import TransitionError
from sellers.models import Business, Membership
from sellers.states import BusinessState, Role
from trade.rules.screening import NameKind, Place
from trade.selectors.screening import screened_businesses
from trade.services.screening import (
    Answer,
    Name,
    Verdict,
    lists_stamp,
    screen_business,
    subject_key,
)

WATCHED = (BusinessState.IN_REVIEW, BusinessState.APPROVED)


class NotScreenedError(TransitionError):
    """It can't be approved: `verdict` is REVIEW (a match is open or confirmed) or CLOSED (no lists)."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(f"the sanctions lists say {verdict}")
        self.verdict = verdict


def screen(business: Business, *, now: datetime) -> Answer:
    """Ask about its name, the person and company of its address, and its owners."""
    address = business.address or {}
    return screen_business(
        business_ref=business.pk,
        names=_names(business),
        country=business.country,
        places=[Place(address.get("street_address", ""), address.get("city", ""))],
        now=now,
    )


def check_screened(business: Business, *, now: datetime) -> None:
    """Raise NotScreenedError unless it resembles nobody or a moderator said that it is somebody else.

    Not to be called in a transaction that the error would roll back: the match is kept.
    """
    answer = screen(business, now=now)
    if answer.verdict != Verdict.CLEAR:
        raise NotScreenedError(answer.verdict)


def rescreen_businesses(*, now: datetime) -> int:
    """Ask again about each that sells or waits and wasn't asked about with today's lists.

    Returns how many were asked about. A match opens a case; what it means for a business that sells
    already is for a moderator to say.
    """
    known = screened_businesses(lists=lists_stamp(now=now))
    asked = 0
    waiting = Business.objects.filter(state__in=WATCHED).order_by("pk")
    for business in waiting.prefetch_related("memberships__user").iterator(chunk_size=500):
        key = subject_key(_names(business), business.country, business.pk)
        if known.get(business.pk) == key:
            continue
        if screen(business, now=now).verdict == Verdict.CLOSED:
            break
        asked += 1
    return asked


def _names(business: Business) -> list[Name]:
    address = business.address or {}
    owners = [one for one in business.memberships.all() if _owns(one)]
    people = {address.get("name", ""), *(one.user.name for one in owners)} - {""}
    names = [Name(business.name), *(Name(one, NameKind.PERSON) for one in sorted(people))]
    company = address.get("company_name", "")
    return [*names, Name(company, NameKind.COMPANY)] if company else names


def _owns(membership: Membership) -> bool:
    return membership.role == Role.OWNER
