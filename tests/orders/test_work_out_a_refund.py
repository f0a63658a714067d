"""What goes back for which reason, line by line and exactly, whatever went back before."""

from __future__ import annotations

from dataclasses import astuple, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orders.rules.refund_items import (
    DELIVERY,
    Item,
    LineAmounts,
    after,
    items_of,
    spread_over_items,
)
from orders.rules.refund_reasons import RefundReason, policy_of
from orders.rules.refunds import RefundPlan, RefundRequest, RefundRequestError, plan_refund
from payments.rules.refunds import Parts, check_parts, split_refund

# Ama sends Haruka two baskets at ¥1,224 and a fan at ¥612, delivery ¥408, at ¥10 to the cedi with
# 2 % for the promise of the rate: GHS 240.00, 60.00 and 40.00; the fee is 6 % of the goods. Tax is
# 10 % of each line, duty ¥60 on the baskets; ¥30 is a fee of the whole parcel.
BASKETS, FAN = 1, 2
WHOLE = Parts(
    mid=3400, spread=68, tax=306, duty=60, fees=30, seller=34000, commission=1800, fee_tax=0
)
LINES = (
    LineAmounts(BASKETS, 2, goods=2448, seller=24000, commission=1440, tax=245, duty=60),
    LineAmounts(FAN, 1, goods=612, seller=6000, commission=360, tax=61),
)


def items() -> list[Item]:
    return items_of(lines=LINES, delivery_goods=408, delivery_seller=4000, whole=WHOLE)


def plan(
    country: str = "JP", step: int = 1, of: list[Item] | None = None, **wanted: Any
) -> RefundPlan:
    request = RefundRequest(**wanted)
    return plan_refund(of or items(), request, country=country, step=step)


def test_the_items_are_the_order() -> None:
    baskets, fan, delivery = items()
    # The parcel's fee is shared by price: 30 × 2448 / 3060 = 24 and 6.
    assert baskets.whole == Parts(2400, 48, 245, 60, 24, 24000, 1440)
    assert fan.whole == Parts(600, 12, 61, 0, 6, 6000, 360)
    assert delivery.whole == Parts(400, 8, 0, 0, 0, 4000, 0)


def test_one_of_two_baskets_was_not_as_described() -> None:
    found = plan(reason=RefundReason.NOT_AS_DESCRIBED, quantities={BASKETS: 1})
    # Half of price 2448, tax 245 (122, the half down), duty 60 and fees 24.
    assert found.parts == Parts(1200, 24, 122, 30, 12, 12000, 720)
    assert (found.amount, found.seller_net) == (1388, 11280)
    [share] = found.shares
    assert (share.key, share.quantity) == (BASKETS, 1)


def test_the_delivery_goes_back_with_the_last_of_the_goods() -> None:
    rest = after(items(), plan(reason=RefundReason.NOT_ARRIVED, quantities={BASKETS: 2}).shares)
    last = plan(of=rest, reason=RefundReason.NOT_ARRIVED, quantities={FAN: 1})
    assert [share.key for share in last.shares] == [FAN, DELIVERY]
    assert last.amount == 612 + 61 + 6 + 408
    assert sum((item.left for item in after(rest, last.shares)), Parts()) == Parts()


def test_a_part_of_the_delivery_goes_back_only_where_the_seller_says_so() -> None:
    # The fan is a fifth of the goods: ¥82 of ¥408, the nearest.
    found = plan(reason=RefundReason.NOT_AS_DESCRIBED, quantities={FAN: 1}, delivery=True)
    assert found.amount == 612 + 61 + 6 + 82
    alone = plan(reason=RefundReason.NOT_AS_DESCRIBED, delivery=True)
    assert alone.parts == Parts(mid=400, spread=8, seller=4000)


@pytest.mark.parametrize(
    ("country", "border", "amount"),
    [
        ("JP", False, 2448 + 612 + 306),  # no delivery, no duty
        ("FR", False, 2448 + 612 + 306 + 408),  # the law gives the outbound delivery
        ("GB", False, 2448 + 612 + 306 + 408),
        ("JP", True, 2448 + 612 + 306 + 60 + 30),  # the seller gives duty and border fees too
    ],
)
def test_who_changes_its_mind_gets_the_price_and_its_tax(
    country: str, border: bool, amount: int
) -> None:
    found = plan(
        country,
        reason=RefundReason.CHANGED_MIND,
        quantities={BASKETS: 2, FAN: 1},
        border=border,
    )
    assert found.amount == amount


def test_what_customs_has_can_still_be_given_afterwards() -> None:
    rest = after(
        items(), plan(reason=RefundReason.CHANGED_MIND, quantities={BASKETS: 2, FAN: 1}).shares
    )
    later = plan(of=rest, reason=RefundReason.CHANGED_MIND, border=True)
    assert later.parts == Parts(duty=60, fees=30)


def test_goodwill_is_taken_from_the_goods_alone() -> None:
    found = plan(reason=RefundReason.GOODWILL, amount=1000)
    # By price: 800 and 200.
    assert [share.parts.goods for share in found.shares] == [800, 200]
    assert (found.parts.tax, found.parts.duty, found.parts.fees) == (0, 0, 0)
    # 800 of 2448 is GHS 78.43 of 240.00; 200 of 612 is 19.61 of 60.00.
    assert found.parts.seller == 7843 + 1961
    with pytest.raises(RefundRequestError, match="TOO_MUCH"):
        plan(reason=RefundReason.GOODWILL, amount=3061)


def test_a_cancellation_is_everything() -> None:
    found = plan(reason=RefundReason.CANCELLED, everything=True)
    assert found.parts == WHOLE
    assert [share.quantity for share in found.shares] == [2, 1, 1]


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("NOTHING", {"reason": RefundReason.NOT_ARRIVED, "quantities": {BASKETS: 0}}),
        ("TOO_MUCH", {"reason": RefundReason.NOT_ARRIVED, "quantities": {BASKETS: 3}}),
        ("TOO_MUCH", {"reason": RefundReason.NOT_ARRIVED, "quantities": {BASKETS: -1}}),
        ("TOO_MUCH", {"reason": RefundReason.NOT_ARRIVED, "amounts": {FAN: 613}}),
        ("TOO_MUCH", {"reason": RefundReason.AGREED, "amount": 3933}),
        ("NOT_FOR_REASON", {"reason": RefundReason.CHANGED_MIND, "amount": 10}),
        ("NOT_FOR_REASON", {"reason": RefundReason.GOODWILL, "quantities": {FAN: 1}}),
    ],
)
def test_what_cant_be_given_is_refused(code: str, wanted: dict[str, Any]) -> None:
    with pytest.raises(RefundRequestError, match=code):
        plan(**wanted)


def test_fatima_is_paid_back_in_steps_of_ten_fils() -> None:
    # KWD 3.330 for three, 0.170 tax: one is 1.110 and 0.0567, of which 0.060 can be paid back.
    whole = Parts(mid=3260, spread=70, tax=170, seller=12750, commission=765)
    cups = [LineAmounts(1, 3, goods=3330, seller=12750, commission=765, tax=170)]
    left = items_of(lines=cups, delivery_goods=0, delivery_seller=0, whole=whole)
    amounts = []
    for _ in range(3):
        found = plan(of=left, step=10, reason=RefundReason.NOT_AS_DESCRIBED, quantities={1: 1})
        amounts.append(found.amount)
        left = after(left, found.shares)
    assert amounts == [1110 + 60, 1110 + 50, 1110 + 60]
    with pytest.raises(RefundRequestError, match="STEP"):
        plan(of=items(), step=10, reason=RefundReason.AGREED, amount=1005)


def test_no_country_outside_the_union_and_britain_has_a_right_known_to_us() -> None:
    assert policy_of(RefundReason.CHANGED_MIND, "IT").delivery
    assert not policy_of(RefundReason.CHANGED_MIND, "US").delivery


# --- whatever happens ----------------------------------------------------------------------------

small = st.integers(0, 30_000)


@st.composite
def orders(draw: st.DrawFn) -> tuple[list[Item], Parts, int]:
    step, is_converted = draw(st.sampled_from([1, 10, 100])), draw(st.booleans())
    lines = []
    for key in range(1, draw(st.integers(1, 4)) + 1):
        quantity, seller = draw(st.integers(1, 5)), draw(small)
        commission = draw(st.integers(0, seller))
        lines.append(
            LineAmounts(
                key,
                quantity,
                goods=draw(st.integers(0, 300)) * step * quantity,
                seller=seller,
                commission=commission,
                fee_tax=draw(st.integers(0, seller - commission)),
                tax=draw(st.integers(0, 50)) * step,
                duty=draw(st.integers(0, 50)) * step,
            )
        )
    delivery, delivery_seller = draw(st.integers(0, 99)) * step, draw(small)
    goods = sum(line.goods for line in lines) + delivery
    mid = draw(st.integers(goods * 9 // 10, goods))
    if is_converted:
        seller = sum(line.seller for line in lines) + delivery_seller
    else:
        lines = [replace(line, seller=line.goods, commission=0, fee_tax=0) for line in lines]
        mid = seller = goods
        delivery_seller = delivery
    whole = Parts(
        mid=mid,
        spread=goods - mid,
        tax=sum(line.tax for line in lines) + draw(st.integers(0, 9)) * step,
        duty=sum(line.duty for line in lines),
        fees=draw(st.integers(0, 9)) * step,
        seller=seller,
        commission=sum(line.commission for line in lines),
        fee_tax=sum(line.fee_tax for line in lines),
    )
    found = items_of(
        lines=lines, delivery_goods=delivery, delivery_seller=delivery_seller, whole=whole
    )
    return found, whole, step


@st.composite
def requests(draw: st.DrawFn, left: list[Item], step: int) -> RefundRequest:
    reason = draw(st.sampled_from(list(RefundReason)))
    if draw(st.booleans()):
        return RefundRequest(reason, amount=draw(st.integers(0, 5000)) * step)
    quantities, amounts = {}, {}
    for item in left:
        if item.is_delivery:
            continue
        if draw(st.booleans()):
            quantities[item.key] = draw(st.integers(0, item.quantity))
        elif draw(st.booleans()):
            amounts[item.key] = draw(st.integers(0, max(item.left.goods, 0)))
    return RefundRequest(
        reason,
        quantities=quantities,
        amounts=amounts,
        delivery=draw(st.booleans()),
        border=draw(st.booleans()),
        everything=draw(st.integers(0, 9)) == 0,
    )


@pytest.mark.parametrize(
    "wish",
    [
        RefundRequest(RefundReason.CANCELLED, delivery=True, quantities={DELIVERY: 1}),
        RefundRequest(RefundReason.CANCELLED, delivery=True, amounts={DELIVERY: 1}),
    ],
)
def test_delivery_has_no_units_to_name(wish: RefundRequest) -> None:
    """It was counted twice: as a unit asked for, and as what was left with the last of it."""
    whole = Parts(mid=20, seller=20)
    items = [Item(key=key, quantity=1, whole=whole) for key in (DELIVERY, 1)]
    with pytest.raises(RefundRequestError) as refused:
        plan_refund(items, wish, country="FR")
    assert (refused.value.code, refused.value.key) == ("TOO_MUCH", DELIVERY)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_many_refunds_of_any_kind_make_the_whole_exactly(data: st.DataObject) -> None:
    left, whole, step = data.draw(orders())
    done = Parts()
    for _ in range(data.draw(st.integers(0, 8))):
        if data.draw(st.integers(0, 3)) == 0:  # one that names no lines, as a lost dispute
            most = (whole - done).total // step
            amount = data.draw(st.integers(0, most)) * step
            if not amount:
                continue
            parts = split_refund(whole=whole, refunded=done, amount=amount)
            shares = spread_over_items(left, parts)
        else:
            try:
                request = data.draw(requests(left, step))
                found = plan_refund(left, request, country="FR", step=step)
            except RefundRequestError:
                continue
            shares, parts = found.shares, found.parts
            assert parts.total % step == 0
        assert sum((share.parts for share in shares), Parts()) == parts
        assert check_parts(left=whole - done, parts=parts) == ""
        if all(item.whole.mid == item.whole.seller for item in left):
            assert parts.mid == parts.seller
        done += parts
        left = after(left, shares)
        check(left)
        check_order(whole - done)
    if (whole - done).total:
        last = plan_refund(
            left, RefundRequest(RefundReason.CANCELLED, everything=True), country="JP", step=step
        )
        done += last.parts
        assert done == whole
        assert all(item.left == Parts() for item in after(left, last.shares))


def check(left: list[Item]) -> None:
    for item in left:
        rest = item.left
        assert rest.goods >= 0
        assert min(astuple(rest)[:1] + astuple(rest)[2:]) >= 0
        assert rest.commission + rest.fee_tax <= rest.seller
        assert 0 <= item.quantity_left <= item.quantity


def check_order(rest: Parts) -> None:
    """What is left can be released: the fee and the tax on it fit into the price."""
    assert rest.commission + rest.fee_tax <= rest.seller
