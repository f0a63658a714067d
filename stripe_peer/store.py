"""Where the peer keeps what it knows: rows in memory, each change written to SQLite before the answer.

A `kill -9` at any moment leaves either the whole of a request or nothing of it.
"""

from __future__ import annotations

import copy
import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Json = dict[str, Any]

TABLES = """
CREATE TABLE IF NOT EXISTS rows (
    id TEXT PRIMARY KEY, seq INTEGER NOT NULL, kind TEXT NOT NULL, account TEXT NOT NULL,
    data TEXT NOT NULL, inner TEXT NOT NULL
);
"""


@dataclass
class Row:
    """One object: `data` is what its owner sees, `inner` what only the peer knows."""

    id: str
    seq: int
    kind: str
    account: str
    data: Json
    inner: Json


class Store:
    """All rows. Changed inside `transaction()` only: `add` makes a row, `edit` lends one."""

    def __init__(self, path: Path | None) -> None:
        self._disk = sqlite3.connect(path) if path is not None else None
        self._rows: dict[str, Row] = {}
        self._by_kind: dict[str, dict[str, Row]] = {}
        self._seq = 0
        # What each row was before the transaction; None where there was none.
        self._before: dict[str, Row | None] | None = None
        if self._disk is not None:
            self._disk.isolation_level = None
            self._disk.execute("PRAGMA journal_mode = WAL")
            # Survives the death of the process, which is what tests do to it; not that of the machine.
            self._disk.execute("PRAGMA synchronous = NORMAL")
            self._disk.executescript(TABLES)
            self._load(self._disk)

    def _load(self, disk: sqlite3.Connection) -> None:
        query = "SELECT id, seq, kind, account, data, inner FROM rows ORDER BY seq"
        for name, seq, kind, account, data, inner in disk.execute(query):
            self._put(Row(name, seq, kind, account, json.loads(data), json.loads(inner)))
            self._seq = seq

    def close(self) -> None:
        if self._disk is not None:
            self._disk.close()

    # --- reading ----------------------------------------------------------------------------------

    def find(self, name: str, kind: str = "") -> Row | None:
        row = self._rows.get(name)
        return row if row is not None and (not kind or row.kind == kind) else None

    def newest_first(self, kind: str) -> Iterator[Row]:
        return reversed(self._by_kind.get(kind, {}).values())

    def oldest_first(self, kind: str) -> list[Row]:
        """A copy, so that the caller may change rows meanwhile."""
        return list(self._by_kind.get(kind, {}).values())

    def count(self) -> dict[str, int]:
        return {kind: len(rows) for kind, rows in sorted(self._by_kind.items()) if rows}

    # --- writing ----------------------------------------------------------------------------------

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of it or nothing; one inside another is part of the outer one."""
        if self._before is not None:
            yield
            return
        self._before = {}
        try:
            yield
            self._write()
        except BaseException:
            for name, row in self._before.items():
                self._forget(name)
                if row is not None:
                    self._put(row)
            self._sort_again({row.kind for row in self._before.values() if row is not None})
            raise
        finally:
            self._before = None

    def _changing(self) -> dict[str, Row | None]:
        if self._before is None:
            raise RuntimeError("rows change inside a transaction only")
        return self._before

    def add(self, kind: str, name: str, *, account: str, data: Json, inner: Json) -> Row:
        before = self._changing()
        if name in self._rows:
            raise RuntimeError(f"{name} exists already")
        self._seq += 1
        row = Row(name, self._seq, kind, account, data, inner)
        before.setdefault(name, None)
        self._put(row)
        return row

    def edit(self, name: str) -> Row:
        """The row itself, to be changed in place until the transaction ends."""
        before = self._changing()
        row = self._rows[name]
        if name not in before:
            before[name] = copy.deepcopy(row)
        return row

    def remove(self, name: str) -> None:
        before = self._changing()
        row = self._rows[name]
        before.setdefault(name, row)
        self._forget(name)

    def clear(self) -> None:
        self._rows.clear()
        self._by_kind.clear()
        if self._disk is not None:
            self._disk.execute("DELETE FROM rows")

    def _put(self, row: Row) -> None:
        self._rows[row.id] = row
        self._by_kind.setdefault(row.kind, {})[row.id] = row

    def _forget(self, name: str) -> None:
        row = self._rows.pop(name, None)
        if row is not None:
            self._by_kind[row.kind].pop(name)

    def _sort_again(self, kinds: set[str]) -> None:
        """What was put back stands at the end: only after a transaction that was undone."""
        for kind in kinds:
            rows = sorted(self._by_kind[kind].values(), key=lambda row: row.seq)
            self._by_kind[kind] = {row.id: row for row in rows}

    def _write(self) -> None:
        if self._disk is None or not self._before:
            return
        self._disk.execute("BEGIN IMMEDIATE")
        try:
            for name in self._before:
                row = self._rows.get(name)
                if row is None:
                    self._disk.execute("DELETE FROM rows WHERE id = ?", [name])
                    continue
                self._disk.execute(
                    "INSERT OR REPLACE INTO rows (id, seq, kind, account, data, inner)"
                    " VALUES (?, ?, ?, ?, ?, ?)",
                    [
                        *(row.id, row.seq, row.kind, row.account),
                        *(json.dumps(row.data), json.dumps(row.inner)),
                    ],
                )
            self._disk.execute("COMMIT")
        except BaseException:
            self._disk.execute("ROLLBACK")
            raise
