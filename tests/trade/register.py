"""A tax authority's register on this machine: it answers as VIES does, over a real connection."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.core.cache import cache
from pytest_django import Settings as SettingsWrapper

from accounts.models import User
from tests.cast import NOW
from trade.models import TaxNumberCheck
from trade.services.tax_numbers import confirm_number

ATELIER = "FR40303265045"


def known(number: str, **more: Any) -> dict[str, Any]:
    """VIES's answer about a number that its member state knows."""
    return {
        "countryCode": number[:2],
        "vatNumber": number[2:],
        "requestDate": "2026-11-24T09:00:00.000Z",
        "valid": True,
        "requestIdentifier": "",
        "name": "SA SOCIETE DU REGISTRE",
        "address": "61 RUE DU REGISTRE\n75001 PARIS",
        **more,
    }


def vouch_for(number: str, *, country: str, moderator: User) -> TaxNumberCheck:
    """A number that a moderator has looked up and confirmed."""
    check = TaxNumberCheck.objects.create(country=country, number=number, opened_at=NOW)
    return confirm_number(check=check, actor=moderator, reason="Looked it up.", now=NOW)


def unknown(number: str) -> dict[str, Any]:
    return known(number, valid=False, name="---", address="---")


def refusal(word: str) -> dict[str, Any]:
    """VIES's way not to answer."""
    return {"actionSucceed": False, "errorWrappers": [{"error": word}]}


@dataclass
class Register:
    """What it answers and what it was asked."""

    url: str = ""
    answer: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    waits: float = 0
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)


@pytest.fixture
def register(settings: SettingsWrapper) -> Iterator[Register]:
    """The register, with Freeport set to ask it."""
    made = Register()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            made.asked.append((self.path, json.loads(body)))
            time.sleep(made.waits)
            said = made.answer if isinstance(made.answer, bytes) else json.dumps(made.answer)
            self.send_response(made.status)
            for name, value in made.headers.items():
                self.send_header(name, value)
            self.end_headers()
            with suppress(OSError):
                self.wfile.write(said if isinstance(said, bytes) else said.encode())

        def log_message(self, *_args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.TAX_NUMBER_CHECK = "vies"
    settings.VIES_URL = made.url
    settings.VIES_REQUESTER = ""
    cache.clear()
    yield made
    server.shutdown()
    server.server_close()
