"""A merchant for the provider to talk to: a session, and a real HTTP server for its webhooks."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from sandbox.services import SessionView, create_session

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
SUCCESS_URL = "http://127.0.0.1:8000/checkout/return/abc/"
CANCEL_URL = "http://127.0.0.1:8000/checkout/"


def new_session(**changes: Any) -> SessionView:
    """A session over 12,345 yen, good for a quarter of an hour, with what a test wants otherwise."""
    fields: dict[str, Any] = {
        "idempotency_key": "pay:1",
        "amount": 12345,
        "currency": "JPY",
        "description": "Purchase 1",
        "email": "haruka@example.jp",
        "success_url": SUCCESS_URL,
        "cancel_url": CANCEL_URL,
        "webhook_url": "http://127.0.0.1:9/webhooks/sandbox/",
        "expires_at": NOW + timedelta(minutes=15),
        "metadata": {"purchase": "1"},
        "now": NOW,
    }
    return create_session(**{**fields, **changes})


@dataclass
class Merchant:
    """What reached the merchant, and how it answers next."""

    port: int = 0
    answers: list[int] = field(default_factory=list)
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/webhooks/sandbox/"

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _path, _headers, body in self.requests]

    @property
    def kinds(self) -> list[str]:
        return [event["type"] for event in self.events]


@contextmanager
def listening() -> Iterator[Merchant]:
    """A server on a free port of this machine; answers 200 unless told otherwise."""
    merchant = Merchant()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(merchant))
    merchant.port = server.server_address[1]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield merchant
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(merchant: Merchant) -> Callable[..., BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            merchant.requests.append((self.path, dict(self.headers), body))
            status = merchant.answers.pop(0) if merchant.answers else 200
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "/elsewhere/")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Quietly."""

    return Handler
