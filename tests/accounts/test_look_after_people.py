"""People in the admin: looked up, blocked, never deleted; rights are a superuser's to give."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import AuditEntry, User
from accounts.services import register_person


@pytest.fixture
def as_admin(db: None) -> Client:
    admin = register_person(email="admin@example.com", password=None)
    User.objects.filter(pk=admin.pk).update(is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(User.objects.get(pk=admin.pk))
    return client


def test_a_person_is_blocked_and_it_is_written_down(as_admin: Client, lucie: User) -> None:
    page = f"/admin/accounts/user/{lucie.pk}/change/"
    assert as_admin.get(page).status_code == 200
    kept = {"email": lucie.email, "name": "Lucie", "country": "FR", "currency": "EUR"}
    response = as_admin.post(page, {**kept, "language": "en"})
    assert response.status_code == 302
    lucie.refresh_from_db()
    assert not lucie.is_active
    written = AuditEntry.objects.get()
    assert (written.action, written.before) == ("change_person", {"is_active": True})


def test_nobody_is_deleted(as_admin: Client, lucie: User) -> None:
    url = f"/admin/accounts/user/{lucie.pk}/delete/"
    assert as_admin.post(url, {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=lucie.pk).exists()


def test_people_are_found_and_added(as_admin: Client, lucie: User) -> None:
    found = as_admin.get("/admin/accounts/user/", {"q": "lucie"})
    assert lucie.email in found.content.decode()
    added = as_admin.post(
        "/admin/accounts/user/add/",
        {
            "email": "new@example.com",
            "usable_password": "true",
            "password1": "a long enough secret",
            "password2": "a long enough secret",
        },
    )
    assert added.status_code == 302
    assert User.objects.get(email="new@example.com").check_password("a long enough secret")
