"""Asking a moderator to look: only by an owner who can be reached."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.models import User
from common.states import TransitionError
from notifications.models import Notice
from sellers.models import Business, Membership
from sellers.selectors import setup_steps
from sellers.services import NotReadyError, open_business, submit_for_review
from sellers.states import BUSINESS, BusinessState, Role
from tests.sellers.conftest import ACCRA, NOW, person, signed_in


def test_every_state_is_reachable_and_known() -> None:
    reached = {BUSINESS.initial} | {new for targets in BUSINESS.edges.values() for new in targets}
    assert reached == set(BusinessState) == set(BUSINESS.edges)


def test_asking_by_the_page(as_ama: Client, business: Business, ama: User) -> None:
    assert (
        "Ask us to look at it"
        in as_ama.get(reverse("sellers:status", args=[business.slug])).content.decode()
    )
    as_ama.post(reverse("sellers:submit", args=[business.slug]))
    business.refresh_from_db()
    assert business.state == BusinessState.IN_REVIEW
    assert business.submitted_at is not None
    notice = Notice.objects.get()
    assert (notice.kind, notice.recipient) == ("business_submitted", ama)
    page = as_ama.get(reverse("sellers:status", args=[business.slug])).content.decode()
    assert "We are looking at it" in page
    assert reverse("sellers:submit", args=[business.slug]) not in page


def test_nobody_whose_address_is_not_confirmed(db: None) -> None:
    owner = person("new@example.com", is_verified=False)
    business = open_business(
        owner=owner,
        name="New",
        country="GH",
        currency="GHS",
        address=ACCRA,
        agreed_fee_bp=settings.PLATFORM_FEE_PERCENT_BP,
        now=NOW,
    )
    with pytest.raises(NotReadyError) as caught:
        submit_for_review(business=business, actor=owner, now=NOW)
    assert caught.value.missing == ("email",)
    client = signed_in(owner)
    assert client.get(reverse("sellers:status", args=[business.slug])).status_code == 200
    client.post(reverse("sellers:submit", args=[business.slug]))
    business.refresh_from_db()
    assert business.state == BusinessState.DRAFT
    assert not Notice.objects.exists()


def test_nothing_without_an_address(ama: User) -> None:
    business = open_business(
        owner=ama,
        name="Nowhere",
        country="GH",
        currency="GHS",
        agreed_fee_bp=settings.PLATFORM_FEE_PERCENT_BP,
        now=NOW,
    )
    with pytest.raises(NotReadyError) as caught:
        submit_for_review(business=business, actor=ama, now=NOW)
    assert caught.value.missing == ("address",)
    done = {step.key: step.done for step in setup_steps(business=business, user=ama)}
    assert done == {
        "email": True,
        "address": False,
        "story": False,
        "submitted": False,
        "review": False,
    }


def test_asking_twice_is_asking_once(waiting: Business, ama: User, as_ama: Client) -> None:
    with pytest.raises(TransitionError):
        submit_for_review(business=waiting, actor=ama, now=NOW)
    as_ama.post(reverse("sellers:submit", args=[waiting.slug]))
    assert Notice.objects.count() == 1


def test_strangers_guests_and_staff_can_not_ask(
    business: Business, as_linh: Client, client: Client
) -> None:
    url = reverse("sellers:submit", args=[business.slug])
    helper = person("kofi@example.com")
    Membership.objects.create(business=business, user=helper, role=Role.MANAGER)
    assert as_linh.post(url).status_code == 404
    assert signed_in(helper).post(url).status_code == 404
    assert client.post(url).status_code == 302
    assert as_linh.get(reverse("sellers:status", args=[business.slug])).status_code == 404
    business.refresh_from_db()
    assert business.state == BusinessState.DRAFT
