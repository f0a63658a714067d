"""Who resembles a party on a sanctions list buys nothing before somebody has looked, and learns nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from pytest_django import Settings as SettingsWrapper

from catalog.models import Stock
from orders.models import BasketLine, Order, Purchase
from payments.models import Payment
from tests.cast import NOW, Cast
from tests.orders.shopper import Shopper
from trade.models import SanctionsList, ScreeningCase
from trade.services.screening import clear_match, confirm_match

SUSPECT = "Zoltan Krawenhold"


def taken() -> tuple[Any, ...]:
    return (
        Purchase.objects.count(),
        Order.objects.count(),
        Payment.objects.count(),
        BasketLine.objects.count(),
        list(Stock.objects.order_by("pk").values()),
    )


@pytest.fixture
def shopper(cast: Cast) -> Shopper:
    shopper = Shopper()
    shopper.add(cast.chiara.variant)
    return shopper


def test_nothing_is_taken_and_the_page_is_calm(shopper: Shopper) -> None:
    fields = shopper.filled(shopper.checkout(), name=SUSPECT)
    before = taken()
    answer = shopper.send(fields)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert taken() == before
    assert "Nothing was charged, and your basket is kept." in page
    assert f'value="{SUSPECT}"' in page
    for word in ("sanction", "list", "DEMO-1", "Kravenhold", "The Collector"):
        assert word not in page.split("We need a little time")[1].split("</div>")[0]
    case = ScreeningCase.objects.get()
    assert (case.subject_kind, case.subject_ref, case.country) == ("BUYER", None, "FR")


def test_the_business_that_is_bought_for_is_asked_about(shopper: Shopper) -> None:
    fields = shopper.filled(
        shopper.checkout(),
        for_business="on",
        business_name="Granitresurs",
        tax_number="FR40303265045",
    )
    before = taken()
    assert shopper.send(fields).status_code == 409
    assert taken() == before
    assert ScreeningCase.objects.get().entry_ref == "DEMO-5"


def test_a_stale_list_closes_the_checkout_with_the_same_words(
    shopper: Shopper, settings: SettingsWrapper
) -> None:
    settings.SANCTIONS_MAX_AGE_DAYS = 7
    SanctionsList.objects.update(imported_at=NOW - timedelta(days=8))
    fields = shopper.filled(shopper.checkout())
    before = taken()
    answer = shopper.send(fields)
    assert answer.status_code == 409
    assert "We need a little time for this order" in answer.content.decode()
    assert taken() == before
    assert not ScreeningCase.objects.exists()


def test_after_clearing_the_same_buyer_passes(shopper: Shopper, cast: Cast) -> None:
    fields = shopper.filled(shopper.checkout(), name=SUSPECT)
    shopper.send(fields)
    case = ScreeningCase.objects.get()
    clear_match(case=case, actor=cast.mira, reason="Born in 1990.", now=NOW)
    answer = shopper.send(shopper.filled(shopper.checkout(), name=SUSPECT))
    assert answer.status_code == 302
    assert Purchase.objects.get().ship_to["name"] == SUSPECT
    assert ScreeningCase.objects.count() == 1


def test_a_confirmed_one_never_does(shopper: Shopper, cast: Cast) -> None:
    shopper.send(shopper.filled(shopper.checkout(), name=SUSPECT))
    case = ScreeningCase.objects.get()
    confirm_match(case=case, actor=cast.mira, reason="Same passport.", now=NOW)
    before = taken()
    assert shopper.send(shopper.filled(shopper.checkout(), name=SUSPECT)).status_code == 409
    assert taken() == before
