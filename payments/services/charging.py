"""Charging a buyer: the intent is a row, the provider's page is opened outside any transaction, and
whoever hears of the outcome first books it, once.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from payments.gateways import charge_gateway
from payments.gateways.base import (
    ProviderRefused,
    ProviderUnavailable,
    SessionFacts,
    SessionRequest,
    SessionStatus,
)
from payments.models import HeldPayment, Payee, Payment
from payments.services.bookings import capture_legs
from payments.services.ledger import post_entry
from payments.states import PAYMENT, EntryKind, PaymentState


class PlanError(ValueError):
    """The plan of a payment does not add up; nothing was written."""


class FactsMismatchError(Exception):
    """The provider reports another amount than ours: nothing is booked, a person must look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldPlan:
    """One order's share of a payment to be made; see HeldPayment for each amount."""

    order_ref: uuid.UUID
    payee_id: uuid.UUID
    quote_id: uuid.UUID
    destination: str
    seller_amount: int
    seller_currency: str
    commission_amount: int
    buyer_amount: int
    mid_amount: int
    spread_amount: int
    tax_amount: int
    duty_amount: int
    fees_amount: int
    fee_tax_amount: int = 0


@dataclass(frozen=True, slots=True)
class PaymentFacts:
    """What the provider says is true of a payment now."""

    payment_id: uuid.UUID
    session: SessionFacts

    @property
    def status(self) -> SessionStatus:
        return self.session.status


@dataclass(frozen=True, slots=True)
class PaymentOutcome:
    """Where a payment stands; newly: this call moved it there."""

    payment_id: uuid.UUID
    purchase_ref: uuid.UUID
    state: PaymentState
    newly: bool


def create_payment(
    *,
    purchase_ref: uuid.UUID,
    currency: str,
    amount: int,
    description: str,
    email: str,
    language: str,
    success_url: str,
    cancel_url: str,
    expires_at: datetime,
    held: Sequence[HeldPlan],
    now: datetime,
) -> Payment:
    """Write down what a buyer is to pay (`amount` minor units) and whose it will be.

    Runs in the caller's transaction and calls nobody. Raises PlanError when the shares do not add
    up to the amount.
    """
    if not held or sum(plan.buyer_amount for plan in held) != amount:
        raise PlanError("the orders' amounts are not the purchase's total")
    for plan in held:
        _check_plan(plan, currency)
    with transaction.atomic():
        payment = Payment.objects.create(
            purchase_ref=purchase_ref,
            provider=settings.PAYMENT_PROVIDER,
            currency=currency,
            amount=amount,
            description=description[:200],
            email=email,
            language=language,
            success_url=success_url,
            cancel_url=cancel_url,
            expires_at=expires_at,
            created_at=now,
        )
        taxed = [plan.payee_id for plan in held if plan.fee_tax_amount]
        countries = dict(Payee.objects.filter(pk__in=taxed).values_list("pk", "country"))
        HeldPayment.objects.bulk_create(
            _held_row(payment, plan, fee_tax_country=countries.get(plan.payee_id, ""))
            for plan in held
        )
    return payment


def _check_plan(plan: HeldPlan, currency: str) -> None:
    parts = (
        plan.mid_amount,
        plan.spread_amount,
        plan.tax_amount,
        plan.duty_amount,
        plan.fees_amount,
    )
    if sum(parts) != plan.buyer_amount:
        raise PlanError("an order's parts are not its total")
    if min(plan.mid_amount, plan.mid_amount + plan.spread_amount, *parts[2:]) < 0:
        raise PlanError("an order's part is negative")
    if min(plan.commission_amount, plan.fee_tax_amount) < 0 or (
        plan.commission_amount + plan.fee_tax_amount > plan.seller_amount
    ):
        raise PlanError("the commission and its tax are more than what the seller sold")
    if plan.seller_currency == currency and plan.seller_amount != plan.mid_amount:
        raise PlanError("within one currency nothing is converted")


def _held_row(payment: Payment, plan: HeldPlan, *, fee_tax_country: str) -> HeldPayment:
    return HeldPayment(
        payment=payment,
        order_ref=plan.order_ref,
        payee_id=plan.payee_id,
        quote_id=plan.quote_id,
        destination=plan.destination,
        seller_currency=plan.seller_currency,
        seller_amount=plan.seller_amount,
        commission_amount=plan.commission_amount,
        fee_tax_amount=plan.fee_tax_amount,
        fee_tax_country=fee_tax_country,
        currency=payment.currency,
        buyer_amount=plan.buyer_amount,
        mid_amount=plan.mid_amount,
        spread_amount=plan.spread_amount,
        tax_amount=plan.tax_amount,
        duty_amount=plan.duty_amount,
        fees_amount=plan.fees_amount,
    )


def open_session(*, payment_id: uuid.UUID, now: datetime) -> Payment:
    """Open the provider's page for a payment; returns it OPEN with a session_url.

    Outside any transaction. May be repeated: the key is the payment's own, so there is one session.
    Without an answer the payment comes back UNKNOWN, refused for good it comes back FAILED; one
    that is already decided comes back as it is.
    """
    payment = _read(payment_id)
    state = PaymentState(payment.state)
    if state not in {PaymentState.CREATED, PaymentState.UNKNOWN}:
        return payment
    gateway = charge_gateway(payment.provider)
    try:
        session = SessionFacts(SessionStatus.MISSING)
        if state == PaymentState.UNKNOWN:
            session = gateway.find_session(_session_key(payment), since=payment.created_at)
        if session.status == SessionStatus.MISSING:
            session = gateway.create_session(_session_request(payment), now=now)
    except ProviderUnavailable as error:
        _move(payment, PaymentState.UNKNOWN, failure=str(error)[:120])
    except ProviderRefused as error:
        _move(payment, PaymentState.FAILED, failure=error.code[:120])
    else:
        opened = _move(
            payment,
            PaymentState.OPEN,
            session_ref=session.ref,
            session_url=session.url,
            failure="",
        )
        if opened:
            return payment
    return _read(payment_id)


def _session_key(payment: Payment) -> str:
    return f"session:{payment.pk}"


def _session_request(payment: Payment) -> SessionRequest:
    return SessionRequest(
        key=_session_key(payment),
        amount=payment.amount,
        currency=payment.currency,
        description=payment.description,
        email=payment.email,
        language=payment.language,
        success_url=payment.success_url,
        cancel_url=payment.cancel_url,
        expires_at=payment.expires_at,
        payment_ref=str(payment.pk),
        purchase_ref=str(payment.purchase_ref),
    )


def _read(payment_id: uuid.UUID) -> Payment:
    # durable: refuses to run inside a transaction, which must never wait for a provider.
    with transaction.atomic(durable=True):
        return Payment.objects.get(pk=payment_id)


def _move(payment: Payment, new: PaymentState, **fields: str) -> bool:
    """Take the edge if nobody else has moved the payment on meanwhile; `payment` then says so."""
    changes = {"state": new, **fields}
    open_still = Payment.objects.filter(pk=payment.pk, state__in=PAYMENT.sources(new))
    if not open_still.update(**changes):
        return False
    for name, value in changes.items():
        setattr(payment, name, value)
    return True


def close_session(*, payment_id: uuid.UUID, now: datetime) -> PaymentFacts:
    """Close the provider's page, so that nobody pays on it any more; outside any transaction.

    Returns what the provider says: the buyer may have paid a moment ago. A page that was never
    opened is closed by its time. Raises ProviderUnavailable.
    """
    payment = _read(payment_id)
    session = _ask(payment)
    if session.status == SessionStatus.MISSING and payment.expires_at <= now:
        session = SessionFacts(SessionStatus.EXPIRED)
    if session.status in {SessionStatus.OPEN, SessionStatus.PROCESSING}:
        session = charge_gateway(payment.provider).expire_session(session.ref, now=now)
    return PaymentFacts(payment.pk, session)


def sync_payment(*, payment_id: uuid.UUID, now: datetime) -> PaymentFacts:
    """Ask the provider what is true of a payment; outside any transaction.

    Raises ProviderUnavailable.
    """
    payment = _read(payment_id)
    return PaymentFacts(payment.pk, _ask(payment))


def _ask(payment: Payment) -> SessionFacts:
    gateway = charge_gateway(payment.provider)
    if payment.session_ref:
        return gateway.get_session(payment.session_ref)
    return gateway.find_session(_session_key(payment), since=payment.created_at)


_STATE_OF = {
    SessionStatus.OPEN: PaymentState.OPEN,
    SessionStatus.PAID: PaymentState.PAID,
    SessionStatus.FAILED: PaymentState.FAILED,
    SessionStatus.EXPIRED: PaymentState.EXPIRED,
}


def apply_payment_facts(*, facts: PaymentFacts, now: datetime) -> PaymentOutcome:
    """Make a payment what the provider says it is, in the caller's transaction.

    Money that arrived is booked exactly once, however often and in whatever order we are told, and
    also when we had already given up. A session that the provider does not know, or that is still
    being processed, changes nothing. Raises FactsMismatchError, Payment.DoesNotExist.
    """
    session = facts.session
    with transaction.atomic():
        payment = Payment.objects.select_for_update().get(pk=facts.payment_id)
        old = PaymentState(payment.state)
        new = _STATE_OF.get(session.status)
        if new is None or not PAYMENT.may(old, new):
            _note_failure(payment, session)
            return PaymentOutcome(payment.pk, payment.purchase_ref, old, newly=False)
        payment.state = new
        payment.failure = session.failure[:120]
        payment.session_ref = session.ref or payment.session_ref
        payment.session_url = session.url or payment.session_url
        payment.charge_ref = session.charge_ref
        if new == PaymentState.PAID:
            payment.paid_at = now
        payment.save(
            update_fields=[
                "state",
                "failure",
                "session_ref",
                "session_url",
                "charge_ref",
                "paid_at",
            ]
        )
        if new == PaymentState.PAID:
            _book_capture(payment, session, now)
    return PaymentOutcome(payment.pk, payment.purchase_ref, new, newly=True)


def _note_failure(payment: Payment, session: SessionFacts) -> None:
    """A declined card while the page is still open: worth telling, but no change of state."""
    if payment.state == PaymentState.OPEN and payment.failure != session.failure[:120]:
        payment.failure = session.failure[:120]
        payment.save(update_fields=["failure"])


def _book_capture(payment: Payment, session: SessionFacts, now: datetime) -> None:
    if (session.amount, session.currency) != (payment.amount, payment.currency):
        raise FactsMismatchError(
            f"payment {payment.pk}: {payment.amount} {payment.currency} asked,"
            f" {session.amount} {session.currency} paid"
        )
    held = list(payment.held.order_by("pk"))
    post_entry(
        key=f"capture:{payment.pk}",
        kind=EntryKind.CAPTURE,
        reference=str(payment.pk),
        legs=capture_legs(held=held, currency=payment.currency),
    )
    payment.held.update(booked_at=now)
