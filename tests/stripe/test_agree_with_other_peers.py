"""One scenario, two peers: what ours does, a peer that nobody here wrote does too.

Cards, 3-D Secure and signatures are compared with localstripe, keys and refunds with
stripe-stateful-mock, each in what docs/stripe-peer.md says it is right about. Requests are checked
against Stripe's description as everywhere; the others' answers are of older versions and are not.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from stripe import CardError, IdempotencyError, InvalidRequestError, StripeError, Webhook

from tests.market import wait_for
from tests.stripe.independent import Independent, localstripe, stateful_mock
from tests.stripe.peer import PeerHandle
from tests.stripe.wire import Wire

__all__ = ["localstripe", "stateful_mock"]

pytestmark = pytest.mark.peers
SECRET = "whsec_agreed"


@pytest.fixture(autouse=True)
def _answers_of_other_versions(validated_wire: Wire) -> None:
    validated_wire.checks_answers = False


@pytest.fixture(params=["ours", "localstripe"])
def cards(request: pytest.FixtureRequest) -> Any:
    """A peer that takes cards."""
    name = "stripe_peer" if request.param == "ours" else "localstripe"
    return request.getfixturevalue(name)


@pytest.fixture(params=["ours", "stateful-mock"])
def keys(request: pytest.FixtureRequest) -> Any:
    """A peer that keeps what it promised about keys and refunds."""
    name = "stripe_peer" if request.param == "ours" else "stateful_mock"
    return request.getfixturevalue(name)


def intent(peer: Any, method: str, amount: int = 1000) -> Any:
    """The sum of what both can be asked: make, then confirm."""
    made = peer.client.v1.payment_intents.create(
        {
            "amount": amount,
            "currency": "eur",
            "payment_method": method,
            "transfer_group": "purchase-7",
            "metadata": {"payment": "7"},
        }
    )
    assert made.status == "requires_confirmation"
    return made


# --- cards ----------------------------------------------------------------------------------------


def test_a_card_pays(cards: Any) -> None:
    made = intent(cards, "pm_card_visa")
    done = cards.client.v1.payment_intents.confirm(made.id)
    assert (done.status, done.amount) == ("succeeded", 1000)
    assert done.metadata["payment"] == "7"
    found = cards.client.v1.payment_intents.retrieve(made.id, {"expand": ["latest_charge"]})
    charge = found.latest_charge
    assert (charge.paid, charge.amount, charge.currency) == (True, 1000, "eur")


def test_a_card_is_declined(cards: Any) -> None:
    made = intent(cards, "pm_card_chargeCustomerFail")
    with pytest.raises(CardError) as refused:
        cards.client.v1.payment_intents.confirm(made.id)
    assert (refused.value.http_status, refused.value.code) == (402, "card_declined")
    found = cards.client.v1.payment_intents.retrieve(made.id)
    assert found.status == "requires_payment_method"


@pytest.mark.parametrize("passed", [True, False])
def test_a_card_asks_for_its_owner(cards: Any, passed: bool) -> None:
    method = "pm_card_authenticationRequired"
    if isinstance(cards, Independent):
        card: Any = {"number": "4000002500003155", "exp_month": 12, "exp_year": 2034, "cvc": "123"}
        method = cards.client.v1.payment_methods.create({"type": "card", "card": card}).id
    made = intent(cards, method)
    asked = cards.client.v1.payment_intents.confirm(made.id)
    assert asked.status == "requires_action"
    if isinstance(cards, Independent):
        secret, answer = asked.client_secret, str(passed).lower()
        cards.post(
            f"/v1/payment_intents/{made.id}/_authenticate",
            client_secret=secret,
            success=answer,
            key="pk_test_peer",
        )
    else:
        cards.control(f"payment_intents/{made.id}/authenticate", passed=passed)
    found = cards.client.v1.payment_intents.retrieve(made.id)
    assert found.status == ("succeeded" if passed else "requires_payment_method")


def test_an_intent_is_given_up_once(cards: Any) -> None:
    made = intent(cards, "pm_card_visa")
    assert cards.client.v1.payment_intents.cancel(made.id).status == "canceled"
    with pytest.raises(InvalidRequestError):
        cards.client.v1.payment_intents.cancel(made.id)


# --- signatures -----------------------------------------------------------------------------------


class _Ear(ThreadingHTTPServer):
    def __init__(self) -> None:
        self.heard: list[tuple[bytes, str]] = []
        super().__init__(("127.0.0.1", 0), _Hearing)


class _Hearing(BaseHTTPRequestHandler):
    server: _Ear

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append((body, self.headers["Stripe-Signature"]))
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def ear() -> Iterator[_Ear]:
    server = _Ear()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_the_sdk_believes_its_webhooks(cards: Any, ear: _Ear) -> None:
    url = f"http://127.0.0.1:{ear.server_address[1]}/hooks"
    if isinstance(cards, PeerHandle):
        cards.control(
            "config", webhooks={"platform": {"url": url, "secrets": [SECRET]}}, deliver=True
        )
    else:
        cards.post("/_config/webhooks/freeport", url=url, secret=SECRET)
    made = intent(cards, "pm_card_visa")
    cards.client.v1.payment_intents.confirm(made.id)

    def told() -> bool:
        return any(json.loads(body)["type"] == "payment_intent.succeeded" for body, _ in ear.heard)

    wait_for(told, 10, "the payment's webhook comes")
    for body, signature in ear.heard:
        assert Webhook.construct_event(body, signature, SECRET).object == "event"


# --- keys and refunds -----------------------------------------------------------------------------


def charge(peer: Any, key: str, amount: int = 1000) -> Any:
    """Ours takes payment intents, the other one only what came before them."""
    if isinstance(peer, PeerHandle):
        body: Any = {
            "amount": amount,
            "currency": "eur",
            "payment_method": "pm_card_visa",
            "confirm": True,
        }
        return peer.client.v1.payment_intents.create(body, {"idempotency_key": key})
    return peer.client.v1.charges.create(
        {"amount": amount, "currency": "eur", "source": "tok_visa"}, {"idempotency_key": key}
    )


def refundable(peer: Any, made: Any) -> str:
    return str(made.latest_charge if isinstance(peer, PeerHandle) else made.id)


def test_a_key_brings_the_same_object(keys: Any) -> None:
    first, again = charge(keys, "agree-1"), charge(keys, "agree-1")
    assert first.id == again.id
    assert "idempotent-replayed" not in first.last_response.headers
    assert again.last_response.headers["idempotent-replayed"] == "true"
    assert charge(keys, "agree-2").id != first.id


def test_a_key_is_for_one_body(keys: Any) -> None:
    charge(keys, "agree-3")
    with pytest.raises(IdempotencyError) as refused:
        charge(keys, "agree-3", amount=1001)
    assert refused.value.http_status == 400


def test_no_more_comes_back_than_was_paid(keys: Any) -> None:
    name = refundable(keys, charge(keys, "agree-4"))
    refunds = keys.client.v1.refunds
    with pytest.raises(StripeError):
        refunds.create({"charge": name, "amount": 1001})
    refunds.create({"charge": name, "amount": 600})
    with pytest.raises(InvalidRequestError):
        refunds.create({"charge": name, "amount": 401})
    assert refunds.create({"charge": name, "amount": 400}).status == "succeeded"
    with pytest.raises(InvalidRequestError) as refused:
        refunds.create({"charge": name, "amount": 1})
    assert refused.value.code == "charge_already_refunded"


def test_a_refund_is_repeated_by_its_key(keys: Any) -> None:
    name = refundable(keys, charge(keys, "agree-5"))
    body: Any = {"charge": name, "amount": 400}
    refunds = keys.client.v1.refunds
    first = refunds.create(body, {"idempotency_key": "agree-refund"})
    assert refunds.create(body, {"idempotency_key": "agree-refund"}).id == first.id
    assert keys.client.v1.charges.retrieve(name).amount_refunded == 400
