"""Anybody can see which rate holds, from where, of when, and what is added to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import User
from common.amounts import rate_figures
from common.money import Money
from marketplace.templatetags.market import percent_bp
from payments.models import Rate
from payments.services import refresh_rates, set_spread

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(now: datetime) -> Any:
    with time_machine.travel(now, tick=False):
        yield reverse("payments:rates")


def test_the_page_says_rate_source_day_and_addition(page: str, now: datetime) -> None:
    refresh_rates(now=now)
    answer = Client(headers={"accept-language": "fr-FR"}).get(page)
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "Japanese Yen" in html
    assert "177,303" in html  # JPY for one euro, HMRC for November
    assert "HMRC" in html
    assert "1 Nov 2026" in html
    assert {row.spread_bp for row in answer.context["rows"]} == {200}
    assert percent_bp(200) in html


def test_a_price_is_converted_with_its_addition(page: str, now: datetime) -> None:
    refresh_rates(now=now)
    answer = Client().get(page, {"amount": "240", "sold": "GHS", "paid": "JPY"})
    conversion = answer.context["conversion"]
    # 240 * 211.5223 / 15.58 = 3258.36; and 2 % on top.
    assert (conversion.at_mid.amount, conversion.charged.amount) == (3258, 3324)
    assert "¥3,324" in answer.content.decode()


@pytest.mark.parametrize(
    ("amount", "message"),
    [
        ("abc", "digits only"),
        ("-1", "zero or more"),
        ("1.5", "JPY has 0 decimal places"),
    ],
)
def test_a_wrong_amount_is_said_beside_the_field(
    page: str, now: datetime, amount: str, message: str
) -> None:
    refresh_rates(now=now)
    answer = Client().get(page, {"amount": amount, "sold": "JPY", "paid": "EUR"})
    assert answer.status_code == 200
    assert "conversion" not in answer.context
    assert message in answer.content.decode()


def test_an_unknown_currency_is_refused(page: str, now: datetime) -> None:
    refresh_rates(now=now)
    answer = Client().get(page, {"amount": "1", "sold": "XXX", "paid": "EUR"})
    assert answer.context["form"].errors.keys() == {"sold"}


def test_old_rates_of_a_demonstration_are_called_old(page: str, settings: Any) -> None:
    settings.DEMO = True
    Rate.objects.create(
        currency="JPY", rate=Decimal(170), source="ECB", as_of=datetime(2026, 1, 5, tzinfo=UTC)
    )
    assert "Some rates are old" in Client().get(page).content.decode()
    settings.DEMO = False


def test_without_rates_the_page_says_so(page: str) -> None:
    assert "No rates yet" in Client().get(page).content.decode()


def test_the_page_asks_for_the_rates_once(
    page: str, now: datetime, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    refresh_rates(now=now)
    with django_assert_max_num_queries(3):  # rates, spreads and the header's categories
        Client().get(page)


@pytest.mark.parametrize(
    ("rate", "shown"),
    [
        ("29038.5547", "29,038.6"),
        ("1.123456789", "1.12346"),
        ("0.000012068965", "0.000012069"),
        ("1234567", "1,234,567"),
    ],
)
def test_rates_are_shown_with_at_most_six_figures(rate: str, shown: str) -> None:
    assert rate_figures(Decimal(rate)) == shown


def test_the_page_says_when_how_old_and_what_a_hundred_becomes(page: str, now: datetime) -> None:
    """HMRC, November: 177.303 yen a euro, and 2 % more: 18,085 yen; 0.57 euro the other way."""
    refresh_rates(now=now)
    answer = Client(headers={"accept-language": "en-IE"}).get(page, {})
    row = next(row for row in answer.context["rows"] if row.code == "JPY")
    assert row.base_becomes == Money(18_085, "JPY")
    assert row.other_becomes == Money(58, "EUR")
    assert row.fetched_at == now
    assert row.age == "23 days old, good for 22 days more"
    html = answer.content.decode()
    assert "A price of 100 EUR" in html
    assert "taken in on" in html


def test_a_pair_with_its_own_spread_says_so(page: str, now: datetime) -> None:
    refresh_rates(now=now)
    set_spread(
        from_currency="JPY",
        to_currency="EUR",
        basis_points=40,
        valid_from=now.date(),
        actor=User.objects.create(email="mod@example.com"),
        reason="What our bank takes",
        now=now,
    )
    answer = Client(headers={"accept-language": "en-IE"}).get(page)
    row = next(row for row in answer.context["rows"] if row.code == "JPY")
    assert (row.spread_bp, row.spread_back_bp) == (90, 200)
    assert answer.context["only_spread_bp"] is None
    assert f"our addition {percent_bp(90)}" in answer.content.decode()


@pytest.mark.parametrize(
    ("as_of", "words"),
    [
        ("2026-11-24", "of today, good for 4 days more"),
        ("2026-11-23", "1 day old, good for 3 days more"),
        ("2026-11-20", "4 days old, good until the end of today"),
        ("2026-11-19", "5 days old, too old to be promised"),
    ],
)
def test_staleness_is_said_in_words(page: str, settings: Any, as_of: str, words: str) -> None:
    settings.DEMO = True
    Rate.objects.create(currency="JPY", rate=Decimal(170), source="ECB", as_of=as_of)
    assert words in Client().get(page).content.decode()
