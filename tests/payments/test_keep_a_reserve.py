"""Of a new seller's sales a tenth is kept for a month: for refunds, and then the seller's."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from accounts.models import AuditEntry, User
from payments.models import Payee, ReserveHold
from payments.rules.reserves import draw, kept_of, spread_over
from payments.selectors import balance, check_books
from payments.services import (
    change_reserve,
    create_payee,
    release_held,
    release_reserves,
    request_refund,
)
from payments.services.reserves import ReserveTermsError
from payments.states import AccountKind
from tests.payments.test_hold_a_payment import paid
from tests.payments.test_lose_to_a_bank import of_ama, paid_out, sold_by

RESERVE, PAYABLE, OWED = (
    AccountKind.RESERVE,
    AccountKind.SELLER_PAYABLE,
    AccountKind.SELLER_RECEIVABLE,
)
DAY = timedelta(days=1)


@pytest.fixture
def ama(db: None, now: datetime, settings: Settings) -> Payee:
    settings.NEW_SELLER_RESERVE_BP = 1000
    return create_payee(name="Ama's baskets", country="GH", currency="GHS", now=now)


def test_a_new_seller_has_a_reserve(ama: Payee, now: datetime, settings: Settings) -> None:
    assert (ama.reserve_bp, ama.reserve_days) == (1000, 30)
    assert ama.reserve_until == now + 90 * DAY
    settings.NEW_SELLER_RESERVE_BP = 0
    old = create_payee(name="Linh", country="VN", currency="VND", now=now)
    assert (old.reserve_bp, old.reserve_until) == (0, None)


def test_kept_for_a_month_and_then_released_once(ama: Payee, now: datetime) -> None:
    sale = sold_by(ama, now)
    paid([sale], "JPY", now)
    release_held(order_ref=sale.order_ref, now=now)
    assert (of_ama(PAYABLE, ama), of_ama(RESERVE, ama)) == (20304, 2256)
    assert release_reserves(now=now + 29 * DAY) == 0
    assert release_reserves(now=now + 30 * DAY) == 1
    assert release_reserves(now=now + 31 * DAY) == 0
    assert (of_ama(PAYABLE, ama), of_ama(RESERVE, ama)) == (22560, 0)
    assert check_books().problems == []


@pytest.mark.parametrize(
    ("after", "kept"), [(90 * DAY - timedelta(seconds=1), 2256), (90 * DAY, 0)]
)
def test_only_while_the_seller_is_new(
    ama: Payee, now: datetime, after: timedelta, kept: int
) -> None:
    sale = sold_by(ama, now)
    paid([sale], "JPY", now)
    release_held(order_ref=sale.order_ref, now=now + after)
    assert of_ama(RESERVE, ama) == kept


def test_the_oldest_is_used_first(ama: Payee, now: datetime) -> None:
    """¥914 cost Ama GHS 75.29: 22.56 of the first sale's reserve, 22.56 of the second's, 30.17 owed."""
    first, second = sold_by(ama, now), sold_by(ama, now)
    paid([first, second], "JPY", now)
    for days, sale in ((0, first), (1, second)):
        release_held(order_ref=sale.order_ref, now=now + days * DAY)
    paid_out(now)
    request_refund(order_ref=second.order_ref, amount=300, reason="x", key="a", now=now)
    used = [row.used_amount for row in ReserveHold.objects.order_by("release_at")]
    assert used == [2256, 216]  # 24.72: 26.30 less 1.58 commission
    request_refund(order_ref=second.order_ref, amount=614, reason="x", key="b", now=now)
    used = [row.used_amount for row in ReserveHold.objects.order_by("release_at")]
    assert (used, of_ama(RESERVE, ama)) == ([2256, 2256], 0)
    assert of_ama(OWED, ama) == -(7529 - 2 * 2256)
    assert release_reserves(now=now + 40 * DAY) == 2
    assert of_ama(PAYABLE, ama) == 0
    assert check_books().problems == []


def test_a_moderator_changes_it_with_a_reason(ama: Payee, client: Client, now: datetime) -> None:
    moderator = User.objects.create_superuser("mod@example.com")
    client.force_login(moderator)
    address = f"/admin/payments/payee/{ama.pk}/reserve/"
    typed = {
        "reason": "Known for years elsewhere.",
        "percent": "5",
        "reserve_days": "14",
        "reserve_until": "2027-01-31",
    }
    assert client.post(address, typed).status_code == 302
    ama.refresh_from_db()
    assert (ama.reserve_bp, ama.reserve_days) == (500, 14)
    assert ama.reserve_until is not None
    assert AuditEntry.objects.get(action="change_reserve").reason == typed["reason"]
    refused = client.post(address, {**typed, "percent": "60"})
    assert refused.status_code == 422
    assert Payee.objects.get(pk=ama.pk).reserve_bp == 500
    with pytest.raises(ReserveTermsError):
        change_reserve(
            payee=ama,
            reserve_bp=100,
            reserve_days=0,
            reserve_until=None,
            actor=moderator,
            reason="x",
            now=now,
        )


@given(st.integers(0, 10**12), st.integers(0, 5000))
def test_the_part_kept_is_never_more_than_its_share(net: int, bp: int) -> None:
    assert 0 <= kept_of(net, reserve_bp=bp) * 10_000 <= net * bp


@given(st.integers(0, 1000), st.lists(st.integers(-5, 400), max_size=4))
def test_what_is_drawn_adds_up(due: int, sources: list[int]) -> None:
    parts = draw(due, sources)
    assert sum(parts) == due
    assert all(0 <= part <= max(has, 0) for part, has in zip(parts, sources, strict=False))
    assert parts[-1] == max(0, due - sum(max(has, 0) for has in sources))


def test_rooms_are_filled_in_turn() -> None:
    assert spread_over(50, [("a", 30), ("b", 0), ("c", 40)]) == [("a", 30), ("c", 20)]


def test_the_balance_is_the_rows(ama: Payee, now: datetime) -> None:
    assert balance(kind=RESERVE, currency="GHS").amount == 0
