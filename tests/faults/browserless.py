"""A visitor without a browser: pages by urllib, cookies kept, forms sent as they stand."""

from __future__ import annotations

import http.client
import http.cookiejar
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any, NamedTuple

# A part that was killed is back within so long, the supervisor's pauses included.
PATIENCE_SECONDS = 60.0
PAUSE_SECONDS = 0.3
ANSWER_SECONDS = 30.0


class Refused(Exception):  # noqa: N818 - an answer, not a failure of ours
    """The market said no, for a reason that is in order."""


class Form(HTMLParser):
    """What a page's form to `action` would send, as it stands."""

    def __init__(self, html: str, action: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self._action, self._inside = action, False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = found.get("action", "") == self._action
        elif tag == "input" and self._inside and self._is_sent(found):
            self.values[found["name"]] = found.get("value", "")

    def _is_sent(self, found: dict[str, str]) -> bool:
        is_choice = found.get("type") in {"radio", "checkbox"}
        return bool(found.get("name")) and (not is_choice or "checked" in found)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """Where an answer leads is for the caller to follow."""

    def redirect_request(self, *_: Any) -> None:
        return None


class Answer(NamedTuple):
    """Status, where it leads, and the page."""

    status: int
    location: str
    page: str


class Visitor:
    """Asks again what had no answer, or the answer that something is broken, and counts it.

    `trouble` counts such answers by kind. Sending a form twice is what an impatient person does
    too, so every form of the market has to bear it.
    """

    def __init__(self, url: str, *, language: str, trouble: Counter[str] | None = None) -> None:
        self.url = url
        self.trouble = trouble if trouble is not None else Counter()
        self.cookies = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(self.cookies), NoRedirect
        )
        self._opener.addheaders = [("Accept-Language", language), ("Referer", url)]

    def send(self, path: str, fields: Mapping[str, str] | None = None) -> Answer:
        """The answer, at last. Raises TimeoutError when the market stays away."""
        address = urllib.parse.urljoin(f"{self.url}/", path)
        data = urllib.parse.urlencode(fields).encode() if fields is not None else None
        return self.ask(urllib.request.Request(address, data))

    def ask(self, request: urllib.request.Request) -> Answer:
        """The same for a request of another kind."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                answer = self._once(request)
            except (OSError, http.client.HTTPException) as error:
                # URLError wraps what really happened.
                reason = getattr(error, "reason", error)
                self.trouble[type(reason).__name__ if reason else type(error).__name__] += 1
            else:
                if answer.status < 500:
                    return answer
                self.trouble[f"status {answer.status}"] += 1
            if time.monotonic() > deadline:
                raise TimeoutError(f"{request.full_url} gives no answer")
            time.sleep(PAUSE_SECONDS)

    def open(self, path: str) -> Answer:
        """A page, wherever it leads to; `location` says where one has arrived."""
        answer = self.send(path)
        for _ in range(6):
            if answer.status not in {301, 302, 303}:
                return Answer(answer.status, path, answer.page)
            path = answer.location
            answer = self.send(path)
        raise AssertionError(f"redirected without end, to {path}")

    def give_cookie(self, name: str, value: str) -> None:
        host = urllib.parse.urlsplit(self.url).hostname or ""
        # http.cookiejar knows hosts without a dot by that name.
        domain = host if "." in host else f"{host}.local"
        self.cookies.set_cookie(
            http.cookiejar.Cookie(
                version=0,
                name=name,
                value=value,
                port=None,
                port_specified=False,
                domain=domain,
                domain_specified=False,
                domain_initial_dot=False,
                path="/",
                path_specified=True,
                secure=False,
                expires=None,
                discard=True,
                comment=None,
                comment_url=None,
                rest={},
            )
        )

    def _once(self, request: urllib.request.Request) -> Answer:
        try:
            with self._opener.open(request, timeout=ANSWER_SECONDS) as answer:
                return Answer(answer.status, "", answer.read().decode())
        except urllib.error.HTTPError as error:
            with error:
                page = error.read().decode(errors="replace")
            return Answer(error.code, error.headers.get("Location", ""), page)
