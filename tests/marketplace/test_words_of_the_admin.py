"""A moderator reads words and amounts: no stored code, no minor units, no Python tuple."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from accounts.admin import say_code
from accounts.models import User
from orders.models import Order
from payments.models import HeldPayment
from tests.cast import Cast, cast, clock
from tests.orders.shopper import Shopper

__all__ = ["cast", "clock"]
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("AWAITING_PAYMENT", "Awaiting payment"),
        ("DAMAGED", "Damaged"),
        ("VOEC", "VOEC"),
        ("ship_to", "ship_to"),
        ("Paid", "Paid"),
        ("", ""),
    ],
)
def test_a_code_becomes_words(code: str, words: str) -> None:
    assert say_code(code) == words


def test_a_short_state_becomes_a_word_too() -> None:
    assert say_code("PAID", always=True) == "Paid"


@pytest.fixture
def moderator(client: Client) -> Client:
    user = User.objects.create_superuser(email="mod@example.com", password="a long password")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def page_of(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    page = answer.content.decode()
    return page[page.index('id="content"') :]


def test_states_are_words_in_lists_and_on_pages(cast: Cast, moderator: Client) -> None:
    shopper = Shopper("FR")
    shopper.add(cast.ama.variant)
    placed = shopper.place()
    assert "Awaiting payment" in page_of(moderator, "/admin/orders/purchase/")
    assert "AWAITING_PAYMENT" not in page_of(
        moderator, f"/admin/orders/purchase/{placed.pk}/change/"
    )
    order = Order.objects.get(purchase=placed)
    detail = page_of(moderator, f"/admin/orders/order/{order.pk}/change/")
    assert "Awaiting payment" in detail
    assert "AWAITING_PAYMENT" not in detail
    assert "(&#x27;" not in detail  # the label of a badge, said as a tuple


def test_minor_units_are_shown_as_money(cast: Cast, moderator: Client) -> None:
    shopper = Shopper("FR")
    shopper.add(cast.ama.variant)
    shopper.pay(shopper.place())
    held = HeldPayment.objects.get()
    page = page_of(moderator, f"/admin/payments/heldpayment/{held.pk}/change/")
    for amount, currency in (
        (held.seller_amount, held.seller_currency),
        (held.commission_amount, held.seller_currency),
        (held.buyer_amount, held.currency),
    ):
        assert f"{amount / 100:.2f} {currency}" in page
        assert f">{amount}<" not in page


def test_a_decision_names_the_row_in_words_and_its_button_says_only_what_it_does(
    cast: Cast, moderator: Client
) -> None:
    shopper = Shopper("FR")
    shopper.add(cast.ama.variant)
    shopper.pay(shopper.place())
    order = Order.objects.get()
    page = page_of(moderator, f"/admin/orders/order/{order.pk}/cancel/")
    assert f"Cancel: {order.number}" in page
    assert re.search(r'type="submit">\s*Cancel\s*</button>', page)
