"""The ASGI application: reads a request, keeps Stripe's promises about keys, answers."""

from __future__ import annotations

import json
import os
import secrets
import socket
from asyncio import Task, create_task, sleep
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

# Each of these adds its addresses to api.ROUTES.
from stripe_peer import (
    account_requests,
    charges,
    checkout,
    control,
    disputes,
    faults,
    files,
    pages,
    parameters,
    payment_intents,
    payouts,
    refunds,
    transfers,
)
from stripe_peer.api import Call, match, render
from stripe_peer.errors import PeerError
from stripe_peer.store import Json, Row
from stripe_peer.webhooks import Courier
from stripe_peer.world import API_VERSION, PLATFORM, World

MODULES: Final = (
    account_requests, charges, checkout, disputes, files, payment_intents, payouts, refunds, transfers,
)  # fmt: skip
LARGEST_BODY: Final = 8_000_000
LONGEST_KEY: Final = 255

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


@dataclass
class Request:
    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes
    id: str = field(default_factory=lambda: f"req_{secrets.token_hex(7)}")

    @property
    def v2(self) -> bool:
        return self.path.startswith("/v2/")

    @property
    def key(self) -> str:
        return self.headers.get("idempotency-key", "") if self.method == "POST" else ""


@dataclass
class Answer:
    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    # The connection breaks instead of bringing this.
    lost: bool = False
    wait: float = 0.0


def json_answer(status: int, body: Json, **headers: str) -> Answer:
    content = json.dumps(body, indent=2, ensure_ascii=False).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, content, {"Content-Type": "application/json", **named})


class Peer:
    """The application; see `World` for what it knows."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.courier = Courier(world)
        world.wake_deliveries = self.courier.wake
        self._running: Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            answer = await self._http(await _read(scope, receive))
            if answer.wait:
                await sleep(answer.wait)
            if answer.lost and hang_up(scope):
                return
            await _write(answer, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            news = await receive()
            if news["type"] == "lifespan.startup":
                self._running = create_task(self.courier.run())
                await send({"type": "lifespan.startup.complete"})
            else:
                if self._running is not None:
                    self._running.cancel()
                self.world.store.close()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _http(self, request: Request) -> Answer:
        self.world.catch_up()
        if request.path.startswith("/_peer/"):
            status, body = await control.handle(
                self.world, self.courier, request.method, request.path, request.body
            )
            return json_answer(status, body)
        if not request.path.startswith(("/v1/", "/v2/")):
            page = pages.handle(
                self.world, request.method, request.path, request.body, request.headers
            )
            self.courier.wake()
            return Answer(page.status, page.body.encode(), page.headers)
        try:
            answer = self.api(request)
        except PeerError as error:
            answer = json_answer(error.status, error.body(v2=request.v2))
        self.courier.wake()
        version = request.headers.get("stripe-version", API_VERSION)
        answer.headers |= {"Request-Id": request.id, "Stripe-Version": version}
        if request.key:
            answer.headers["Idempotency-Key"] = request.key
        return answer

    # --- the API ----------------------------------------------------------------------------------

    def api(self, request: Request) -> Answer:
        account = self._authorise(request)
        fault = faults.for_request(self.world, request.method, request.path)
        kind = fault.data["kind"] if fault is not None else ""
        if kind == "rate_limit":
            return json_answer(
                429,
                PeerError("Too many requests.", code="rate_limit").body(v2=request.v2),
                Retry_After="1",
                Stripe_Should_Retry="true",
            )
        if kind == "conflict":
            error = PeerError(
                "This object cannot be accessed right now because another API request or Stripe "
                "process is currently accessing it.",
                code="lock_timeout",
            )
            return json_answer(409, error.body(v2=request.v2))
        if kind == "timeout_before":
            return Answer(500, b"", lost=True)
        broken = kind if kind.startswith("error_") else ""
        answer = self._once(request, account, broken)
        if kind == "timeout_after_commit":
            answer.lost = True
        return answer

    def _authorise(self, request: Request) -> str:
        """Whom the request acts for. Raises PeerError."""
        key = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
        if not key.startswith(("sk_test_", "rk_test_")):
            raise PeerError("Invalid API Key provided: the peer takes test keys only.", status=401)
        account = request.headers.get("stripe-account") or request.headers.get("stripe-context")
        if not account or account == PLATFORM:
            return PLATFORM
        if self.world.store.find(account, "account") is None:
            raise PeerError(
                f"The provided key does not have access to account '{account}' (or that account "
                "does not exist).",
                status=403,
                code="account_invalid",
            )
        return account

    def _once(self, request: Request, account: str, broken: str) -> Answer:
        """Carry it out, or repeat what was answered to the same idempotency key."""
        if len(request.key) > LONGEST_KEY:
            raise PeerError("Idempotency keys are at most 255 characters long.", began=False)
        name = f"idem:{request.v2}:{account}:{request.key}"
        content = f"{request.method} {request.path}\n".encode() + request.body
        fingerprint = sha256(content).hexdigest()
        known = self.world.store.find(name) if request.key else None
        if known is not None and self._too_old(known):
            with self.world.store.transaction():
                self.world.store.remove(name)
            known = None
        if known is not None:
            return self._replay(request, known, fingerprint)
        if broken == "error_before":
            return self._keep(request, name, account, fingerprint, _failure(request))
        try:
            with (
                self.world.store.transaction(),
                self.world.on_behalf(request.id, request.key or None),
            ):
                try:
                    answer = self._call(request, account)
                except PeerError as error:
                    if not error.keep:
                        raise
                    answer = json_answer(error.status, error.body(v2=request.v2))
                if broken == "error_after_commit":
                    answer = _failure(request)
                return self._keep(request, name, account, fingerprint, answer)
        except PeerError as error:
            answer = json_answer(error.status, error.body(v2=request.v2))
            if not error.began:
                return answer
            return self._keep(request, name, account, fingerprint, answer)

    def _keep(
        self, request: Request, name: str, account: str, fingerprint: str, answer: Answer
    ) -> Answer:
        """Remember the answer under the request's key, in the transaction of what was done.

        v1 remembers failures too, 500s included; v2 only what succeeded, so that a retry completes
        what had failed.
        """
        if request.key and (not request.v2 or answer.status < 400):
            with self.world.store.transaction():
                self.world.store.add(
                    "idempotency",
                    name,
                    account=account,
                    data={"status": answer.status, "body": answer.body.decode()},
                    inner={"fingerprint": fingerprint, "created": self.world.time()},
                )
        return answer

    def _too_old(self, known: Row) -> bool:
        age = self.world.time() - float(known.inner["created"])
        return age >= float(self.world.config["idempotency_seconds"])

    def _replay(self, request: Request, known: Row, fingerprint: str) -> Answer:
        if known.inner["fingerprint"] != fingerprint:
            raise PeerError(
                "Keys for idempotent requests can only be used with the same parameters they were "
                f"first used with. Try using a key other than '{request.key}' if you meant to "
                "execute a different request.",
                kind="idempotency_error",
                code="idempotency_error" if request.v2 else "",
            )
        return Answer(
            known.data["status"],
            known.data["body"].encode(),
            {"Content-Type": "application/json", "Idempotent-Replayed": "true"},
        )

    def _call(self, request: Request, account: str) -> Answer:
        route, arguments = match(request.method, request.path)
        given = _parameters(request)
        call = Call(
            self.world,
            account,
            route.fields(given, ""),
            method=request.method,
            path=request.path,
        )
        found = route.handler(call, **arguments)
        return json_answer(200, render(self.world, found, call.expand))


def _failure(request: Request) -> Answer:
    error = PeerError("An error occurred on the peer's side.", status=500, kind="api_error")
    return json_answer(500, error.body(v2=request.v2))


def _parameters(request: Request) -> Json:
    kind = request.headers.get("content-type", "")
    if request.method != "POST":
        return parameters.form(request.query)
    if request.v2:
        try:
            found = json.loads(request.body or b"{}")
        except ValueError:
            raise PeerError("Invalid JSON body.", code="invalid_json", began=False) from None
        return dict(found) if isinstance(found, dict) else {}
    if kind.startswith("multipart/form-data"):
        return parameters.multipart(kind, request.body)
    return parameters.form(request.body.decode())


# --- ASGI -----------------------------------------------------------------------------------------


async def _read(scope: Scope, receive: Receive) -> Request:
    body = b""
    while True:
        part = await receive()
        body += part.get("body", b"")
        if len(body) > LARGEST_BODY or not part.get("more_body"):
            break
    return Request(
        method=scope["method"],
        path=scope["path"],
        query=scope["query_string"].decode(),
        headers={name.decode().lower(): value.decode() for name, value in scope["headers"]},
        body=body,
    )


async def _write(answer: Answer, send: Send) -> None:
    headers = {"Content-Length": str(len(answer.body)), **answer.headers}
    await send(
        {
            "type": "http.response.start",
            "status": answer.status,
            "headers": [(n.lower().encode(), v.encode()) for n, v in headers.items()],
        }
    )
    await send({"type": "http.response.body", "body": answer.body})


def hang_up(scope: Scope) -> bool:
    """Break the connection without an answer; whether it was found.

    ASGI has no word for it, so the socket is looked up by whom it is connected to.
    """
    host, port = scope["client"][0], int(scope["client"][1])
    for name in Path("/dev/fd").iterdir():
        with suppress(OSError, ValueError):
            connection = socket.socket(fileno=os.dup(int(name.name)))
            try:
                if connection.getpeername()[:2] == (host, port):
                    connection.shutdown(socket.SHUT_RDWR)
                    return True
            finally:
                connection.close()
    return False
