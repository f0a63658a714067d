"""What holds for every parcel, whatever is in it and wherever it goes."""

from __future__ import annotations

import datetime
from dataclasses import replace
from decimal import Decimal
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from common.money import Money
from trade.rules import (
    Buyer,
    Carriage,
    Certainty,
    Channel,
    ChargeKind,
    Collector,
    Consignment,
    GoodsLine,
    LandedCost,
    Purpose,
    Terms,
    landed_cost,
    landed_cost_range,
)
from trade.selectors import shipped_rulebook

BOOK = shipped_rulebook()
DESTINATIONS = [*BOOK.destinations, "PE", "KW"]
CODES = ["", "610910", "620442", "691200", "420231", "090121", "490199", "220421", "950300", "44"]


def one_for_one(_one: str, _two: str) -> Decimal | None:
    return Decimal("7.5")


def line_of(currency: str) -> st.SearchStrategy[GoodsLine]:
    return st.builds(
        GoodsLine,
        key=st.uuids().map(str),
        hs_code=st.sampled_from(CODES),
        origin=st.sampled_from(["", "CN", "VN", "GH", "IT", "US", "JP"]),
        quantity=st.integers(1, 20),
        value=st.integers(0, 5_000_000).map(lambda amount: Money(amount, currency)),
        weight_g=st.one_of(st.none(), st.integers(0, 30_000)),
        preference=st.booleans(),
        description=st.sampled_from(["", "thing"]),
    )


@st.composite
def parcels(draw: st.DrawFn) -> Consignment:
    destination = draw(st.sampled_from(DESTINATIONS))
    currency = BOOK.currency(destination) or "USD"
    return Consignment(
        destination=destination,
        dispatched_from=draw(st.sampled_from(["", "CN", "VN", "IT", "US", "GH", destination])),
        date=draw(st.dates(datetime.date(2024, 1, 1), datetime.date(2027, 12, 31))),
        channel=draw(st.sampled_from(Channel)),
        lines=tuple(draw(st.lists(line_of(currency), min_size=1, max_size=4))),
        delivery=Money(draw(st.integers(0, 200_000)), currency),
        region=draw(st.sampled_from(["", "ON", "BC", "NI"])),
        seller_registered=draw(st.booleans()),
        scheme=draw(st.booleans()),
        terms=draw(st.sampled_from(Terms)),
        carriage=draw(st.sampled_from(Carriage)),
        prices_include_tax=draw(st.booleans()),
        buyer=draw(st.sampled_from(Buyer)),
        purpose=draw(st.sampled_from([Purpose.SALE, Purpose.SALE, *Purpose])),
    )


def ask(parcel: Consignment) -> LandedCost:
    return landed_cost(parcel, BOOK, rates=one_for_one)


@settings(max_examples=200, deadline=None)
@given(parcels())
def test_the_answer_adds_up_and_explains_itself(parcel: Consignment) -> None:
    answer = ask(parcel)
    keys = {line.key for line in parcel.lines}
    assert all(charge.amount.amount >= 0 for charge in answer.charges)
    assert sum(answer.total(kind).amount for kind in ChargeKind) == answer.total().amount
    assert answer.goods == Money.sum((line.value for line in parcel.lines), answer.currency)
    added = sum(charge.amount.amount for charge in answer.charges if not charge.included)
    assert answer.to_the_door.amount == answer.goods.amount + answer.delivery.amount + added
    for charge in answer.charges:
        assert charge.row_id in answer.row_ids
        assert charge.row_id == "stated-by-declarant" or BOOK.row(charge.row_id) is not None
        assert charge.line_key is None or charge.line_key in keys
        assert (charge.collected_by is Collector.NOBODY) == (charge.amount.amount == 0)
    if answer.certainty is Certainty.GUARANTEED:
        assert not answer.unknowns
    assert len(answer.charges) > 0 or answer.unknowns or "Within" in answer.regime


@settings(max_examples=100, deadline=None)
@given(parcels())
def test_what_is_unknown_is_said_and_not_prepaid(parcel: Consignment) -> None:
    answer = ask(parcel)
    missing = [u for u in answer.unknowns if u.certainty is Certainty.UNKNOWN]
    assert bool(missing) == (answer.certainty is Certainty.UNKNOWN)
    if any(u.kind is ChargeKind.DUTY for u in missing):
        duties = [c for c in answer.charges if c.kind is ChargeKind.DUTY]
        assert all(c.collected_by is not Collector.PLATFORM for c in duties)


@settings(max_examples=60, deadline=None)
@given(parcels())
def test_the_same_question_has_the_same_answer(parcel: Consignment) -> None:
    assert ask(parcel) == ask(parcel)


@settings(max_examples=100, deadline=None)
@given(parcels(), st.integers(1, 500_000))
def test_dearer_delivery_never_lowers_the_tax(parcel: Consignment, more: int) -> None:
    plain = replace(parcel, prices_include_tax=False, destination="GB", region="")
    currency = plain.delivery.currency
    dearer = replace(plain, delivery=plain.delivery + Money(more, currency))
    assert ask(dearer).total(ChargeKind.TAX) >= ask(plain).total(ChargeKind.TAX)


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(["GB", "NO", "AU", "NZ", "SG", "DE", "US"]),
    st.lists(st.integers(0, 100_000), min_size=1, max_size=3),
    st.integers(0, 100_000),
    st.sampled_from(["2026-05-01", "2026-08-03"]),
)
def test_another_line_never_lowers_duty_or_tax(
    destination: str, values: list[int], added: int, on: str
) -> None:
    """Where every line's rules are known; Japan's floors and Swiss waivers are left out."""
    currency = BOOK.currency(destination) or "USD"

    def answer(amounts: list[int]) -> LandedCost:
        lines = tuple(
            GoodsLine(str(i), "610910", "VN", 1, Money(amount, currency))
            for i, amount in enumerate(amounts)
        )
        day = datetime.date.fromisoformat(on)
        return ask(
            Consignment(destination, "VN", day, Channel.COURIER, lines, Money(500, currency))
        )

    less, more = answer(values), answer([*values, added])
    # Above a limit a flat duty or a sale's tax gives way to another rule.
    changes_rule = destination in {"AU", "NZ", "DE"} and less.row_ids != more.row_ids
    if changes_rule:
        return
    for kind in (ChargeKind.DUTY, ChargeKind.TAX):
        assert more.total(kind) >= less.total(kind)


@settings(max_examples=150, deadline=None)
@given(parcels(), st.data())
def test_dearer_goods_never_owe_less_by_the_same_rows(
    parcel: Consignment, data: st.DataObject
) -> None:
    """Where a limit is passed other rows decide; within one band the law is monotone."""
    # Delivery is shared by value: a dearer line would draw it away from the others.
    nothing = Money(0, parcel.delivery.currency)
    plain = replace(parcel, prices_include_tax=False, delivery=nothing)
    index = data.draw(st.integers(0, len(plain.lines) - 1))
    more = Money(data.draw(st.integers(1, 100_000)), plain.delivery.currency)
    lines = [*plain.lines]
    lines[index] = replace(lines[index], value=lines[index].value + more)
    less, dearer = ask(plain), ask(replace(plain, lines=tuple(lines)))
    if less.row_ids != dearer.row_ids or less.unknowns != dearer.unknowns:
        return
    # Shares of a flat amount may move between lines: a cent a line.
    slack = len(lines)
    for kind in (ChargeKind.DUTY, ChargeKind.TAX):
        if not any(charge.included for charge in dearer.charges):
            assert dearer.total(kind).amount + slack >= less.total(kind).amount


@settings(max_examples=100, deadline=None)
@given(parcels())
def test_who_pays_at_the_border_does_not_change_what_is_due_there(parcel: Consignment) -> None:
    """But for a scheme's tax, whose base has the duty in it only when the seller charges it."""
    plain = replace(parcel, prices_include_tax=False, scheme=False, seller_registered=False)
    ddp, dap = (ask(replace(plain, terms=terms)) for terms in (Terms.DDP, Terms.DAP))
    for kind in (ChargeKind.DUTY, ChargeKind.TAX):
        assert ddp.total(kind) == dap.total(kind)
        assert ddp.is_unknown(kind) == dap.is_unknown(kind)


@settings(max_examples=100, deadline=None)
@given(parcels(), st.sampled_from(["", "2", "61", "6109", "42", "44", "9503"]))
def test_a_range_is_in_order(parcel: Consignment, code: str) -> None:
    lines = (replace(parcel.lines[0], hs_code=code), *parcel.lines[1:])
    found = landed_cost_range(replace(parcel, lines=lines), BOOK, rates=one_for_one)
    answers = (found.low, found.typical, found.high)
    if found.is_wide:
        assert found.low.total() <= found.typical.total() <= found.high.total()
        assert found.typical.certainty is not Certainty.GUARANTEED
    assert all(answer.goods == found.low.goods for answer in answers)


@settings(max_examples=100, deadline=None)
@given(parcels(), st.randoms(use_true_random=False))
def test_the_order_of_lines_does_not_matter(parcel: Consignment, dice: Random) -> None:
    """But for which line bears a cent that can't be halved, and so for its own base by a cent."""
    plain = replace(parcel, prices_include_tax=False, delivery=Money(0, parcel.delivery.currency))
    lines = [*plain.lines]
    dice.shuffle(lines)
    one, other = ask(plain), ask(replace(plain, lines=tuple(lines)))
    assert one.certainty is other.certainty
    for kind in ChargeKind:
        assert abs(one.total(kind).amount - other.total(kind).amount) <= len(lines)
