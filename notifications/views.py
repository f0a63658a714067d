"""A person's notices; and in a demo, every e-mail that was sent."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp, csp_update
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_POST

from notifications.models import EmailDelivery, Notice
from notifications.selectors import get_mail, get_notice, list_mails, list_notices
from notifications.services import mark_read

PER_PAGE = 30
View = Callable[..., HttpResponse]


def demo_only(view: View) -> View:
    """A page that a real market does not have: anybody reads everybody's mail on it."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    return checked


@require_GET
@login_required
def inbox(request: HttpRequest) -> HttpResponse:
    notices = list_notices(user_id=_user_id(request))
    page = Paginator(notices, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "notifications/inbox.html", {"page": page})


@require_POST
@login_required
def read_all(request: HttpRequest) -> HttpResponse:
    mark_read(user=request.user, now=timezone.now())  # type: ignore[arg-type] # login_required
    return redirect("notifications:inbox")


@require_GET
@login_required
def open_notice(request: HttpRequest, notice_id: uuid.UUID) -> HttpResponse:
    """Where the notice leads; opening it is reading it."""
    try:
        notice = get_notice(user_id=_user_id(request), notice_id=notice_id)
    except Notice.DoesNotExist:
        raise Http404 from None
    if notice.read_at is None:
        mark_read(user=request.user, notice_id=notice.pk, now=timezone.now())  # type: ignore[arg-type]
    if notice.url and url_has_allowed_host_and_scheme(notice.url, allowed_hosts=None):
        return HttpResponseRedirect(notice.url)
    return render(request, "notifications/notice.html", {"notice": notice})


@require_GET
@demo_only
def mailbox(request: HttpRequest) -> HttpResponse:
    to = request.GET.get("to", "").strip()
    page = Paginator(list_mails(to=to), PER_PAGE).get_page(request.GET.get("page"))
    query = urlencode({"to": to}) if to else ""
    return render(request, "notifications/mailbox.html", {"page": page, "to": to, "query": query})


@csp_update({"frame-src": [SELF]})
@require_GET
@demo_only
def mail(request: HttpRequest, mail_id: uuid.UUID) -> HttpResponse:
    found = _mail(mail_id)
    context = {"mail": found, "sender": settings.DEFAULT_FROM_EMAIL}
    return render(request, "notifications/mail.html", context)


@csp(
    {
        "default-src": [NONE],
        "img-src": [SELF, "data:"],
        "style-src": [UNSAFE_INLINE],
        "form-action": [NONE],
        "frame-ancestors": [SELF],
        # As in a mail program: no scripts, no forms, no cookies; links open elsewhere.
        "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
    }
)
@xframe_options_sameorigin
@require_GET
@demo_only
def mail_html(request: HttpRequest, mail_id: uuid.UUID) -> HttpResponse:
    """The message's own HTML, as little trusted as a mail program trusts it."""
    html = _mail(mail_id).html
    if not html:
        raise Http404
    return HttpResponse(html.replace("<head>", '<head><base target="_blank">', 1))


def _mail(mail_id: uuid.UUID) -> EmailDelivery:
    try:
        return get_mail(mail_id=mail_id)
    except EmailDelivery.DoesNotExist:
        raise Http404 from None


def _user_id(request: HttpRequest) -> int:
    """The signed-in person's id; pages here are behind login_required."""
    return int(request.user.pk or 0)
