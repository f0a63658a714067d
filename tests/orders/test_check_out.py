"""The checkout page: one page, few fields, nothing typed is lost, every cost in the total."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from accounts.services import save_address
from catalog.services.stock import adjust_stock
from orders.models import Purchase
from payments.models import Payment, Quote
from tests.cast import ADDRESSES, Cast
from tests.orders.shopper import Shopper, available, hidden_fields

pytestmark = pytest.mark.django_db
FIELD = re.compile(r"<(?:input|select|textarea)\b[^>]*>")


def visible_fields(page: str) -> list[str]:
    """Inputs that a guest sees at once: neither hidden nor behind a closed disclosure."""
    shown = re.sub(r"<details(?![^>]*\bopen\b).*?</details>", "", page, flags=re.DOTALL)
    fields = [tag for tag in FIELD.findall(shown) if 'type="hidden"' not in tag]
    return [tag for tag in fields if 'type="radio"' not in tag]


def at_checkout(cast: Cast, country: str = "FR") -> Shopper:
    shopper = Shopper(country)
    for seller in cast.sellers:
        shopper.add(seller.variant)
    return shopper


@pytest.mark.parametrize("country", ["FR", "JP", "US", "KW"])
def test_a_guest_sees_at_most_eight_fields(cast: Cast, country: str) -> None:
    page = at_checkout(cast, country).checkout()
    assert 5 <= len(visible_fields(page)) <= 8


def test_every_field_knows_its_keyboard(cast: Cast) -> None:
    page = at_checkout(cast).checkout()
    assert 'autocomplete="email"' in page
    assert 'autocomplete="shipping postal-code"' in page
    assert 'autocomplete="shipping country"' in page


def test_the_total_is_there_before_anything_is_typed(cast: Cast) -> None:
    page = at_checkout(cast).checkout()
    assert int(hidden_fields(page)["accepted"]) > 0
    assert hidden_fields(page)["currency"] == "EUR"
    assert "You pay" in page


def test_looking_reserves_nothing(cast: Cast) -> None:
    at_checkout(cast).checkout()
    assert available(cast.ama.variant) == 10
    assert not Purchase.objects.exists()
    assert not Payment.objects.exists()


def test_an_empty_basket_leads_back(cast: Cast) -> None:
    assert Client().get("/checkout/")["Location"] == "/basket/"


def test_errors_stand_beside_their_fields_and_nothing_is_lost(cast: Cast) -> None:
    shopper = at_checkout(cast)
    fields = shopper.filled(
        shopper.checkout(), email="nonsense", postal_code="x", name="Lucie <Martin>"
    )
    response = shopper.send(fields)
    page = response.content.decode()
    assert response.status_code == 422
    assert "This is not an e-mail address" in page
    assert 'value="nonsense"' in page
    assert "Lucie &lt;Martin&gt;" in page
    assert page.count('class="field__error"') == 2
    assert page.count('aria-invalid="true"') == 2
    assert hidden_fields(page)["key"] == fields["key"]
    assert not Purchase.objects.exists()


def test_update_judges_nothing_and_keeps_what_was_typed(cast: Cast) -> None:
    shopper = at_checkout(cast)
    fields = shopper.filled(shopper.checkout(), action="update", email="half@", postal_code="")
    response = shopper.send(fields)
    page = response.content.decode()
    assert response.status_code == 200
    assert "field__error" not in page
    assert 'value="half@"' in page
    assert "Lucie Martin" in page
    assert not Purchase.objects.exists()


def test_another_country_draws_its_fields_and_its_total(cast: Cast) -> None:
    shopper = at_checkout(cast)
    before = shopper.checkout()
    fields = shopper.filled(before, country_code="JP", change_country="1")
    page = shopper.send(fields).content.decode()
    assert "Prefecture" in page
    assert "Lucie Martin" in page
    assert hidden_fields(page)["accepted"] != hidden_fields(before)["accepted"]
    assert not Purchase.objects.exists()


def test_a_known_buyers_address_is_filled_in(cast: Cast) -> None:
    save_address(user=cast.lucie, address=ADDRESSES["FR"], is_default=True)
    shopper = Shopper("FR", cast.lucie)
    shopper.add(cast.ama.variant)
    page = shopper.checkout()
    assert 'value="lucie@example.org"' in page
    assert "12 rue Mercière" in page


def test_what_is_gone_meanwhile_is_said_on_the_page(cast: Cast) -> None:
    shopper = at_checkout(cast)
    fields = shopper.filled(shopper.checkout())
    adjust_stock(variant_id=cast.linh.variant.pk, change=-10)
    response = shopper.send(fields)
    page = response.content.decode()
    assert response.status_code == 409
    assert "Sold out meanwhile" in page
    assert "guest@example.org" in page
    assert not Purchase.objects.exists()
    assert available(cast.ama.variant) == 10


def test_looking_again_keeps_the_promised_rates(cast: Cast) -> None:
    shopper = at_checkout(cast)
    first = hidden_fields(shopper.checkout())["accepted"]
    assert Quote.objects.count() == 3
    assert hidden_fields(shopper.checkout())["accepted"] == first
    assert Quote.objects.count() == 3
