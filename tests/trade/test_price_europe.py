"""Parcels into Europe, written by hand from the law: both sides of dates and limits, and people's words.

A cell of the files that is empty is not compared. The exchange rates are stated, so that no day of the
installed package's decides a limit.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from django.core.management import call_command

CASES = Path(__file__).parent / "cases"
COMPARED = ("duty", "tax", "fees", "total", "certainty")
RATES = ("EUR/CZK=25", "EUR/DKK=7.5", "EUR/HUF=400", "EUR/PLN=4.3", "EUR/RON=5", "EUR/SEK=11")

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["europe.csv", "words_europe.csv"])
def test_every_case_of_the_file(name: str) -> None:
    out = io.StringIO()
    call_command("landed_cost", str(CASES / name), rate=list(RATES), stdout=out)
    with (CASES / name).open(encoding="utf-8", newline="") as file:
        expected = list(csv.DictReader(file))
    found = {row["id"]: row for row in csv.DictReader(io.StringIO(out.getvalue()))}
    different = {
        (row["id"], column): (row[column], found[row["id"]][column])
        for row in expected
        for column in COMPARED
        if row[column] and found[row["id"]][column] != row[column]
    }
    assert not different
    assert len(found) == len(expected)
