"""Who works for a business: let in, given roles, taken out, by owners only."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEntry, User
from notifications.models import Notice
from sellers.models import Business, Membership
from sellers.selectors import business_for, list_memberships, list_team
from sellers.services import (
    LastOwnerError,
    MemberExistsError,
    UnknownPersonError,
    change_role,
    invite_member,
    remove_member,
)
from sellers.states import Role
from tests.sellers.conftest import NOW, person, signed_in


@pytest.fixture
def kofi(db: None) -> User:
    return person("kofi@example.com")


def team_url(business: Business) -> str:
    return reverse("sellers:team", args=[business.slug])


def test_letting_somebody_in(as_ama: Client, business: Business, kofi: User) -> None:
    data = {"email": "KOFI@example.com", "role": "STAFF"}
    assert as_ama.post(team_url(business), data).status_code == 302
    team = {row.user.email: row.role for row in list_team(business_id=business.pk)}
    assert team == {"ama@example.com": Role.OWNER, "kofi@example.com": Role.STAFF}
    assert [row.business for row in list_memberships(user_id=kofi.pk)] == [business]
    assert Notice.objects.get(kind="member_added").recipient == kofi
    assert AuditEntry.objects.get(action="add_member").after == {
        "user": kofi.pk,
        "role": "STAFF",
    }
    page = as_ama.get(team_url(business)).content.decode()
    assert "kofi@example.com" in page
    assert signed_in(kofi).get(reverse("sellers:status", args=[business.slug])).status_code == 200


def test_unknown_people_and_members_are_said(as_ama: Client, ama: User, business: Business) -> None:
    for email in ("nobody@example.com", ama.email):
        response = as_ama.post(team_url(business), {"email": email, "role": "STAFF"})
        assert response.status_code == 422
        assert "email" in response.context["form"].errors
    with pytest.raises(UnknownPersonError):
        invite_member(business=business, actor=ama, email="x@example.com", role=Role.STAFF, now=NOW)
    with pytest.raises(MemberExistsError):
        invite_member(business=business, actor=ama, email=ama.email, role=Role.STAFF, now=NOW)
    assert Membership.objects.count() == 1


def test_roles_and_leaving(as_ama: Client, business: Business, ama: User, kofi: User) -> None:
    member = invite_member(business=business, actor=ama, email=kofi.email, role=Role.STAFF, now=NOW)
    change = reverse("sellers:member_role", args=[business.slug, member.pk])
    as_ama.post(change, {"role": "MANAGER"})
    member.refresh_from_db()
    assert member.role == Role.MANAGER
    as_ama.post(change, {"role": "KING"})
    member.refresh_from_db()
    assert member.role == Role.MANAGER
    as_ama.post(reverse("sellers:member_remove", args=[business.slug, member.pk]))
    assert not Membership.objects.filter(user=kofi).exists()
    assert signed_in(kofi).get(reverse("sellers:status", args=[business.slug])).status_code == 404


def test_the_last_owner_stays(as_ama: Client, ama: User, business: Business) -> None:
    owner = Membership.objects.get()
    with pytest.raises(LastOwnerError):
        remove_member(membership=owner, actor=ama, now=NOW)
    with pytest.raises(LastOwnerError):
        change_role(membership=owner, actor=ama, role=Role.STAFF, now=NOW)
    response = as_ama.post(
        reverse("sellers:member_remove", args=[business.slug, owner.pk]), follow=True
    )
    assert "needs an owner" in response.content.decode()
    assert Membership.objects.get().role == Role.OWNER


def test_nobody_is_led_to_a_door_that_is_shut(
    as_ama: Client, ama: User, business: Business, kofi: User
) -> None:
    shut = {Role.STAFF: ("payouts", "business", "team"), Role.MANAGER: ("payouts", "team")}
    for role, pages in shut.items():
        Membership.objects.update_or_create(
            business=business, user=kofi, defaults={"role": role, "created_at": NOW}
        )
        page = signed_in(kofi).get(f"/sell/{business.slug}/").content.decode()
        assert "Held for you" not in page
        for name in pages:
            assert f"/sell/{business.slug}/{name}/" not in page
            assert signed_in(kofi).get(f"/sell/{business.slug}/{name}/").status_code == 404
    own = as_ama.get(f"/sell/{business.slug}/").content.decode()
    assert "Held for you" in own
    assert f"/sell/{business.slug}/payouts/" in own


def test_the_only_owner_is_not_offered_to_be_removed(
    as_ama: Client, ama: User, business: Business
) -> None:
    mine = Membership.objects.get(business=business, user=ama)
    page = as_ama.get(team_url(business)).content.decode()
    assert f"/team/{mine.pk}/" not in page


def test_only_owners_manage_the_team(
    business: Business, ama: User, kofi: User, as_linh: Client
) -> None:
    member = invite_member(
        business=business, actor=ama, email=kofi.email, role=Role.MANAGER, now=NOW
    )
    owner = Membership.objects.get(user=ama)
    for somebody in (signed_in(kofi), as_linh):
        assert somebody.get(team_url(business)).status_code == 404
        data = {"email": "linh@example.com", "role": "OWNER"}
        assert somebody.post(team_url(business), data).status_code == 404
        up = reverse("sellers:member_role", args=[business.slug, member.pk])
        assert somebody.post(up, {"role": "OWNER"}).status_code == 404
        out = reverse("sellers:member_remove", args=[business.slug, owner.pk])
        assert somebody.post(out).status_code == 404
    member.refresh_from_db()
    assert member.role == Role.MANAGER
    assert Membership.objects.filter(business=business).count() == 2


def test_a_member_of_another_business_is_not_reached_through_ones_own(
    as_linh: Client, business: Business
) -> None:
    ama = Membership.objects.get(business=business)
    url = reverse("sellers:member_remove", args=["linh-ceramics", ama.pk])
    assert as_linh.post(url).status_code == 404
    assert Membership.objects.filter(pk=ama.pk).exists()


def test_the_page_asks_the_same_questions_however_many_work_there(
    as_ama: Client, business: Business
) -> None:
    as_ama.get(team_url(business))
    with CaptureQueriesContext(connection) as few:
        as_ama.get(team_url(business))
    for number in range(8):
        helper = person(f"helper{number}@example.com")
        Membership.objects.create(business=business, user=helper, role=Role.STAFF)
    with CaptureQueriesContext(connection) as many:
        as_ama.get(team_url(business))
    assert len(many) == len(few) <= 7


def test_a_business_is_not_there_for_strangers(
    business: Business, ama: User, linh: User, django_assert_num_queries: object
) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert business_for(user=ama, slug=business.slug) == business
    with pytest.raises(Business.DoesNotExist):
        business_for(user=linh, slug=business.slug)
    with pytest.raises(Business.DoesNotExist):
        business_for(user=ama, slug="no-such-shop")
