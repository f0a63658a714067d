"""What payees are owed becomes payouts whose lines explain them, once a period."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, transaction

from common.currencies import CURRENCIES
from common.money import Money
from payments.gateways.base import TransferFacts, TransferStatus
from payments.models import Account, Entry, Payee, Payout, PayoutLine, Posting
from payments.rules.payouts import payout_floor, payout_step
from payments.selectors import balance, check_books
from payments.selectors.payability import Outlook, overdue_money, payout_outlook
from payments.services import (
    Leg,
    PayoutFacts,
    apply_payout_facts,
    create_payee,
    hold_payouts,
    post_entry,
    resume_payouts,
    run_settlement,
    settle_payee,
    settlement,
    update_payee,
)
from payments.states import (
    AccountKind,
    EntryKind,
    PayoutHindrance,
    PayoutSchedule,
    TransferState,
)
from payments.tasks import call_out_overdue_money
from tests.payments.test_post_an_entry import in_threads

PAYABLE = AccountKind.SELLER_PAYABLE
TRANSIT = AccountKind.PAYOUT_IN_TRANSIT
OWED_BY_SELLER = AccountKind.SELLER_RECEIVABLE
MONDAY, TUESDAY = "2026-11-23", "2026-11-24"


def earn(payee: Payee, amount: int) -> Entry:
    """A released order, seen from the payee's account."""
    money = Money(amount, payee.currency)
    return post_entry(
        key=f"release:{uuid.uuid4()}",
        kind=EntryKind.RELEASE,
        reference=str(uuid.uuid4()),
        legs=[
            Leg(AccountKind.FX_GAIN_LOSS, -money),
            Leg(PAYABLE, money, str(payee.pk)),
        ],
    )


def owe(payee: Payee, amount: int) -> None:
    """A refund after the payout."""
    money = Money(amount, payee.currency)
    post_entry(
        key=f"refund:{uuid.uuid4()}",
        kind=EntryKind.REFUND,
        legs=[Leg(AccountKind.FX_GAIN_LOSS, money), Leg(OWED_BY_SELLER, -money, str(payee.pk))],
    )


def payable(payee: Payee) -> int:
    return balance(kind=PAYABLE, currency=payee.currency, reference=str(payee.pk)).amount


def lines(payout: Payout) -> list[int]:
    return list(payout.lines.order_by("posting_id").values_list("posting__amount", flat=True))


def answer(payout: Payout, status: TransferStatus, now: datetime) -> bool:
    facts = PayoutFacts(payout.pk, TransferFacts(status, "po_1", "account_closed"))
    newly = apply_payout_facts(facts=facts, now=now).newly
    payout.refresh_from_db()
    return newly


@pytest.fixture
def ama(db: None, now: datetime) -> Payee:
    return create_payee(name="Ama's baskets", country="GH", currency="GHS", now=now)


@pytest.fixture
def bence(db: None, now: datetime) -> Payee:
    return create_payee(name="Bence Bor", country="HU", currency="HUF", now=now)


def test_the_lines_of_a_payout_are_its_amount(ama: Payee, now: datetime) -> None:
    for amount in (22560, 1, 999):
        earn(ama, amount)
    report = run_settlement(period=MONDAY, now=now)
    [payout] = report.payouts
    assert (payout.amount, payout.currency, payout.period) == (23560, "GHS", MONDAY)
    assert lines(payout) == [22560, 1, 999]
    assert payable(ama) == 0
    assert balance(kind=TRANSIT, currency="GHS", reference=str(payout.pk)).amount == 23560
    assert check_books().problems == []


def test_once_a_period(ama: Payee, now: datetime) -> None:
    earn(ama, 100)
    assert settle_payee(payee_id=ama.pk, period=MONDAY, now=now) is not None
    earn(ama, 200)
    assert settle_payee(payee_id=ama.pk, period=MONDAY, now=now) is None
    assert run_settlement(period=MONDAY, now=now).payouts == []
    payout = settle_payee(payee_id=ama.pk, period=TUESDAY, now=now)
    assert payout is not None
    assert lines(payout) == [200]
    assert settle_payee(payee_id=ama.pk, period="2026-11-25", now=now) is None


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_pay_once(now: datetime) -> None:
    payees = [
        create_payee(name=f"Payee {number}", country="GH", currency="GHS", now=now)
        for number in range(3)
    ]
    for payee in payees:
        earn(payee, 500)
    in_threads(6, lambda _: run_settlement(period=MONDAY, now=now))
    assert sorted(Payout.objects.values_list("amount", flat=True)) == [500, 500, 500]
    assert check_books().problems == []


def test_forints_are_paid_in_whole_ones_and_the_rest_is_carried(
    bence: Payee, now: datetime
) -> None:
    earn(bence, 123456)
    first = settle_payee(payee_id=bence.pk, period=MONDAY, now=now)
    assert first is not None
    assert (first.amount, lines(first)) == (123400, [123456, -56])
    assert payable(bence) == 56
    assert settle_payee(payee_id=bence.pk, period="alone", now=now) is None
    earn(bence, 1044)
    second = settle_payee(payee_id=bence.pk, period=TUESDAY, now=now)
    assert second is not None
    assert (second.amount, lines(second)) == (1100, [56, 1044])
    assert payable(bence) == 0
    assert check_books().problems == []


@pytest.mark.parametrize(
    ("currency", "step"),
    [
        ("EUR", 1),
        ("JPY", 1),
        ("ISK", 1),
        ("UGX", 1),
        ("KWD", 10),
        ("HUF", 100),
        ("TWD", 100),
        ("MGA", 100),
    ],
)
def test_the_smallest_payout_of_a_currency(currency: str, step: int) -> None:
    assert payout_step(currency) == step
    assert payout_floor(Money(12345, currency)) == Money(12345 // step * step, currency)
    assert payout_floor(Money(-12345, currency)) == Money(0, currency)


def test_every_payout_is_a_whole_number_of_the_providers_unit() -> None:
    for row in CURRENCIES.values():
        amount = payout_floor(Money(987_654_321, row.code))
        theirs = amount.to_decimal().scaleb(row.provider_exponent)
        assert theirs % row.payout_step == 0, row.code
        assert 0 <= 987_654_321 - amount.amount < payout_step(row.code)


def test_payouts_on_hold_gather(ama: Payee, now: datetime) -> None:
    earn(ama, 100)
    hold_payouts(payee_id=ama.pk, reason="Under review", now=now)
    report = run_settlement(period=MONDAY, now=now)
    assert (report.payouts, report.on_hold) == ([], 1)
    assert settle_payee(payee_id=ama.pk, period=MONDAY, now=now) is None
    assert payable(ama) == 100
    resume_payouts(payee_id=ama.pk, now=now)
    assert run_settlement(period=MONDAY, now=now).payouts[0].amount == 100


def wish(payee: Payee, schedule: PayoutSchedule, **terms: Any) -> None:
    Payee.objects.filter(pk=payee.pk).update(schedule=schedule, **terms)


def test_a_week_is_paid_once_on_its_day(ama: Payee) -> None:
    """However often settlement runs on that day, and although it runs every few minutes."""
    booked = earn(ama, 500).created_at
    its_day = booked + timedelta(days=2)
    wish(ama, PayoutSchedule.WEEKLY, schedule_day=its_day.isoweekday())
    early = run_settlement(period="early", now=booked + timedelta(days=1))
    assert (early.payouts, early.waiting) == ([], 1)
    [payout] = run_settlement(period=f"{its_day:%Y-%m-%d %H:%M}", now=its_day).payouts
    assert (payout.period, payout.amount) == (f"{its_day:%Y-%m-%d}", 500)
    earn(ama, 70)
    assert run_settlement(period="later that day", now=its_day).payouts == []
    assert payable(ama) == 70


def test_a_weeks_payout_that_fails_is_made_again_on_its_day(ama: Payee) -> None:
    now = earn(ama, 500).created_at
    wish(ama, PayoutSchedule.WEEKLY, schedule_day=now.isoweekday())
    payout = settle_payee(payee_id=ama.pk, period="now", now=now)
    assert payout is not None
    answer(payout, TransferStatus.FAILED, now)
    again = settle_payee(payee_id=ama.pk, period="now", now=now)
    assert again is not None
    assert (again.period, again.amount) == (f"{now:%Y-%m-%d}/2", 500)


def test_a_threshold_gathers(ama: Payee, now: datetime) -> None:
    wish(ama, PayoutSchedule.THRESHOLD, minimum_amount=1000)
    earn(ama, 999)
    assert run_settlement(period=MONDAY, now=now).waiting == 1
    earn(ama, 1)
    assert run_settlement(period=MONDAY, now=now).payouts[0].amount == 1000


def test_a_debt_counts_before_the_threshold(ama: Payee, now: datetime) -> None:
    wish(ama, PayoutSchedule.THRESHOLD, minimum_amount=1000)
    owe(ama, 200)
    earn(ama, 1100)
    assert run_settlement(period=MONDAY, now=now).payouts == []
    assert payable(ama) == 900


def test_what_nears_the_limit_is_paid_although_the_threshold_is_far(ama: Payee) -> None:
    wish(ama, PayoutSchedule.THRESHOLD, minimum_amount=10**9)
    early = earn(ama, 500).created_at + timedelta(days=85) - timedelta(seconds=1)
    assert run_settlement(period="early", now=early).payouts == []
    [payout] = run_settlement(period="late", now=early + timedelta(seconds=1)).payouts
    assert (payout.period, payout.amount) == ("late", 500)


def test_what_may_not_be_paid_is_never_paid_silently_but_called_out(ama: Payee) -> None:
    earned_at = earn(ama, 500).created_at
    hold_payouts(payee_id=ama.pk, reason="Under review", now=earned_at)
    near, over = earned_at + timedelta(days=85), earned_at + timedelta(days=91)
    assert overdue_money(now=near - timedelta(seconds=1)) == []
    for moment in (near, over):
        assert run_settlement(period=str(moment.date()), now=moment).payouts == []
        [line] = overdue_money(now=moment)
        assert (line.payee, line.amount, line.hindrance) == (
            ama, Money(500, "GHS"), PayoutHindrance.ON_HOLD,
        )  # fmt: skip
        assert line.limit == earned_at + timedelta(days=90)


def test_overdue_money_is_in_the_log_every_day(
    ama: Payee, caplog: pytest.LogCaptureFixture
) -> None:
    earned_at = earn(ama, 500).created_at
    hold_payouts(payee_id=ama.pk, reason="Under review", now=earned_at)
    assert call_out_overdue_money() == 0
    with time_machine.travel(earned_at + timedelta(days=91)):
        assert call_out_overdue_money() == 1
    assert "5.00 GHS" in caplog.text
    assert "ON_HOLD" in caplog.text


def test_an_unsent_payout_on_hold_is_called_out_too(ama: Payee, now: datetime) -> None:
    earned_at = earn(ama, 500).created_at
    settle_payee(payee_id=ama.pk, period=MONDAY, now=now)
    hold_payouts(payee_id=ama.pk, reason="Under review", now=now)
    [line] = overdue_money(now=earned_at + timedelta(days=90))
    assert line.amount == Money(500, "GHS")


def test_a_changed_account_cools_off(ama: Payee, now: datetime) -> None:
    earn(ama, 100)
    until = now + timedelta(hours=72)
    Payee.objects.filter(pk=ama.pk).update(cooling_off_until=until)
    assert run_settlement(period=MONDAY, now=until - timedelta(seconds=1)).on_hold == 1
    assert run_settlement(period=TUESDAY, now=until).payouts[0].amount == 100


def test_a_payee_without_an_account_is_passed_over(ama: Payee, now: datetime) -> None:
    earn(ama, 100)
    for provider in ("bank_file", "stripe"):
        Payee.objects.filter(pk=ama.pk).update(provider=provider)
        assert run_settlement(period=MONDAY, now=now).payouts == []
    assert payable(ama) == 100


def test_a_payee_sees_when_and_how_much(ama: Payee, bence: Payee, now: datetime) -> None:
    assert outlook(ama, now).day is None
    earn(ama, 1000)
    owe(ama, 300)
    seen = outlook(ama, now)
    assert (seen.payable, seen.owed, seen.estimate) == (
        Money(1000, "GHS"), Money(300, "GHS"), Money(700, "GHS"),
    )  # fmt: skip
    assert seen.day == now.date()
    wish(ama, PayoutSchedule.MONTHLY, schedule_day=1)
    assert outlook(ama, now).day == date(2026, 12, 1)
    wish(ama, PayoutSchedule.THRESHOLD, minimum_amount=701)
    assert outlook(ama, now).day is None
    hold_payouts(payee_id=ama.pk, reason="Under review", now=now)
    seen = outlook(ama, now)
    assert (seen.hindrance, seen.hold_reason) == (PayoutHindrance.ON_HOLD, "Under review")
    earn(bence, 99)  # less than a forint
    assert (outlook(bence, now).day, outlook(bence, now).estimate.amount) == (None, 0)


def outlook(payee: Payee, now: datetime) -> Outlook:
    payee.refresh_from_db()
    return payout_outlook(payee=payee, period=f"{now:%Y-%m-%d}", now=now)


def test_what_a_seller_owes_is_taken_from_what_it_is_owed(ama: Payee, now: datetime) -> None:
    owe(ama, 300)
    earn(ama, 1000)
    payout = settle_payee(payee_id=ama.pk, period=MONDAY, now=now)
    assert payout is not None
    assert (payout.amount, lines(payout)) == (700, [1000, -300])
    owe(ama, 500)
    earn(ama, 200)
    assert settle_payee(payee_id=ama.pk, period=TUESDAY, now=now) is None
    assert balance(kind=OWED_BY_SELLER, currency="GHS").amount == -300
    earn(ama, 400)
    later = settle_payee(payee_id=ama.pk, period="2026-11-25", now=now)
    assert later is not None
    assert (later.amount, lines(later)) == (100, [200, -200, 400, -300])
    assert check_books().problems == []


def test_the_same_debt_twice_in_one_period_is_netted_twice(ama: Payee, now: datetime) -> None:
    """Netting that leaves nothing to pay does not use the period up."""
    for _ in range(2):
        owe(ama, 5000)
        earn(ama, 5000)
        assert settle_payee(payee_id=ama.pk, period=MONDAY, now=now) is None
        assert payable(ama) == 0
    assert balance(kind=OWED_BY_SELLER, currency="GHS").amount == 0
    assert Entry.objects.filter(kind=EntryKind.NETTING).count() == 2
    assert check_books().problems == []


def test_one_payee_that_cannot_be_settled_does_not_keep_the_others_waiting(
    now: datetime, monkeypatch: pytest.MonkeyPatch, db: None
) -> None:
    first, second = sorted(
        (create_payee(name=name, country="GH", currency="GHS", now=now) for name in "ab"),
        key=lambda payee: payee.pk,
    )
    earn(first, 100)
    earn(second, 200)
    real = post_entry

    def refuse(**entry: Any) -> Entry:
        if any(leg.reference == str(first.pk) for leg in entry["legs"]):
            raise IntegrityError("refused")
        return real(**entry)

    monkeypatch.setattr(settlement, "post_entry", refuse)
    report = run_settlement(period=MONDAY, now=now)
    assert [payout.payee_id for payout in report.payouts] == [second.pk]
    assert report.failed == 1
    assert payable(first) == 100


def test_paid_is_booked_once(ama: Payee, now: datetime) -> None:
    earn(ama, 100)
    payout = settle_payee(payee_id=ama.pk, period=MONDAY, now=now)
    assert payout is not None
    assert answer(payout, TransferStatus.PAID, now) is True
    assert answer(payout, TransferStatus.PAID, now) is False
    assert (payout.transfer, payout.paid_at) == (TransferState.DONE, now)
    assert balance(kind=TRANSIT, currency="GHS").amount == 0
    assert balance(kind=AccountKind.PROVIDER_CLEARING, currency="GHS").amount == 100


@pytest.mark.parametrize("was_paid", [False, True])
def test_a_failed_payout_goes_back_and_is_paid_again(
    ama: Payee, now: datetime, *, was_paid: bool
) -> None:
    earn(ama, 100)
    payout = settle_payee(payee_id=ama.pk, period=MONDAY, now=now)
    assert payout is not None
    if was_paid:
        answer(payout, TransferStatus.PAID, now)
    assert answer(payout, TransferStatus.FAILED, now) is True
    assert answer(payout, TransferStatus.FAILED, now) is False
    assert (payout.transfer, payout.last_error) == (TransferState.FAILED, "account_closed")
    assert payable(ama) == 100
    assert balance(kind=AccountKind.PROVIDER_CLEARING, currency="GHS").amount == 0
    again = settle_payee(payee_id=ama.pk, period=MONDAY, now=now)
    assert again is not None
    assert (again.period, again.amount, lines(again)) == (f"{MONDAY}/2", 100, [100])
    assert lines(payout) == [100]
    assert settle_payee(payee_id=ama.pk, period=MONDAY, now=now) is None
    assert check_books().problems == []


def test_nobody_is_paid_for_nothing(ama: Payee, now: datetime) -> None:
    assert settle_payee(payee_id=ama.pk, period=MONDAY, now=now) is None
    assert run_settlement(period=MONDAY, now=now).payouts == []
    assert not Entry.objects.exists()


@transaction.atomic
def forge_payout(payee: Payee, amount: int, posting: Posting) -> None:
    payout = Payout.objects.create(
        payee=payee, number="P-1", period="x", provider="x", currency="GHS", amount=amount
    )
    PayoutLine.objects.create(payout=payout, posting=posting)


def test_a_payout_must_be_explained_in_full(ama: Payee, now: datetime) -> None:
    """The database refuses a payout that is not the sum of its lines, or is another payee's."""
    entry = earn(ama, 100)
    posting = Posting.objects.get(entry=entry, account__kind=PAYABLE)
    kofi = create_payee(name="Kofi", country="GH", currency="GHS", now=now)
    for payee, amount in ((ama, 101), (kofi, 100)):
        with pytest.raises(IntegrityError, match="sum of its lines"):
            forge_payout(payee, amount, posting)
    assert not Payout.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_payout_without_lines_is_refused(now: datetime) -> None:
    payee = create_payee(name="Ama", country="GH", currency="GHS", now=now)
    with pytest.raises(IntegrityError, match="has no lines"):
        Payout.objects.create(
            payee=payee, number="P-1", period="x", provider="x", currency="GHS", amount=100
        )
    assert not Payout.objects.exists()


def test_a_posting_is_paid_out_once_and_amounts_are_fixed(ama: Payee, now: datetime) -> None:
    earn(ama, 100)
    payout = settle_payee(payee_id=ama.pk, period=MONDAY, now=now)
    assert payout is not None
    posting = payout.lines.get().posting
    with pytest.raises(IntegrityError), transaction.atomic():
        PayoutLine.objects.create(payout=payout, posting=posting)
    for change in ({"amount": 101}, {"payee": create_payee_like(ama, now)}, {"currency": "EUR"}):
        with pytest.raises(DatabaseError, match="is fixed"), transaction.atomic():
            Payout.objects.filter(pk=payout.pk).update(**change)
    for wrong in (payout.lines.get(), payout):
        with pytest.raises(DatabaseError), transaction.atomic():
            wrong.delete()
    payout.refresh_from_db()
    assert payout.amount == 100


def create_payee_like(payee: Payee, now: datetime) -> Payee:
    return create_payee(name="Other", country=payee.country, currency=payee.currency, now=now)


def test_a_payee_keeps_its_currency(ama: Payee) -> None:
    changed = update_payee(payee_id=ama.pk, name="Ama & Daughters", destination={"account": "1"})
    assert (changed.name, changed.currency, changed.country) == ("Ama & Daughters", "GHS", "GH")
    assert not Account.objects.exists()
