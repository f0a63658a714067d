"""A buyer's bank takes a payment back: who is short of it, to the minor unit, and what comes back.

Haruka pays ¥2,740 for Ama's basket: ¥2,400 at the middle rate, 36 for the promise of the rate, 244
tax, 60 duty. Ama gets GHS 240.00 less 14.40 commission: GHS 225.60.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.money import Money, is_chargeable
from common.states import TransitionError
from payments.gateways.base import DisputeFacts, TransferFacts, TransferStatus
from payments.models import (
    Account,
    DisputeShare,
    Entry,
    HeldPayment,
    Payee,
    Payment,
    Payout,
    ProviderDispute,
    Refund,
    ReserveHold,
    Reversal,
)
from payments.rules.disputes import Totals, place_files, spread_loss
from payments.selectors import balance, check_books
from payments.services import (
    DisputedError,
    DisputeMismatchError,
    DisputeTooEarlyError,
    HeldFrozenError,
    HeldPlan,
    PayoutFacts,
    RefundFacts,
    apply_dispute_facts,
    apply_payment_facts,
    apply_payout_facts,
    apply_refund_facts,
    create_payee,
    release_held,
    request_refund,
    run_settlement,
    settle_payee,
    submit_refunds,
)
from payments.services.disputes import hear_of_refund
from payments.states import AccountKind, DisputeState, HeldState, TransferState
from tests.payments.test_hold_a_payment import all_balances, paid, pay_for, plan, quote
from tests.payments.test_hold_a_payment import facts as session_facts

CHARGEBACK = AccountKind.CHARGEBACK
HOLD = AccountKind.DISPUTE_HOLD
PAYABLE = AccountKind.SELLER_PAYABLE
OWED = AccountKind.SELLER_RECEIVABLE
RESERVE = AccountKind.RESERVE
CLEARING = AccountKind.PROVIDER_CLEARING
NEEDS, REVIEW = DisputeState.NEEDS_RESPONSE, DisputeState.UNDER_REVIEW
WON, LOST, INQUIRY = DisputeState.WON, DisputeState.LOST, DisputeState.INQUIRY


@pytest.fixture
def ama(db: None, now: datetime) -> Payee:
    return create_payee(name="Ama's baskets", country="GH", currency="GHS", now=now)


@pytest.fixture
def sale(ama: Payee, now: datetime) -> HeldPlan:
    return sold_by(ama, now)


def sold_by(ama: Payee, now: datetime) -> HeldPlan:
    price = quote("GHS", "JPY", "10", now)
    return plan(ama, price, seller=24000, commission=1440, mid=2400, spread=36, tax=244, duty=60)


def told(payment: Payment, status: DisputeState = NEEDS, **other: Any) -> DisputeFacts:
    facts = DisputeFacts(
        ref="dp_1",
        charge_ref=payment.charge_ref,
        payment_ref=str(payment.pk),
        status=status,
        reason="product_not_received",
        amount=payment.amount,
        currency=payment.currency,
        taken=payment.amount,
        returned=0,
        fee=0,
        fee_currency="",
        evidence_due_at=payment.created_at + timedelta(days=9),
        opened_at=payment.created_at,
    )
    return replace(facts, **other)


def tell(payment: Payment, now: datetime, status: DisputeState = NEEDS, **other: Any) -> None:
    assert apply_dispute_facts(facts=told(payment, status, **other), now=now) is not None
    assert check_books().problems == []


def refunded(order: HeldPlan, amount: int, now: datetime) -> Refund:
    return request_refund(
        order_ref=order.order_ref, amount=amount, reason="broken", key=f"r{amount}", now=now
    )


def answered(row: Refund, now: datetime) -> None:
    facts = RefundFacts(row.pk, TransferFacts(TransferStatus.PAID, "re_1"))
    apply_refund_facts(facts=facts, now=now)


def paid_out(now: datetime) -> Payout:
    [payout] = run_settlement(period="2026-11-24", now=now).payouts
    apply_payout_facts(
        facts=PayoutFacts(payout.pk, TransferFacts(TransferStatus.PAID, "po_1")), now=now
    )
    payout.refresh_from_db()
    return payout


def of_ama(kind: AccountKind, ama: Payee) -> int:
    return balance(kind=kind, currency="GHS", reference=str(ama.pk)).amount


# --- the worked examples of docs/ledger.md --------------------------------------------------------


def test_lost_before_release(sale: HeldPlan, now: datetime) -> None:
    """The money was still held, so the seller owes nobody anything: all of it is unwound."""
    payment = paid([sale], "JPY", now)
    tell(payment, now)
    dispute = ProviderDispute.objects.get()
    assert all_balances()["CHARGEBACK", "JPY"] == -2740
    assert ("PROVIDER_CLEARING", "JPY") not in all_balances()
    held = HeldPayment.objects.get()
    assert (held.frozen, held.frozen_by) == (True, [f"dispute:{dispute.pk}"])
    with pytest.raises(HeldFrozenError):
        release_held(order_ref=sale.order_ref, now=now)
    tell(payment, now, LOST)
    assert all_balances() == {}
    refund = Refund.objects.get()
    assert (refund.origin, refund.transfer, refund.amount) == ("CHARGEBACK", "DONE", 2740)
    assert (refund.seller_amount, refund.commission_amount) == (24000, 1440)
    held.refresh_from_db()
    assert (held.state, held.frozen) == (HeldState.REFUNDED, False)
    with pytest.raises(TransitionError):
        release_held(order_ref=sale.order_ref, now=now)
    assert submit_refunds(now=now) == 0  # the bank has given it; nothing is sent


def test_lost_after_the_payout(sale: HeldPlan, ama: Payee, now: datetime) -> None:
    """Ama has her GHS 225.60 and owes them; they are asked back from the payout."""
    payment = paid([sale], "JPY", now)
    release_held(order_ref=sale.order_ref, now=now)
    payout = paid_out(now)
    assert payout.amount == 22560
    tell(payment, now)
    assert DisputeShare.objects.get().blocked_amount == 0  # there was nothing to block
    tell(payment, now, LOST)
    assert of_ama(OWED, ama) == -22560
    assert balance(kind=AccountKind.COMMISSION, currency="GHS").amount == 0
    assert balance(kind=CHARGEBACK, currency="JPY").amount == 0
    reversal = Reversal.objects.get()
    assert (reversal.payout, reversal.amount) == (payout, 22560)
    assert reversal.transfer == TransferState.PENDING


def test_won(sale: HeldPlan, ama: Payee, now: datetime) -> None:
    """Released and not paid out: blocked while the bank decides, and not paid; then hers again."""
    payment = paid([sale], "JPY", now)
    release_held(order_ref=sale.order_ref, now=now)
    before = all_balances()
    tell(payment, now)
    tell(payment, now, REVIEW)
    assert (of_ama(PAYABLE, ama), balance(kind=HOLD, currency="GHS").amount) == (0, 22560)
    assert run_settlement(period="2026-11-24", now=now).payouts == []
    tell(payment, now, WON)  # decided, but the money is still on its way back
    assert balance(kind=CHARGEBACK, currency="JPY").amount == -2740
    assert of_ama(PAYABLE, ama) == 22560
    tell(payment, now, WON, returned=2740)
    assert all_balances() == before
    assert Refund.objects.count() == 0


def test_the_bank_keeps_a_part(sale: HeldPlan, ama: Payee, now: datetime) -> None:
    """¥914 of ¥2,740 are lost: 801 + 12 goods, 81 tax, 20 duty; GHS 80.10, of it 4.81 commission."""
    payment = paid([sale], "JPY", now)
    release_held(order_ref=sale.order_ref, now=now)
    tell(payment, now)
    tell(payment, now, LOST, returned=1826)
    refund = Refund.objects.get()
    amounts = (refund.mid_amount, refund.spread_amount, refund.tax_amount, refund.duty_amount)
    assert amounts == (801, 12, 81, 20)
    assert (refund.seller_amount, refund.commission_amount) == (8010, 481)
    assert of_ama(PAYABLE, ama) == 22560 - 7529
    assert balance(kind=HOLD, currency="GHS").amount == 0
    assert balance(kind=AccountKind.COMMISSION, currency="GHS").amount == 1440 - 481
    assert balance(kind=CLEARING, currency="JPY").amount == -2740 + 914
    assert HeldPayment.objects.get().state == HeldState.RELEASED


def test_a_refund_that_was_never_sent_is_settled_by_the_bank(sale: HeldPlan, now: datetime) -> None:
    """¥914 were promised and not sent when the bank took ¥2,740: the buyer has them now."""
    payment = paid([sale], "JPY", now)
    refund = refunded(sale, 914, now)
    tell(payment, now)
    assert submit_refunds(now=now) == 0  # it waits for the bank
    tell(payment, now, LOST)
    refund.refresh_from_db()
    assert (refund.transfer, refund.settled_by) == ("DONE", ProviderDispute.objects.get())
    assert Refund.objects.get(origin="CHARGEBACK").amount == 1826
    assert all_balances() == {}


def failed(row: Refund, now: datetime) -> None:
    facts = TransferFacts(TransferStatus.FAILED, "re_1", "account_closed")
    hear_of_refund(facts=RefundFacts(row.pk, facts), now=now)
    assert check_books().problems == []


def test_a_refund_that_failed_and_was_settled_does_not_fail_again(
    sale: HeldPlan, now: datetime
) -> None:
    """The provider's word is delivered again, after the bank has given the buyer that money."""
    payment = paid([sale], "JPY", now)
    refund = refunded(sale, 914, now)
    Refund.objects.update(transfer="SUBMITTED", attempts=1, provider_ref="re_1")
    failed(refund, now)
    tell(payment, now)
    tell(payment, now, LOST)
    failed(refund, now)
    refund.refresh_from_db()
    assert (refund.transfer, refund.settled_by) == ("DONE", ProviderDispute.objects.get())
    assert all_balances() == {}


def test_a_refund_on_its_way_fails_after_the_bank_took_it_too(
    sale: HeldPlan, now: datetime
) -> None:
    """It looked as if the buyer had ¥914 twice; it has them once, from its bank."""
    payment = paid([sale], "JPY", now)
    refund = refunded(sale, 914, now)
    Refund.objects.update(transfer="SUBMITTED", attempts=1, provider_ref="re_1")
    tell(payment, now)
    tell(payment, now, LOST)
    assert ProviderDispute.objects.get().platform_loss_amount == 914
    for _ in range(2):
        failed(refund, now)
    assert ProviderDispute.objects.get().platform_loss_amount == 0
    refund.refresh_from_db()
    assert (refund.transfer, refund.settled_by) == ("DONE", ProviderDispute.objects.get())
    assert all_balances() == {}
    tell(payment, now, WON, returned=2740)
    refund.refresh_from_db()
    assert (refund.transfer, refund.try_number) == ("PENDING", 2)


def test_what_the_buyer_got_twice_is_the_platforms_loss(sale: HeldPlan, now: datetime) -> None:
    """¥914 had been given back when the bank took ¥2,740: nobody else can be asked for them."""
    payment = paid([sale], "JPY", now)
    answered(refunded(sale, 914, now), now)
    tell(payment, now)
    tell(payment, now, LOST)
    assert Refund.objects.get(origin="CHARGEBACK").amount == 1826
    assert all_balances() == {("PROVIDER_CLEARING", "JPY"): 914, ("PLATFORM_LOSS", "JPY"): -914}
    assert ProviderDispute.objects.get().platform_loss_amount == 914


def test_a_reserve_of_a_tenth(sale: HeldPlan, ama: Payee, now: datetime) -> None:
    """GHS 22.56 of 225.60 are kept; a refund of ¥914 after the payout takes them, 52.73 are owed."""
    Payee.objects.filter(pk=ama.pk).update(
        reserve_bp=1000, reserve_days=30, reserve_until=now + timedelta(days=90)
    )
    paid([sale], "JPY", now)
    release_held(order_ref=sale.order_ref, now=now)
    assert (of_ama(PAYABLE, ama), of_ama(RESERVE, ama)) == (20304, 2256)
    assert paid_out(now).amount == 20304
    refund = refunded(sale, 914, now)
    assert refund.reserve_amount == 2256
    assert (of_ama(RESERVE, ama), of_ama(OWED, ama)) == (0, -5273)
    assert ReserveHold.objects.get().used_amount == 2256
    assert check_books().problems == []


# --- the fee, the rules -----------------------------------------------------------------------------


def test_the_provider_charges_for_it(sale: HeldPlan, ama: Payee, now: datetime) -> None:
    """EUR 15.00, which the platform bears: the seller was promised its price less a known fee."""
    payment = paid([sale], "JPY", now)
    for _ in range(2):
        tell(payment, now, fee=1500, fee_currency="EUR")
    assert balance(kind=AccountKind.PROVIDER_FEES, currency="EUR").amount == -1500
    assert balance(kind=CLEARING, currency="EUR").amount == 1500
    tell(payment, now, WON, returned=2740, fee=1500, fee_currency="EUR")
    release_held(order_ref=sale.order_ref, now=now)
    assert of_ama(PAYABLE, ama) == 22560


def test_an_inquiry_takes_nothing(sale: HeldPlan, ama: Payee, now: datetime) -> None:
    """It freezes what is held, and the buyer may still be refunded, which ends most of them."""
    payment = paid([sale], "JPY", now)
    before = all_balances()
    tell(payment, now, INQUIRY, taken=0)
    assert all_balances() == before
    with pytest.raises(HeldFrozenError):
        release_held(order_ref=sale.order_ref, now=now)
    refunded(sale, 914, now)
    tell(payment, now, WON, taken=0)
    release_held(order_ref=sale.order_ref, now=now)
    assert of_ama(PAYABLE, ama) == 22560 - 7529
    assert check_books().problems == []


def test_what_is_disputed_is_not_refunded_too(sale: HeldPlan, now: datetime) -> None:
    payment = paid([sale], "JPY", now)
    tell(payment, now)
    before = all_balances()
    with pytest.raises(DisputedError):
        refunded(sale, 914, now)
    assert (all_balances(), Refund.objects.count()) == (before, 0)
    tell(payment, now, WON, returned=2740)
    assert refunded(sale, 914, now).amount == 914


def test_a_refund_goes_out_when_the_dispute_is_won(sale: HeldPlan, now: datetime) -> None:
    payment = paid([sale], "JPY", now)
    refund = refunded(sale, 914, now)
    tell(payment, now)
    assert submit_refunds(now=now) == 0
    tell(payment, now, WON, returned=2740)
    assert (Refund.objects.get().transfer, refund.pk) == ("PENDING", Refund.objects.get().pk)
    due = Refund.objects.filter(transfer="PENDING")
    assert due.count() == 1


def test_the_bank_changes_its_mind_twice(sale: HeldPlan, ama: Payee, now: datetime) -> None:
    """Won, then lost, then won again: each by new entries, and the books follow."""
    payment = paid([sale], "JPY", now)
    release_held(order_ref=sale.order_ref, now=now)
    before = all_balances()
    tell(payment, now)
    tell(payment, now, WON, returned=2740)
    tell(payment, now, LOST, taken=5480, returned=2740)
    assert of_ama(PAYABLE, ama) == 0
    assert HeldPayment.objects.get().state == HeldState.REFUNDED
    tell(payment, now, WON, taken=5480, returned=5480)
    assert all_balances() == before
    assert of_ama(PAYABLE, ama) == 22560
    held = HeldPayment.objects.get()
    assert (held.state, held.refunded_amount) == (HeldState.RELEASED, 0)
    assert Entry.objects.filter(kind="CHARGEBACK_UNDONE").count() == 1


def test_won_after_lost_gives_the_debt_back(sale: HeldPlan, ama: Payee, now: datetime) -> None:
    payment = paid([sale], "JPY", now)
    release_held(order_ref=sale.order_ref, now=now)
    paid_out(now)
    tell(payment, now, LOST)
    assert of_ama(OWED, ama) == -22560
    tell(payment, now, WON, returned=2740)
    assert (of_ama(OWED, ama), of_ama(PAYABLE, ama)) == (0, 0)
    assert balance(kind=AccountKind.COMMISSION, currency="GHS").amount == 1440


def test_won_after_a_settled_refund_owes_it_again(sale: HeldPlan, now: datetime) -> None:
    payment = paid([sale], "JPY", now)
    refund = refunded(sale, 914, now)
    tell(payment, now, LOST)
    tell(payment, now, WON, returned=2740)
    refund.refresh_from_db()
    assert (refund.transfer, refund.settled_by, refund.try_number) == ("PENDING", None, 2)
    assert HeldPayment.objects.get().state == HeldState.HELD
    assert balance(kind=AccountKind.BUYER_REFUNDABLE, currency="JPY").amount == 914


def test_one_refund_is_settled_by_one_dispute_after_the_other(
    sale: HeldPlan, now: datetime
) -> None:
    """The first bank's decision is taken back; a second dispute then gives the buyer the same ¥914."""
    payment = paid([sale], "JPY", now)
    refund = refunded(sale, 914, now)
    for name in ("dp_1", "dp_2"):
        tell(payment, now, ref=name, amount=914, taken=914)
        tell(payment, now, LOST, ref=name, amount=914, taken=914)
        refund.refresh_from_db()
        assert refund.settled_by == ProviderDispute.objects.get(provider_ref=name)
        tell(payment, now, WON, ref=name, amount=914, taken=914, returned=914)
    refund.refresh_from_db()
    assert (refund.transfer, refund.settled_by, refund.try_number) == ("PENDING", None, 3)
    assert all_balances()["BUYER_REFUNDABLE", "JPY"] == 914


def test_money_that_comes_later_is_blocked_before_it_is_paid(
    sale: HeldPlan, ama: Payee, now: datetime
) -> None:
    """The dispute came after the payout; what the next sale brings is kept until it is decided."""
    payment = paid([sale], "JPY", now)
    release_held(order_ref=sale.order_ref, now=now)
    paid_out(now)
    tell(payment, now)
    other = sold_by(ama, now)
    paid_other = pay_for([other], "JPY", now)
    apply_payment_facts(facts=session_facts(paid_other, charge_ref="ch_2"), now=now)
    release_held(order_ref=other.order_ref, now=now)
    assert settle_payee(payee_id=ama.pk, period="2026-11-25", now=now) is None
    assert DisputeShare.objects.get().blocked_amount == 22560
    assert check_books().problems == []


def test_it_is_not_ours_or_not_yet(sale: HeldPlan, now: datetime) -> None:
    payment = pay_for([sale], "JPY", now)
    with pytest.raises(DisputeTooEarlyError):
        apply_dispute_facts(facts=told(payment), now=now)
    strange = told(payment, payment_ref=str(uuid.uuid4()), charge_ref="ch_x")
    assert apply_dispute_facts(facts=strange, now=now) is None
    with pytest.raises(DisputeMismatchError):
        apply_dispute_facts(facts=told(payment, currency="EUR"), now=now)
    assert (ProviderDispute.objects.count(), all_balances()) == (0, {})


def test_three_sellers_share_a_dispute(now: datetime, ama: Payee) -> None:
    """¥1,000 of a purchase of ¥5,480 from two sellers: by what is left of each."""
    linh = create_payee(name="Linh Lacquer", country="GH", currency="GHS", now=now)
    first, second = sold_by(ama, now), sold_by(linh, now)
    payment = paid([first, second], "JPY", now)
    refunded(first, 914, now)
    tell(payment, now, amount=1000, taken=1000)
    shares = {share.held.order_ref: share.amount for share in DisputeShare.objects.all()}
    assert shares == {first.order_ref: 400, second.order_ref: 600}


def test_what_is_left_after_a_part_was_lost_can_still_be_given_back(
    now: datetime, ama: Payee
) -> None:
    """Cards know no single fils: 1.000 of 3.570 dinars from two sellers, each still payable."""
    linh = create_payee(name="Linh Lacquer", country="GH", currency="GHS", now=now)
    sales = [
        plan(
            payee,
            quote("GHS", "KWD", "0.02", now),
            seller=6000,
            commission=0,
            mid=mid,
            spread=0,
            tax=tax,
        )
        for payee, mid, tax in ((ama, 1120, 110), (linh, 2130, 210))
    ]
    payment = paid(sales, "KWD", now)
    tell(payment, now, amount=1000, taken=1000)
    tell(payment, now, LOST, amount=1000, taken=1000)
    left = {
        one.order_ref: one.buyer_amount - one.refunded_amount for one in HeldPayment.objects.all()
    }
    assert left == {sales[0].order_ref: 890, sales[1].order_ref: 1680}
    assert all(is_chargeable(Money(amount, "KWD")) for amount in left.values())


# --- in any order -----------------------------------------------------------------------------------

WORLD = [
    {"status": NEEDS, "taken": 0},
    {"status": NEEDS, "taken": 2740},
    {"status": REVIEW, "taken": 2740},
]
ENDS: list[list[dict[str, Any]]] = [
    [{"status": WON, "taken": 2740}, {"status": WON, "taken": 2740, "returned": 2740}],
    [{"status": LOST, "taken": 2740}],
    [{"status": LOST, "taken": 2740}, {"status": LOST, "taken": 2740, "returned": 1826}],
    [{"status": INQUIRY, "taken": 0}, {"status": WON, "taken": 0}],
]


def per_account() -> dict[str, int]:
    """Every balance that is not zero, whatever the random ids of this world are."""
    sums: dict[str, int] = {}
    for account in Account.objects.all():
        total = sum(account.postings.values_list("amount", flat=True))
        if total:
            name = f"{account.kind} {account.currency}"
            sums[name] = sums.get(name, 0) + total
    return sums


def world(ama: Payee, now: datetime, stage: str) -> Payment:
    sale = sold_by(ama, now)
    payment = paid([sale], "JPY", now)
    if stage != "held":
        release_held(order_ref=sale.order_ref, now=now)
    if stage == "paid out":
        paid_out(now)
    return payment


def books_after(
    told_so: Sequence[dict[str, Any]], ama: Payee, now: datetime, stage: str
) -> tuple[dict[str, int], str, int]:
    with transaction.atomic():
        payment = world(ama, now, stage)
        for one in told_so:
            other = dict(one)
            facts = told(payment, other.pop("status"), fee=1500, fee_currency="EUR", **other)
            apply_dispute_facts(facts=facts, now=now)
        assert check_books().problems == []
        held = HeldPayment.objects.get(payment=payment)
        reserve = sum(ReserveHold.objects.values_list("used_amount", flat=True))
        found = (per_account(), f"{held.state} {held.refunded_amount} {held.frozen}", reserve)
        transaction.set_rollback(True)
    return found


@pytest.mark.parametrize("stage", ["held", "released", "paid out"])
@pytest.mark.parametrize("reserve", [0, 1000])
@given(data=st.data())
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_in_any_order_and_twice_the_books_are_the_same(
    data: st.DataObject, stage: str, reserve: int, ama: Payee, now: datetime
) -> None:
    Payee.objects.filter(pk=ama.pk).update(
        reserve_bp=reserve, reserve_days=30, reserve_until=now + timedelta(days=90)
    )
    end = data.draw(st.sampled_from(ENDS))
    life = ([] if end is ENDS[3] else WORLD) + end
    more = data.draw(st.lists(st.sampled_from(life), max_size=3))
    shuffled = data.draw(st.permutations([*life, *more]))
    assert books_after(shuffled, ama, now, stage) == books_after(life, ama, now, stage)


@given(
    st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), min_size=1, max_size=5),
    st.integers(0, 3000),
    st.sampled_from([1, 10, 100]),
)
def test_a_loss_is_spread_over_what_is_left(
    pairs: list[tuple[int, int]], loss: int, step: int
) -> None:
    shares, left = [a for a, _ in pairs], [b for _, b in pairs]
    parts, rest = spread_loss(loss, shares=shares, left=left, step=step)
    assert sum(parts) + rest == loss
    assert all(0 <= part <= room for part, room in zip(parts, left, strict=True))
    assert rest == max(0, loss - sum(left))
    many = [[amount * step for amount in amounts] for amounts in (shares, left)]
    parts, _ = spread_loss(loss * step, shares=many[0], left=many[1], step=step)
    assert not any(part % step for part in parts)


def test_what_is_known_only_grows() -> None:
    assert Totals(100, 0) | Totals(60, 60) == Totals(100, 60)
    assert Totals(0, 0) | Totals(0, 40) == Totals(40, 40)


def test_documents_find_a_place() -> None:
    files = [("receipt", "1"), ("receipt", "2"), ("other", "3"), ("receipt", "4")]
    assert place_files(files) == {
        "receipt": "4",
        "other": "3",
        "service_documentation": "2",
        "customer_communication": "1",
    }
