"""Telling people things: the only writers of notices and e-mails."""

from __future__ import annotations

import logging
import uuid
from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from common.wake import Errand, wake
from notifications.gateways.mail import PermanentMailError, TemporaryMailError, send_mail
from notifications.models import EmailDelivery, Notice
from notifications.rules import BATCH, LEASE, RETRY_AFTER, one_line, retry_after

logger = logging.getLogger(__name__)

DELIVER_EMAILS = Errand("notifications.tasks.deliver_emails", queue="notifications")


@transaction.atomic
def notify(
    *,
    key: str,
    kind: str,
    user: AbstractBaseUser | None,
    email: str = "",
    language: str,
    subject: str,
    text: str,
    html: str = "",
    url: str = "",
    now: datetime,
) -> Notice:
    """Tell one person one thing, in-app (where there is a user) and by e-mail, once a `key`.

    Call it in the transaction of what happened: both happen or neither. The e-mail goes to
    `email`, or to the user's own address where that is empty. A second call with the same key
    changes nothing and returns the first notice. Raises ValueError when there is nobody to tell.
    """
    address = email or (user.get_username() if user is not None else "")
    if not address:
        raise ValueError("a notice needs a user or an e-mail address")
    notice = Notice(
        key=key,
        recipient_id=user.pk if user is not None else None,
        email=address,
        kind=kind,
        language=language,
        subject=one_line(subject),
        text=text,
        html=html,
        url=url,
        created_at=now,
    )
    Notice.objects.bulk_create([notice], ignore_conflicts=True)
    stored = Notice.objects.get(key=key)
    if stored.pk == notice.pk:
        queue_email(to=address, subject=subject, text=text, html=html, notice=notice, now=now)
    return stored


def queue_email(
    *,
    to: str,
    subject: str,
    text: str,
    html: str = "",
    notice: Notice | None = None,
    now: datetime,
) -> EmailDelivery:
    """Put one e-mail into the outbox, in the caller's transaction, and wake its worker after it."""
    mail = EmailDelivery.objects.create(
        to=to,
        subject=one_line(subject),
        text=text,
        html=html,
        notice=notice,
        due_at=now,
        created_at=now,
    )
    wake(DELIVER_EMAILS)
    return mail


def mark_read(*, user: AbstractBaseUser, notice_id: uuid.UUID | None = None, now: datetime) -> int:
    """Mark one notice of this person as read, or all; returns how many were not read yet."""
    unread = Notice.objects.filter(recipient_id=user.pk, read_at__isnull=True)
    if notice_id is not None:
        unread = unread.filter(pk=notice_id)
    return unread.update(read_at=now)


def deliver_batch(*, now: datetime) -> int:
    """Send the e-mails that are due, at most a batch; returns how many were claimed.

    Sending is outside any transaction. A worker that dies after sending and before marking leaves
    the row leased, and it is sent again when the lease is over: an e-mail may arrive twice (with
    the same Message-ID), it is never lost.
    """
    claimed = EmailDelivery.objects.claim(now=now, limit=BATCH, lease=LEASE)
    for mail_id in claimed:
        _deliver(mail_id, now=now)
    return len(claimed)


def retry_email(*, mail_id: uuid.UUID, now: datetime) -> bool:
    """Try a failed e-mail afresh; False when it has not failed."""
    requeued = EmailDelivery.objects.requeue(mail_id, now=now)
    if requeued:
        wake(DELIVER_EMAILS)
    return requeued


def _deliver(mail_id: uuid.UUID, *, now: datetime) -> None:
    mail = EmailDelivery.objects.get(pk=mail_id)
    if mail.attempts > len(RETRY_AFTER) + 1:
        # A mail that kills its worker every time must not do so for ever.
        EmailDelivery.objects.mark_failed(mail.pk, now=now, error="no attempt ever ended")
        return
    try:
        send_mail(mail_id=mail.pk, to=mail.to, subject=mail.subject, text=mail.text, html=mail.html)
    except PermanentMailError as error:
        logger.warning("e-mail %s can't be delivered: %s", mail.pk, error)
        EmailDelivery.objects.mark_failed(mail.pk, now=now, error=str(error))
    except TemporaryMailError as error:
        wait = retry_after(mail.attempts)
        if wait is None:
            logger.warning("e-mail %s is given up after %s attempts", mail.pk, mail.attempts)
            EmailDelivery.objects.mark_failed(mail.pk, now=now, error=str(error))
        else:
            EmailDelivery.objects.mark_retry(mail.pk, due_at=now + wait, error=str(error))
    else:
        EmailDelivery.objects.mark_done(mail.pk, now=now)
