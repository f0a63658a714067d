"""A market that takes payments at the peer: its settings, and its webhooks brought to its doors."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.test import Client
from pytest_django.fixtures import SettingsWrapper

from orders.services.events import handle_provider_events
from payments.gateways.base import SessionFacts, SessionRequest
from payments.gateways.stripe import StripeGateway
from payments.models import Payee, Payment
from payments.services import create_payee
from payments.services.accounts import open_account, refresh_account
from payments.services.charging import open_session
from tests.payments.test_hold_a_payment import pay_for, plan, quote
from tests.stripe.peer import KEY, SECRETS, PeerHandle, Webhook

GATEWAY = StripeGateway()


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
    """The peer lives by the machine's clock."""
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
    """Chiara in Italy sells in euros; Haruka in Japan pays in yen."""

    peer: PeerHandle
    client: Client

    def chiara(self, *, ready: bool = True) -> Payee:
        payee = create_payee(name="Chiara Carta", country="IT", currency="EUR", now=moment())
        if ready:
            self.connect(payee)
        return payee

    def connect(self, payee: Payee) -> str:
        account = open_account(payee_id=payee.pk, email="chiara@example.com", now=moment())
        self.peer.control(f"accounts/{account.account_ref}/onboard")
        refresh_account(payee_id=payee.pk, now=moment())
        payee.refresh_from_db()
        return account.account_ref

    def purchase(self, payee: Payee, *, euros: int = 5000) -> Payment:
        """Of `euros` cents of goods at ¥160 a euro, 6 % commission; its page is open."""
        now = moment()
        price = quote("EUR", "JPY", "160", now)
        yen = euros * 160 // 100
        one = plan(
            payee, price, seller=euros, commission=euros * 6 // 100, mid=yen, spread=yen * 15 // 1000
        )
        payment = pay_for([one], "JPY", now)
        return open_session(payment_id=payment.pk, now=now)

    def bought(self, payee: Payee, *, euros: int = 5000, card: str = "") -> Payment:
        payment = self.purchase(payee, euros=euros)
        self.peer.pay(payment.session_ref, **({"card": card} if card else {}))
        self.hear()
        payment.refresh_from_db()
        return payment

    def hear(self) -> list[str]:
        """All that waits is delivered to the market's doors and acted on; the kinds of it."""
        told = []
        while found := self.peer.webhooks():
            for webhook in found:
                assert self.deliver(webhook) == 200, webhook
                told.append(webhook.type)
            handle_provider_events(now=moment())
        return told

    def deliver(self, webhook: Webhook) -> int:
        answer = self.client.post(
            webhook.path,
            webhook.body,
            content_type="application/json",
            headers=webhook.headers,  # type: ignore[arg-type]
        )
        return answer.status_code
