"""What every template may use."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:  # noqa: ARG001 - Django's signature
    return {"SITE_NAME": settings.SITE_NAME, "SITE_URL": settings.SITE_URL}
