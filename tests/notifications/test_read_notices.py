"""The inbox page, the bell, and the demo's mailbox."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import HttpRequest
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from notifications.context_processors import unread
from notifications.models import EmailDelivery, Notice
from notifications.services import notify, queue_email

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def lucie() -> User:
    return User.objects.create_user("lucie@example.fr")


def tell(user: User, key: str, url: str = "/purchases/1/") -> Notice:
    return notify(
        key=key,
        kind="order_paid",
        user=user,
        language="en",
        subject=f"Subject {key}",
        text=f"Words of {key}",
        url=url,
        now=NOW,
    )


def test_the_inbox_shows_my_notices_and_nobody_elses(client: Client, lucie: User) -> None:
    tell(lucie, "mine")
    tell(User.objects.create_user("other@example.com"), "theirs")
    client.force_login(lucie)
    page = client.get(reverse("notifications:inbox"))
    assert page.status_code == 200
    assert b"Subject mine" in page.content
    assert b"Subject theirs" not in page.content


def test_the_empty_inbox_says_so(client: Client, lucie: User) -> None:
    client.force_login(lucie)
    assert b"Nothing to tell you yet" in client.get(reverse("notifications:inbox")).content


def test_a_guest_is_asked_to_sign_in(client: Client) -> None:
    for url in (
        reverse("notifications:inbox"),
        reverse("notifications:open", args=[uuid.uuid4()]),
    ):
        answer = client.get(url)
        assert answer.status_code == 302
        assert "next=" in answer["Location"]


def test_the_number_of_queries_does_not_grow(client: Client, lucie: User) -> None:
    client.force_login(lucie)
    counts = []
    for number in range(25):
        tell(lucie, f"n{number}")
        if number in {1, 24}:
            client.get(reverse("notifications:inbox"))
            with CaptureQueriesContext(connection) as queries:
                client.get(reverse("notifications:inbox"))
            counts.append(len(queries))
    assert counts[0] == counts[1] <= 8


def test_opening_a_notice_reads_it_and_goes_where_it_leads(client: Client, lucie: User) -> None:
    notice = tell(lucie, "mine")
    client.force_login(lucie)
    answer = client.get(reverse("notifications:open", args=[notice.pk]))
    assert answer["Location"] == "/purchases/1/"
    notice.refresh_from_db()
    assert notice.read_at is not None


@pytest.mark.parametrize("url", ["", "https://evil.example/", "//evil.example/", "javascript:x"])
def test_a_notice_that_leads_nowhere_of_ours_shows_its_words(
    client: Client, lucie: User, url: str
) -> None:
    notice = tell(lucie, "mine", url)
    client.force_login(lucie)
    answer = client.get(reverse("notifications:open", args=[notice.pk]))
    assert answer.status_code == 200
    assert b"Words of mine" in answer.content


def test_a_strangers_notice_is_not_found_and_stays_unread(client: Client, lucie: User) -> None:
    notice = tell(lucie, "mine")
    client.force_login(User.objects.create_user("stranger@example.com"))
    assert client.get(reverse("notifications:open", args=[notice.pk])).status_code == 404
    client.post(reverse("notifications:read_all"))
    notice.refresh_from_db()
    assert notice.read_at is None


def test_reading_all_needs_a_post(client: Client, lucie: User) -> None:
    notice = tell(lucie, "mine")
    client.force_login(lucie)
    assert client.get(reverse("notifications:read_all")).status_code == 405
    assert client.post(reverse("notifications:read_all")).status_code == 302
    notice.refresh_from_db()
    assert notice.read_at is not None


def shown(request: HttpRequest) -> str:
    return Template("{% if unread_notices %}{{ unread_notices }} new{% endif %}").render(
        Context(unread(request))
    )


def test_the_bell_costs_one_query_and_none_for_a_guest(
    rf: RequestFactory, lucie: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    tell(lucie, "a")
    tell(lucie, "b")
    request = rf.get("/")
    request.user = lucie
    with django_assert_num_queries(1):
        assert shown(request) == "2 new"
    request.user = AnonymousUser()
    with django_assert_num_queries(0):
        assert shown(request) == ""
    with django_assert_num_queries(0):
        unread(request)


def test_the_mailbox_shows_every_mail(client: Client, settings: Settings) -> None:
    settings.DEMO = True
    mail = queue_email(
        to="haruka@example.jp",
        subject="Confirm",
        text="Code: 123 <x>",
        html="<html><head></head><body><script>alert(1)</script><p>Code: 123</p></body></html>",
        now=NOW,
    )
    queue_email(to="other@example.com", subject="Other", text="x", now=NOW)
    page = client.get(reverse("notifications:mailbox"))
    assert b"Confirm" in page.content
    assert b"Other" in page.content
    narrowed = client.get(reverse("notifications:mailbox"), {"to": "haruka"})
    assert b"Confirm" in narrowed.content
    assert b"other@example.com" not in narrowed.content
    one = client.get(reverse("notifications:mail", args=[mail.pk]))
    assert b"Code: 123 &lt;x&gt;" in one.content
    assert b"<script>alert" not in one.content
    assert "frame-src 'self'" in one["Content-Security-Policy"]
    html = client.get(reverse("notifications:mail_html", args=[mail.pk]))
    policy = html["Content-Security-Policy"]
    assert "sandbox allow-popups" in policy
    assert "allow-scripts" not in policy
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert html["X-Frame-Options"] == "SAMEORIGIN"


def test_a_real_market_has_no_mailbox(client: Client, settings: Settings) -> None:
    settings.DEMO = False
    mail = queue_email(to="a@example.com", subject="Secret", text="x", html="<p>x</p>", now=NOW)
    for name, args in (("mailbox", []), ("mail", [mail.pk]), ("mail_html", [mail.pk])):
        answer = client.get(reverse(f"notifications:{name}", args=args))
        assert answer.status_code == 404
        assert b"Secret" not in answer.content
    assert EmailDelivery.objects.count() == 1
