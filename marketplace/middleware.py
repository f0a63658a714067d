"""What concerns every response."""

from __future__ import annotations

from collections.abc import Callable

from csp.constants import SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.views.defaults import bad_request

from marketplace import health

ADMIN_PREFIX = "/admin/"
# A photo of 15 MB and the words beside it.
LARGEST_REQUEST = 17_000_000
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


class SizeMiddleware:
    """Refuses what is larger than any form of ours, before a byte of it is kept."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = str(request.META.get("CONTENT_LENGTH") or "0")
        if not length.isdecimal() or int(length[:12]) > LARGEST_REQUEST:
            return HttpResponse("Too large.", status=413, content_type="text/plain")
        return self.get_response(request)


class PlainTextMiddleware:
    """Refuses requests with a NUL in them: PostgreSQL keeps no such text, and nobody types it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], *args: object
    ) -> HttpResponse | None:
        """Looks at the address, and at a form, which the forgery protection has read by now.

        What is exempt from that protection (a provider's webhook) reads its raw body itself.
        """
        if "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            return bad_request(request, BadRequest())
        is_form = request.method == "POST" and not getattr(view, "csrf_exempt", False)
        typed = request.POST.lists() if is_form else ()
        if any("\0" in text for name, values in typed for text in (name, *values)):
            return bad_request(request, BadRequest())
        return None


class AdminPolicyMiddleware:
    """Loosens the Content-Security-Policy on the admin's pages, and nowhere else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path.startswith(ADMIN_PREFIX):
            response._csp_replace = ADMIN_POLICY  # type: ignore[attr-defined] # django-csp's interface
        return response
