"""A market that takes payments at the peer: its settings, and its webhooks brought to its doors."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import stripe
from django.test import Client
from pytest_django import Settings as SettingsWrapper

from orders.services.events import handle_provider_events
from payments.gateways.base import SessionFacts, SessionRequest
from payments.gateways.stripe import StripeGateway
from payments.gateways.stripe import client as stripe_client
from payments.models import Payee, Payment
from payments.services.accounts import open_account, refresh_account
from payments.states import PaymentState
from sellers.models import Business
from tests.cast import Cast
from tests.orders.shopper import Shopper
from tests.stripe.peer import KEY, PATHS, SECRETS, PeerHandle, Webhook

GATEWAY = StripeGateway()


def without_own_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the package tries again by itself would hide what our own rows are for."""
    monkeypatch.setattr(stripe_client, "RETRIES", 0)
    stripe_client._client.cache_clear()


def use_the_peer(settings: SettingsWrapper, peer: PeerHandle) -> None:
    """As STRIPE_… in the environment would."""
    settings.PAYMENT_PROVIDER = "stripe"
    settings.STRIPE_SECRET_KEY = KEY
    settings.STRIPE_API_BASE = peer.url
    settings.STRIPE_LIVEMODE = False
    settings.STRIPE_WEBHOOK_SECRETS = [SECRETS["platform"]]
    settings.STRIPE_CONNECT_WEBHOOK_SECRETS = [SECRETS["connect"]]
    settings.STRIPE_THIN_WEBHOOK_SECRETS = [SECRETS["thin"]]


def moment() -> datetime:
    """Now, or the time of the tests where a test stops the clock."""
    return datetime.now(UTC)


def request(amount: int = 2740, currency: str = "JPY", **other: object) -> SessionRequest:
    """What the market asks for when a buyer goes to pay."""
    payment = str(uuid.uuid4())
    fields: dict[str, object] = {
        "key": f"session:{payment}",
        "amount": amount,
        "currency": currency,
        "description": "Freeport purchase FP-7",
        "email": "haruka@example.com",
        "language": "ja",
        "success_url": "http://localhost:8000/ok/",
        "cancel_url": "http://localhost:8000/no/",
        "expires_at": moment() + timedelta(minutes=15),
        "payment_ref": payment,
        "purchase_ref": str(uuid.uuid4()),
    }
    return SessionRequest(**{**fields, **other})  # type: ignore[arg-type]


def paid(peer: PeerHandle, asked: SessionRequest | None = None, card: str = "") -> SessionFacts:
    """A session that a buyer has paid, as the gateway sees it."""
    made = GATEWAY.create_session(asked or request(), now=moment())
    peer.pay(made.ref, **({"card": card} if card else {}))
    return GATEWAY.get_session(made.ref)


@dataclass
class Market:
    """The cast's market, with the peer at the other end: Haruka in Japan buys from Chiara in Italy."""

    peer: PeerHandle
    cast: Cast
    client: Client = field(default_factory=Client)

    def __post_init__(self) -> None:
        """The peer's clock shows the time of the tests."""
        there = self.peer.control("state")["now"]
        self.peer.advance(seconds=moment().timestamp() - there)
        Payee.objects.filter(pk=self.chiara.pk).update(provider="stripe", destination={})

    @property
    def business(self) -> Business:
        return self.cast.chiara.business

    @property
    def chiara(self) -> Payee:
        return Payee.objects.get(pk=self.cast.chiara.business.payee_id)

    def connect(self) -> str:
        """Chiara opens her account at Stripe and tells it what it wants to know."""
        account = open_account(payee_id=self.chiara.pk, email="chiara@example.org", now=moment())
        self.peer.control(f"accounts/{account.account_ref}/onboard")
        refresh_account(payee_id=self.chiara.pk, now=moment())
        return account.account_ref

    def purchase(self, *, quantity: int = 1) -> Payment:
        """Haruka stands on the payment page. Its address is the answer to her form."""
        shopper = Shopper("JP", client=self.client)
        shopper.add(self.cast.chiara.variant, quantity)
        answer = shopper.send(shopper.filled(shopper.checkout()))
        assert answer.status_code == 302, answer.content.decode()[:4000]
        payment = Payment.objects.latest("created_at")
        if payment.state == PaymentState.OPEN:
            assert answer["Location"].startswith(self.peer.url)
        return payment

    def bought(self, *, quantity: int = 1, card: str = "") -> Payment:
        payment = self.purchase(quantity=quantity)
        self.peer.pay(payment.session_ref, **({"card": card} if card else {}))
        self.hear()
        payment.refresh_from_db()
        return payment

    def hear(self) -> list[str]:
        """All that waits is delivered to the market's doors and acted on; the kinds of it."""
        told = []
        while found := self.webhooks():
            for webhook in found:
                assert self.deliver(webhook) == 200, webhook
                told.append(webhook.type)
            handle_provider_events(now=moment())
        handle_provider_events(now=moment())
        return told

    def webhooks(self) -> list[Webhook]:
        return self.peer.webhooks(now=int(moment().timestamp()))

    def deliver(self, webhook: Webhook) -> int:
        answer = Client().post(
            webhook.path,
            webhook.body,
            content_type="application/json",
            headers={"Stripe-Signature": webhook.signature},
        )
        return answer.status_code

    def tell(self, event: Mapping[str, Any], *, endpoint: str = "platform", **how: Any) -> int:
        """An event of a test's own making, signed as Stripe signs; what the door answers.

        how: `secret`, `at` (the time of the signature).
        """
        body = json.dumps({"object": "event", "livemode": False, **event})
        signature = stripe.WebhookSignature.generate_signature_header(
            body,
            how.get("secret", SECRETS[endpoint]),
            int(how.get("at", moment()).timestamp()),
        )
        answer = Client().post(
            PATHS[endpoint],
            body,
            content_type="application/json",
            headers={"Stripe-Signature": signature},
        )
        return answer.status_code
