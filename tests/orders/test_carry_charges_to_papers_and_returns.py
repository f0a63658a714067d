"""One basket of three sellers from three countries: what the checkout charges for duty and tax is
what the orders, the papers, the ledger and the returns say, to the minor unit."""

from __future__ import annotations

import re
from collections import defaultdict
from decimal import Decimal

import pytest

from common.addresses import PostalAddress
from common.money import Money
from orders.models import Order, OrderCharge, Purchase
from orders.selectors.papers import papers_of_order
from orders.selectors.scheme_reports import report_keys, scheme_report
from payments.models import Entry
from payments.selectors import balance, check_books, forget_rates
from payments.services import set_manual_rate
from payments.states import AccountKind
from tests import cast as people
from tests.cast import NOW, Cast
from tests.orders import shopper as shoppers
from tests.orders.shopper import Shopper
from trade.papers.advance import advance_data
from trade.rules.scheme_returns import Every, period_of

pytestmark = pytest.mark.django_db

CURRENCIES = {"DE": "EUR", "US": "USD", "JP": "JPY", "NO": "NOK"}
# The scheme that settles the tax with the sale.
SCHEMES = {"DE": "ioss", "US": "", "JP": "", "NO": "voec"}


@pytest.fixture(autouse=True)
def _more_buyers(monkeypatch: pytest.MonkeyPatch) -> None:
    for country, city, code in (("DE", "Hamburg", "20095"), ("NO", "Bergen", "5003")):
        address = PostalAddress(
            country_code=country,
            name="Kim Berg",
            street_address="Torget 1",
            city=city,
            postal_code=code,
        )
        monkeypatch.setitem(people.ADDRESSES, country, address)
        monkeypatch.setitem(shoppers.CURRENCY, country, CURRENCIES[country])


def buy(cast: Cast, country: str) -> Purchase:
    set_manual_rate(currency="NOK", rate=Decimal("11.5"), as_of=NOW.date(), now=NOW)
    forget_rates()
    shopper = Shopper(country)
    for seller, quantity in zip(cast.sellers, (2, 1, 3), strict=True):
        shopper.add(seller.variant, quantity)
    page = shopper.checkout()
    purchase = shopper.place()
    # However the country writes it: 167,24 €, 2 096,75 kr.
    assert f"{purchase.total_amount}" in re.sub(r"[\s.,]", "", page)
    shopper.pay(purchase)
    shopper.come_back(purchase)
    return Purchase.objects.get(pk=purchase.pk)


def charged(orders: list[Order], kind: str) -> list[OrderCharge]:
    return [
        charge
        for order in orders
        for charge in order.charges.filter(kind=kind, collected_by="platform")
    ]


@pytest.mark.parametrize("country", ["DE", "US", "JP", "NO"])
def test_every_door_says_the_same(cast: Cast, country: str) -> None:
    purchase = buy(cast, country)
    orders = list(purchase.orders.select_related("purchase", "business", "quote"))
    assert {order.dispatched_from for order in orders} == {"GH", "VN", "IT"}

    # The purchase is its orders, and an order is its charges.
    for kind in ("duty", "tax"):
        amounts = [charge.amount for charge in charged(orders, kind)]
        assert sum(amounts) == getattr(purchase, f"{kind}_amount")
        for order in orders:
            mine = sum(charge.amount for charge in charged([order], kind))
            assert mine == getattr(order, f"{kind}_amount")

    # The papers repeat them.
    for order in orders:
        found = papers_of_order(order=order, signed_by="", now=NOW)
        assert found.paper.charged.amount == (
            order.duty_amount + order.tax_amount + order.fees_amount
        )
        assert found.paper.total == Money(order.total_amount, order.currency)
        data = advance_data(found.paper)
        assert data["paid_total"]["amount"] == str(found.paper.total.to_decimal())

    # The ledger holds them for the country.
    for kind, account in (("tax", AccountKind.TAX_PAYABLE), ("duty", AccountKind.DUTY_PAYABLE)):
        owed = balance(kind=account, currency=purchase.currency, reference=country)
        assert owed.amount == getattr(purchase, f"{kind}_amount")
    assert check_books().problems == []

    # The returns declare them, each tax under its own scheme, and agree with the ledger.
    expected: dict[str, int] = defaultdict(int)
    for charge in charged(orders, "tax"):
        expected[charge.scheme or "import"] += charge.amount
    for charge in charged(orders, "duty"):
        expected["duty"] += charge.amount
    period = period_of(Entry.objects.latest("pk").created_at.date(), Every.QUARTER)
    for key in report_keys():
        report = scheme_report(key=key, period=period, today=NOW.date())
        amount = sum(found[1] for found in report.charged.values())
        assert amount == expected[key], key
        assert report.adds_up
    scheme = SCHEMES[country]
    if scheme:
        assert expected[scheme] > 0
        taxed = [o for o in orders if o.charges.filter(scheme=scheme, amount__gt=0).exists()]
        assert all(scheme in order.registrations for order in taxed)


def test_the_countries_differ_as_their_laws_do(cast: Cast) -> None:
    """DE: EUR 3 an item from outside the Union and VAT under IOSS; nothing within the Union."""
    orders = {order.dispatched_from: order for order in buy(cast, "DE").orders.all()}
    assert [orders[c].duty_amount for c in ("GH", "VN", "IT")] == [300, 300, 0]
    assert orders["IT"].tax_amount == 0
    for country in ("GH", "VN"):
        order = orders[country]
        base = order.goods_amount + order.delivery_amount + order.duty_amount
        assert order.tax_amount == (base * 19 + 50) // 100
