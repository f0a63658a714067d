"""Somebody looks after the account: its e-mail addresses, and always sees which page is open."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from accounts.models import User
from tests.cast import make_user

pytestmark = pytest.mark.django_db
EMAIL = "/account/email/"


@pytest.fixture
def lucie(client: Client) -> User:
    user = make_user("lucie@example.org", name="Lucie Martin")
    client.force_login(user)
    return user


def test_one_confirmed_address_needs_nothing(client: Client, lucie: User) -> None:
    page = client.get(EMAIL).content.decode()
    assert "lucie@example.org" in page
    assert "We write to this one" in page
    for action in ("action_primary", "action_remove", "action_send"):
        assert action not in page


def test_another_address_can_be_confirmed_preferred_and_removed(
    client: Client, lucie: User
) -> None:
    client.post(EMAIL, {"action_add": "", "email": "new@example.org"})
    added = EmailAddress.objects.get(email="new@example.org")
    assert not added.verified
    page = client.get(EMAIL).content.decode()
    assert "Not confirmed yet" in page
    client.post(EMAIL, {"action_remove": "", "email": "new@example.org"})
    assert not EmailAddress.objects.filter(email="new@example.org").exists()
    assert EmailAddress.objects.get(user=lucie).email == "lucie@example.org"


@pytest.mark.parametrize(
    "path", ["/account/login/", "/account/signup/", "/account/password/reset/"]
)
def test_one_word_for_e_mail_and_no_placeholder_that_repeats_it(client: Client, path: str) -> None:
    form = client.get(path).content.decode().partition("<main")[2].partition("</main>")[0]
    assert re.search(r"<label[^>]*>\s*E-mail", form)
    assert "Email" not in form
    assert "placeholder" not in form


@pytest.mark.parametrize(
    "path", ["/account/", "/account/addresses/", "/account/addresses/new/", EMAIL, "/account/2fa/"]
)
def test_the_open_page_is_marked_among_the_tabs(client: Client, lucie: User, path: str) -> None:
    tabs = (
        client.get(path).content.decode().partition('<nav class="tabs"')[2].partition("</nav>")[0]
    )
    assert tabs.count('aria-current="page"') == 1
