"""What every template may use."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext


def site(request: HttpRequest) -> dict[str, object]:
    """The shop's name and address, and the line that a market to try out wears on every page."""
    return {
        "SITE_NAME": settings.SITE_NAME,
        "SITE_URL": settings.SITE_URL,
        "site_name": settings.SITE_NAME,
        "demo_banner": gettext("A market to try out: nothing is sent, and no card is charged.")
        if settings.DEMO
        else "",
    }
