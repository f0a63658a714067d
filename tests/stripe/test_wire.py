"""What Stripe would not understand never leaves a test."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from stripe import HTTPClient, StripeClient, StripeError

from tests.stripe.schema import description, unflatten
from tests.stripe.wire import Wire

DECLINED = b'{"error": {"type": "card_error", "code": "card_declined", "message": "No."}}'


class Recorder(HTTPClient):
    """Keeps what would be sent, and answers that the card was declined."""

    name = "recorder"

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[tuple[str, str, Any]] = []
        self.answer = DECLINED

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        *,
        _usage: list[str] | None = None,
    ) -> tuple[Any, int, Mapping[str, str]]:
        self.sent.append((method, url, post_data))
        return self.answer, 402, {}

    def close(self) -> None:
        pass


def paper() -> io.BytesIO:
    content = io.BytesIO(b"%PDF-1.7 \xff\x00")
    content.name = "slip.pdf"
    return content


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def client(recorder: Recorder) -> StripeClient:
    return StripeClient("sk_test_peer", http_client=recorder)


SESSION: Any = {
    "mode": "payment",
    "success_url": "https://shop.example/done",
    "cancel_url": "https://shop.example/basket",
    "line_items": [
        {
            "quantity": 1,
            "price_data": {
                "currency": "jpy",
                "unit_amount": 2740,
                "product_data": {"name": "Order 7"},
            },
        }
    ],
    "payment_intent_data": {"transfer_group": "purchase-7", "metadata": {"payment": "7"}},
    "metadata": {"payment": "7"},
    "locale": "ja",
}
ACCOUNT: Any = {
    "contact_email": "ama@example.com",
    "dashboard": "express",
    "defaults": {
        "responsibilities": {"fees_collector": "application", "losses_collector": "application"}
    },
    "identity": {"country": "gb", "entity_type": "individual"},
    "configuration": {
        "recipient": {"capabilities": {"stripe_balance": {"stripe_transfers": {"requested": True}}}}
    },
    "include": ["configuration.recipient", "requirements"],
}
ONBOARDING: Any = {
    "account": "acct_1",
    "use_case": {
        "type": "account_onboarding",
        "account_onboarding": {
            "configurations": ["recipient"],
            "refresh_url": "https://shop.example/again",
            "return_url": "https://shop.example/back",
        },
    },
}
Call = Callable[[StripeClient], Any]
GOOD: dict[str, Call] = {
    "session": lambda c: c.v1.checkout.sessions.create(SESSION),
    "session, expanded": lambda c: c.v1.checkout.sessions.retrieve(
        "cs_1", {"expand": ["payment_intent.latest_charge"]}
    ),
    "refund": lambda c: c.v1.refunds.create(
        {"charge": "ch_1", "amount": 914, "reason": "requested_by_customer", "metadata": {"r": "1"}}
    ),
    "transfer": lambda c: c.v1.transfers.create(
        {"amount": 100, "currency": "gbp", "destination": "acct_1", "transfer_group": "g"}
    ),
    "transfers, listed": lambda c: c.v1.transfers.list({"transfer_group": "g", "limit": 100}),
    "reversal": lambda c: c.v1.transfers.reversals.create("tr_1", {"amount": 5}),
    "payout": lambda c: c.v1.payouts.create(
        {"amount": 5, "currency": "gbp"}, {"stripe_account": "acct_1"}
    ),
    "evidence": lambda c: c.v1.disputes.update(
        "dp_1", {"evidence": {"uncategorized_text": "winning_evidence"}, "submit": True}
    ),
    "transactions": lambda c: c.v1.balance_transactions.list(
        {"created": {"gte": 1, "lt": 2}, "type": "charge", "payout": "po_1"}
    ),
    "v2 account": lambda c: c.v2.core.accounts.create(ACCOUNT),
    "v2 account, looked at": lambda c: c.v2.core.accounts.retrieve(
        "acct_1", {"include": ["requirements"]}
    ),
    "v2 link": lambda c: c.v2.core.account_links.create(ONBOARDING),
}


def changed(body: Any, *where: str | int, to: Any) -> Any:
    """`body` with one thing in it replaced; None takes it away."""
    copy: Any = json.loads(json.dumps(body))
    node = copy
    for part in where[:-1]:
        node = node[part]
    if to is None:
        del node[where[-1]]
    else:
        node[where[-1]] = to
    return copy


PRICE = ("line_items", 0, "price_data")
# Written without the SDK's types, which would refuse some of these before we do.
BAD: dict[str, tuple[Callable[[Any], Any], str]] = {
    "an unknown key": (
        lambda c: c.v1.transfers.create(
            {"amount": 1, "currency": "gbp", "destination": "a", "colour": "red"}
        ),
        "colour: is unknown",
    ),
    "a broken amount": (
        lambda c: c.v1.refunds.create({"charge": "ch_1", "amount": "1.5"}),
        "amount: '1.5' is not a whole number",
    ),
    "a currency forgotten": (
        lambda c: c.v1.transfers.create({"amount": 1, "destination": "a"}),
        "currency: is missing",
    ),
    "a currency forgotten, deeply": (
        lambda c: c.v1.checkout.sessions.create(changed(SESSION, *PRICE, "currency", to=None)),
        "line_items[0][price_data][currency]: is missing",
    ),
    "a misspelt key, deeply": (
        lambda c: c.v1.checkout.sessions.create(
            changed(SESSION, "payment_intent_data", "transferGroup", to="g")
        ),
        "payment_intent_data[transferGroup]: is unknown",
    ),
    "a value of no list": (
        lambda c: c.v1.refunds.create({"charge": "ch_1", "reason": "felt_like_it"}),
        "reason: 'felt_like_it' is none of",
    ),
    "a value of no list, in JSON": (
        lambda c: c.v2.core.accounts.create(changed(ACCOUNT, "dashboard", to="fancy")),
        "dashboard: 'fancy' is none of",
    ),
    "a misspelt key, in JSON": (
        lambda c: c.v2.core.accounts.create(
            changed(ACCOUNT, "configuration", "recipient", "capability", to={})
        ),
        "configuration[recipient][capability]: is unknown",
    ),
    "an unknown filter": (
        lambda c: c.v1.transfers.list({"group": "g"}),
        "group: is unknown",
    ),
    "an address that is none": (
        lambda c: c.raw_request("post", "/v1/escrows", amount=1),
        "POST /v1/escrows is not described",
    ),
}


@pytest.mark.parametrize("name", GOOD)
def test_a_right_body_is_sent(
    client: StripeClient, recorder: Recorder, validated_wire: Wire, name: str
) -> None:
    with pytest.raises(StripeError):
        GOOD[name](client)
    assert len(recorder.sent) == validated_wire.validated == 1


@pytest.mark.parametrize("name", BAD)
def test_a_wrong_body_is_not_sent(
    client: StripeClient, recorder: Recorder, validated_wire: Wire, name: str
) -> None:
    call, what = BAD[name]
    with validated_wire.expecting_refusal(what):
        call(client)
    assert recorder.sent == []


def test_a_file_is_sent_with_its_purpose(client: StripeClient, recorder: Recorder) -> None:
    with pytest.raises(StripeError):
        client.v1.files.create({"purpose": "dispute_evidence", "file": paper()})
    assert len(recorder.sent) == 1


def test_a_file_for_no_purpose_is_not_sent(
    client: Any, recorder: Recorder, validated_wire: Wire
) -> None:
    with validated_wire.expecting_refusal("purpose: 'wallpaper' is none of"):
        client.v1.files.create({"purpose": "wallpaper", "file": paper()})
    assert recorder.sent == []


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        (b"<html>", "the answer is not JSON"),
        (b"{}", "error: is missing"),
        (b'{"error": {"type": "nonsense"}}', "error[type]: 'nonsense' is none of"),
        (b'{"error": {"type": "api_error"}, "more": 1}', "more: is unknown"),
    ],
)
def test_an_answer_that_stripe_would_not_give_is_noticed(
    client: StripeClient, recorder: Recorder, validated_wire: Wire, answer: bytes, what: str
) -> None:
    recorder.answer = answer
    with validated_wire.expecting_refusal(what):
        client.v1.balance.retrieve()


def test_a_refusal_is_remembered_where_it_is_swallowed(client: Any, validated_wire: Wire) -> None:
    try:
        client.v1.transfers.list({"group": "g"})
    except Exception:  # noqa: BLE001 - what a careless caller would do
        assert len(validated_wire.refused) == 1
    validated_wire.refused.clear()


def test_every_client_of_the_sdk_is_watched() -> None:
    """Whichever the SDK chooses, now or after an update."""
    for client in HTTPClient.__subclasses__():
        for name in ("request", "request_async"):
            if name in vars(client):
                assert vars(client)[name].__module__ == "tests.stripe.wire", client


def test_forms_are_read_as_they_were_meant() -> None:
    pairs = [("a[b]", "1"), ("c[0][d]", "2"), ("c[1][d]", "3"), ("e[]", "4"), ("f", "")]
    assert unflatten(pairs) == {"a": {"b": "1"}, "c": [{"d": "2"}, {"d": "3"}], "e": ["4"], "f": ""}


@pytest.mark.parametrize(
    "pairs", [[("a", "1"), ("a[b]", "2")], [("a", "1"), ("a", "2")], [("a]", "1")]]
)
def test_a_form_that_contradicts_itself_is_refused(pairs: list[tuple[str, str]]) -> None:
    with pytest.raises(ValueError, match=r"both|twice|read"):
        unflatten(pairs)


def test_checking_costs_next_to_nothing() -> None:
    """About a tenth of a millisecond; twenty times that would be a mistake in the walk."""
    body = "amount=914&charge=ch_1&metadata[refund]=7&reason=requested_by_customer"
    about = description()
    started = time.perf_counter()
    for _ in range(200):
        assert not about.request_problems(
            method="post",
            path="/v1/refunds",
            query="",
            content_type="application/x-www-form-urlencoded",
            body=body,
        )
    assert (time.perf_counter() - started) / 200 < 0.002
