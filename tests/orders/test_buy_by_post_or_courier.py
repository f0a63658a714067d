"""Who carries the parcel decides limits, fees and papers at the border, the same on every path."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from catalog.models import Stock
from catalog.services.editing import update_listing
from common.addresses import PostalAddress
from common.money import Money
from orders.models import Order, Purchase
from orders.selectors.papers import papers_of_order
from payments.selectors.rates import forget_rates
from payments.services.rates import set_manual_rate
from sellers.models import Business
from shipping.models import DeliveryOption, ParcelDetails
from shipping.rules import CarriedBy
from shipping.services import OptionTerms, save_option
from tests.cast import ADDRESSES, NOW, Cast
from tests.orders import shopper as shoppers
from tests.orders.shopper import Shopper
from trade.rules.papers import Paper
from trade.rules.s10 import Service

pytestmark = pytest.mark.django_db
REFUSED = "Lithium batteries on their own and power banks are refused by post"


@pytest.fixture
def toronto(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A buyer in Ontario; Ama weaves in Mexico for this once. CAD 1.50 for a euro."""
    address = PostalAddress(
        country_code="CA",
        name="Margaret Li",
        street_address="10 Spadina Ave",
        city="Toronto",
        country_area="ON",
        postal_code="M5V 2H8",
    )
    monkeypatch.setitem(ADDRESSES, "CA", address)
    monkeypatch.setitem(shoppers.CURRENCY, "CA", "CAD")
    set_manual_rate(currency="CAD", rate=Decimal("1.5"), as_of=NOW.date(), now=NOW)
    forget_rates()
    Business.objects.filter(pk=cast.ama.business.pk).update(country="MX")
    update_listing(listing=cast.ama.listing, now=NOW, origin_country="MX")
    yield
    forget_rates()


def carry(option: DeliveryOption, carried_by: CarriedBy) -> None:
    DeliveryOption.objects.filter(pk=option.pk).update(carried_by=carried_by.value)


def second_option(cast: Cast, carried_by: CarriedBy, *, amount: int = 30_000) -> DeliveryOption:
    return save_option(
        business=cast.ama.business,
        profile_id=cast.ama.option.profile_id,
        terms=OptionTerms(
            name="By the other one",
            base_amount=amount,
            min_days=2,
            max_days=4,
            everywhere=True,
            carried_by=carried_by,
        ),
    )


def radio(page: str, option: DeliveryOption) -> str:
    found = re.search(rf'<input type="radio"[^>]*value="{option.pk}"[^>]*>', page)
    assert found
    return found[0]


# --- money -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("carried_by", "duty", "tax", "row"),
    [
        # Up to CAD 40 by courier from Mexico nothing is due (CUSMA).
        (CarriedBy.COURIER, 0, 0, "ca-cusma-40"),
        # By post over CAD 20: 7 % of 30.60 is 2.14, and 13 % of 32.74 is 4.26.
        (CarriedBy.POST, 214, 426, "ca-tariff-4602"),
        (CarriedBy.UNSAID, 214, 426, "ca-tariff-4602"),
    ],
)
def test_canada_asks_less_of_couriers_from_mexico(
    cast: Cast, toronto: None, carried_by: CarriedBy, duty: int, tax: int, row: str
) -> None:
    """GHS 250.00 at 0.12 and a spread of 2 % is CAD 30.60, GHS 125.00 is 15.30."""
    carry(cast.ama.option, carried_by)
    api = Client().post(
        "/api/v1/quotes/",
        {
            "country": "CA",
            "region": "ON",
            "currency": "CAD",
            "items": [{"variant": str(cast.ama.variant.pk)}],
        },
        content_type="application/json",
    )
    (parcel,) = api.json()["parcels"]
    assert parcel["options"][0]["carried_by"] == carried_by
    assert row in {charge["row_id"] for charge in parcel["charges"]}
    assessed = {
        kind: sum(c["money"]["amount"] for c in parcel["charges"] if c["kind"] == kind)
        for kind in ("duty", "tax")
    }
    assert (parcel["goods"]["amount"], parcel["delivery"]["amount"]) == (3060, 1530)
    assert (assessed["duty"], assessed["tax"]) == (duty, tax)

    desk = Client().get(
        "/api/v1/desk/quote/",
        {
            "goods": cast.ama.listing.customs_description,
            "code": cast.ama.listing.hs_code,
            "sent_from": "MX",
            "to": "CA",
            "region": "ON",
            "value": "250",
            "delivery": "125",
            "currency": "GHS",
            "in_currency": "CAD",
            "weight": str(cast.ama.variant.weight_g),
            "by": carried_by.value,
        },
    )
    known = [line for line in desk.json()["lines"] if line["money"]]
    said = {
        kind: sum(line["money"]["amount"] for line in known if line["kind"] == kind)
        for kind in ("duty", "tax")
    }
    assert said == assessed
    assert desk.json()["charged"]["amount"] == parcel["total"]["amount"]

    buyer = Shopper("CA")
    buyer.add(cast.ama.variant)
    # The tax is the province's, which the checkout knows by the address.
    page = buyer.send(buyer.filled(buyer.checkout(), action="update")).content.decode()
    assert buyer.send(buyer.filled(page)).status_code == 302
    order = Order.objects.get()
    assert order.total_amount == parcel["total"]["amount"]
    assert order.carried_by == carried_by
    assert row in set(order.charges.values_list("row_id", flat=True))


# --- what a carrier refuses --------------------------------------------------------------------------


@pytest.fixture
def power_bank(cast: Cast) -> None:
    update_listing(
        listing=cast.ama.listing,
        now=NOW,
        hs_code="850760",
        customs_description="Power bank, 37 Wh",
        battery="loose",
    )


def test_the_post_refuses_a_power_bank_and_a_courier_is_left(cast: Cast, power_bank: None) -> None:
    carry(cast.ama.option, CarriedBy.POST)
    courier = second_option(cast, CarriedBy.COURIER)  # dearer, and yet the one that is chosen
    buyer = Shopper("FR")
    listing = cast.ama.listing
    page = buyer.client.get(f"/l/{listing.pk}/{listing.slug}/").content.decode()
    buyer.add(cast.ama.variant)
    for shown in (page, buyer.basket(), buyer.checkout()):
        assert f"go this way. {REFUSED}" in shown
        assert " disabled" in radio(shown, cast.ama.option)
        assert " checked" in radio(shown, courier)
        assert " disabled" not in radio(shown, courier)
    order = buyer.place().orders.get()
    assert (order.delivery_name, order.carried_by) == ("By the other one", "courier")


def test_nobody_buys_what_the_post_refuses(cast: Cast, power_bank: None) -> None:
    """A form that asks for it all the same buys nothing; so does a shop that has the post alone."""
    carry(cast.ama.option, CarriedBy.POST)
    before = Stock.objects.get(variant=cast.ama.variant).available
    buyer = Shopper("FR")
    buyer.add(cast.ama.variant)
    assert "Nobody who carries parcels for this seller" in buyer.basket()
    page = buyer.checkout()
    assert "Nobody who carries parcels for this seller" in page
    assert buyer.send(buyer.filled(page)).status_code == 409
    second_option(cast, CarriedBy.COURIER)
    name = f"option-{cast.ama.business.pk}"
    form = buyer.filled(buyer.checkout(), **{name: str(cast.ama.option.pk)})
    assert buyer.send(form).status_code == 409
    assert not Purchase.objects.exists()
    assert Stock.objects.get(variant=cast.ama.variant).available == before
    # The page that came back had the courier chosen: now it is bought.
    assert buyer.place().orders.get().carried_by == "courier"


def test_an_option_that_says_nothing_stays_choosable(cast: Cast, power_bank: None) -> None:
    buyer = Shopper("FR")
    buyer.add(cast.ama.variant)
    assert REFUSED in buyer.basket()
    assert buyer.place().orders.get().carried_by == ""


def test_the_seller_reads_it_before_publishing(cast: Cast, power_bank: None) -> None:
    carry(cast.ama.option, CarriedBy.POST)
    own = Client()
    own.force_login(cast.ama.user)
    slug, listing = cast.ama.business.slug, cast.ama.listing
    page = own.get(f"/sell/{slug}/listings/{listing.pk}/preview/", {"to": ["FR"]})
    assert "nobody who carries it takes such goods" in page.content.decode()


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({}, "carrier"),
        ({"by": "post"}, "refused"),
        ({"by": "courier"}, "carrier"),
        ({"sold": "post"}, "refused"),
        ({"sold": "courier"}, "carrier"),
        # What may be sold nowhere is not a carrier's matter.
        ({"by": "post", "goods": "2402"}, "forbidden"),
    ],
)
def test_the_desk_tells_the_post_from_a_courier(
    cast: Cast, asked: dict[str, str], code: str
) -> None:
    question: dict[str, Any] = {
        "goods": "850760",
        "sent_from": "GH",
        "to": "FR",
        "value": "250",
        "delivery": "125",
        "currency": "GHS",
    }
    said = Client().get("/api/v1/desk/quote/", {**question, **asked})
    assert said.json()["verdict"]["code"] == code
    page = Client().get("/desk/", {**question, **asked}).content.decode()
    assert ("Not by post" in page) == (code == "refused")
    assert ("The buyer pays" in page) == (code == "carrier")


def test_the_desk_wants_one_carrier(cast: Cast) -> None:
    question = {"goods": "691200", "sent_from": "GH", "to": "FR", "value": "9", "delivery": "9"}
    answer = Client().get(
        "/api/v1/desk/quote/", {**question, "currency": "EUR", "sold": "post", "by": "courier"}
    )
    assert answer.status_code == 400
    assert "by" in answer.json()


# --- papers ----------------------------------------------------------------------------------------


def paid(cast: Cast, carried_by: CarriedBy) -> Order:
    carry(cast.ama.option, carried_by)
    buyer = Shopper("FR")
    buyer.add(cast.ama.variant)
    purchase = buyer.place()
    buyer.pay(purchase)
    buyer.come_back(purchase)
    return Order.objects.get(purchase=purchase)


def needed(order: Order) -> set[Paper]:
    found = papers_of_order(order=order, signed_by="", now=NOW)
    return {need.paper for need in found.needs if need.required}


def test_a_courier_clears_by_the_invoice_and_the_post_by_its_form(cast: Cast) -> None:
    assert needed(paid(cast, CarriedBy.COURIER)) == {Paper.INVOICE}
    by_post = {Paper.CN23, Paper.INVOICE, Paper.ADVANCE_DATA}
    assert needed(paid(cast, CarriedBy.POST)) == by_post
    assert needed(paid(cast, CarriedBy.UNSAID)) == by_post


def test_what_was_sold_stays_when_the_option_changes(cast: Cast) -> None:
    order = paid(cast, CarriedBy.COURIER)
    carry(cast.ama.option, CarriedBy.POST)
    order.refresh_from_db()
    assert order.carried_by == "courier"
    assert needed(order) == {Paper.INVOICE}


def test_a_seller_that_sends_it_otherwise_is_told(cast: Cast) -> None:
    order = paid(cast, CarriedBy.COURIER)
    own = Client()
    own.force_login(cast.ama.user)
    at = f"/sell/{order.business.slug}/orders/{order.number}/papers/"
    page = own.get(at).content.decode()
    assert '<option value="courier" selected' in page
    assert "paid for another carrier" not in page
    assert "by courier" in own.get(at.removesuffix("papers/")).content.decode()
    ParcelDetails.objects.create(
        order_ref=order.pk, business=order.business, service=Service.LETTER.value
    )
    assert "paid for another carrier" in own.get(at).content.decode()
    assert Paper.CN22 in needed(order)  # papers go by how it travels


def test_the_total_by_courier_is_what_the_listing_says(cast: Cast) -> None:
    """The dearer way, chosen on the listing's page, costs the same in the basket."""
    courier = second_option(cast, CarriedBy.COURIER)
    listing = cast.ama.listing
    buyer = Shopper("FR")
    page = buyer.client.get(f"/l/{listing.pk}/{listing.slug}/", {"option": str(courier.pk)})
    quote = page.context["quote"]
    assert quote.chosen.carried_by is CarriedBy.COURIER
    buyer.add(cast.ama.variant)
    name = f"option-{cast.ama.business.pk}"
    buyer.client.post("/basket/update/", {name: str(courier.pk)})
    assert Money(buyer.place().total_amount, "EUR") == quote.total
