"""What the notice pages and the demo's mailbox read."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet

from notifications.models import EmailDelivery, Notice


def unread_count(*, user_id: int) -> int:
    """How many notices a person has not opened. One query on a small index."""
    return Notice.objects.filter(recipient_id=user_id, read_at__isnull=True).count()


def list_notices(*, user_id: int) -> QuerySet[Notice]:
    """A person's notices, newest first, without the words of the e-mail."""
    return (
        Notice.objects.filter(recipient_id=user_id)
        .defer("text", "html")
        .order_by("-created_at", "pk")
    )


def get_notice(*, user_id: int, notice_id: uuid.UUID) -> Notice:
    """One notice of this person. Raises Notice.DoesNotExist for anybody else's."""
    return Notice.objects.get(pk=notice_id, recipient_id=user_id)


def list_mails(*, to: str = "") -> QuerySet[EmailDelivery]:
    """Every e-mail, sent or waiting, newest first; `to` narrows to addresses that contain it."""
    mails = EmailDelivery.objects.defer("text", "html").order_by("-created_at", "pk")
    return mails.filter(to__icontains=to) if to else mails


def get_mail(*, mail_id: uuid.UUID) -> EmailDelivery:
    """Raises EmailDelivery.DoesNotExist."""
    return EmailDelivery.objects.get(pk=mail_id)
