"""Telling people: in the transaction of what happened, once a key, and never at its expense."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from celery import current_app
from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.test import override_settings
from kombu.exceptions import OperationalError
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.models import User
from notifications.models import EmailDelivery, Notice
from notifications.notices import NoticeTemplate
from notifications.selectors import get_notice, unread_count
from notifications.services import mark_read, notify, queue_email
from notifications.states import EffectState

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def lucie() -> User:
    return User.objects.create_user("lucie@example.fr", name="Lucie")


@pytest.fixture
def stranger() -> User:
    return User.objects.create_user("stranger@example.com")


def tell(user: User | None, *, key: str = "paid:1", email: str = "") -> Notice:
    return notify(
        key=key,
        kind="order_paid",
        user=user,
        email=email,
        language="en",
        subject="Your order is paid",
        text="Thank you.\n",
        html="<p>Thank you.</p>",
        url="/purchases/1/",
        now=NOW,
    )


def test_a_notice_is_in_the_app_and_in_the_outbox(lucie: User) -> None:
    notice = tell(lucie)
    mail = EmailDelivery.objects.get()
    assert (mail.to, mail.subject, mail.state) == (
        "lucie@example.fr",
        "Your order is paid",
        EffectState.PENDING,
    )
    assert mail.notice == notice
    assert unread_count(user_id=lucie.pk) == 1


def test_a_guest_is_told_by_email_only() -> None:
    notice = tell(None, email="guest@example.jp")
    assert notice.recipient is None
    assert EmailDelivery.objects.get().to == "guest@example.jp"


def test_nobody_to_tell_is_an_error_and_writes_nothing() -> None:
    with pytest.raises(ValueError, match="user or an e-mail"):
        tell(None)
    assert not Notice.objects.exists()
    assert not EmailDelivery.objects.exists()


def test_the_same_key_tells_once(lucie: User, stranger: User) -> None:
    first = tell(lucie)
    again = tell(stranger)
    assert again.pk == first.pk
    assert Notice.objects.count() == EmailDelivery.objects.count() == 1


def test_what_is_rolled_back_is_not_told(lucie: User) -> None:
    with transaction.atomic():
        tell(lucie)
        transaction.set_rollback(True)
    assert not Notice.objects.exists()
    assert not EmailDelivery.objects.exists()


def test_a_subject_is_one_line_that_fits() -> None:
    mail = queue_email(to="a@example.com", subject="One\r\nBcc: x@y.z " * 30, text="x", now=NOW)
    assert "\n" not in mail.subject
    assert "\r" not in mail.subject
    assert len(mail.subject) <= 200


@pytest.mark.parametrize("error", [OperationalError("away"), ConnectionRefusedError("away")])
def test_a_broker_that_is_away_at_commit_breaks_nothing(
    lucie: User,
    error: Exception,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    asked: list[str] = []
    monkeypatch.setattr("common.wake._broker.asked_again_at", 0.0)

    def send_task(name: str, **_options: object) -> None:
        asked.append(name)
        raise error

    monkeypatch.setattr(current_app, "send_task", send_task)
    with django_capture_on_commit_callbacks(execute=True):
        tell(lucie)
    assert asked == ["notifications.tasks.deliver_emails"]
    assert EmailDelivery.objects.filter(state=EffectState.PENDING).count() == 1


def test_the_worker_is_woken_after_the_commit_only(
    lucie: User,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    asked: list[object] = []
    monkeypatch.setattr("common.wake._broker.asked_again_at", 0.0)
    monkeypatch.setattr(
        current_app, "send_task", lambda name, **kw: asked.append((name, kw["queue"]))
    )
    with django_capture_on_commit_callbacks() as callbacks:
        tell(lucie)
    assert asked == []
    for callback in callbacks:
        callback()
    assert asked == [("notifications.tasks.deliver_emails", "notifications")]


def test_reading_one_and_reading_all(lucie: User, stranger: User) -> None:
    first, _second = tell(lucie, key="a"), tell(lucie, key="b")
    theirs = tell(stranger, key="c")
    assert mark_read(user=lucie, notice_id=theirs.pk, now=NOW) == 0
    assert mark_read(user=lucie, notice_id=first.pk, now=NOW) == 1
    assert unread_count(user_id=lucie.pk) == 1
    assert mark_read(user=lucie, now=NOW) == 1
    assert unread_count(user_id=lucie.pk) == 0
    assert unread_count(user_id=stranger.pk) == 1
    with pytest.raises(ObjectDoesNotExist):
        get_notice(user_id=lucie.pk, notice_id=theirs.pk)


@dataclass(frozen=True, kw_only=True)
class Greeting(NoticeTemplate):
    kind = "greeting"
    name: str


def test_a_message_is_rendered_as_text_and_as_html(
    written_templates: Callable[[dict[str, str]], None],
) -> None:
    written_templates(
        {
            "tests/notices/greeting.subject.txt": "Good day,\n {{ name }}\n",
            "tests/notices/greeting.txt": '{% extends "notifications/email_base.txt" %}{% block content %}Hello {{ name }}.{% endblock %}',
            "tests/notices/greeting.html": '{% extends "notifications/email_base.html" %}{% block content %}<p>Hello {{ name }}.</p>{% endblock %}',
        }
    )
    with override_settings(SITE_URL="https://market.example", SITE_NAME="Freeport"):
        words = Greeting(name="L'Atelier <b>").render(language="en", url="/purchases/1/")
    assert words["subject"] == "Good day, L'Atelier <b>"
    assert words["text"].startswith("Hello L'Atelier <b>.")
    assert "https://market.example/purchases/1/" in words["text"]
    assert "<p>Hello L&#x27;Atelier &lt;b&gt;.</p>" in words["html"]
    assert 'href="https://market.example/purchases/1/"' in words["html"]
    assert words["url"] == "/purchases/1/"
    assert words["kind"] == "greeting"


def test_a_message_without_html_is_text_only(
    written_templates: Callable[[dict[str, str]], None],
) -> None:
    written_templates(
        {"tests/notices/greeting.subject.txt": "Hi", "tests/notices/greeting.txt": "Hello"}
    )
    assert Greeting(name="x").render(language="en")["html"] == ""
