"""The moderators' pages of what people were told: to be read, and to try a failed mail again."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Permission
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.models import User
from marketplace.moderation import navigation
from notifications.models import EmailDelivery, Notice
from notifications.services import notify
from notifications.states import EffectState

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
MAILS = "admin:notifications_emaildelivery_changelist"
pytestmark = pytest.mark.django_db


@pytest.fixture
def moderator() -> User:
    user = User.objects.create_user("mod@example.com", is_staff=True)
    user.user_permissions.add(
        *Permission.objects.filter(
            content_type__app_label="notifications", codename__startswith="view_"
        )
    )
    return user


@pytest.fixture
def mail() -> EmailDelivery:
    notify(
        key="k",
        kind="order_paid",
        user=None,
        email="lucie@example.fr",
        language="en",
        subject="Paid",
        text="Secret link",
        now=NOW,
    )
    return EmailDelivery.objects.get()


def press_again(client: Client, mail: EmailDelivery) -> None:
    client.post(reverse(MAILS), {"action": "try_again", "_selected_action": [str(mail.pk)]})


def test_a_failed_mail_is_tried_again_and_no_other(
    client: Client, moderator: User, mail: EmailDelivery
) -> None:
    client.force_login(moderator)
    EmailDelivery.objects.mark_done(mail.pk, now=NOW)
    press_again(client, mail)
    mail.refresh_from_db()
    assert mail.state == EffectState.DONE
    EmailDelivery.objects.update(state=EffectState.FAILED, attempts=9)
    press_again(client, mail)
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == (EffectState.PENDING, 0)


def test_nothing_can_be_changed_and_mail_is_not_read_there(
    client: Client, mail: EmailDelivery
) -> None:
    client.force_login(User.objects.create_superuser("root@example.com"))
    notice = Notice.objects.get()
    for row, name in ((mail, "emaildelivery"), (notice, "notice")):
        url = reverse(f"admin:notifications_{name}_change", args=[row.pk])
        assert client.get(url).status_code == 200
        assert client.post(url, {"subject": "Changed"}).status_code == 403
        delete = reverse(f"admin:notifications_{name}_delete", args=[row.pk])
        assert client.post(delete, {"post": "yes"}).status_code == 403
    mail_page = reverse("admin:notifications_emaildelivery_change", args=[mail.pk])
    assert b"Secret link" not in client.get(mail_page).content
    assert Notice.objects.get().subject == "Paid"


def test_a_buyer_has_no_such_pages(client: Client, mail: EmailDelivery) -> None:
    EmailDelivery.objects.update(state=EffectState.FAILED)
    client.force_login(User.objects.create_user("buyer@example.com"))
    assert client.get(reverse(MAILS)).status_code == 302
    press_again(client, mail)
    mail.refresh_from_db()
    assert mail.state == EffectState.FAILED


def test_the_side_bar_shows_what_one_may_see(rf: RequestFactory, moderator: User) -> None:
    request = rf.get(reverse(MAILS))
    request.user = moderator
    links = [item["link"] for group in navigation(request) for item in group["items"]]
    assert reverse(MAILS) in links
    assert not any("/payments/" in link or "/sandbox/" in link for link in links)
    active = [item for group in navigation(request) for item in group["items"] if item["active"]]
    assert [item["link"] for item in active] == [reverse(MAILS)]
    request.user = User.objects.create_user("buyer@example.com")
    assert navigation(request) == []
