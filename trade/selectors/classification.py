"""The curated tariff codes: search and description."""

from __future__ import annotations

import csv
from functools import lru_cache
from pathlib import Path

from trade.rules.classification import HsEntry, HsIndex, HsMatch

HS_FILE = Path(__file__).resolve().parent.parent / "data" / "hs.csv"


@lru_cache(maxsize=1)
def hs_index() -> HsIndex:
    """The curated list of trade/data/hs.csv, read once a process."""
    with HS_FILE.open(encoding="utf-8", newline="") as file:
        return HsIndex(
            HsEntry(row["code"], row["heading"], tuple(filter(None, row["synonyms"].split(";"))))
            for row in csv.DictReader(file)
        )


def find_hs_codes(*, text: str, limit: int = 8) -> list[HsMatch]:
    """Six-digit codes for what is typed, best first; [] when nothing comes near."""
    return hs_index().search(text[:200], limit)


def describe_hs(code: str) -> str | None:
    """What a code covers, in a few words of our own; None when it is not in the curated list."""
    return hs_index().describe(code)
