"""Calls to the provider: outside transactions, once for each key, asked when nothing was heard."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import transaction

from accounts.models import User
from common.money import Money
from common.states import TransitionError
from payments.gateways.base import PayoutRequest, ProviderShort
from payments.gateways.sandbox import SandboxGateway
from payments.models import HeldPayment, Payee, Payment, Payout, ProviderEvent, Refund
from payments.selectors import balance, check_books
from payments.services import (
    PaymentFacts,
    PayoutFacts,
    RefundFacts,
    SignatureError,
    apply_payment_facts,
    apply_payout_facts,
    apply_refund_facts,
    close_session,
    create_payee,
    event_facts,
    fail_event,
    finish_event,
    hold_payouts,
    open_session,
    pending_events,
    receive_webhook,
    release_held,
    reopen_event,
    request_refund,
    resume_payouts,
    retry_refund,
    run_settlement,
    store_event,
    submit_payouts,
    submit_refunds,
    sync_payment,
    update_payee,
)
from payments.services.payouts import recall_payout
from payments.states import AccountKind, InboxState, PaymentState, TransferState
from sandbox import services as sandbox
from sandbox.models import Payout as SandboxPayout
from sandbox.models import Refund as SandboxRefund
from sandbox.models import Session
from sandbox.rules import signature_header
from tests.payments.test_hold_a_payment import pay_for, plan, quote

CARD = "4242424242424242"
LATER = timedelta(minutes=5)


@pytest.fixture
def payment(db: None, now: datetime) -> Payment:
    chiara = create_payee(name="Chiara Carta", country="IT", currency="EUR", now=now)
    one = plan(
        chiara,
        quote("EUR", "JPY", "160", now),
        seller=5000,
        commission=300,
        mid=8000,
        spread=120,
        tax=812,
    )
    return pay_for([one], "JPY", now)


def pay(payment: Payment, now: datetime) -> Payment:
    opened = open_session(payment_id=payment.pk, now=now)
    sandbox.pay_session(session_id=opened.session_ref, card_number=CARD, now=now)
    apply_payment_facts(facts=sync_payment(payment_id=payment.pk, now=now), now=now)
    payment.refresh_from_db()
    return payment


def order_of(payment: Payment) -> uuid.UUID:
    return payment.held.get().order_ref


def read_inbox(now: datetime) -> int:
    """What the task of the orders app does with each event."""
    events = pending_events(50)
    for event in events:
        facts = event_facts(event=event)
        with transaction.atomic():
            match facts:
                case PaymentFacts():
                    apply_payment_facts(facts=facts, now=now)
                case RefundFacts():
                    apply_refund_facts(facts=facts, now=now)
                case PayoutFacts():
                    apply_payout_facts(facts=facts, now=now)
            finish_event(event=event, now=now)
    return len(events)


def loses_the_answer(monkeypatch: pytest.MonkeyPatch, name: str, *, after: bool) -> None:
    """The next call of the provider times out, before or after it was carried out."""
    real: Callable[..., Any] = getattr(sandbox, name)

    def once(*args: Any, **kwargs: Any) -> Any:
        monkeypatch.setattr(sandbox, name, real)
        if after:
            real(*args, **kwargs)
        raise sandbox.SandboxError("timeout", "No answer.", definitive=False)

    monkeypatch.setattr(sandbox, name, once)


# --- charging ------------------------------------------------------------------------------------


def test_a_payment_is_opened_paid_and_booked(payment: Payment, now: datetime) -> None:
    opened = open_session(payment_id=payment.pk, now=now)
    assert opened.state == PaymentState.OPEN
    assert opened.session_url.endswith(f"/{opened.session_ref}/")
    again = open_session(payment_id=payment.pk, now=now + timedelta(minutes=1))
    assert again.session_ref == opened.session_ref
    assert Session.objects.count() == 1
    pay(payment, now)
    assert payment.state == PaymentState.PAID
    assert balance(kind=AccountKind.HELD, currency="EUR") == Money(5000, "EUR")


@pytest.mark.parametrize("after", [False, True])
def test_without_an_answer_a_payment_is_unknown_and_opened_once(
    payment: Payment, now: datetime, monkeypatch: pytest.MonkeyPatch, *, after: bool
) -> None:
    loses_the_answer(monkeypatch, "create_session", after=after)
    assert open_session(payment_id=payment.pk, now=now).state == PaymentState.UNKNOWN
    assert Session.objects.count() == int(after)
    assert open_session(payment_id=payment.pk, now=now + LATER).state == PaymentState.OPEN
    assert Session.objects.count() == 1


def test_asking_finds_what_was_opened_without_our_knowing(
    payment: Payment, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    loses_the_answer(monkeypatch, "create_session", after=True)
    open_session(payment_id=payment.pk, now=now)
    outcome = apply_payment_facts(facts=sync_payment(payment_id=payment.pk, now=now), now=now)
    assert outcome.state == PaymentState.OPEN
    assert Payment.objects.get().session_ref == Session.objects.get().pk


def test_closing_says_whether_the_buyer_was_quicker(payment: Payment, now: datetime) -> None:
    opened = open_session(payment_id=payment.pk, now=now)
    sandbox.pay_session(session_id=opened.session_ref, card_number=CARD, now=now)
    outcome = apply_payment_facts(facts=close_session(payment_id=payment.pk, now=now), now=now)
    assert outcome.state == PaymentState.PAID


def test_closing_an_open_page_ends_it(payment: Payment, now: datetime) -> None:
    opened = open_session(payment_id=payment.pk, now=now)
    outcome = apply_payment_facts(facts=close_session(payment_id=payment.pk, now=now), now=now)
    assert outcome.state == PaymentState.EXPIRED
    with pytest.raises(sandbox.SandboxError):
        sandbox.pay_session(session_id=opened.session_ref, card_number=CARD, now=now)


def test_a_page_that_never_was_ends_with_its_time(
    payment: Payment, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise the reconciler would ask about it for days, and not about others."""
    loses_the_answer(monkeypatch, "create_session", after=False)
    open_session(payment_id=payment.pk, now=now)
    before, over = now + timedelta(minutes=14), now + timedelta(minutes=15)
    for moment, state in ((before, PaymentState.UNKNOWN), (over, PaymentState.EXPIRED)):
        apply_payment_facts(facts=close_session(payment_id=payment.pk, now=moment), now=moment)
        payment.refresh_from_db()
        assert payment.state == state


@pytest.mark.django_db(transaction=True)
def test_no_provider_is_called_inside_a_transaction(now: datetime) -> None:
    some_id = uuid.uuid4()
    for call in (open_session, sync_payment, close_session):
        with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
            call(payment_id=some_id, now=now)


# --- refunds -------------------------------------------------------------------------------------


def test_a_refund_reaches_the_buyer(payment: Payment, now: datetime) -> None:
    pay(payment, now)
    refund = request_refund(order_ref=order_of(payment), amount=8932, reason="x", key="r", now=now)
    assert submit_refunds(now=now) == 1
    refund.refresh_from_db()
    assert refund.transfer == TransferState.SUBMITTED
    assert submit_refunds(now=now) == 0
    sandbox.run_bank(now=now + LATER)
    assert submit_refunds(now=now + LATER) == 1  # the webhook never came, so we ask
    assert read_inbox(now + LATER) == 1
    refund.refresh_from_db()
    assert (refund.transfer, refund.state) == (TransferState.DONE, "DONE")
    for kind in (AccountKind.BUYER_REFUNDABLE, AccountKind.PROVIDER_CLEARING):
        assert balance(kind=kind, currency="JPY") == Money(0, "JPY")
    assert submit_refunds(now=now + timedelta(days=1)) == 0
    assert check_books().problems == []


@pytest.mark.parametrize("after", [False, True])
def test_a_refund_without_an_answer_is_asked_for_and_made_once(
    payment: Payment, now: datetime, monkeypatch: pytest.MonkeyPatch, *, after: bool
) -> None:
    pay(payment, now)
    request_refund(order_ref=order_of(payment), amount=100, reason="x", key="r", now=now)
    loses_the_answer(monkeypatch, "create_refund", after=after)
    submit_refunds(now=now)
    assert Refund.objects.get().transfer == TransferState.UNKNOWN
    assert SandboxRefund.objects.count() == int(after)
    submit_refunds(now=now + LATER)
    refund = Refund.objects.get()
    assert refund.transfer == TransferState.SUBMITTED
    assert SandboxRefund.objects.get().pk == refund.provider_ref


def test_a_worker_that_dies_after_the_call_refunds_once(payment: Payment, now: datetime) -> None:
    pay(payment, now)
    request_refund(order_ref=order_of(payment), amount=100, reason="x", key="r", now=now)
    submit_refunds(now=now)
    # As if it had died before writing anything down.
    Refund.objects.update(transfer=TransferState.PENDING, provider_ref="", due_at=now)
    submit_refunds(now=now + LATER)
    assert SandboxRefund.objects.count() == 1
    assert Refund.objects.get().provider_ref == SandboxRefund.objects.get().pk


def test_a_refused_refund_stays_owed_and_can_be_tried_again(
    payment: Payment, now: datetime
) -> None:
    pay(payment, now)
    Payment.objects.update(charge_ref="ch_wrong")
    refund = request_refund(order_ref=order_of(payment), amount=100, reason="x", key="r", now=now)
    moderator = User.objects.create(email="mod@example.com")
    for try_number in (1, 2):
        submit_refunds(now=now)
        assert read_inbox(now) == 1
        refund.refresh_from_db()
        assert (refund.transfer, refund.last_error) == (TransferState.FAILED, "no_such_charge")
        assert refund.try_number == try_number
        assert balance(kind=AccountKind.BUYER_REFUNDABLE, currency="JPY") == Money(100, "JPY")
        if try_number == 2:
            Payment.objects.update(charge_ref=Session.objects.get().charge_id)
        retry_refund(refund=refund, actor=moderator, reason="Fixed", now=now)
        with pytest.raises(TransitionError):
            retry_refund(refund=refund, actor=moderator, reason="Twice", now=now)
    submit_refunds(now=now)
    sandbox.run_bank(now=now + LATER)
    submit_refunds(now=now + LATER)
    read_inbox(now + LATER)
    refund.refresh_from_db()
    assert refund.transfer == TransferState.DONE
    assert balance(kind=AccountKind.BUYER_REFUNDABLE, currency="JPY") == Money(0, "JPY")
    assert check_books().problems == []


# --- payouts -------------------------------------------------------------------------------------


def settle(payment: Payment, now: datetime, account: str = "sandbox-1") -> Payout:
    pay(payment, now)
    release_held(order_ref=order_of(payment), now=now)
    update_payee(payee_id=payment.held.get().payee_id, destination={"account": account})
    [payout] = run_settlement(period="2026-11-24", now=now).payouts
    return payout


def test_a_payout_arrives(payment: Payment, now: datetime) -> None:
    payout = settle(payment, now)
    assert submit_payouts(now=now) == 1
    sandbox.run_bank(now=now + LATER)
    submit_payouts(now=now + LATER)
    read_inbox(now + LATER)
    payout.refresh_from_db()
    assert (payout.transfer, payout.paid_at) == (TransferState.DONE, now + LATER)
    assert SandboxPayout.objects.get().amount == 4700
    assert balance(kind=AccountKind.PROVIDER_CLEARING, currency="EUR") == Money(4700, "EUR")
    assert check_books().problems == []


@pytest.mark.parametrize("after", [False, True])
def test_a_payout_without_an_answer_is_asked_for_and_made_once(
    payment: Payment, now: datetime, monkeypatch: pytest.MonkeyPatch, *, after: bool
) -> None:
    payout = settle(payment, now)
    loses_the_answer(monkeypatch, "create_payout", after=after)
    submit_payouts(now=now)
    payout.refresh_from_db()
    assert payout.transfer == TransferState.UNKNOWN
    submit_payouts(now=now + LATER)
    payout.refresh_from_db()
    assert payout.transfer == TransferState.SUBMITTED
    assert SandboxPayout.objects.count() == 1


def test_when_asking_fails_nothing_is_concluded(
    payment: Payment, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    payout = settle(payment, now)
    loses_the_answer(monkeypatch, "create_payout", after=True)
    submit_payouts(now=now)

    def forgets(**_: Any) -> None:
        raise sandbox.SandboxError("no_such_key")

    with monkeypatch.context() as patch:
        patch.setattr(sandbox, "find_payout", forgets)
        submit_payouts(now=now + LATER)
    payout.refresh_from_db()
    assert payout.transfer == TransferState.UNKNOWN
    assert SandboxPayout.objects.count() == 1
    assert not ProviderEvent.objects.exists()


@pytest.mark.parametrize(
    ("account", "error"),
    [("refuse-1", "no_such_account"), ("fail-1", "account_closed"), ("return-1", "returned")],
)
def test_a_payout_that_fails_goes_back_to_the_payee(
    payment: Payment, now: datetime, account: str, error: str
) -> None:
    payout = settle(payment, now, account)
    submit_payouts(now=now)
    for hour in (1, 2, 3):
        moment = now + timedelta(hours=hour)
        sandbox.run_bank(now=moment)
        submit_payouts(now=moment)
        if account == "return-1" and hour > 1:  # only a webhook tells that it came back
            tell(payout, f"payout.failed.{hour}", moment)
        read_inbox(moment)
    payout.refresh_from_db()
    assert (payout.transfer, payout.last_error) == (TransferState.FAILED, error)
    assert balance(kind=AccountKind.SELLER_PAYABLE, currency="EUR") == Money(4700, "EUR")
    assert balance(kind=AccountKind.PAYOUT_IN_TRANSIT, currency="EUR") == Money(0, "EUR")
    assert balance(kind=AccountKind.PROVIDER_CLEARING, currency="EUR") == Money(0, "EUR")
    assert Payee.objects.get().payouts.count() == 1
    assert check_books().problems == []


def test_a_payout_that_was_not_sent_yet_waits_while_its_payee_is_on_hold(
    payment: Payment, now: datetime
) -> None:
    """Suspended between settlement and sending: nothing leaves; what has left is still followed."""
    payout = settle(payment, now)
    hold_payouts(payee_id=payout.payee_id, reason="Suspended", now=now)
    assert submit_payouts(now=now) == 0
    assert SandboxPayout.objects.count() == 0
    resume_payouts(payee_id=payout.payee_id, now=now)
    assert submit_payouts(now=now) == 1
    hold_payouts(payee_id=payout.payee_id, reason="Suspended", now=now)
    sandbox.run_bank(now=now + LATER)
    assert submit_payouts(now=now + LATER) == 1
    read_inbox(now + LATER)
    payout.refresh_from_db()
    assert payout.transfer == TransferState.DONE


def is_short(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    def short(*_: Any, **__: Any) -> None:
        raise ProviderShort(code)

    monkeypatch.setattr(SandboxGateway, "create_payout", short)


def test_a_payout_waits_for_money_and_is_asked_for_under_a_new_key(
    payment: Payment, now: datetime
) -> None:
    payout = settle(payment, now)
    with pytest.MonkeyPatch.context() as patch:
        is_short(patch, "balance_insufficient")
        for number, moment in enumerate((now, now + timedelta(minutes=10)), start=2):
            assert submit_payouts(now=moment) == 1
            payout.refresh_from_db()
            assert (payout.transfer, payout.try_number) == (TransferState.PENDING, number)
            assert payout.last_error == "balance_insufficient"
            assert submit_payouts(now=moment + timedelta(minutes=9)) == 0
    assert not ProviderEvent.objects.exists()
    assert submit_payouts(now=now + timedelta(minutes=30)) == 1
    sent = SandboxPayout.objects.get()
    assert sent.idempotency_key == f"payout:{payout.pk}:3"
    payout.refresh_from_db()
    assert (payout.transfer, payout.last_error) == (TransferState.SUBMITTED, "")
    sandbox.run_bank(now=now + timedelta(hours=1))
    submit_payouts(now=now + timedelta(hours=2))
    read_inbox(now + timedelta(hours=2))
    payout.refresh_from_db()
    assert payout.transfer == TransferState.DONE
    assert check_books().problems == []


def test_a_hold_stops_a_payout_that_waits_for_money(payment: Payment, now: datetime) -> None:
    payout = settle(payment, now)
    with pytest.MonkeyPatch.context() as patch:
        is_short(patch, "balance_insufficient")
        submit_payouts(now=now)
    hold_payouts(payee_id=payout.payee_id, reason="Suspended", now=now)
    assert submit_payouts(now=now + timedelta(days=1)) == 0
    assert not SandboxPayout.objects.exists()


@pytest.mark.parametrize("cools_off", [False, True])
def test_a_hold_stops_a_payout_whose_first_try_never_arrived(
    payment: Payment, now: datetime, cools_off: bool
) -> None:
    """Asked for, the provider does not have it: then it is as if it had never been sent."""
    payout = settle(payment, now)
    with pytest.MonkeyPatch.context() as patch:
        loses_the_answer(patch, "create_payout", after=False)
        submit_payouts(now=now)
    payout.refresh_from_db()
    assert payout.transfer == TransferState.UNKNOWN
    until = now + timedelta(days=3)
    if cools_off:
        Payee.objects.filter(pk=payout.payee_id).update(cooling_off_until=until)
    else:
        hold_payouts(payee_id=payout.payee_id, reason="Suspended", now=now)
    for hours in (1, 8, 24, 48):
        submit_payouts(now=now + timedelta(hours=hours))
    assert not SandboxPayout.objects.exists()
    payout.refresh_from_db()
    assert (payout.transfer, payout.attempts) == (TransferState.PENDING, 0)
    if not cools_off:
        resume_payouts(payee_id=payout.payee_id, now=until)
    submit_payouts(now=until)
    assert SandboxPayout.objects.get().amount == payout.amount


def test_a_hold_does_not_hide_a_payout_that_did_arrive(payment: Payment, now: datetime) -> None:
    payout = settle(payment, now)
    with pytest.MonkeyPatch.context() as patch:
        loses_the_answer(patch, "create_payout", after=True)
        submit_payouts(now=now)
    hold_payouts(payee_id=payout.payee_id, reason="Suspended", now=now)
    submit_payouts(now=now + timedelta(hours=1))
    payout.refresh_from_db()
    assert payout.transfer == TransferState.SUBMITTED
    assert SandboxPayout.objects.count() == 1


def test_an_earlier_try_that_arrived_late_is_not_paid_again(
    payment: Payment, now: datetime
) -> None:
    payout = settle(payment, now)
    real = SandboxGateway.create_payout
    with pytest.MonkeyPatch.context() as patch:

        def slow(self: SandboxGateway, request: PayoutRequest) -> None:
            real(self, request)
            raise ProviderShort("balance_insufficient")

        patch.setattr(SandboxGateway, "create_payout", slow)
        submit_payouts(now=now)
    submit_payouts(now=now + timedelta(minutes=10))
    payout.refresh_from_db()
    assert payout.transfer == TransferState.SUBMITTED
    assert payout.provider_ref == SandboxPayout.objects.get().pk


def moderator() -> User:
    return User.objects.create_user(email="mira@example.com", password="x", is_staff=True)


def recall(payout: Payout, now: datetime) -> Payout:
    return recall_payout(payout=payout, actor=moderator(), reason="Closed", now=now)


def test_what_a_provider_never_takes_is_the_payees_again(payment: Payment, now: datetime) -> None:
    """Its account there is closed: the money goes by bank file instead."""
    payout = settle(payment, now)
    with pytest.MonkeyPatch.context() as patch:
        is_short(patch, "transfers_inactive")
        submit_payouts(now=now)
    payout.refresh_from_db()
    assert recall(payout, now).transfer == TransferState.FAILED
    assert submit_payouts(now=now + timedelta(days=1)) == 0
    assert not SandboxPayout.objects.exists()
    assert check_books().problems == []
    with pytest.raises(TransitionError):
        recall_payout(payout=payout, actor=User.objects.get(), reason="Again", now=now)
    [again] = run_settlement(period=payout.period, now=now).payouts
    assert (again.amount, again.period) == (payout.amount, f"{payout.period}/2")


def test_what_was_sent_or_may_have_been_is_not_recalled(payment: Payment, now: datetime) -> None:
    payout = settle(payment, now)
    real = SandboxGateway.create_payout
    with pytest.MonkeyPatch.context() as patch:

        def slow(self: SandboxGateway, request: PayoutRequest) -> None:
            real(self, request)
            raise ProviderShort("transfers_inactive")

        patch.setattr(SandboxGateway, "create_payout", slow)
        submit_payouts(now=now)
    payout.refresh_from_db()
    with pytest.raises(TransitionError, match="has it"):
        recall(payout, now)
    submit_payouts(now=now + timedelta(minutes=10))
    with pytest.raises(TransitionError):
        recall_payout(payout=payout, actor=User.objects.get(), reason="Closed", now=now)
    payout.refresh_from_db()
    assert payout.transfer == TransferState.SUBMITTED
    assert check_books().problems == []


def test_nothing_leaves_while_a_changed_account_cools_off(payment: Payment, now: datetime) -> None:
    payout = settle(payment, now)
    until = now + timedelta(hours=72)
    Payee.objects.filter(pk=payout.payee_id).update(cooling_off_until=until)
    assert submit_payouts(now=until - timedelta(seconds=1)) == 0
    assert submit_payouts(now=until) == 1


def test_a_key_that_the_provider_knows_is_no_refusal(payment: Payment, now: datetime) -> None:
    """The same key with another account: the first request arrived, so the money is on its way."""
    payout = settle(payment, now)
    submit_payouts(now=now)
    Payout.objects.update(
        transfer=TransferState.PENDING, provider_ref="", attempts=0, due_at=now, lease_until=None
    )
    update_payee(payee_id=payout.payee_id, destination={"account": "another-1"})
    submit_payouts(now=now)
    read_inbox(now)
    payout.refresh_from_db()
    assert payout.transfer == TransferState.UNKNOWN
    assert balance(kind=AccountKind.SELLER_PAYABLE, currency="EUR") == Money(0, "EUR")
    submit_payouts(now=now + LATER)
    payout.refresh_from_db()
    assert payout.provider_ref == SandboxPayout.objects.get().pk


def test_a_refusal_is_not_believed_when_another_worker_was_let_through(
    payment: Payment, now: datetime
) -> None:
    """Two workers after a lease ran out: one is refused, the other, a moment later, is not."""
    payout = settle(payment, now, "refuse-1")
    submit_payouts(now=now)
    assert ProviderEvent.objects.filter(state=InboxState.NEW).count() == 1
    update_payee(payee_id=payout.payee_id, destination={"account": "good-1"})
    submit_payouts(now=now + LATER)
    assert SandboxPayout.objects.count() == 1
    read_inbox(now + LATER)
    payout.refresh_from_db()
    assert payout.transfer == TransferState.SUBMITTED
    assert balance(kind=AccountKind.SELLER_PAYABLE, currency="EUR") == Money(0, "EUR")


def test_one_transfer_that_cannot_be_sent_does_not_keep_the_others_waiting(
    payment: Payment, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    pay(payment, now)
    for key in ("first", "second"):
        request_refund(order_ref=order_of(payment), amount=100, reason="x", key=key, now=now)
    broken = min(Refund.objects.values_list("pk", flat=True))
    real = sandbox.create_refund

    def breaks(**request: Any) -> Any:
        if request["metadata"] == {"refund": str(broken)}:
            raise TypeError("a bug")
        return real(**request)

    monkeypatch.setattr(sandbox, "create_refund", breaks)
    assert submit_refunds(now=now) == 2
    assert SandboxRefund.objects.count() == 1


def tell(payout: Payout, event_id: str, now: datetime) -> None:
    store_event(
        provider="sandbox",
        event_id=event_id,
        kind="payout.failed",
        payload={"data": {"object": {"metadata": {"payout": str(payout.pk)}}}},
        now=now,
    )


# --- inbox ---------------------------------------------------------------------------------------


def webhook(payload: dict[str, Any], now: datetime, **forged: Any) -> dict[str, Any]:
    body = json.dumps(payload).encode()
    secret = forged.get("secret", django_settings.SANDBOX_WEBHOOK_SECRETS[0])
    header = signature_header(body, secret=secret, now=forged.get("signed_at", now))
    return {
        "provider": forged.get("provider", "sandbox"),
        "headers": {"Sandbox-Signature": forged.get("header", header)},
        "body": body + forged.get("added", b""),
        "now": now,
    }


def paid_event(payment: Payment, event_id: str = "evt_1") -> dict[str, Any]:
    return {
        "id": event_id,
        "type": "session.paid",
        "data": {"object": {"id": "x", "metadata": {"payment": str(payment.pk)}}},
    }


def test_a_signed_webhook_is_stored_once_and_acted_on_by_asking(
    payment: Payment, now: datetime
) -> None:
    open_session(payment_id=payment.pk, now=now)
    assert receive_webhook(**webhook(paid_event(payment), now)) is True
    assert receive_webhook(**webhook(paid_event(payment), now)) is False
    read_inbox(now)
    payment.refresh_from_db()
    assert payment.state == PaymentState.OPEN  # it says paid, the provider says not yet
    sandbox.pay_session(session_id=payment.session_ref, card_number=CARD, now=now)
    receive_webhook(**webhook(paid_event(payment, "evt_2"), now))
    read_inbox(now)
    payment.refresh_from_db()
    assert payment.state == PaymentState.PAID
    assert HeldPayment.objects.get().booked_at == now
    assert pending_events(10) == []


@pytest.mark.parametrize(
    "forged",
    [
        {"secret": "somebody else's"},
        {"added": b" "},
        {"header": ""},
        {"header": "t=abc,v1=00"},
        {"header": "t=²,v1=é"},
        {"signed_at": datetime.fromisoformat("2026-11-24T09:20:00+00:00")},
        {"provider": "stripe"},
    ],
)
def test_a_webhook_that_the_provider_did_not_sign_is_refused(
    payment: Payment, now: datetime, forged: dict[str, Any]
) -> None:
    with pytest.raises(SignatureError):
        receive_webhook(**webhook(paid_event(payment), now, **forged))
    assert not ProviderEvent.objects.exists()


def test_a_new_secret_is_taken_beside_the_old_one(
    payment: Payment, now: datetime, settings: Any
) -> None:
    settings.SANDBOX_WEBHOOK_SECRETS = ["new", "old"]
    for number, secret in enumerate(("old", "new")):
        event = paid_event(payment, f"evt_{number}")
        assert receive_webhook(**webhook(event, now, secret=secret))


def test_events_about_nothing_of_ours_are_let_go(db: None, now: datetime) -> None:
    payloads: tuple[dict[str, Any], ...] = (
        {"data": {"object": {"metadata": {"payment": str(uuid.uuid4())}}}},
        {"data": {"object": {"metadata": {"payment": "not an id"}}}},
        {"data": {"object": {}}},
        {},
    )
    for number, payload in enumerate(payloads):
        store_event(
            provider="sandbox", event_id=str(number), kind="session.paid", payload=payload, now=now
        )
    store_event(provider="sandbox", event_id="x", kind="balance.available", payload={}, now=now)
    for event in pending_events(10):
        assert event_facts(event=event) is None


def test_an_event_that_failed_waits_longer_each_time(db: None, now: datetime) -> None:
    store_event(provider="sandbox", event_id="1", kind="session.paid", payload={}, now=now)
    [event] = pending_events(10, now=now)
    for seconds in (10, 20, 40):
        fail_event(event=event, error="no answer", now=now)
        assert pending_events(10, now=now + timedelta(seconds=seconds - 1)) == []
        assert pending_events(10, now=now + timedelta(seconds=seconds)) == [event]


def test_a_poisoned_event_is_parked_for_a_person(db: None, now: datetime) -> None:
    store_event(provider="sandbox", event_id="1", kind="session.paid", payload={}, now=now)
    [event] = pending_events(10)
    for _ in range(12):
        assert pending_events(10) == [event]
        fail_event(event=event, error="boom", now=now)
    assert pending_events(10) == []
    event.refresh_from_db()
    assert (event.state, event.attempts, event.last_error) == (InboxState.PARKED, 12, "boom")
    moderator = User.objects.create(email="mod@example.com")
    reopen_event(event=event, actor=moderator, reason="Fixed", now=now)
    assert pending_events(10) == [event]
    finish_event(event=event, now=now)
    fail_event(event=event, error="late", now=now)
    event.refresh_from_db()
    assert event.state == InboxState.DONE
