"""What pages need of a request: whose fragment, where next."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from common.http import is_htmx, redirect_all, safe_next


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, False),
        ({"hx-request": "true"}, True),
        ({"hx-request": "true", "hx-boosted": "true"}, False),
        ({"hx-request": "true", "hx-history-restore-request": "true"}, False),
    ],
)
def test_only_a_fragment_is_asked_for(headers: dict[str, str], expected: bool) -> None:
    assert is_htmx(RequestFactory().get("/", headers=headers)) is expected


@pytest.mark.parametrize(
    ("wanted", "going"),
    [
        ("/basket/?a=1", "/basket/?a=1"),
        ("http://testserver/basket/", "http://testserver/basket/"),
        ("https://evil.example/", "/home/"),
        ("//evil.example/", "/home/"),
        ("javascript:alert(1)", "/home/"),
        ("basket", "/home/"),
        ("", "/home/"),
    ],
)
def test_the_way_on_stays_on_the_site(wanted: str, going: str) -> None:
    for request in (
        RequestFactory().get("/", {"next": wanted}),
        RequestFactory().post("/", {"next": wanted}),
    ):
        assert safe_next(request, "/home/") == going


def test_a_secure_page_leads_to_secure_pages_only() -> None:
    request = RequestFactory().get("/", {"next": "http://testserver/basket/"}, secure=True)
    assert safe_next(request, "/home/") == "/home/"


def test_a_redirect_takes_the_whole_page_along() -> None:
    plain = redirect_all(RequestFactory().get("/"), "/there/")
    assert (plain.status_code, plain.headers["Location"]) == (302, "/there/")
    fragment = redirect_all(RequestFactory().get("/", headers={"hx-request": "true"}), "/there/")
    assert (fragment.status_code, fragment.headers["HX-Redirect"]) == (204, "/there/")
