"""A buyer's bank wants its money back: the order waits, the seller gives proof, the bank decides."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from accounts.models import AuditEntry, User
from notifications.models import Notice
from orders.models import Order, OrderEvent, Purchase
from orders.services.completion import confirm_receipt
from orders.services.deadlines import sweep_deadlines
from orders.services.dispute_answers import answer_of, sweep_disputes
from orders.services.disputes import handle_dispute, handle_refund
from orders.services.events import handle_provider_events
from orders.services.fulfilment import mark_delivered, mark_shipped
from orders.services.refunds import refund_order
from orders.services.settling import run_settlement
from orders.states import OrderState
from payments.gateways import charge_gateway
from payments.gateways.base import TransferFacts, TransferStatus
from payments.models import (
    DisputeEvidence,
    DisputeShare,
    EvidenceFile,
    HeldPayment,
    ProviderDispute,
    Refund,
)
from payments.selectors import balance, check_books
from payments.services.evidence import send_evidence
from payments.services.held import HeldFrozenError
from payments.services.inbox import RefundFacts
from payments.services.refunds import DisputedError, submit_refunds
from payments.states import AccountKind, DisputeState
from sandbox import services as sandbox
from sandbox.models import Dispute, Session
from tests.cast import NOW, Cast, Seller, cast, clock
from tests.orders.shopper import Shopper, Wire, available, put_through

__all__ = ["cast", "clock"]
pytestmark = pytest.mark.django_db
DISPUTED_CARD = "4000000000002685"


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    return put_through(monkeypatch)


def bought(cast: Cast, *sellers: Seller, card: str = "4242424242424242") -> Purchase:
    shopper = Shopper("FR")
    for seller in sellers:
        shopper.add(seller.variant)
    purchase = shopper.place()
    shopper.pay(purchase, card)
    shopper.come_back(purchase)
    purchase.refresh_from_db()
    return purchase


def order_of(purchase: Purchase, seller: Seller) -> Order:
    return Order.objects.select_related("purchase", "business").get(
        purchase=purchase, business=seller.business
    )


def heard(wire: Wire) -> None:
    """The sandbox's webhooks arrive and are acted on."""
    wire.deliver(NOW + timedelta(seconds=30))
    handle_provider_events(now=NOW)
    assert check_books().problems == []


def disputed(cast: Cast, wire: Wire, *sellers: Seller) -> Purchase:
    purchase = bought(cast, *sellers, card=DISPUTED_CARD)
    heard(wire)
    return purchase


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page_of(seller: Seller) -> str:
    share = DisputeShare.objects.get(held__payee=seller.business.payee)
    return f"/sell/{seller.business.slug}/disputes/{share.pk}/"


def photo(name: str = "parcel.png") -> SimpleUploadedFile:
    out = BytesIO()
    Image.new("RGB", (20, 10), "navy").save(out, "PNG")
    return SimpleUploadedFile(name, out.getvalue(), "image/png")


def test_the_first_page_says_that_a_bank_waits(cast: Cast, wire: Wire) -> None:
    ama = cast.ama
    first = f"/sell/{ama.business.slug}/"
    assert "Disputes to answer" not in signed_in(ama.user).get(first).content.decode()
    disputed(cast, wire, ama)
    assert "Disputes to answer" in signed_in(ama.user).get(first).content.decode()
    others = f"/sell/{cast.linh.business.slug}/"
    assert "Disputes to answer" not in signed_in(cast.linh.user).get(others).content.decode()


def test_the_disputed_card_stops_the_order(cast: Cast, wire: Wire) -> None:
    """Nothing is released, refunded or paid; both sides are told once."""
    ama = cast.ama
    purchase = disputed(cast, wire, ama)
    order = order_of(purchase, ama)
    dispute = ProviderDispute.objects.get()
    assert dispute.state == DisputeState.NEEDS_RESPONSE
    assert HeldPayment.objects.get(order_ref=order.pk).frozen
    assert OrderEvent.objects.filter(order=order, kind="DISPUTED").count() == 1
    assert Notice.objects.filter(kind="dispute_opened").count() == 1
    assert Notice.objects.filter(kind="dispute_opened_for_seller").count() == 1
    with pytest.raises(DisputedError):
        refund_order(order=order, amount=100, seen_refunded=0, actor=ama.user, reason="x", now=NOW)
    assert Refund.objects.count() == 0
    wire.repeat()
    handle_provider_events(now=NOW)
    assert Notice.objects.filter(kind__startswith="dispute_").count() == 2
    assert run_settlement(now=NOW).payouts == []


def test_its_seller_cannot_cancel_it_meanwhile(cast: Cast, wire: Wire) -> None:
    """The bank has the money: the seller is told so, and nothing changes."""
    ama = cast.ama
    order = order_of(disputed(cast, wire, ama), ama)
    page = f"/sell/{ama.business.slug}/orders/{order.number}/"
    seller = signed_in(ama.user)
    assert seller.post(f"{page}cancel/", {"reason": "Sold out."}).status_code == 302
    assert "The buyer&#x27;s bank disputes this payment" in seller.get(page).content.decode()
    order.refresh_from_db()
    assert (order.state, order.refunded_amount) == (OrderState.PAID, 0)
    assert Refund.objects.count() == 0


def test_lost_before_it_was_sent(cast: Cast, wire: Wire) -> None:
    """The order ends as if it had been cancelled; the goods are on the shelf again."""
    ama = cast.ama
    before = available(ama.variant)
    purchase = disputed(cast, wire, ama)
    sandbox.decide_dispute(dispute_id=Dispute.objects.get().pk, won=False, now=NOW)
    heard(wire)
    order = order_of(purchase, ama)
    assert (order.state, order.refunded_amount) == (OrderState.CANCELLED, order.total_amount)
    assert available(ama.variant) == before
    assert Notice.objects.filter(kind="dispute_lost_for_seller").count() == 1
    [ended] = Notice.objects.filter(kind="dispute_ended")
    assert "for you" in ended.text
    [row] = order.refunds.all()
    assert (row.reason, row.given_by) == ("CHARGEBACK", "BANK")


def test_won_and_it_goes_on(cast: Cast, wire: Wire) -> None:
    """The time to inspect ended while the bank decided: afterwards the seller is paid."""
    ama = cast.ama
    purchase = disputed(cast, wire, ama)
    order = order_of(purchase, ama)
    mark_shipped(order=order, carrier="DHL", tracking_number="JD1", actor=ama.user, now=NOW)
    mark_delivered(order=order, actor=None, now=NOW)
    later = NOW + timedelta(days=20)
    sweep_deadlines(now=later)
    assert order_of(purchase, ama).state == OrderState.DELIVERED
    sandbox.decide_dispute(dispute_id=Dispute.objects.get().pk, won=True, now=NOW)
    heard(wire)
    sweep_deadlines(now=later + timedelta(hours=2))
    assert order_of(purchase, ama).state == OrderState.COMPLETED
    assert len(run_settlement(now=later).payouts) == 1
    assert check_books().problems == []


def test_won_after_it_was_lost(cast: Cast, wire: Wire) -> None:
    """The order stays ended, and its seller is paid all the same."""
    ama = cast.ama
    purchase = disputed(cast, wire, ama)
    order = order_of(purchase, ama)
    mark_shipped(order=order, carrier="DHL", tracking_number="JD1", actor=ama.user, now=NOW)
    for won in (False, True):
        sandbox.decide_dispute(dispute_id=Dispute.objects.get().pk, won=won, now=NOW)
        heard(wire)
    order = order_of(purchase, ama)
    assert (order.state, order.refunded_amount) == (OrderState.REFUNDED, 0)
    assert len(run_settlement(now=NOW).payouts) == 1
    assert check_books().problems == []


def test_won_after_it_was_lost_and_never_sent(cast: Cast, wire: Wire) -> None:
    """Its goods are on the shelf again, so the buyer has its money back, once."""
    ama = cast.ama
    purchase = disputed(cast, wire, ama)
    for won in (False, True):
        sandbox.decide_dispute(dispute_id=Dispute.objects.get().pk, won=won, now=NOW)
        heard(wire)
    order = order_of(purchase, ama)
    assert (order.state, order.refunded_amount) == (OrderState.CANCELLED, order.total_amount)
    assert run_settlement(now=NOW).payouts == []
    [refund] = Refund.objects.filter(origin="REQUEST")
    assert refund.amount == order.total_amount
    wire.repeat()
    handle_provider_events(now=NOW)
    assert submit_refunds(now=NOW) == 1
    assert Refund.objects.filter(origin="REQUEST").count() == 1
    assert check_books().problems == []


@pytest.mark.parametrize("is_sent", [True, False])
def test_a_part_of_what_was_lost_comes_back_later(cast: Cast, wire: Wire, is_sent: bool) -> None:
    """The order ended when all of it was lost; nothing stays held for it."""
    ama = cast.ama
    purchase = disputed(cast, wire, ama)
    order = order_of(purchase, ama)
    if is_sent:
        mark_shipped(order=order, carrier="DHL", tracking_number="1", actor=ama.user, now=NOW)
    sandbox.decide_dispute(dispute_id=Dispute.objects.get().pk, won=False, now=NOW)
    heard(wire)
    facts = charge_gateway("sandbox").get_dispute(Dispute.objects.get().pk)
    for _ in range(2):
        handle_dispute(facts=replace(facts, returned=facts.taken // 2), now=NOW)
    held = HeldPayment.objects.get(order_ref=order.pk)
    assert held.state == ("RELEASED" if is_sent else "REFUNDED")
    assert len(run_settlement(now=NOW).payouts) == is_sent
    assert Refund.objects.filter(origin="REQUEST").count() == (not is_sent)
    assert check_books().problems == []


def test_a_part_is_lost(cast: Cast, wire: Wire) -> None:
    ama = cast.ama
    purchase = disputed(cast, wire, ama)
    order = order_of(purchase, ama)
    dispute = Dispute.objects.get()
    sandbox.decide_dispute(dispute_id=dispute.pk, won=False, returned=dispute.amount - 100, now=NOW)
    heard(wire)
    order.refresh_from_db()
    assert (order.state, order.refunded_amount) == (OrderState.PAID, 100)
    assert not HeldPayment.objects.get(order_ref=order.pk).frozen


@pytest.mark.parametrize("is_sent", [True, False])
def test_a_refund_that_comes_back_after_a_part_was_lost(
    cast: Cast, wire: Wire, is_sent: bool
) -> None:
    """The buyer seemed to have more than it had paid; then a refund of it fails. Nothing stays held."""
    ama = cast.ama
    purchase = bought(cast, ama)
    heard(wire)
    order = order_of(purchase, ama)
    if is_sent:
        mark_shipped(order=order, carrier="DHL", tracking_number="1", actor=ama.user, now=NOW)
    part = order.total_amount // 4
    refund_order(order=order, amount=part, seen_refunded=0, actor=ama.user, reason="Late", now=NOW)
    assert submit_refunds(now=NOW) == 1
    session = Session.objects.get()
    sandbox.open_dispute(session_id=session.pk, now=NOW)
    heard(wire)
    sandbox.decide_dispute(
        dispute_id=Dispute.objects.get().pk, won=False, returned=part // 2, now=NOW
    )
    heard(wire)
    order.refresh_from_db()
    assert order.refunded_amount == order.total_amount
    refund = Refund.objects.get(origin="REQUEST")
    failed = TransferFacts(TransferStatus.FAILED, "re_1", "account_closed")
    for _ in range(2):
        handle_refund(facts=RefundFacts(refund.pk, failed), now=NOW)
    order.refresh_from_db()
    held = HeldPayment.objects.get()
    assert held.refunded_amount == order.refunded_amount
    assert held.state == ("RELEASED" if is_sent else "REFUNDED")
    assert balance(kind=AccountKind.HELD, currency="GHS").amount == 0
    assert check_books().problems == []


def test_the_seller_gives_proof_and_a_moderator_answers(cast: Cast, wire: Wire) -> None:
    """A photo is drawn anew as JPEG, sent once, and the bank decides by the words."""
    ama = cast.ama
    disputed(cast, wire, ama)
    client = signed_in(ama.user)
    assert page_of(ama) in client.get(f"/sell/{ama.business.slug}/disputes/").content.decode()
    answer = client.post(
        page_of(ama),
        {"statement": "This is winning.", "purpose": "shipping_documentation", "file": photo()},
    )
    assert answer.status_code == 302
    file = EvidenceFile.objects.get()
    assert (file.name, file.media_type) == ("parcel.jpg", "image/jpeg")
    assert bytes(file.content).startswith(b"\xff\xd8\xff")
    assert "parcel.jpg" in client.get(page_of(ama)).content.decode()

    moderator = signed_in(User.objects.create_superuser("mod@example.com"))
    dispute = ProviderDispute.objects.get()
    address = f"/admin/payments/providerdispute/{dispute.pk}/"
    shown = moderator.get(f"{address}change/").content.decode()
    assert "This is winning." in shown
    assert moderator.post(f"{address}answer/", {"reason": "See the label."}).status_code == 302
    assert AuditEntry.objects.filter(action="dispute.answer").count() == 1
    assert send_evidence(now=NOW) == 1
    assert send_evidence(now=NOW + timedelta(hours=1)) == 0
    theirs = Dispute.objects.get()
    assert theirs.evidence["files"] == {
        "shipping_documentation": EvidenceFile.objects.get().provider_ref
    }
    assert "See the label." in theirs.evidence["texts"]["statement"]
    sandbox.run_bank(now=NOW + timedelta(minutes=1))
    heard(wire)
    dispute.refresh_from_db()
    assert dispute.state == DisputeState.WON
    late = client.post(page_of(ama), {"statement": "More", "purpose": "other"})
    assert late.status_code == 302
    assert DisputeShare.objects.get().statement == "This is winning."


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (SimpleUploadedFile("x.pdf", b"<script>", "application/pdf"), "Only PDF, JPEG and PNG"),
        (SimpleUploadedFile("x.pdf", b"%PDF-" + b"0" * 4_500_000), "too large"),
        (SimpleUploadedFile("x.html", b"<html></html>", "text/html"), "Only PDF, JPEG and PNG"),
    ],
)
def test_what_no_bank_reads_is_refused(
    cast: Cast,
    wire: Wire,
    file: SimpleUploadedFile,
    words: str,
) -> None:
    file.seek(0)
    disputed(cast, wire, cast.ama)
    answer = signed_in(cast.ama.user).post(
        page_of(cast.ama), {"statement": "Kept words", "purpose": "receipt", "file": file}
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert "Kept words" in page
    assert EvidenceFile.objects.count() == 0
    assert DisputeShare.objects.get().statement == ""


def test_only_its_seller_sees_it(cast: Cast, wire: Wire) -> None:
    disputed(cast, wire, cast.ama, cast.linh)
    address = page_of(cast.ama)
    own_slug = address.replace(cast.ama.business.slug, cast.linh.business.slug)
    stranger = signed_in(cast.linh.user)
    for one in (address, own_slug):
        assert stranger.get(one).status_code == 404
        assert stranger.post(one, {"statement": "x", "purpose": "other"}).status_code == 404
    assert DisputeShare.objects.exclude(statement="").count() == 0


def test_giving_in(cast: Cast, wire: Wire) -> None:
    purchase = disputed(cast, wire, cast.ama)
    moderator = signed_in(User.objects.create_superuser("mod@example.com"))
    dispute = ProviderDispute.objects.get()
    address = f"/admin/payments/providerdispute/{dispute.pk}/give_in/"
    assert moderator.post(address, {"reason": "Never sent."}).status_code == 302
    send_evidence(now=NOW)
    heard(wire)
    assert order_of(purchase, cast.ama).state == OrderState.CANCELLED
    assert ProviderDispute.objects.get().state == DisputeState.LOST


def test_the_time_runs_out(cast: Cast, wire: Wire) -> None:
    """Three days before the end the seller is reminded; what it gave is sent on the last day."""
    disputed(cast, wire, cast.ama)
    due = ProviderDispute.objects.get().evidence_due_at
    assert due is not None
    assert sweep_disputes(now=due - timedelta(days=4)) == 0
    assert sweep_disputes(now=due - timedelta(days=2, hours=12)) == 1
    assert sweep_disputes(now=due - timedelta(days=2)) == 0
    assert Notice.objects.filter(kind="dispute_reminder").count() == 1
    assert sweep_disputes(now=due - timedelta(hours=5)) == 0  # nothing was given
    DisputeShare.objects.update(statement="It was sent with DHL.")
    assert sweep_disputes(now=due - timedelta(hours=5)) == 1
    row = DisputeEvidence.objects.get()
    assert row.submitted_by is None
    assert "DHL" in row.texts["statement"]
    assert sweep_disputes(now=due - timedelta(hours=4)) == 0


def test_our_answer_names_what_was_sold_and_sent(cast: Cast, wire: Wire) -> None:
    purchase = disputed(cast, wire, cast.ama)
    order = order_of(purchase, cast.ama)
    mark_shipped(
        order=order,
        carrier="DHL",
        tracking_number="JD 0146",
        actor=cast.ama.user,
        now=NOW,
    )
    texts = answer_of(ProviderDispute.objects.get())
    assert texts["shipping_carrier"] == "DHL"
    assert texts["shipping_tracking_number"] == "JD0146"
    assert texts["customer_email_address"] == purchase.email
    assert order.number in texts["product_description"]


def test_confirmed_by_the_buyer_while_disputed(cast: Cast, wire: Wire) -> None:
    """What a buyer says here does not undo what its bank did."""
    purchase = disputed(cast, wire, cast.ama)
    order = order_of(purchase, cast.ama)
    mark_shipped(
        order=order,
        carrier="DHL",
        tracking_number="1",
        actor=cast.ama.user,
        now=NOW,
    )
    with pytest.raises(HeldFrozenError):
        confirm_receipt(order=order, actor=None, now=NOW)
    assert order_of(purchase, cast.ama).state == OrderState.SHIPPED
