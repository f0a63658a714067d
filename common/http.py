"""Small things that every page needs of a request."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme


def is_htmx(request: HttpRequest) -> bool:
    """Whether htmx asks for a fragment; a boosted link or a restored page wants all of it."""
    headers = request.headers
    return (
        headers.get("HX-Request") == "true"
        and headers.get("HX-Boosted") != "true"
        and headers.get("HX-History-Restore-Request") != "true"
    )


def safe_next(request: HttpRequest, default: str) -> str:
    """Where the form or the link wants to go afterwards, if that is a page of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    # Never a bare word: Django would take that for the name of a page.
    if "/" in wanted and url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return wanted
    return default


def page_number(text: str) -> int:
    """The page asked for in an address; nonsense means the first one."""
    return int(text) if text.isdecimal() and len(text) < 6 else 1


def redirect_all(request: HttpRequest, to: str) -> HttpResponse:
    """Send the whole page elsewhere, also when htmx asked for a fragment only."""
    if is_htmx(request):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = to
        return response
    found: HttpResponseRedirect = redirect(to)
    return found


def file_response(*, content: bytes, media_type: str, name: str) -> HttpResponse:
    """Somebody's uploaded file as what it was found to be and nothing else, for nobody's cache.

    A picture is shown; everything else is saved, not opened.
    """
    response = HttpResponse(content, content_type=media_type)
    place = "inline" if media_type.startswith("image/") else "attachment"
    response["Content-Disposition"] = f'{place}; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response


def pdf_answer(content: bytes, name: str) -> HttpResponse:
    """A PDF to look at or to save as `name`.pdf; nobody between us and the reader keeps it."""
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response
