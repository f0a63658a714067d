"""A moderator's decisions: with a reason, told to the owners, written down for good."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, User
from common.states import TransitionError
from notifications.models import EmailDelivery, Notice
from sellers.models import Business
from sellers.services import (
    ReasonMissingError,
    approve_business,
    reinstate_business,
    reject_business,
    submit_for_review,
    suspend_business,
)
from sellers.states import BusinessState
from tests.sellers.conftest import NOW, person, signed_in


def admin_url(business: Business, what: str = "change") -> str:
    return f"/admin/sellers/business/{business.pk}/{what}/"


def action_url(business: Business, what: str) -> str:
    return reverse(f"admin:sellers_business_{what}", args=[business.pk])


def test_approved(waiting: Business, moderator: User, ama: User) -> None:
    approved = approve_business(business=waiting, actor=moderator, now=NOW)
    assert (approved.state, approved.approved_at) == (BusinessState.APPROVED, NOW)
    assert list(Business.objects.selling()) == [approved]
    written = AuditEntry.objects.filter(action="approve_business").get()
    assert (written.actor, written.before, written.after) == (
        moderator,
        {"state": "IN_REVIEW"},
        {"state": "APPROVED"},
    )
    notice = Notice.objects.get(kind="business_approved")
    assert (notice.recipient, notice.url) == (ama, f"/sell/{approved.slug}/status/")
    assert "Kente by Ama" in EmailDelivery.objects.get(notice=notice).subject


def test_sent_back_with_a_reason_and_asked_again(
    waiting: Business, moderator: User, ama: User, as_ama: Client
) -> None:
    reason = "The address <12> is not complete."
    rejected = reject_business(business=waiting, actor=moderator, reason=reason, now=NOW)
    assert (rejected.state, rejected.review_reason) == (BusinessState.REJECTED, reason)
    assert reason in Notice.objects.get(kind="business_rejected").text
    assert "&lt;12&gt;" in EmailDelivery.objects.get(notice__kind="business_rejected").html
    page = as_ama.get(reverse("sellers:status", args=[rejected.slug])).content.decode()
    assert "The address &lt;12&gt; is not complete." in page
    again = submit_for_review(business=rejected, actor=ama, now=NOW)
    assert (again.state, again.review_reason) == (BusinessState.IN_REVIEW, "")


def test_suspended_holds_payouts_and_reinstated_lets_them_go(
    approved: Business, moderator: User
) -> None:
    suspended = suspend_business(business=approved, actor=moderator, reason="Fakes", now=NOW)
    suspended.payee.refresh_from_db()
    assert suspended.state == BusinessState.SUSPENDED
    assert not Business.objects.selling().exists()
    assert (suspended.payee.payouts_held, suspended.payee.hold_reason) == (True, "Fakes")
    back = reinstate_business(business=suspended, actor=moderator, reason="Proved", now=NOW)
    back.payee.refresh_from_db()
    assert (back.state, back.payee.payouts_held) == (BusinessState.APPROVED, False)
    assert set(Notice.objects.values_list("kind", flat=True)) >= {
        "business_suspended",
        "business_reinstated",
    }


def test_no_decision_against_somebody_without_a_reason(waiting: Business, moderator: User) -> None:
    with pytest.raises(ReasonMissingError):
        reject_business(business=waiting, actor=moderator, reason="  ", now=NOW)
    waiting.refresh_from_db()
    assert waiting.state == BusinessState.IN_REVIEW
    assert not Notice.objects.filter(kind="business_rejected").exists()


def test_edges_that_are_not_in_the_table(
    business: Business, moderator: User, waiting: Business
) -> None:
    approved = approve_business(business=waiting, actor=moderator, now=NOW)
    with pytest.raises(TransitionError):
        approve_business(business=approved, actor=moderator, now=NOW)
    with pytest.raises(TransitionError):
        reject_business(business=approved, actor=moderator, reason="x", now=NOW)
    with pytest.raises(TransitionError):
        reinstate_business(business=approved, actor=moderator, reason="x", now=NOW)
    suspended = suspend_business(business=approved, actor=moderator, reason="x", now=NOW)
    with pytest.raises(TransitionError):  # approving must not let held payouts go by the way
        approve_business(business=suspended, actor=moderator, now=NOW)


def test_the_queue_and_its_buttons(waiting: Business, as_moderator: Client) -> None:
    queue = as_moderator.get("/admin/sellers/business/", {"state": "IN_REVIEW"})
    assert "Kente by Ama" in queue.content.decode()
    page = as_moderator.get(admin_url(waiting)).content.decode()
    assert action_url(waiting, "approve") in page
    assert action_url(waiting, "reject") in page
    assert action_url(waiting, "suspend") not in page
    assert "12 Oxford Street" in page
    asked = as_moderator.get(action_url(waiting, "reject"))
    assert "Its owners read the reason" in asked.content.decode()
    empty = as_moderator.post(action_url(waiting, "reject"), {"reason": ""})
    assert empty.status_code == 422
    waiting.refresh_from_db()
    assert waiting.state == BusinessState.IN_REVIEW
    done = as_moderator.post(action_url(waiting, "reject"), {"reason": "Blurred papers"})
    assert done.status_code == 302
    waiting.refresh_from_db()
    assert waiting.state == BusinessState.REJECTED
    assert "Blurred papers" in as_moderator.get(admin_url(waiting)).content.decode()


def test_a_moderator_who_comes_second(
    waiting: Business, moderator: User, as_moderator: Client
) -> None:
    approve_business(business=waiting, actor=moderator, now=NOW)
    response = as_moderator.post(action_url(waiting, "reject"), {"reason": "No"}, follow=True)
    assert "Somebody else has decided already." in response.content.decode()
    waiting.refresh_from_db()
    assert waiting.state == BusinessState.APPROVED


def test_a_moderator_types_nothing_over(waiting: Business, as_moderator: Client) -> None:
    assert as_moderator.post(admin_url(waiting), {"state": "APPROVED"}).status_code == 403
    assert as_moderator.post(admin_url(waiting, "delete"), {"post": "yes"}).status_code == 403
    waiting.refresh_from_db()
    assert waiting.state == BusinessState.IN_REVIEW


@pytest.mark.parametrize("what", ["approve", "reject", "suspend", "reinstate"])
def test_nobody_else_decides(what: str, waiting: Business, as_ama: Client) -> None:
    looker = person("looker@example.com")
    User.objects.filter(pk=looker.pk).update(is_staff=True)  # in the admin, but not a moderator
    url = action_url(waiting, what)
    assert signed_in(User.objects.get(pk=looker.pk)).post(url, {"reason": "x"}).status_code == 403
    assert as_ama.post(url, {"reason": "x"}).status_code in {302, 403}
    waiting.refresh_from_db()
    assert waiting.state == BusinessState.IN_REVIEW
