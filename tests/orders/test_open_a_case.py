"""A buyer says that something is wrong: what it paid stays where it is until the case is over."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from PIL import Image

from accounts.models import AuditEntry
from notifications.models import Notice
from orders.models import Case, CaseFile, CaseMessage, Deadline, Order, OrderRefund
from orders.services import cases
from orders.services.cases import CaseNotPossibleError
from orders.services.completion import confirm_receipt
from orders.services.deadlines import sweep_deadlines
from orders.services.fulfilment import cancel_order, mark_delivered, mark_shipped
from orders.states import CaseKind, CaseState, CaseWish, DeadlineKind, OrderState, Party
from payments.models import (
    DisputeShare,
    HeldPayment,
    Payment,
    ProviderDispute,
    Refund,
)
from payments.selectors import balance, check_books
from payments.services.held import HeldFrozenError
from payments.states import AccountKind, DisputeState
from tests.cast import NOW, Cast, make_cast
from tests.orders.shopper import Response, Shopper

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@dataclass
class Story:
    """Haruka (a guest with her link) has bought two baskets from Ama."""

    cast: Cast
    shopper: Shopper
    order: Order
    clock: time_machine.Traveller

    @property
    def case(self) -> Case:
        return Case.objects.select_related("order__purchase", "order__business").latest("pk")

    @property
    def url(self) -> str:
        return f"/purchases/{self.order.purchase.token}/{self.order.number}/case/"

    @property
    def sell(self) -> str:
        return f"/sell/{self.order.business.slug}/cases/{self.case.pk}/"

    @property
    def ama(self) -> Client:
        client = Client()
        client.force_login(self.cast.ama.user)
        return client

    def again(self) -> Order:
        self.order.refresh_from_db()
        return self.order

    def wait(self, days: float) -> datetime:
        """Go on by so many days, letting happen what happens by itself."""
        now = NOW + timedelta(days=days)
        self.clock.move_to(now)
        sweep_deadlines(now=now)
        return now

    def complain(
        self, kind: str = "NOT_AS_DESCRIBED", wanted: str = "REFUND_FULL", **more: object
    ) -> Response:
        fields = {"kind": kind, "wanted": wanted, "text": "The handle is torn.", **more}
        return self.shopper.client.post(self.url, fields)

    def act(self, do: str, **more: object) -> Response:
        return self.shopper.client.post(f"{self.url}act/", {"do": do, **more})

    def answer(self, do: str = "answer", **more: object) -> Response:
        return self.ama.post(f"{self.sell}act/", {"do": do, **more})

    def held(self) -> int:
        account = {"currency": "GHS", "reference": str(self.order.pk)}
        return balance(kind=AccountKind.HELD, **account).amount

    def is_frozen(self) -> bool:
        return HeldPayment.objects.get(order_ref=self.order.pk).frozen


@pytest.fixture
def story(cast: Cast, clock: time_machine.Traveller) -> Story:
    return begin(cast, clock)


def begin(cast: Cast, clock: time_machine.Traveller) -> Story:
    shopper = Shopper("JP")
    shopper.add(cast.ama.variant, 2)
    purchase = shopper.place()
    shopper.pay(purchase)
    shopper.come_back(purchase)
    order = Order.objects.select_related("purchase", "business").get(purchase=purchase)
    return Story(cast, shopper, order, clock)


@pytest.fixture
def arrived(story: Story) -> Story:
    mark_shipped(order=story.order, actor=None, carrier="EMS", tracking_number="", now=NOW)
    mark_delivered(order=story.again(), actor=None, now=NOW)
    story.again()
    return story


def photo() -> SimpleUploadedFile:
    file = BytesIO()
    Image.new("RGB", (2000, 40), "#803020").save(file, "JPEG")
    return SimpleUploadedFile("../torn handle.jpg", file.getvalue(), "image/jpeg")


def kinds() -> set[str]:
    return set(Notice.objects.values_list("kind", flat=True))


def test_opening_keeps_the_money_where_it_is(arrived: Story) -> None:
    assert arrived.complain(attached=[photo()]).status_code == 302
    case = arrived.case
    assert (case.state, case.kind, case.wanted) == ("OPEN", "NOT_AS_DESCRIBED", "REFUND_FULL")
    assert case.due_at == NOW + 5 * DAY
    assert arrived.is_frozen()
    assert HeldPayment.objects.get(order_ref=arrived.order.pk).frozen_by == [f"case:{case.pk}"]
    still = Deadline.objects.filter(order=arrived.order, done_at__isnull=True)
    assert set(still.values_list("kind", flat=True)) == {
        DeadlineKind.CASE_ANSWER, DeadlineKind.CASE_REMIND, DeadlineKind.HOLD_LIMIT,
    }  # fmt: skip
    assert {"case_opened", "case_opened_for_seller"} <= kinds()
    file = CaseFile.objects.get()
    assert (file.name, file.media_type) == ("torn handle.webp", "image/webp")
    assert Image.open(BytesIO(bytes(file.content))).width == 1600
    page = arrived.shopper.client.get(arrived.url).content.decode()
    assert "The handle is torn." in page
    assert "Waits for the seller" in page


def test_a_silent_seller_loses(arrived: Story) -> None:
    arrived.complain()
    arrived.wait(3.1)
    assert "case_reminder_for_seller" in kinds()
    arrived.wait(4.9)
    assert arrived.case.state == CaseState.OPEN
    arrived.wait(5)
    case, order = arrived.case, arrived.again()
    assert (case.state, case.decided_by) == (CaseState.REFUNDED, Party.TIME)
    assert case.outcome_amount == order.total_amount
    assert (order.state, order.refunded_amount) == (OrderState.REFUNDED, order.total_amount)
    assert (arrived.held(), arrived.is_frozen()) == (0, False)
    told = OrderRefund.objects.get()
    assert (told.reason, told.given_by) == ("NOT_AS_DESCRIBED", "TIME")
    assert {"case_ended", "case_ended_for_seller"} <= kinds()
    assert check_books().ok


def test_a_silent_seller_gives_the_part_that_was_asked_for(arrived: Story) -> None:
    arrived.complain(wanted="REFUND_PART", wanted_amount="1000")
    arrived.wait(5)
    assert (arrived.case.state, arrived.case.outcome_amount) == ("PARTLY_REFUNDED", 1000)
    assert Refund.objects.get().amount == 1000
    # The rest is the seller's at once: it is settled.
    assert (arrived.again().state, arrived.held()) == (OrderState.COMPLETED, 0)
    assert check_books().ok


def test_an_offer_is_made_and_taken(arrived: Story) -> None:
    arrived.complain()
    assert arrived.answer(text="I am sorry.", offer="1500").status_code == 302
    case = arrived.case
    assert (case.state, case.offer_amount, case.due_at) == ("ANSWERED", 1500, NOW + 7 * DAY)
    assert "case_answered" in kinds()
    page = arrived.shopper.client.get(arrived.url).content.decode()
    assert "I am sorry." in page
    assert arrived.act("accept", amount="1500").status_code == 302
    case = arrived.case
    assert (case.state, case.decided_by, case.outcome_amount) == ("PARTLY_REFUNDED", "BUYER", 1500)
    refund = Refund.objects.get()
    assert refund.amount == 1500
    seller = arrived.order.seller_net_amount - (refund.seller_amount - refund.commission_amount)
    account = {"currency": "GHS", "reference": str(arrived.cast.ama.business.payee_id)}
    owed = [AccountKind.SELLER_PAYABLE, AccountKind.RESERVE]
    assert sum(balance(kind=kind, **account).amount for kind in owed) == seller
    assert arrived.again().state == OrderState.COMPLETED
    assert arrived.act("accept", amount="1500").status_code == 302
    assert Refund.objects.count() == 1
    assert check_books().ok


@pytest.mark.parametrize("seen", ["1500", "", "1.5", "1e3"])
def test_another_offer_than_the_buyer_saw_is_not_taken(arrived: Story, seen: str) -> None:
    """A seller can't offer much, and little at the moment at which the buyer says yes."""
    arrived.complain()
    arrived.answer(text="I am sorry.", offer="1500")
    page = arrived.shopper.client.get(arrived.url).content.decode()
    assert 'name="amount" value="1500"' in page
    arrived.answer(text="Or so.", offer="1")
    assert arrived.act("accept", amount=seen).status_code == 302
    assert (arrived.case.state, arrived.case.offer_amount) == (CaseState.ANSWERED, 1)
    assert not Refund.objects.exists()
    assert (arrived.again().state, arrived.is_frozen()) == (OrderState.DELIVERED, True)
    assert arrived.act("accept", amount="1").status_code == 302
    assert (arrived.case.state, arrived.case.outcome_amount) == ("PARTLY_REFUNDED", 1)


def test_a_reply_declines_the_offer_and_it_is_the_sellers_turn(arrived: Story) -> None:
    arrived.complain()
    arrived.answer(text="Ten percent?", offer="700")
    arrived.act("reply", text="That is too little.")
    case = arrived.case
    assert (case.state, case.offer_amount, case.due_at) == ("OPEN", None, NOW + 5 * DAY)
    assert "case_replied" in kinds()
    roles = list(CaseMessage.objects.values_list("author_role", flat=True))
    assert roles == ["BUYER", "SELLER", "BUYER"]


def test_a_silent_buyer_is_reminded_and_then_the_order_goes_on(arrived: Story) -> None:
    arrived.complain()
    arrived.answer(text="It is made like that; see the picture.")
    arrived.wait(5.1)
    assert "case_reminder" in kinds()
    arrived.wait(7)
    case = arrived.case
    assert (case.state, case.decided_by, case.outcome_amount) == ("REJECTED", "TIME", 0)
    # The days to look at it go on as they began.
    assert arrived.again().state == OrderState.DELIVERED
    ends = Deadline.objects.get(order=arrived.order, kind=DeadlineKind.INSPECTION)
    assert (ends.due_at, ends.done_at) == (NOW + 14 * DAY, None)
    arrived.wait(14)
    assert arrived.again().state == OrderState.COMPLETED
    assert not Refund.objects.exists()
    assert check_books().ok


def test_the_seller_pays_all_of_it_back(arrived: Story) -> None:
    arrived.complain("DAMAGED")
    assert arrived.answer("accept").status_code == 302
    assert (arrived.case.state, arrived.case.decided_by) == (CaseState.REFUNDED, Party.SELLER)
    assert arrived.again().state == OrderState.REFUNDED
    assert arrived.held() == 0
    assert check_books().ok


def test_a_moderator_decides_a_part(arrived: Story) -> None:
    arrived.complain()
    arrived.act("escalate")
    assert (arrived.case.state, arrived.case.due_at) == (CaseState.ESCALATED, NOW + 5 * DAY)
    assert "case_escalated" in kinds()
    # Nobody is late now: only a person ends it.
    arrived.wait(30)
    assert arrived.case.state == CaseState.ESCALATED
    mira = Client()
    mira.force_login(arrived.cast.mira)
    url = f"/admin/orders/case/{arrived.case.pk}/decide/"
    assert mira.get("/admin/orders/case/").status_code == 200
    assert mira.get(f"/admin/orders/case/{arrived.case.pk}/change/").status_code == 200
    wrong = {"amount": str(arrived.order.total_amount + 1), "reason": "Half."}
    assert mira.post(url, wrong).status_code == 422
    assert mira.post(url, {"amount": "10", "reason": ""}).status_code == 422
    assert not Refund.objects.exists()
    assert mira.post(url, {"amount": "2000", "reason": "One handle of two."}).status_code == 302
    case = arrived.case
    assert (case.state, case.decided_by, case.outcome_amount) == (
        "PARTLY_REFUNDED", "MODERATOR", 2000,
    )  # fmt: skip
    assert case.reason == "One handle of two."
    assert AuditEntry.objects.get(action="case.decide").actor == arrived.cast.mira
    assert arrived.again().state == OrderState.COMPLETED
    assert mira.post(url, {"amount": "10", "reason": "More."}).status_code == 302
    assert Refund.objects.count() == 1
    assert check_books().ok


def test_a_moderator_rejects_and_the_seller_is_paid(arrived: Story) -> None:
    arrived.complain()
    arrived.answer("escalate")
    now = arrived.wait(20)
    cases.decide_case(
        case=arrived.case, actor=arrived.cast.mira, amount=0, reason="As shown.", now=now
    )
    assert arrived.case.state == CaseState.REJECTED
    # The days to look at it are long over.
    assert arrived.again().state == OrderState.COMPLETED
    assert check_books().ok


def test_the_buyer_takes_it_back(story: Story) -> None:
    mark_shipped(order=story.order, actor=None, carrier="EMS", tracking_number="", now=NOW)
    now = story.wait(15)
    story.complain("NOT_ARRIVED")
    story.act("withdraw")
    assert story.case.state == CaseState.WITHDRAWN
    assert story.again().state == OrderState.SHIPPED
    due = Deadline.objects.get(order=story.order, kind=DeadlineKind.ARRIVAL)
    assert due.done_at is None
    assert due.due_at == max(NOW + 21 * DAY, now + 7 * DAY)
    assert not story.is_frozen()


def test_not_sent_can_be_said_three_days_after_the_promise(story: Story) -> None:
    # Two days until it is handed over.
    assert story.shopper.client.get(story.url).status_code == 200
    story.wait(4.9)
    story.complain("NOT_SENT")
    assert not Case.objects.exists()
    story.wait(5)
    assert {"order_not_sent", "order_not_sent_for_seller"} <= kinds()
    story.complain("NOT_SENT")
    assert story.case.kind == "NOT_SENT"
    story.wait(10)
    assert (story.again().state, story.case.state) == (OrderState.CANCELLED, CaseState.REFUNDED)
    assert (story.held(), story.order.refunded_amount) == (0, story.order.total_amount)
    assert check_books().ok


def test_sending_answers_that_it_was_not_sent(story: Story) -> None:
    now = story.wait(6)
    story.complain("NOT_SENT")
    mark_shipped(
        order=story.again(),
        actor=story.cast.ama.user,
        carrier="EMS",
        tracking_number="EE1",
        now=now,
    )
    assert (story.case.state, story.case.due_at) == (CaseState.ANSWERED, now + 7 * DAY)
    story.wait(13)
    assert story.case.state == CaseState.REJECTED
    assert not Refund.objects.exists()
    # That it was sent says nothing of its arrival: it is waited for as any other parcel.
    waits_for_it(story, until=NOW + 27 * DAY)


def waits_for_it(story: Story, *, until: datetime) -> None:
    """On its way, its money held, and assumed to have arrived at `until` only."""
    assert story.again().state == OrderState.SHIPPED
    assert (story.held() > 0, story.is_frozen()) == (True, False)
    due = Deadline.objects.get(order=story.order, kind=DeadlineKind.ARRIVAL, done_at=None)
    assert due.due_at == until
    assert not Deadline.objects.filter(
        order=story.order, kind=DeadlineKind.INSPECTION, done_at=None
    ).exists()
    assert check_books().ok


def test_what_is_given_for_the_delay_releases_nothing_that_is_on_its_way(story: Story) -> None:
    now = story.wait(6)
    story.complain("NOT_SENT")
    mark_shipped(order=story.again(), actor=None, carrier="EMS", tracking_number="EE1", now=now)
    story.answer(text="Sorry for the delay.", offer="300")
    story.act("accept", amount="300")
    assert (story.case.state, Refund.objects.get().amount) == ("PARTLY_REFUNDED", 300)
    waits_for_it(story, until=now + 21 * DAY)


def test_cancelling_ends_the_case(story: Story) -> None:
    now = story.wait(6)
    story.complain("NOT_SENT")
    cancel_order(order=story.again(), actor=story.cast.ama.user, reason="Sold out.", now=now)
    assert (story.case.state, story.case.decided_by) == (CaseState.REFUNDED, Party.SELLER)
    assert not story.is_frozen()
    assert check_books().ok


@pytest.mark.parametrize(
    ("days", "kind", "may"),
    [
        (13.9, "NOT_ARRIVED", False),  # two and twelve days were promised
        (14.1, "NOT_ARRIVED", True),
        (0.1, "DAMAGED", True),
        (0.1, "NOT_SENT", False),
    ],
)
def test_what_may_be_said_of_a_parcel_on_its_way(
    story: Story, days: float, kind: str, may: bool
) -> None:
    mark_shipped(order=story.order, actor=None, carrier="EMS", tracking_number="", now=NOW)
    story.wait(days)
    story.complain(kind)
    assert Case.objects.exists() == may


def test_after_the_days_to_look_at_it_nothing_can_be_said(arrived: Story) -> None:
    arrived.clock.move_to(NOW + 14 * DAY)
    assert arrived.complain().status_code == 302
    sweep_deadlines(now=NOW + 14 * DAY)
    assert arrived.again().state == OrderState.COMPLETED
    assert arrived.complain().status_code == 302
    assert not Case.objects.exists()
    assert not arrived.is_frozen()


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": " "},
        {"kind": "NOT_SENT"},
        {"kind": ""},
        {"wanted": "REFUND_PART"},
        {"wanted": "REFUND_PART", "wanted_amount": "0"},
        {"wanted": "REFUND_PART", "wanted_amount": "9999999"},
        {"wanted": "REFUND_PART", "wanted_amount": "12.5"},
    ],
)
def test_what_makes_no_sense_changes_nothing(arrived: Story, wrong: dict[str, str]) -> None:
    answer = arrived.complain(**wrong)
    assert answer.status_code == 422
    assert wrong.get("text", "The handle is torn.").strip() in answer.content.decode()
    assert_untouched(arrived)


def test_a_file_that_is_neither_picture_nor_paper_is_refused(arrived: Story) -> None:
    page = SimpleUploadedFile("a.pdf", b"<script>alert(1)</script>", "application/pdf")
    answer = arrived.complain(attached=[page])
    assert answer.status_code == 422
    assert "a.pdf is neither a picture" in answer.content.decode()
    assert_untouched(arrived)


def test_files_are_for_the_two_and_moderators_only(arrived: Story) -> None:
    pdf = SimpleUploadedFile("letter.pdf", b"%PDF-1.4 hello", "application/pdf")
    arrived.complain(attached=[photo(), pdf])
    arrived.again()
    for file in CaseFile.objects.all():
        mine = arrived.shopper.client.get(f"{arrived.url}files/{file.pk}/")
        assert (mine.status_code, mine.content) == (200, bytes(file.content))
        assert mine["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in mine["Content-Security-Policy"]
        assert ("attachment" in mine["Content-Disposition"]) == file.name.endswith(".pdf")
        assert arrived.ama.get(f"{arrived.sell}files/{file.pk}/").status_code == 200
        linh = Client()
        linh.force_login(arrived.cast.linh.user)
        other = f"/sell/{arrived.cast.linh.business.slug}/cases/{arrived.case.pk}/"
        for url in (f"{arrived.sell}files/{file.pk}/", f"{other}files/{file.pk}/", other):
            assert linh.get(url).status_code == 404
        mira = Client()
        mira.force_login(arrived.cast.mira)
        assert mira.get(f"/admin/orders/case/files/{file.pk}/").status_code == 200
        assert linh.get(f"/admin/orders/case/files/{file.pk}/").status_code == 302


def test_a_case_of_an_account_opens_for_that_account_only(
    cast: Cast, clock: time_machine.Traveller
) -> None:
    shopper = Shopper("JP", user=cast.haruka)
    shopper.add(cast.ama.variant)
    purchase = shopper.place()
    shopper.pay(purchase)
    shopper.come_back(purchase)
    order = Order.objects.select_related("purchase", "business").get(purchase=purchase)
    mark_shipped(order=order, actor=None, carrier="EMS", tracking_number="", now=NOW)
    story = Story(cast, shopper, order, clock)
    story.complain()
    assert story.case.opened_by == cast.haruka
    fatima = Client()
    fatima.force_login(cast.fatima)
    assert fatima.get(story.url).status_code == 404
    assert fatima.post(f"{story.url}act/", {"do": "withdraw"}).status_code == 404
    assert Client().post(f"{story.url}act/", {"do": "withdraw"}).status_code == 302
    assert story.case.state == CaseState.OPEN


def test_only_one_case_at_a_time(arrived: Story) -> None:
    arrived.complain()
    arrived.complain()
    assert Case.objects.count() == 1


def test_who_complains_does_not_confirm_and_is_not_paid_around(arrived: Story) -> None:
    arrived.complain()
    confirm = f"/purchases/{arrived.order.purchase.token}/{arrived.order.number}/received/"
    arrived.shopper.client.post(confirm)
    assert arrived.again().state == OrderState.DELIVERED
    refund = f"/sell/{arrived.order.business.slug}/orders/{arrived.order.number}/refund/"
    assert arrived.ama.get(refund)["Location"] == arrived.sell
    assert not Refund.objects.exists()
    page = arrived.ama.get(f"/sell/{arrived.order.business.slug}/cases/").content.decode()
    assert arrived.order.number in page


def test_what_the_bank_looks_at_is_not_paid_back_here(arrived: Story) -> None:
    arrived.complain()
    held = HeldPayment.objects.get(order_ref=arrived.order.pk)
    dispute = ProviderDispute.objects.create(
        payment=Payment.objects.get(pk=held.payment_id),
        provider="sandbox",
        provider_ref="dp_1",
        currency="JPY",
        amount=held.buyer_amount,
        reason="product_unacceptable",
        opened_at=NOW,
    )
    DisputeShare.objects.create(dispute=dispute, held=held, amount=held.buyer_amount)
    page = arrived.shopper.client.get(arrived.url).content.decode()
    assert "Your bank has been asked" in page
    for _ in range(2):
        arrived.answer("accept")
        assert arrived.case.state == CaseState.OPEN
    arrived.wait(5)
    assert (arrived.case.state, Refund.objects.count()) == (CaseState.OPEN, 0)
    ProviderDispute.objects.update(state=DisputeState.WON)
    arrived.wait(6.1)
    assert arrived.case.state == CaseState.REFUNDED
    assert check_books().ok


@pytest.mark.django_db(transaction=True)
def test_confirming_and_complaining_at_once(
    transactional_db: None, clock: time_machine.Traveller
) -> None:
    """Either the seller is paid and there is no case, or there is one and it is not."""
    story = begin(make_cast(), clock)
    mark_shipped(order=story.order, actor=None, carrier="EMS", tracking_number="", now=NOW)
    mark_delivered(order=story.again(), actor=None, now=NOW)

    def confirm() -> bool:
        try:
            confirm_receipt(order=story.order, actor=None, now=NOW)
        except HeldFrozenError:
            return False
        finally:
            connection.close()
        return True

    def complain() -> bool:
        try:
            cases.open_case(
                order=story.order,
                actor=None,
                kind=CaseKind.DAMAGED,
                wanted=CaseWish.REFUND_FULL,
                wanted_amount=None,
                text="Broken.",
                now=NOW,
            )
        except CaseNotPossibleError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as pool:
        answers = [pool.submit(confirm), pool.submit(complain)]
        confirmed, complained = (answer.result() for answer in answers)
    assert confirmed != complained
    assert story.is_frozen() == complained
    assert (story.again().state == OrderState.COMPLETED) == confirmed
    assert check_books().ok


def assert_untouched(story: Story) -> None:
    assert not Case.objects.exists()
    assert not CaseFile.objects.exists()
    assert not story.is_frozen()
    due = Deadline.objects.get(order=story.order, kind=DeadlineKind.INSPECTION)
    assert due.done_at is None
