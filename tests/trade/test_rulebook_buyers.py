"""Businesses, gifts, samples and Northern Ireland: who is outside the schemes, and what holds then."""

from __future__ import annotations

import pytest

from tests.trade.parcels import goods, parcel, price, sums
from trade.rules import Buyer, Carriage, Certainty, Channel, ChargeKind, LandedCost, Purpose
from trade.rules.rows import Scheme
from trade.selectors import shipped_rulebook

POST, COURIER = Channel.POST, Channel.COURIER
BUSINESS, GIFT = Buyer.BUSINESS, Purpose.GIFT


def rows(answer: LandedCost) -> set[str]:
    return set(answer.row_ids)


def codes(answer: LandedCost) -> set[str]:
    return {unknown.code for unknown in answer.unknowns}


def test_every_scheme_has_the_key_of_its_authority() -> None:
    keys: dict[str, set[str]] = {}
    for book in shipped_rulebook().books:
        for row in book.rows:
            if isinstance(row.effect, Scheme):
                assert row.effect.key, row.id
                keys.setdefault(row.effect.key, set()).add(book.key)
    assert {key: books for key, books in keys.items() if len(books) > 1} == {}
    expected = {"ioss": "eu", "gb-vat": "gb", "au-gst": "au", "nz-gst": "nz", "sg-gst": "sg"}
    expected |= {"voec": "no", "ch-vat": "ch"}
    assert {key: keys[key] for key in expected} == {key: {book} for key, book in expected.items()}


class TestBusinessBuyers:
    def test_the_flat_duty_and_ioss_are_for_people(self) -> None:
        """12 % of 45 is 5.40; 19 % of 50.40 is 9.576."""

        def answer(buyer: Buyer) -> LandedCost:
            return price(parcel("DE", "2026-08-03", ("610910", "40"), delivery="5", buyer=buyer))

        assert answer(Buyer.PRIVATE).regime == "IOSS"
        assert "eu-flat-3" in rows(answer(Buyer.PRIVATE))
        assert answer(BUSINESS).regime == "EU standard import"
        assert sums(answer(BUSINESS)) == ("5.40", "9.58", "59.98")

    def test_the_relief_of_150_euro_was_for_businesses_too(self) -> None:
        """19 % of 45 is 8.55."""
        answer = price(parcel("DE", "2026-06-30", ("610910", "40"), delivery="5", buyer=BUSINESS))
        assert sums(answer) == ("0.00", "8.55", "53.55")

    @pytest.mark.parametrize(
        ("value", "duty", "tax"),
        [
            ("135.00", "0.00", "0.00"),
            # 12 % of 135.01 = 16.2012; 20 % of 151.2112 = 30.24224.
            ("135.01", "16.20", "30.24"),
        ],
    )
    @pytest.mark.parametrize("channel", [Channel.MARKETPLACE, COURIER])
    def test_a_british_business_accounts_for_the_tax_itself(
        self, channel: Channel, value: str, duty: str, tax: str
    ) -> None:
        answer = price(
            parcel("GB", "2026-05-01", ("610910", value), buyer=BUSINESS, channel=channel)
        )
        assert sums(answer)[:2] == (duty, tax)
        assert ("gb-reverse-charge-135" in rows(answer)) is (value == "135.00")
        assert answer.certainty is Certainty.ESTIMATE

    def test_australia_charges_a_business_nothing_up_to_1000(self) -> None:
        answer = price(parcel("AU", "2026-05-01", ("610910", "1000"), buyer=BUSINESS))
        assert sums(answer)[:2] == ("0.00", "0.00")
        assert "au-relief-1000" in rows(answer)

    def test_two_pieces_of_900_are_an_import_of_1800(self) -> None:
        """A person pays GST with each sale; the business's parcel is assessed: 90, 10 % of 1,890."""
        pieces = goods("691200", "1800", "AUD", quantity=2)
        answer = price(parcel("AU", "2026-05-01", pieces, buyer=BUSINESS))
        assert sums(answer)[:2] == ("90.00", "189.00")

    @pytest.mark.parametrize(("country", "value"), [("NZ", "1000"), ("SG", "400")])
    def test_new_zealand_and_singapore_leave_it_to_the_business(
        self, country: str, value: str
    ) -> None:
        answer = price(
            parcel(country, "2026-05-01", ("691200", value), buyer=BUSINESS, carriage=Carriage.POST)
        )
        assert sums(answer)[:2] == ("0.00", "0.00")
        person = price(parcel(country, "2026-05-01", ("691200", value), carriage=Carriage.POST))
        assert person.total(ChargeKind.TAX).amount > 0

    def test_voec_is_for_people(self) -> None:
        """A registered business pays the duty, 10.7 % of 1,200, and declares the VAT itself."""
        answer = price(
            parcel("NO", "2026-05-01", ("610910", "1000"), delivery="200", buyer=BUSINESS)
        )
        assert answer.regime == "Norwegian standard import"
        assert sums(answer)[:2] == ("128.40", "0.00")

    def test_the_swiss_platform_taxes_both(self) -> None:
        for buyer in Buyer:
            answer = price(parcel("CH", "2026-05-01", ("610910", "55"), delivery="5", buyer=buyer))
            assert sums(answer)[1] == "4.86"

    def test_a_canadian_business_pays_the_federal_tax_alone(self) -> None:
        for region, person in (("ON", "13.00"), ("BC", "12.00"), ("AB", "5.00")):
            both = [
                sums(
                    price(parcel("CA", "2026-05-01", ("950300", "100"), region=region, buyer=buyer))
                )[1]
                for buyer in (Buyer.PRIVATE, BUSINESS)
            ]
            assert both == [person, "5.00"]


class TestGifts:
    def gift(self, destination: str, value: str, on: str = "2026-08-03", **more: str) -> LandedCost:
        return price(
            parcel(
                destination,
                on,
                (more.pop("hs", "610910"), value),
                channel=POST,
                purpose=GIFT,
                **more,
            )
        )

    @pytest.mark.parametrize(
        ("value", "duty", "tax"),
        [
            ("45.00", "0.00", "0.00"),
            ("45.01", "1.13", "8.77"),  # 2.5 % = 1.12525; 19 % of 46.14 = 8.7666
            ("700.00", "17.50", "136.33"),  # 2.5 %; 19 % of 717.50 = 136.325
            ("700.01", "84.00", "148.96"),  # 12 % = 84.0012; 19 % of 784.01 = 148.9619
        ],
    )
    def test_between_people_in_the_european_union(self, value: str, duty: str, tax: str) -> None:
        answer = self.gift("DE", value)
        assert sums(answer)[:2] == (duty, tax)
        assert answer.certainty is Certainty.ESTIMATE

    def test_a_sale_of_the_same_value_is_never_a_gift(self) -> None:
        answer = price(parcel("DE", "2026-08-03", ("610910", "45"), channel=POST))
        assert sums(answer)[0] == "3.00"
        assert answer.total(ChargeKind.TAX).amount > 0

    def test_while_150_euro_were_free_a_gift_was_too(self) -> None:
        """19 % of 100."""
        assert sums(self.gift("DE", "100", "2026-06-30"))[:2] == ("0.00", "19.00")

    @pytest.mark.parametrize(
        ("value", "duty", "tax"),
        [
            ("39.00", "0.00", "0.00"),
            ("39.01", "0.00", "7.80"),  # 20 % = 7.802
            ("135.00", "0.00", "27.00"),
            ("135.01", "3.38", "27.68"),  # 2.5 % = 3.37525; 20 % of 138.38525 = 27.67705
            ("630.01", "75.60", "141.12"),  # 12 % = 75.6012; 20 % of 705.6112 = 141.12224
        ],
    )
    def test_between_people_in_the_united_kingdom(self, value: str, duty: str, tax: str) -> None:
        assert sums(self.gift("GB", value))[:2] == (duty, tax)

    @pytest.mark.parametrize(("value", "duty"), [("100.00", "0.00"), ("100.01", "26.50")])
    def test_100_dollars_to_the_united_states(self, value: str, duty: str) -> None:
        """16.5 % of 100.01 = 16.50165 and 10 % = 10.001."""
        assert sums(self.gift("US", value, origin="GB"))[0] == duty

    @pytest.mark.parametrize(
        ("country", "free", "over", "due"),
        [
            # 18 % of 60.01 = 10.8018, 13 % of 70.81 = 9.2053
            ("CA", "60.00", "60.01", ("10.80", "9.21")),
            # 10.7 % of 1,000.01 = 107.00107, 25 % of 1,107.01 = 276.7525
            ("NO", "1000.00", "1000.01", ("107.00", "276.75")),
            # industrial goods are free, 8.1 % of 100.01 = 8.10081
            ("CH", "100.00", "100.01", ("0.00", "8.10")),
        ],
    )
    def test_other_limits(self, country: str, free: str, over: str, due: tuple[str, str]) -> None:
        more = {"region": "ON"} if country == "CA" else {}
        assert sums(self.gift(country, free, **more))[:2] == ("0.00", "0.00")
        assert sums(self.gift(country, over, **more))[:2] == due


def test_samples_are_assessed_and_the_relief_is_a_doubt() -> None:
    for country in ("DE", "GB"):
        answer = price(
            parcel(country, "2026-08-03", ("610910", "200"), purpose=Purpose.SAMPLE, channel=POST)
        )
        assert answer.total(ChargeKind.DUTY).amount == 2400
        assert "sample_relief" in codes(answer)
        sale = price(parcel(country, "2026-08-03", ("610910", "200"), channel=POST))
        assert "sample_relief" not in codes(sale)


class TestNorthernIreland:
    def to(self, origin: str, region: str = "NI") -> LandedCost:
        return price(parcel("GB", "2026-05-01", ("610910", "200"), origin=origin, region=region))

    def test_from_great_britain_and_from_the_union_no_border_is_crossed(self) -> None:
        for origin in ("GB", "IE", "FR"):
            assert self.to(origin).charges == ()
            assert self.to(origin).unknowns == ()

    def test_from_elsewhere_it_is_told_that_it_is_not_known(self) -> None:
        assert codes(self.to("CN")) == {"northern_ireland"}
        assert self.to("CN").certainty is Certainty.UNKNOWN

    def test_from_the_union_to_great_britain_there_is_a_border(self) -> None:
        assert self.to("IE", region="").total(ChargeKind.DUTY).amount == 2400
