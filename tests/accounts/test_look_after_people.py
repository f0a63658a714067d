"""People in the admin: looked up, blocked, never deleted; rights are a superuser's to give."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import AuditEntry, User
from accounts.services import register_person
from tests.accounts.conftest import PASSWORD


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


def test_a_moderator_looks_at_people_and_changes_nobody(lucie: User, haruka: User) -> None:
    call_command("appoint_moderator", "HARUKA@example.com", stdout=StringIO())
    client = Client()
    client.force_login(User.objects.get(pk=haruka.pk))
    page = f"/admin/accounts/user/{lucie.pk}"
    assert client.get(f"{page}/change/").status_code == 200
    data = {"email": "mine@example.com", "is_superuser": "on"}
    assert client.post(f"{page}/change/", data).status_code == 403
    assert client.post(f"{page}/password/", {"password1": "x"}).status_code in {302, 403}
    assert client.get("/admin/auth/group/").status_code == 403
    lucie.refresh_from_db()
    assert (lucie.email, lucie.is_superuser) == ("lucie@example.com", False)
    assert lucie.check_password(PASSWORD)


def test_only_people_with_an_account_are_appointed(db: None) -> None:
    with pytest.raises(CommandError, match="Nobody has an account"):
        call_command("appoint_moderator", "nobody@example.com")


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
