"""Who resembles a party on a sanctions list buys nothing before somebody has looked, and learns nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from pytest_django import Settings as SettingsWrapper

from catalog.models import Stock
from common.memory import forget_everything
from orders.models import BasketLine, Order, Purchase
from payments.models import Payment
from tests.cast import NOW, Cast
from tests.orders.shopper import Shopper
from trade.models import SanctionedParty, SanctionsList, ScreeningCase
from trade.rules.screening import Match, ScreeningIndex, Subject
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


def test_a_second_click_and_an_empty_basket_open_no_case(shopper: Shopper) -> None:
    """The name came on a list between two clicks: the first one counts, and the second asks nothing."""
    fields = shopper.filled(shopper.checkout())
    first = shopper.send(fields)
    before = taken()
    SanctionedParty.objects.filter(ref="DEMO-1").update(
        names=[{"text": "Lucie Martin", "weak": False}], countries=["FR"]
    )
    forget_everything()
    assert shopper.send(fields)["Location"] == first["Location"]
    assert taken() == before
    assert not ScreeningCase.objects.exists()


def test_what_cannot_be_bought_opens_no_case(shopper: Shopper) -> None:
    fields = shopper.filled(shopper.checkout(), name=SUSPECT)
    stale = {**fields, "accepted": "1"}
    before = taken()
    assert shopper.send(stale).status_code == 409
    assert taken() == before
    assert not ScreeningCase.objects.exists()
    BasketLine.objects.all().delete()
    assert shopper.send(fields)["Location"] == "/basket/"
    assert not ScreeningCase.objects.exists()


def test_matching_happens_while_nothing_is_locked(
    shopper: Shopper, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Names are compared before the basket's row is locked."""
    steps: list[str] = []

    def watch(execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
        if "FOR UPDATE" in sql:
            steps.append("lock")
        return execute(sql, params, many, context)

    search = ScreeningIndex.search

    def searched(index: ScreeningIndex, subject: Subject) -> list[Match]:
        steps.append("search")
        return search(index, subject)

    fields = shopper.filled(shopper.checkout())
    monkeypatch.setattr(ScreeningIndex, "search", searched)
    with connection.execute_wrapper(watch):
        assert shopper.send(fields).status_code == 302
    assert "search" in steps
    assert "search" not in steps[steps.index("lock") :]
