"""How django-allauth works for us: its mails go through our outbox, new people keep what they chose."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language

from accounts.models import User
from accounts.rules import Preferences
from notifications.services import queue_email


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """What marketplace.signin builds on."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Put the mail into the outbox, so that a mail server that is down delays nobody."""
        words = {
            **context,
            "email": email,
            "language": get_language() or settings.LANGUAGE_CODE,
            "site_name": settings.SITE_NAME,
            "site_url": settings.SITE_URL,
        }
        message = self.render_mail(template_prefix, email, words)
        pages = [body for body, kind in getattr(message, "alternatives", []) if kind == "text/html"]
        queue_email(
            to=email,
            subject=str(message.subject),
            text=f"{message.body}\n",
            html=str(pages[0]) if pages else "",
            now=timezone.now(),  # noqa: TID251  # allauth's views call this: an interface
        )

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:  # noqa: FBT001, FBT002
        """Keep the country, currency and language in which the person was looking around."""
        chosen: Preferences = request.preferences  # type: ignore[attr-defined]  # our middleware
        user.country, user.currency = chosen.country, chosen.currency
        user.language = chosen.language
        saved: User = super().save_user(request, user, form, commit=commit)
        return saved


def name_tried(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """Whose account somebody tries to enter, for django-axes: our page and the admin's differ."""
    given = {**request.POST.dict(), **(credentials or {})}
    return str(given.get("email") or given.get("login") or given.get("username") or "").lower()
