"""A business that resembles a party on a sanctions list is not approved before somebody has looked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse
from pytest_django import Settings as SettingsWrapper

from accounts.models import AuditEntry, User
from common.addresses import PostalAddress
from notifications.models import EmailDelivery, Notice
from orders.services.matches import clear_match as decide_clear
from orders.services.matches import confirm_match as decide_confirm
from payments.models import Payee
from sellers.models import Business
from sellers.services import (
    NotScreenedError,
    approve_business,
    open_business,
    reinstate_business,
    submit_for_review,
    suspend_business,
)
from sellers.services.screening import rescreen_businesses
from sellers.states import BusinessState
from tests.sellers.conftest import NOW
from trade.models import SanctionsList, ScreeningCase
from trade.services.sanctions_lists import refresh_demo_list
from trade.services.screening import Verdict, clear_match

pytestmark = pytest.mark.django_db
MAURITIUS = PostalAddress(
    country_code="MU", name="Priya Ramgoolam", street_address="3 Quay Street", city="Port Louis"
)


@pytest.fixture
def suspect(ama: User) -> Business:
    business = open_business(
        owner=ama,
        name="Kestrel Moor Shipping Ltd",
        country="MU",
        currency="EUR",
        address=MAURITIUS,
        agreed_fee_bp=django_settings.PLATFORM_FEE_PERCENT_BP,
        now=NOW,
    )
    return submit_for_review(business=business, actor=ama, now=NOW)


def test_asking_for_review_opens_a_case(suspect: Business) -> None:
    case = ScreeningCase.objects.get()
    assert (case.subject_kind, case.subject_ref, case.state) == ("BUSINESS", suspect.pk, "OPEN")
    assert case.entry_ref == "DEMO-4"


def test_an_open_case_stops_approval(
    suspect: Business, moderator: User, as_moderator: Client
) -> None:
    before = (AuditEntry.objects.count(), EmailDelivery.objects.count())
    with pytest.raises(NotScreenedError) as refused:
        approve_business(business=suspect, actor=moderator, now=NOW)
    assert refused.value.verdict == Verdict.REVIEW
    there = reverse("admin:sellers_business_approve", args=[suspect.pk])
    page = as_moderator.post(there, {"reason": ""})
    assert page.status_code == 422
    assert "resembles a party on a sanctions list" in page.content.decode()
    suspect.refresh_from_db()
    assert suspect.state == BusinessState.IN_REVIEW
    assert (AuditEntry.objects.count(), EmailDelivery.objects.count()) == before


def test_it_is_approved_once_it_was_cleared(suspect: Business, moderator: User) -> None:
    clear_match(case=ScreeningCase.objects.get(), actor=moderator, reason="Other owners.", now=NOW)
    approved = approve_business(business=suspect, actor=moderator, now=NOW)
    assert approved.state == BusinessState.APPROVED


def test_nobody_is_approved_without_a_fresh_list(
    waiting: Business, moderator: User, as_moderator: Client, settings: SettingsWrapper
) -> None:
    settings.SANCTIONS_MAX_AGE_DAYS = 7
    SanctionsList.objects.update(imported_at=NOW - timedelta(days=8))
    with pytest.raises(NotScreenedError) as refused:
        approve_business(business=waiting, actor=moderator, now=NOW)
    assert refused.value.verdict == Verdict.CLOSED
    there = reverse("admin:sellers_business_approve", args=[waiting.pk])
    assert "missing or too old" in as_moderator.post(there, {"reason": ""}).content.decode()
    waiting.refresh_from_db()
    assert waiting.state == BusinessState.IN_REVIEW


def test_the_owner_is_asked_about_too(business: Business, ama: User) -> None:
    ama.name = "Yusuf Abdulrahman Tuwaiji"
    ama.save(update_fields=["name"])
    submit_for_review(business=business, actor=ama, now=NOW)
    assert ScreeningCase.objects.get().entry_ref == "DEMO-2"


def test_a_new_list_is_held_against_those_who_sell(approved: Business) -> None:
    assert rescreen_businesses(now=NOW) == 0
    later = NOW + timedelta(days=1)
    listed = refresh_demo_list(now=later)
    listed.parties.filter(ref="DEMO-4").update(
        names=[{"text": "Kente by Ama", "weak": False}], countries=["GH"], digest="new"
    )
    assert rescreen_businesses(now=later) == 1
    case = ScreeningCase.objects.get()
    assert (case.subject_ref, case.entry_ref) == (approved.pk, "DEMO-4")
    assert rescreen_businesses(now=later) == 0
    approved.refresh_from_db()
    assert approved.state == BusinessState.APPROVED


@pytest.fixture
def matched(approved: Business) -> ScreeningCase:
    """A business that sells has come on a list since."""
    listed = refresh_demo_list(now=NOW + timedelta(days=1))
    listed.parties.filter(ref="DEMO-4").update(
        names=[{"text": "Kente by Ama", "weak": False}], countries=["GH"], digest="new"
    )
    rescreen_businesses(now=NOW + timedelta(days=1))
    return ScreeningCase.objects.get()


def test_a_confirmed_match_suspends_the_business_by_itself(
    matched: ScreeningCase, approved: Business, moderator: User, as_moderator: Client
) -> None:
    there = reverse("admin:trade_screeningcase_confirm", args=[matched.pk])
    assert as_moderator.post(there, {"reason": " "}).status_code == 422
    approved.refresh_from_db()
    assert approved.state == BusinessState.APPROVED
    assert as_moderator.post(there, {"reason": "Same register number."}).status_code == 302
    approved.refresh_from_db()
    assert approved.state == BusinessState.SUSPENDED
    entry = AuditEntry.objects.get(action="suspend_business")
    assert (entry.actor, entry.reason) == (moderator, "Same register number.")
    payee = Payee.objects.get(pk=approved.payee_id)
    assert payee.payouts_held
    # Its owners learn that it is suspended, not for what it was taken.
    notice = Notice.objects.get(kind="business_suspended")
    for text in (notice.text, notice.subject, approved.review_reason, payee.hold_reason):
        assert "register number" not in text
        assert "sanction" not in text.lower()
    assert Notice.objects.get(kind="match_confirmed").recipient == moderator


def test_dismissing_unsuspends_nobody(
    matched: ScreeningCase, approved: Business, moderator: User
) -> None:
    suspend_business(business=approved, actor=moderator, reason="It sells fakes.", now=NOW)
    payee = Payee.objects.get(pk=approved.payee_id)
    entries = AuditEntry.objects.filter(target_id=str(approved.pk)).count()
    decide_confirm(case=matched, actor=moderator, reason="Same register number.", now=NOW)
    matched.refresh_from_db()
    decide_clear(case=matched, actor=moderator, reason="Other owners after all.", now=NOW)
    approved.refresh_from_db()
    assert (approved.state, approved.review_reason) == ("SUSPENDED", "It sells fakes.")
    assert AuditEntry.objects.filter(target_id=str(approved.pk)).count() == entries
    payee.refresh_from_db()
    assert (payee.payouts_held, payee.hold_reason) == (True, "It sells fakes.")


def test_a_confirmed_business_comes_back_only_by_its_own_door(
    matched: ScreeningCase, approved: Business, moderator: User
) -> None:
    decide_confirm(case=matched, actor=moderator, reason="Same register number.", now=NOW)
    approved.refresh_from_db()
    with pytest.raises(NotScreenedError):
        reinstate_business(business=approved, actor=moderator, reason="They asked.", now=NOW)
    matched.refresh_from_db()
    decide_clear(case=matched, actor=moderator, reason="Other owners after all.", now=NOW)
    approved.refresh_from_db()
    assert approved.state == BusinessState.SUSPENDED
    reinstate_business(business=approved, actor=moderator, reason="Other owners.", now=NOW)
    approved.refresh_from_db()
    assert approved.state == BusinessState.APPROVED
    assert not Payee.objects.get(pk=approved.payee_id).payouts_held


def test_one_that_waits_is_not_suspended_but_not_approved_either(
    suspect: Business, moderator: User
) -> None:
    case = ScreeningCase.objects.get()
    decide_confirm(case=case, actor=moderator, reason="Same register number.", now=NOW)
    suspect.refresh_from_db()
    assert suspect.state == BusinessState.IN_REVIEW
    with pytest.raises(NotScreenedError):
        approve_business(business=suspect, actor=moderator, now=NOW)
