"""Tax numbers for a market in which nothing is real: well formed, and nobody's."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from trade.rules.registrations import numbers_of_scheme
from trade.selectors.registrations import scheme_standings
from trade.services.registrations import NewNumber, add_registration

INVENTED: Final = {
    "ioss": "IM3720000001",
    "gb-vat": "GB999999973",
    "au-gst": "300000000001",
    "nz-gst": "10000017",
    "sg-gst": "M90000000X",
    "voec": "2000001",
    "ch-vat": "CHE123456788MWST",
    "my-lvg": "L10000000000001",
    "ca-gst": "100000009RT0001",
    "th-vat": "0994000000006",
}


def join_every_scheme(*, now: datetime) -> int:
    """Let the platform be registered for every scheme of the rulebook; returns how many are new.

    Each number holds since the first day of the scheme's own rule.
    """
    added = 0
    for one in scheme_standings(on=now.date()):
        if one.held is not None:
            continue
        kind = numbers_of_scheme(one.key, one.destinations)[0]
        add_registration(
            owner_ref=None,
            new=NewNumber(
                kind=kind.kind,
                country=kind.country,
                number=INVENTED.get(one.key, f"DEMO{one.key.upper()}"),
                valid_from=one.row.valid_from,
                scheme=one.key,
            ),
            reason="An invented number, for trying",
            actor=None,
            now=now,
        )
        added += 1
    return added
