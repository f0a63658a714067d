"""Two do something with the same goods at one moment: neither waits for the other for ever."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
import time_machine
from django.db import connection

from catalog.models import Listing
from catalog.services import editing, stock
from catalog.services.stock import adjust_stock, reserve_stock
from common.money import Money
from orders.models import Order, Purchase
from orders.services import baskets, fulfilment, outcomes
from orders.services.baskets import open_basket
from orders.services.deadlines import sweep_deadlines
from orders.services.fulfilment import cancel_order
from orders.services.outcomes import handle_payment_outcome
from orders.states import OrderState, PurchaseState
from payments.selectors import check_books
from payments.services.charging import sync_payment
from tests.cast import NOW, Cast, make_cast, make_user
from tests.orders.shopper import LATE, Shopper, available, payment_of, sandbox_page

pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOW + timedelta(minutes=16)


@pytest.fixture
def market(transactional_db: None, clock: time_machine.Traveller) -> Cast:
    return make_cast()


@dataclass
class Meeting:
    """The first does half of its work, then waits until the second is half-way too."""

    first_is_half_way: Event = field(default_factory=Event)
    second_is_half_way: Event = field(default_factory=Event)

    def first(self, patch: pytest.MonkeyPatch, module: Any, name: str, *, after: bool) -> None:
        """The first stops at this function of a module, after it or before it."""
        real = getattr(module, name)

        def stops(*args: Any, **kwargs: Any) -> Any:
            answer = real(*args, **kwargs) if after else None
            self.first_is_half_way.set()
            # Where the second is kept out by a lock it never says so: then the first goes on.
            self.second_is_half_way.wait(timeout=2)
            return answer if after else real(*args, **kwargs)

        patch.setattr(module, name, stops)

    def second(self, patch: pytest.MonkeyPatch, module: Any, name: str) -> None:
        real = getattr(module, name)

        def says(*args: Any, **kwargs: Any) -> Any:
            self.second_is_half_way.set()
            return real(*args, **kwargs)

        patch.setattr(module, name, says)

    def hold(self, first: Callable[[], Any], second: Callable[[], Any]) -> list[Any]:
        def later() -> Any:
            assert self.first_is_half_way.wait(timeout=20)
            return second()

        with ThreadPoolExecutor(2) as pool:
            both: list[Future[Any]] = [pool.submit(_alone, work) for work in (first, later)]
        return [one.result() for one in both]


def _alone(work: Callable[[], Any]) -> Any:
    try:
        return work()
    finally:
        connection.close()


def placed(seller: Any, quantity: int = 1) -> tuple[Shopper, Purchase]:
    shopper = Shopper("FR")
    shopper.add(seller.variant, quantity)
    return shopper, shopper.place()


def test_a_late_payment_and_a_cancellation(
    market: Cast, monkeypatch: pytest.MonkeyPatch, clock: time_machine.Traveller
) -> None:
    """One has the books and wants the stock, the other the stock and wants the books."""
    slow, late = placed(market.ama)
    slow.pay(late, LATE)
    quick, paid = placed(market.ama)
    quick.pay(paid)
    quick.come_back(paid)
    clock.move_to(LATER)
    sweep_deadlines(now=LATER)
    slow.client.post(f"{sandbox_page(late)}bank/")
    facts = sync_payment(payment_id=payment_of(late).pk, now=LATER)
    meeting = Meeting()
    meeting.first(monkeypatch, fulfilment, "release_stock", after=True)
    meeting.second(monkeypatch, outcomes, "rereserve_stock")
    meeting.hold(
        lambda: cancel_order(order=paid.orders.get(), actor=None, reason="Broken", now=LATER),
        lambda: handle_payment_outcome(facts=facts, now=LATER),
    )
    assert Purchase.objects.get(pk=late.pk).state == PurchaseState.PAID
    assert Order.objects.get(purchase=paid).state == OrderState.CANCELLED
    assert available(market.ama.variant) == 9
    assert check_books().problems == []


def test_signing_in_and_running_out_of_time(
    market: Cast, monkeypatch: pytest.MonkeyPatch, clock: time_machine.Traveller
) -> None:
    """A guest's unpaid purchase goes back into the basket, which becomes the user's just now."""
    _, purchase = placed(market.chiara)
    lucie = make_user("lucie2@example.org")
    clock.move_to(LATER)
    meeting = Meeting()
    meeting.first(monkeypatch, baskets, "_merge", after=False)
    meeting.second(monkeypatch, outcomes, "put_back")
    mine, _ = meeting.hold(
        lambda: open_basket(user=lucie, cookie=purchase.basket_ref, now=LATER),
        lambda: sweep_deadlines(now=LATER),
    )
    assert Purchase.objects.get(pk=purchase.pk).state == PurchaseState.EXPIRED
    assert mine.lines.get().variant_id == market.chiara.variant.pk


def test_the_last_one_is_sold_while_its_seller_adds_more(
    market: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    variant, purchase_ref = market.chiara.variant, market.ama.variant.pk
    adjust_stock(variant_id=variant.pk, change=-9)
    row = editing.VariantInput(
        price=Money(2000, "EUR"), options=variant.options, stock_change=5, weight_g=100
    )
    meeting = Meeting()
    meeting.first(monkeypatch, editing, "_save_variant", after=False)
    meeting.second(monkeypatch, stock, "refresh_in_stock_of")
    meeting.hold(
        lambda: editing.set_variants(listing=market.chiara.listing, rows=[row], now=NOW),
        lambda: reserve_stock(purchase_ref=purchase_ref, quantities={variant.pk: 1}, now=NOW),
    )
    assert available(variant) == 5
    assert Listing.objects.get(pk=market.chiara.listing.pk).in_stock
