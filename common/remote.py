"""Asking a server outside for JSON, with an end to everything: time, length, redirects."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from http.client import HTTPException
from typing import IO, Any
from urllib.parse import urlsplit

CHUNK = 16_384


class NoAnswerError(Exception):
    """There is no usable answer; the words name neither the address nor what was sent.

    said: what came with a refusal of the server, where that was JSON.
    """

    def __init__(self, words: str, said: Mapping[str, Any] | None = None) -> None:
        super().__init__(words)
        self.said: Mapping[str, Any] = said or {}


@dataclass(frozen=True, slots=True)
class Limits:
    """What is waited for at most. step_seconds: for a connection or the next bytes of an answer."""

    longest_seconds: float
    step_seconds: float
    largest_bytes: int


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect could lead a key somewhere else."""

    def redirect_request(self, *_args: Any, **_kwargs: Any) -> None:
        return None


def is_safe_address(url: str) -> bool:
    """Whether a server may be asked there: https, or this machine."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return False
    is_local = host in {"localhost", "127.0.0.1", "::1"}
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and is_local))


def ask_json(
    url: str,
    *,
    limits: Limits,
    body: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Mapping[str, Any]:
    """The JSON object at `url`, whose decimals never pass through a float; `body` is posted as JSON.

    Not to be called in a transaction. Raises NoAnswerError.
    """
    if not is_safe_address(url):
        raise NoAnswerError("the address is neither https nor on this machine")
    deadline = time.monotonic() + limits.longest_seconds
    step = min(limits.step_seconds, limits.longest_seconds)
    opener = urllib.request.build_opener(_NoRedirect)
    try:
        with opener.open(_request(url, body, headers or {}), timeout=step) as response:
            return _parsed(_read(response, limits, deadline))
    except urllib.error.HTTPError as error:
        with error:
            raise NoAnswerError(
                f"the source answered {error.code}", _said(error, limits, deadline)
            ) from None
    except (OSError, HTTPException, ValueError) as error:
        raise NoAnswerError(f"the source does not answer: {type(error).__name__}") from None


def _request(
    url: str, body: Mapping[str, Any] | None, headers: Mapping[str, str]
) -> urllib.request.Request:
    always = {"Accept": "application/json", "User-Agent": "Freeport"}
    if body is None:
        return urllib.request.Request(url, headers={**always, **headers})  # noqa: S310 - checked by the caller
    always["Content-Type"] = "application/json"
    data = json.dumps(body).encode()
    return urllib.request.Request(url, data, {**always, **headers})  # noqa: S310 - checked by the caller


def _read(response: IO[bytes], limits: Limits, deadline: float) -> bytes:
    """The whole answer; one that is too long or drips too slowly is given up."""
    parts: list[bytes] = []
    size = 0
    read_some = getattr(response, "read1", response.read)
    while chunk := read_some(CHUNK):
        parts.append(chunk)
        size += len(chunk)
        if size > limits.largest_bytes:
            raise NoAnswerError("the answer is too long")
        if time.monotonic() > deadline:
            raise NoAnswerError("the answer takes too long")
    return b"".join(parts)


def _parsed(body: bytes) -> Mapping[str, Any]:
    try:
        answer = json.loads(body, parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise NoAnswerError("the answer is no JSON") from None
    if not isinstance(answer, dict):
        raise NoAnswerError("the answer has another shape")
    return answer


def _no_number(text: str) -> Any:
    raise ValueError(text)


def _said(error: urllib.error.HTTPError, limits: Limits, deadline: float) -> Mapping[str, Any]:
    try:
        return _parsed(_read(error, limits, deadline))
    except (NoAnswerError, OSError, HTTPException, ValueError):
        return {}
