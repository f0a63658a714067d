"""Whatever is bought, from whom and in which currency: a provider can charge exactly that total."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.forms.selling import VariantForm
from catalog.rules.parcels import Exchange, Parcel, ParcelQuote, _charge, price_parcel
from catalog.selectors.editor import VariantSeen
from common.currencies import CURRENCIES
from common.money import Money, from_provider, is_chargeable, to_provider
from payments.rules.fees import flat_schedule
from shipping.forms import MoneyField
from tests.catalog.test_price_a_parcel import BOWL, EXPRESS, SCARF, item, linh_to_haruka, offer
from trade.rules import Consignment, LandedCost, landed_cost
from trade.selectors import shipped_rulebook

ALL = sorted(CURRENCIES)
# Where it goes, and in which money duty and tax are worked out there.
PLACES = (("JP", "JPY"), ("GB", "GBP"), ("FR", "EUR"), ("US", "USD"), ("CH", "CHF"), ("KW", "KWD"))


def assess(consignment: Consignment) -> LandedCost:
    return landed_cost(consignment, shipped_rulebook(), rates=lambda _from, _to: Decimal("1.1"))


def shown(quote: ParcelQuote) -> Sequence[Money]:
    """Everything that the buyer is asked for."""
    return (
        *(line.unit for line in quote.lines),
        *(line.amount for line in quote.lines),
        *(option.money for option in quote.options),
        *(charge.money for charge in quote.charges),
        quote.goods,
        quote.delivery,
        quote.duty,
        quote.tax,
        quote.fees,
        quote.total,
    )


@given(
    currency=st.sampled_from(ALL),
    own=st.sampled_from(ALL),
    place=st.sampled_from(PLACES),
    price=st.integers(1, 10**8),
    other=st.integers(1, 10**8),
    delivery=st.integers(0, 10**7),
    quantity=st.integers(1, 30),
    rate=st.decimals("0.0001", "10000", places=6),
    assessed=st.decimals("0.0001", "10000", places=6),
)
@settings(max_examples=400, deadline=None)
def test_every_amount_of_a_parcel_can_be_charged(
    currency: str,
    own: str,
    place: tuple[str, str],
    price: int,
    other: int,
    delivery: int,
    quantity: int,
    rate: Decimal,
    assessed: Decimal,
) -> None:
    country, destination_currency = place
    same = own == currency
    parcel: Parcel = replace(
        linh_to_haruka(),
        seller_currency=own,
        fees=flat_schedule(own, 600),
        items=(
            item(price, own, quantity=quantity, variant_id=BOWL),
            item(other, own, variant_id=SCARF),
        ),
        offers=(offer(delivery, own), offer(2 * delivery + 1, own, EXPRESS)),
        destination=country,
        destination_currency=destination_currency,
        currency=currency,
        exchange=Exchange(
            price=Decimal(1) if same else rate * Decimal("1.02"),
            mid=Decimal(1) if same else rate,
            to_destination=assessed,
            from_destination=1 / assessed,
        ),
    )
    quote = price_parcel(parcel, assess=assess)
    assert [money for money in shown(quote) if not is_chargeable(money)] == []
    assert from_provider(to_provider(quote.total), currency) == quote.total
    assert quote.total == Money.sum(
        [quote.goods, quote.delivery, quote.duty, quote.tax, quote.fees], currency
    )
    # What the seller is owed and what the state assessed are never rounded for the buyer's sake.
    assert quote.seller_goods == Money(price * quantity + other, own)
    for charge in quote.charges:
        assert charge.assessed == charge.source.amount


def test_a_tax_in_dinars_is_charged_in_steps_and_kept_as_assessed() -> None:
    """2.505 KWD of tax: the buyer is charged 2.510, the row keeps 2.505."""
    parcel = replace(linh_to_haruka(), destination="KW", destination_currency="KWD", currency="KWD")
    found = price_parcel(linh_to_haruka(), assess=assess).charges[0].source
    charge = _charge(replace(found, amount=Money(2_505, "KWD")), parcel)
    assert (charge.money, charge.assessed) == (Money(2_510, "KWD"), Money(2_505, "KWD"))


def test_an_old_price_that_is_too_fine_is_rounded_up_and_its_seller_gets_what_it_asked() -> None:
    """A seller in Kuwait asked 5.124 before steps were: a buyer in dinars pays 5.130."""
    parcel = replace(
        linh_to_haruka(),
        seller_currency="KWD",
        fees=flat_schedule("KWD", 600),
        currency="KWD",
        items=(item(5_124, "KWD"),),
        offers=(offer(1_000, "KWD"),),
        destination_currency="KWD",
        exchange=Exchange(Decimal(1), Decimal(1), Decimal(1), Decimal(1)),
    )
    quote = price_parcel(parcel, assess=assess)
    assert quote.goods == Money(5_130, "KWD")
    assert quote.seller_goods == Money(5_124, "KWD")
    assert quote.spread == Money(6, "KWD")


def price_form(price: str, currency: str) -> VariantForm:
    seen = VariantSeen(options={}, variant=None, price=None, available=0)
    return VariantForm(
        {"price": price, "available": "1"}, row=seen, currency=currency, needs_price=True
    )


@pytest.mark.parametrize(
    ("price", "currency", "advice"),
    [
        ("5.124", "KWD", "enter 5.120 or 5.130"),
        ("0.004", "BHD", "enter 0.010, for example"),
        ("1500.50", "MGA", "enter 1500.00 or 1501.00"),
    ],
)
def test_a_price_that_cannot_be_charged_is_refused_beside_its_field(
    price: str, currency: str, advice: str
) -> None:
    form = price_form(price, currency)
    assert not form.is_valid()
    assert "Cards are charged in steps of" in form.errors["price"][0]
    assert advice in form.errors["price"][0]


@pytest.mark.parametrize(("price", "currency"), [("5.12", "KWD"), ("1500", "MGA"), ("7", "ISK")])
def test_a_price_that_can_be_charged_is_taken(price: str, currency: str) -> None:
    assert price_form(price, currency).is_valid()


@pytest.mark.parametrize(
    ("typed", "currency", "words"),
    [
        ("1.255", "KWD", "enter 1.250 or 1.260"),
        ("1.5", "JPY", "JPY has 0 decimal places."),
        ("soon", "JPY", "Enter an amount, digits only."),
    ],
)
def test_a_price_of_delivery_that_cannot_be_charged_is_refused(
    typed: str, currency: str, words: str
) -> None:
    with pytest.raises(ValidationError, match=words):
        MoneyField(currency=currency).clean(typed)
