"""Webhooks of the peer: signed as Stripe signs, and misbehaving when asked to."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from stripe import SignatureVerificationError, Webhook

from tests.market import wait_for
from tests.stripe.peer import PATHS, SECRETS, PeerHandle
from tests.stripe.peer import Webhook as Told
from tests.stripe.schema import description
from tests.stripe.shop import open_session, paid, seller, types


def read(told: Told, secret: str = "") -> Any:
    """As the market's view would read it. Raises SignatureVerificationError."""
    return Webhook.construct_event(told.body, told.signature, secret or SECRETS[told.endpoint])


def test_every_webhook_is_signed_and_described(stripe_peer: PeerHandle) -> None:
    stripe_peer.control("config", available_after=0)
    account = seller(stripe_peer)
    charge = paid(stripe_peer, 5000, "eur")
    stripe_peer.client.v1.transfers.create(
        {"amount": 100, "currency": "eur", "destination": account}
    )
    stripe_peer.client.v1.refunds.create({"charge": charge.id})
    told = stripe_peer.webhooks()
    assert {one.endpoint for one in told} == {"platform", "connect", "thin"}
    for one in told:
        body = one.json()
        if one.endpoint != "thin":
            assert read(one).type == one.type
            with pytest.raises(SignatureVerificationError):
                read(one, "whsec_other")
            assert body["livemode"] is False
            assert ("account" in body) == (one.endpoint == "connect")
            about = body["data"]["object"]
            if about["object"] in description().schemas:
                assert description().object_problems(about) == []
        assert description().object_problems(body) == []
    assert stripe_peer.webhooks() == []


def test_a_thin_event_names_its_account_and_is_fetched(stripe_peer: PeerHandle) -> None:
    account = seller(stripe_peer)
    told = [one for one in stripe_peer.webhooks() if one.endpoint == "thin"]
    found: Any = stripe_peer.client.parse_event_notification(
        told[0].body, told[0].signature, SECRETS["thin"]
    )
    assert (found.type, found.related_object.id) == ("v2.core.account.created", account)
    assert found.fetch_event().id == told[0].event
    assert found.fetch_related_object().id == account


def test_events_can_be_listed(stripe_peer: PeerHandle) -> None:
    paid(stripe_peer)
    events = stripe_peer.client.v1.events
    assert [one.type for one in events.list({"type": "charge.*"}).data] == ["charge.succeeded"]
    both = events.list({"types": ["charge.succeeded", "payment_intent.succeeded"]}).data
    assert len(both) == 2
    assert events.retrieve(both[0].id).id == both[0].id
    assert len(events.list({"delivery_success": False}).data) == 4
    stripe_peer.webhooks()
    assert events.list({"delivery_success": False}).data == []


def test_an_event_remembers_its_request(stripe_peer: PeerHandle) -> None:
    stripe_peer.client.v1.payment_intents.create(
        {"amount": 1000, "currency": "eur"}, {"idempotency_key": "purchase:7"}
    )
    (one,) = stripe_peer.webhooks()
    assert one.json()["request"]["idempotency_key"] == "purchase:7"


# --- misbehaving ----------------------------------------------------------------------------------


def test_a_webhook_comes_twice(stripe_peer: PeerHandle) -> None:
    stripe_peer.fault("duplicate", event="payment_intent.succeeded", count=1)
    paid(stripe_peer)
    told = stripe_peer.webhooks()
    twice = [one for one in told if one.type == "payment_intent.succeeded"]
    assert len(twice) == 2
    assert len({one.event for one in twice}) == 1
    assert len(told) == 5


def test_webhooks_come_in_the_wrong_order(stripe_peer: PeerHandle) -> None:
    stripe_peer.fault("reorder", event="*")
    paid(stripe_peer)
    assert types(stripe_peer) == [
        "checkout.session.completed",
        "payment_intent.succeeded",
        "charge.succeeded",
        "payment_intent.created",
    ]


def test_a_webhook_never_comes(stripe_peer: PeerHandle) -> None:
    stripe_peer.fault("drop", event="checkout.session.*")
    paid(stripe_peer)
    assert "checkout.session.completed" not in types(stripe_peer)
    listed = stripe_peer.client.v1.events.list({"type": "checkout.session.completed"}).data
    assert len(listed) == 1


def test_a_webhook_comes_late(stripe_peer: PeerHandle) -> None:
    stripe_peer.fault("delay", event="charge.succeeded", seconds=600)
    paid(stripe_peer)

    def due() -> list[str]:
        found = stripe_peer.control("outbox", everything=False)["messages"]
        return [one["type"] for one in found]

    assert "charge.succeeded" not in due()
    stripe_peer.advance(seconds=601)
    assert "charge.succeeded" in due()


def test_a_signature_may_be_stale_or_forged(stripe_peer: PeerHandle) -> None:
    stripe_peer.fault("stale_timestamp", event="charge.succeeded")
    stripe_peer.fault("wrong_secret", event="payment_intent.succeeded")
    paid(stripe_peer)
    refused = []
    for one in stripe_peer.webhooks():
        try:
            read(one)
        except SignatureVerificationError as error:
            refused.append((one.type, "tolerance" in str(error)))
    assert refused == [("charge.succeeded", True), ("payment_intent.succeeded", False)]


def test_secrets_can_be_rotated(stripe_peer: PeerHandle) -> None:
    stripe_peer.control("config", webhooks={"platform": {"secrets": ["whsec_new", "whsec_old"]}})
    open_session(stripe_peer)
    paid(stripe_peer)
    assert read(stripe_peer.webhooks()[0], "whsec_new").type == "payment_intent.created"
    stripe_peer.control("config", webhooks={"platform": {"secrets": [SECRETS["platform"]]}})


# --- really delivered -----------------------------------------------------------------------------


class Ear(ThreadingHTTPServer):
    """A shop that hears webhooks, and answers the first of each path with what it is told to."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, Any]] = []
        self.statuses: list[int] = []
        super().__init__(("127.0.0.1", 0), _Hearing)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Hearing(BaseHTTPRequestHandler):
    server: Ear

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append((self.path, json.loads(body)))
        self.send_response(self.server.statuses.pop(0) if self.server.statuses else 200)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def ear() -> Iterator[Ear]:
    server = Ear()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def listen(peer: PeerHandle, ear: Ear, **more: Any) -> None:
    hooks = {name: {"url": ear.url + path} for name, path in PATHS.items()}
    peer.control("config", webhooks=hooks, **more)


@pytest.fixture
def listening(stripe_peer: PeerHandle, ear: Ear) -> Iterator[PeerHandle]:
    listen(stripe_peer, ear)
    yield stripe_peer
    deaf = {name: {"url": stripe_peer.hooks + path} for name, path in PATHS.items()}
    stripe_peer.control("config", webhooks=deaf, deliver=False)


def test_webhooks_are_posted_by_themselves(listening: PeerHandle, ear: Ear) -> None:
    listening.control("config", deliver=True)
    seller(listening)
    paid(listening)
    wait_for(lambda: len(ear.heard) >= 9, 30, "all webhooks come")
    assert {path for path, _ in ear.heard} == set(PATHS.values())


def test_what_is_not_taken_is_told_again(listening: PeerHandle, ear: Ear) -> None:
    ear.statuses = [500, 302]
    listening.control("config", deliver=True, retry_seconds=[0.1, 0.1, 0.1])
    listening.client.v1.payment_intents.create({"amount": 1000, "currency": "eur"})
    wait_for(lambda: len(ear.heard) == 3, 30, "the webhook comes a third time")
    assert len({event["id"] for _, event in ear.heard}) == 1
    time.sleep(0.3)
    assert len(ear.heard) == 3
    assert listening.control("state")["waiting"] == []


def test_all_can_be_delivered_at_once(listening: PeerHandle, ear: Ear) -> None:
    paid(listening)
    assert ear.heard == []
    results = listening.control("deliver")["delivered"]
    assert [one["status"] for one in results] == [200] * 4
    assert [event["type"] for _, event in ear.heard] == [one["type"] for one in results]
    assert listening.control("deliver")["delivered"] == []
