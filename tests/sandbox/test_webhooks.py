"""Telling the merchant: signed when sent, again until taken, twice or never where a fault asks."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from pytest_django import Settings

from sandbox.gateways.merchant import post_event
from sandbox.models import Delivery, Event
from sandbox.rules import (
    LATE_WEBHOOK,
    WEBHOOK_LEASE,
    WEBHOOK_RETRY_AFTER,
    BadSignatureError,
    verify_signature,
)
from sandbox.services import (
    SandboxError,
    SessionView,
    deliver_batch,
    expire_session,
    pay_session,
    replay_events,
    set_fault,
    webhooks,
)
from sandbox.states import DeliveryState
from tests.sandbox.merchant import NOW, Merchant, new_session

pytestmark = pytest.mark.django_db


def paid(merchant: Merchant, *, card: str = "4242424242424242", **metadata: str) -> SessionView:
    session = new_session(webhook_url=merchant.url, metadata=metadata)
    pay_session(session_id=session.id, card_number=card, now=NOW)
    return session


def test_an_event_reaches_the_merchant_signed(merchant: Merchant) -> None:
    session = paid(merchant, purchase="1")
    assert deliver_batch(now=NOW) == 1
    [(path, headers, body)] = merchant.requests
    assert path == "/webhooks/sandbox/"
    verify_signature(headers, body, ["newest-secret"], NOW)
    [event] = merchant.events
    assert event["type"] == "session.paid"
    assert event["id"] == Event.objects.get().pk
    told = event["data"]["object"]
    assert (told["id"], told["status"], told["amount"], told["currency"]) == (
        session.id,
        "paid",
        12345,
        "JPY",
    )
    assert told["metadata"] == {"purchase": "1"}
    assert told["charge_id"].startswith("ch_")
    assert deliver_batch(now=NOW + timedelta(days=9)) == 0
    assert Delivery.objects.get().state == DeliveryState.DONE


def test_a_webhook_is_signed_at_the_moment_it_is_sent(merchant: Merchant) -> None:
    paid(merchant)
    later = NOW + timedelta(hours=5)
    deliver_batch(now=later)
    [(_, headers, body)] = merchant.requests
    verify_signature(headers, body, ["newest-secret"], later)
    with pytest.raises(BadSignatureError):
        verify_signature(headers, body, ["newest-secret"], NOW)


def test_the_newest_secret_signs(merchant: Merchant, settings: Settings) -> None:
    settings.SANDBOX_WEBHOOK_SECRETS = ["rotated", "newest-secret"]
    paid(merchant)
    deliver_batch(now=NOW)
    [(_, headers, body)] = merchant.requests
    verify_signature(headers, body, ["rotated"], NOW)
    with pytest.raises(BadSignatureError):
        verify_signature(headers, body, ["newest-secret"], NOW)


@pytest.mark.parametrize("status", [500, 404, 302])
def test_what_is_not_taken_is_told_again(merchant: Merchant, status: int) -> None:
    merchant.answers = [status, 200]
    paid(merchant)
    deliver_batch(now=NOW)
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.due_at) == (
        DeliveryState.PENDING,
        NOW + WEBHOOK_RETRY_AFTER[0],
    )
    assert str(status) in delivery.last_answer
    assert deliver_batch(now=NOW) == 0
    deliver_batch(now=delivery.due_at)
    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.DONE
    assert merchant.kinds == ["session.paid", "session.paid"]
    assert merchant.events[0] == merchant.events[1]
    assert "/elsewhere/" not in [path for path, _, _ in merchant.requests]


def test_a_merchant_that_is_away_is_told_when_it_is_back(merchant: Merchant) -> None:
    session = new_session(webhook_url="http://127.0.0.1:9/webhooks/sandbox/")
    pay_session(session_id=session.id, card_number="4242424242424242", now=NOW)
    deliver_batch(now=NOW)
    Event.objects.update(webhook_url=merchant.url)
    assert deliver_batch(now=NOW + WEBHOOK_RETRY_AFTER[0]) == 1
    assert merchant.kinds == ["session.paid"]


def test_it_gives_up_after_three_days(merchant: Merchant) -> None:
    merchant.answers = [500] * 99
    paid(merchant)
    now: datetime = NOW
    while deliver_batch(now=now):
        now = max(now, Delivery.objects.get().due_at)
    assert Delivery.objects.get().state == DeliveryState.FAILED
    assert timedelta(days=2) < now - NOW <= timedelta(days=3)


def test_an_address_elsewhere_is_never_called() -> None:
    session = new_session(webhook_url="http://example.com/webhooks/")
    pay_session(session_id=session.id, card_number="4242424242424242", now=NOW)
    assert deliver_batch(now=NOW) == 1
    delivery = Delivery.objects.get()
    assert delivery.state == DeliveryState.FAILED
    assert "this machine" in delivery.last_answer


def test_twice_and_never(merchant: Merchant) -> None:
    paid(merchant, card="4000000000000341")
    deliver_batch(now=NOW)
    assert len(merchant.events) == 2
    assert merchant.events[0]["id"] == merchant.events[1]["id"]
    merchant.requests.clear()
    silent = new_session(idempotency_key="pay:2", webhook_url=merchant.url)
    pay_session(session_id=silent.id, card_number="4000000000000259", now=NOW)
    assert deliver_batch(now=NOW + timedelta(days=3)) == 0
    assert merchant.requests == []


def test_faults_asked_for_with_the_session(merchant: Merchant) -> None:
    paid(merchant, webhook="late")
    assert deliver_batch(now=NOW) == 0
    assert deliver_batch(now=NOW + LATE_WEBHOOK) == 1
    never = new_session(
        idempotency_key="pay:2", webhook_url=merchant.url, metadata={"webhook": "never"}
    )
    expire_session(never.id, now=NOW)
    assert deliver_batch(now=NOW + timedelta(days=1)) == 0


def test_a_fault_is_suffered_once(merchant: Merchant) -> None:
    session = new_session(webhook_url=merchant.url)
    set_fault(session_id=session.id, fault="drop_next")
    pay_session(session_id=session.id, card_number="4000000000005126", now=NOW)
    assert deliver_batch(now=NOW) == 0
    expire_session(session.id, now=NOW)
    assert deliver_batch(now=NOW) == 1
    assert merchant.kinds == ["session.expired"]
    with pytest.raises(SandboxError):
        set_fault(session_id=session.id, fault="id")
    with pytest.raises(SandboxError):
        set_fault(session_id="nothing", fault="drop_next")


def test_replayed_and_in_the_wrong_order(merchant: Merchant) -> None:
    session = new_session(webhook_url=merchant.url)
    pay_session(session_id=session.id, card_number="4000000000005126", now=NOW)
    expire_session(session.id, now=NOW + timedelta(minutes=1))
    later = NOW + timedelta(hours=1)
    deliver_batch(now=later)
    merchant.requests.clear()
    assert replay_events(object_id=session.id, newest_first=True, now=later) == 2
    deliver_batch(now=later + timedelta(minutes=1))
    assert merchant.kinds == ["session.expired", "session.processing"]
    merchant.requests.clear()
    assert replay_events(object_id=session.id, times=2, now=later) == 4
    deliver_batch(now=later + timedelta(minutes=1))
    assert sorted(merchant.kinds) == ["session.expired"] * 2 + ["session.processing"] * 2


def test_a_worker_that_dies_after_telling_tells_again(
    merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    paid(merchant)

    class KilledError(BaseException):
        """Like kill -9."""

    def killed(url: str, body: bytes, headers: dict[str, str]) -> str:
        post_event(url, body, headers)
        raise KilledError

    monkeypatch.setattr(webhooks, "post_event", killed)
    with pytest.raises(KilledError):
        deliver_batch(now=NOW)
    monkeypatch.undo()
    assert deliver_batch(now=NOW + WEBHOOK_LEASE - timedelta(seconds=1)) == 0
    assert deliver_batch(now=NOW + WEBHOOK_LEASE) == 1
    assert merchant.events[0] == merchant.events[1]
    assert Delivery.objects.get().state == DeliveryState.DONE
