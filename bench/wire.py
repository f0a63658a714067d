"""A closed loop over keep-alive connections, in one thread and with raw sockets: little else to pay for.

Whoever talks is a generator: it yields requests and is sent the answers. Every connection takes the
next talk when its last one has ended, and no answer goes uncounted.
"""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Generator, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urlencode

BLOCK = 262_144
SILENCE_SECONDS = 60.0


class Answer(NamedTuple):
    """status, headers (lower case; of several cookies all, in order) and body."""

    status: int
    headers: dict[str, str]
    cookies: list[str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


Talk = Generator[bytes, Answer, None]


class BrokenTalkError(Exception):
    """The server answered something that ends the benchmark: a wrong figure is worse than none."""


@dataclass(slots=True)
class Outcome:
    """What a run did. seconds: from the first request to the last answer."""

    requests: int = 0
    talks: int = 0
    seconds: float = 0.0
    waits: list[float] = field(default_factory=list)
    bytes: int = 0

    def p95(self) -> float:
        """Milliseconds."""
        ordered = sorted(self.waits)
        return ordered[int(len(ordered) * 0.95)] * 1000 if ordered else 0.0


@dataclass(slots=True)
class _Line:
    """One connection and who talks on it."""

    plug: socket.socket
    talk: Talk | None = None
    to_send: memoryview = field(default_factory=lambda: memoryview(b""))
    got: bytearray = field(default_factory=bytearray)
    needs: int = 0
    asked_at: float = 0.0


def get(path: str, *, cookies: Mapping[str, str] | None = None) -> bytes:
    return _request("GET", path, cookies or {}, b"")


def post(path: str, fields: Mapping[str, str], *, cookies: Mapping[str, str]) -> bytes:
    return _request("POST", path, cookies, urlencode(fields).encode())


def _request(method: str, path: str, cookies: Mapping[str, str], body: bytes) -> bytes:
    lines = [
        f"{method} {path} HTTP/1.1",
        "Host: 127.0.0.1",
        "Accept: text/html",
        "Accept-Language: en-GB,en;q=0.8",
        "User-Agent: bench",
    ]
    if cookies:
        lines.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in cookies.items()))
    if method == "POST":
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def run(
    port: int, talks: Iterator[Talk], *, connections: int, seconds: float | None = None
) -> Outcome:
    """Let `talks` go on over so many connections; with `seconds`, no new talk begins after them.

    All connections are open before the first request goes out.
    """
    outcome = Outcome()
    watch = selectors.DefaultSelector()
    lines = [_Line(socket.create_connection(("127.0.0.1", port))) for _ in range(connections)]
    for line in lines:
        line.plug.setblocking(False)
        line.plug.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        watch.register(line.plug, selectors.EVENT_READ, line)
    begun = time.perf_counter()
    ends = begun + seconds if seconds is not None else float("inf")
    try:
        busy = sum(_begin(line, talks, watch, ends) for line in lines)
        while busy:
            ready = watch.select(SILENCE_SECONDS)
            if not ready:
                raise BrokenTalkError(f"{busy} requests got no answer in {SILENCE_SECONDS:.0f} s")
            for key, events in ready:
                if not _serve(key.data, events, talks, watch, ends, outcome):
                    busy -= 1
        outcome.seconds = time.perf_counter() - begun
    finally:
        watch.close()
        for line in lines:
            line.plug.close()
    return outcome


def _serve(
    line: _Line,
    events: int,
    talks: Iterator[Talk],
    watch: selectors.BaseSelector,
    ends: float,
    outcome: Outcome,
) -> bool:
    """Send or receive what is possible; whether the line goes on."""
    if events & selectors.EVENT_WRITE:
        _send(line, watch)
    if not events & selectors.EVENT_READ:
        return True
    piece = line.plug.recv(BLOCK)
    if not piece:
        raise BrokenTalkError("the server hung up")
    line.got += piece
    answer = _complete(line)
    if answer is None or line.talk is None:
        return True
    outcome.requests += 1
    outcome.bytes += len(answer.body)
    outcome.waits.append(time.perf_counter() - line.asked_at)
    try:
        _ask(line, line.talk.send(answer), watch)
    except StopIteration:
        outcome.talks += 1
        return _begin(line, talks, watch, ends)
    return True


def _begin(line: _Line, talks: Iterator[Talk], watch: selectors.BaseSelector, ends: float) -> bool:
    """The next talk on this line, if there is one and time for it."""
    line.talk = next(talks, None) if time.perf_counter() < ends else None
    if line.talk is None:
        # The server may close what lies idle.
        watch.unregister(line.plug)
        return False
    _ask(line, next(line.talk), watch)
    return True


def _ask(line: _Line, request: bytes, watch: selectors.BaseSelector) -> None:
    line.got.clear()
    line.needs = 0
    line.to_send = memoryview(request)
    line.asked_at = time.perf_counter()
    _send(line, watch)


def _send(line: _Line, watch: selectors.BaseSelector) -> None:
    with suppress(BlockingIOError):
        line.to_send = line.to_send[line.plug.send(line.to_send) :]
    wants = selectors.EVENT_READ | (selectors.EVENT_WRITE if line.to_send else 0)
    if watch.get_key(line.plug).events != wants:
        watch.modify(line.plug, wants, line)


def _complete(line: _Line) -> Answer | None:
    """The answer, once all of it has come."""
    if not line.needs:
        end = line.got.find(b"\r\n\r\n")
        if end < 0:
            return None
        head = bytes(line.got[:end]).lower()
        at = head.find(b"content-length:")
        if at < 0:
            raise BrokenTalkError(f"an answer of unknown length: {head[:300]!r}")
        line.needs = end + 4 + int(head[at + 15 :].split(b"\r\n", 1)[0])
    if len(line.got) < line.needs:
        return None
    head, _, body = bytes(line.got).partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    pairs = [text.partition(": ")[::2] for text in rest]
    cookies = [value for name, value in pairs if name.lower() == "set-cookie"]
    headers = {name.lower(): value for name, value in pairs}
    return Answer(int(first.split(" ", 2)[1]), headers, cookies, body)
