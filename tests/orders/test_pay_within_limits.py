"""What no card can be charged is said before anything is placed, with what to do about it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.currencies import CURRENCIES
from common.money import Money, is_chargeable, to_provider
from orders.models import Purchase
from payments.models import Payment
from payments.rules.limits import ChargeLimits, LimitProblem, charge_limits
from payments.rules.rates import RateSource, RateTable, SourceRate
from tests.cast import Cast, Seller
from tests.orders.shopper import Shopper, hidden_fields

TABLE = RateTable(
    on=date(2026, 11, 24),
    rates={
        code: SourceRate(code, Decimal(rate), RateSource.ECB, date(2026, 11, 24))
        for code, rate in (("JPY", "160"), ("KWD", "0.32"), ("UGX", "4000"), ("USD", "1.25"))
    },
    spread_bp=150,
)


def limits(currency: str, provider: str = "card", settled_in: str = "EUR") -> ChargeLimits:
    return charge_limits(currency, provider=provider, settled_in=settled_in, table=TABLE)


@pytest.mark.parametrize(
    ("currency", "settled_in", "least"),
    [
        ("EUR", "EUR", 50),
        ("GBP", "GBP", 30),
        ("HUF", "HUF", 17_500),
        ("MXN", "MXN", 1_000),
        ("JPY", "JPY", 50),
        ("JPY", "EUR", 88),  # 0.50 € are 80 yen, and a tenth more for the provider's own rate
        ("KWD", "EUR", 180),  # 0.176, up to the step
        ("UGX", "EUR", 2_200),
        ("USD", "EUR", 69),  # 0.6875 is more than its own 0.50
        ("TWD", "EUR", 1),  # no rate says what it would be: the provider's refusal remains
    ],
)
def test_the_least_follows_the_currency_that_the_money_is_kept_in(
    currency: str, settled_in: str, least: int
) -> None:
    assert limits(currency, settled_in=settled_in).least == Money(least, currency)


@pytest.mark.parametrize(
    ("currency", "most"),
    [
        ("EUR", 99_999_999),
        ("JPY", 99_999_999),
        ("IDR", 999_999_999_999),
        ("UGX", 999_999),  # eight digits are sent, the last two of them noughts
        ("KWD", 99_999_990),
        ("MGA", 9_999_999_900),
    ],
)
def test_the_most_is_eight_digits_of_the_providers_unit(currency: str, most: int) -> None:
    assert limits(currency).most == Money(most, currency)
    assert len(str(to_provider(limits(currency).most))) <= CURRENCIES[currency].digits


@given(
    currency=st.sampled_from(sorted(CURRENCIES)),
    amount=st.integers(0, 10**13),
    provider=st.sampled_from(("card", "sandbox")),
)
def test_both_ends_can_be_charged_and_what_is_between_them(
    currency: str, amount: int, provider: str
) -> None:
    found = limits(currency, provider)
    assert is_chargeable(found.least)
    assert is_chargeable(found.most)
    assert found.least.amount > 0
    assert found.least < found.most
    problem = found.problem(Money(amount, currency))
    if not CURRENCIES[currency].is_chargeable and provider == "card":
        assert problem is LimitProblem.NOT_TAKEN
    else:
        assert (problem is None) == (found.least.amount <= amount <= found.most.amount)


# --- at the checkout -----------------------------------------------------------------------------


def reprice(seller: Seller, amount: int, delivery: int) -> None:
    seller.variant.prices.update(amount=amount)
    seller.option.base_amount = delivery
    seller.option.save()


def refused(shopper: Shopper, seller: Seller, quantity: int = 1) -> str:
    """The checkout's answer to "pay"; nothing was written."""
    shopper.add(seller.variant, quantity)
    page = shopper.checkout()
    answer = shopper.send(shopper.filled(page))
    assert answer.status_code == 409
    assert not Purchase.objects.exists()
    assert not Payment.objects.exists()
    seller.variant.refresh_from_db()
    return str(answer.content.decode())


@pytest.mark.django_db
def test_too_little_is_refused_with_the_least_and_what_to_do(cast: Cast) -> None:
    reprice(cast.chiara, 10, 5)
    shopper = Shopper("FR")
    text = refused(shopper, cast.chiara)
    assert "smallest payment that cards allow is 0,50\xa0€" in text
    assert "Put something more into your basket" in text
    basket = shopper.basket()
    assert "smallest payment that cards allow" in basket
    # What it says helps.
    shopper.add(cast.chiara.variant, 6)
    assert "smallest payment" not in shopper.checkout()
    assert shopper.place().total_amount >= 50


@pytest.mark.django_db
def test_the_least_is_said_in_the_buyers_currency(cast: Cast) -> None:
    reprice(cast.chiara, 10, 5)
    assert "smallest payment that cards allow is ¥88" in refused(Shopper("JP"), cast.chiara)


@pytest.mark.django_db
def test_too_much_is_refused(cast: Cast, settings: Any) -> None:
    settings.PAYMENT_PROVIDER = "card"
    reprice(cast.chiara, 50_000_000, 900)
    text = refused(Shopper("FR"), cast.chiara, 3)
    assert "largest payment that cards allow is 999\u202f999,99\xa0€" in text
    assert "Lower a quantity" in text


@pytest.mark.django_db
def test_a_currency_that_cards_do_not_know_is_refused(cast: Cast, settings: Any) -> None:
    settings.PAYMENT_PROVIDER = "card"
    shopper = Shopper("FR")
    shopper.client.cookies["preferences"] = "FR-GHS"
    assert "charged in GHS" in refused(shopper, cast.ama).replace("&#x27;", "'")


@pytest.mark.django_db
def test_the_sandbox_takes_what_cards_do_not(cast: Cast) -> None:
    shopper = Shopper("FR")
    shopper.client.cookies["preferences"] = "FR-GHS"
    shopper.add(cast.ama.variant)
    page = shopper.checkout()
    assert hidden_fields(page)["currency"] == "GHS"
    assert shopper.place().currency == "GHS"


@pytest.mark.django_db
@pytest.mark.parametrize("country", ["FR", "JP", "US", "KW"])
def test_every_amount_of_a_purchase_can_be_charged(cast: Cast, country: str) -> None:
    shopper = Shopper(country)
    for seller in cast.sellers:
        shopper.add(seller.variant, 3)
    purchase = shopper.place()
    orders = list(purchase.orders.all())
    charges = [charge.amount for order in orders for charge in order.charges.all()]
    amounts = [purchase.total_amount, *(order.total_amount for order in orders), *charges]
    amounts += [line.unit_amount for order in orders for line in order.lines.all()]
    assert all(is_chargeable(Money(amount, purchase.currency)) for amount in amounts)
    payment = Payment.objects.get(purchase_ref=purchase.pk)
    assert to_provider(Money(payment.amount, payment.currency)) > 0
