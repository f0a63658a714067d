"""Idempotency keys at the peer, exactly as Stripe promises them, and no further."""

from __future__ import annotations

import http.client
import json
from typing import Any
from urllib.parse import urlencode

import pytest
from stripe import (
    APIConnectionError,
    APIError,
    CardError,
    IdempotencyError,
    InvalidRequestError,
    RateLimitError,
)

from tests.stripe.peer import KEY, PeerHandle
from tests.stripe.shop import balance, seller


def send(
    peer: PeerHandle, path: str, body: Any, key: str = "", *, method: str = "POST"
) -> tuple[int, Any, dict[str, str]]:
    """A request without the SDK, to see what the SDK hides: status, body, headers."""
    connection = http.client.HTTPConnection("127.0.0.1", peer.port, timeout=10)
    v2 = path.startswith("/v2/")
    headers = {"Authorization": f"Bearer {KEY}"}
    headers["Content-Type"] = "application/json" if v2 else "application/x-www-form-urlencoded"
    if key:
        headers["Idempotency-Key"] = key
    try:
        content = json.dumps(body) if v2 else urlencode(body)
        connection.request(method, path, content if method == "POST" else None, headers)
        answer = connection.getresponse()
        named = {name.lower(): value for name, value in answer.getheaders()}
        return answer.status, json.loads(answer.read()), named
    finally:
        connection.close()


def test_the_same_key_is_the_same_object(stripe_peer: PeerHandle) -> None:
    body = {"amount": 1000, "currency": "eur"}
    first = send(stripe_peer, "/v1/payment_intents", body, "k1")
    again = send(stripe_peer, "/v1/payment_intents", body, "k1")
    assert (first[0], first[1]) == (again[0], again[1])
    assert "idempotent-replayed" not in first[2]
    assert again[2]["idempotent-replayed"] == "true"
    assert first[2]["request-id"] != again[2]["request-id"]
    assert stripe_peer.control("state")["objects"]["payment_intent"] == 1
    assert send(stripe_peer, "/v1/payment_intents", body, "k2")[1]["id"] != first[1]["id"]


def test_the_saved_answer_is_of_then(stripe_peer: PeerHandle) -> None:
    intents = stripe_peer.client.v1.payment_intents
    made = intents.create({"amount": 1000, "currency": "eur"}, {"idempotency_key": "k"})
    intents.cancel(made.id)
    again = intents.create({"amount": 1000, "currency": "eur"}, {"idempotency_key": "k"})
    assert (again.id, again.status) == (made.id, "requires_payment_method")


def test_another_body_under_the_same_key_is_refused(stripe_peer: PeerHandle) -> None:
    intents = stripe_peer.client.v1.payment_intents
    intents.create({"amount": 1000, "currency": "eur"}, {"idempotency_key": "k"})
    with pytest.raises(IdempotencyError) as refused:
        intents.create({"amount": 1001, "currency": "eur"}, {"idempotency_key": "k"})
    assert refused.value.http_status == 400
    with pytest.raises(IdempotencyError):
        stripe_peer.client.v1.refunds.create({"charge": "ch_1"}, {"idempotency_key": "k"})
    assert stripe_peer.control("state")["objects"]["payment_intent"] == 1


def test_accounts_do_not_share_keys(stripe_peer: PeerHandle) -> None:
    account = seller(stripe_peer)
    intents = stripe_peer.client.v1.payment_intents
    body: Any = {"amount": 1000, "currency": "eur"}
    one = intents.create(body, {"idempotency_key": "k"})
    other = intents.create(body, {"idempotency_key": "k", "stripe_account": account})
    assert one.id != other.id


def test_a_refusal_is_saved_but_an_unreadable_request_is_not(stripe_peer: PeerHandle) -> None:
    account = seller(stripe_peer)
    body: Any = {"amount": 1000, "currency": "eur", "destination": account}
    transfers = stripe_peer.client.v1.transfers
    with pytest.raises(InvalidRequestError):
        transfers.create(body, {"idempotency_key": "k"})
    stripe_peer.control("topup", amount=5000, currency="eur")
    with pytest.raises(InvalidRequestError) as saved:
        transfers.create(body, {"idempotency_key": "k"})
    assert saved.value.code == "balance_insufficient"
    assert transfers.create(body, {"idempotency_key": "k2"}).amount == 1000
    # The strict door of the tests would refuse this; Stripe's own reading does too, and forgets it.
    stripe_peer.control("reset", deliver=False)


def test_a_decline_is_saved(stripe_peer: PeerHandle) -> None:
    body: Any = {
        "amount": 1000,
        "currency": "eur",
        "confirm": True,
        "payment_method": "pm_card_chargeDeclined",
    }
    for _ in range(2):
        with pytest.raises(CardError):
            stripe_peer.client.v1.payment_intents.create(body, {"idempotency_key": "k"})
    assert stripe_peer.control("state")["objects"]["charge"] == 1


@pytest.mark.parametrize("kind", ["error_before", "error_after_commit"])
def test_v1_repeats_a_500(stripe_peer: PeerHandle, kind: str) -> None:
    """So a batch must never rest on the key alone: the money may have moved, or not."""
    account = seller(stripe_peer)
    stripe_peer.control("topup", amount=5000, currency="eur")
    stripe_peer.fault(kind, path="/v1/transfers", count=1)
    body: Any = {"amount": 1000, "currency": "eur", "destination": account, "transfer_group": "g"}
    for _ in range(2):
        with pytest.raises(APIError) as failed:
            stripe_peer.client.v1.transfers.create(body, {"idempotency_key": "k"})
        assert failed.value.http_status == 500
    done = stripe_peer.client.v1.transfers.list({"transfer_group": "g"}).data
    assert len(done) == (kind == "error_after_commit")
    assert balance(stripe_peer) == (5000 - 1000 * len(done), 0)


def test_v2_completes_what_had_failed(stripe_peer: PeerHandle) -> None:
    stripe_peer.fault("error_before", path="/v2/core/accounts", count=1)
    body = {"contact_email": "ama@example.com", "identity": {"country": "it"}}
    assert send(stripe_peer, "/v2/core/accounts", body, "k")[0] == 500
    first = send(stripe_peer, "/v2/core/accounts", body, "k")
    again = send(stripe_peer, "/v2/core/accounts", body, "k")
    assert (first[0], first[1]["id"]) == (200, again[1]["id"])
    status, refused, _ = send(
        stripe_peer, "/v2/core/accounts", {"contact_email": "b@c.example"}, "k"
    )
    assert (status, refused["error"]["code"]) == (400, "idempotency_error")


def test_a_key_is_forgotten_after_a_day(stripe_peer: PeerHandle) -> None:
    intents = stripe_peer.client.v1.payment_intents
    body: Any = {"amount": 1000, "currency": "eur"}
    first = intents.create(body, {"idempotency_key": "k"})
    stripe_peer.advance(hours=23)
    assert intents.create(body, {"idempotency_key": "k"}).id == first.id
    stripe_peer.advance(hours=2)
    assert intents.create(body, {"idempotency_key": "k"}).id != first.id


def test_an_overlong_key_is_refused(stripe_peer: PeerHandle) -> None:
    with pytest.raises(InvalidRequestError, match="255"):
        stripe_peer.client.v1.payment_intents.create(
            {"amount": 1000, "currency": "eur"}, {"idempotency_key": "k" * 256}
        )


# --- answers that do not come ---------------------------------------------------------------------


def test_a_lost_answer_is_found_by_its_key(stripe_peer: PeerHandle) -> None:
    """The connection breaks after the work is done; the SDK's own retry brings the answer."""
    stripe_peer.fault("timeout_after_commit", path="/v1/payment_intents", count=1)
    body: Any = {"amount": 1000, "currency": "eur"}
    client = stripe_peer.client_with(retries=1)
    made = client.v1.payment_intents.create(body, {"idempotency_key": "k"})
    assert made.amount == 1000
    assert stripe_peer.control("state")["objects"]["payment_intent"] == 1


def test_without_a_retry_the_outcome_is_unknown(stripe_peer: PeerHandle) -> None:
    body: Any = {"amount": 1000, "currency": "eur"}
    for kind, made in (("timeout_after_commit", 1), ("timeout_before", 1)):
        stripe_peer.fault(kind, path="/v1/payment_intents", count=1)
        with pytest.raises(APIConnectionError):
            stripe_peer.client.v1.payment_intents.create(body)
        assert stripe_peer.control("state")["objects"]["payment_intent"] == made


def test_too_many_requests_do_nothing_and_save_nothing(stripe_peer: PeerHandle) -> None:
    stripe_peer.fault("rate_limit", method="POST", path="/v1/*", count=1)
    body: Any = {"amount": 1000, "currency": "eur"}
    intents = stripe_peer.client.v1.payment_intents
    with pytest.raises(RateLimitError):
        intents.create(body, {"idempotency_key": "k"})
    assert stripe_peer.control("state")["objects"].get("payment_intent") is None
    assert intents.create(body, {"idempotency_key": "k"}).amount == 1000


def test_a_probability_repeats_itself_by_its_seed(stripe_peer: PeerHandle) -> None:
    def run() -> list[int]:
        stripe_peer.reset()
        stripe_peer.fault("error_before", path="/v1/balance", probability=0.5, seed=7)
        return [send(stripe_peer, "/v1/balance", "", method="GET")[0] for _ in range(20)]

    first = run()
    assert first == run()
    assert set(first) == {200, 500}


def test_only_test_keys_are_taken(stripe_peer: PeerHandle) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", stripe_peer.port, timeout=10)
    for key in ("sk_live_secret", ""):
        connection.request("GET", "/v1/balance", headers={"Authorization": f"Bearer {key}"})
        answer = connection.getresponse()
        assert (answer.status, b"test keys only" in answer.read()) == (401, True)
    connection.close()


def test_what_stripe_does_not_know_is_refused_without_a_trace(stripe_peer: PeerHandle) -> None:
    """The peer's own reading, behind the strict door that the tests put before it."""
    status, found, _ = send(stripe_peer, "/v1/escrows", {"amount": 1}, "k")
    assert status == 400
    assert "not described" in found["error"]["message"]
    assert len(stripe_peer.control("wire")["refused"]) == 1
    stripe_peer.reset()
