"""A payee's account explains every line, and the lines of a payout are its sum."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from common.money import Money
from payments.gateways.base import TransferFacts, TransferStatus
from payments.models import Payee, Payout
from payments.selectors import payee_statement, payout_detail
from payments.selectors.totals import quarters_of_all, yearly_totals
from payments.services import (
    HeldPlan,
    PayoutFacts,
    apply_dispute_facts,
    apply_payout_facts,
    create_payee,
    release_held,
    request_refund,
    settle_payee,
)
from payments.states import DisputeState, EntryKind
from tests.payments.test_hold_a_payment import paid, plan, quote
from tests.payments.test_lose_to_a_bank import told

pytestmark = pytest.mark.django_db
YEAR = datetime.now(UTC).year


def cedis(amount: int) -> Money:
    return Money(amount, "GHS")


@pytest.fixture
def ama(now: datetime) -> Payee:
    return create_payee(name="Ama's baskets", country="GH", currency="GHS", now=now)


@pytest.fixture
def sale(ama: Payee, now: datetime) -> HeldPlan:
    """GHS 240.00 less a fee of 14.40, paid by a buyer in Osaka."""
    one = plan(
        ama, quote("GHS", "JPY", "10", now), seller=24000, commission=1440, mid=2400, spread=36
    )
    paid([one], "JPY", now)
    return one


def test_held_money_is_shown_with_its_fee(ama: Payee, sale: HeldPlan) -> None:
    statement = payee_statement(payee_id=ama.pk)
    [line] = statement.held_lines
    assert (line.gross, line.fee, line.net) == (cedis(24000), cedis(1440), cedis(22560))
    assert (line.order_ref, line.frozen) == (sale.order_ref, False)
    assert (statement.held, statement.payable) == (cedis(22560), cedis(0))
    assert statement.lines == []


def test_what_is_not_paid_yet_is_nobodys(ama: Payee) -> None:
    statement = payee_statement(payee_id=ama.pk)
    assert (statement.held_lines, statement.lines, statement.payouts) == ([], [], [])


def test_a_sale_a_payout_and_a_refund_after_it(ama: Payee, sale: HeldPlan, now: datetime) -> None:
    release_held(order_ref=sale.order_ref, now=now)
    payout = settle_payee(payee_id=ama.pk, period="1", now=now)
    assert payout is not None
    statement = payee_statement(payee_id=ama.pk)
    assert (statement.held, statement.payable) == (cedis(0), cedis(0))
    assert statement.in_transit == cedis(22560)
    [line] = statement.lines
    assert (line.kind, line.order_ref) == (EntryKind.RELEASE, sale.order_ref)
    assert (line.gross, line.fee, line.owed, line.net) == (
        cedis(24000),
        cedis(1440),
        cedis(0),
        cedis(22560),
    )
    assert (line.payout_number, str(line.name)) == (payout.number, "Sale")
    apply_payout_facts(
        facts=PayoutFacts(payout.pk, TransferFacts(TransferStatus.PAID, "po")), now=now
    )
    request_refund(order_ref=sale.order_ref, amount=2436, reason="Return", key="r", now=now)
    after = payee_statement(payee_id=ama.pk)
    assert (after.in_transit, after.owed) == (cedis(0), cedis(22560))
    refund, _sale = after.lines
    assert (refund.gross, refund.fee, refund.owed, refund.net) == (
        cedis(-24000),
        cedis(-1440),
        cedis(-22560),
        cedis(0),
    )
    assert (refund.order_ref, refund.payout_number) == (sale.order_ref, "")


def test_a_debt_is_taken_from_the_next_sale(ama: Payee, sale: HeldPlan, now: datetime) -> None:
    release_held(order_ref=sale.order_ref, now=now)
    settle_payee(payee_id=ama.pk, period="1", now=now)
    request_refund(order_ref=sale.order_ref, amount=2436, reason="Return", key="r", now=now)
    other = plan(
        ama, quote("GHS", "JPY", "10", now), seller=50000, commission=3000, mid=5000, spread=75
    )
    paid([other], "JPY", now)
    release_held(order_ref=other.order_ref, now=now)
    payout = settle_payee(payee_id=ama.pk, period="2", now=now)
    assert payout is not None
    assert payout.amount == 47000 - 22560
    lines = payout_detail(payout_id=payout.pk, payee_id=ama.pk).lines
    assert [(line.kind, line.net) for line in lines] == [
        (EntryKind.RELEASE, cedis(47000)),
        (EntryKind.NETTING, cedis(-22560)),
    ]
    statement = payee_statement(payee_id=ama.pk)
    assert [line.kind for line in statement.lines] == [
        EntryKind.NETTING,
        EntryKind.RELEASE,
        EntryKind.REFUND,
        EntryKind.RELEASE,
    ]
    assert statement.owed == cedis(0)


def test_a_refund_that_the_balance_covers_in_part(
    ama: Payee, sale: HeldPlan, now: datetime
) -> None:
    release_held(order_ref=sale.order_ref, now=now)
    settle_payee(payee_id=ama.pk, period="1", now=now)
    other = plan(
        ama, quote("GHS", "JPY", "10", now), seller=10000, commission=600, mid=1000, spread=15
    )
    paid([other], "JPY", now)
    release_held(order_ref=other.order_ref, now=now)
    request_refund(order_ref=sale.order_ref, amount=2436, reason="Return", key="r", now=now)
    refund, second_sale, _first_sale = payee_statement(payee_id=ama.pk).lines
    assert second_sale.net == cedis(9400)
    assert (refund.gross, refund.fee, refund.owed, refund.net) == (
        cedis(-24000),
        cedis(-1440),
        cedis(-13160),
        cedis(-9400),
    )
    assert refund.gross - refund.fee - refund.owed == refund.net
    assert refund.memo == "Return"


def sums(ama: Payee) -> tuple[int, ...]:
    """The year's gross, refunded, fee, blocked, owed and net, after looking at every line."""
    for line in payee_statement(payee_id=ama.pk).lines:
        assert line.gross - line.refunded - line.fee - line.blocked - line.owed == line.net
        assert str(line.name) != line.kind.value
    total = yearly_totals(payee_id=ama.pk, year=YEAR).total
    kept = (total.gross, total.refunded, total.fee, total.blocked, total.owed, total.net)
    assert kept[0] - kept[1] - kept[2] - kept[3] - kept[4] == kept[5]
    return tuple(money.amount for money in kept)


def reported(ama: Payee) -> tuple[int, int, int]:
    """What a platform reports of the year: consideration, fees, sales."""
    rows = [row for row in quarters_of_all(year=YEAR) if row.payee_id == ama.pk]
    return (
        sum(row.consideration.amount for row in rows),
        sum(row.fees.amount for row in rows),
        sum(row.activities for row in rows),
    )


def test_a_year_with_everything_that_may_happen_to_a_sale(
    ama: Payee, sale: HeldPlan, now: datetime
) -> None:
    """Payouts, debts and blocked money come and go; what was earned is the sales less what went back."""
    release_held(order_ref=sale.order_ref, now=now)
    first = settle_payee(payee_id=ama.pk, period="1", now=now)
    request_refund(order_ref=sale.order_ref, amount=2436, reason="Return", key="r", now=now)
    assert sums(ama) == (24000, 24000, 0, 0, -22560, 22560)
    assert reported(ama) == (0, 0, 1)
    other = plan(
        ama, quote("GHS", "JPY", "10", now), seller=50000, commission=3000, mid=5000, spread=75
    )
    payment = paid([other], "JPY", now)
    release_held(order_ref=other.order_ref, now=now)
    second = settle_payee(payee_id=ama.pk, period="2", now=now)
    assert first is not None
    assert second is not None
    earned = (74000, 24000, 3000, 0, 0, 47000)
    assert sums(ama) == earned  # the debt is settled, and is no smaller sale
    back = TransferFacts(TransferStatus.FAILED, "po_2", "returned")
    apply_payout_facts(facts=PayoutFacts(second.pk, back), now=now)
    assert sums(ama) == earned  # what came back had been earned before
    assert reported(ama) == (47000, 3000, 2)
    apply_dispute_facts(facts=told(payment), now=now)
    assert sums(ama) == (74000, 24000, 3000, 24440, 0, 47000 - 24440)
    assert reported(ama) == (47000, 3000, 2)  # blocked is not lost
    apply_dispute_facts(facts=told(payment, DisputeState.LOST), now=now)
    assert sums(ama) == (74000, 74000, 0, 0, -22560, 22560)
    assert reported(ama) == (0, 0, 2)
    won = told(payment, DisputeState.WON, returned=payment.amount)
    apply_dispute_facts(facts=won, now=now)
    assert sums(ama) == earned
    assert reported(ama) == (47000, 3000, 2)


def test_the_lines_of_a_payout_add_up_and_are_nobody_elses(
    ama: Payee, sale: HeldPlan, now: datetime
) -> None:
    release_held(order_ref=sale.order_ref, now=now)
    request_refund(order_ref=sale.order_ref, amount=100, reason="Scratch", key="r", now=now)
    payout = settle_payee(payee_id=ama.pk, period="1", now=now)
    assert payout is not None
    detail = payout_detail(payout_id=payout.pk, payee_id=ama.pk)
    assert [line.kind for line in detail.lines] == [EntryKind.RELEASE, EntryKind.REFUND]
    assert Money.sum((line.net for line in detail.lines), "GHS") == detail.amount
    stranger = create_payee(name="Kofi", country="GH", currency="GHS", now=now)
    with pytest.raises(Payout.DoesNotExist):
        payout_detail(payout_id=payout.pk, payee_id=stranger.pk)


def test_a_statement_takes_the_same_queries_however_long(
    ama: Payee, now: datetime, django_assert_num_queries: Callable[..., Any]
) -> None:
    price = quote("GHS", "JPY", "10", now)
    for count in (1, 6):
        for _ in range(count):
            one = plan(ama, price, seller=24000, commission=1440, mid=2400, spread=36)
            paid([one], "JPY", now)
            release_held(order_ref=one.order_ref, now=now)
        settle_payee(payee_id=ama.pk, period=str(count), now=now)
        with django_assert_num_queries(7):
            assert payee_statement(payee_id=ama.pk).lines
