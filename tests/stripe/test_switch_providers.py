"""A market changes from the sandbox to Stripe: each purchase is finished where it was begun."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from pytest_django import Settings as SettingsWrapper

from orders.services.events import handle_provider_events
from payments.gateways.stripe import client as stripe_client
from payments.models import HeldPayment, Payment, Payout, Refund
from payments.selectors import check_books
from payments.services import (
    release_held,
    request_refund,
    run_settlement,
    submit_payouts,
    submit_refunds,
)
from payments.states import PaymentState, TransferState
from sandbox.models import Payout as SandboxPayout
from sandbox.models import Refund as SandboxRefund
from sandbox.services import run_bank
from tests.cast import Cast
from tests.orders.shopper import Shopper, put_through
from tests.stripe.peer import PeerHandle
from tests.stripe.through import moment, use_the_peer, without_own_retries

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _one_try(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    without_own_retries(monkeypatch)
    yield
    stripe_client._client.cache_clear()


def test_a_purchase_is_finished_where_it_was_begun(
    settings: SettingsWrapper,
    stripe_peer: PeerHandle,
    cast: Cast,
    clock: time_machine.Traveller,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its page, its refund and its seller's payout stay at the sandbox; the peer hears of nothing."""
    wire = put_through(monkeypatch)
    haruka = Shopper("JP")
    haruka.add(cast.chiara.variant, 2)
    purchase = haruka.place()
    use_the_peer(settings, stripe_peer)

    haruka.pay(purchase)
    haruka.come_back(purchase)
    payment = Payment.objects.get()
    assert (payment.provider, payment.state) == ("sandbox", PaymentState.PAID)
    held = HeldPayment.objects.get()
    request_refund(order_ref=held.order_ref, amount=812, reason="one", key="r1", now=moment())
    submit_refunds(now=moment())
    release_held(order_ref=held.order_ref, now=moment())
    assert len(run_settlement(period="2026-11-24", now=moment()).payouts) == 1
    submit_payouts(now=moment())
    clock.shift(timedelta(days=3))
    run_bank(now=moment())
    wire.deliver(moment())
    handle_provider_events(now=moment())

    assert (Refund.objects.get().transfer, SandboxRefund.objects.get().amount) == (
        TransferState.DONE,
        812,
    )
    payout = Payout.objects.get()
    assert (payout.provider, payout.transfer) == ("sandbox", TransferState.DONE)
    assert SandboxPayout.objects.get().amount == payout.amount
    assert stripe_peer.client.v1.balance_transactions.list().data == []
    assert check_books().problems == []
