"""What a parcel costs to the door, to the minor unit; no database, but the real rulebook."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.rules.parcels import (
    Exchange,
    GoodsItem,
    Parcel,
    ParcelQuote,
    price_parcel,
)
from catalog.rules.prices import shown_price
from catalog.rules.ways import DeliveryOffer
from catalog.selectors.breakdown import cost_breakdown
from common.currencies import CURRENCIES
from common.money import Money
from payments.rules.fees import flat_schedule
from trade.rules import (
    Certainty,
    Charge,
    ChargeKind,
    Collector,
    Consignment,
    LandedCost,
    landed_cost,
)
from trade.selectors import shipped_rulebook

DAY = date(2026, 11, 24)
POST = uuid.UUID(int=1)
EXPRESS = uuid.UUID(int=2)
BOWL = uuid.UUID(int=11)
SCARF = uuid.UUID(int=12)


def assess(consignment: Consignment) -> LandedCost:
    rates = {("EUR", "GBP"): Decimal("0.87"), ("EUR", "EUR"): Decimal(1)}
    return landed_cost(consignment, shipped_rulebook(), rates=lambda a, b: rates.get((a, b)))


def item(
    amount: int, currency: str, *, quantity: int = 1, variant_id: uuid.UUID = BOWL
) -> GoodsItem:
    return GoodsItem(
        variant_id=variant_id,
        quantity=quantity,
        unit=Money(amount, currency),
        weight_g=400,
        hs_code="691200",
        origin="VN",
        description="stoneware bowl",
    )


def offer(amount: int, currency: str, option_id: uuid.UUID = POST) -> DeliveryOffer:
    return DeliveryOffer(option_id, "Post", Money(amount, currency), 8, 14, tracked=True)


def linh_to_haruka() -> Parcel:
    """Two bowls from Hanoi to Osaka: dong to yen, no decimals on either side."""
    return Parcel(
        business_id=uuid.UUID(int=100),
        dispatched_from="VN",
        seller_currency="VND",
        fees=flat_schedule("VND", 600),
        items=(item(450_000, "VND", quantity=2),),
        offers=(offer(380_000, "VND"), offer(900_000, "VND", EXPRESS)),
        dispatch_days=2,
        destination="JP",
        region="",
        destination_currency="JPY",
        currency="JPY",
        option_id=None,
        on=DAY,
        exchange=Exchange(Decimal("0.006"), Decimal("0.0059"), Decimal(1), Decimal(1)),
    )


def ama_to_london() -> Parcel:
    """Three things from Accra to London for a reader who thinks in dollars."""
    return Parcel(
        business_id=uuid.UUID(int=101),
        dispatched_from="GH",
        seller_currency="GHS",
        fees=flat_schedule("GHS", 600),
        items=(item(25_000, "GHS", quantity=3),),
        offers=(offer(18_000, "GHS"),),
        dispatch_days=2,
        destination="GB",
        region="",
        destination_currency="GBP",
        currency="USD",
        option_id=POST,
        on=DAY,
        exchange=Exchange(
            price=Decimal("0.0660"),
            mid=Decimal("0.0650"),
            to_destination=Decimal("0.76"),
            from_destination=Decimal("1.315789473684211"),
        ),
    )


def chiara_to_lucie() -> Parcel:
    """From Florence to Lyon: one currency, no border."""
    return Parcel(
        business_id=uuid.UUID(int=102),
        dispatched_from="IT",
        seller_currency="EUR",
        fees=flat_schedule("EUR", 650),
        items=(item(4_990, "EUR"), item(8_500, "EUR", quantity=2, variant_id=SCARF)),
        offers=(offer(990, "EUR"),),
        dispatch_days=1,
        destination="FR",
        region="",
        destination_currency="EUR",
        currency="EUR",
        option_id=None,
        on=DAY,
        exchange=Exchange(Decimal(1), Decimal(1), Decimal(1), Decimal(1)),
    )


def priced(make: Callable[[], Parcel], **changes: object) -> ParcelQuote:
    parcel = make()
    values = {name: getattr(parcel, name) for name in Parcel.__slots__}
    return price_parcel(Parcel(**{**values, **changes}), assess=assess)


def test_dong_to_yen_below_the_japanese_limit() -> None:
    quote = priced(linh_to_haruka)
    # 450,000 × 0.006 = 2,700 a bowl; 380,000 × 0.006 = 2,280 post; 7,680 is under JPY 10,000.
    assert quote.lines[0].unit == Money(2_700, "JPY")
    assert quote.goods == Money(5_400, "JPY")
    assert quote.delivery == Money(2_280, "JPY")
    assert (quote.duty, quote.tax) == (Money(0, "JPY"), Money(0, "JPY"))
    assert quote.total == Money(7_680, "JPY")
    # At mid 900,000 × 0.0059 = 5,310 and 380,000 × 0.0059 = 2,242; the rest is the spread.
    assert quote.spread == Money(128, "JPY")
    assert quote.seller_total == Money(1_280_000, "VND")
    # 6 % of the goods, none of the post.
    assert quote.commission == Money(54_000, "VND")
    assert quote.seller_net == Money(1_226_000, "VND")


def test_a_border_whose_currency_is_neither_the_buyers_nor_the_sellers() -> None:
    quote = priced(ama_to_london)
    assert quote.goods == Money(4_950, "USD")
    assert quote.delivery == Money(1_188, "USD")
    # $49.50 is £37.62 and $11.88 is £9.03; VAT 20 % of £46.65 is £9.33, back at mid $12.28.
    tax = next(charge for charge in quote.charges if charge.kind is ChargeKind.TAX)
    assert tax.assessed == Money(933, "GBP")
    assert tax.assessed_base == Money(4_665, "GBP")
    assert tax.collected_by is Collector.PLATFORM
    assert quote.tax == Money(1_228, "USD")
    assert quote.total == Money(4_950 + 1_188 + 1_228, "USD")
    assert quote.seller_net == Money(75_000 + 18_000 - 4_500, "GHS")
    # Spread: 4,950 + 1,188 - 4,875 - 1,170.
    assert quote.spread == Money(93, "USD")


def test_one_currency_and_no_border() -> None:
    quote = priced(chiara_to_lucie)
    assert quote.goods == Money(4_990 + 17_000, "EUR")
    assert quote.total == Money(21_990 + 990, "EUR")
    assert quote.spread == Money(0, "EUR")
    assert quote.certainty is Certainty.GUARANTEED
    assert not [charge for charge in quote.charges if charge.charged]
    # 6.5 % of 219.90 is 14.2935: rounded once for the parcel, then shared out by value.
    assert quote.commission == Money(1_429, "EUR")
    assert [line.commission.amount for line in quote.lines] == [324, 1_105]


@pytest.mark.parametrize("make", [linh_to_haruka, ama_to_london, chiara_to_lucie])
def test_every_quote_adds_up(make: Callable[[], Parcel]) -> None:
    quote = priced(make)
    parts = (quote.goods, quote.delivery, quote.duty, quote.tax, quote.fees)
    assert quote.total == Money.sum(parts, quote.currency)
    assert quote.total == Money.sum(
        [line.amount for line in quote.lines]
        + [quote.delivery]
        + [charge.money for charge in quote.charges if charge.charged],
        quote.currency,
    )
    assert quote.seller_net + quote.commission == quote.seller_goods + quote.seller_delivery


def test_the_cheapest_option_unless_another_is_asked_for() -> None:
    cheap = priced(linh_to_haruka)
    quick = priced(linh_to_haruka, option_id=EXPRESS)
    gone = priced(linh_to_haruka, option_id=uuid.UUID(int=99))
    assert cheap.chosen is not None
    assert cheap.chosen.option_id == POST
    assert quick.delivery == Money(5_400, "JPY")
    assert gone.chosen == cheap.chosen


def test_no_way_there_is_not_a_free_way() -> None:
    quote = priced(linh_to_haruka, offers=())
    assert not quote.deliverable
    assert quote.certainty is Certainty.UNKNOWN
    assert quote.total == quote.goods


def test_a_country_without_a_rulebook_is_unknown_not_free() -> None:
    quote = priced(linh_to_haruka, destination="KW", destination_currency="JPY")
    assert quote.certainty is Certainty.UNKNOWN
    assert quote.is_unknown(ChargeKind.DUTY)
    assert quote.is_unknown(ChargeKind.TAX)
    assert not quote.charges


def charge(kind: ChargeKind, amount: int, collector: Collector, *, included: bool) -> Charge:
    return Charge(
        kind=kind,
        name="A charge",
        line_key=None,
        base=Money(7_680, "JPY"),
        rate=Decimal("0.1"),
        rate_text="10 %",
        amount=Money(amount, "JPY"),
        row_id=f"row-{amount}",
        collected_by=collector,
        certainty=Certainty.ESTIMATE,
        included=included,
    )


def test_only_what_the_platform_collects_is_in_the_total() -> None:
    def answer(consignment: Consignment) -> LandedCost:
        return LandedCost(
            currency="JPY",
            goods=Money(5_400, "JPY"),
            delivery=consignment.delivery,
            charges=(
                charge(ChargeKind.TAX, 500, Collector.PLATFORM, included=False),
                charge(ChargeKind.DUTY, 300, Collector.CARRIER, included=False),
                charge(ChargeKind.FEE, 200, Collector.CUSTOMS, included=False),
                charge(ChargeKind.TAX, 100, Collector.PLATFORM, included=True),
                charge(ChargeKind.FEE, 0, Collector.NOBODY, included=False),
            ),
            unknowns=(),
            certainty=Certainty.ESTIMATE,
            regime="",
            row_ids=(),
        )

    quote = price_parcel(linh_to_haruka(), assess=answer)
    assert (quote.tax, quote.duty, quote.fees) == (
        Money(500, "JPY"),
        Money(0, "JPY"),
        Money(0, "JPY"),
    )
    assert quote.total == Money(5_400 + 2_280 + 500, "JPY")
    assert [door.money.amount for door in quote.at_the_door] == [300, 200]
    told = cost_breakdown(quote, locale="en", language="en")
    assert [row.text for row in told.door] == ["¥300", "¥200"]
    assert [row.text for row in told.rows] == ["¥5,400", "¥2,280", "¥500", "included", "¥0"]
    assert told.total_text == "¥8,180"


def test_what_is_not_known_is_said_and_never_zero() -> None:
    quote = priced(linh_to_haruka, destination="KW", destination_currency="JPY")
    told = cost_breakdown(quote, locale="en", language="en")
    unknown = [row.text for row in told.rows if row.unknown]
    assert unknown == ["not known yet", "not known yet"]
    assert told.tone == "warn"
    assert told.title == "Something is missing from this total"
    # The sum is not called the cost to the door, and what the warning says is not said twice.
    assert told.total_label == "You pay us"
    assert not told.doubts
    assert not any("0" in row.text for row in told.rows if row.unknown)


def test_many_of_what_costs_a_cent_and_a_half_pay_for_what_the_seller_is_owed() -> None:
    """Rounded down, 999 stickers at 430 dong would cost 9.99 € and owe their seller 13.46 €: whoever
    sold to itself could draw the difference from the market, again and again.
    """
    sticker = Parcel(
        business_id=uuid.UUID(int=103),
        dispatched_from="VN",
        seller_currency="VND",
        fees=flat_schedule("VND", 600),
        items=(item(430, "VND", quantity=999),),
        offers=(offer(0, "VND"),),
        dispatch_days=2,
        destination="JP",
        region="",
        destination_currency="EUR",
        currency="EUR",
        option_id=None,
        on=DAY,
        exchange=Exchange(Decimal("0.000034"), Decimal(1) / 30000, Decimal(1), Decimal(1)),
    )
    quote = priced(lambda: sticker)
    assert quote.lines[0].unit == Money(2, "EUR")
    assert quote.spread.amount >= 0


@given(
    amount=st.integers(1, 10**9),
    rate=st.decimals("0.00001", "100000", places=9),
    # Within one currency nothing is converted, whatever the rate.
    currency=st.sampled_from(sorted(CURRENCIES.keys() - {"VND"})),
)
def test_a_shown_price_is_at_most_a_hundredth_below_its_rate(
    amount: int, rate: Decimal, currency: str
) -> None:
    exact = Money(amount, "VND").to_decimal() * rate
    shown = shown_price(Money(amount, "VND"), rate=rate, currency=currency).to_decimal()
    assert shown >= exact * Decimal("0.99")
    assert shown - exact < Money(CURRENCIES[currency].charge_step, currency).to_decimal()


def test_what_costs_something_never_shows_as_nothing() -> None:
    assert shown_price(Money(100, "VND"), rate=Decimal("0.000035"), currency="EUR") == Money(
        1, "EUR"
    )
    assert shown_price(Money(0, "VND"), rate=Decimal("0.000035"), currency="EUR") == Money(0, "EUR")
    assert shown_price(Money(12_345, "USD"), rate=Decimal("0.307"), currency="KWD") == Money(
        37_900, "KWD"
    )
