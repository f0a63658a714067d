"""Stock is promised to one purchase at a time, and never twice."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from catalog.models import Listing, Stock, StockReservation
from catalog.services.stock import (
    OutOfStockError,
    claim_stock,
    release_stock,
    rereserve_stock,
    reserve_stock,
)
from catalog.states import ReservationState
from common.states import TransitionError
from tests.cast import NOW, Cast


def left(variant_id: uuid.UUID) -> int:
    return Stock.objects.get(pk=variant_id).available


@pytest.fixture
def purchase() -> uuid.UUID:
    return uuid.uuid4()


def test_reserve_takes_and_release_gives_back(cast: Cast, purchase: uuid.UUID) -> None:
    basket, bowl = cast.ama.variant.pk, cast.linh.variant.pk
    reserve_stock(purchase_ref=purchase, quantities={basket: 3, bowl: 1}, now=NOW)
    assert (left(basket), left(bowl)) == (7, 9)
    release_stock(purchase_ref=purchase)
    release_stock(purchase_ref=purchase)
    assert (left(basket), left(bowl)) == (10, 10)


def test_all_or_nothing(cast: Cast, purchase: uuid.UUID) -> None:
    basket, bowl = cast.ama.variant.pk, cast.linh.variant.pk
    with pytest.raises(OutOfStockError) as short:
        reserve_stock(purchase_ref=purchase, quantities={basket: 3, bowl: 11}, now=NOW)
    assert short.value.variant_ids == (bowl,)
    assert (left(basket), left(bowl)) == (10, 10)
    assert not StockReservation.objects.exists()


@pytest.mark.parametrize("quantity", [0, -1])
def test_a_quantity_is_at_least_one(cast: Cast, purchase: uuid.UUID, quantity: int) -> None:
    with pytest.raises(ValueError, match="at least one"):
        reserve_stock(purchase_ref=purchase, quantities={cast.ama.variant.pk: quantity}, now=NOW)
    assert left(cast.ama.variant.pk) == 10


def test_the_last_unit_marks_the_listing_sold_out(cast: Cast, purchase: uuid.UUID) -> None:
    reserve_stock(purchase_ref=purchase, quantities={cast.ama.variant.pk: 10}, now=NOW)
    assert not Listing.objects.get(pk=cast.ama.listing.pk).in_stock
    release_stock(purchase_ref=purchase)
    assert Listing.objects.get(pk=cast.ama.listing.pk).in_stock


def test_claimed_stock_stays_gone(cast: Cast, purchase: uuid.UUID) -> None:
    reserve_stock(purchase_ref=purchase, quantities={cast.ama.variant.pk: 2}, now=NOW)
    claim_stock(purchase_ref=purchase)
    claim_stock(purchase_ref=purchase)
    assert StockReservation.objects.get().state == ReservationState.CLAIMED
    assert left(cast.ama.variant.pk) == 8


def test_released_stock_is_not_claimed(cast: Cast, purchase: uuid.UUID) -> None:
    reserve_stock(purchase_ref=purchase, quantities={cast.ama.variant.pk: 2}, now=NOW)
    release_stock(purchase_ref=purchase)
    with pytest.raises(TransitionError):
        claim_stock(purchase_ref=purchase)


def test_a_late_payment_takes_stock_again_if_it_is_there(cast: Cast, purchase: uuid.UUID) -> None:
    reserve_stock(purchase_ref=purchase, quantities={cast.ama.variant.pk: 6}, now=NOW)
    release_stock(purchase_ref=purchase)
    assert rereserve_stock(purchase_ref=purchase)
    assert left(cast.ama.variant.pk) == 4
    release_stock(purchase_ref=purchase)
    reserve_stock(purchase_ref=uuid.uuid4(), quantities={cast.ama.variant.pk: 5}, now=NOW)
    assert not rereserve_stock(purchase_ref=purchase)
    assert left(cast.ama.variant.pk) == 5


def at_once(count: int, action: Callable[[], bool]) -> int:
    """How many of `count` threads that start together succeed."""
    barrier = threading.Barrier(count)
    wins: list[bool] = []

    def run() -> None:
        barrier.wait()
        try:
            wins.append(action())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(wins)


@pytest.mark.django_db(transaction=True)
def test_many_buyers_and_few_units(cast: Cast) -> None:
    bowl = cast.linh.variant.pk

    def buy() -> bool:
        try:
            with transaction.atomic():
                reserve_stock(purchase_ref=uuid.uuid4(), quantities={bowl: 1}, now=NOW)
        except OutOfStockError:
            return False
        return True

    assert at_once(20, buy) == 10
    assert left(bowl) == 0
    assert StockReservation.objects.count() == 10


@pytest.mark.django_db(transaction=True)
def test_crossing_baskets_do_not_wait_for_each_other(cast: Cast) -> None:
    basket, bowl = cast.ama.variant.pk, cast.linh.variant.pk
    turns = iter([(basket, bowl), (bowl, basket)] * 4)
    lock = threading.Lock()

    def buy() -> bool:
        with lock:
            first, second = next(turns)
        with transaction.atomic():
            reserve_stock(purchase_ref=uuid.uuid4(), quantities={first: 1, second: 1}, now=NOW)
        return True

    assert at_once(8, buy) == 8
    assert (left(basket), left(bowl)) == (2, 2)
