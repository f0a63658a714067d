"""Every way a law computes an amount, on a made-up country whose figures fit in the head."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.money import Money
from tests.trade.parcels import day, sums
from trade.rules import (
    Buyer,
    Certainty,
    Channel,
    ChargeKind,
    Consignment,
    GoodsLine,
    LandedCost,
    Purpose,
    Rulebook,
    RulebookError,
    Terms,
    landed_cost,
    landed_cost_range,
    parse_rulebook,
)

HEAD = """
name = "Testland"
checked_on = 2026-11-24
[currencies]
US = "USD"
"""
ABOUT = """
valid_from = 2020-01-01
legal_ref = "Law"
source = "Gazette"
confidence = "high"
"""
BORDER = '[[row]]\nid = "t-home"\nkind = "no_border"\nname = "Home"\ninside = ["US"]' + ABOUT
IMPORT = (
    '[[row]]\nid = "t-import"\nkind = "import"\nname = "Import"\ncollector = "carrier"\n'
    'duty_base = "cif"\ntax_delivery = true\nduty_slots = ["base"]\ntax_slots = ["main"]\n'
)


def book(*rows: str, imports: str = "") -> Rulebook:
    """A rulebook of Testland: rows are their own words, the rest is alike."""
    text = HEAD + BORDER + IMPORT + imports + ABOUT
    for number, row in enumerate(rows):
        text += f'[[row]]\nid = "t-{number}"\n{row}\n{ABOUT}'
    return parse_rulebook({"t": tomllib.loads(text)})


TAX_NONE = 'kind = "tax"\nname = "VAT"\nrate = "0%"'


def ask(
    rules: Rulebook,
    value: int = 10000,
    *,
    hs: str = "610910",
    weight_g: int | None = 1000,
    delivery: int = 0,
    buyer: Buyer = Buyer.PRIVATE,
    purpose: Purpose = Purpose.SALE,
    preference: bool = False,
) -> LandedCost:
    line = GoodsLine(
        "1", hs, "CN", 1, Money(value, "USD"), weight_g=weight_g, preference=preference
    )
    return landed_cost(parcel(line, delivery=delivery, buyer=buyer, purpose=purpose), rules)


def parcel(
    *lines: GoodsLine,
    delivery: int = 0,
    buyer: Buyer = Buyer.PRIVATE,
    purpose: Purpose = Purpose.SALE,
) -> Consignment:
    return Consignment(
        destination="US",
        dispatched_from="CN",
        date=day("2026-11-24"),
        channel=Channel.COURIER,
        lines=lines,
        delivery=Money(delivery, "USD"),
        terms=Terms.DAP,
        buyer=buyer,
        purpose=purpose,
    )


# --- weight ---------------------------------------------------------------------------------------


def test_weight_is_rounded_up_to_the_destinations_step() -> None:
    """1,001 g are eleven times 100 g: 1.1 kg at 10.00 are 11.00."""
    rules = book('kind = "duty"\nper_kg = "10 USD"\nweight_step_g = 100', TAX_NONE)
    assert sums(ask(rules, weight_g=1001))[0] == "11.00"
    assert sums(ask(rules, weight_g=1000))[0] == "10.00"


def test_without_a_weight_a_duty_by_weight_is_unknown_not_zero() -> None:
    answer = ask(book('kind = "duty"\nper_kg = "10 USD"', TAX_NONE), weight_g=None)
    assert answer.certainty is Certainty.UNKNOWN
    assert answer.is_unknown(ChargeKind.DUTY)
    assert [unknown.code for unknown in answer.unknowns] == ["weight"]


@pytest.mark.parametrize(
    ("combine", "grams", "duty"),
    [
        ("greater", 1000, "9.00"),  # 9 % of 100.00 are 9.00; 1 kg at 1.50 is 1.50
        ("greater", 10000, "15.00"),
        ("lesser", 1000, "1.50"),
        ("lesser", 10000, "9.00"),
        ("sum", 1000, "10.50"),
    ],
)
def test_rate_and_weight_together(combine: str, grams: int, duty: str) -> None:
    row = f'kind = "duty"\nrate = "9%"\nper_kg = "1.50 USD"\ncombine = "{combine}"'
    assert sums(ask(book(row, TAX_NONE), weight_g=grams))[0] == duty


# --- duties on duties, and less -------------------------------------------------------------------


def test_a_surcharge_on_the_duty() -> None:
    """10 % of 100.00, and 10 % of that 10.00."""
    base = 'kind = "duty"\nrate = "10%"'
    surcharge = 'kind = "duty"\nslot = "surcharge"\nrate = "10%"\nof_duty = true'
    answer = ask(book(base, surcharge, TAX_NONE))
    assert [str(charge.amount.to_decimal()) for charge in answer.charges] == [
        "10.00",
        "1.00",
        "0.00",
    ]
    assert answer.charges[1].base == Money(1000, "USD")
    assert answer.charges[1].base_text == "duty"


@pytest.mark.parametrize(("value", "duty"), [(10000, "40.00"), (3333, "0.00"), (3334, "0.00")])
def test_less_is_taken_off_once_and_never_below_nothing(value: int, duty: str) -> None:
    """60 % less 20.00: 100.00 owes 40.00; 33.34 owes 20.004 less 20.00, which rounds to nothing."""
    rules = book('kind = "duty"\nrate = "60%"\nless = "20 USD"', TAX_NONE)
    assert sums(ask(rules, value))[0] == duty


def test_less_is_shared_by_the_lines_of_a_parcel() -> None:
    rules = book('kind = "duty"\nrate = "60%"\nless = "20 USD"', TAX_NONE)
    lines = [
        GoodsLine(str(n), "610910", "CN", 1, Money(value, "USD"))
        for n, value in enumerate((7500, 2500))
    ]
    answer = landed_cost(parcel(*lines), rules)
    duties = [c.amount.amount for c in answer.charges if c.kind is ChargeKind.DUTY]
    assert duties == [3000, 1000]  # 60.00 less 20.00, three to one


# --- taxes ----------------------------------------------------------------------------------------

NO_DUTY = 'kind = "duty"\nrate = "0%"'


def test_a_tax_inside_its_base() -> None:
    """17 % of the gross: 100 * 17 / 83 = 20.48."""
    row = 'kind = "tax"\nname = "ICMS"\nrate = "17%"\ninside = true'
    assert sums(ask(book(NO_DUTY, row)))[1:] == ("20.48", "120.48")


def test_an_excise_enters_the_vat_and_only_a_share_of_both_is_due() -> None:
    """Consumption 15 % inside: 75.00 on 425.00; VAT 13 % of 500.00: 65.00; 70 % of each."""
    excise = (
        'kind = "tax"\nname = "Excise"\nslot = "excise"\nrate = "15%"\ninside = true\nshare = "70%"'
    )
    vat = 'kind = "tax"\nname = "VAT"\nrate = "13%"\nshare = "70%"\nadds = ["excise"]'
    rules = book_with_slots(excise, vat)
    answer = ask(rules, 42500)
    taxes = [c.amount.amount for c in answer.charges if c.kind is ChargeKind.TAX]
    assert sorted(taxes) == [4550, 5250]
    assert answer.total(ChargeKind.TAX) == Money(9800, "USD")


def book_with_slots(*rows: str) -> Rulebook:
    text = HEAD + BORDER + IMPORT.replace('["main"]', '["excise", "main"]') + ABOUT
    for number, row in enumerate((NO_DUTY, *rows)):
        text += f'[[row]]\nid = "t-{number}"\n{row}\n{ABOUT}'
    return parse_rulebook({"t": tomllib.loads(text)})


def test_the_uplift_raises_the_taxs_base_alone() -> None:
    """Value 100.00, uplift 10 %, duty 45.00: 15 % of 155.00 are 23.25."""
    vat = 'kind = "tax"\nname = "VAT"\nrate = "15%"'
    rules = book('kind = "duty"\nrate = "45%"', vat, imports='tax_uplift = "10%"\n')
    assert sums(ask(rules))[:2] == ("45.00", "23.25")


@pytest.mark.parametrize(("how", "duty"), [("floor", "12.30"), ("nearest", "12.40")])
def test_sums_go_to_the_countrys_step(how: str, duty: str) -> None:
    """10 % of 123.50 are 12.35; the step is 0.10."""
    imports = f'duty_step = "0.10 USD"\nsteps = "{how}"\n'
    rules = book('kind = "duty"\nrate = "10%"', TAX_NONE, imports=imports)
    assert sums(ask(rules, 12350))[0] == duty


# --- who buys, why, with what proof ---------------------------------------------------------------


def test_a_row_for_people_does_not_hold_for_a_business() -> None:
    relief = (
        'kind = "relief"\nname = "No import tax"\nrelieves = ["duty", "tax"]\nbuyers = ["private"]'
    )
    rules = book(relief, 'kind = "duty"\nrate = "10%"', 'kind = "tax"\nname = "VAT"\nrate = "20%"')
    assert sums(ask(rules)) == ("0.00", "0.00", "100.00")
    assert sums(ask(rules, buyer=Buyer.BUSINESS)) == ("10.00", "22.00", "132.00")


def test_a_row_for_gifts_holds_for_gifts() -> None:
    gift = (
        'kind = "relief"\nname = "No import tax"\nrelieves = ["duty", "tax"]\npurposes = ["gift"]'
    )
    rules = book(gift, 'kind = "duty"\nrate = "10%"', TAX_NONE)
    assert sums(ask(rules))[0] == "10.00"
    assert sums(ask(rules, purpose=Purpose.GIFT))[0] == "0.00"


def test_a_preference_is_for_who_claims_it() -> None:
    preference = 'kind = "duty"\nrate = "0%"\npreference = true\norigins = ["CN"]'
    rules = book('kind = "duty"\nrate = "10%"', preference, TAX_NONE)
    assert sums(ask(rules))[0] == "10.00"
    assert sums(ask(rules, preference=True))[0] == "0.00"


# --- short codes ----------------------------------------------------------------------------------

CHAPTER = 'kind = "duty"\nrate = "10%"\nhs = ["61"]'
FINE = 'kind = "duty"\nrate = "30%"\nhs = ["610910"]'
FREE = 'kind = "duty"\nrate = "0%"\nhs = ["6112"]'


def test_a_short_code_gives_a_range_and_says_so() -> None:
    rules = book(CHAPTER, FINE, FREE, TAX_NONE)
    answer = ask(rules, hs="61")
    assert sums(answer)[0] == "10.00"
    assert answer.certainty is Certainty.ESTIMATE
    assert "short_code" in {unknown.code for unknown in answer.unknowns}
    line = GoodsLine("1", "61", "CN", 1, Money(10000, "USD"))
    found = landed_cost_range(parcel(line), rules)
    assert [sums(a)[0] for a in (found.low, found.typical, found.high)] == [
        "0.00",
        "10.00",
        "30.00",
    ]
    assert found.is_wide


def test_without_a_row_for_the_short_code_the_middle_is_typical() -> None:
    rules = book(FINE, 'kind = "duty"\nrate = "20%"\nhs = ["6101"]', FREE, TAX_NONE)
    line = GoodsLine("1", "61", "CN", 1, Money(10000, "USD"))
    found = landed_cost_range(parcel(line), rules)
    assert [sums(a)[0] for a in (found.low, found.typical, found.high)] == [
        "0.00",
        "20.00",
        "30.00",
    ]


def test_a_full_code_has_no_range() -> None:
    rules = book(CHAPTER, FINE, TAX_NONE)
    line = GoodsLine("1", "610910", "CN", 1, Money(10000, "USD"))
    found = landed_cost_range(parcel(line), rules)
    assert found.low == found.typical == found.high == landed_cost(parcel(line), rules)
    assert found.low.certainty is Certainty.GUARANTEED


# --- always ---------------------------------------------------------------------------------------


@given(
    values=st.lists(st.integers(0, 10**8), min_size=1, max_size=5),
    delivery=st.integers(0, 10**6),
    grams=st.integers(0, 10**5),
)
def test_parts_add_up_and_nothing_is_below_zero(
    values: list[int], delivery: int, grams: int
) -> None:
    rules = book(
        'kind = "duty"\nrate = "9%"\nper_kg = "1.50 USD"\ncombine = "greater"\nless = "20 USD"',
        'kind = "duty"\nslot = "surcharge"\nrate = "10%"\nof_duty = true',
        'kind = "tax"\nname = "VAT"\nrate = "17%"\ninside = true\nshare = "70%"',
        imports='duty_step = "0.10 USD"\ntax_step = "0.05 USD"\nsteps = "nearest"\n',
    )
    lines = [
        GoodsLine(str(n), "610910", "CN", 1, Money(value, "USD"), weight_g=grams)
        for n, value in enumerate(values)
    ]
    answer = landed_cost(parcel(*lines, delivery=delivery), rules)
    assert all(charge.amount.amount >= 0 for charge in answer.charges)
    total = sum(values) + delivery + sum(charge.amount.amount for charge in answer.charges)
    assert answer.to_the_door == Money(total, "USD")
    assert answer.total(ChargeKind.DUTY).amount % 10 == 0
    assert answer.total(ChargeKind.TAX).amount % 5 == 0
    heavier = tuple(replace(line, value=line.value * 2) for line in lines)
    dearer = landed_cost(parcel(*heavier, delivery=delivery), rules)
    assert dearer.total().amount >= answer.total().amount


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ('kind = "duty"\nper_kg = "1 USD"\nper_unit = "1 USD"', "a duty is one of"),
        ('kind = "duty"\nrate = "1%"\ncombine = "both"', "combine is"),
        ('kind = "duty"\nper_kg = "1 USD"\nweight_step_g = 0', "weight_step_g"),
        ('kind = "duty"\nper_unit = "1 USD"\nof_duty = true', "need a rate"),
        ('kind = "tax"\nname = "VAT"\nrate = "100%"\ninside = true', "below 100%"),
        ('kind = "duty"\nrate = "1%"\nbuyers = ["people"]', "buyers"),
    ],
)
def test_a_row_that_makes_no_sense_is_refused(row: str, reason: str) -> None:
    with pytest.raises(RulebookError, match=reason):
        book(row, TAX_NONE)


def test_a_weight_below_zero_is_refused() -> None:
    line = GoodsLine("1", "610910", "CN", 1, Money(1, "USD"), weight_g=-1)
    with pytest.raises(ValueError, match="weight"):
        parcel(line)


def test_rates_are_told_as_tariffs_write_them() -> None:
    row = 'kind = "duty"\nrate = "9%"\nper_kg = "1.50 USD"\ncombine = "greater"'
    charge = ask(book(row, TAX_NONE)).charges[0]
    assert charge.rate_text == f"9 % min {Money(150, 'USD')}/kg"
    assert charge.rate == Decimal("0.09")
