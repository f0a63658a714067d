"""The hosted page: every card, every way out, nothing typed is lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from sandbox.models import Delivery, Event, Session
from sandbox.rules import MOST_DECLINES
from sandbox.services import SessionView, expire_session, get_session
from tests.sandbox.merchant import CANCEL_URL, NOW, SUCCESS_URL, Merchant, new_session

pytestmark = pytest.mark.django_db
FIELDS = {
    "number": "4242 4242 4242 4242",
    "expiry": "12 / 30",
    "code": "123",
    "name": "Haruka Sato",
}


@pytest.fixture(autouse=True)
def _at_nine() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def session() -> SessionView:
    return new_session()


def path(session: SessionView, tail: str = "") -> str:
    return f"/sandbox/pay/{session.id}/{tail}"


def pay(client: Client, session: SessionView, **changes: str) -> Any:
    return client.post(path(session), {**FIELDS, **changes})


def test_the_page_shows_whom_and_how_much(client: Client, session: SessionView) -> None:
    page = client.get(path(session))
    assert page.status_code == 200
    text = page.content.decode()
    assert "¥12,345" in text
    assert "Pay Freeport" in text
    assert CANCEL_URL in text
    for wanted in (
        'autocomplete="cc-number"',
        'autocomplete="cc-exp"',
        'autocomplete="cc-csc"',
        'autocomplete="cc-name"',
        'inputmode="numeric"',
    ):
        assert wanted in text
    assert "<script" not in text
    assert "style=" not in text


def test_the_page_has_its_own_strict_policy(client: Client, session: SessionView) -> None:
    page = client.get(path(session))
    policy = page["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "form-action 'self' http://127.0.0.1:8000" in policy
    assert "script-src" not in policy
    assert "unsafe" not in policy
    assert "no-store" in page["Cache-Control"]


@pytest.mark.parametrize("amount", [("KWD", 12345, "KWD"), ("EUR", 12345, "€123.45")])
def test_amounts_have_the_currencys_decimals(client: Client, amount: tuple[str, int, str]) -> None:
    currency, minor, text = amount
    page = client.get(path(new_session(currency=currency, amount=minor))).content.decode()
    assert text in page
    assert ("12.345" if currency == "KWD" else "123.45") in page


def test_a_good_card_pays_and_returns(client: Client, session: SessionView) -> None:
    answer = pay(client, session)
    assert (answer.status_code, answer["Location"]) == (302, SUCCESS_URL)
    paid = get_session(session.id)
    assert paid.status == "paid"
    assert paid.charge_id.startswith("ch_")
    assert Event.objects.get().kind == "session.paid"
    assert Delivery.objects.count() == 1
    assert Session.objects.get().card_last4 == "4242"


def test_where_real_money_is_charged_no_test_card_pays(client: Client, settings: Settings) -> None:
    """Nor does the slow bank of a purchase that was begun before: its goods would be sent for nothing."""
    waits, begun = new_session(), new_session(idempotency_key="order-2")
    assert pay(client, begun, number="4000000000005126").status_code == 302
    settings.STRIPE_LIVEMODE = True
    assert client.get(path(waits)).status_code == 404
    assert pay(client, waits).status_code == 404
    assert client.post(path(begun, "bank/")).status_code == 404
    states = Session.objects.order_by("created_at", "pk").values_list("state", flat=True)
    assert sorted(states) == ["OPEN", "PROCESSING"]
    assert not Event.objects.filter(kind="session.paid").exists()


def test_paying_twice_charges_once(client: Client, session: SessionView) -> None:
    pay(client, session)
    charge = get_session(session.id).charge_id
    answer = pay(client, session)
    assert answer["Location"] == SUCCESS_URL
    assert get_session(session.id).charge_id == charge
    assert Event.objects.count() == 1


@pytest.mark.parametrize(
    ("number", "failure", "words"),
    [
        ("4000 0000 0000 0002", "card_declined", "declined"),
        ("4000 0000 0000 9995", "insufficient_funds", "not enough money"),
    ],
)
def test_a_declined_card_says_why_and_keeps_what_was_typed(
    client: Client, session: SessionView, number: str, failure: str, words: str
) -> None:
    page = pay(client, session, number=number)
    assert page.status_code == 422
    text = page.content.decode()
    assert words in text
    assert number in text
    assert "Haruka Sato" in text
    assert "12 / 30" in text
    assert 'value="123"' not in text
    view = get_session(session.id)
    assert (view.status, view.failure, view.charge_id) == ("open", failure, "")
    assert not Event.objects.exists()
    assert pay(client, session)["Location"] == SUCCESS_URL
    assert get_session(session.id).failure == ""


def test_too_many_declines_end_the_session(client: Client, session: SessionView) -> None:
    for _ in range(MOST_DECLINES):
        page = pay(client, session, number="4000000000000002")
    assert page.status_code == 410
    assert CANCEL_URL in page.content.decode()
    assert get_session(session.id).status == "failed"
    assert Event.objects.get().kind == "session.failed"
    assert pay(client, session).status_code == 410
    assert get_session(session.id).status == "failed"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("number", "4242 4242 4242 4241", "not a card number"),
        ("number", "5555555555554444", "Only test cards"),
        ("number", "", "required"),
        ("expiry", "12/25", "past its date"),
        ("expiry", "soon", "month and year"),
        ("code", "12", "Three digits"),
        ("code", "12x", "Three digits"),
        ("name", "", "required"),
    ],
)
def test_a_mistake_is_shown_beside_its_field(
    client: Client, session: SessionView, field: str, value: str, words: str
) -> None:
    page = pay(client, session, **{field: value})
    assert page.status_code == 422
    text = page.content.decode()
    assert words in text
    assert f'id="id_{field}_error"' in text
    assert f'aria-describedby="id_{field}_error"' in text
    assert 'aria-invalid="true"' in text
    assert get_session(session.id).status == "open"


def test_a_card_is_good_in_its_last_month(client: Client, session: SessionView) -> None:
    assert pay(client, session, expiry="01/26").status_code == 302


def test_3d_secure_passed(client: Client, session: SessionView) -> None:
    answer = pay(client, session, number="4000000000003220")
    assert answer["Location"] == path(session, "confirm/")
    assert get_session(session.id).status == "open"
    page = client.get(path(session, "confirm/"))
    assert "3220" in page.content.decode()
    answer = client.post(path(session, "confirm/"), {"answer": "pass"})
    assert answer["Location"] == SUCCESS_URL
    assert get_session(session.id).status == "paid"


def test_3d_secure_failed_charges_nothing_and_another_card_may_pay(
    client: Client, session: SessionView
) -> None:
    pay(client, session, number="4000000000003220")
    answer = client.post(path(session, "confirm/"), {"answer": "fail"}, follow=True)
    assert "could not confirm" in answer.content.decode()
    view = get_session(session.id)
    assert (view.status, view.failure) == ("open", "authentication_failed")
    client.post(path(session, "confirm/"), {"answer": "pass"})
    assert get_session(session.id).status == "open"
    assert pay(client, session)["Location"] == SUCCESS_URL


def test_a_challenge_can_not_be_passed_without_a_card(client: Client, session: SessionView) -> None:
    client.post(path(session, "confirm/"), {"answer": "pass"})
    client.post(path(session, "bank/"))
    assert get_session(session.id).status == "open"
    assert not Event.objects.exists()


def test_the_silent_card_pays_and_nobody_is_told(client: Client, session: SessionView) -> None:
    assert pay(client, session, number="4000000000000259")["Location"] == SUCCESS_URL
    assert get_session(session.id).status == "paid"
    assert Event.objects.count() == 1
    assert not Delivery.objects.exists()


def test_the_doubled_card_is_told_twice_with_one_id(client: Client, session: SessionView) -> None:
    pay(client, session, number="4000000000000341")
    assert Delivery.objects.count() == 2
    assert Event.objects.count() == 1


def test_the_late_card_pays_after_the_session_has_expired(
    client: Client, session: SessionView
) -> None:
    answer = pay(client, session, number="4000000000005126")
    assert answer["Location"] == path(session, "bank/")
    assert get_session(session.id).status == "processing"
    assert client.get(path(session)).headers["Location"] == path(session, "bank/")
    assert expire_session(session.id, now=NOW).status == "expired"
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        closed = client.get(path(session))
        assert closed.status_code == 410
        assert path(session, "bank/") in closed.content.decode()
        assert "Finish the bank transfer" in client.get(path(session, "bank/")).content.decode()
        answer = client.post(path(session, "bank/"))
    assert answer["Location"] == SUCCESS_URL
    view = get_session(session.id)
    assert view.status == "paid"
    assert view.charge_id
    kinds = list(Event.objects.order_by("created_at", "kind").values_list("kind", flat=True))
    assert sorted(kinds) == ["session.expired", "session.paid", "session.processing"]


def test_an_expired_page_takes_no_card(client: Client, session: SessionView) -> None:
    with time_machine.travel(NOW + timedelta(minutes=15), tick=False):
        page = client.get(path(session))
        assert page.status_code == 410
        assert "expired" in page.content.decode()
        assert CANCEL_URL in page.content.decode()
        assert pay(client, session).status_code == 410
    assert get_session(session.id).status == "open"
    expire_session(session.id, now=NOW)
    assert pay(client, session).status_code == 410
    assert get_session(session.id).status == "expired"


def test_a_challenge_does_not_outlive_its_session(client: Client, session: SessionView) -> None:
    pay(client, session, number="4000000000003220")
    expire_session(session.id, now=NOW)
    client.post(path(session, "confirm/"), {"answer": "pass"})
    assert get_session(session.id).status == "expired"


def test_the_shop_can_be_told_before_the_buyer_returns(client: Client, merchant: Merchant) -> None:
    session = new_session(webhook_url=merchant.url, metadata={"webhook": "first"})
    assert pay(client, session)["Location"] == SUCCESS_URL
    assert merchant.kinds == ["session.paid"]


def test_a_session_that_does_not_exist_is_not_found(client: Client) -> None:
    for tail in ("", "confirm/", "bank/"):
        assert client.get(f"/sandbox/pay/ses_nothing/{tail}").status_code == 404


def test_the_card_number_is_kept_nowhere(client: Client, session: SessionView) -> None:
    pay(client, session)
    row = Session.objects.values().get()
    assert "4242424242424242" not in str(row)
    assert datetime.now(UTC) == NOW
