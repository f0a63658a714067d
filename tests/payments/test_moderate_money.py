"""Moderators read the books and decide the few things that wait for a person."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, User
from common.money import Money
from payments.gateways.base import TransferFacts, TransferStatus
from payments.models import (
    Account,
    Difference,
    Entry,
    HeldPayment,
    Payment,
    ProviderEvent,
    Rate,
    ReconciliationRun,
)
from payments.services import (
    Leg,
    RefundFacts,
    apply_refund_facts,
    create_payee,
    post_entry,
    request_refund,
)
from payments.states import AccountKind, EntryKind
from tests.payments.test_hold_a_payment import paid, plan, quote

pytestmark = pytest.mark.django_db
MODELS = (
    "account",
    "entry",
    "payment",
    "heldpayment",
    "refund",
    "payout",
    "payee",
    "bankfile",
    "bankfileline",
    "bankanswer",
    "providerevent",
    "rate",
    "quote",
)


@pytest.fixture
def moderator(client: Client) -> User:
    user = User.objects.create_superuser(email="mod@example.com", password="a long password")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return user


@pytest.fixture
def books(now: datetime) -> Payment:
    payee = create_payee(name="Ama's baskets", country="GH", currency="GHS", now=now)
    one = plan(
        payee, quote("GHS", "JPY", "10", now), seller=24000, commission=1440, mid=2400, spread=36
    )
    return paid([one], "JPY", now)


@pytest.mark.usefixtures("moderator", "books")
@pytest.mark.parametrize("model", MODELS)
def test_lists_open_and_nothing_can_be_added(client: Client, model: str) -> None:
    assert client.get(reverse(f"admin:payments_{model}_changelist")).status_code == 200
    assert client.get(reverse(f"admin:payments_{model}_add")).status_code == 403


@pytest.mark.usefixtures("moderator")
def test_rows_open_and_cannot_be_changed(client: Client, books: Payment) -> None:
    entry = Entry.objects.get()
    held = Account.objects.get(kind=AccountKind.HELD)
    for row in (books, entry, held, books.held.get(), books.held.get().payee):
        name = row._meta.model_name
        page = reverse(f"admin:payments_{name}_change", args=[row.pk])
        assert client.get(page).status_code == 200, name
        assert client.post(page, {"amount": "1", "name": "x"}).status_code == 403, name
        delete = reverse(f"admin:payments_{name}_delete", args=[row.pk])
        assert client.post(delete, {"post": "yes"}).status_code == 403, name
    books.refresh_from_db()
    assert books.amount == 2436
    assert "240.00 GHS" in client.get(reverse("admin:payments_account_changelist")).content.decode()


@pytest.mark.usefixtures("moderator", "books")
def test_the_trial_balance_as_csv(client: Client) -> None:
    answer = client.get(reverse("admin:payments_account_trial_balance_csv"))
    assert answer["Content-Type"].startswith("text/csv")
    assert answer.content.decode().splitlines() == [
        "currency,account,credits,debits,balance",
        "GHS,FX_POSITION,0.00,240.00,-240.00",
        "GHS,HELD,240.00,0.00,240.00",
        "JPY,FX_POSITION,2400,0,2400",
        "JPY,FX_SPREAD,36,0,36",
        "JPY,PROVIDER_CLEARING,0,2436,-2436",
    ]


@pytest.mark.usefixtures("books")
@pytest.mark.usefixtures("moderator")
def test_what_money_waits_for_a_person_is_in_the_queue(
    client: Client, books: Payment, now: datetime
) -> None:
    """A refund that its provider refused, a difference, an event that failed: with their numbers."""

    def queue() -> dict[str, str]:
        groups = client.get("/admin/").context["groups"]
        return {str(item["title"]): item["badge"] for item in groups[0]["items"]}

    names = ("Refunds that failed", "Differences to put right", "Provider events to look at")
    assert [queue()[name] for name in names] == ["", "", ""]
    ProviderEvent.objects.create(
        provider="sandbox", event_id="evt_1", kind="session.paid", payload={}, state="PARKED"
    )
    refund = request_refund(
        order_ref=HeldPayment.objects.get(payment=books).order_ref,
        amount=1,
        reason="Late",
        key="r1",
        now=now,
    )
    facts = TransferFacts(TransferStatus.FAILED, "", "charge_already_refunded")
    apply_refund_facts(facts=RefundFacts(refund.pk, facts), now=now)
    run = ReconciliationRun.objects.create(provider="sandbox", since=now, until=now, started_at=now)
    Difference.objects.create(
        run=run, last_run=run, provider="sandbox", subject="adj_1", kind="EXTRA", currency="JPY",
        movement="OTHER", provider_amount=-1500,
    )  # fmt: skip
    assert [queue()[name] for name in names] == ["1", "1", "1"]
    for name in ("refund", "difference", "providerevent"):
        assert client.get(f"/admin/payments/{name}/?state__exact=FAILED").status_code == 200


def test_the_books_are_closed_to_everybody_else(client: Client) -> None:
    user = User.objects.create_user(email="buyer@example.com", password="a long password")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    for page in ("admin:payments_account_changelist", "admin:payments_account_trial_balance_csv"):
        answer = client.get(reverse(page))
        assert answer.status_code in {302, 403, 404}
        assert b"GHS" not in answer.content


def test_a_rate_that_jumped_is_approved_with_a_reason(
    client: Client, moderator: User, now: datetime
) -> None:
    rate = Rate.objects.create(
        currency="NGN", rate=Decimal(2000), source="HMRC", as_of=now.date(), held_back=True
    )
    page = reverse("admin:payments_rate_approve", args=[rate.pk])
    assert client.post(page, {"reason": ""}).status_code == 422
    assert Rate.objects.filter(held_back=True).exists()
    client.post(page, {"reason": "The naira was devalued"})
    assert not Rate.objects.filter(held_back=True).exists()
    audit = AuditEntry.objects.get()
    assert (audit.actor, audit.action) == (moderator, "approve_rate")


def test_rates_are_refreshed_by_a_command(settings: Any) -> None:
    out = StringIO()
    call_command("refresh_rates", stdout=out)
    assert "new rates." in out.getvalue()
    assert Rate.objects.filter(currency="VND").exists()


def test_a_correction_is_an_entry_with_a_reason() -> None:
    post_entry(
        key="correction:1",
        kind=EntryKind.CORRECTION,
        memo="The provider rounded up",
        legs=[
            Leg(AccountKind.ROUNDING, Money(-1, "EUR")),
            Leg(AccountKind.PROVIDER_CLEARING, Money(1, "EUR"), "x"),
        ],
    )
    assert Entry.objects.get().memo == "The provider rounded up"
