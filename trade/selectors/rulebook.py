"""Reading the rulebook's files, once a process."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path

from trade.rules import Rulebook, RulebookError, parse_rulebook

RULEBOOK_FOLDER = Path(__file__).resolve().parent.parent / "rulebook"


@lru_cache(maxsize=1)
def get_rulebook() -> Rulebook:
    """The shipped rulebook. Raises RulebookError when a file is not fit for use."""
    return read_rulebook(folder=RULEBOOK_FOLDER)


def read_rulebook(*, folder: Path) -> Rulebook:
    """Every *.toml of `folder` as one rulebook. Raises RulebookError."""
    files: dict[str, dict[str, object]] = {}
    for path in sorted(folder.glob("*.toml")):
        try:
            files[path.stem] = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise RulebookError(f"{path.name}: {error}") from error
    if not files:
        raise RulebookError(f"no rulebook file in {folder}")
    return parse_rulebook(files)
