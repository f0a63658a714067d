"""A buyer says that it buys for a business: checked, frozen and printed; the total stays the total."""

from __future__ import annotations

import pytest

from orders.models import Purchase
from tests.cast import Cast
from tests.orders.shopper import Shopper

pytestmark = pytest.mark.django_db
BUSINESS = {
    "for_business": "on",
    "business_name": "Atelier Martin",
    "tax_number": "fr 40 303 265 045",
}


def test_a_business_pays_the_total_that_it_was_shown(cast: Cast) -> None:
    shopper = Shopper("FR")
    shopper.add(cast.ama.variant, 2)
    fields = shopper.filled(shopper.checkout(), **BUSINESS)
    shown = shopper.send({**fields, "action": "update"}).content.decode()
    assert 'value="Atelier Martin"' in shown
    answer = shopper.send(shopper.filled(shown, **BUSINESS))
    assert answer.status_code == 302, answer.content.decode()
    purchase = Purchase.objects.get()
    assert purchase.buyer_business_name == "Atelier Martin"
    assert purchase.buyer_tax_number == "FR40303265045"
    # The scheme is for people: a business settles the tax on imports itself.
    order = purchase.orders.get()
    assert order.registrations == {}
    assert not order.charges.filter(scheme="ioss").exists()
    shopper.pay(purchase)
    shopper.come_back(purchase)
    receipt = shopper.client.get(f"/purchases/{purchase.token}/", follow=True).content.decode()
    assert "Atelier Martin" in receipt
    assert "FR40303265045" in receipt


def test_whoever_ticks_it_after_the_total_was_shown_must_see_the_new_one(cast: Cast) -> None:
    shopper = Shopper("FR")
    shopper.add(cast.ama.variant, 2)
    answer = shopper.send(shopper.filled(shopper.checkout(), **BUSINESS))
    assert answer.status_code == 409
    assert not Purchase.objects.exists()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"tax_number": "FR40303265046"}, "not a valid tax number of France"),
        ({"tax_number": ""}, "without one you buy as a private person"),
        ({"business_name": " "}, "name of the business"),
    ],
)
def test_a_number_that_can_not_be_is_said_beside_its_field(
    cast: Cast, changed: dict[str, str], words: str
) -> None:
    shopper = Shopper("FR")
    shopper.add(cast.ama.variant, 1)
    answer = shopper.send(shopper.filled(shopper.checkout(), **{**BUSINESS, **changed}))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert '<details class="disclosure" open>' in page
    assert ({**BUSINESS, **changed})["business_name"].strip() in page
    assert not Purchase.objects.exists()


def test_without_the_tick_what_stands_there_counts_for_nothing(cast: Cast) -> None:
    shopper = Shopper("FR")
    shopper.add(cast.ama.variant, 1)
    typed = {"business_name": "Atelier", "tax_number": "nonsense"}
    assert shopper.send(shopper.filled(shopper.checkout(), **typed)).status_code == 302
    assert Purchase.objects.get().buyer_tax_number == ""
