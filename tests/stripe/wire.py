"""No test sends Stripe, or a peer of it, a body that Stripe's own description refuses.

`validated_wire` is an autouse fixture of every test (tests/conftest.py): it stands between the SDK
and the network, whichever HTTP client the SDK has chosen. A request that is not described raises
`WireError` before a byte is sent; what comes back is checked too. Since a broad `except` could
swallow that error, the test fails at its end as well.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from stripe import HTTPClient

from tests.stripe.schema import Problem, description

# How an HTTP client of the SDK sends, in the blocking and the other way.
SENDERS: Final = ("request", "request_stream")
ASYNC_SENDERS: Final = ("request_async", "request_stream_async")


class WireError(AssertionError):
    """A body that Stripe would not have understood, or an answer that it would not have given."""


@dataclass
class Wire:
    """What has gone over the wire in one test."""

    validated: int = 0
    refused: list[str] = field(default_factory=list)
    # Not those of a peer that plays an older version.
    checks_answers: bool = True

    def check_request(
        self, method: str, url: str, headers: Mapping[str, str] | None, body: Any
    ) -> None:
        parts = urlsplit(url)
        problems = description().request_problems(
            method=method,
            path=parts.path,
            query=parts.query,
            content_type=(headers or {}).get("Content-Type", ""),
            body=body or b"",
        )
        self.validated += 1
        self._refuse(f"{method.upper()} {parts.path}", problems)

    def check_answer(self, method: str, url: str, content: Any, status: int) -> None:
        if self.checks_answers and isinstance(content, bytes | str):
            path = urlsplit(url).path
            problems = description().answer_problems(
                method=method, path=path, status=status, body=content
            )
            self._refuse(f"the answer {status} to {method.upper()} {path}", problems)

    def _refuse(self, what: str, problems: list[Problem]) -> None:
        if problems:
            said = f"{what}: " + "; ".join(map(str, problems))
            self.refused.append(said)
            raise WireError(said)

    @contextmanager
    def expecting_refusal(self, what: str) -> Iterator[None]:
        """For the tests of the wire itself: inside it, something is refused because of `what`."""
        before = len(self.refused)
        with pytest.raises(WireError, match=re.escape(what)):
            yield
        assert len(self.refused) == before + 1
        del self.refused[before:]


def _clients() -> Iterator[type[HTTPClient]]:
    to_visit: list[type[HTTPClient]] = [HTTPClient]
    while to_visit:
        client = to_visit.pop()
        to_visit += client.__subclasses__()
        yield client


def _checked(wire: Wire, send: Callable[..., Any]) -> Callable[..., Any]:
    def request(
        self: HTTPClient, method: str, url: str, headers: Any, post_data: Any = None, **more: Any
    ) -> Any:
        wire.check_request(method, url, headers, post_data)
        answer = send(self, method, url, headers, post_data, **more)
        wire.check_answer(method, url, answer[0], answer[1])
        return answer

    return request


def _checked_async(wire: Wire, send: Callable[..., Any]) -> Callable[..., Any]:
    async def request(
        self: HTTPClient, method: str, url: str, headers: Any, post_data: Any = None, **more: Any
    ) -> Any:
        wire.check_request(method, url, headers, post_data)
        answer = await send(self, method, url, headers, post_data, **more)
        wire.check_answer(method, url, answer[0], answer[1])
        return answer

    return request


@pytest.fixture(autouse=True)
def validated_wire(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    """Every request of this test to Stripe is checked; see the module."""
    wire = Wire()
    for client in _clients():
        for names, check in ((SENDERS, _checked), (ASYNC_SENDERS, _checked_async)):
            for name in names:
                if name in vars(client):
                    monkeypatch.setattr(client, name, check(wire, vars(client)[name]))
    yield wire
    assert not wire.refused, "Stripe would not have understood: " + " | ".join(wire.refused)
