"""The peer takes payments as Stripe does: cards, 3-D Secure, slow banks, and its hosted page."""

from __future__ import annotations

import http.client
import re
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from stripe import CardError, InvalidRequestError

from tests.stripe.peer import PeerHandle
from tests.stripe.shop import CANCEL, balance, charge_of, open_session, paid, types

GOOD_CARD = {"method": "card", "number": "4242 4242 4242 4242", "exp": "12/34", "cvc": "123"}


def browse(peer: PeerHandle, address: str, **form: str) -> tuple[int, str, str]:
    """Status, where to, and the page: what a browser without scripts would get."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection("127.0.0.1", peer.port, timeout=10)
    try:
        headers = {"Content-Type": "application/x-www-form-urlencoded"} if form else {}
        connection.request(
            "POST" if form else "GET", parts.path, urlencode(form) if form else None, headers
        )
        answer = connection.getresponse()
        return answer.status, answer.headers.get("Location", ""), answer.read().decode()
    finally:
        connection.close()


def test_a_paid_session_settles_in_another_currency(stripe_peer: PeerHandle) -> None:
    """2,740 yen at 177 to the euro: 15.48, less 1.5 % and 0.25."""
    session = open_session(stripe_peer)
    assert (session.status, session.payment_status, session.payment_intent) == (
        "open",
        "unpaid",
        None,
    )
    stripe_peer.pay(session.id)
    charge = charge_of(stripe_peer, session.id)
    assert (charge.amount, charge.currency, charge.transfer_group) == (2740, "jpy", "purchase-7")
    booked = charge.balance_transaction
    assert (booked.amount, booked.currency, booked.fee, booked.net) == (1548, "eur", 48, 1500)
    assert round(charge.amount * booked.exchange_rate) == booked.amount
    assert balance(stripe_peer) == (0, 1500)
    assert types(stripe_peer) == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.completed",
    ]
    stripe_peer.advance(days=2, seconds=1)
    assert balance(stripe_peer) == (1500, 0)
    assert types(stripe_peer) == ["balance.available"]


def test_what_the_platform_keeps_is_not_converted(stripe_peer: PeerHandle) -> None:
    booked = paid(stripe_peer, 1000, "gbp").balance_transaction
    assert (booked.amount, booked.currency, booked.exchange_rate) == (1000, "gbp", None)


def test_where_it_settles_and_at_what_rate_can_be_set(stripe_peer: PeerHandle) -> None:
    stripe_peer.control(
        "config", settlement={"jpy": "usd"}, rates={"jpy:usd": "0.0065"}, fee_basis_points=0
    )
    booked = paid(stripe_peer).balance_transaction
    assert (booked.amount, booked.currency, booked.fee) == (1781, "usd", 25)


def test_stripe_may_book_a_payment_a_little_later(stripe_peer: PeerHandle) -> None:
    stripe_peer.control("config", books_after=60)
    charge = paid(stripe_peer)
    assert (charge.status, charge.balance_transaction) == ("succeeded", None)
    types(stripe_peer)
    stripe_peer.advance(seconds=61)
    assert types(stripe_peer) == ["charge.updated"]
    found = stripe_peer.client.v1.charges.retrieve(charge.id)
    assert found.balance_transaction is not None


def test_a_declined_card_may_be_followed_by_a_good_one(stripe_peer: PeerHandle) -> None:
    session = open_session(stripe_peer)
    assert stripe_peer.pay(session.id, "4000000000000002")["status"] == "requires_payment_method"
    found = stripe_peer.client.v1.checkout.sessions.retrieve(
        session.id, {"expand": ["payment_intent"]}
    )
    intent: Any = found.payment_intent
    assert (found.status, intent.status) == ("open", "requires_payment_method")
    assert intent.last_payment_error.decline_code == "generic_decline"
    assert balance(stripe_peer) == (0, 0)
    assert types(stripe_peer)[-2:] == ["charge.failed", "payment_intent.payment_failed"]
    stripe_peer.pay(session.id)
    assert charge_of(stripe_peer, session.id).paid
    charges = stripe_peer.client.v1.charges.list({"payment_intent": intent.id}).data
    assert [charge.status for charge in charges] == ["succeeded", "failed"]


def test_a_bank_pays_later(stripe_peer: PeerHandle) -> None:
    session = open_session(stripe_peer)
    stripe_peer.control(f"checkout/{session.id}/pay", bank="bank_succeeds")
    found = stripe_peer.client.v1.checkout.sessions.retrieve(session.id)
    assert (found.status, found.payment_status) == ("complete", "unpaid")
    assert types(stripe_peer)[-2:] == ["payment_intent.processing", "checkout.session.completed"]
    stripe_peer.advance(days=3, seconds=1)
    assert types(stripe_peer)[-2:] == [
        "payment_intent.succeeded",
        "checkout.session.async_payment_succeeded",
    ]
    assert charge_of(stripe_peer, session.id).payment_method_details.type == "sepa_debit"


def test_a_bank_may_refuse_in_the_end(stripe_peer: PeerHandle) -> None:
    session = open_session(stripe_peer)
    stripe_peer.control(f"checkout/{session.id}/pay", bank="bank_fails")
    stripe_peer.advance(days=4)
    assert types(stripe_peer)[-1] == "checkout.session.async_payment_failed"
    found = stripe_peer.client.v1.checkout.sessions.retrieve(session.id)
    assert found.payment_status == "unpaid"
    assert balance(stripe_peer) == (0, 0)


def test_a_session_expires_by_the_clock_or_by_request(stripe_peer: PeerHandle) -> None:
    first, second = open_session(stripe_peer), open_session(stripe_peer)
    stripe_peer.client.v1.checkout.sessions.expire(first.id)
    stripe_peer.advance(days=1, seconds=10)
    for session in (first, second):
        found = stripe_peer.client.v1.checkout.sessions.retrieve(session.id)
        assert (found.status, found.url) == ("expired", None)
    assert types(stripe_peer) == ["checkout.session.expired"] * 2
    with pytest.raises(InvalidRequestError, match="Only Checkout Sessions"):
        stripe_peer.client.v1.checkout.sessions.expire(first.id)


def test_a_paid_session_does_not_expire(stripe_peer: PeerHandle) -> None:
    session = open_session(stripe_peer)
    stripe_peer.pay(session.id)
    stripe_peer.advance(days=2)
    assert stripe_peer.client.v1.checkout.sessions.retrieve(session.id).status == "complete"


@pytest.mark.parametrize("minutes", [10, 25 * 60])
def test_a_session_lives_between_half_an_hour_and_a_day(
    stripe_peer: PeerHandle, minutes: int
) -> None:
    now = stripe_peer.control("state")["now"]
    with pytest.raises(InvalidRequestError, match="expires_at"):
        open_session(stripe_peer, expires_at=now + minutes * 60)


@pytest.mark.parametrize(
    ("amount", "currency", "settles", "code"),
    [
        (29, "gbp", "", "amount_too_small"),
        (80, "jpy", "", "amount_too_small"),
        (100_000_000, "eur", "", "amount_too_large"),
        (5123, "kwd", "", None),
        (550, "isk", "", None),
        (5501, "ugx", "", None),
    ],
)
def test_what_no_card_can_pay_is_refused(
    stripe_peer: PeerHandle, amount: int, currency: str, settles: str, code: str | None
) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        open_session(stripe_peer, amount, currency)
    assert refused.value.code == code
    assert stripe_peer.control("state")["objects"].get("checkout.session") is None


@pytest.mark.parametrize(
    ("amount", "currency"), [(5120, "kwd"), (55000, "isk"), (999_999_999, "idr"), (30, "gbp")]
)
def test_what_a_card_can_pay_is_taken(stripe_peer: PeerHandle, amount: int, currency: str) -> None:
    assert open_session(stripe_peer, amount, currency).amount_total == amount


def test_an_unknown_currency_is_refused(stripe_peer: PeerHandle) -> None:
    with pytest.raises(InvalidRequestError, match="Invalid currency: xyz"):
        open_session(stripe_peer, 1000, "xyz")


# --- payment intents ------------------------------------------------------------------------------


def confirmed(peer: PeerHandle, method: str, **more: Any) -> Any:
    body: Any = {"amount": 1000, "currency": "eur", "payment_method": method, "confirm": True}
    return peer.client.v1.payment_intents.create(body | more)


def test_an_intent_can_be_confirmed_at_once(stripe_peer: PeerHandle) -> None:
    intent = confirmed(stripe_peer, "pm_card_visa", transfer_group="g")
    assert (intent.status, intent.amount_received) == ("succeeded", 1000)


def test_a_decline_is_an_error_and_leaves_its_trace(stripe_peer: PeerHandle) -> None:
    with pytest.raises(CardError) as refused:
        confirmed(stripe_peer, "pm_card_chargeDeclinedInsufficientFunds")
    error: Any = refused.value.error
    assert (refused.value.code, error.decline_code) == (
        "card_declined",
        "insufficient_funds",
    )
    intents = stripe_peer.client.v1.payment_intents.list().data
    assert [intent.status for intent in intents] == ["requires_payment_method"]


def test_a_card_may_ask_for_its_owner(stripe_peer: PeerHandle) -> None:
    intent = confirmed(stripe_peer, "pm_card_authenticationRequired")
    assert intent.status == "requires_action"
    assert balance(stripe_peer) == (0, 0)
    stripe_peer.control(f"payment_intents/{intent.id}/authenticate", passed=False)
    found = stripe_peer.client.v1.payment_intents.retrieve(intent.id)
    assert found.status == "requires_payment_method"
    stripe_peer.client.v1.payment_intents.confirm(
        intent.id, {"payment_method": "pm_card_authenticationRequired"}
    )
    stripe_peer.control(f"payment_intents/{intent.id}/authenticate", passed=True)
    assert stripe_peer.client.v1.payment_intents.retrieve(intent.id).status == "succeeded"


def test_an_intent_can_be_given_up_until_it_is_paid(stripe_peer: PeerHandle) -> None:
    intents = stripe_peer.client.v1.payment_intents
    intent = intents.create({"amount": 1000, "currency": "eur"})
    assert intents.cancel(intent.id).status == "canceled"
    done = confirmed(stripe_peer, "pm_card_visa")
    with pytest.raises(InvalidRequestError) as refused:
        intents.cancel(done.id)
    assert refused.value.code == "payment_intent_unexpected_state"


def test_a_part_of_what_was_authorised_can_be_captured(stripe_peer: PeerHandle) -> None:
    intent = confirmed(stripe_peer, "pm_card_visa", capture_method="manual")
    assert (intent.status, intent.amount_capturable) == ("requires_capture", 1000)
    assert balance(stripe_peer) == (0, 0)
    intent = stripe_peer.client.v1.payment_intents.capture(intent.id, {"amount_to_capture": 600})
    assert (intent.status, intent.amount_received) == ("succeeded", 600)
    assert balance(stripe_peer) == (0, 600 - 9 - 25)


# --- the hosted page ------------------------------------------------------------------------------


def test_a_buyer_pays_on_the_page(stripe_peer: PeerHandle) -> None:
    session = open_session(stripe_peer, locale="ja")
    status, _, page = browse(stripe_peer, session.url)
    assert status == 200
    assert 'lang="ja"' in page
    assert "JPY\u00a02,740" in page
    status, to, _ = browse(stripe_peer, session.url, email="haruka@example.com", **GOOD_CARD)
    assert (status, to) == (303, f"https://shop.example/done?session={session.id}")
    assert charge_of(stripe_peer, session.id).paid
    status, _, page = browse(stripe_peer, session.url)
    assert status == 200
    assert "<form" not in page


def test_what_is_wrong_is_said_beside_its_field(stripe_peer: PeerHandle) -> None:
    session = open_session(stripe_peer)
    typed = {"email": "someone@example.com", **GOOD_CARD}
    for field, wrong in (
        ("email", "nobody"),
        ("number", "4111 1111 1111 1111"),
        ("exp", "13/34"),
        ("cvc", "1"),
    ):
        status, _, page = browse(stripe_peer, session.url, **{**typed, field: wrong})
        assert status == 422
        assert re.search(rf'id="{field}"[^>]*aria-invalid="true"', page), field
        assert 'value="4' in page or field == "email"
    assert stripe_peer.client.v1.payment_intents.list().data == []


def test_a_declined_card_keeps_the_page_open(stripe_peer: PeerHandle) -> None:
    session = open_session(stripe_peer)
    typed = {"email": "someone@example.com", **GOOD_CARD, "number": "4000000000009995"}
    status, _, page = browse(stripe_peer, session.url, **typed)
    assert status == 402
    assert "not enough money" in page
    assert "someone@example.com" in page


def test_a_buyer_answers_the_bank_on_the_page(stripe_peer: PeerHandle) -> None:
    session = open_session(stripe_peer)
    typed = {"email": "someone@example.com", **GOOD_CARD, "number": "4000000000003220"}
    status, to, _ = browse(stripe_peer, session.url, **typed)
    assert (status, to[:5]) == (303, "/3ds/")
    status, _, page = browse(stripe_peer, to, answer="no")
    assert status == 402
    assert "could not confirm" in page
    # The form is shown at the bank's address; what is typed into it goes to the payment's.
    [where] = re.findall(r'<form class="card" method="post" action="([^"]+)"', page)
    assert session.url is not None
    assert session.url.endswith(where)
    _, to, _ = browse(stripe_peer, where, **typed)
    assert browse(stripe_peer, to)[0] == 200
    status, to, _ = browse(stripe_peer, to, answer="yes")
    assert (status, to) == (303, f"https://shop.example/done?session={session.id}")


def test_a_buyer_chooses_the_bank_on_the_page(stripe_peer: PeerHandle) -> None:
    session = open_session(stripe_peer)
    status, to, _ = browse(stripe_peer, session.url, email="a@example.com", method="bank_succeeds")
    assert (status, to) == (303, f"https://shop.example/done?session={session.id}")
    found = stripe_peer.client.v1.checkout.sessions.retrieve(session.id)
    assert (found.status, found.payment_status) == ("complete", "unpaid")


def test_an_expired_page_leads_back_to_the_shop(stripe_peer: PeerHandle) -> None:
    session = open_session(stripe_peer)
    stripe_peer.client.v1.checkout.sessions.expire(session.id)
    status, _, page = browse(stripe_peer, session.url)
    assert status == 200
    assert f'href="{CANCEL}"' in page
    status, _, _ = browse(stripe_peer, session.url, email="a@example.com", **GOOD_CARD)
    assert status == 200
    assert stripe_peer.client.v1.payment_intents.list().data == []


def test_an_unknown_page_is_none(stripe_peer: PeerHandle) -> None:
    for path in ("/c/pay/cs_test_nothing", "/3ds/pi_nothing", "/setup/link_nothing", "/"):
        assert browse(stripe_peer, path)[0] == 404
