"""How many statements each request of a whole guest visit asks the database, in this process."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench import guest
from bench.market import describe
from bench.wire import Answer, Talk

_BRACKETS = re.compile(r"^(BEGIN|COMMIT|SAVEPOINT|RELEASE SAVEPOINT|ROLLBACK)")


def main(_arguments: Sequence[str]) -> None:
    """The second visit counts: by then a process remembers what every page needs."""
    market = describe()
    for goods in market["goods"][:2]:
        counts = requests_of(guest.whole_visit(goods, []))
    counts += requests_of(guest.look(f"/search/?q={market['words'][0].replace(' ', '+')}"))
    print(json.dumps(counts))


def requests_of(talk: Talk) -> list[tuple[str, int]]:
    """Method, address and number of statements of each request; BEGIN and its like not counted."""
    client = Client()
    counts = []
    request = next(talk)
    while True:
        head, _, body = request.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        method, path, _version = first.split(" ")
        headers = {name: value for name, _, value in (line.partition(": ") for line in lines)}
        with CaptureQueriesContext(connection) as asked:
            response = client.generic(
                method, path, body, headers.pop("Content-Type", ""), headers=headers
            )
        client.cookies.clear()
        statements = [one for one in asked.captured_queries if not _BRACKETS.match(one["sql"])]
        counts.append((f"{method} {path}", len(statements)))
        answer = Answer(
            response.status_code,
            {name.lower(): value for name, value in response.headers.items()},
            [cookie.OutputString() for cookie in response.cookies.values()],
            response.content,
        )
        try:
            request = talk.send(answer)
        except StopIteration:
            return counts
