"""What keeps strangers from wearing the market out or reading what is not theirs."""

from __future__ import annotations

import logging

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from pytest_django import Settings

from common.api import OpenThrottle
from marketplace.logs import HideSecrets
from orders.models import Purchase
from sellers.models import Membership
from sellers.views import dashboard
from tests.cast import Cast, cast, clock
from tests.orders.shopper import Shopper, available

__all__ = ["cast", "clock"]
pytestmark = pytest.mark.django_db


def signed_in(user: object) -> Client:
    client = Client()
    client.force_login(user)  # type: ignore[arg-type]
    return client


def test_what_is_larger_than_any_form_is_not_read(client: Client) -> None:
    for length in ("17000001", "9" * 40, "-1", "x"):
        response = client.post("/basket/add/", {"a": "b"}, CONTENT_LENGTH=length)
        assert response.status_code == 413
    assert client.post("/basket/add/", {"a": "b"}).status_code == 302


def test_a_claimed_address_does_not_lift_a_limit(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(OpenThrottle, "rate", "2/min")
    answers = [
        Client().get("/api/v1/categories/", headers={"X-Forwarded-For": f"203.0.113.{n}"})
        for n in range(3)
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 429]


def test_goods_are_not_set_aside_again_and_again(cast: Cast, settings: Settings) -> None:
    settings.CHECKOUTS_PER_HOUR = 1
    first, second = Shopper("FR"), Shopper("JP")
    for shopper in (first, second):
        shopper.add(cast.ama.variant)
    first.place()
    left = available(cast.ama.variant)
    refused = second.send(second.filled(second.checkout()))
    assert refused.status_code == 429
    assert "wait a few minutes" in refused.content.decode()
    assert (Purchase.objects.count(), available(cast.ama.variant)) == (1, left)
    settings.CHECKOUTS_PER_HOUR = 0
    second.place()


def test_nobody_finds_out_by_trying_who_has_an_account(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dashboard, "MOST_INVITATIONS", 1)
    client, page = signed_in(cast.ama.user), f"/sell/{cast.ama.business.slug}/team/"
    for email, status in (("nobody@example.org", 422), ("lucie@example.org", 429)):
        assert client.post(page, {"email": email, "role": "STAFF"}).status_code == status
    assert Membership.objects.filter(business=cast.ama.business).count() == 1
    assert client.get(page).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/purchases/YIxYGigdmneBdSBXoJczetZ0O3GUgLaw1cX5kAkJqjU/",
        "/checkout/give-up/YIxYGigdmneBdSBXoJczetZ0O3GUgLaw1cX5kAkJqjU/",
        "/account/confirm-email/Mg:1wNabc:YIxYGigdmneBdSBXoJczetZ0O3GUgLaw1cX5/",
        "/account/password/reset/key/3-d1ef2a-YIxYGigdmneBdSBX/",
    ],
)
def test_no_secret_link_is_written_to_a_log(path: str) -> None:
    record = logging.LogRecord("django.request", 40, "", 0, "Failed: %s", (path,), None)
    assert HideSecrets().filter(record)
    assert "YIxYGigdmneBdSBX" not in record.getMessage()
    assert record.getMessage().startswith("Failed: /")
    plain = logging.LogRecord("x", 40, "", 0, "order %s in /sell/ama/", ("AB12-1",), None)
    assert HideSecrets().filter(plain)
    assert plain.getMessage() == "order AB12-1 in /sell/ama/"


def test_a_moderator_does_not_read_the_secret_of_a_second_step(cast: Cast) -> None:
    row = Authenticator.objects.create(
        user=cast.lucie, type=Authenticator.Type.TOTP, data={"secret": "JBSWY3DPEHPK3PXP"}
    )
    page = signed_in(cast.mira).get(f"/admin/mfa/authenticator/{row.pk}/change/")
    assert page.status_code == 200
    assert "JBSWY3DPEHPK3PXP" not in page.content.decode()


def test_a_form_sent_after_signing_out_leads_back_to_the_business(cast: Cast) -> None:
    slug = cast.ama.business.slug
    page = f"/sell/{slug}/listings/{cast.ama.listing.pk}/state/"
    response = Client().post(page, {"do": "pause"})
    assert response["Location"] == f"/account/login/?next=/sell/{slug}/"
    cast.ama.listing.refresh_from_db()
    assert cast.ama.listing.state == "LIVE"


def test_a_sellers_pages_are_kept_by_nobody_in_between(cast: Cast) -> None:
    response = signed_in(cast.ama.user).get(f"/sell/{cast.ama.business.slug}/")
    assert "private" in response["Cache-Control"]
