"""The peer's world: rows, clock, configuration, timers and the news it sends out."""

from __future__ import annotations

import copy
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final

from stripe_peer.errors import missing
from stripe_peer.store import Json, Row, Store

# Of the events, and of whoever does not say which one it speaks.
API_VERSION: Final = "2026-05-27.dahlia"
PLATFORM: Final = "acct_peerplatform"
DAY: Final = 86_400

# What `POST /_peer/config` can replace.
DEFAULTS: Final[Json] = {
    # The platform keeps balances in these; all else is converted to the last word.
    "keeps": ["eur", "usd", "gbp"],
    "settles_in": "eur",
    # Exceptions, such as {"jpy": "usd"}, and rates of one whole unit, such as {"jpy:eur": "0.0056"}.
    "settlement": {},
    "rates": {},
    "platform_country": "FR",
    "fee_basis_points": 150,
    "fee_fixed": 25,
    "dispute_fee": 1500,
    # Seconds until something happens by itself.
    "books_after": 0,
    "available_after": 2 * DAY,
    "bank_payment_after": 3 * DAY,
    "payout_after": DAY,
    "refund_after": DAY,
    "review_after": 0,
    "dispute_after": 0,
    "dispute_days": 9,
    "idempotency_seconds": DAY,
    # true: webhooks leave by themselves. false: they wait for /_peer/deliver or /_peer/outbox.
    "deliver": True,
    "retry_seconds": [1, 5, 30, 300, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 24 * 3600],
}
ENDPOINTS: Final = ("platform", "connect", "thin")

Timer = Callable[["World", str], None]
TIMERS: dict[str, Timer] = {}


def timer(name: str) -> Callable[[Timer], Timer]:
    """What a timer of this name does with the object it was set for."""

    def register(function: Timer) -> Timer:
        TIMERS[name] = function
        return function

    return register


def iso(when: float) -> str:
    """As v2 writes a moment: 2026-11-24T06:25:27.000Z."""
    return datetime.fromtimestamp(when, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


class World:
    def __init__(self, store: Store, *, base: str, hooks: dict[str, tuple[str, list[str]]]) -> None:
        self.store = store
        self.base = base
        self._hooks_given = hooks
        # Of the request that is being carried out, for the events it causes.
        self.request: Json = {"id": None, "idempotency_key": None}
        self.wake_deliveries: Callable[[], None] = lambda: None
        self._next_timer: float | None = 0.0
        self.begin()

    def begin(self) -> None:
        """Make sure that there is a configuration; a restart keeps the one there was."""
        with self.store.transaction():
            if self.store.find("config") is None:
                hooks = {
                    name: {"url": url, "secrets": keys}
                    for name, (url, keys) in self._hooks_given.items()
                }
                data = copy.deepcopy(DEFAULTS)
                self.store.add(
                    "config", "config", account="", data=data, inner={"offset": 0, "hooks": hooks}
                )
            else:
                # Addresses follow the command line, since a port may have changed meanwhile.
                known = self.store.edit("config").inner["hooks"]
                for name, (url, keys) in self._hooks_given.items():
                    if url:
                        known[name] = {"url": url, "secrets": keys}
        self._next_timer = 0.0

    def reset(self) -> None:
        self.store.clear()
        self.begin()

    # --- configuration and clock ------------------------------------------------------------------

    @property
    def config(self) -> Json:
        row = self.store.find("config")
        return row.data if row is not None else copy.deepcopy(DEFAULTS)

    @property
    def hooks(self) -> Json:
        """Where to and with which secrets, a row of `ENDPOINTS` each."""
        found: Json = self._inner()["hooks"]
        return found

    def _inner(self) -> Json:
        row = self.store.find("config")
        return row.inner if row is not None else {"offset": 0, "hooks": {}}

    def time(self) -> float:
        """The peer's clock: this machine's, and what it was advanced by."""
        return time.time() + float(self._inner()["offset"])

    def now(self) -> int:
        return int(self.time())

    def advance(self, seconds: float) -> None:
        self.store.edit("config").inner["offset"] += seconds

    # --- objects ----------------------------------------------------------------------------------

    def new_id(self, prefix: str) -> str:
        return f"{prefix}_{secrets.token_hex(12)}"

    def add(self, kind: str, prefix: str, account: str, data: Json, **inner: Any) -> Row:
        """A new object; its id, kind, time and mode are the same for all of them."""
        name = self.new_id(prefix)
        full = {"id": name, "object": kind, "created": self.now(), "livemode": False, **data}
        return self.store.add(kind, name, account=account, data=full, inner=inner)

    def get(self, kind: str, name: str, account: str = "", param: str = "id") -> Row:
        """Raises PeerError where this account has no such object."""
        row = self.store.find(name, kind)
        if row is None or (account and row.account != account):
            raise missing(kind, name, param)
        return row

    def of(self, kind: str, account: str = "") -> Iterator[Row]:
        """Newest first."""
        for row in self.store.newest_first(kind):
            if not account or row.account == account:
                yield row

    # --- timers -----------------------------------------------------------------------------------

    def later(self, seconds: float, name: str, target: str) -> None:
        """Do `name` to `target` in so many seconds of the peer's clock."""
        self.at(self.time() + seconds, name, target)

    def at(self, when: float, name: str, target: str) -> None:
        self.store.add(
            "timer",
            self.new_id("tm"),
            account="",
            data={"at": when, "do": name, "target": target},
            inner={},
        )
        if self._next_timer is None or when < self._next_timer:
            self._next_timer = when

    def catch_up(self) -> None:
        """Do all that has become due, in its order."""
        now = self.time()
        if self._next_timer is None or now < self._next_timer:
            return
        with self.store.transaction():
            while True:
                timers = self.store.oldest_first("timer")
                due = min(timers, key=lambda row: (row.data["at"], row.seq), default=None)
                self._next_timer = due.data["at"] if due is not None else None
                if due is None or due.data["at"] > now:
                    break
                self.store.remove(due.id)
                TIMERS[due.data["do"]](self, due.data["target"])
        self.wake_deliveries()

    # --- news -------------------------------------------------------------------------------------

    def emit(
        self, kind: str, about: Json, *, account: str = PLATFORM, previous: Json | None = None
    ) -> None:
        """A snapshot event, told to the platform's endpoint or to that of connected accounts."""
        data: Json = {"object": copy.deepcopy(about)}
        if previous is not None:
            data["previous_attributes"] = previous
        event: Json = {
            "type": kind,
            "data": data,
            "api_version": API_VERSION,
            "pending_webhooks": 0,
            "request": dict(self.request),
        }
        if account != PLATFORM:
            event["account"] = account
        row = self.add("event", "evt", account, event)
        endpoint = "platform" if account == PLATFORM else "connect"
        self._enqueue(row, endpoint)

    def emit_thin(self, kind: str, *, related: str, data: Json | None = None) -> None:
        """A v2 event: it names the account and says nothing of it."""
        name = self.new_id("evt")
        event: Json = {
            "id": name,
            "object": "v2.core.event",
            "type": kind,
            "livemode": False,
            "created": iso(self.time()),
            "related_object": {
                "id": related,
                "type": "v2.core.account",
                "url": f"/v2/core/accounts/{related}",
            },
        }
        if self.request["id"] and self.request["idempotency_key"]:
            event["reason"] = {"type": "request", "request": dict(self.request)}
        inner = {"data": data or {}}
        row = self.store.add("v2.core.event", name, account=PLATFORM, data=event, inner=inner)
        self._enqueue(row, "thin")

    def _enqueue(self, event: Row, endpoint: str) -> None:
        hook = self.hooks.get(endpoint)
        if not hook or not hook["url"]:
            return
        if "pending_webhooks" in event.data:
            event.data["pending_webhooks"] += 1
        self.store.add(
            "delivery",
            self.new_id("whd"),
            account=event.account,
            data={
                "event": event.id,
                "type": event.data["type"],
                "endpoint": endpoint,
                "attempts": 0,
                "not_before": self.time(),
                "misbehave": [],
            },
            inner={"fresh": True},
        )

    @contextmanager
    def on_behalf(self, request_id: str | None, key: str | None) -> Iterator[None]:
        before, self.request = self.request, {"id": request_id, "idempotency_key": key}
        try:
            yield
        finally:
            self.request = before
