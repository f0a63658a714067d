"""Signing up and in: an e-mail address and a password, mails through the outbox."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.conf import settings
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from accounts.selectors import has_verified_email
from notifications.models import EmailDelivery
from sellers.services import open_business
from tests.accounts.conftest import PASSWORD

SIGN_UP = "/account/signup/"
SIGN_IN = "/account/login/"


def sign_up(client: Client, email: str = "ama@example.com") -> int:
    return client.post(
        SIGN_UP, {"email": email, "password1": PASSWORD}, headers={"accept-language": "en-GH"}
    ).status_code


def test_signing_up_is_light_and_keeps_what_was_chosen(client: Client, db: None) -> None:
    assert sign_up(client, "Ama@Example.com") == 302
    user = User.objects.get()
    assert user.email == "ama@example.com"
    assert (user.country, user.currency, user.language) == ("GH", "GHS", "en")
    assert client.get("/account/").status_code == 200
    assert not has_verified_email(user_id=user.pk)


def test_the_confirmation_goes_through_the_outbox_and_verifies(client: Client, db: None) -> None:
    sign_up(client)
    mail = EmailDelivery.objects.get(to="ama@example.com")
    assert "Confirm your e-mail address" in mail.subject
    link = re.search(r"http://[^\s]+(/account/confirm-email/[^\s]+)", mail.text)
    assert link is not None
    assert link[1] in mail.html
    user = User.objects.get()
    assert client.get(link[1]).status_code == 200
    assert not has_verified_email(user_id=user.pk)  # a mail scanner's GET confirms nothing
    client.post(link[1])
    assert has_verified_email(user_id=user.pk)


def test_a_seller_who_confirms_goes_on_with_the_business(client: Client, db: None) -> None:
    sign_up(client)
    user = User.objects.get()
    assert confirm(client) == "/"
    business = open_business(
        owner=user,
        name="Kente by Ama",
        country="GH",
        currency="GHS",
        agreed_fee_bp=settings.PLATFORM_FEE_PERCENT_BP,
        now=timezone.now(),
    )
    EmailAddress.objects.update(verified=False)
    assert confirm(client) == f"/sell/{business.slug}/status/"


def confirm(client: Client) -> str:
    """Press the button behind the mail's link; where that leads."""
    address = EmailAddress.objects.get()
    key = EmailConfirmationHMAC(address).key
    return str(client.post(f"/account/confirm-email/{key}/")["Location"])


def test_a_second_account_with_the_same_address_is_not_made(client: Client, lucie: User) -> None:
    assert sign_up(client, "LUCIE@example.com") == 200
    assert User.objects.get() == lucie
    assert lucie.check_password(PASSWORD)
    assert not EmailDelivery.objects.exists()


def test_who_wants_to_sell_goes_on_to_it(client: Client, db: None) -> None:
    page = client.get("/account/signup/?next=/sell/open/").content.decode()
    assert 'value="/sell/open/"' in page
    data = {"email": "ama@example.com", "password1": PASSWORD, "next": "/sell/open/"}
    assert client.post(SIGN_UP, data).headers["Location"] == "/sell/open/"
    elsewhere = {**data, "email": "kofi@example.com", "next": "https://evil.example/"}
    assert "evil" not in Client().post(SIGN_UP, elsewhere).headers["Location"]


def test_a_weak_password_is_refused(client: Client, db: None) -> None:
    response = client.post(SIGN_UP, {"email": "ama@example.com", "password1": "password"})
    assert response.status_code == 200
    assert not User.objects.exists()


def test_signing_in_and_out(client: Client, lucie: User) -> None:
    wrong = client.post(SIGN_IN, {"login": lucie.email, "password": "wrong"})
    assert wrong.status_code == 200
    right = client.post(SIGN_IN, {"login": "Lucie@Example.com", "password": PASSWORD})
    assert right.status_code == 302
    assert client.get("/account/").status_code == 200
    client.post("/account/logout/")
    assert client.get("/account/").status_code == 302


def test_a_forgotten_password_is_replaced_by_mail(client: Client, lucie: User) -> None:
    client.post("/account/password/reset/", {"email": lucie.email})
    mail = EmailDelivery.objects.get(to=lucie.email)
    link = re.search(r"http://[^/]+(/account/password/reset/key/[^\s]+)", mail.text)
    assert link is not None
    page = client.get(link[1], follow=True)
    url = page.request["PATH_INFO"]
    client.post(url, {"password1": "another long secret", "password2": "another long secret"})
    lucie.refresh_from_db()
    assert lucie.check_password("another long secret")


def test_guessing_passwords_is_stopped(client: Client, lucie: User) -> None:
    for _ in range(7):
        client.post(SIGN_IN, {"login": lucie.email, "password": "wrong"})
    response = client.post(SIGN_IN, {"login": lucie.email, "password": PASSWORD})
    assert response.status_code in {200, 429}
    assert client.get("/account/").status_code == 302


def test_guessing_slowly_is_stopped_too(client: Client, lucie: User, settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = False  # as if the tries were far apart
    settings.AXES_ENABLED = True
    for _ in range(settings.AXES_FAILURE_LIMIT):
        client.post(SIGN_IN, {"login": lucie.email, "password": "wrong"})
    response = client.post(SIGN_IN, {"login": lucie.email.upper(), "password": PASSWORD})
    assert response.status_code == 429
    assert client.get("/account/").status_code == 302


def test_the_admin_has_no_side_door(client: Client, lucie: User) -> None:
    User.objects.update(is_staff=True, is_superuser=True)
    door = client.post("/admin/login/", {"username": lucie.email, "password": PASSWORD})
    assert door.headers["Location"].startswith(SIGN_IN)
    assert client.get("/admin/").status_code == 302


@pytest.mark.parametrize("email", ["", "not an address", "a@b"])
def test_an_address_that_is_none(email: str, client: Client, db: None) -> None:
    assert sign_up(client, email) == 200
    assert not User.objects.exists()
