"""Reading the full public nomenclature from a CSV file; pure.

Two shapes are read: that of the data set "harmonized-system" (section, hscode, description, parent,
level), and plain `code,description`. Chapters, headings and national lines are left out.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable

CODE_NAMES = ("code", "hscode")
SIX = 6
LAST_CHAPTER = 99


class NomenclatureError(ValueError):
    """The file can't be used; the message names the line."""


def read_nomenclature(lines: Iterable[str]) -> dict[str, str]:
    """Six-digit codes and their headings. Raises NomenclatureError for anything doubtful."""
    reader = csv.DictReader(lines)
    names = [name.strip().lower() for name in reader.fieldnames or ()]
    code_name = next((name for name in CODE_NAMES if name in names), None)
    if code_name is None or "description" not in names:
        raise NomenclatureError(
            "line 1: the columns “code” (or “hscode”) and “description” are needed"
        )
    reader.fieldnames = names
    found: dict[str, str] = {}
    try:
        for row in reader:
            _take(row, code_name, reader.line_num, found)
    except csv.Error as error:
        raise NomenclatureError(f"line {reader.line_num}: not CSV ({error})") from error
    if not found:
        raise NomenclatureError("no six-digit code in it")
    return found


def _take(row: dict[str, str | None], code_name: str, line: int, found: dict[str, str]) -> None:
    typed = (row.get(code_name) or "").strip()
    code = typed.replace(".", "").replace(" ", "")
    heading = " ".join((row.get("description") or "").split())
    if not (code.isascii() and code.isdigit()):
        raise NomenclatureError(f"line {line}: “{typed}” is not a code")
    if not 1 <= int(code[:2]) <= LAST_CHAPTER:
        raise NomenclatureError(f"line {line}: there is no chapter {code[:2]}")
    if not heading:
        raise NomenclatureError(f"line {line}: {code} has no description")
    if len(code) != SIX:
        return
    if found.get(code, heading) != heading:
        raise NomenclatureError(f"line {line}: {code} is described twice, differently")
    found[code] = heading
