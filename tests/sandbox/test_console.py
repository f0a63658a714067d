"""The console: staff of a demo make the provider misbehave; nobody else learns that it exists."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from sandbox.models import Delivery, Session
from sandbox.services import create_payout, pay_session
from tests.sandbox.merchant import NOW, new_session

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _demo(settings: Settings) -> None:
    settings.DEMO = True


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("mod@example.com"))
    return client


def press(client: Client, object_id: str, action: str) -> int:
    return client.post("/sandbox/act/", {"object": object_id, "action": action}).status_code


def test_it_lists_everything(staff: Client) -> None:
    session = new_session()
    pay_session(session_id=session.id, card_number="4242424242424242", now=NOW)
    create_payout(
        idempotency_key="p",
        destination={"account": "1"},
        amount=12345,
        currency="KWD",
        webhook_url="http://127.0.0.1:9/",
        metadata={},
    )
    page = staff.get("/sandbox/").content.decode()
    for text in (session.id, "¥12,345", "12.345", "session.paid"):
        assert text in page


def test_its_buttons(staff: Client) -> None:
    session = new_session()
    press(staff, session.id, "drop_next")
    press(staff, session.id, "send_twice")
    row = Session.objects.get()
    assert row.drop_next
    assert row.send_twice
    pay_session(session_id=session.id, card_number="4242424242424242", now=NOW)
    assert Delivery.objects.count() == 0
    press(staff, session.id, "replay")
    assert Delivery.objects.count() == 1
    press(staff, session.id, "twice")
    assert Delivery.objects.count() == 3
    assert press(staff, session.id, "nonsense") == 302
    assert Delivery.objects.count() == 3


@pytest.mark.parametrize("who", ["guest", "buyer", "staff of a real market"])
def test_nobody_else_finds_it(client: Client, settings: Settings, who: str) -> None:
    session = new_session()
    pay_session(session_id=session.id, card_number="4242424242424242", now=NOW)
    if who == "buyer":
        client.force_login(User.objects.create_user("buyer@example.com"))
    if who == "staff of a real market":
        settings.DEMO = False
        client.force_login(User.objects.create_superuser("mod@example.com"))
    assert client.get("/sandbox/").status_code == 404
    assert press(client, session.id, "twice") == 404
    assert Delivery.objects.count() == 1
