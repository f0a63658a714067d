"""The shipped restrictions, asked for one kind of goods and told in words."""

from __future__ import annotations

import datetime
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from trade.rules.restrictions import (
    Outcome,
    RestrictionRow,
    parse_restrictions,
)
from trade.rules.restrictions import check_restrictions as check_rows
from trade.selectors.words import say_restriction

RESTRICTIONS_FILE = Path(__file__).resolve().parent.parent / "data" / "restrictions.toml"


@dataclass(frozen=True, slots=True)
class RestrictionNotice:
    """A restriction with its sentence in the active language. forbids: it is not sold there."""

    code: str
    outcome: Outcome
    row_id: str
    forbids: bool
    text: str


@lru_cache(maxsize=1)
def restriction_rows() -> tuple[RestrictionRow, ...]:
    """The rows of trade/data/restrictions.toml, read once a process."""
    with RESTRICTIONS_FILE.open("rb") as file:
        return parse_restrictions(tomllib.load(file)["restriction"])


def check_restrictions(
    *, destination: str, dispatched_from: str, hs_code: str, description: str, on: datetime.date
) -> list[RestrictionNotice]:
    """What may keep these goods from being sent there on that day, the hardest first."""
    return [
        RestrictionNotice(
            found.code, found.outcome, found.row_id, found.forbids, say_restriction(found)
        )
        for found in check_rows(
            restriction_rows(),
            destination=destination,
            dispatched_from=dispatched_from,
            hs_code=hs_code,
            description=description,
            on=on,
        )
    ]
