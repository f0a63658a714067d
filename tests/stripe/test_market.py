"""A market at Stripe's peer: paid by webhook, refunded, settled, transferred, and all of it once.

Paper for €18 and its delivery for €9 are ¥4,320 at ¥160, and ¥87 of exchange spread: ¥4,407. The
commission is 6 % of the goods, €1.08, so €25.92 are for the seller.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings as SettingsWrapper

from accounts.models import AuditEntry, User
from common.states import TransitionError
from notifications.models import Notice
from orders.services.events import handle_provider_events
from payments.gateways import account_gateway
from payments.gateways.stripe import client as stripe_client
from payments.models import (
    BalanceTransaction,
    ConnectedAccount,
    HeldPayment,
    Payment,
    Payout,
    ProviderEvent,
    Refund,
)
from payments.selectors import balance, check_books
from payments.services import (
    hold_payouts,
    open_session,
    release_held,
    request_refund,
    run_settlement,
    submit_payouts,
    submit_refunds,
)
from payments.services.accounts import (
    BANK_REFUSED,
    DISCONNECTED,
    AccountNews,
    apply_account_facts,
    open_account,
    refresh_account,
)
from payments.services.actuals import take_in_movements
from payments.services.charging import close_session
from payments.services.held import freeze_held
from payments.services.warnings import end_warnings
from payments.states import (
    AccountKind,
    InboxState,
    PaymentState,
    TransfersState,
    TransferState,
)
from tests.cast import Cast
from tests.stripe.peer import PeerHandle
from tests.stripe.through import Market, moment, use_the_peer, without_own_retries

pytestmark = pytest.mark.django_db
LATER = timedelta(minutes=5)


@pytest.fixture(autouse=True)
def _one_try(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    without_own_retries(monkeypatch)
    yield
    stripe_client._client.cache_clear()


@pytest.fixture
def market(settings: SettingsWrapper, stripe_peer: PeerHandle, cast: Cast) -> Market:
    use_the_peer(settings, stripe_peer)
    return Market(stripe_peer, cast)


def clearing(currency: str) -> int:
    return balance(kind=AccountKind.PROVIDER_CLEARING, currency=currency).amount


def payable(market: Market) -> int:
    reference = str(market.chiara.pk)
    return balance(kind=AccountKind.SELLER_PAYABLE, currency="EUR", reference=reference).amount


def settle(at: Any) -> Payout:
    [payout] = run_settlement(period=at.date().isoformat(), now=at).payouts
    submit_payouts(now=at)
    payout.refresh_from_db()
    return payout


def test_paid_refunded_settled_and_transferred(market: Market) -> None:
    market.connect()
    payment = market.bought()
    assert payment.state == PaymentState.PAID
    assert payment.charge_ref.startswith("ch_")
    held = HeldPayment.objects.get()
    assert held.booked_at is not None

    request_refund(order_ref=held.order_ref, amount=812, reason="one", key="r1", now=moment())
    submit_refunds(now=moment())
    market.hear()
    refund = Refund.objects.get()
    assert (refund.transfer, refund.seller_amount) == (TransferState.DONE, 497)

    release_held(order_ref=held.order_ref, now=moment())
    assert payable(market) == 2115  # 2,203 of goods and delivery less 88
    market.peer.control("topup", amount=10_000, currency="eur")
    payout = settle(moment())
    market.hear()
    payout.refresh_from_db()
    assert (payout.transfer, payout.amount) == (TransferState.DONE, 2115)
    assert payable(market) == 0
    transfer = market.peer.client.v1.transfers.retrieve(payout.provider_ref)
    assert (transfer.amount, transfer.currency) == (2115, "eur")
    assert ProviderEvent.objects.exclude(state=InboxState.DONE).count() == 0
    assert check_books().problems == []


def test_what_stripe_really_took_is_booked(market: Market) -> None:
    """¥4,407 came as €24.90 less its fee of €0.62; the rest is exchange gain or loss."""
    market.connect()
    payment = market.bought()
    booked = BalanceTransaction.objects.get(source_ref=payment.charge_ref)
    assert booked.booked_at is not None
    assert (booked.currency, booked.source_currency, booked.source_amount) == ("EUR", "JPY", 4407)
    assert clearing("JPY") == 0
    assert clearing("EUR") == -booked.net
    assert balance(kind=AccountKind.PROVIDER_FEES, currency="EUR").amount == -booked.fee
    entries = check_books().entries
    take_in_movements(provider="stripe", now=moment() + LATER)
    assert check_books().entries == entries
    assert check_books().problems == []


def test_everything_told_ten_times_in_any_order_is_booked_once(market: Market) -> None:
    market.connect()
    payment = market.purchase()
    market.peer.pay(payment.session_ref)
    told = market.webhooks()
    for _ in range(3):
        for webhook in reversed(told):
            assert market.deliver(webhook) == 200
    market.hear()
    assert Payment.objects.get().state == PaymentState.PAID
    entries = check_books().entries
    ProviderEvent.objects.update(state=InboxState.NEW)
    market.hear()
    assert check_books().entries == entries
    assert check_books().problems == []


def test_a_session_is_opened_once_though_the_answer_was_lost(market: Market) -> None:
    market.connect()
    market.peer.fault("timeout_after_commit", path="/v1/checkout/sessions", count=1, seconds=0)
    payment = market.purchase()
    assert payment.state == PaymentState.UNKNOWN
    again = open_session(payment_id=payment.pk, now=moment())
    assert again.state == PaymentState.OPEN
    assert market.peer.control("state")["objects"]["checkout.session"] == 1


def test_a_refund_and_a_transfer_are_made_once_though_answers_were_lost(market: Market) -> None:
    market.connect()
    payment = market.bought()
    held = HeldPayment.objects.get()
    request_refund(order_ref=held.order_ref, amount=812, reason="one", key="r1", now=moment())
    market.peer.fault("timeout_after_commit", path="/v1/refunds", count=1, seconds=0)
    submit_refunds(now=moment())
    assert Refund.objects.get().transfer == TransferState.UNKNOWN
    submit_refunds(now=moment() + LATER)
    market.hear()
    assert Refund.objects.get().transfer == TransferState.DONE
    charge = market.peer.client.v1.charges.retrieve(payment.charge_ref)
    assert charge.amount_refunded == 812

    release_held(order_ref=held.order_ref, now=moment())
    market.peer.control("topup", amount=10_000, currency="eur")
    market.peer.fault("error_after_commit", path="/v1/transfers", method="POST", count=1)
    payout = settle(moment())
    assert payout.transfer == TransferState.UNKNOWN
    submit_payouts(now=moment() + LATER)
    market.hear()
    payout.refresh_from_db()
    assert payout.transfer == TransferState.DONE
    assert market.peer.control("state")["objects"]["transfer"] == 1
    assert check_books().problems == []


def test_a_balance_that_is_not_there_yet_is_waited_for(market: Market) -> None:
    market.connect()
    market.bought()
    release_held(order_ref=HeldPayment.objects.get().order_ref, now=moment())
    payout = settle(moment())
    assert payout.transfer == TransferState.PENDING
    assert payout.try_number == 2
    assert payout.last_error
    assert market.peer.control("state")["objects"].get("transfer", 0) == 0
    market.peer.advance(days=3)
    market.peer.control("topup", amount=10_000, currency="eur")
    submit_payouts(now=moment() + timedelta(days=1))
    market.hear()
    payout.refresh_from_db()
    assert payout.transfer == TransferState.DONE
    assert market.peer.control("state")["objects"]["transfer"] == 1


def test_a_payout_that_waits_for_the_balance_is_sent_when_that_is_told(market: Market) -> None:
    """Not ten minutes later, and not again and again."""
    market.connect()
    market.bought()
    release_held(order_ref=HeldPayment.objects.get().order_ref, now=moment())
    payout = settle(moment())
    assert payout.last_error == "balance_insufficient"
    assert submit_payouts(now=moment()) == 0
    told = {"id": "evt_own_1", "type": "balance.available", "data": {"object": {}}}
    assert market.tell(told) == 200
    handle_provider_events(now=moment())
    # Told for nothing: asked once, and waits again.
    assert submit_payouts(now=moment()) == 1
    payout.refresh_from_db()
    assert (payout.transfer, payout.try_number) == (TransferState.PENDING, 3)
    market.peer.control("topup", amount=10_000, currency="eur")
    market.peer.advance(days=3)
    assert "balance.available" in market.hear()
    assert submit_payouts(now=moment()) == 1
    market.hear()
    payout.refresh_from_db()
    assert payout.transfer == TransferState.DONE
    assert market.peer.control("state")["objects"]["transfer"] == 1
    assert check_books().problems == []


def test_nobody_is_settled_before_stripe_lets_money_through(market: Market) -> None:
    market.bought()
    release_held(order_ref=HeldPayment.objects.get().order_ref, now=moment())
    report = run_settlement(period="2026-11-24", now=moment())
    assert report.payouts == []
    assert payable(market) == 2592
    market.connect()
    assert len(run_settlement(period="2026-11-24", now=moment()).payouts) == 1


def test_a_page_that_we_closed_takes_no_money(market: Market) -> None:
    market.connect()
    payment = market.purchase()
    facts = close_session(payment_id=payment.pk, now=moment())
    assert facts.status == "EXPIRED"
    market.hear()
    assert Payment.objects.get().state == PaymentState.EXPIRED


def test_a_slow_bank_pays_after_days(market: Market) -> None:
    market.connect()
    payment = market.purchase()
    market.peer.control(f"checkout/{payment.session_ref}/pay", bank="bank_succeeds")
    market.hear()
    assert Payment.objects.get().state == PaymentState.OPEN
    market.peer.advance(days=8)
    market.hear()
    assert Payment.objects.get().state == PaymentState.PAID


# --- accounts -------------------------------------------------------------------------------------


def test_stripe_tells_that_an_account_is_ready(market: Market) -> None:
    account = open_account(payee_id=market.chiara.pk, email="c@example.com", now=moment())
    market.peer.control(f"accounts/{account.account_ref}/onboard")
    told = market.hear()
    assert any(kind.startswith("v2.core.account") for kind in told)
    account.refresh_from_db()
    assert (account.transfers, account.requirements) == (TransfersState.ACTIVE, [])


def test_stripe_tells_that_a_sellers_bank_refused(market: Market) -> None:
    account = market.connect()
    market.peer.control("topup", amount=5000, currency="eur", account=account)
    options: Any = {"stripe_account": account}
    sent = market.peer.client.v1.payouts.create({"amount": 5000, "currency": "eur"}, options)
    market.hear()
    assert not market.chiara.payouts_held
    market.peer.control(f"payouts/{sent.id}/fail", code="account_closed")
    assert "payout.failed" in market.hear()
    assert (market.chiara.payouts_held, market.chiara.hold_reason) == (True, BANK_REFUSED)
    notices = Notice.objects.filter(kind="account_bank_refused")
    assert [notice.recipient for notice in notices] == [market.cast.chiara.user]
    ProviderEvent.objects.update(state=InboxState.NEW)
    market.hear()
    assert notices.count() == 1


def test_a_bank_that_refuses_holds_payouts_until_there_is_another(market: Market) -> None:
    market.connect()
    account = ConnectedAccount.objects.get()
    news = AccountNews(account.pk, told_of(account), "account_closed", "po_1")
    for _ in range(2):
        apply_account_facts(news=news, now=moment())
    assert (market.chiara.payouts_held, market.chiara.hold_reason) == (True, BANK_REFUSED)
    refresh_account(payee_id=market.chiara.pk, now=moment())
    assert market.chiara.payouts_held
    news = AccountNews(account.pk, told_of(account), bank_changed=True)
    apply_account_facts(news=news, now=moment())
    assert not market.chiara.payouts_held


def told_of(account: ConnectedAccount) -> Any:
    return account_gateway("stripe").get_account(account.account_ref)


def test_a_disconnected_account_holds_payouts(market: Market) -> None:
    market.connect()
    account = ConnectedAccount.objects.get()
    ConnectedAccount.objects.update(account_ref="acct_gone")
    refresh_account(payee_id=market.chiara.pk, now=moment())
    account.refresh_from_db()
    assert account.transfers == TransfersState.NONE
    assert (market.chiara.payouts_held, market.chiara.hold_reason) == (True, DISCONNECTED)


def test_a_persons_own_hold_is_never_lifted(market: Market) -> None:
    market.connect()
    hold_payouts(payee_id=market.chiara.pk, reason="A moderator looks.", now=moment())
    account = ConnectedAccount.objects.get()
    apply_account_facts(news=AccountNews(account.pk, None), now=moment())
    assert len(market.chiara.hold_causes) == 2
    refresh_account(payee_id=market.chiara.pk, now=moment())
    assert (market.chiara.payouts_held, market.chiara.hold_reason) == (True, "A moderator looks.")


# --- warnings -------------------------------------------------------------------------------------


def about(charge: str, kind: str, thing: str, number: int) -> dict[str, Any]:
    return {
        "id": f"evt_{number}", "type": kind,
        "data": {"object": {"id": thing, "charge": charge}},
    }  # fmt: skip


def test_a_fraud_warning_freezes_what_is_held(market: Market) -> None:
    market.connect()
    payment = market.bought()
    event = about(payment.charge_ref, "radar.early_fraud_warning.created", "issfr_1", 1)
    assert market.tell(event) == 200
    market.hear()
    assert HeldPayment.objects.get().frozen_by == ["warning:issfr_1"]


def test_a_person_ends_what_a_warning_keeps(market: Market, client: Client) -> None:
    market.connect()
    payment = market.bought()
    held = HeldPayment.objects.get()
    freeze_held(order_ref=held.order_ref, cause="case:1")
    market.tell(about(payment.charge_ref, "radar.early_fraud_warning.created", "issfr_1", 1))
    market.hear()
    moderator = User.objects.create_superuser(email="mod@example.com", password="a long password")
    client.force_login(moderator, backend="django.contrib.auth.backends.ModelBackend")
    row = reverse("admin:payments_heldpayment_change", args=[held.pk])
    url = reverse("admin:payments_heldpayment_end_warnings", args=[held.pk])
    assert "Nothing is wrong" in client.get(row).content.decode()
    assert client.post(url, {"reason": ""}).status_code == 422
    held.refresh_from_db()
    assert held.frozen_by == ["case:1", "warning:issfr_1"]
    assert client.post(url, {"reason": "The buyer is known."}).status_code == 302
    held.refresh_from_db()
    assert (held.frozen, held.frozen_by) == (True, ["case:1"])
    assert AuditEntry.objects.get(action="end_warnings").reason == "The buyer is known."
    assert "Nothing is wrong" not in client.get(row).content.decode()
    with pytest.raises(TransitionError):
        end_warnings(held=held, actor=moderator, reason="Again", now=moment())


@pytest.mark.parametrize("order", ["opened closed", "closed opened"])
def test_a_review_freezes_until_it_is_closed_in_either_order(market: Market, order: str) -> None:
    market.connect()
    payment = market.bought()
    first, second = order.split()
    assert market.tell(about(payment.charge_ref, f"review.{first}", "prv_1", 1)) == 200
    market.hear()
    assert HeldPayment.objects.get().frozen == (first == "opened")
    assert market.tell(about(payment.charge_ref, f"review.{second}", "prv_1", 2)) == 200
    market.hear()
    assert not HeldPayment.objects.get().frozen


def test_a_warning_before_the_payment_is_booked_finds_it_by_its_charge(market: Market) -> None:
    market.connect()
    payment = market.purchase()
    market.peer.pay(payment.session_ref)
    [session] = market.peer.client.v1.checkout.sessions.list({"limit": 1}).data
    intent = market.peer.client.v1.payment_intents.retrieve(str(session.payment_intent))
    event = about(str(intent.latest_charge), "review.opened", "prv_1", 1)
    assert market.tell(event) == 200
    assert not Payment.objects.get().charge_ref
    market.hear()
    assert HeldPayment.objects.get().frozen_by == ["review:prv_1"]
