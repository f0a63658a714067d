"""Misbehaviour on request: the faults that a test or a person has asked for.

A fault matches requests (by method and path) or webhooks (by the event's type), happens a number of
times or with a probability from a seed of its own, and is used up by happening.
"""

from __future__ import annotations

import random
from fnmatch import fnmatchcase
from typing import Final

from stripe_peer.parameters import Fields, anything, integer, needed, one_of, text
from stripe_peer.store import Json, Row
from stripe_peer.world import World

# Of a request. `…_before`: nothing was done. `…_after_commit`: it was done, and nobody heard of it.
REQUEST_FAULTS: Final = (
    "error_before",
    "error_after_commit",
    "timeout_before",
    "timeout_after_commit",
    "rate_limit",
    "conflict",
)
# Of a webhook.
WEBHOOK_FAULTS: Final = (
    "duplicate",
    "reorder",
    "delay",
    "drop",
    "stale_timestamp",
    "wrong_secret",
)
FAULT = Fields(
    kind=needed(one_of(*REQUEST_FAULTS, *WEBHOOK_FAULTS)),
    path=text,
    method=text,
    event=text,
    count=integer,
    probability=anything,
    seed=integer,
    seconds=anything,
)


def add(world: World, given: Json) -> Row:
    """`path` and `event` are patterns with `*`; without a count it happens again and again."""
    return world.store.add(
        "fault",
        world.new_id("fault"),
        account="",
        data={
            "kind": given["kind"],
            "path": given.get("path", "*"),
            "method": given.get("method", "*").upper(),
            "event": given.get("event", "*"),
            "left": given.get("count"),
            "probability": float(given.get("probability", 1)),
            "seconds": float(given.get("seconds", 3600 if given["kind"] == "delay" else 5)),
        },
        inner={"seed": given.get("seed", 0), "draws": 0, "happened": 0},
    )


def for_request(world: World, method: str, path: str) -> Row | None:
    """The first fault that this request meets; it counts as having happened."""
    for row in world.store.oldest_first("fault"):
        data = row.data
        if (
            data["kind"] in REQUEST_FAULTS
            and fnmatchcase(path, data["path"])
            and fnmatchcase(method, data["method"])
            and _happens(world, row)
        ):
            return row
    return None


def for_webhook(world: World, event_type: str) -> list[Row]:
    """All faults that this event's delivery meets."""
    return [
        row
        for row in world.store.oldest_first("fault")
        if row.data["kind"] in WEBHOOK_FAULTS
        and fnmatchcase(event_type, row.data["event"])
        and _happens(world, row)
    ]


def _happens(world: World, row: Row) -> bool:
    if row.data["left"] == 0:
        return False
    with world.store.transaction():
        row = world.store.edit(row.id)
        # One draw of the seed's sequence for each chance, so that a run can be repeated.
        draw = random.Random(f"{row.inner['seed']}:{row.inner['draws']}").random()  # noqa: S311
        row.inner["draws"] += 1
        if draw >= row.data["probability"]:
            return False
        row.inner["happened"] += 1
        if row.data["left"] is not None:
            row.data["left"] -= 1
    return True
