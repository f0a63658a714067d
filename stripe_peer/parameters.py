"""Reading what was sent: names, types and lists of values; an unknown name is refused at any depth.

The peer's own, light reading. That a request is what Stripe's official description says is checked
elsewhere, by whoever tests with the peer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qsl

from stripe_peer.errors import PeerError, unreadable

Reader = Callable[[Any, str], Any]
NAME = re.compile(r"^[^\[\]]+|\[[^\[\]]*\]")


def text(raw: Any, where: str) -> str:
    if not isinstance(raw, str):
        raise unreadable(f"Invalid string: {raw!r}", where, "parameter_invalid_string")
    return raw


def integer(raw: Any, where: str) -> int:
    if isinstance(raw, int) and not isinstance(raw, bool):
        return raw
    if isinstance(raw, str) and re.fullmatch(r"-?\d{1,15}", raw):
        return int(raw)
    raise unreadable(f"Invalid integer: {raw}", where, "parameter_invalid_integer")


def boolean(raw: Any, where: str) -> bool:
    if raw in (True, "true"):
        return True
    if raw in (False, "false"):
        return False
    raise unreadable(f"Invalid boolean: {raw}", where, "parameter_invalid_boolean")


def anything(raw: Any, _where: str) -> Any:
    return raw


def metadata(raw: Any, where: str) -> dict[str, str]:
    """Up to 50 texts; an empty text asks for a name to be taken away."""
    if raw == "":
        return {}
    if not isinstance(raw, Mapping) or any(not isinstance(v, str | None) for v in raw.values()):
        raise unreadable("Invalid hash", where, "parameter_invalid_hash")
    if len(raw) > 50 or any(len(k) > 40 or len(v or "") > 500 for k, v in raw.items()):
        raise unreadable("Metadata is too large.", where, "parameter_invalid_hash")
    return {name: value or "" for name, value in raw.items()}


def one_of(*choices: str) -> Reader:
    def read(raw: Any, where: str) -> str:
        if raw not in choices:
            allowed = ", ".join(choices)
            raise unreadable(
                f"Invalid {where}: must be one of {allowed}", where, "parameter_invalid_choice"
            )
        return str(raw)

    return read


def list_of(reader: Reader) -> Reader:
    def read(raw: Any, where: str) -> list[Any]:
        if not isinstance(raw, list):
            raise unreadable("Invalid array", where, "parameter_invalid_array")
        return [reader(part, f"{where}[{number}]") for number, part in enumerate(raw)]

    return read


@dataclass(frozen=True, slots=True)
class Needed:
    reader: Reader


def needed(reader: Reader) -> Needed:
    return Needed(reader)


class Fields:
    """An object with these names and no others."""

    def __init__(self, **readers: Reader | Needed) -> None:
        self.readers = readers

    def __call__(self, raw: Any, where: str) -> dict[str, Any]:
        if not isinstance(raw, Mapping):
            raise unreadable("Invalid object", where, "parameter_invalid_hash")
        found: dict[str, Any] = {}
        for name, value in raw.items():
            inside = f"{where}[{name}]" if where else name
            reader = self.readers.get(name)
            if reader is None:
                raise unreadable(
                    f"Received unknown parameter: {inside}", inside, "parameter_unknown"
                )
            read = reader.reader if isinstance(reader, Needed) else reader
            found[name] = read(value, inside)
        for name, reader in self.readers.items():
            if isinstance(reader, Needed) and found.get(name) in (None, "", []):
                inside = f"{where}[{name}]" if where else name
                raise unreadable(f"Missing required param: {inside}.", inside, "parameter_missing")
        return found


created_range: Reader = lambda raw, where: (  # noqa: E731
    Fields(gt=integer, gte=integer, lt=integer, lte=integer)(raw, where)
    if isinstance(raw, Mapping)
    else {"gte": integer(raw, where), "lte": integer(raw, where)}
)


def listing(**more: Reader | Needed) -> Fields:
    """The query of a list."""
    return Fields(
        limit=integer,
        starting_after=text,
        ending_before=text,
        created=created_range,
        expand=list_of(text),
        **more,
    )


def retrieving(**more: Reader | Needed) -> Fields:
    """The query or body of whatever takes nothing else."""
    return Fields(expand=list_of(text), **more)


# --- from the wire --------------------------------------------------------------------------------


def unflatten(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """`a[b]=1`, `c[0][d]=2`, `e[]=3` as nested objects and lists."""
    tree: dict[str, Any] = {}
    for name, value in pairs:
        parts = [part.strip("[]") for part in NAME.findall(name)]
        if not parts:
            raise unreadable(f"Invalid parameter name: {name}", name, "parameter_unknown")
        node = tree
        for part in parts[:-1]:
            node = node.setdefault(part, {})
            if not isinstance(node, dict):
                raise unreadable("Invalid object", name, "parameter_invalid_hash")
        node[parts[-1] or str(len(node))] = value
    return {name: _listed(value) for name, value in tree.items()}


def _listed(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    if all(name.isdigit() for name in node):
        return [_listed(node[name]) for name in sorted(node, key=int)]
    return {name: _listed(value) for name, value in node.items()}


def form(body: str) -> dict[str, Any]:
    return unflatten(parse_qsl(body, keep_blank_values=True))


@dataclass(frozen=True, slots=True)
class Upload:
    """A file in a multipart form."""

    filename: str
    kind: str
    content: bytes


def multipart(content_type: str, body: bytes) -> dict[str, Any]:
    message = BytesParser(policy=HTTP).parsebytes(
        b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body
    )
    if not message.is_multipart():
        raise PeerError("Invalid multipart body", began=False)
    pairs: list[tuple[str, Any]] = []
    for part in message.iter_parts():
        name = str(part.get_param("name", header="content-disposition"))
        filename = part.get_filename()
        if filename is None:
            pairs.append((name, str(part.get_content()).strip()))
        else:
            content = part.get_payload(decode=True)
            if not isinstance(content, bytes):
                raise PeerError("Invalid multipart body", began=False)
            pairs.append((name, Upload(filename, part.get_content_type(), content)))
    return unflatten(pairs)
