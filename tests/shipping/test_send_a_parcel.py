"""A parcel that left and arrived."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

from sellers.models import Business
from shipping.selectors import shipment_of, shipments_of
from shipping.services import mark_delivered, record_shipment
from tests.sellers.conftest import NOW

ORDER = uuid.UUID(int=7)


def send(business: Business, number: str, days_ago: int = 0) -> None:
    record_shipment(
        order_ref=ORDER,
        business=business,
        carrier=" DHL ",
        tracking_number=number,
        shipped_at=NOW - timedelta(days=days_ago),
        expected_by=date(2026, 12, 8),
    )


def test_it_left(business: Business) -> None:
    send(business, " JD01 4600 ")
    sent = shipment_of(order_ref=ORDER)
    assert sent is not None
    assert (sent.carrier, sent.tracking_number) == ("DHL", "JD014600")
    assert sent.tracking_url.endswith("tracking-id=JD014600")
    assert sent.delivered_at is None


def test_the_last_parcel_counts(business: Business) -> None:
    send(business, "NEW")
    send(business, "OLD", days_ago=3)
    assert shipments_of(order_refs=[ORDER, uuid.UUID(int=8)])[ORDER].tracking_number == "NEW"
    last = shipment_of(order_ref=ORDER)
    assert last is not None
    assert last.tracking_number == "NEW"


def test_it_arrives_once(business: Business) -> None:
    assert not mark_delivered(order_ref=ORDER, delivered_at=NOW)
    send(business, "JD01")
    assert mark_delivered(order_ref=ORDER, delivered_at=NOW)
    assert not mark_delivered(order_ref=ORDER, delivered_at=NOW + timedelta(days=1))
    sent = shipment_of(order_ref=ORDER)
    assert sent is not None
    assert sent.delivered_at == NOW
