"""Parcels to Mexico, the Gulf, Kenya, Nigeria and South-East Asia: both sides of each limit.

Every amount was computed by hand; the arithmetic stands beside it. All of it is an estimate.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.trade.parcels import goods, parcel, price, sums
from trade.rules import (
    Carriage,
    Certainty,
    Channel,
    ChargeKind,
    Collector,
    LandedCost,
    Terms,
)

COURIER, POST = Channel.COURIER, Channel.POST
NEW = ("MX", "AE", "SA", "KE", "NG", "VN", "ID", "PH")


def codes(answer: LandedCost) -> set[str]:
    return {unknown.code for unknown in answer.unknowns}


def shirts(destination: str, value: str, on: str = "2026-05-01", **more: object) -> LandedCost:
    """Cotton T-shirts of China by courier, unless told otherwise."""
    more.setdefault("channel", COURIER)
    line = (str(more.pop("hs", "610910")), value)
    return price(parcel(destination, on, line, **more))  # type: ignore[arg-type]


class TestMexico:
    def parcel(self, value: str, on: str = "2025-09-01", **more: object) -> LandedCost:
        more.setdefault("hs", "")
        return shirts("MX", value, on, currency="USD", **more)

    def test_the_global_rate_is_one_amount_with_the_tax_inside(self) -> None:
        """500 * 33.5 % = 167.50."""
        answer = self.parcel("500")
        assert sums(answer) == ("167.50", "0.00", "667.50")
        assert answer.collected_by(Collector.CARRIER).amount == 16750
        assert answer.certainty is Certainty.ESTIMATE

    @pytest.mark.parametrize(
        ("on", "duty"), [("2025-08-14", "19.00"), ("2025-08-15", "33.50"), ("2026-05-01", "33.50")]
    )
    def test_the_rate_rose_on_the_fifteenth_of_august(self, on: str, duty: str) -> None:
        answer = self.parcel("100", on)
        assert sums(answer)[0] == duty
        assert ("mx_rates_2026" in codes(answer)) is (on >= "2026")

    @pytest.mark.parametrize(
        ("value", "duty"),
        [
            ("50.00", "0.00"),
            ("50.01", "8.50"),  # 17 % of 50.01 = 8.5017
            ("117.00", "19.89"),  # 17 % of 117
            ("117.01", "22.23"),  # 19 % of 117.01 = 22.2319
        ],
    )
    @pytest.mark.parametrize("origin", ["US", "CA"])
    def test_steps_from_the_united_states_and_canada(
        self, origin: str, value: str, duty: str
    ) -> None:
        answer = self.parcel(value, origin=origin)
        assert sums(answer)[:2] == (duty, "0.00")
        assert "mx_other_origin" not in codes(answer)

    def test_the_customs_value_has_the_freight_in_it(self) -> None:
        """45 + 10 = 55, over 50: 17 % of 55 = 9.35."""
        assert sums(self.parcel("45", origin="US", delivery="10")) == ("9.35", "0.00", "64.35")

    def test_goods_of_china_sent_from_the_united_states_are_in_doubt(self) -> None:
        answer = price(
            parcel(
                "MX",
                "2025-09-01",
                ("950300", "100"),
                currency="USD",
                origin="CN",
                dispatched_from="US",
                channel=COURIER,
            )
        )
        assert sums(answer)[0] == "17.00"
        assert "mx_other_origin" in codes(answer)

    def test_limits_in_dollars_are_converted(self) -> None:
        """At 20 pesos a dollar USD 50 are 1,000 pesos; 17 % of 1,000.01 is 170.0017."""
        rates = {("USD", "MXN"): Decimal(20)}

        def duty(value: str) -> str:
            consignment = parcel("MX", "2025-09-01", ("", value), origin="US", channel=COURIER)
            return sums(price(consignment, rates=lambda one, two: rates.get((one, two))))[0]

        assert (duty("1000.00"), duty("1000.01")) == ("0.00", "170.00")
        unknown = price(parcel("MX", "2025-09-01", ("", "1000"), origin="US", channel=COURIER))
        assert codes(unknown) == {"exchange_rate"}

    def test_above_2500_dollars_nothing_is_guessed(self) -> None:
        """2,500 * 33.5 % = 837.50."""
        assert sums(self.parcel("2500.00"))[0] == "837.50"
        answer = self.parcel("2500.01", hs="610910")
        assert answer.is_unknown(ChargeKind.DUTY)
        assert answer.is_unknown(ChargeKind.TAX)
        assert answer.charges == ()

    def test_post_and_drink_are_unknown_and_never_free(self) -> None:
        for answer in (
            self.parcel("40", origin="US", channel=POST),
            self.parcel("40", origin="US", hs="220421"),
        ):
            assert answer.certainty is Certainty.UNKNOWN
            assert answer.charges == ()

    def test_before_2025_no_rule_is_known(self) -> None:
        assert codes(self.parcel("100", "2024-12-31")) == {"period"}

    def test_the_checkout_can_charge_it(self) -> None:
        answer = self.parcel("100", channel=Channel.MARKETPLACE, terms=Terms.DDP)
        assert answer.collected_by(Collector.PLATFORM).amount == 3350


class TestGulf:
    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            # 300 with freight: VAT alone, 5 % of 300.
            ("280.00", ("0.00", "15.00", "315.00")),
            # 300.01: 15.0005 duty; 5 % of 315.01 = 15.7505.
            ("280.01", ("15.00", "15.75", "330.76")),
        ],
    )
    def test_300_dirhams(self, value: str, expected: tuple[str, str, str]) -> None:
        answer = shirts("AE", value, delivery="20")
        assert sums(answer) == expected
        assert ("small_parcel_relief" in codes(answer)) is (value == "280.00")

    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            ("1000.00", ("0.00", "150.00", "1150.00")),
            # 50.0005 duty; 15 % of 1,050.01 = 157.5015.
            ("1000.01", ("50.00", "157.50", "1207.51")),
        ],
    )
    def test_1000_riyals(self, value: str, expected: tuple[str, str, str]) -> None:
        answer = shirts("SA", value)
        assert sums(answer) == expected
        assert ("sa_duty_range" in codes(answer)) is (value == "1000.01")

    def test_food_has_no_rate_here(self) -> None:
        for country in ("AE", "SA"):
            answer = shirts(country, "5000", hs="090121")
            assert answer.is_unknown(ChargeKind.DUTY)
            assert answer.is_unknown(ChargeKind.TAX)

    def test_goods_of_the_gulf_are_free_with_a_certificate(self) -> None:
        line = goods("610910", "2000", "AED", origin="OM", preference=True)
        answer = price(parcel("AE", "2026-05-01", line, origin="OM", channel=COURIER))
        assert sums(answer)[:2] == ("0.00", "100.00")


class TestAfrica:
    def test_kenya_stacks_two_levies(self) -> None:
        """10,000: duty 35 % 3,500, declaration fee 250, railway levy 200; 16 % of 13,950 = 2,232."""
        answer = shirts("KE", "10000")
        assert sums(answer) == ("3950.00", "2232.00", "16182.00")
        assert "ke_duty_bands" in codes(answer)

    def test_goods_of_uganda_bear_the_levies_alone(self) -> None:
        """10,000: 250 + 200; 16 % of 10,450 = 1,672."""
        line = goods("610910", "10000", "KES", origin="UG", preference=True)
        answer = price(parcel("KE", "2026-05-01", line, origin="UG", channel=COURIER))
        assert sums(answer)[:2] == ("450.00", "1672.00")

    def test_nigeria_names_its_levies_as_missing(self) -> None:
        """600,000: duty 20 % 120,000; 7.5 % of 720,000 = 54,000."""
        rates = {("USD", "NGN"): Decimal(1500)}
        answer = price(
            parcel("NG", "2026-05-01", ("610910", "600000"), channel=COURIER),
            rates=lambda one, two: rates.get((one, two)),
        )
        assert sums(answer) == ("120000.00", "54000.00", "774000.00")
        assert "ng_levies" in codes(answer)
        assert "relief_four_a_year" not in codes(answer)

    @pytest.mark.parametrize(
        ("on", "value", "expected"),
        [
            # 20 % of 300; 7.5 % of 360.
            ("2025-09-07", "300.00", ("60.00", "27.00", "387.00")),
            ("2025-09-08", "300.00", ("0.00", "0.00", "300.00")),
            ("2025-09-08", "300.01", ("60.00", "27.00", "387.01")),
        ],
    )
    def test_the_nigerian_relief_up_to_300_dollars(
        self, on: str, value: str, expected: tuple[str, str, str]
    ) -> None:
        answer = shirts("NG", value, on, currency="USD")
        assert sums(answer) == expected
        free = expected[0] == "0.00"
        assert ("relief_four_a_year" in codes(answer)) is free
        assert bool(answer.unknowns)

    def test_by_post_the_nigerian_relief_is_a_doubt(self) -> None:
        answer = shirts("NG", "300.00", "2025-09-08", currency="USD", channel=POST)
        assert sums(answer) == ("60.00", "27.00", "387.00")
        assert "small_parcel_relief" in codes(answer)


class TestVietNam:
    @pytest.mark.parametrize(
        ("on", "value", "expected"),
        [
            ("2025-02-17", "1000000", ("0", "0", "1000000")),
            # 20 % of 1,000,001; 10 % of 1,200,001.
            ("2025-02-17", "1000001", ("200000", "120000", "1320001")),
            # Free of duty alone; 10 % of 1,000,000.
            ("2025-02-18", "1000000", ("0", "100000", "1100000")),
            ("2025-02-18", "1000001", ("200000", "120000", "1320001")),
            # 8 % until the end of 2026.
            ("2025-07-01", "1000000", ("0", "80000", "1080000")),
            ("2026-12-31", "2000000", ("400000", "192000", "2592000")),
            ("2027-01-01", "2000000", ("400000", "240000", "2640000")),
        ],
    )
    def test_the_free_limit_ended_and_the_tax_changes(
        self, on: str, value: str, expected: tuple[str, str, str]
    ) -> None:
        assert sums(shirts("VN", value, on)) == expected

    def test_a_small_parcel_by_post_is_told_that_its_duty_is_not_settled(self) -> None:
        def by_post(value: str) -> set[str]:
            return codes(shirts("VN", value, channel=POST))

        assert "small_parcel_relief" in by_post("1000000")
        assert "small_parcel_relief" not in by_post("1000001")
        assert "small_parcel_relief" not in codes(shirts("VN", "1000000"))

    def test_goods_of_asean_are_free_of_duty_with_form_d(self) -> None:
        line = goods("610910", "1000000", "VND", origin="TH", preference=True)
        answer = price(parcel("VN", "2026-05-01", line, origin="TH", channel=COURIER))
        assert sums(answer)[:2] == ("0", "80000")


class TestIndonesia:
    @pytest.mark.parametrize(
        ("hs", "value", "duty", "tax"),
        [
            ("691200", "3.00", "0.00", "0.33"),  # tax alone, 11 % of 3
            ("691200", "3.01", "0.23", "0.36"),  # 7.5 % = 0.22575; 11 % of 3.24 = 0.3564
            ("610910", "100", "25.00", "13.75"),  # textiles 25 %; 11 % of 125
            ("330499", "100", "15.00", "12.65"),  # cosmetics 15 %; 11 % of 115
            ("691200", "1500.00", "112.50", "177.38"),  # 7.5 %; 11 % of 1,612.50 = 177.375
        ],
    )
    def test_consignments(self, hs: str, value: str, duty: str, tax: str) -> None:
        assert sums(shirts("ID", value, hs=hs, currency="USD"))[:2] == (duty, tax)

    def test_above_1500_dollars_nothing_is_guessed(self) -> None:
        answer = shirts("ID", "1500.01", hs="691200", currency="USD")
        assert answer.is_unknown(ChargeKind.DUTY)
        assert answer.is_unknown(ChargeKind.TAX)


class TestPhilippines:
    @pytest.mark.parametrize(
        ("value", "delivery", "expected"),
        [
            ("10000.00", "500", ("0.00", "0.00", "10500.00")),
            # 15 % of 10,000.01 = 1,500.0015; 12 % of 11,500.01 = 1,380.0012.
            ("10000.01", "0", ("1500.00", "1380.00", "12880.01")),
        ],
    )
    def test_10000_pesos_of_goods(
        self, value: str, delivery: str, expected: tuple[str, str, str]
    ) -> None:
        assert sums(shirts("PH", value, delivery=delivery)) == expected

    def test_a_heading_without_a_rate_is_unknown(self) -> None:
        answer = shirts("PH", "20000", hs="330499")
        assert "duty_rate" in codes(answer)


@pytest.mark.parametrize("country", NEW)
def test_nothing_here_is_ever_promised(country: str) -> None:
    """These books are general knowledge: each figure is an estimate, and wine is unknown."""
    value = {"VND": "5000000", "IDR": "5000000"}
    currency = {"VN": "VND", "ID": "IDR"}.get(country, "USD")
    rates = {("USD", "IDR"): Decimal(16000)}

    def answer(hs: str) -> LandedCost:
        amount = value.get(currency, "900")
        line = goods(hs, amount, currency)
        every = {
            code: Decimal(1) for code in ("AED", "SAR", "KES", "NGN", "PHP", "VND", "MXN", "USD")
        }
        return price(
            parcel(country, "2026-05-01", line, currency=currency, carriage=Carriage.AIR),
            rates=lambda one, two: rates.get((one, two)) or every.get(one),
        )

    assert answer("610910").certainty is Certainty.ESTIMATE
    assert answer("220421").certainty is Certainty.UNKNOWN


@pytest.mark.parametrize("country", NEW)
def test_a_parcel_at_home_owes_nothing(country: str) -> None:
    answer = price(parcel(country, "2026-05-01", ("610910", "100"), dispatched_from=country))
    assert answer.charges == ()
    assert answer.unknowns == ()
