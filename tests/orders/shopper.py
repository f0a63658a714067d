"""A buyer with a browser, and the payment provider at the other end of it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from catalog.models import Stock, Variant
from common.addresses import PostalAddress
from orders.models import Purchase
from payments.models import Payment
from sandbox.services import deliver_batch, webhooks
from tests.cast import ADDRESSES

Response = Any  # Django's test response; its type is private
CARD = {"expiry": "12 / 30", "code": "123", "name": "Lucie Martin"}
PAYS = "4242424242424242"
DECLINED = "4000000000000002"
LATE = "4000000000005126"
TOLD_TWICE = "4000000000000341"
NEVER_TOLD = "4000000000000259"
CURRENCY = {"FR": "EUR", "JP": "JPY", "US": "USD", "KW": "KWD"}


@dataclass
class Shopper:
    """A guest from `country` (or a signed-in user) with its own cookies."""

    country: str = "FR"
    user: User | None = None
    client: Client = field(default_factory=Client)

    def __post_init__(self) -> None:
        self.client.cookies["preferences"] = f"{self.country}-{CURRENCY[self.country]}"
        if self.user is not None:
            self.client.force_login(self.user)

    @property
    def address(self) -> PostalAddress:
        return ADDRESSES[self.country]

    def add(self, variant: Variant, quantity: int = 1) -> Response:
        return self.client.post(
            "/basket/add/", {"variant": str(variant.pk), "quantity": str(quantity)}
        )

    def basket(self) -> str:
        response = self.client.get("/basket/")
        assert response.status_code == 200
        return response.content.decode()

    def checkout(self) -> str:
        response = self.client.get("/checkout/")
        assert response.status_code == 200, response.headers.get("Location")
        return response.content.decode()

    def filled(self, page: str, **changes: str) -> dict[str, str]:
        """The checkout's form as this buyer would send it."""
        typed = {key: value for key, value in self.address.as_dict().items() if value}
        return {
            **hidden_fields(page),
            **typed,
            "email": self.user.email if self.user else "guest@example.org",
            "action": "pay",
            **changes,
        }

    def send(self, fields: Mapping[str, str]) -> Response:
        return self.client.post("/checkout/", fields)

    def place(self) -> Purchase:
        """Through the checkout up to the provider's page, without paying."""
        response = self.send(self.filled(self.checkout()))
        assert response.status_code == 302, response.content.decode()[:4000]
        assert "/sandbox/pay/" in response["Location"]
        session_ref = response["Location"].rstrip("/").rpartition("/")[2]
        return Purchase.objects.get(pk=Payment.objects.get(session_ref=session_ref).purchase_ref)

    def pay(self, purchase: Purchase, card: str = PAYS) -> Response:
        """Give a card number to the provider; its answer."""
        return self.client.post(sandbox_page(purchase), {**CARD, "number": card})

    def come_back(self, purchase: Purchase) -> Response:
        return self.client.get(f"/checkout/return/{purchase.token}/")


def sandbox_page(purchase: Purchase) -> str:
    payment = payment_of(purchase)
    assert payment.session_ref
    return f"/sandbox/pay/{payment.session_ref}/"


def payment_of(purchase: Purchase) -> Payment:
    return Payment.objects.get(purchase_ref=purchase.pk)


def hidden_fields(page: str) -> dict[str, str]:
    """Hidden inputs and chosen radios of a page's forms."""
    found = {}
    for tag in re.findall(r"<input[^>]*>", page):
        is_sent = 'type="hidden"' in tag or ('type="radio"' in tag and " checked" in tag)
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if is_sent and name and value and name[1] != "csrfmiddlewaretoken":
            found[name[1]] = value[1]
    return found


def available(variant: Variant) -> int:
    return Stock.objects.get(variant=variant).available


class Wire:
    """The provider's webhooks, put through to our own view in this process."""

    def __init__(self) -> None:
        self.client = Client()
        self.sent: list[tuple[bytes, dict[str, str]]] = []

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> str:
        self.sent.append((body, dict(headers)))
        response = self.send(body, headers)
        assert response.status_code == 200
        return "200"

    def send(self, body: bytes, headers: Mapping[str, str]) -> Any:
        return self.client.post(
            "/webhooks/sandbox/",
            body,
            content_type="application/json",
            headers={"Sandbox-Signature": headers["Sandbox-Signature"]},
        )

    def deliver(self, now: datetime | None = None) -> int:
        """Let the provider deliver what is due."""
        return deliver_batch(now=now or timezone.now())

    def repeat(self) -> None:
        """Everything that was delivered comes once more."""
        for body, headers in list(self.sent):
            self.send(body, headers)


def put_through(patch: pytest.MonkeyPatch) -> Wire:
    wire = Wire()
    patch.setattr(webhooks, "post_event", wire.post)
    return wire


def new_key() -> str:
    return str(uuid.uuid4())
