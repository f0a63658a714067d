"""One door for all formats, with what must hold for every list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from typing import IO

from trade.rules.sanction_lists.eu import read_eu
from trade.rules.sanction_lists.ofac import read_ofac
from trade.rules.sanction_lists.ofac_csv import read_ofac_csv
from trade.rules.sanction_lists.uk import read_uk
from trade.rules.sanction_lists.un import read_un
from trade.rules.sanction_lists.values import ListError, ParsedList, ParsedParty

SOURCES: Mapping[str, Callable[[IO[bytes]], ParsedList]] = {
    "ofac": read_ofac,
    "un": read_un,
    "eu": read_eu,
    "uk": read_uk,
}


def read_list(source: str, file: IO[bytes]) -> ParsedList:
    """A list of one of SOURCES. Raises ListError: nothing of a doubtful file is taken."""
    read = SOURCES.get(source)
    if read is None:
        raise ListError(f"{source!r} is no known list; there are {', '.join(SOURCES)}")
    return checked(read(file))


def read_files(source: str, files: Mapping[str, bytes], *, published_on: date | None) -> ParsedList:
    """A list that comes in several files, by their names in lower case. Raises ListError."""
    if source != "ofac":
        raise ListError(f"the list of {source!r} is one file")
    return checked(read_ofac_csv(files, published_on=published_on))


def checked(parsed: ParsedList) -> ParsedList:
    """The list itself, if it has parties and each has a number of its own and a name."""
    if not parsed.parties:
        raise ListError("there is no party in the file")
    for party in parsed.parties:
        _check_party(party)
    twice = [ref for ref, times in Counter(p.ref for p in parsed.parties).items() if times > 1]
    if twice:
        raise ListError(f"the number {twice[0]} is given to two parties")
    return parsed


def _check_party(party: ParsedParty) -> None:
    if not party.ref:
        names = party.names[0].text if party.names else "?"
        raise ListError(f"the party {names[:60]!r} has no number")
    if not party.names:
        raise ListError(f"the party {party.ref} has no name")
