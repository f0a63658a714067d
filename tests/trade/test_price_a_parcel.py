"""Worked examples to the minor unit, most of them from the authorities' own pages."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.trade.parcels import goods, parcel, price, sums
from trade.rules import (
    Buyer,
    Carriage,
    Certainty,
    Channel,
    ChargeKind,
    Collector,
    LandedCost,
    Terms,
    tax_region,
)

POST, COURIER, MARKET = Channel.POST, Channel.COURIER, Channel.MARKETPLACE


def rows(answer: LandedCost) -> set[str]:
    return set(answer.row_ids)


def codes(answer: LandedCost) -> set[str]:
    return {unknown.code for unknown in answer.unknowns}


class TestEuropeanUnion:
    def test_flat_duty_counts_tariff_items_not_pieces(self) -> None:
        """Lithuanian Customs: a pair of shoes, 2 dolls and 5 T-shirts are three items, EUR 9."""
        answer = price(
            parcel(
                "LT",
                "2026-07-15",
                goods("640399", "60", "EUR"),
                goods("950300", "20", "EUR", quantity=2),
                goods("610910", "50", "EUR", quantity=5),
                channel=POST,
            )
        )
        assert sums(answer)[0] == "9.00"

    def test_two_codes_of_blouses_are_two_items(self) -> None:
        """Council of the EU: a silk and a wool blouse, EUR 6."""
        answer = price(parcel("DE", "2026-07-15", ("620610", "40"), ("620620", "40"), channel=POST))
        assert sums(answer)[0] == "6.00"

    def test_lines_of_one_code_share_one_flat_duty(self) -> None:
        answer = price(parcel("DE", "2026-07-15", ("610910", "10"), ("610910", "20"), channel=POST))
        duties = [c for c in answer.charges if c.kind is ChargeKind.DUTY]
        assert [str(c.amount) for c in duties] == ["1.00 EUR", "2.00 EUR"]
        assert all(c.certainty is Certainty.GUARANTEED for c in duties)

    def test_one_code_from_two_origins_is_an_estimate(self) -> None:
        """The delegated act tells items apart by origin and description too; sources differ."""
        shirt = goods("610910", "10", "EUR", key="a", origin="CN")
        other = goods("610910", "10", "EUR", key="b", origin="VN")
        answer = price(parcel("DE", "2026-07-15", shirt, other, channel=POST))
        duties = [c for c in answer.charges if c.kind is ChargeKind.DUTY]
        assert sums(answer)[0] == "3.00"
        assert all(c.certainty is Certainty.ESTIMATE for c in duties)

    def test_ioss_taxes_goods_and_transport_but_tests_the_goods_alone(self) -> None:
        """AEAT's English manual, example 2: EUR 140 and 15 transport, VAT 28 + 3."""
        answer = price(parcel("AT", "2025-06-02", ("620140", "140"), delivery="15"))
        assert sums(answer) == ("0.00", "31.00", "186.00")
        assert answer.collected_by(Collector.PLATFORM).amount == 3100
        assert answer.regime == "IOSS"
        assert answer.certainty is Certainty.GUARANTEED

    @pytest.mark.parametrize(
        ("value", "regime"), [("150.00", "IOSS"), ("150.01", "EU standard import")]
    )
    def test_ioss_ends_above_150_euro(self, value: str, regime: str) -> None:
        answer = price(parcel("AT", "2025-06-02", ("620140", value)))
        assert answer.regime == regime

    def test_above_150_euro_the_tariff_rate_applies(self) -> None:
        answer = price(parcel("AT", "2025-06-02", ("620140", "160"), channel=COURIER))
        assert sums(answer) == ("19.20", "35.84", "215.04")
        assert answer.certainty is Certainty.ESTIMATE

    @pytest.mark.parametrize(
        ("on", "expected"),
        [
            ("2026-06-30", ("0.00", "8.55", "53.55")),
            ("2026-07-01", ("3.00", "9.12", "57.12")),
        ],
    )
    def test_the_night_the_relief_ended(self, on: str, expected: tuple[str, str, str]) -> None:
        answer = price(parcel("DE", on, ("610910", "40"), delivery="5", channel=POST))
        assert sums(answer) == expected
        assert answer.collected_by(Collector.CARRIER).amount > 0

    def test_duty_charged_at_checkout_is_taxed_and_the_doubt_is_told(self) -> None:
        answer = price(
            parcel(
                "AT",
                "2026-08-03",
                ("620140", "100"),
                ("610910", "40"),
                delivery="15",
                terms=Terms.DDP,
            )
        )
        assert sums(answer) == ("6.00", "32.20", "193.20")
        assert "tax_on_duty" in codes(answer)
        assert answer.certainty is Certainty.ESTIMATE
        assert answer.collected_by(Collector.PLATFORM).amount == 3820

    def test_duty_left_to_the_carrier_is_not_in_the_base_of_ioss(self) -> None:
        answer = price(parcel("AT", "2026-08-03", ("610910", "40")))
        assert sums(answer) == ("3.00", "8.00", "51.00")
        assert answer.collected_by(Collector.PLATFORM).amount == 800
        assert answer.collected_by(Collector.CARRIER).amount == 300

    def test_without_a_number_the_post_collects_the_tax(self) -> None:
        answer = price(parcel("DE", "2025-06-02", ("610910", "40"), scheme=False))
        assert answer.collected_by(Collector.CARRIER).amount == 760

    def test_a_registered_seller_collects_itself(self) -> None:
        answer = price(
            parcel("DE", "2025-06-02", ("610910", "40"), channel=POST, seller_registered=True)
        )
        assert answer.collected_by(Collector.SELLER).amount == 760

    @pytest.mark.parametrize(
        ("on", "value", "tax"),
        [
            ("2021-06-30", "22.00", "0.00"),
            ("2021-06-30", "22.01", "4.18"),
            ("2021-07-01", "22.00", "4.18"),
        ],
    )
    def test_small_parcels_were_free_of_tax_until_mid_2021(
        self, on: str, value: str, tax: str
    ) -> None:
        answer = price(parcel("DE", on, ("610910", value), channel=POST))
        assert sums(answer)[1] == tax

    def test_excise_goods_are_outside_ioss_and_relief(self) -> None:
        answer = price(parcel("DE", "2025-06-02", ("220421", "20")))
        assert answer.regime == "EU standard import"
        assert answer.is_unknown(ChargeKind.DUTY)

    def test_nothing_is_due_between_members(self) -> None:
        answer = price(parcel("FR", "2026-08-03", ("610910", "200"), origin="IT"))
        assert answer.charges == ()
        assert answer.certainty is Certainty.GUARANTEED
        assert rows(answer) == {"eu-internal"}

    def test_each_member_has_its_own_rate(self) -> None:
        found = {
            country: sums(price(parcel(country, "2026-05-01", ("610910", "100"), currency="EUR")))[
                1
            ]
            for country in ("DE", "HU", "FI", "LU")
        }
        # A limit in euro needs no exchange where the quote is in euro.
        assert found == {"DE": "19.00", "HU": "27.00", "FI": "25.50", "LU": "17.00"}

    def test_limits_in_euro_are_converted(self) -> None:
        consignment = parcel("SE", "2026-08-03", ("610910", "400"), channel=POST)
        rates = {("EUR", "SEK"): Decimal("11.50")}
        answer = price(consignment, rates=lambda one, two: rates.get((one, two)))
        assert sums(answer) == ("34.50", "108.63", "543.13")

    def test_without_a_rate_the_quote_is_unknown(self) -> None:
        answer = price(parcel("SE", "2026-08-03", ("610910", "400"), channel=POST))
        assert answer.certainty is Certainty.UNKNOWN
        assert answer.charges == ()
        assert codes(answer) == {"exchange_rate"}

    def test_the_handling_fee_is_counted_with_a_doubt_from_its_expected_day(self) -> None:
        before = price(parcel("DE", "2026-10-31", ("610910", "40")))
        after = price(parcel("DE", "2026-11-01", ("610910", "40")))
        assert "eu_handling_fee" not in codes(before)
        assert "eu_handling_fee" in codes(after)
        fees = [answer.total(ChargeKind.FEE).to_decimal() for answer in (before, after)]
        assert fees == [Decimal("0.00"), Decimal("2.00")]

    def test_the_handling_fee_is_an_item_whatever_the_value_and_only_for_people(self) -> None:
        lines = (("610910", "200"), ("640399", "200"))
        private = price(parcel("DE", "2026-11-01", *lines, channel=POST))
        business = price(parcel("DE", "2026-11-01", *lines, channel=POST, buyer=Buyer.BUSINESS))
        assert str(private.total(ChargeKind.FEE).to_decimal()) == "4.00"
        assert not business.total(ChargeKind.FEE)

    def test_a_courier_outside_ioss_is_told_that_the_flat_duty_is_disputed(self) -> None:
        assert "flat_duty_route" in codes(
            price(parcel("DE", "2026-08-03", ("610910", "40"), channel=COURIER))
        )
        assert "flat_duty_route" not in codes(
            price(parcel("DE", "2026-08-03", ("610910", "40"), channel=POST))
        )

    def test_excise_is_never_left_out_of_the_tax_unsaid(self) -> None:
        """The flat duty holds for wine too, but VAT is on a value with excise in it."""
        answer = price(parcel("DE", "2026-08-03", ("220421", "40"), channel=POST))
        assert sums(answer)[0] == "3.00"
        assert answer.is_unknown(ChargeKind.TAX)
        assert "excise" in codes(answer)
        assert not [c for c in answer.charges if c.kind is ChargeKind.TAX]

    def test_perfume_has_no_relief_but_a_flat_duty_later(self) -> None:
        before = price(parcel("DE", "2026-06-30", ("330300", "40"), channel=POST))
        after = price(parcel("DE", "2026-07-01", ("330300", "40"), channel=POST))
        assert "eu-relief-150" not in rows(before)
        assert (sums(before)[0], sums(after)[0]) == ("0.00", "3.00")

    @pytest.mark.parametrize(
        ("on", "fee"),
        [("2026-02-28", 0), ("2026-03-01", 400), ("2026-06-30", 400), ("2026-07-01", 0)],
    )
    def test_the_french_fee_counted_codes_while_it_lasted(self, on: str, fee: int) -> None:
        answer = price(parcel("FR", on, ("610910", "40"), ("620140", "50"), ("610910", "9")))
        assert answer.total(ChargeKind.FEE).amount == fee

    def test_a_fee_in_another_currency_leaves_duty_and_tax_known(self) -> None:
        consignment = parcel("RO", "2026-05-01", ("610910", "100"), currency="EUR")
        answer = price(consignment)
        assert sums(answer)[1] == "21.00"
        assert answer.is_unknown(ChargeKind.FEE)
        assert answer.certainty is Certainty.UNKNOWN
        rates = {("RON", "EUR"): Decimal("0.20")}
        known = price(consignment, rates=lambda one, two: rates.get((one, two)))
        assert known.total(ChargeKind.FEE).amount == 500

    def test_the_canary_islands_are_not_guessed(self) -> None:
        answer = price(parcel("ES", "2026-08-03", ("610910", "40"), region="IC"))
        assert answer.certainty is Certainty.UNKNOWN
        assert codes(answer) == {"special_territory"}

    def test_a_province_that_shares_a_code_with_a_territory_is_ordinary(self) -> None:
        """Caserta is CE in Italy as Ceuta is in Spain."""
        assert sums(price(parcel("IT", "2026-05-01", ("610910", "40"), region="CE")))[1] == "8.80"

    def test_books_have_a_lower_rate_and_say_so(self) -> None:
        answer = price(parcel("FR", "2026-05-01", ("490199", "20")))
        assert sums(answer)[1] == "1.10"
        assert "reduced_rate" in codes(answer)

    def test_madeira_and_the_azores_have_lower_rates(self) -> None:
        def tax(region: str) -> str:
            return sums(price(parcel("PT", "2026-05-01", ("610910", "100"), region=region)))[1]

        assert [tax(""), tax("MADEIRA"), tax("AZORES")] == ["23.00", "22.00", "16.00"]


@pytest.mark.parametrize(
    ("country", "area", "postal_code", "region"),
    [
        ("CA", "ON", "", "ON"),
        ("CA", "", "h2x 1y4", "QC"),
        ("CA", "NU", "X0A 0H0", "NU"),
        ("CA", "", "", ""),
        ("GB", "", "BT1 5GS", "NI"),
        ("GB", "", "SW1A 1AA", ""),
        ("ES", "", "35001", "IC"),
        ("ES", "Madrid", "28001", ""),
        ("FI", "", "22100", "AX"),
        ("PT", "", "9500-321", "AZORES"),
        ("PT", "", "1000-001", ""),
        ("IT", "SO", "23041", "LIVIGNO"),
        ("FR", "", "97400", "RE"),
        ("JP", "Osaka", "530-0001", ""),
    ],
)
def test_the_region_is_read_off_the_address(
    country: str, area: str, postal_code: str, region: str
) -> None:
    assert tax_region(country=country, area=area, postal_code=postal_code) == region


class TestUnitedKingdom:
    def test_marketplace_charges_supply_vat(self) -> None:
        answer = price(parcel("GB", "2026-05-01", ("610910", "100"), delivery="10"))
        assert sums(answer) == ("0.00", "22.00", "132.00")
        assert answer.collected_by(Collector.PLATFORM).amount == 2200

    def test_import_above_the_limit(self) -> None:
        answer = price(
            parcel("GB", "2026-05-01", ("610910", "200"), delivery="20", channel=COURIER)
        )
        assert sums(answer) == ("26.40", "49.28", "295.68")
        assert answer.collected_by(Collector.CARRIER).amount == 7568

    @pytest.mark.parametrize(
        ("value", "duty"),
        [("135.00", "0.00"), ("135.01", "16.20")],
    )
    def test_135_pounds_is_the_last_relieved_value(self, value: str, duty: str) -> None:
        assert sums(price(parcel("GB", "2026-05-01", ("610910", value))))[0] == duty

    def test_the_limit_is_for_the_consignment_not_the_item(self) -> None:
        answer = price(parcel("GB", "2026-05-01", ("610910", "80"), ("610910", "80")))
        assert answer.regime == "UK standard import"

    def test_books_and_coffee_are_zero_rated(self) -> None:
        assert sums(price(parcel("GB", "2026-05-01", ("490199", "20"))))[1] == "0.00"
        assert sums(price(parcel("GB", "2026-05-01", ("090121", "20"))))[1] == "0.00"
        assert sums(price(parcel("GB", "2026-05-01", ("180632", "20"))))[1] == "4.00"

    def test_northern_ireland_is_not_guessed(self) -> None:
        answer = price(parcel("GB", "2026-05-01", ("610910", "100"), region="NI"))
        assert answer.certainty is Certainty.UNKNOWN


class TestAustralia:
    def test_amplifier_above_1000_dollars(self) -> None:
        """Australian Customs: A$1,400 and 130 post, 5 % duty on FOB, GST on all of it."""
        answer = price(
            parcel("AU", "2010-12-01", ("851840", "1400"), delivery="130", channel=COURIER)
        )
        assert sums(answer) == ("70.00", "160.00", "1760.00")
        assert answer.collected_by(Collector.CUSTOMS).amount == 23000

    def test_one_eleventh_of_a_price_with_tax(self) -> None:
        """ATO LCR 2018/3 addendum, paragraph 65: A$836 contain A$76 of GST."""
        answer = price(parcel("AU", "2018-08-01", ("", "836"), prices_include_tax=True))
        assert sums(answer) == ("0.00", "76.00", "836.00")
        assert answer.collected_by(Collector.PLATFORM).amount == 0

    def test_before_the_scheme_nothing_was_due_up_to_1000(self) -> None:
        assert sums(price(parcel("AU", "2018-06-30", ("610910", "100"))))[1] == "0.00"
        assert sums(price(parcel("AU", "2018-07-01", ("610910", "100"))))[1] == "10.00"

    def test_the_limit_is_for_each_item(self) -> None:
        lines = (goods("610910", "1800", "AUD", quantity=2, key="a"),)
        assert price(parcel("AU", "2026-05-01", *lines)).regime.startswith("Australian GST")
        lines = (goods("610910", "1800", "AUD", quantity=1, key="a"),)
        assert price(parcel("AU", "2026-05-01", *lines)).regime == "Australian standard import"

    def test_a_claimed_preference_frees_goods_of_the_united_states(self) -> None:
        amplifier = ("851840", "1400")
        claim = frozenset({"preference"})
        free = price(
            parcel(
                "AU",
                "2010-12-01",
                amplifier,
                delivery="130",
                origin="US",
                channel=COURIER,
                elections=claim,
            )
        )
        assert sums(free) == ("0.00", "153.00", "1683.00")
        assert free.certainty is Certainty.ESTIMATE
        unclaimed = price(
            parcel("AU", "2010-12-01", amplifier, delivery="130", origin="US", channel=COURIER)
        )
        assert sums(unclaimed)[0] == "70.00"

    def test_tax_is_on_the_price_with_delivery(self) -> None:
        answer = price(parcel("AU", "2026-05-01", ("610910", "100"), delivery="15"))
        assert sums(answer) == ("0.00", "11.50", "126.50")


class TestNewZealand:
    def test_duty_on_the_value_tax_on_everything(self) -> None:
        """NZ Customs' own example: NZ$1,000, 5 % duty, 100 freight."""
        line = goods("", "1000", "NZD", stated_duty_rate=Decimal("0.05"))
        answer = price(parcel("NZ", "2012-12-01", line, delivery="100", channel=COURIER))
        assert sums(answer) == ("50.00", "172.50", "1322.50")

    def test_marketplace_charges_gst_and_the_levy_follows(self) -> None:
        answer = price(
            parcel("NZ", "2026-05-04", ("610910", "100"), delivery="15", carriage=Carriage.AIR)
        )
        assert sums(answer) == ("0.00", "17.25", "134.79")
        assert answer.total(ChargeKind.FEE).amount == 254

    def test_the_levy_began_on_the_first_of_april(self) -> None:
        before = price(parcel("NZ", "2026-03-31", ("610910", "100"), carriage=Carriage.AIR))
        assert before.total(ChargeKind.FEE).amount == 0

    def test_by_sea_the_levy_is_lower(self) -> None:
        answer = price(parcel("NZ", "2026-05-04", ("610910", "100"), carriage=Carriage.SEA))
        assert answer.total(ChargeKind.FEE).amount == 240

    def test_above_the_limit_customs_assesses(self) -> None:
        answer = price(
            parcel("NZ", "2026-05-04", ("610910", "1200"), delivery="100", channel=COURIER)
        )
        assert sums(answer) == ("120.00", "213.00", "1633.00")

    def test_small_amounts_were_not_collected_before_the_scheme(self) -> None:
        answer = price(parcel("NZ", "2012-12-01", ("610910", "100"), channel=POST))
        assert sums(answer) == ("0.00", "0.00", "100.00")
        assert "nz-waiver-60" in rows(answer)
        just = price(parcel("NZ", "2012-12-01", ("490199", "400"), channel=POST))
        assert sums(just)[1] == "60.00"


class TestJapan:
    def test_floors_at_every_step(self) -> None:
        """Japan Customs, Answer 1111: two items at 14 %, the second at the reduced tax rate."""
        first = goods("", "534795", "JPY", key="a", stated_duty_rate=Decimal("0.14"))
        second = goods(
            "",
            "126258",
            "JPY",
            key="b",
            stated_duty_rate=Decimal("0.14"),
            tax_band="reduced",
        )
        answer = price(parcel("JP", "2021-11-01", first, second, channel=COURIER))
        assert sums(answer) == ("92400", "72300", "825753")

    @pytest.mark.parametrize(("value", "tax"), [("9000", "0"), ("9001", "800")])
    def test_ten_thousand_yen_with_freight(self, value: str, tax: str) -> None:
        """10,000 at 7.8 % is 780, floored to 700; 22/78 of it is 197, floored to 100."""
        answer = price(parcel("JP", "2026-05-01", ("950300", value), delivery="1000"))
        assert sums(answer)[1] == tax

    def test_leather_and_knitwear_have_no_relief(self) -> None:
        answer = price(parcel("JP", "2026-05-01", ("420231", "5000")))
        assert answer.total(ChargeKind.DUTY).amount == 700

    @pytest.mark.parametrize(
        ("code", "value", "duty"),
        [
            ("620520", "200000", "20000"),  # 10 % of the simplified tariff
            ("620520", "200001", "18200"),  # 9.1 % of the ordinary one
            ("691200", "20000", "0"),
            ("711719", "20000", "1000"),
            ("610910", "20000", "2100"),  # knitwear is outside it: 10.9 %, the sum floored
            ("420221", "20000", "2800"),  # and leather: 14 %
        ],
    )
    def test_parcels_up_to_200000_yen_have_a_tariff_of_their_own(
        self, code: str, value: str, duty: str
    ) -> None:
        assert sums(price(parcel("JP", "2026-05-01", (code, value))))[0] == duty


class TestSingapore:
    def test_item_of_395_dollars_with_shipping(self) -> None:
        """Singapore Customs: the sales value of SGD 395 leaves SGD 25 shipping out of the test."""
        answer = price(parcel("SG", "2026-05-01", ("691200", "395"), delivery="25"))
        assert sums(answer) == ("0.00", "37.80", "457.80")
        assert answer.certainty is Certainty.GUARANTEED

    @pytest.mark.parametrize(
        ("value", "tax"), [("400.00", "0.00"), ("400.01", "36.00"), ("500", "45.00")]
    )
    def test_unregistered_seller_pays_above_the_relief(self, value: str, tax: str) -> None:
        answer = price(parcel("SG", "2026-05-01", ("691200", value), channel=COURIER))
        assert sums(answer)[1] == tax

    def test_the_rate_rose_in_2024(self) -> None:
        assert sums(price(parcel("SG", "2022-12-31", ("691200", "100"))))[1] == "0.00"
        assert sums(price(parcel("SG", "2023-12-31", ("691200", "100"))))[1] == "8.00"
        assert sums(price(parcel("SG", "2024-01-01", ("691200", "100"))))[1] == "9.00"

    def test_goods_by_sea_are_outside_the_scheme(self) -> None:
        answer = price(
            parcel("SG", "2026-05-01", ("691200", "395"), carriage=Carriage.SEA, delivery="25")
        )
        assert answer.regime == "Singapore standard import"
        assert sums(answer)[1] == "37.80"

    def test_the_relief_up_to_400_dollars_is_for_post_and_air(self) -> None:
        for carriage, tax in ((Carriage.SEA, "28.80"), (Carriage.AIR, "0.00")):
            answer = price(
                parcel(
                    "SG",
                    "2026-05-01",
                    ("691200", "300"),
                    carriage=carriage,
                    delivery="20",
                    channel=COURIER,
                )
            )
            assert sums(answer)[1] == tax


class TestNorway:
    def test_clothing_without_voec(self) -> None:
        answer = price(
            parcel("NO", "2026-05-01", ("610910", "1000"), delivery="200", channel=COURIER)
        )
        assert sums(answer) == ("128.40", "332.10", "1660.50")

    @pytest.mark.parametrize(("value", "regime"), [("2999.99", "VOEC"), ("3000", "Norwegian")])
    def test_voec_ends_at_3000_an_item(self, value: str, regime: str) -> None:
        answer = price(parcel("NO", "2026-05-01", ("610910", value)))
        assert answer.regime.startswith(regime)

    @pytest.mark.parametrize(("on", "tax"), [("2023-12-31", "0.00"), ("2024-01-01", "87.25")])
    def test_349_kroner_were_free_until_2024(self, on: str, tax: str) -> None:
        answer = price(parcel("NO", on, ("950300", "349"), channel=POST))
        assert sums(answer)[1] == tax

    def test_voec_has_no_duty(self) -> None:
        answer = price(parcel("NO", "2026-05-01", ("610910", "1000"), delivery="200"))
        assert sums(answer) == ("0.00", "300.00", "1500.00")

    def test_food_is_outside_voec_and_its_duty_is_unknown(self) -> None:
        answer = price(parcel("NO", "2026-05-01", ("090121", "100")))
        assert answer.regime == "Norwegian standard import"
        assert answer.is_unknown(ChargeKind.DUTY)
        assert answer.is_unknown(ChargeKind.TAX)


class TestSwitzerland:
    def test_tax_up_to_5_francs_is_not_levied(self) -> None:
        """BAZG: the limit is reached at CHF 62 of 8.1 %."""
        small = price(parcel("CH", "2026-05-01", ("610910", "55"), delivery="5", channel=POST))
        assert sums(small) == ("0.00", "0.00", "60.00")
        assert "ch-waiver-5" in rows(small)
        last = price(parcel("CH", "2026-05-01", ("610910", "62.00"), channel=POST))
        assert sums(last)[1] == "0.00"
        over = price(parcel("CH", "2026-05-01", ("610910", "62.10"), channel=POST))
        assert sums(over)[1] == "5.03"

    def test_the_limit_of_the_reduced_rate_is_193_francs(self) -> None:
        last = price(parcel("CH", "2026-05-01", ("490199", "193.00"), channel=POST))
        assert sums(last)[1] == "0.00"
        over = price(parcel("CH", "2026-05-01", ("490199", "194.00"), channel=POST))
        assert sums(over)[1] == "5.04"

    def test_the_platform_is_the_supplier_since_2025(self) -> None:
        before = price(parcel("CH", "2024-12-31", ("610910", "55"), delivery="5"))
        assert sums(before)[1] == "0.00"
        after = price(parcel("CH", "2025-01-01", ("610910", "55"), delivery="5"))
        assert sums(after)[1] == "4.86"
        assert after.collected_by(Collector.PLATFORM).amount == 486

    def test_duty_by_weight_is_not_guessed(self) -> None:
        answer = price(parcel("CH", "2026-05-01", ("090121", "55"), channel=POST))
        assert answer.is_unknown(ChargeKind.DUTY)

    def test_liechtenstein_is_inside(self) -> None:
        assert price(parcel("LI", "2026-05-01", ("610910", "55"), origin="CH")).charges == ()


class TestCanada:
    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            ("40.00", ("0.00", "0.00", "40.00")),
            ("40.01", ("0.00", "5.20", "45.21")),
            ("150.00", ("0.00", "19.50", "169.50")),
            ("150.01", ("27.00", "23.01", "200.02")),
        ],
    )
    def test_courier_from_the_united_states(
        self, value: str, expected: tuple[str, str, str]
    ) -> None:
        answer = price(
            parcel("CA", "2026-05-01", ("610910", value), origin="US", region="ON", channel=COURIER)
        )
        assert sums(answer) == expected

    @pytest.mark.parametrize(("value", "duty"), [("20.00", "0.00"), ("20.01", "3.60")])
    def test_post_has_20_dollars(self, value: str, duty: str) -> None:
        answer = price(parcel("CA", "2026-05-01", ("610910", value), region="ON", channel=POST))
        assert sums(answer)[0] == duty

    def test_the_post_adds_its_fee_only_when_it_collects(self) -> None:
        answer = price(
            parcel("CA", "2026-05-01", ("610910", "50"), delivery="10", region="ON", channel=POST)
        )
        assert sums(answer) == ("9.00", "7.67", "86.62")
        free = price(parcel("CA", "2026-05-01", ("610910", "20"), region="ON", channel=POST))
        assert free.total(ChargeKind.FEE).amount == 0

    def test_the_province_decides_and_is_asked_for(self) -> None:
        def tax(region: str) -> str:
            return sums(price(parcel("CA", "2026-05-01", ("950300", "100"), region=region)))[1]

        assert [tax(region) for region in ("ON", "NS", "AB", "BC")] == [
            "13.00",
            "14.00",
            "5.00",
            "12.00",
        ]
        answer = price(parcel("CA", "2026-05-01", ("950300", "100")))
        assert codes(answer) >= {"region"}
        assert answer.is_unknown(ChargeKind.TAX)

    @pytest.mark.parametrize(
        ("code", "on", "duty"),
        [
            ("610910", "2026-09-07", "36.00"),  # 18 % of 200
            ("610910", "2026-09-08", "136.00"),  # and 50 %
            ("570110", "2026-09-08", "63.00"),  # 6.5 and 25 %
            ("950300", "2026-09-08", "0.00"),  # not on the list
        ],
    )
    def test_counter_tariffs_lie_on_some_goods_of_the_united_states(
        self, code: str, on: str, duty: str
    ) -> None:
        answer = price(parcel("CA", on, (code, "200"), origin="US", region="ON", channel=COURIER))
        assert sums(answer)[0] == duty
        assert answer.certainty is Certainty.ESTIMATE

    def test_where_the_list_of_counter_tariffs_was_not_read_it_is_unknown(self) -> None:
        def answer(on: str) -> LandedCost:
            return price(
                parcel("CA", on, ("851830", "200"), origin="US", region="ON", channel=COURIER)
            )

        assert not answer("2026-09-07").is_unknown(ChargeKind.DUTY)
        assert answer("2026-09-08").is_unknown(ChargeKind.DUTY)
        # The tax is on a value with duty in it.
        assert answer("2026-09-08").is_unknown(ChargeKind.TAX)


class TestUnitedStates:
    def post(self, on: str, origin: str) -> LandedCost:
        return price(
            parcel("US", on, ("610910", "100"), delivery="15", origin=origin, channel=POST)
        )

    def test_the_day_the_relief_was_suspended(self) -> None:
        assert sums(self.post("2025-08-28", "GB")) == ("0.00", "0.00", "115.00")
        assert sums(self.post("2025-08-29", "GB")) == ("10.00", "0.00", "125.00")

    def test_the_specific_method_is_an_amount_a_piece(self) -> None:
        answer = price(
            parcel(
                "US",
                "2025-09-15",
                goods("610910", "100", "USD", origin="GB", quantity=2),
                origin="GB",
                channel=POST,
                elections=frozenset({"specific-duty"}),
            )
        )
        assert sums(answer)[0] == "160.00"

    @pytest.mark.parametrize(
        ("origin", "on", "amount"),
        [
            ("FR", "2025-09-15", 8000),
            ("VN", "2025-09-15", 16000),
            ("IN", "2025-09-15", 20000),
            ("CN", "2025-11-09", 20000),
            ("CN", "2025-11-10", 16000),
        ],
    )
    def test_the_specific_method_has_a_band_a_country(
        self, origin: str, on: str, amount: int
    ) -> None:
        answer = price(
            parcel(
                "US",
                on,
                ("610910", "100"),
                origin=origin,
                channel=POST,
                elections=frozenset({"specific-duty"}),
            )
        )
        assert answer.total(ChargeKind.DUTY).amount == amount

    def test_brazil_bears_its_own_duty_on_top(self) -> None:
        assert sums(self.post("2026-07-21", "BR"))[0] == "10.00"
        assert sums(self.post("2026-07-22", "BR"))[0] == "35.00"
        assert sums(self.post("2026-07-24", "BR"))[0] == "54.00"

    def test_section_122_holds_for_every_origin_until_its_last_day(self) -> None:
        assert sums(self.post("2026-02-24", "GH"))[0] == "10.00"
        assert sums(self.post("2026-07-23", "GH"))[0] == "10.00"
        assert sums(self.post("2026-07-24", "GH"))[0] == "16.50"

    def test_ordinary_and_additional_duty_stack_on_the_goods_alone(self) -> None:
        answer = price(
            parcel(
                "US",
                "2026-08-05",
                ("610910", "100"),
                delivery="15",
                origin="VN",
                channel=COURIER,
            )
        )
        assert sums(answer) == ("29.00", "0.00", "144.00")
        assert answer.certainty is Certainty.ESTIMATE

    @pytest.mark.parametrize(
        ("origin", "duty"),
        [
            ("VN", "29.00"),  # 12.5 % on top
            ("GB", "26.50"),  # 10 % on top
            ("FR", "16.50"),  # 10 % in all: the ordinary duty is more
            ("KR", "16.50"),
            ("GH", "16.50"),  # none of the 60 economies
            ("CN", "36.50"),  # list 4A beside it
        ],
    )
    def test_section_301_depends_on_the_economy(self, origin: str, duty: str) -> None:
        for channel in (COURIER, POST):
            answer = price(
                parcel("US", "2026-08-05", ("610910", "100"), origin=origin, channel=channel)
            )
            assert sums(answer)[0] == duty
            assert answer.certainty is Certainty.ESTIMATE

    @pytest.mark.parametrize(
        ("origin", "duty"), [("FR", "10.00"), ("CH", "12.50"), ("TW", "10.00")]
    )
    def test_a_floor_counts_the_ordinary_duty(self, origin: str, duty: str) -> None:
        assert sums(price(parcel("US", "2026-08-05", ("950300", "100"), origin=origin)))[0] == duty

    @pytest.mark.parametrize(
        ("origin", "on", "duty"),
        [
            ("GB", "2025-04-04", "132.00"),  # 16.5 % alone
            ("GB", "2025-04-05", "212.00"),  # and 10 %
            ("VN", "2025-08-06", "212.00"),
            ("VN", "2025-08-07", "292.00"),  # and 20 %
            ("JP", "2025-08-07", "132.00"),  # 15 % in all
            ("CN", "2025-08-28", "432.00"),  # 16.5, 7.5 and 30 %
        ],
    )
    def test_a_dear_parcel_bore_the_emergency_duty_before_the_relief_ended(
        self, origin: str, on: str, duty: str
    ) -> None:
        answer = price(parcel("US", on, ("610910", "800.01"), origin=origin, channel=COURIER))
        assert sums(answer)[0] == duty

    def test_japan_has_a_floor_instead(self) -> None:
        toys = price(parcel("US", "2026-08-05", ("950300", "100"), origin="JP"))
        assert sums(toys)[0] == "12.50"
        shirts = price(parcel("US", "2026-08-05", ("610910", "100"), origin="JP"))
        assert sums(shirts)[0] == "16.50"

    def test_an_origin_without_a_row_is_unknown_and_left_to_the_carrier(self) -> None:
        answer = price(parcel("US", "2026-08-22", ("610910", "100"), origin="LI", terms=Terms.DDP))
        assert "additional_duty" in codes(answer)
        assert answer.certainty is Certainty.UNKNOWN
        assert answer.collected_by(Collector.PLATFORM).amount == 0

    def test_rows_of_chapter_99_all_end(self) -> None:
        answer = price(parcel("US", "2027-07-01", ("610910", "100"), origin="VN"))
        assert answer.certainty is Certainty.UNKNOWN
        assert codes(answer) == {"period"}

    @pytest.mark.parametrize(("value", "unknown"), [("5.00", True), ("5.01", False)])
    def test_a_rate_can_hold_for_dear_pieces_only(self, value: str, *, unknown: bool) -> None:
        vase = goods("701399", value, "USD", origin="GB")
        answer = price(parcel("US", "2026-05-01", vase, origin="GB", channel=COURIER))
        assert answer.is_unknown(ChargeKind.DUTY) is unknown

    @pytest.mark.parametrize("on", ["2019-06-03", "2026-05-01", "2026-08-05"])
    def test_chinese_goods_of_a_line_that_no_list_names_are_unknown(self, on: str) -> None:
        answer = price(parcel("US", on, ("732393", "900"), origin="CN", channel=COURIER))
        assert answer.is_unknown(ChargeKind.DUTY)
        assert "us_china_duties" in codes(answer)

    @pytest.mark.parametrize(
        ("code", "on", "duty"),
        [
            ("610910", "2026-08-21", "26.50"),  # 16.5 and 10 %
            ("610910", "2026-08-22", "76.50"),  # and 50 %
            ("610910", "2026-10-22", "76.50"),
            ("620442", "2026-09-14", "18.40"),  # 8.4 and 10 %: not on the list
        ],
    )
    def test_section_338_lies_on_some_goods_of_canada(self, code: str, on: str, duty: str) -> None:
        answer = price(parcel("US", on, (code, "100"), origin="CA", channel=COURIER))
        assert sums(answer)[0] == duty
        assert answer.certainty is Certainty.ESTIMATE

    @pytest.mark.parametrize(
        ("code", "on"),
        [
            ("701399", "2026-08-22"),  # some lines of the heading are on the list, some are not
            ("620442", "2026-09-15"),  # the list was changed and not read again
        ],
    )
    def test_where_section_338_is_not_known_line_by_line_it_is_unknown(
        self, code: str, on: str
    ) -> None:
        answer = price(parcel("US", on, (code, "100"), origin="CA", channel=COURIER))
        assert answer.is_unknown(ChargeKind.DUTY)
        assert "us_canada_duties" in codes(answer)

    def test_post_from_china_bears_the_lists_only_since_it_is_entered(self) -> None:
        assert sums(self.post("2026-07-23", "CN"))[0] == "10.00"
        assert sums(self.post("2026-07-24", "CN"))[0] == "36.50"


class TestUnknown:
    def test_a_destination_without_a_book(self) -> None:
        answer = price(parcel("PE", "2026-05-01", ("610910", "100"), currency="PEN"))
        assert answer.certainty is Certainty.UNKNOWN
        assert answer.charges == ()
        assert {u.kind for u in answer.unknowns} == {ChargeKind.DUTY, ChargeKind.TAX}

    def test_goods_without_a_code_above_the_limit(self) -> None:
        answer = price(parcel("DE", "2026-08-03", ("", "200"), channel=COURIER))
        assert "classification" in codes(answer)
        assert answer.is_unknown(ChargeKind.TAX)

    def test_a_code_without_a_rate(self) -> None:
        answer = price(parcel("DE", "2026-08-03", ("440290", "200"), channel=COURIER))
        assert "duty_rate" in codes(answer)

    def test_a_row_past_its_check_date_is_an_estimate(self) -> None:
        fresh = price(parcel("GB", "2027-06-30", ("691200", "50")))
        stale = price(parcel("GB", "2027-07-01", ("691200", "50")))
        assert fresh.certainty is Certainty.GUARANTEED
        assert stale.certainty is Certainty.ESTIMATE
        assert sums(fresh) == sums(stale)


def test_a_parcel_within_a_country_without_a_book_owes_nothing_at_a_border() -> None:
    """From Kathmandu to Pokhara no customs officer looks; from Hanoi to Kathmandu nobody here knows."""
    home = price(parcel("NP", "2026-11-24", ("442190", "20"), dispatched_from="NP"))
    assert (home.certainty, home.unknowns, home.regime) == (
        Certainty.GUARANTEED,
        (),
        "Within the country",
    )
    assert home.charges == ()
    abroad = price(parcel("NP", "2026-11-24", ("442190", "20"), dispatched_from="VN"))
    assert codes(abroad) == {"destination"}
    assert abroad.certainty is Certainty.UNKNOWN
