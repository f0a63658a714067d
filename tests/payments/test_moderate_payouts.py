"""Moderators hold payouts, see what waits too long, and carry files between us and the bank."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, User
from payments.models import BankAnswer, BankFile, Payee
from payments.services import create_payee
from tests.payments.bank import (
    IBANS,
    bank_payee,
    camt054,
    details,
    document,
    earn,
    settle,
    texts,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def moderator(client: Client, now: datetime) -> Any:
    user = User.objects.create_superuser(email="mod@example.com", password="a long password")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    with time_machine.travel(now, tick=False):
        yield user


@pytest.fixture
def bence(db: None, now: datetime) -> Payee:
    return bank_payee("Bence", "HU", "HUF", details("iban", "HU", {"iban": IBANS["HUF"]}), now)


@pytest.mark.usefixtures("moderator")
def test_a_payee_is_held_and_resumed_with_a_reason(client: Client, bence: Payee) -> None:
    def decide(verb: str, reason: str) -> int:
        url = reverse(f"admin:payments_payee_{verb}", args=[bence.pk])
        assert client.get(url).status_code == 200
        status = client.post(url, {"reason": reason}).status_code
        bence.refresh_from_db()
        return status

    assert (decide("hold", ""), bence.payouts_held) == (422, False)
    assert (decide("hold", "We look at your last sales"), bence.payouts_held) == (302, True)
    assert bence.hold_reason == "We look at your last sales"
    decide("hold", "Again")
    assert bence.hold_reason == "We look at your last sales"
    assert (decide("resume", "All is well"), bence.payouts_held) == (302, False)
    found = AuditEntry.objects.filter(target_id=str(bence.pk), actor__isnull=False)
    assert [entry.action for entry in found.order_by("pk")][-2:] == [
        "hold_payouts",
        "resume_payouts",
    ]
    page = client.get(reverse("admin:payments_payee_change", args=[bence.pk])).content.decode()
    assert "0000" in page
    assert IBANS["HUF"] not in page


@pytest.mark.usefixtures("moderator")
def test_a_payee_whom_no_provider_reaches(client: Client, now: datetime) -> None:
    payee = create_payee(name="Ama", country="GH", currency="GHS", now=now)
    url = reverse("admin:payments_payee_bank_file", args=[payee.pk])
    client.post(url, {"reason": "No provider pays to Ghana"})
    payee.refresh_from_db()
    assert payee.provider == "bank_file"


def test_what_waits_too_long_is_listed(
    client: Client, moderator: User, bence: Payee, now: datetime
) -> None:
    page = reverse("admin:payments_payee_overdue")
    assert "Nothing waits too long" in client.get(page).content.decode()
    earn(bence, 50000)
    Payee.objects.filter(pk=bence.pk).update(payouts_held=True, hold_reason="Under review")
    with time_machine.travel(now + timedelta(days=400)):
        client.force_login(moderator, backend="django.contrib.auth.backends.ModelBackend")
        text = client.get(page).content.decode()
    assert "Bence" in text
    assert "500.00 HUF" in text
    assert "Under review" in text


@pytest.mark.usefixtures("moderator")
def test_from_a_file_to_the_banks_answer(client: Client, bence: Payee, now: datetime) -> None:
    make = reverse("admin:payments_bankfile_make")
    assert client.get(make).status_code == 200
    earn(bence, 50000)
    [payout] = settle("1", now)
    assert "HUF: 1 payout" in client.get(make).content.decode()
    past = client.post(make, {"currency": "HUF", "execute_on": "2026-11-23"})
    assert (past.status_code, BankFile.objects.count()) == (422, 0)
    assert client.post(make, {"currency": "HUF", "execute_on": "2026-11-25"}).status_code == 302
    file = BankFile.objects.get()
    page = client.get(reverse("admin:payments_bankfile_change", args=[file.pk]))
    assert payout.number in page.content.decode()
    assert file.xml not in page.content.decode()
    sent = client.get(reverse("admin:payments_bankfile_download", args=[file.pk]))
    assert sent["Content-Disposition"] == f'attachment; filename="{file.message_id}.xml"'
    assert texts(document(file), "EndToEndId") == [payout.number]
    assert payout.number.encode() in sent.content
    assert AuditEntry.objects.filter(action="download_bank_file").count() == 1

    take = reverse("admin:payments_bankanswer_take_in")
    assert 'enctype="multipart/form-data"' in client.get(take).content.decode()
    content = camt054((payout.number, "500.00", "HUF", ""))
    for expected in (302, 422):
        upload = SimpleUploadedFile("answer.xml", content, "application/xml")
        assert client.post(take, {"file": upload}).status_code == expected
    wrong = SimpleUploadedFile("wrong.xml", b"<a/>", "application/xml")
    assert "neither" in client.post(take, {"file": wrong}).content.decode()
    answer = BankAnswer.objects.get()
    assert (answer.name, answer.applied) == ("answer.xml", 1)
    page = client.get(reverse("admin:payments_bankanswer_change", args=[answer.pk]))
    assert page.status_code == 200


def test_a_clerk_without_the_right_may_not(client: Client, bence: Payee) -> None:
    clerk = User.objects.create_user("clerk@example.org", "a long password", is_staff=True)
    client.force_login(clerk, backend="django.contrib.auth.backends.ModelBackend")
    for name in ("bankfile_make", "bankanswer_take_in", "payee_overdue"):
        assert client.get(reverse(f"admin:payments_{name}")).status_code == 403
    assert not BankFile.objects.exists()
