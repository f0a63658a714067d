"""Delivering: each e-mail by one worker, tried again when that may help, never lost."""

from __future__ import annotations

import smtplib
import threading
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.mail.message import EmailMessage
from django.db import connection

from notifications import services
from notifications.models import EmailDelivery
from notifications.rules import LEASE, RETRY_AFTER
from notifications.services import deliver_batch, queue_email, retry_email
from notifications.states import EffectState
from notifications.tasks import deliver_emails

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def queued(to: str = "lucie@example.fr", *, now: datetime = NOW) -> EmailDelivery:
    return queue_email(to=to, subject="Paid", text="Thanks", html="<p>Thanks</p>", now=now)


def refuse(monkeypatch: pytest.MonkeyPatch, error: Exception) -> list[str]:
    """The mail server answers `error`; returns who was tried."""
    tried: list[str] = []

    def send_messages(self: EmailBackend, messages: list[EmailMessage]) -> int:
        tried.extend(message.to[0] for message in messages)
        raise error

    monkeypatch.setattr(EmailBackend, "send_messages", send_messages)
    return tried


@pytest.mark.django_db
def test_what_is_due_is_sent_as_text_and_html_and_marked() -> None:
    row = queued()
    deliver_emails()
    [sent] = mail.outbox
    assert sent.to == ["lucie@example.fr"]
    assert sent.body == "Thanks"
    assert sent.alternatives[0].content == "<p>Thanks</p>"  # type: ignore[attr-defined]
    assert str(row.pk) in sent.extra_headers["Message-ID"]
    row.refresh_from_db()
    assert row.state == EffectState.DONE
    deliver_emails()
    assert len(mail.outbox) == 1


@pytest.mark.django_db
def test_what_is_due_later_waits() -> None:
    queued(now=NOW + timedelta(minutes=1))
    assert deliver_batch(now=NOW) == 0
    assert deliver_batch(now=NOW + timedelta(minutes=1)) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "error",
    [
        smtplib.SMTPServerDisconnected("gone"),
        smtplib.SMTPRecipientsRefused({"lucie@example.fr": (451, b"greylisted")}),
        smtplib.SMTPDataError(452, b"full"),
        smtplib.SMTPAuthenticationError(535, b"wrong password"),
        TimeoutError("slow"),
    ],
)
def test_a_temporary_refusal_is_tried_again_later(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    row = queued()
    tried = refuse(monkeypatch, error)
    deliver_batch(now=NOW)
    row.refresh_from_db()
    assert (row.state, row.attempts, row.due_at) == (
        EffectState.PENDING,
        1,
        NOW + RETRY_AFTER[0],
    )
    assert row.last_error
    assert deliver_batch(now=NOW + timedelta(seconds=1)) == 0
    monkeypatch.undo()
    deliver_batch(now=row.due_at)
    row.refresh_from_db()
    assert row.state == EffectState.DONE
    assert tried == ["lucie@example.fr"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "error",
    [
        smtplib.SMTPRecipientsRefused({"lucie@example.fr": (550, b"no such mailbox")}),
        smtplib.SMTPDataError(554, b"spam"),
        smtplib.SMTPNotSupportedError("SMTPUTF8"),
    ],
)
def test_a_permanent_refusal_is_not_tried_again(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    row = queued()
    refuse(monkeypatch, error)
    deliver_batch(now=NOW)
    row.refresh_from_db()
    assert row.state == EffectState.FAILED
    assert deliver_batch(now=NOW + timedelta(days=9)) == 0
    monkeypatch.undo()
    assert retry_email(mail_id=row.pk, now=NOW)
    assert not retry_email(mail_id=row.pk, now=NOW)
    assert deliver_batch(now=NOW) == 1
    assert len(mail.outbox) == 1


@pytest.mark.django_db
def test_it_gives_up_after_two_days(monkeypatch: pytest.MonkeyPatch) -> None:
    row = queued()
    refuse(monkeypatch, TimeoutError("slow"))
    now, tries = NOW, 0
    while deliver_batch(now=now):
        tries += 1
        row.refresh_from_db()
        now = max(row.due_at, now)
    assert tries == len(RETRY_AFTER) + 1
    assert row.state == EffectState.FAILED
    assert timedelta(days=1) < now - NOW < timedelta(days=3)


@pytest.mark.django_db
def test_a_crash_between_sending_and_marking_sends_twice_and_never_loses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    row = queued()

    class KilledError(BaseException):
        """Like kill -9: nothing after it runs."""

    def killed(**_sent: object) -> None:
        mail.EmailMessage("Paid", "Thanks", to=["lucie@example.fr"]).send()
        raise KilledError

    monkeypatch.setattr(services, "send_mail", killed)
    with pytest.raises(KilledError):
        deliver_batch(now=NOW)
    monkeypatch.undo()
    assert deliver_batch(now=NOW + LEASE - timedelta(seconds=1)) == 0
    assert deliver_batch(now=NOW + LEASE) == 1
    row.refresh_from_db()
    assert row.state == EffectState.DONE
    assert len(mail.outbox) == 2


@pytest.mark.django_db
def test_a_mail_that_kills_every_worker_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    row = queued()

    class KilledError(BaseException):
        """Like kill -9."""

    def killed(**_sent: object) -> None:
        raise KilledError

    monkeypatch.setattr(services, "send_mail", killed)
    now = NOW
    for _ in range(len(RETRY_AFTER) + 1):
        with pytest.raises(KilledError):
            deliver_batch(now=now)
        now += LEASE
    deliver_batch(now=now)
    row.refresh_from_db()
    assert row.state == EffectState.FAILED


@pytest.mark.django_db
def test_one_bad_address_does_not_hold_up_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good = queued("a\n@example.com"), queued("b@example.com")
    deliver_batch(now=NOW)
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.state, good.state) == (EffectState.FAILED, EffectState.DONE)


@pytest.mark.django_db(transaction=True)
def test_sending_holds_no_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    queued()
    inside: list[bool] = []
    monkeypatch.setattr(
        services, "send_mail", lambda **_kw: inside.append(connection.in_atomic_block)
    )
    deliver_batch(now=NOW)
    assert inside == [False]


@pytest.mark.django_db(transaction=True)
def test_two_workers_claim_different_rows() -> None:
    for number in range(20):
        queued(f"buyer{number}@example.com")
    barrier = threading.Barrier(4)
    claims: list[list[uuid.UUID]] = []

    def work() -> None:
        barrier.wait()
        claims.append(EmailDelivery.objects.claim(now=NOW, limit=5, lease=LEASE))
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    claimed = [pk for claim in claims for pk in claim]
    assert len(claimed) == len(set(claimed))
    # A worker that met only locked rows leaves them to the next sweep.
    claimed += EmailDelivery.objects.claim(now=NOW, limit=50, lease=LEASE)
    assert len(claimed) == len(set(claimed)) == 20


@pytest.mark.django_db(transaction=True)
def test_a_locked_row_is_skipped_and_not_waited_for() -> None:
    first, second = queued("a@example.com"), queued("b@example.com", now=NOW + timedelta(seconds=1))
    later = NOW + timedelta(minutes=1)
    held, release = threading.Event(), threading.Event()

    def hold() -> None:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute(
                "SELECT 1 FROM notifications_emaildelivery WHERE id = %s FOR UPDATE", [first.pk]
            )
            held.set()
            release.wait(10)
            cursor.execute("ROLLBACK")
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(10)
    claimed = EmailDelivery.objects.claim(now=later, limit=10, lease=LEASE)
    release.set()
    holder.join()
    assert claimed == [second.pk]
