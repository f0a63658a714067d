"""Taking payments: a Checkout Session each, captured at once on the platform's own account."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import stripe

from common.money import Money, to_provider
from payments.gateways.base import (
    ProviderRefused,
    RefundRequest,
    SessionFacts,
    SessionRequest,
    SessionStatus,
    TransferFacts,
    TransferStatus,
)
from payments.gateways.stripe.client import (
    PAGE,
    answers,
    client,
    first,
    id_of,
    metadata_of,
    minor,
    told,
)

if TYPE_CHECKING:
    from stripe.params.checkout import SessionCreateParams

# Stripe keeps a page open for 30 minutes at least; ours ends earlier, and we close it ourselves.
PAGE_STAYS = timedelta(minutes=31)
LONGEST_PAGE = timedelta(hours=23, minutes=55)
CLOCKS_DIFFER = timedelta(minutes=5)
LOCALES = frozenset(
    [
        "bg",
        "cs",
        "da",
        "de",
        "el",
        "en",
        "en-GB",
        "es",
        "es-419",
        "et",
        "fi",
        "fil",
        "fr",
        "fr-CA",
        "hi-IN",
        "hr",
        "hu",
        "id",
        "it",
        "ja",
        "ko",
        "lt",
        "lv",
        "ms",
        "mt",
        "nb",
        "nl",
        "pl",
        "pt",
        "pt-BR",
        "ro",
        "ru",
        "sk",
        "sl",
        "sv",
        "th",
        "tr",
        "vi",
        "zh",
        "zh-HK",
        "zh-TW",
    ]
)
OTHER_LOCALES = {
    "no": "nb",
    "nn": "nb",
    "hi": "hi-IN",
    "zh-hant": "zh-TW",
    "zh-hans": "zh",
    "tl": "fil",
}
REFUND_STATUS = {
    "pending": TransferStatus.PENDING,
    "requires_action": TransferStatus.PENDING,
    "succeeded": TransferStatus.PAID,
    "failed": TransferStatus.FAILED,
    "canceled": TransferStatus.FAILED,
}


def locale_of(language: str) -> str:
    """The nearest language of Stripe's payment page; "auto" (the browser's) where it has none."""
    wanted = language.replace("_", "-").lower()
    base = wanted.partition("-")[0]
    spelt = {name.lower(): name for name in LOCALES} | OTHER_LOCALES
    for name in (wanted, "-".join(wanted.split("-")[:2]), base):
        if name in spelt:
            return spelt[name]
    return "auto"


class Charges:
    """Sessions, and refunds of what was paid on them."""

    def create_session(self, request: SessionRequest, *, now: datetime) -> SessionFacts:
        with answers():
            made = client().v1.checkout.sessions.create(
                _session_params(request, now), {"idempotency_key": request.key}
            )
        return session_facts(made)

    def get_session(self, ref: str) -> SessionFacts:
        with answers():
            found = client().v1.checkout.sessions.retrieve(ref, {"expand": ["payment_intent"]})
        return session_facts(found)

    def find_session(self, key: str, *, since: datetime) -> SessionFacts:
        """Looks through the sessions of that time: Stripe may have forgotten our key after a day."""
        until = since + LONGEST_PAGE
        with answers():
            pages = client().v1.checkout.sessions.list(
                {
                    "created": {
                        "gte": int((since - CLOCKS_DIFFER).timestamp()),
                        "lte": int((until + CLOCKS_DIFFER).timestamp()),
                    },
                    "limit": PAGE,
                    "expand": ["data.payment_intent"],
                }
            )
            found = first(
                pages.auto_paging_iter(), lambda session: metadata_of(session).get("key") == key
            )
        return SessionFacts(SessionStatus.MISSING) if found is None else session_facts(found)

    def expire_session(self, ref: str, *, now: datetime) -> SessionFacts:
        try:
            with answers():
                closed = client().v1.checkout.sessions.expire(ref, {"expand": ["payment_intent"]})
        except ProviderRefused:
            # Only an open page can be closed: what has become of it meanwhile is the answer.
            return self.get_session(ref)
        return session_facts(closed)

    def charge_owner(self, charge_ref: str) -> str:
        """Our payment's id, as the charge carries it; empty for a charge that is not ours."""
        with answers():
            charge = client().v1.charges.retrieve(charge_ref)
        return metadata_of(charge).get("payment", "")

    def create_refund(self, request: RefundRequest) -> TransferFacts:
        amount = to_provider(Money(request.amount, request.currency))
        with answers():
            made = client().v1.refunds.create(
                {
                    "charge": request.charge_ref,
                    "amount": amount,
                    "reason": "requested_by_customer",
                    "metadata": {"refund": request.refund_ref, "key": request.key},
                },
                {"idempotency_key": request.key},
            )
        return refund_facts(made)

    def get_refund(self, ref: str) -> TransferFacts:
        with answers():
            return refund_facts(client().v1.refunds.retrieve(ref))

    def find_refund(self, key: str, *, charge_ref: str) -> TransferFacts:
        with answers():
            pages = client().v1.refunds.list({"charge": charge_ref, "limit": PAGE})
            found = first(
                pages.auto_paging_iter(), lambda refund: metadata_of(refund).get("key") == key
            )
        return TransferFacts(TransferStatus.MISSING) if found is None else refund_facts(found)


def _session_params(request: SessionRequest, now: datetime) -> SessionCreateParams:
    """The same words for the same request, so that a repeated one is recognised as such."""
    ours = {"payment": request.payment_ref, "key": request.key}
    expires_at = min(request.expires_at + PAGE_STAYS, now + LONGEST_PAGE)
    return {
        "mode": "payment",
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": request.currency.lower(),
                    "unit_amount": to_provider(Money(request.amount, request.currency)),
                    "product_data": {"name": request.description},
                },
            }
        ],
        "payment_intent_data": {
            "description": request.description,
            "transfer_group": request.purchase_ref or request.payment_ref,
            "capture_method": "automatic",
            "metadata": ours,
        },
        # Stripe must not offer the buyer another currency: the total shown is the total charged.
        "adaptive_pricing": {"enabled": False},
        "metadata": ours,
        "client_reference_id": request.payment_ref,
        "customer_email": request.email,
        "locale": locale_of(request.language),
        "expires_at": int(expires_at.timestamp()),
        "success_url": request.success_url,
        "cancel_url": request.cancel_url,
        "expand": ["payment_intent"],
    }


def session_facts(session: stripe.checkout.Session) -> SessionFacts:
    intent = told(session, "payment_intent")
    paid = intent if isinstance(intent, stripe.PaymentIntent) else None
    currency = (session.currency or "").upper()
    status = _status(session, paid)
    amount = session.amount_total or 0
    if status == SessionStatus.PAID and paid is not None:
        amount = paid.amount_received
        currency = paid.currency.upper()
    error = told(paid, "last_payment_error")
    failure = told(error, "decline_code") or told(error, "code") or told(error, "type")
    return SessionFacts(
        status=status,
        ref=session.id,
        url=told(session, "url") or "",
        charge_ref=id_of(told(paid, "latest_charge"))
        if paid and status == SessionStatus.PAID
        else "",
        failure="" if status == SessionStatus.PAID else failure or "",
        amount=minor(amount, currency) if currency else 0,
        currency=currency,
    )


def _status(session: stripe.checkout.Session, intent: stripe.PaymentIntent | None) -> SessionStatus:
    if session.status == "expired":
        return SessionStatus.EXPIRED
    if session.status != "complete":
        return SessionStatus.OPEN
    if session.payment_status == "paid" and intent is not None and intent.status == "succeeded":
        return SessionStatus.PAID
    # The buyer is done with the page; a bank's answer may take days, and may be no.
    if intent is not None and intent.status in {"requires_payment_method", "canceled"}:
        return SessionStatus.FAILED
    return SessionStatus.PROCESSING


def refund_facts(refund: stripe.Refund) -> TransferFacts:
    status = REFUND_STATUS.get(refund.status or "pending", TransferStatus.PENDING)
    failure = told(refund, "failure_reason") or ""
    return TransferFacts(status, refund.id, failure if status == TransferStatus.FAILED else "")
