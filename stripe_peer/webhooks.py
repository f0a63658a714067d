"""Webhooks: signed as Stripe signs, delivered at least once, misbehaving where asked to."""

from __future__ import annotations

import asyncio
import hmac
import http.client
import json
import time
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from typing import Final
from urllib.parse import urlsplit

from stripe_peer import faults
from stripe_peer.store import Json, Row
from stripe_peer.world import World

TIMEOUT: Final = 10.0
STALE_SECONDS: Final = 3600
LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Message:
    """One webhook as it goes over the wire."""

    delivery: str
    event: str
    type: str
    endpoint: str
    url: str
    headers: dict[str, str]
    body: bytes

    def shown(self) -> Json:
        return {
            "delivery": self.delivery,
            "event": self.event,
            "type": self.type,
            "endpoint": self.endpoint,
            "url": self.url,
            "headers": self.headers,
            "body": self.body.decode(),
        }


def signature(secret: str, stamp: int, body: bytes) -> str:
    signed = str(stamp).encode() + b"." + body
    return f"t={stamp},v1={hmac.new(secret.encode(), signed, sha256).hexdigest()}"


def due(world: World, *, everything: bool = False) -> list[Row]:
    """What is to be delivered, in its order; `everything`: also what waits for its time."""
    with world.store.transaction():
        for row in world.store.oldest_first("delivery"):
            if row.inner["fresh"]:
                _misbehave(world, row)
    now = world.time()
    rows = [
        row
        for row in world.store.oldest_first("delivery")
        if everything or row.data["not_before"] <= now
    ]
    # What is reordered comes after the others, the last of it first.
    return sorted(
        rows,
        key=lambda row: (
            "reorder" in row.data["misbehave"],
            -row.seq if "reorder" in row.data["misbehave"] else row.seq,
        ),
    )


def _misbehave(world: World, row: Row) -> None:
    """Decide once, when it is first looked at, what becomes of a delivery."""
    row = world.store.edit(row.id)
    row.inner["fresh"] = False
    for fault in faults.for_webhook(world, row.data["type"]):
        kind = fault.data["kind"]
        row.data["misbehave"].append(kind)
        if kind in ("delay", "reorder"):
            row.data["not_before"] = world.time() + fault.data["seconds"]
        if kind == "duplicate":
            copy = {**row.data, "misbehave": [], "attempts": 0}
            world.store.add(
                "delivery",
                world.new_id("whd"),
                account=row.account,
                data=copy,
                inner={"fresh": False},
            )
    if "drop" in row.data["misbehave"]:
        world.store.remove(row.id)


def message(world: World, row: Row, *, now: int | None = None) -> Message | None:
    """Signed for this moment, or as if it were `now`; None where nobody listens any more."""
    event = world.store.find(row.data["event"])
    hook = world.hooks.get(row.data["endpoint"])
    if event is None or not hook or not hook["url"]:
        return None
    body = json.dumps(event.data, indent=2, ensure_ascii=False).encode()
    stamp = int(time.time()) if now is None else now
    misbehave = row.data["misbehave"]
    if "stale_timestamp" in misbehave:
        stamp -= STALE_SECONDS
    secret = hook["secrets"][0] if hook["secrets"] else "whsec_none"
    if "wrong_secret" in misbehave:
        secret = "whsec_somebody_elses"  # noqa: S105 - meant to be wrong
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Stripe/1.0 (Freeport's peer)",
        "Stripe-Signature": signature(secret, stamp, body),
    }
    return Message(
        row.id, event.id, row.data["type"], row.data["endpoint"], hook["url"], headers, body
    )


def delivered(world: World, name: str, status: int) -> None:
    """Write down how it went: a 2xx ends it, anything else is tried again later."""
    with world.store.transaction():
        if world.store.find(name, "delivery") is None:
            return
        row = world.store.edit(name)
        row.data["attempts"] += 1
        row.data["last_status"] = status
        retries = world.config["retry_seconds"]
        # What was spoilt on purpose is spoilt once; Stripe's next try is a right one.
        row.data["misbehave"] = []
        if 200 <= status < 300 or row.data["attempts"] > len(retries):
            world.store.remove(name)
            if 200 <= status < 300 and world.store.find(row.data["event"]) is not None:
                event = world.store.edit(row.data["event"])
                pending = event.data.get("pending_webhooks")
                if pending:
                    event.data["pending_webhooks"] = pending - 1
            return
        row.data["not_before"] = world.time() + retries[row.data["attempts"] - 1]


def post(sent: Message) -> int:
    """The status that came back, 0 for none. To this machine only."""
    parts = urlsplit(sent.url)
    if parts.hostname not in LOOPBACK or parts.scheme != "http":
        return 0
    connection = http.client.HTTPConnection(parts.hostname, parts.port or 80, timeout=TIMEOUT)
    try:
        connection.request("POST", parts.path or "/", body=sent.body, headers=sent.headers)
        answer = connection.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException):
        return 0
    else:
        return answer.status
    finally:
        connection.close()


async def deliver(world: World, *, everything: bool = False) -> list[Json]:
    """Deliver what is due, one after the other; what came of each."""
    results: list[Json] = []
    loop = asyncio.get_running_loop()
    for row in due(world, everything=everything):
        # While the one before was under way, a reset may have taken this one.
        sent = message(world, row) if world.store.find(row.id) is row else None
        if sent is None:
            continue
        status = await loop.run_in_executor(None, post, sent)
        delivered(world, row.id, status)
        results.append({"event": sent.event, "type": sent.type, "url": sent.url, "status": status})
    return results


class Courier:
    """Delivers in the background, while the configuration says so."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._news = asyncio.Event()
        self._busy = asyncio.Lock()

    def wake(self) -> None:
        self._news.set()

    async def deliver_now(self) -> list[Json]:
        async with self._busy:
            return await deliver(self.world, everything=True)

    async def run(self) -> None:
        while True:
            # The timeout is for what waits for its time.
            with suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), timeout=0.25)
            self._news.clear()
            self.world.catch_up()
            if self.world.config["deliver"]:
                async with self._busy:
                    await deliver(self.world)
