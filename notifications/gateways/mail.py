"""The mail server, by Django's e-mail backend: SMTP, or files where no server is set."""

from __future__ import annotations

import smtplib
import uuid
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from notifications.rules import is_permanent_reply


class MailError(Exception):
    """The message was not taken."""


class TemporaryMailError(MailError):
    """It may be taken later."""


class PermanentMailError(MailError):
    """It will never be taken: no such mailbox, or no address at all."""


def send_mail(*, mail_id: uuid.UUID, to: str, subject: str, text: str, html: str) -> None:
    """Hand one message to the mail server. Raises TemporaryMailError or PermanentMailError.

    The Message-ID comes from `mail_id`, so mail programs recognise a message that was sent twice
    because a worker died between sending and marking.
    """
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    try:
        message = EmailMultiAlternatives(
            subject,
            text,
            to=[to],
            headers={
                "Message-ID": f"<{mail_id}@{domain}>",
                "Auto-Submitted": "auto-generated",
            },
        )
        if html:
            message.attach_alternative(html, "text/html")
        message.send()
    except smtplib.SMTPAuthenticationError as error:
        # Our own password is wrong; that is put right and the mail goes out.
        raise TemporaryMailError(_reply(error)) from error
    except smtplib.SMTPRecipientsRefused as error:
        code, reply = error.recipients.get(to) or (0, b"refused")
        raise _error(code)(f"{code} {reply.decode(errors='replace')}") from error
    except smtplib.SMTPResponseException as error:
        raise _error(error.smtp_code)(_reply(error)) from error
    except smtplib.SMTPNotSupportedError as error:
        raise PermanentMailError(str(error)) from error
    except (smtplib.SMTPException, OSError) as error:
        raise TemporaryMailError(f"{type(error).__name__}: {error}") from error
    except ValueError as error:
        # A header or an address that can't be written as e-mail.
        raise PermanentMailError(str(error)) from error


def _error(code: int) -> type[MailError]:
    return PermanentMailError if is_permanent_reply(code) else TemporaryMailError


def _reply(error: smtplib.SMTPResponseException) -> str:
    words = error.smtp_error
    said = words.decode(errors="replace") if isinstance(words, bytes) else words
    return f"{error.smtp_code} {said}"
