"""The provider's message never came: what it undid or decided is asked for within the hour."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from orders.models import Order
from orders.services.completion import confirm_receipt
from orders.services.events import handle_provider_events
from orders.services.fulfilment import mark_delivered, mark_shipped
from orders.services.reconciling import poll_disputes
from orders.services.settling import run_settlement
from orders.states import OrderState
from payments.gateways.base import ProviderUnavailable
from payments.gateways.sandbox import SandboxGateway
from payments.models import HeldPayment, Payout, ProviderDispute, ProviderEvent
from payments.selectors import balance, check_books
from payments.services import submit_payouts, update_payee
from payments.services.actuals import take_in_movements
from payments.services.missed import ask_about_movements
from payments.states import AccountKind, DisputeState, InboxState, TransferState
from sandbox import services as sandbox
from sandbox.models import Dispute
from sandbox.models import Payout as SandboxPayout
from tests.cast import NOW, Cast, cast, clock
from tests.orders.shopper import Shopper, put_through

__all__ = ["cast", "clock"]
pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
DISPUTED_CARD = "4000000000002685"


@pytest.fixture(autouse=True)
def _nothing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the provider tells is caught, and no test here delivers it."""
    put_through(monkeypatch)


def bought(cast: Cast, card: str) -> Order:
    """Lucie has come back from the provider's page, so the payment itself is known."""
    shopper = Shopper("FR")
    shopper.add(cast.chiara.variant)
    purchase = shopper.place()
    shopper.pay(purchase, card)
    shopper.come_back(purchase)
    return purchase.orders.get()


def an_hour_passes(clock: time_machine.Traveller, hours: int = 1) -> None:
    """What beat does every hour, and then with the inbox."""
    now = NOW + hours * HOUR
    clock.move_to(now)
    take_in_movements(provider="sandbox", now=now)
    ask_about_movements(now=now)
    poll_disputes(now=now)
    handle_provider_events(now=now)
    assert not ProviderEvent.objects.exclude(state=InboxState.DONE).exists()
    assert check_books().problems == []


def test_a_dispute_that_nobody_told_freezes_the_money(
    cast: Cast, clock: time_machine.Traveller
) -> None:
    order = bought(cast, DISPUTED_CARD)
    assert not HeldPayment.objects.get(order_ref=order.pk).frozen
    an_hour_passes(clock)
    dispute = ProviderDispute.objects.get()
    assert (dispute.state, dispute.taken_amount) == (DisputeState.NEEDS_RESPONSE, dispute.amount)
    assert HeldPayment.objects.get(order_ref=order.pk).frozen


def test_a_lost_dispute_moves_no_money_and_is_asked_about(
    cast: Cast, clock: time_machine.Traveller
) -> None:
    order = bought(cast, DISPUTED_CARD)
    an_hour_passes(clock)
    sandbox.decide_dispute(dispute_id=Dispute.objects.get().pk, won=False, now=NOW + HOUR)
    an_hour_passes(clock, 2)
    assert ProviderDispute.objects.get().state == DisputeState.LOST
    order.refresh_from_db()
    assert order.state == OrderState.CANCELLED
    assert poll_disputes(now=NOW + 3 * HOUR) == 0  # nobody asks for ever


def test_a_bank_that_changes_its_mind_moves_money_and_is_asked_about(
    cast: Cast, clock: time_machine.Traveller
) -> None:
    bought(cast, DISPUTED_CARD)
    an_hour_passes(clock)
    dispute = Dispute.objects.get().pk
    sandbox.decide_dispute(dispute_id=dispute, won=True, now=NOW + HOUR)
    an_hour_passes(clock, 2)
    assert ProviderDispute.objects.get().state == DisputeState.WON
    sandbox.decide_dispute(dispute_id=dispute, won=False, now=NOW + 2 * HOUR)
    an_hour_passes(clock, 3)
    assert ProviderDispute.objects.get().state == DisputeState.LOST


def test_a_provider_without_an_answer_is_asked_again(
    cast: Cast, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    bought(cast, DISPUTED_CARD)
    an_hour_passes(clock)
    sandbox.decide_dispute(dispute_id=Dispute.objects.get().pk, won=False, now=NOW + HOUR)

    def no_answer(_self: SandboxGateway, _ref: str) -> None:
        raise ProviderUnavailable("timeout")

    with monkeypatch.context() as patch:
        patch.setattr(SandboxGateway, "get_dispute", no_answer)
        assert poll_disputes(now=NOW + HOUR) == 1
    assert ProviderDispute.objects.get().state == DisputeState.NEEDS_RESPONSE
    an_hour_passes(clock, 2)
    assert ProviderDispute.objects.get().state == DisputeState.LOST


def test_a_payout_that_came_back_after_it_had_arrived_is_owed_again(
    cast: Cast, clock: time_machine.Traveller
) -> None:
    order = bought(cast, "4242424242424242")
    payee_id = cast.chiara.business.payee_id
    update_payee(payee_id=payee_id, destination={"account": "fine"})
    mark_shipped(order=order, actor=None, carrier="EMS", tracking_number="EE1", now=NOW)
    mark_delivered(order=order, actor=None, now=NOW)
    confirm_receipt(order=order, actor=None, now=NOW)
    run_settlement(now=NOW)
    for minutes in range(5):
        now = NOW + timedelta(minutes=minutes)
        submit_payouts(now=now)
        sandbox.run_bank(now=now)
        handle_provider_events(now=now)
    payout = Payout.objects.get()
    assert payout.transfer == TransferState.DONE

    SandboxPayout.objects.update(will_return=True)
    sandbox.run_bank(now=NOW + timedelta(minutes=30))
    an_hour_passes(clock)
    payout.refresh_from_db()
    assert (payout.transfer, payout.last_error) == (TransferState.FAILED, "returned")
    owed = balance(kind=AccountKind.SELLER_PAYABLE, currency="EUR", reference=str(payee_id)).amount
    assert owed == payout.amount
    entries = check_books().entries
    an_hour_passes(clock, 2)
    assert check_books().entries == entries
