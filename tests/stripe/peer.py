"""The fixture `stripe_peer`: Freeport's peer of Stripe's API, a process of its own, empty for each test.

    def test_something(stripe_peer: PeerHandle) -> None:
        stripe_peer.client.v1.balance.retrieve()       # through the real SDK
        stripe_peer.control("clock/advance", seconds=86_400)
        for webhook in stripe_peer.webhooks(): ...     # signed, to be posted wherever a test likes

One process serves the whole run. It delivers nothing by itself: `webhooks()` hands out what it
would have sent. Its door checks every request and answer against Stripe's description.
"""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Final

import pytest
from django.conf import settings
from stripe import RequestsClient, StripeClient

from tests.stripe.schema import description
from tests.test_run import free_port

KEY: Final = "sk_test_peer"
SECRETS: Final = {"platform": "whsec_platform", "connect": "whsec_connect", "thin": "whsec_thin"}
PATHS: Final = {
    "platform": "/webhooks/stripe/",
    "connect": "/webhooks/stripe/connect/",
    "thin": "/webhooks/stripe/thin/",
}
START_SECONDS: Final = 20.0


@dataclass(frozen=True, slots=True)
class Webhook:
    """One webhook, ready to be posted: `path` and `headers` as the market's views know them."""

    type: str
    endpoint: str
    event: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def signature(self) -> str:
        return self.headers["Stripe-Signature"]

    def json(self) -> Any:
        return json.loads(self.body)


class PeerHandle:
    """A running peer."""

    def __init__(self, *, data: Path | None = None, hooks: str = "http://127.0.0.1:9") -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.hooks = hooks
        self.data = data
        self.log = Path(mkdtemp(prefix="stripe-peer-")) / "peer.log"
        self._connection: http.client.HTTPConnection | None = None
        self.start()

    @property
    def client(self) -> StripeClient:
        return self.client_with()

    def client_with(self, *, retries: int = 0, timeout: float = 10) -> StripeClient:
        return StripeClient(
            KEY,
            base_addresses={"api": self.url, "files": self.url},
            max_network_retries=retries,
            # The SDK's own is newer than the description, which is what bodies are checked by.
            stripe_version=description().version,
            http_client=RequestsClient(timeout=timeout),
        )

    # --- the process ------------------------------------------------------------------------------

    def start(self) -> None:
        command = [sys.executable, "-m", "tests.stripe.strict_peer", "--port", str(self.port)]
        for endpoint, option in (("platform", ""), ("connect", "connect-"), ("thin", "thin-")):
            command += [f"--{option}webhook-url", self.hooks + PATHS[endpoint]]
            command += [f"--{option}secret", SECRETS[endpoint]]
        if self.data is not None:
            command += ["--data", str(self.data)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=settings.BASE_DIR, stdout=log, stderr=subprocess.STDOUT
            )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                pytest.fail(f"The Stripe peer did not start:\n{self.log.read_text()}")
            with suppress(OSError, http.client.HTTPException):
                self.control("state")
                return
            time.sleep(0.02)
        pytest.fail(f"The Stripe peer does not answer:\n{self.log.read_text()}")

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.kill()

    # --- its handles ------------------------------------------------------------------------------

    def control(self, path: str, /, **given: Any) -> Any:
        """POST /_peer/<path>; a refusal fails the test."""
        is_kept = self._connection is not None
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            self._connection.request("POST", f"/_peer/{path}", body=json.dumps(given))
            answer = self._connection.getresponse()
            found = json.loads(answer.read())
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            self._connection = None
            if is_kept and isinstance(error, ConnectionError):
                # The other side closed a connection that had been idle; nothing was asked.
                return self.control(path, **given)
            raise
        assert answer.status == 200, found
        return found

    def reset(self) -> None:
        self.control("reset", deliver=False)

    def fault(self, kind: str, **where: Any) -> None:
        """See docs/stripe-peer.md: `path`, `method`, `event`, `count`, `probability`, `seed`."""
        self.control("faults", kind=kind, **where)

    def webhooks(self, *, take: bool = True, now: int | None = None) -> list[Webhook]:
        """What waits to be told, signed as of `now`; `take` counts it as delivered."""
        found = self.control("outbox", take=take, now=now)["messages"]
        return [
            Webhook(
                type=one["type"],
                endpoint=one["endpoint"],
                event=one["event"],
                path=PATHS[one["endpoint"]],
                headers=one["headers"],
                body=one["body"].encode(),
            )
            for one in found
        ]

    def advance(self, **time_passed: float) -> None:
        """Let so many `days`, `hours` or `seconds` pass at the peer."""
        units = {"days": 86_400, "hours": 3600, "seconds": 1}
        self.control("clock", seconds=sum(units[unit] * n for unit, n in time_passed.items()))

    def pay(self, session: str, card: str = "4242424242424242", **buyer: str) -> Any:
        """A buyer pays on the hosted page."""
        return self.control(f"checkout/{session}/pay", card=card, **buyer)


@pytest.fixture(scope="session")
def stripe_peer_process() -> Iterator[PeerHandle]:
    peer = PeerHandle()
    yield peer
    peer.stop()


@pytest.fixture
def stripe_peer(stripe_peer_process: PeerHandle) -> Iterator[PeerHandle]:
    """The peer, with nothing in it."""
    stripe_peer_process.reset()
    yield stripe_peer_process
    wire = stripe_peer_process.control("wire")
    assert wire["refused"] == [], "The peer or its caller strayed from Stripe's description."
