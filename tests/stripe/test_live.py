"""The first steps against Stripe itself, for whoever has a test key: nobody here had one.

    STRIPE_TEST_SECRET_KEY=sk_test_… .venv/bin/pytest -m stripe_live

Test mode only: a live key is refused. What is made stays in that account's test data.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from datetime import timedelta

import pytest
from pytest_django import Settings as SettingsWrapper

from payments.gateways.base import RefundRequest, SessionStatus, TransferStatus
from payments.gateways.stripe import client as stripe_client
from payments.states import MovementKind
from tests import conftest
from tests.stripe.through import GATEWAY, moment, request

KEY = os.environ.get("STRIPE_TEST_SECRET_KEY", "")
pytestmark = [
    pytest.mark.stripe_live,
    pytest.mark.skipif(not KEY, reason="needs STRIPE_TEST_SECRET_KEY, a test key of Stripe's"),
]


@pytest.fixture(autouse=True)
def _at_stripe(settings: SettingsWrapper, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    assert KEY.startswith(("sk_test_", "rk_test_")), "never with a live key"
    settings.STRIPE_SECRET_KEY = KEY
    settings.STRIPE_API_BASE = ""
    for method in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, method, conftest.REAL_SOCKET[method])
    yield
    stripe_client._client.cache_clear()


def test_a_session_is_opened_found_and_closed() -> None:
    since, asked = moment(), request(2500, "EUR")
    made = GATEWAY.create_session(asked, now=since)
    assert made.status == SessionStatus.OPEN
    assert made.url.startswith("https://checkout.stripe.com/")
    assert GATEWAY.create_session(asked, now=moment()).ref == made.ref
    assert GATEWAY.find_session(asked.key, since=since).ref == made.ref
    assert GATEWAY.expire_session(made.ref, now=moment()).status == SessionStatus.EXPIRED


def test_a_card_is_charged_booked_refunded_and_found_in_its_group() -> None:
    asked = request(2500, "EUR")
    api = stripe_client.client()
    intent = api.v1.payment_intents.create(
        {
            "amount": 2500,
            "currency": "eur",
            "payment_method": "pm_card_visa",
            "confirm": True,
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
            "transfer_group": asked.purchase_ref,
            "metadata": {"payment": asked.payment_ref, "key": asked.key},
        }
    )
    assert intent.status == "succeeded"
    charge = str(intent.latest_charge)
    assert GATEWAY.charge_owner(charge) == asked.payment_ref
    listed = api.v1.charges.list({"transfer_group": asked.purchase_ref})
    assert [one.id for one in listed.data] == [charge]
    refund = RefundRequest(f"refund:{asked.payment_ref}:1", charge, 700, "EUR", asked.payment_ref)
    made = GATEWAY.create_refund(refund)
    assert made.status in {TransferStatus.PAID, TransferStatus.PENDING}
    assert GATEWAY.create_refund(refund).ref == made.ref
    assert GATEWAY.find_refund(refund.key, charge_ref=charge).ref == made.ref
    booked = GATEWAY.charge_movement(charge)
    if booked is not None:  # Stripe may take a moment
        assert (booked.kind, booked.source_ref) == (MovementKind.CHARGE, charge)
        assert booked.net == booked.amount - booked.fee


def test_a_group_without_transfers_is_empty() -> None:
    assert GATEWAY.find_payout("payout:nobody").status == TransferStatus.MISSING
    movements = GATEWAY.movements(since=moment() - timedelta(hours=1), until=moment())
    assert all(row.net == row.amount - row.fee for row in movements)
