"""Tariff codes: the curated list first, then the full nomenclature if it was imported."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from django.utils.translation import get_language

from trade.models import NomenclatureCode, NomenclatureEdition
from trade.rules.classification import HsEntry, HsIndex, HsMatch

DATA = Path(__file__).resolve().parent.parent / "data"
HS_FILE = DATA / "hs.csv"
HS_TERMS_FILE = DATA / "hs_terms.csv"
HS_WORDS = DATA / "hs_words"
# Below this score the curated list may simply not hold the thing: the full one is asked too.
SURE_SCORE = 75


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@lru_cache(maxsize=1)
def hs_index() -> HsIndex:
    """The curated codes with their names of all languages, read once a process."""
    names: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for path in sorted(HS_WORDS.glob("*.csv")):
        for row in _rows(path):
            names[row["code"]] += [(path.stem, name) for name in row["words"].split(";")]
    glossary = {
        row.pop("english"): [
            (lang, word) for lang, words in row.items() for word in words.split(";")
        ]
        for row in _rows(HS_TERMS_FILE)
    }
    return HsIndex(
        (
            HsEntry(
                row["code"],
                row["heading"],
                tuple(filter(None, row["synonyms"].split(";"))),
                tuple(names[row["code"]]),
            )
            for row in _rows(HS_FILE)
        ),
        glossary,
    )


@lru_cache(maxsize=1)
def _full_index(edition_id: int) -> HsIndex:
    codes = NomenclatureCode.objects.filter(edition_id=edition_id).values_list("code", "heading")
    return HsIndex(HsEntry(code, heading, ()) for code, heading in codes)


def _edition() -> int | None:
    return NomenclatureEdition.objects.order_by("-pk").values_list("pk", flat=True).first()


def find_hs_codes(*, text: str, limit: int = 8, language: str = "") -> list[HsMatch]:
    """Six-digit codes for what is typed, best first; [] when nothing comes near.

    Curated codes come first; when they don't answer surely, codes of the imported nomenclature
    follow. language: the reader's, by default the active one; it only decides between equals.
    """
    typed, reader = text[:200], language or get_language() or "en"
    found = hs_index().search(typed, limit, reader)
    if len(found) >= limit or (found and found[0].score >= SURE_SCORE):
        return found
    edition = _edition()
    if edition is None:
        return found
    more = _full_index(edition).search(typed, limit, reader)
    known = hs_index().entries
    return [*found, *(match for match in more if match.code not in known)][:limit]


def describe_hs(code: str) -> str | None:
    """What a code covers, in a few words; None when neither list knows it."""
    own = hs_index().describe(code)
    digits = "".join(filter(str.isdigit, code))[:6]
    if own is not None or len(digits) != 6:
        return own
    edition = _edition()
    rows = NomenclatureCode.objects.filter(edition_id=edition, code=digits) if edition else None
    return rows.values_list("heading", flat=True).first() if rows is not None else None
