"""The demo market is believable, complete, and made through the services."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import Settings as SettingsWrapper

from catalog.models import Listing
from catalog.states import ListingState
from common.countries import COUNTRY_CODES
from common.money import Money
from marketplace.demo import load, paint
from marketplace.demo.market import BUSINESSES, DemoBusiness
from marketplace.demo.people import BUYERS, MODERATOR, NEWCOMER, ORDERS
from marketplace.demo.pictures import KINDS, PALETTES
from marketplace.furnish import SHELVES
from orders.models import Order, Purchase
from payments.models import BankAccount, Refund
from payments.rules.providers import BANK_FILE
from payments.selectors import check_books, forget_rates
from sellers.models import Business
from sellers.states import BusinessState
from tests.cast import NOW
from trade.models import TaxNumberCheck
from trade.selectors import describe_hs

CONTINENTS = {
    "Africa": {"GH", "MA", "ZA"},
    "America": {"US", "PE", "CO"},
    "Asia": {"VN", "JP", "IN", "KR", "TR"},
    "Europe": {"IT", "GB", "NO", "PT"},
    "Oceania": {"NZ"},
}


def test_it_is_a_market_of_the_whole_world() -> None:
    countries = {business.country for business in BUSINESSES}
    assert len(countries) >= 12
    assert countries <= set(COUNTRY_CODES)
    assert all(countries & members for members in CONTINENTS.values())
    assert len({business.currency for business in BUSINESSES}) >= 8
    assert sum(len(business.listings) for business in BUSINESSES) >= 120


@pytest.mark.parametrize("business", BUSINESSES, ids=lambda business: business.slug)
def test_every_listing_is_whole(business: DemoBusiness) -> None:
    shelves = dict(SHELVES)
    assert business.palette in PALETTES
    for listing in business.listings:
        assert listing.category in shelves, listing.title
        assert listing.kind in KINDS, listing.title
        assert describe_hs(listing.hs_code), (listing.title, listing.hs_code)
        assert Money.parse(listing.price, business.currency).amount > 0
        assert len(listing.text) >= 40, listing.title
        assert listing.weight_g > 0


def test_titles_are_different_and_orders_are_about_them() -> None:
    titles = [listing.title for business in BUSINESSES for listing in business.listings]
    assert len(titles) == len(set(titles))
    bought = {title for order in ORDERS for title, _quantity in order.lines}
    assert bought <= set(titles)
    assert {order.buyer for order in ORDERS} <= {buyer.email for buyer in BUYERS}


def test_everybody_has_an_address_of_their_own() -> None:
    emails = [MODERATOR.email, NEWCOMER.email]
    emails += [business.email for business in BUSINESSES] + [buyer.email for buyer in BUYERS]
    assert len(emails) == len(set(emails))


@pytest.fixture
def small_market(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Three businesses of three listings; the orders that are about them alone."""
    small = [
        DemoBusiness(
            **{
                **{name: getattr(business, name) for name in business.__dataclass_fields__},
                "listings": business.listings[:3],
            }
        )
        for business in BUSINESSES[:4]
    ]
    titles = {listing.title for business in small for listing in business.listings}
    orders = [order for order in ORDERS if {title for title, _ in order.lines} <= titles]
    monkeypatch.setattr(load, "BUSINESSES", tuple(small))
    monkeypatch.setattr(load, "ORDERS", tuple(orders))
    monkeypatch.setattr(paint, "PHOTO_PIXELS", 60)
    forget_rates()
    yield
    forget_rates()


@pytest.mark.django_db(transaction=True)
def test_it_is_made_through_the_services(small_market: None) -> None:
    load.load_market(now=NOW, say=lambda _line: None)
    assert Business.objects.filter(state=BusinessState.APPROVED).count() == 4
    assert Business.objects.filter(state=BusinessState.IN_REVIEW).count() == 1
    assert Listing.objects.filter(state=ListingState.LIVE).count() == 12
    assert Purchase.objects.count() > 2
    assert set(Order.objects.values_list("state", flat=True)) >= {"COMPLETED", "CANCELLED"}
    assert Refund.objects.exists()
    numbers = TaxNumberCheck.objects.order_by("country").values_list("country", "state")
    assert list(numbers) == [("FR", "CONFIRMED"), ("GB", "UNANSWERED")]
    assert load.is_loaded()
    report = check_books()
    assert report.ok, report.problems


@pytest.mark.django_db(transaction=True)
def test_it_is_made_in_a_market_at_stripe(
    small_market: None, monkeypatch: pytest.MonkeyPatch, settings: SettingsWrapper
) -> None:
    """As `./run --stripe-peer` makes it: Morocco is beyond Stripe's reach from the beginning."""
    settings.PAYMENT_PROVIDER = "stripe"
    [looms] = [business for business in BUSINESSES if business.slug == "atlas-looms"]
    monkeypatch.setattr(load, "BUSINESSES", (looms,))
    monkeypatch.setattr(load, "ORDERS", ())
    load.load_market(now=NOW, say=lambda _line: None)
    payee = Business.objects.get(slug="atlas-looms").payee
    assert payee.provider == BANK_FILE
    assert BankAccount.objects.filter(payee=payee).exists()
