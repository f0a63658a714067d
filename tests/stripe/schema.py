"""Is a body what the API's own description says? Strict: what it does not name is refused.

The description (spec/stripe.json) says for every request what its query and its body may hold and
what is answered. In a form everything is text, so "12" is a whole number there and "1.5" is none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.parser import BytesParser
from email.policy import HTTP
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl

SPEC: Final = Path(__file__).parent / "spec" / "stripe.json"
Schema = Mapping[str, Any]

INTEGER: Final = re.compile(r"-?\d{1,18}")
NUMBER: Final = re.compile(r"-?\d+(\.\d+)?")
CURRENCY: Final = re.compile(r"[A-Za-z]{3}")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, and where: `metadata[order]`, `line_items[0][price_data][currency]`."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where or 'the whole'}: {self.what}"


@dataclass(frozen=True, slots=True)
class Operation:
    """One request of the description, such as POST /v1/transfers."""

    name: str
    query: Schema
    answer: Schema
    body: Schema | None
    encoding: str


class Description:
    """The extracted OpenAPI document, with a way to look requests up."""

    def __init__(self, path: Path = SPEC) -> None:
        found = json.loads(path.read_text(encoding="utf-8"))
        self.version: str = found["version"]
        self.schemas: dict[str, Schema] = found["schemas"]
        self._fixed: dict[tuple[str, str], Operation] = {}
        self._patterns: list[tuple[str, re.Pattern[str], Operation]] = []
        for template, methods in found["paths"].items():
            for method, parts in methods.items():
                operation = Operation(
                    name=f"{method.upper()} {template}",
                    query=parts["query"],
                    answer=parts["answer"],
                    body=parts.get("body"),
                    encoding=parts.get("encoding", ""),
                )
                if "{" in template:
                    pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template))
                    self._patterns.append((method, re.compile(pattern), operation))
                else:
                    self._fixed[method, template] = operation
        include = found["paths"]["/v2/core/accounts/{id}"]["get"]["query"]["properties"]["include"]
        # Of a v2 account, what nobody asked to be included is null whatever its schema says.
        self.includable = {name.partition(".")[0] for name in include["items"]["enum"]}

    def operation(self, method: str, path: str) -> Operation | None:
        fixed = self._fixed.get((method.lower(), path))
        if fixed is not None:
            return fixed
        for its_method, pattern, operation in self._patterns:
            if its_method == method.lower() and pattern.fullmatch(path):
                return operation
        return None

    # --- requests ---------------------------------------------------------------------------------

    def request_problems(
        self, *, method: str, path: str, query: str, content_type: str, body: bytes | str
    ) -> list[Problem]:
        operation = self.operation(method, path)
        if operation is None:
            return [Problem("", f"{method.upper()} {path} is not described")]
        try:
            found = list(self._check_form(operation.query, query))
            if operation.body is None or (not body and method.lower() == "get"):
                return found + ([Problem("", "this request takes no body")] if body else [])
            return found + list(self._check_body(operation, content_type, body))
        except ValueError as error:
            return [Problem("", str(error))]

    def _check_body(
        self, operation: Operation, content_type: str, body: bytes | str
    ) -> Iterator[Problem]:
        assert operation.body is not None
        expected = {
            "form": "application/x-www-form-urlencoded",
            "multipart": "multipart/form-data",
            "json": "application/json",
        }[operation.encoding]
        if body and not content_type.startswith(expected):
            yield Problem("", f"sent as {content_type or 'nothing'}, not as {expected}")
        elif operation.encoding == "multipart":
            yield from self._check_form(operation.body, None, multipart_fields(content_type, body))
        elif operation.encoding == "form":
            text = body.decode() if isinstance(body, bytes) else body
            yield from self._check_form(operation.body, text)
        else:
            value = json.loads(body or "{}")
            yield from Checker(self, form=False, answer=False).check(operation.body, value, "")

    def _check_form(
        self, schema: Schema, text: str | None, pairs: list[tuple[str, str]] | None = None
    ) -> Iterator[Problem]:
        if text is not None:
            pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text))
        value = unflatten(pairs or [])
        yield from Checker(self, form=True, answer=False).check(schema, value, "")

    # --- answers ----------------------------------------------------------------------------------

    def answer_problems(
        self, *, method: str, path: str, status: int, body: bytes | str
    ) -> list[Problem]:
        try:
            value = json.loads(body)
        except ValueError:
            return [Problem("", "the answer is not JSON")]
        checker = Checker(self, form=False, answer=True)
        if status >= 400:
            name = "v2.error" if path.startswith("/v2/") else "error"
            return list(checker.check({"$ref": name}, value, ""))
        operation = self.operation(method, path)
        if operation is None:
            return [Problem("", f"{method.upper()} {path} is not described")]
        return list(checker.check(operation.answer, value, ""))

    def object_problems(self, value: Mapping[str, Any]) -> list[Problem]:
        """A whole object, found by its own name for itself (`"object": "charge"`)."""
        name = value.get("object")
        if not isinstance(name, str) or name not in self.schemas:
            return [Problem("object", f"{name!r} is not described")]
        return list(Checker(self, form=False, answer=True).check({"$ref": name}, value, ""))


@cache
def description() -> Description:
    return Description()


@dataclass(frozen=True, slots=True)
class Checker:
    """Walks a value along its schema. `form`: all is text. `answer`: null may stand for absent."""

    description: Description
    form: bool
    answer: bool

    def check(self, schema: Schema, value: Any, where: str) -> Iterator[Problem]:
        if "$ref" in schema:
            schema = self.description.schemas[schema["$ref"]]
        if value is None and self._may_be_null(schema, where):
            return
        if "anyOf" in schema:
            yield from self._any_of(schema["anyOf"], value, where)
            return
        match schema.get("type"):
            case "object":
                yield from self._object(schema, value, where)
            case "array":
                yield from self._array(schema, value, where)
            case "string":
                yield from self._string(schema, value, where)
            case "integer":
                yield from self._integer(value, where)
            case "number":
                yield from self._number(value, where)
            case "boolean":
                yield from self._boolean(value, where)

    def _may_be_null(self, schema: Schema, where: str) -> bool:
        if schema.get("nullable"):
            return True
        return self.answer and where in self.description.includable

    def _any_of(self, choices: list[Schema], value: Any, where: str) -> Iterator[Problem]:
        """None where one choice fits; else what the nearest choice says."""
        nearest: list[Problem] | None = None
        for choice in choices:
            problems = list(self.check(choice, value, where))
            if not problems:
                return
            # The choice whose problems lie deepest is the one that was meant.
            if nearest is None or _depth(problems) > _depth(nearest):
                nearest = problems
        yield from nearest or [Problem(where, "fits nothing")]

    def _object(self, schema: Schema, value: Any, where: str) -> Iterator[Problem]:
        if not isinstance(value, Mapping):
            yield Problem(where, f"{value!r} is not an object")
            return
        properties: Mapping[str, Schema] = schema.get("properties", {})
        more = schema.get("additionalProperties", not properties)
        for name in schema.get("required", ()):
            if name not in value:
                yield Problem(_inside(where, name), "is missing")
        for name, part in value.items():
            inside = _inside(where, name)
            if name in properties:
                yield from self.check(properties[name], part, inside)
            elif isinstance(more, Mapping):
                yield from self.check(more, part, inside)
            elif not more:
                yield Problem(inside, "is unknown")

    def _array(self, schema: Schema, value: Any, where: str) -> Iterator[Problem]:
        if not isinstance(value, list):
            yield Problem(where, f"{value!r} is not a list")
            return
        for number, part in enumerate(value):
            yield from self.check(schema["items"], part, f"{where}[{number}]")

    def _string(self, schema: Schema, value: Any, where: str) -> Iterator[Problem]:
        if not isinstance(value, str):
            yield Problem(where, f"{value!r} is not text")
        elif "enum" in schema:
            if value not in schema["enum"]:
                yield Problem(where, f"{value!r} is none of {', '.join(map(repr, schema['enum']))}")
        elif len(value) > schema.get("maxLength", len(value)):
            yield Problem(where, f"is longer than {schema['maxLength']} characters")
        elif schema.get("format") == "currency" and not CURRENCY.fullmatch(value):
            yield Problem(where, f"{value!r} is not a currency")

    def _integer(self, value: Any, where: str) -> Iterator[Problem]:
        right = (
            isinstance(value, str) and INTEGER.fullmatch(value)
            if self.form
            else isinstance(value, int) and not isinstance(value, bool)
        )
        if not right:
            yield Problem(where, f"{value!r} is not a whole number")

    def _number(self, value: Any, where: str) -> Iterator[Problem]:
        right = (
            isinstance(value, str) and NUMBER.fullmatch(value)
            if self.form
            else isinstance(value, int | float) and not isinstance(value, bool)
        )
        if not right:
            yield Problem(where, f"{value!r} is not a number")

    def _boolean(self, value: Any, where: str) -> Iterator[Problem]:
        right = value in ("true", "false") if self.form else isinstance(value, bool)
        if not right:
            yield Problem(where, f"{value!r} is neither true nor false")


def _inside(where: str, name: str) -> str:
    return f"{where}[{name}]" if where else name


def _depth(problems: list[Problem]) -> int:
    """How far the walk came before the first thing that was wrong."""
    return problems[0].where.count("[")


def unflatten(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """`a[b]=1`, `c[0][d]=2`, `e[]=3` as nested objects and lists. Raises ValueError."""
    tree: dict[str, Any] = {}
    for name, value in pairs:
        head, *rest = re.findall(r"^[^\[\]]+|\[[^\[\]]*\]", name) or [""]
        parts = [head, *(part[1:-1] for part in rest)]
        if "".join([head, *rest]) != name:
            raise ValueError(f"the name {name!r} can't be read")
        node = tree
        for part in parts[:-1]:
            node = node.setdefault(part, {})
            if not isinstance(node, dict):
                raise ValueError(  # noqa: TRY004 - what was sent is wrong, not our call
                    f"{name!r} is both a value and an object"
                )
        last = parts[-1] or str(len(node))
        if last in node:
            raise ValueError(f"{name!r} is given twice")
        node[last] = value
    return {name: _listed(value) for name, value in tree.items()}


def _listed(node: Any) -> Any:
    """An object whose names are 0, 1, 2 … is a list."""
    if not isinstance(node, dict):
        return node
    values = {name: _listed(value) for name, value in node.items()}
    if all(name.isdigit() for name in values):
        if sorted(map(int, values)) != list(range(len(values))):
            raise ValueError("the numbers of a list have a gap")
        return [values[str(number)] for number in range(len(values))]
    return values


def multipart_fields(content_type: str, body: bytes | str) -> list[tuple[str, str]]:
    """Names and values of a multipart form; a file's value is its name. Raises ValueError."""
    raw = body.encode() if isinstance(body, str) else body
    message = BytesParser(policy=HTTP).parsebytes(
        b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + raw
    )
    if not message.is_multipart():
        raise ValueError("the multipart body can't be read")
    found = []
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        filename = part.get_filename()
        found.append((str(name), filename or str(part.get_content()).strip()))
    return found
