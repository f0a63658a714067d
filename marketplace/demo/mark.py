"""What loading the demo leaves in the data folder: who can sign in, and whether it got to its end."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path


def _path(data_dir: Path, database: str) -> Path:
    return data_dir / f"demo-half-loaded-{database}"


def is_half_loaded(data_dir: Path, database: str) -> bool:
    """Whether a load was killed in the middle: the database then holds a piece of a market only."""
    return _path(data_dir, database).exists()


def forget(data_dir: Path, database: str) -> None:
    _path(data_dir, database).unlink(missing_ok=True)


@contextmanager
def loading(data_dir: Path, database: str) -> Iterator[None]:
    """Around the load of an empty database; what stays when the load does not reach its end."""
    _path(data_dir, database).touch()
    yield
    forget(data_dir, database)


def note_sign_ins(data_dir: Path, *, people: Iterable[tuple[str, str]], password: str) -> None:
    """For the lines that ./run prints at every start."""
    sign_ins = [{"role": role, "email": email, "password": password} for role, email in people]
    text = json.dumps({"sign_ins": sign_ins}, indent=1, ensure_ascii=False)
    (data_dir / "demo.json").write_text(text, encoding="utf-8")
