"""Who sent a webhook, and what it is about.

Stripe tells us at three addresses, each with secrets of its own: about the platform, about
connected accounts, and in the thin form of its second interface. Several secrets are accepted at
once while one is being changed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import stripe
from django.conf import settings

from payments.gateways.base import Channel, EventSubject, IncomingEvent, SignatureError

TOLERANCE_SECONDS = 300
HEADER = "Stripe-Signature"
# What an event's kind begins with, and under which name its object carries our row's id.
OURS = (
    ("checkout.session.", EventSubject.PAYMENT, "payment"),
    ("payment_intent.", EventSubject.PAYMENT, "payment"),
    ("refund.", EventSubject.REFUND, "refund"),
    ("charge.refund.", EventSubject.REFUND, "refund"),
    ("transfer.", EventSubject.PAYOUT, "payout"),
)
# And those that are about something by Stripe's own id.
DISPUTES = "charge.dispute."
THIN_ACCOUNTS = "v2.core.account"
WARNINGS = ("radar.early_fraud_warning.", "review.")
BALANCES = ("balance.", "payout.")
ACCOUNTS = ("account.", "capability.", "person.", "payout.")


class Webhooks:
    """Nothing of an event's words is believed later on except what it is about."""

    def verify_webhook(
        self,
        *,
        headers: Mapping[str, str],
        body: bytes,
        now: datetime,
        channel: Channel = Channel.PLATFORM,
    ) -> IncomingEvent:
        _check_signature(headers.get(HEADER, ""), body=body, now=now, secrets=_secrets(channel))
        try:
            payload = json.loads(body)
            event = IncomingEvent(str(payload["id"]), str(payload["type"]), payload)
            is_live = bool(payload.get("livemode"))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise SignatureError("the event can't be read") from error
        if is_live != settings.STRIPE_LIVEMODE:
            raise SignatureError(f"event {event.event_id} is of the other mode (live or test)")
        return event

    def account_of(self, payload: Mapping[str, Any]) -> str:
        """The connected account in whose name an event was sent; empty for our own."""
        return str(payload.get("account") or payload.get("context") or "")

    def subject_of(self, *, kind: str, payload: Mapping[str, Any]) -> tuple[EventSubject, str]:
        told = _object(payload)
        account = str(payload.get("account") or "")
        if account:
            # What a seller does on its own account beside our transfers is its own business.
            is_ours = kind.startswith(ACCOUNTS)
            return (EventSubject.ACCOUNT, account) if is_ours else (EventSubject.OTHER, "")
        for beginning, subject, name in OURS:
            if kind.startswith(beginning):
                ref = str(_part(told, "metadata", name) or "")
                return (subject, ref) if ref else (EventSubject.OTHER, "")
        subject, found = _by_stripes_id(kind, payload, told)
        return (subject, str(found)) if found else (EventSubject.OTHER, "")


def _by_stripes_id(
    kind: str, payload: Mapping[str, Any], told: Mapping[str, Any]
) -> tuple[EventSubject, Any]:
    if kind.startswith(DISPUTES):
        return EventSubject.DISPUTE, told.get("id")
    if kind.startswith(WARNINGS):
        return EventSubject.CHARGE, told.get("charge")
    if kind.startswith("charge."):
        return EventSubject.CHARGE, told.get("id")
    if kind.startswith(THIN_ACCOUNTS):
        return EventSubject.ACCOUNT, _part(payload, "related_object", "id")
    if kind.startswith(BALANCES):
        return EventSubject.BALANCE, kind
    if kind == "account.updated":
        return EventSubject.ACCOUNT, told.get("id")
    if kind.startswith("capability."):
        return EventSubject.ACCOUNT, told.get("account")
    return EventSubject.OTHER, None


def _object(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    found = _part(payload, "data", "object")
    return found if isinstance(found, Mapping) else {}


def _part(tree: Any, *names: str) -> Any:
    for name in names:
        tree = tree.get(name) if isinstance(tree, Mapping) else None
    return tree


def _secrets(channel: Channel) -> list[str]:
    return {
        Channel.PLATFORM: settings.STRIPE_WEBHOOK_SECRETS,
        Channel.CONNECT: settings.STRIPE_CONNECT_WEBHOOK_SECRETS,
        Channel.THIN: settings.STRIPE_THIN_WEBHOOK_SECRETS,
    }[channel]


def _check_signature(header: str, *, body: bytes, now: datetime, secrets: list[str]) -> None:
    """Stripe's package compares the signature; the time is ours, so that it can be told.

    Raises SignatureError.
    """
    signed = False
    # Its comparison stumbles over other characters.
    for secret in secrets if header.isascii() else ():
        try:
            signed = stripe.WebhookSignature.verify_header(body, header, secret, None)
        except (stripe.SignatureVerificationError, ValueError):
            continue
        break
    if not signed:
        raise SignatureError("the signature is missing or somebody else's")
    stamps = [part.strip()[2:] for part in header.split(",") if part.strip().startswith("t=")]
    if len(stamps) != 1 or abs(now.timestamp() - int(stamps[0])) > TOLERANCE_SECONDS:
        raise SignatureError("the signature is too old")
