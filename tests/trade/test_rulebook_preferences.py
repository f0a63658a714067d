"""Preferences by proof of origin: what a claim takes off, where it can't, and what stays."""

from __future__ import annotations

import pytest

from tests.trade.parcels import goods, parcel, price, sums
from trade.rules import Certainty, Channel, ChargeKind, LandedCost
from trade.rules.rows import Confidence, Duty
from trade.selectors import shipped_rulebook

POST, COURIER, MARKET = Channel.POST, Channel.COURIER, Channel.MARKETPLACE


def codes(answer: LandedCost) -> set[str]:
    return {unknown.code for unknown in answer.unknowns}


def answer(
    destination: str,
    origin: str,
    hs: str,
    value: str,
    *,
    claim: bool = True,
    on: str = "2026-08-03",
    channel: Channel = COURIER,
    currency: str = "",
    **more: object,
) -> LandedCost:
    currency = currency or shipped_rulebook().currency(destination) or ""
    line = goods(hs, value, currency, origin=origin, preference=claim)
    more.setdefault("dispatched_from", origin)
    return price(parcel(destination, on, line, origin=origin, channel=channel, **more))  # type: ignore[arg-type]


def duty(*args: str, **more: object) -> str:
    return sums(answer(*args, **more))[0]  # type: ignore[arg-type]


class TestEuropeanUnion:
    def test_outside_ioss_a_claim_replaces_the_flat_duty(self) -> None:
        assert duty("DE", "JP", "691200", "100", channel=POST, claim=False) == "3.00"
        free = answer("DE", "JP", "691200", "100", channel=POST)
        assert sums(free)[:2] == ("0.00", "19.00")
        assert "eu-pref-JP" in free.row_ids
        assert free.certainty is Certainty.ESTIMATE

    def test_under_ioss_there_is_nothing_to_claim(self) -> None:
        sold = answer("DE", "JP", "691200", "100", channel=MARKET)
        assert sums(sold)[0] == "3.00"
        assert "eu-flat-3-ioss" in sold.row_ids
        own_number = answer("DE", "JP", "691200", "100", channel=POST, seller_registered=True)
        assert sums(own_number)[0] == "3.00"
        assert duty("DE", "JP", "691200", "100", channel=MARKET, scheme=False) == "0.00"

    @pytest.mark.parametrize(("value", "duties"), [("150.00", "3.00"), ("150.01", "0.00")])
    def test_above_150_euro_a_claim_holds_on_a_platform_too(self, value: str, duties: str) -> None:
        assert duty("DE", "JP", "691200", value, channel=MARKET) == duties

    def test_without_a_claim_the_tariff_rate_stands(self) -> None:
        """9 % of 200."""
        assert duty("DE", "JP", "691200", "200", claim=False) == "18.00"

    def test_a_country_without_an_agreement_gains_nothing(self) -> None:
        """12 % of 200."""
        assert duty("DE", "CN", "610910", "200") == "24.00"

    def test_food_and_goods_without_a_code_are_not_covered(self) -> None:
        """17.3 % of 200."""
        assert duty("DE", "JP", "040900", "200") == "34.60"
        assert "classification" in codes(answer("DE", "JP", "", "200"))

    def test_free_circulation_in_turkey_decides_not_the_origin(self) -> None:
        assert duty("DE", "CN", "610910", "200", dispatched_from="TR") == "0.00"
        assert duty("DE", "TR", "610910", "200", dispatched_from="TR", claim=False) == "24.00"
        assert duty("DE", "TR", "610910", "200", dispatched_from="CN") == "24.00"

    @pytest.mark.parametrize(("on", "duties"), [("2026-12-31", "24.00"), ("2027-01-01", "0.00")])
    def test_clothing_of_viet_nam_is_not_taken_as_free_before_its_day(
        self, on: str, duties: str
    ) -> None:
        assert duty("DE", "VN", "610910", "200", on=on) == duties
        # Ceramics were free before.
        assert duty("DE", "VN", "691200", "200", on=on) == "0.00"

    @pytest.mark.parametrize(("on", "duties"), [("2024-06-30", "18.00"), ("2024-07-01", "0.00")])
    def test_the_agreement_with_kenya_has_a_first_day(self, on: str, duties: str) -> None:
        assert duty("DE", "KE", "691200", "200", on=on) == duties


class TestElsewhere:
    def test_the_union_and_the_kingdom_trade_free_with_proof(self) -> None:
        assert duty("GB", "DE", "610910", "200", claim=False) == "24.00"
        assert duty("GB", "DE", "610910", "200") == "0.00"
        assert duty("DE", "GB", "610910", "200") == "0.00"
        assert duty("GB", "CN", "610910", "200") == "24.00"

    def test_the_united_states_keep_their_additional_duty(self) -> None:
        """16.5 % and 12.5 % of 100; a proof of origin takes the 16.5 % off."""
        assert duty("US", "AU", "610910", "100", claim=False) == "29.00"
        assert duty("US", "AU", "610910", "100") == "12.50"

    def test_usmca_takes_the_additional_duty_off_too(self) -> None:
        assert duty("US", "MX", "610910", "100", claim=False) == "26.50"
        assert duty("US", "MX", "610910", "100") == "0.00"
        assert duty("US", "CA", "610910", "100", on="2026-08-21") == "0.00"
        # Section 338 does not ask whether goods qualify under USMCA.
        assert duty("US", "CA", "610910", "100", on="2026-08-22") == "50.00"

    def test_usmca_goods_bore_no_ieepa_duty(self) -> None:
        claimed = answer("US", "MX", "610910", "100", on="2025-09-15")
        assert sums(claimed)[0] == "0.00"
        assert not claimed.is_unknown(ChargeKind.DUTY)
        assert duty("US", "MX", "610910", "100", on="2025-09-15", claim=False) == "41.50"

    @pytest.mark.parametrize(("on", "told"), [("2026-10-21", False), ("2026-10-22", True)])
    def test_a_claim_by_post_needs_a_formal_entry(self, on: str, *, told: bool) -> None:
        claimed = answer("US", "MX", "610910", "100", on=on, channel=POST)
        assert ("us_postal_claim" in codes(claimed)) is told

    def test_canada(self) -> None:
        """18 % of 100; under CETA nothing; a counter-tariff may lie on goods of the US all the same."""
        assert duty("CA", "FR", "610910", "100", claim=False, region="ON") == "18.00"
        assert duty("CA", "FR", "610910", "100", region="ON") == "0.00"
        assert duty("CA", "VN", "640399", "100", region="ON") == "18.00"
        assert duty("CA", "US", "610910", "200", on="2026-09-07", region="ON") == "0.00"
        assert duty("CA", "US", "610910", "200", on="2026-09-08", region="ON") == "100.00"

    def test_australia_by_line_and_by_the_older_election(self) -> None:
        """5 % of 2,000."""
        assert duty("AU", "US", "691200", "2000", claim=False) == "100.00"
        assert duty("AU", "US", "691200", "2000") == "0.00"
        elected = answer(
            "AU", "US", "691200", "2000", claim=False, elections=frozenset({"preference"})
        )
        assert sums(elected)[0] == "0.00"
        assert "au-ausfta" in elected.row_ids
        both = answer("AU", "US", "691200", "2000", elections=frozenset({"preference"}))
        assert sums(both)[0] == "0.00"

    def test_new_zealand_norway_and_japan(self) -> None:
        """10 % of 2,000; 10.7 % of 1,000; 10.9 % of 20,000 is 2,180, floored to 2,100."""
        assert duty("NZ", "CN", "610910", "2000", claim=False) == "200.00"
        assert duty("NZ", "CN", "610910", "2000") == "0.00"
        assert duty("NO", "IT", "610910", "1000", claim=False) == "107.00"
        assert duty("NO", "IT", "610910", "1000") == "0.00"
        assert duty("JP", "IT", "610910", "20000", claim=False) == "2100"
        assert duty("JP", "IT", "610910", "20000") == "0"

    def test_leather_goods_become_free_in_japan_step_by_step_and_are_not_guessed(self) -> None:
        """14 % of 20,000."""
        assert duty("JP", "IT", "420221", "20000") == "2800"


def test_no_preference_is_ever_promised() -> None:
    claims = [
        row
        for book in shipped_rulebook().books
        for row in book.rows
        if isinstance(row.effect, Duty) and row.scope.preference and row.effect.rate == 0
    ]
    assert len(claims) > 80
    for row in claims:
        assert row.confidence is not Confidence.HIGH, row.id
        # A claim is for goods of a known chapter, never for goods without a code.
        assert row.scope.hs != ("",) or row.slot != "base", row.id


def test_what_a_claim_grants_is_told_from_what_holds_in_spite_of_it() -> None:
    """Every row for claimed goods names whose goods they are, but for the flat duty under IOSS."""
    duties = [
        row
        for book in shipped_rulebook().books
        for row in book.rows
        if isinstance(row.effect, Duty) and row.scope.preference
    ]
    assert {row.id for row in duties if not row.scope.is_preference} == {
        "eu-flat-3-ioss",
        "eu-flat-3-ioss-seller",
    }
    claimed = answer("DE", "JP", "691200", "200")
    assert [c.row_id for c in claimed.charges if c.preferential] == ["eu-pref-JP"]
    assert not any(
        c.preferential for c in answer("DE", "JP", "691200", "100", channel=MARKET).charges
    )
    # The additional duty of the United States is no preference.
    both = answer("US", "AU", "610910", "100")
    assert [c.preferential for c in both.charges if c.kind is ChargeKind.DUTY] == [True, False]
