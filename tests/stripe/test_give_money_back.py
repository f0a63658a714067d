"""Refunds at the peer: never more than was paid, in parts that make the whole, and some that fail."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stripe import InvalidRequestError

from tests.stripe.peer import PeerHandle
from tests.stripe.shop import balance, paid, seller, types

NOW = "4000000000000077"


def refused(peer: PeerHandle, **body: Any) -> InvalidRequestError:
    with pytest.raises(InvalidRequestError) as error:
        peer.client.v1.refunds.create(body)  # type: ignore[arg-type]
    return error.value


def test_a_part_and_then_the_rest(stripe_peer: PeerHandle) -> None:
    charge = paid(stripe_peer)
    types(stripe_peer)
    refund = stripe_peer.client.v1.refunds.create(
        {
            "charge": charge.id,
            "amount": 914,
            "reason": "requested_by_customer",
            "metadata": {"refund": "1"},
        }
    )
    assert (refund.status, refund.amount, refund.currency) == ("succeeded", 914, "jpy")
    assert types(stripe_peer) == ["charge.refunded", "refund.created"]
    found = stripe_peer.client.v1.charges.retrieve(charge.id, {"expand": ["refunds"]})
    assert (found.amount_refunded, found.refunded) == (914, False)
    assert found.refunds is not None
    assert [one.id for one in found.refunds.data] == [refund.id]
    rest = stripe_peer.client.v1.refunds.create({"payment_intent": charge.payment_intent})
    assert rest.amount == 2740 - 914
    assert stripe_peer.client.v1.charges.retrieve(charge.id).refunded
    # The fee of 48 stays with Stripe.
    assert sum(balance(stripe_peer)) == -48


def test_more_than_is_left_is_refused(stripe_peer: PeerHandle) -> None:
    charge = paid(stripe_peer)
    stripe_peer.client.v1.refunds.create({"charge": charge.id, "amount": 2000})
    before = balance(stripe_peer)
    error = refused(stripe_peer, charge=charge.id, amount=741)
    assert "greater than unrefunded amount" in str(error)
    assert balance(stripe_peer) == before
    stripe_peer.client.v1.refunds.create({"charge": charge.id, "amount": 740})
    assert refused(stripe_peer, charge=charge.id).code == "charge_already_refunded"


def test_nothing_comes_back_of_what_was_not_paid(stripe_peer: PeerHandle) -> None:
    assert refused(stripe_peer, charge="ch_nothing").code == "resource_missing"
    intent = stripe_peer.client.v1.payment_intents.create({"amount": 1000, "currency": "eur"})
    assert refused(stripe_peer, payment_intent=intent.id).code == "payment_intent_unexpected_state"


def test_only_whole_steps_of_a_currency_come_back(stripe_peer: PeerHandle) -> None:
    charge = paid(stripe_peer, 12500, "kwd")
    assert "divisible by 10" in str(refused(stripe_peer, charge=charge.id, amount=1234))
    assert stripe_peer.client.v1.refunds.create({"charge": charge.id, "amount": 1230}).id


def test_a_refund_leaves_transfers_alone(stripe_peer: PeerHandle) -> None:
    charge = paid(stripe_peer, 5000, "eur", NOW)
    account = seller(stripe_peer)
    stripe_peer.client.v1.transfers.create(
        {"amount": 3000, "currency": "eur", "destination": account}
    )
    stripe_peer.client.v1.refunds.create({"charge": charge.id})
    assert balance(stripe_peer, account=account) == (3000, 0)
    assert "associated transfer" in str(
        refused(stripe_peer, charge=charge.id, reverse_transfer=True)
    )


def test_some_refunds_take_their_time(stripe_peer: PeerHandle) -> None:
    charge = paid(stripe_peer, 1000, "eur", "4000000000007726")
    refund = stripe_peer.client.v1.refunds.create({"charge": charge.id})
    assert refund.status == "pending"
    types(stripe_peer)
    stripe_peer.advance(days=1, seconds=1)
    assert stripe_peer.client.v1.refunds.retrieve(refund.id).status == "succeeded"
    assert "refund.updated" in types(stripe_peer)


def test_some_refunds_come_back(stripe_peer: PeerHandle) -> None:
    charge = paid(stripe_peer, 1000, "eur", "4000000000005126")
    before = sum(balance(stripe_peer))
    refund = stripe_peer.client.v1.refunds.create({"charge": charge.id})
    assert refund.status == "succeeded"
    types(stripe_peer)
    stripe_peer.advance(days=1, seconds=1)
    found = stripe_peer.client.v1.refunds.retrieve(
        refund.id, {"expand": ["failure_balance_transaction"]}
    )
    assert (found.status, found.failure_reason) == ("failed", "expired_or_canceled_card")
    back: Any = found.failure_balance_transaction
    assert (back.amount, back.type) == (1000, "refund_failure")
    assert sum(balance(stripe_peer)) == before
    assert "refund.failed" in types(stripe_peer)
    assert stripe_peer.client.v1.charges.retrieve(charge.id).amount_refunded == 0


def test_refunds_are_found_by_charge_and_by_intent(stripe_peer: PeerHandle) -> None:
    first, second = paid(stripe_peer), paid(stripe_peer)
    for charge in (first, first, second):
        stripe_peer.client.v1.refunds.create({"charge": charge.id, "amount": 100})
    refunds = stripe_peer.client.v1.refunds
    assert len(refunds.list({"charge": first.id}).data) == 2
    assert len(refunds.list({"payment_intent": second.payment_intent}).data) == 1


@given(parts=st.lists(st.integers(1, 900), min_size=1, max_size=5))
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_parts_make_exactly_the_whole(stripe_peer: PeerHandle, parts: list[int]) -> None:
    """Also in the currency it settled in, whatever the rate rounds."""
    charge = paid(stripe_peer, sum(parts) + 90, "jpy")
    for part in [*parts, 90]:
        stripe_peer.client.v1.refunds.create({"charge": charge.id, "amount": part})
    transactions = stripe_peer.client.v1.balance_transactions.list({"type": "refund", "limit": 100})
    refunds = {one.id for one in stripe_peer.client.v1.refunds.list({"charge": charge.id}).data}
    taken = sum(one.amount for one in transactions.data if one.source in refunds)
    assert taken == -charge.balance_transaction.amount
