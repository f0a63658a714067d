"""A buyer's bank takes a charge back: the merchant is told, may answer, and the bank decides."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from sandbox.models import Dispute, Event, Movement, Payout, Session
from sandbox.rules import SandboxError
from sandbox.services import (
    DisputeView,
    accept_dispute,
    create_payout,
    create_refund,
    create_reversal,
    decide_dispute,
    escalate_dispute,
    get_dispute,
    open_dispute,
    pay_session,
    run_bank,
    submit_evidence,
    upload_evidence,
)
from tests.sandbox.merchant import NOW, new_session

pytestmark = pytest.mark.django_db
URL = "http://127.0.0.1:9/webhooks/sandbox/"


def charged(card: str = "4242424242424242") -> Session:
    return pay_session(session_id=new_session().id, card_number=card, now=NOW)


def disputed(**changes: object) -> DisputeView:
    return open_dispute(session_id=charged().pk, now=NOW, **changes)  # type: ignore[arg-type]


def moved() -> list[tuple[str, int]]:
    rows = Movement.objects.exclude(kind="CHARGE").order_by("created_at", "pk")
    return list(rows.values_list("kind", "net"))


def test_the_card_that_is_disputed_at_once() -> None:
    session = charged("4000000000002685")
    dispute = Dispute.objects.get()
    assert (dispute.session, dispute.amount, dispute.taken_amount) == (session, 12345, 12345)
    assert list(Event.objects.order_by("created_at").values_list("kind", flat=True)) == [
        "session.paid",
        "dispute.created",
    ]
    assert moved() == [("DISPUTE", -12345)]


def test_won_and_lost_and_a_part(settings: Settings) -> None:
    settings.SANDBOX_DISPUTE_FEE = 15
    view = disputed()
    assert moved() == [("DISPUTE", -12360)]
    assert (view.fee, view.fee_currency) == (15, "JPY")
    lost = decide_dispute(dispute_id=view.id, won=False, returned=345, now=NOW)
    assert (lost.status, lost.taken, lost.returned) == ("lost", 12345, 345)
    won = decide_dispute(dispute_id=view.id, won=True, now=NOW)
    assert (won.status, won.returned) == ("won", 12345)
    again = decide_dispute(dispute_id=view.id, won=False, now=NOW)
    assert (again.taken, again.returned) == (24690, 12345)


def test_an_inquiry_takes_nothing_until_it_is_more() -> None:
    view = disputed(is_inquiry=True)
    assert (view.status, view.taken, moved()) == ("inquiry", 0, [])
    with pytest.raises(SandboxError, match="is inquiry"):
        decide_dispute(dispute_id=view.id, won=False, now=NOW)
    assert escalate_dispute(dispute_id=view.id, now=NOW).taken == 12345


def test_what_it_refuses() -> None:
    session = charged()
    for amount in (0, 12346):
        with pytest.raises(SandboxError, match="bad_amount"):
            open_dispute(session_id=session.pk, amount=amount, now=NOW)
    open_dispute(session_id=session.pk, now=NOW)
    with pytest.raises(SandboxError, match="already_disputed"):
        open_dispute(session_id=session.pk, now=NOW)
    with pytest.raises(SandboxError, match="charge_disputed"):
        create_refund(
            idempotency_key="r",
            charge_id=session.charge_id or "",
            amount=1,
            currency="JPY",
            webhook_url=URL,
            metadata={},
        )
    assert Dispute.objects.count() == 1


@pytest.mark.parametrize(("words", "status"), [("winning", "won"), ("losing", "lost")])
def test_the_words_decide(words: str, status: str) -> None:
    view = disputed()
    file = upload_evidence(
        idempotency_key="f", name="a.pdf", media_type="application/pdf", content=b"%PDF-", now=NOW
    )
    for _ in range(2):
        answered = submit_evidence(
            dispute_id=view.id,
            idempotency_key="e",
            texts={"statement": f"This is {words}."},
            files={"receipt": file},
            now=NOW,
        )
        assert answered.status == "under_review"
    run_bank(now=NOW + timedelta(seconds=4))
    assert get_dispute(view.id).status == "under_review"
    run_bank(now=NOW + timedelta(seconds=6))
    assert get_dispute(view.id).status == status
    with pytest.raises(SandboxError, match="no_such_file"):
        submit_evidence(
            dispute_id=view.id, idempotency_key="x", texts={}, files={"receipt": "?"}, now=NOW
        )


def test_giving_in_twice_is_once() -> None:
    view = disputed()
    for _ in range(2):
        assert accept_dispute(dispute_id=view.id, now=NOW).status == "lost"
    assert Event.objects.filter(kind="dispute.closed").count() == 1


def test_a_payout_is_taken_back_within_its_amount() -> None:
    payouts = [
        create_payout(
            idempotency_key=account,
            destination={"account": account},
            amount=1000,
            currency="EUR",
            webhook_url=URL,
            metadata={},
        ).id
        for account in ("1", "empty-1")
    ]

    def reverse(key: str, payout: str, amount: int) -> str:
        return create_reversal(
            idempotency_key=key,
            payout_id=payout,
            amount=amount,
            currency="EUR",
            webhook_url=URL,
            metadata={},
            now=NOW,
        ).id

    with pytest.raises(SandboxError, match="not_paid"):
        reverse("a", payouts[0], 1)
    Payout.objects.update(state="PAID")
    assert reverse("b", payouts[0], 600) == reverse("b", payouts[0], 600)
    with pytest.raises(SandboxError, match="more than is left"):
        reverse("c", payouts[0], 401)
    with pytest.raises(SandboxError, match="insufficient_funds"):
        reverse("d", payouts[1], 1)
    assert moved() == [("TRANSFER_REVERSED", 600)]


def test_the_consoles_buttons(client: Client, settings: Settings) -> None:
    settings.DEMO = True
    client.force_login(User.objects.create_superuser("mod@example.com"))
    session = charged()

    def press(thing: str, action: str) -> None:
        answer = client.post("/sandbox/act/", {"object": thing, "action": action})
        assert answer.status_code == 302

    press(session.pk, "inquire")
    dispute = Dispute.objects.get()
    for action, state in (
        ("escalate", "NEEDS_RESPONSE"),
        ("lose_half", "LOST"),
        ("win", "WON"),
        ("lose", "LOST"),
    ):
        press(dispute.pk, action)
        dispute.refresh_from_db()
        assert dispute.state == state
    assert dispute.pk in client.get("/sandbox/").content.decode()
    press(session.pk, "dispute_half")
    assert Dispute.objects.order_by("-created_at")[0].amount == 6173
