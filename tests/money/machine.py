"""A random walk through everything that moves money; after each step model and books must agree."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from random import Random
from typing import Any, ClassVar

from django.db import connection
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from common.money import currency_of
from common.states import TransitionError
from orders.models import Case, Order, Purchase
from orders.services.cases import (
    CaseAmountError,
    CaseNotPossibleError,
    accept_case,
    decide_case,
    open_case,
    withdraw_case,
)
from orders.services.completion import confirm_receipt
from orders.services.fulfilment import cancel_order, mark_delivered, mark_shipped
from orders.services.refunds import (
    AlreadyRefundedError,
    CaseOpenError,
    RefundAmountError,
    refund_order,
)
from orders.states import CaseKind, CaseWish, OrderState, PurchaseState
from payments.models import (
    HeldPayment,
    Payment,
    Payout,
    ProviderDispute,
    Refund,
    ReserveHold,
    Reversal,
)
from payments.selectors import check_books
from payments.services import update_payee
from payments.services.held import HeldFrozenError
from payments.services.reconciliation import reconcile
from payments.states import AccountKind, PaymentState, TransferState
from sandbox import services as sandbox
from sandbox.models import Dispute
from tests.cast import Seller
from tests.money.market import (
    CALLS,
    Provider,
    buy,
    hear_what_was_lost,
    held_of,
    session_of,
    settle,
    work,
)
from tests.money.model import Back, Model, Sale

GOOD, LATE, DECLINED = "4242424242424242", "4000000000005126", "4000000000000002"
REFUSALS = (
    TransitionError,
    HeldFrozenError,
    RefundAmountError,
    AlreadyRefundedError,
    CaseOpenError,
    CaseNotPossibleError,
)
OF_THE_SHOP = (AccountKind.SELLER_PAYABLE, AccountKind.SELLER_RECEIVABLE, AccountKind.RESERVE)
NAMESPACE = uuid.UUID("f1ee0000-0000-4000-8000-000000000001")
CHOICE = st.integers(0, 1000)
TRAVELLING = (TransferState.PENDING, TransferState.UNKNOWN, TransferState.SUBMITTED)


class MoneyMachine(RuleBasedStateMachine):
    """Each walk has two shops of its own, so that walks do not meet.

    open_shops, moderator and start are given by the test that runs it.
    """

    open_shops: ClassVar[Callable[[int, datetime], list[Seller]]]
    moderator: ClassVar[Any]
    start: ClassVar[datetime]
    steps: ClassVar[int] = 0
    walks: ClassVar[int] = 0
    seen: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        type(self).walks += 1
        self.now = self.start
        self.model = Model()
        self.provider = Provider(Random(self.walks))
        self.provider.take_over()
        self.shops = type(self).open_shops(self.walks, self.now)
        self.shop_of = {str(shop.business.payee_id): shop for shop in self.shops}
        self.purchases: list[Purchase] = []

    # --- what people do -------------------------------------------------------------------------

    @initialize(first=CHOICE, second=CHOICE)
    def the_first_customers(self, first: int, second: int) -> None:
        """Nobody learns much from an empty shop, or from banks that never send anything back."""
        self.bank_account_changes(first % 2, ["fine", "return", "fail"][second % 3])
        for country, choice in zip(("JP", "KW", "FR"), (first, second, first), strict=True):
            self.purchase(country, choice)
            self.pay_at_once(-1)
        self.all_goes_well(first)
        self.payday()

    @rule(choice=CHOICE)
    def all_goes_well(self, choice: int) -> None:
        """Sent, arrived, and the buyer says so: what most orders are."""
        self.ship(choice)
        self.arrive(choice)
        self.confirm(choice)

    @rule()
    def payday(self) -> None:
        """A settlement, and the time that banks take."""
        self.now += timedelta(hours=1)
        settle(self.now)
        for _ in range(3):
            self.now += timedelta(minutes=2)
            work(self.now, self.provider)

    @rule(country=st.sampled_from(["FR", "JP", "US", "KW"]), choice=CHOICE)
    def purchase(self, country: str, choice: int) -> None:
        """One to three of the first shop's things, or of the second's, or some of both."""
        first, second = self.shops
        wanted = [{first: 1}, {second: 2}, {first: 1, second: 1}, {first: 2, second: 1}][choice % 4]
        key = uuid.uuid5(NAMESPACE, f"{self.walks}:{len(self.purchases)}:{choice}")
        made = buy(country=country, wanted=wanted, checkout=str(key), now=self.now)
        if made is not None:
            self.purchases.append(made)
            for order in made.orders.all():
                self.model.add(_sale(order))

    @rule(choice=CHOICE, card=st.sampled_from([GOOD, GOOD, LATE, DECLINED]))
    def pay(self, choice: int, card: str) -> None:
        purchase = self._purchase(choice)
        session = session_of(purchase, self.now) if purchase else ""
        if session:
            with suppress(sandbox.SandboxError):
                sandbox.pay_session(session_id=session, card_number=card, now=self.now)

    @rule(choice=CHOICE)
    def pay_at_once(self, choice: int) -> None:
        """The usual case: a good card, and the provider's word arrives."""
        self.pay(choice, GOOD)
        work(self.now, self.provider)

    @rule(choice=CHOICE)
    def slow_bank_pays(self, choice: int) -> None:
        purchase = self._purchase(choice)
        payment = purchase and Payment.objects.get(purchase_ref=purchase.pk)
        if payment and payment.session_ref:
            with suppress(sandbox.SandboxError):
                sandbox.finish_transfer(session_id=payment.session_ref, now=self.now)

    @rule(choice=CHOICE)
    def ship(self, choice: int) -> None:
        self._try(choice, self._ship, OrderState.PAID)

    def _ship(self, order: Order) -> None:
        mark_shipped(
            order=order, actor=None, carrier="EMS", tracking_number="EE123456789XX", now=self.now
        )

    @rule(choice=CHOICE)
    def arrive(self, choice: int) -> None:
        def mark(order: Order) -> None:
            mark_delivered(order=order, actor=None, now=self.now)

        self._try(choice, mark, OrderState.SHIPPED)

    @rule(choice=CHOICE)
    def confirm(self, choice: int) -> None:
        def say_yes(order: Order) -> None:
            confirm_receipt(order=order, actor=None, now=self.now)

        self._try(choice, say_yes, OrderState.SHIPPED, OrderState.DELIVERED)

    @rule(choice=CHOICE)
    def cancel(self, choice: int) -> None:
        def call_off(order: Order) -> None:
            cancel_order(order=order, actor=None, reason="Broken", now=self.now)

        self._try(choice, call_off, OrderState.PAID)

    @rule(choice=CHOICE, share=st.integers(1, 100))
    def refund(self, choice: int, share: int) -> None:
        def give(order: Order) -> None:
            self._refund(order, share)

        states = (OrderState.PAID, OrderState.SHIPPED, OrderState.DELIVERED, OrderState.COMPLETED)
        self._try(choice, give, *states)

    def _refund(self, order: Order, share: int) -> None:
        left = order.total_amount - order.refunded_amount
        step = currency_of(order.currency).charge_step
        amount = left if share == 100 else left * share // 100 // step * step
        refund_order(
            order=order,
            amount=amount,
            seen_refunded=order.refunded_amount,
            actor=self.moderator,
            reason="Scratched",
            now=self.now,
        )

    def _purchase(self, choice: int) -> Purchase | None:
        """Mostly one that still waits to be paid; -1: the newest."""
        if not self.purchases or choice == -1:
            return self.purchases[-1] if self.purchases else None
        waiting = [
            one
            for one in Purchase.objects.filter(pk__in=[one.pk for one in self.purchases])
            if one.state == PurchaseState.AWAITING_PAYMENT
        ]
        likely = waiting if waiting and choice % 5 else self.purchases
        return likely[choice % len(likely)]

    def _try(self, choice: int, act: Callable[[Order], None], *likely: OrderState) -> None:
        """Do something to an order, mostly to one in a state that allows it.

        What its state forbids must leave everything as it was.
        """
        orders = list(Order.objects.filter(pk__in=self.model.sales).order_by("number"))
        fitting = [order for order in orders if order.state in likely]
        among = fitting if fitting and choice % 7 else orders
        if not among:
            return
        order = among[choice % len(among)]
        try:
            act(order)
        except REFUSALS:
            after = Order.objects.get(pk=order.pk)
            assert (after.state, after.refunded_amount) == (order.state, order.refunded_amount)

    @rule(choice=CHOICE, part=st.booleans())
    def buyer_complains(self, choice: int, part: bool) -> None:
        def complain(order: Order) -> None:
            amount = self._part(order, 30)
            open_case(
                order=order,
                actor=None,
                kind=CaseKind.DAMAGED,
                wanted=CaseWish.REFUND_PART if part and amount else CaseWish.REFUND_FULL,
                wanted_amount=amount if part and amount else None,
                text="The handle is broken.",
                now=self.now,
            )

        self._try(choice, complain, OrderState.DELIVERED)

    @rule(choice=CHOICE, how=st.sampled_from(["accept", "withdraw", "reject", "part"]))
    def case_ends(self, choice: int, how: str) -> None:
        cases = list(Case.objects.filter(order__in=self.model.sales).order_by("pk"))
        if not cases:
            return
        case = cases[choice % len(cases)]
        with suppress(*REFUSALS, CaseAmountError):
            if how == "accept":
                accept_case(case=case, actor=self.moderator, now=self.now)
            elif how == "withdraw":
                withdraw_case(case=case, actor=None, now=self.now)
            else:
                amount = self._part(case.order, 40) if how == "part" else 0
                decide_case(
                    case=case, actor=self.moderator, amount=amount, reason="Photos", now=self.now
                )

    @rule(choice=CHOICE, how=st.sampled_from(["accept", "withdraw", "reject", "part", "open"]))
    def a_complaint(self, choice: int, how: str) -> None:
        """Sent, arrived and broken; the bare steps above seldom meet in this order."""
        self.ship(choice)
        self.arrive(choice)
        before = set(Case.objects.values_list("pk", flat=True))
        self.buyer_complains(choice, part=bool(choice % 2))
        cases = list(Case.objects.filter(order__in=self.model.sales).order_by("pk"))
        news = [place for place, case in enumerate(cases) if case.pk not in before]
        if news and how != "open":
            self.case_ends(news[0], how)

    @rule(
        choice=CHOICE,
        ends=st.sampled_from(["lost", "half", "won", "lost, won", "won, lost", "open"]),
        percent=st.sampled_from([100, 100, 35]),
    )
    def a_bank_takes_it_back(self, choice: int, ends: str, percent: int) -> None:
        """And decides, with the money wherever it happens to be; sometimes it changes its mind."""
        sessions = [payment.session_ref for payment in self._payments()]
        ours = Dispute.objects.filter(session__in=sessions)
        before = set(ours.values_list("pk", flat=True))
        self.buyers_bank_disputes(choice, is_inquiry=False, percent=percent)
        work(self.now, self.provider)
        news = [n for n, one in enumerate(ours.order_by("pk")) if one.pk not in before]
        if choice % 3 == 0:
            self.payday()
        if news and ends != "open":
            for end in ends.split(", "):
                self.bank_decides(news[0], won=end == "won", percent=50 if end == "half" else None)
                work(self.now, self.provider)

    @rule(choice=CHOICE, share=st.integers(1, 100), account=st.sampled_from(["fine", "return"]))
    def a_refund_after_the_payout(self, choice: int, share: int, account: str) -> None:
        """The seller lacks it: asked back, while the payout may come back by itself."""
        self.bank_account_changes(choice % 2, account)
        self.all_goes_well(choice)
        settle(self.now)
        work(self.now, self.provider)
        self.now += timedelta(minutes=1)
        work(self.now, self.provider)

        def give(order: Order) -> None:
            self._refund(order, share)

        self._try(choice, give, OrderState.COMPLETED)
        if choice % 2:
            self.payday()

    def _part(self, order: Order, percent: int) -> int:
        step = currency_of(order.currency).charge_step
        return (order.total_amount - order.refunded_amount) * percent // 100 // step * step

    @rule(choice=CHOICE, is_inquiry=st.booleans(), percent=st.sampled_from([100, 100, 35]))
    def buyers_bank_disputes(self, choice: int, is_inquiry: bool, percent: int) -> None:
        paid = [one for one in self._payments() if one.state == PaymentState.PAID]
        if not paid:
            return
        payment = paid[choice % len(paid)]
        step = currency_of(payment.currency).charge_step
        with suppress(sandbox.SandboxError):
            sandbox.open_dispute(
                session_id=payment.session_ref,
                amount=max(step, payment.amount * percent // 100 // step * step),
                is_inquiry=is_inquiry and choice % 3 == 0,
                now=self.now,
            )

    @rule(choice=CHOICE, won=st.booleans(), percent=st.sampled_from([None, None, 50]))
    def bank_decides(self, choice: int, won: bool, percent: int | None) -> None:
        sessions = [payment.session_ref for payment in self._payments()]
        disputes = list(Dispute.objects.filter(session__in=sessions).order_by("pk"))
        if not disputes:
            return
        dispute = disputes[choice % len(disputes)]
        kept = dispute.taken_amount - dispute.returned_amount
        step = currency_of(dispute.currency).charge_step
        returned = None if percent is None or won else kept * percent // 100 // step * step
        with suppress(sandbox.SandboxError):
            sandbox.decide_dispute(dispute_id=dispute.pk, won=won, returned=returned, now=self.now)

    def _payments(self) -> list[Payment]:
        purchases = [one.pk for one in self.purchases]
        return list(Payment.objects.filter(purchase_ref__in=purchases).order_by("created_at", "pk"))

    @rule(which=st.integers(0, 1), account=st.sampled_from(["fine", "return", "fail", "refuse"]))
    def bank_account_changes(self, which: int, account: str) -> None:
        payee_id = self.shops[which].business.payee_id
        update_payee(payee_id=payee_id, destination={"account": f"{account}-{self.walks}-{which}"})

    # --- what happens by itself -----------------------------------------------------------------

    @rule()
    def workers_run(self) -> None:
        work(self.now, self.provider)

    @rule()
    def settlement(self) -> None:
        settle(self.now)

    @rule(hours=st.sampled_from([1, 24, 24 * 8]))
    def time_passes(self, hours: int) -> None:
        if self.now - self.start < timedelta(days=35):
            self.now += timedelta(hours=hours)

    @rule()
    def reservations_expire(self) -> None:
        self.now += timedelta(minutes=20)
        work(self.now, self.provider)

    @rule(call=st.sampled_from(CALLS), before=st.booleans())
    def provider_loses_an_answer(self, call: str, before: bool) -> None:
        self.provider.lose_answer(call, before=before)

    @rule(how=st.sampled_from(["drop", "double", "late", "shuffle"]))
    def webhooks_go_wrong(self, how: str) -> None:
        self.provider.spoil_webhooks(how, self.now)

    # --- what must be true ----------------------------------------------------------------------

    @invariant()
    def model_and_books_agree(self) -> None:
        type(self).steps += 1
        self._learn()
        booked = _balances([*map(str, self.model.sales), *self.shop_of])
        for sale in self.model.sales.values():
            assert booked[AccountKind.HELD, str(sale.order)] == sale.held, f"held for {sale.order}"
        for payee_id in self.shop_of:
            self._shop_agrees(payee_id, booked)
        _books_are_sound()

    def _learn(self) -> None:
        """What the walk's own orders have become; each refund is told to the model once."""
        orders = {order.pk: order for order in Order.objects.filter(pk__in=self.model.sales)}
        for held in HeldPayment.objects.filter(order_ref__in=orders):
            sale = self.model.sales[held.order_ref]
            sale.is_paid = held.booked_at is not None
            sale.is_released = held.released_at is not None
        refunds = Refund.objects.filter(held__order_ref__in=orders).order_by("created_at")
        for refund in refunds.select_related("held"):
            sale = self.model.sales[refund.held.order_ref]
            if refund.undone_at is not None and refund.pk in sale.backs:
                # The bank has changed its mind: what it took is the shop's again.
                sale.take_back(refund.pk)
            elif refund.undone_at is None and refund.pk not in sale.backs:
                fee = refund.commission_amount + refund.fee_tax_amount
                sale.give_back(refund.pk, Back(refund.amount, refund.seller_amount, fee))
        for order in orders.values():
            sale = self.model.sales[order.pk]
            assert order.refunded_amount == sale.buyer_back
            assert not (order.state == OrderState.AWAITING_PAYMENT and sale.is_paid)

    def _shop_agrees(self, payee_id: str, booked: Mapping[tuple[str, str], int]) -> None:
        """Whatever way the money went, together it is what the shop has a right to."""
        payouts = Payout.objects.filter(payee_id=payee_id)
        sent = sum(
            one.amount - one.reversed_amount
            for one in payouts
            if one.transfer in (*TRAVELLING, TransferState.DONE)
        )
        # It came back, but for what we had asked back of it and have not heard of.
        waiting = Reversal.objects.filter(
            payout__in=payouts, payout__transfer=TransferState.FAILED, transfer__in=TRAVELLING
        )
        sent += sum(waiting.values_list("amount", flat=True))
        here = sum(booked[kind, payee_id] for kind in OF_THE_SHOP)
        # What a bank's dispute blocks is kept by order, and still the shop's until it is decided.
        here += sum(
            booked[AccountKind.DISPUTE_HOLD, str(sale.order)]
            for sale in self.model.sales.values()
            if sale.shop == payee_id
        )
        assert here + sent == self.model.owed_to(payee_id)

    def teardown(self) -> None:
        """Let the world come to rest, then compare with what the provider says."""
        try:
            self.provider.lose.clear()
            self._banks_decide_everything()
            for _ in range(8):
                self.now += timedelta(hours=7)
                work(self.now, self.provider)
                hear_what_was_lost(self.now)
            self.model_and_books_agree()
            assert check_books().problems == []
            assert reconciled(self.now + timedelta(hours=1)) == 0
            self._buyers_got_back_what_was_promised()
        finally:
            self._count()
            self.provider.give_back()

    def _count(self) -> None:
        """What really happened, so that nobody takes a walk on the spot for a proof."""
        sales = self.model.sales.values()
        payouts = Payout.objects.filter(payee_id__in=self.shop_of)
        self.seen["orders paid"] += sum(sale.is_paid for sale in sales)
        self.seen["released"] += sum(sale.is_released for sale in sales)
        self.seen["refunds"] += sum(len(sale.backs) for sale in sales)
        origins = Refund.objects.filter(held__order_ref__in=self.model.sales)
        self.seen["lost disputes"] += origins.filter(origin="CHARGEBACK").count()
        self.seen["disputes"] += ProviderDispute.objects.filter(
            payment__in=self._payments()
        ).count()
        self.seen["cases"] += Case.objects.filter(order__in=self.model.sales).count()
        self.seen["reversals"] += Reversal.objects.filter(payout__in=payouts).count()
        self.seen["reserves"] += ReserveHold.objects.filter(payee_id__in=self.shop_of).count()
        self.seen["payouts"] += payouts.count()
        self.seen["payouts paid"] += payouts.filter(transfer=TransferState.DONE).count()
        self.seen["payouts that came back"] += payouts.filter(transfer=TransferState.FAILED).count()
        self.seen["faults of the provider"] += self.provider.faults

    def _banks_decide_everything(self) -> None:
        sessions = [payment.session_ref for payment in self._payments()]
        open_now = Dispute.objects.filter(session__in=sessions).exclude(state__in=["WON", "LOST"])
        for dispute in open_now:
            # A question that was only asked can't be lost.
            won = dispute.state == "INQUIRY" or bool((self.walks + dispute.amount) % 2)
            sandbox.decide_dispute(dispute_id=dispute.pk, won=won, now=self.now)

    def _buyers_got_back_what_was_promised(self) -> None:
        orders = Order.objects.filter(pk__in=self.model.sales)
        waiting = Refund.objects.filter(
            held__order_ref__in=self.model.sales, transfer__in=TRAVELLING
        )
        assert not waiting.exists(), "a refund never arrived"
        for payment in Payment.objects.filter(purchase_ref__in=orders.values("purchase")):
            own = [self.model.sales[pk] for pk in payment.held.values_list("order_ref", flat=True)]
            session = sandbox.get_session(payment.session_ref) if payment.session_ref else None
            charged = session is not None and session.status == "paid"
            assert charged == (payment.state == PaymentState.PAID)
            if charged:
                given = sum(sale.buyer_back for sale in own)
                borne = _borne_by_us(payment)
                assert _given_back_at_provider(payment) == given + borne, f"{given} and {borne}"


def _sale(order: Order) -> Sale:
    held = held_of(order)
    return Sale(
        order=order.pk,
        shop=str(held.payee_id),
        currency=held.seller_currency,
        buyer_currency=held.currency,
        buyer_total=held.buyer_amount,
        seller=held.seller_amount,
        fee=held.commission_amount + held.fee_tax_amount,
    )


def _balances(references: list[str]) -> Mapping[tuple[str, str], int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind, reference, sum(credits - debits) FROM ledger_account"
            " JOIN ledger_balance ON account_id = id WHERE reference = ANY(%s) GROUP BY 1, 2",
            [references],
        )
        return defaultdict(
            int, {(kind, reference): int(total) for kind, reference, total in cursor.fetchall()}
        )


def _given_back_at_provider(payment: Payment) -> int:
    """What the buyer has, by refunds and by its bank; what a bank keeps undecided is not its yet."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce((SELECT sum(amount) FROM sandbox_refund"
            "                  WHERE session_id = %(session)s AND state = 'PAID'), 0)"
            "     + coalesce((SELECT sum(taken_amount - returned_amount) FROM sandbox_dispute"
            "                  WHERE session_id = %(session)s AND state IN ('WON', 'LOST')), 0)",
            {"session": payment.session_ref},
        )
        return int(cursor.fetchone()[0])


def _borne_by_us(payment: Payment) -> int:
    """A bank may take back what a refund gave already: that part of it is the platform's loss."""
    disputes = [str(pk) for pk in payment.disputes.values_list("pk", flat=True)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(-posting.amount), 0) FROM ledger_posting AS posting"
            " JOIN ledger_account AS account ON account.id = account_id"
            " JOIN ledger_entry AS entry ON entry.id = entry_id"
            " WHERE account.kind = 'PLATFORM_LOSS' AND entry.reference = ANY(%s)",
            [disputes],
        )
        return int(cursor.fetchone()[0])


def _books_are_sound() -> None:
    """Sums a currency are zero, and what must not go below zero does not."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT currency FROM ledger_balance GROUP BY currency"
            " HAVING sum(credits - debits) <> 0"
        )
        assert cursor.fetchall() == []
        cursor.execute(
            "SELECT account_id FROM ledger_balance WHERE floor_zero AND credits < debits"
        )
        assert cursor.fetchall() == []


def reconciled(now: datetime) -> int:
    """Differences between the provider's account statement and the books, over all walks."""
    run = reconcile(provider="sandbox", now=now, since=now - timedelta(days=400))
    return run.missing + run.extra + run.different
