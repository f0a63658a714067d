"""What concerns every response."""

from __future__ import annotations

from collections.abc import Callable

from csp.constants import SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from marketplace import health

ADMIN_PREFIX = "/admin/"
# The admin theme's scripts evaluate expressions and style elements; its pages are for moderators only.
ADMIN_POLICY = {
    "script-src": [SELF, UNSAFE_EVAL, UNSAFE_INLINE],
    "style-src": [SELF, UNSAFE_INLINE],
}


PROBES = {"/healthz": health.alive, "/readyz": health.ready}


class ProbeMiddleware:
    """Answers the probes first of all: whoever asks uses an address of its own, not a host name of the shop."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        probe = PROBES.get(request.path)
        return probe(request) if probe else self.get_response(request)


class ProxyMiddleware:
    """Behind a proxy (BEHIND_PROXY) the visitor's address is the one that the proxy added last.

    Without a proxy the header is whatever a visitor likes to claim, so it is not read.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.BEHIND_PROXY:
            visitor = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
            if visitor:
                request.META["REMOTE_ADDR"] = visitor
        return self.get_response(request)


class AdminPolicyMiddleware:
    """Loosens the Content-Security-Policy on the admin's pages, and nowhere else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path.startswith(ADMIN_PREFIX):
            response._csp_replace = ADMIN_POLICY  # type: ignore[attr-defined] # django-csp's interface
        return response
