"""How a request finds its function, and how an object becomes an answer."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from stripe_peer.errors import PeerError, missing, unreadable
from stripe_peer.parameters import Fields
from stripe_peer.store import Json, Row
from stripe_peer.world import PLATFORM, World


@dataclass
class Call:
    """One request that could be read. `account` is whom it acts for."""

    world: World
    account: str = PLATFORM
    params: Json = field(default_factory=dict)
    method: str = "GET"
    path: str = ""

    @property
    def expand(self) -> list[str]:
        return list(self.params.get("expand", ()))

    def get(self, name: str, default: Any = None) -> Any:
        return self.params.get(name, default)

    def find(self, kind: str, name: str, param: str = "id") -> Row:
        """The object of this account, or a 404."""
        return self.world.get(kind, name, self.account, param)


Handler = Callable[..., "Row | Json"]


@dataclass(frozen=True, slots=True)
class Route:
    method: str
    pattern: re.Pattern[str]
    fields: Fields
    handler: Handler


ROUTES: list[Route] = []
# Lists inside an object that are shown only when asked for: (object, name) to what makes the list.
INCLUDED: dict[tuple[str, str], Callable[[World, Json], Json]] = {}


def route(method: str, template: str, fields: Fields) -> Callable[[Handler], Handler]:
    """Carry out `method template` by the decorated function; `{x}` becomes its argument x."""
    pattern = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template))

    def register(handler: Handler) -> Handler:
        ROUTES.append(Route(method, pattern, fields, handler))
        return handler

    return register


def match(method: str, path: str) -> tuple[Route, dict[str, str]]:
    """Raises PeerError: 404 for no such address, 405 where it exists for another method."""
    other = False
    for candidate in ROUTES:
        found = candidate.pattern.fullmatch(path)
        if found is not None:
            if candidate.method == method:
                return candidate, found.groupdict()
            other = True
    raise PeerError(
        f"Unrecognized request URL ({method}: {path}). The peer does not have it.",
        status=405 if other else 404,
        began=False,
    )


def render(world: World, found: Row | Json, expand: list[str]) -> Json:
    """The answer: a copy, with the asked-for objects in the place of their ids."""
    answer = copy.deepcopy(found.data if isinstance(found, Row) else found)
    for path in expand:
        parts = path.split(".")
        if len(parts) > 4:
            raise unreadable("You cannot expand more than 4 levels.", "expand", "")
        _expand(world, answer, parts, path)
    return answer


def _expand(world: World, node: Any, parts: list[str], path: str) -> None:
    if isinstance(node, list):
        for element in node:
            _expand(world, element, parts, path)
        return
    if not isinstance(node, dict):
        return
    name, rest = parts[0], parts[1:]
    maker = INCLUDED.get((node.get("object", ""), name))
    if maker is not None:
        node[name] = maker(world, node)
    elif name not in node:
        raise unreadable(
            f"This property cannot be expanded ({path}).", "expand", "parameter_invalid_string"
        )
    value = node[name]
    if isinstance(value, str):
        row = world.store.find(value)
        if row is None or row.data.get("object") != row.kind:
            raise unreadable(f"This property cannot be expanded ({path}).", "expand", "")
        node[name] = copy.deepcopy(row.data)
    elif isinstance(value, list) and value and isinstance(value[0], str):
        rows = [world.store.find(one) for one in value]
        node[name] = [copy.deepcopy(row.data) for row in rows if row is not None]
    if rest:
        _expand(world, node[name], rest, path)


def page(
    call: Call, kind: str, *, keep: Callable[[Row], bool] = lambda _row: True, url: str = ""
) -> Json:
    """A page of this account's objects, newest first."""
    limit = call.get("limit", 10)
    if not 1 <= limit <= 100:
        raise unreadable("Limit must be between 1 and 100.", "limit", "parameter_invalid_integer")
    created: dict[str, int] = call.get("created") or {}
    rows = [
        row
        for row in call.world.of(kind, call.account)
        if keep(row) and _within(row.data.get("created", 0), created)
    ]
    after, before = call.get("starting_after"), call.get("ending_before")
    if after is not None:
        rows = rows[_position(rows, after, kind, "starting_after") + 1 :]
    elif before is not None:
        rows = rows[: _position(rows, before, kind, "ending_before")]
    shown = rows[:limit] if before is None else rows[-limit:]
    return {
        "object": "list",
        "url": url or call.path,
        "has_more": len(rows) > limit,
        "data": [row.data for row in shown],
    }


def _within(value: int, limits: dict[str, int]) -> bool:
    return (
        value > limits.get("gt", value - 1)
        and value >= limits.get("gte", value)
        and value < limits.get("lt", value + 1)
        and value <= limits.get("lte", value)
    )


def _position(rows: list[Row], name: str, kind: str, param: str) -> int:
    for number, row in enumerate(rows):
        if row.id == name:
            return number
    raise missing(kind, name, param)


def merge_metadata(known: dict[str, str], given: dict[str, str] | None) -> dict[str, str]:
    """Names that are given anew are replaced; an empty value takes one away."""
    if given is None:
        return known
    return {name: value for name, value in {**known, **given}.items() if value}
