"""OFAC's list in its older form: SDN.CSV, ADD.CSV and ALT.CSV, which name no columns and no day."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from trade.rules.sanction_lists.places import country_codes
from trade.rules.sanction_lists.values import (
    ListError,
    ParsedList,
    ParsedParty,
    distinct,
    named,
    places_of,
    years_in,
)
from trade.rules.screening import ListedName, NameKind, Place

SDN, ADDRESSES, ALIASES, COMMENTS = "sdn.csv", "add.csv", "alt.csv", "sdn_comments.csv"
# How many cells each line has; SDN_COMMENTS.CSV goes on where the remarks of SDN.CSV are full.
CELLS: Final[Mapping[str, int]] = {SDN: 12, ADDRESSES: 6, ALIASES: 5, COMMENTS: 2}
REQUIRED: Final = (SDN, ADDRESSES, ALIASES)
NULL = "-0-"
END_OF_FILE = "\x1a"
PERSON = "individual"
_WEAK = re.compile(r"^a\.k\.a\. '(.+)'$")
_BIRTH = re.compile(r"^(?:alt\. )?DOB (.+)$")
_COUNTRY = re.compile(r"^(?:alt\. )?(?:nationality|citizen) (.+)$")

Row = Sequence[str]


def read_ofac_csv(files: Mapping[str, bytes], *, published_on: date | None) -> ParsedList:
    """files: the content of each by its name in lower case. Raises ListError.

    published_on: the day of which the files are, since they do not say it themselves.
    """
    missing = [name.upper() for name in REQUIRED if name not in files]
    if missing:
        raise ListError(f"{' and '.join(missing)} must be there, too: they are one list")
    if published_on is None:
        raise ListError("these files do not say when they were published: give --published-on")
    main = _rows(SDN, files)
    known = {row[0] for row in main}
    addresses, aliases, comments = (
        _by_party(name, _rows(name, files), known) for name in (ADDRESSES, ALIASES, COMMENTS)
    )
    return ParsedList(
        published_on,
        tuple(_party(row, addresses[row[0]], aliases[row[0]], comments[row[0]]) for row in main),
    )


def _rows(name: str, files: Mapping[str, bytes]) -> list[Row]:
    """The lines of a file; one that was cut has a line of too few cells."""
    lines = io.StringIO(_text(name, files.get(name, b"")).rstrip(END_OF_FILE + " \r\n"), newline="")
    reader = csv.reader(lines, strict=True)
    found: list[Row] = []
    try:
        for cells in reader:
            if len(cells) != CELLS[name]:
                raise ListError(
                    f"line {reader.line_num} of {name.upper()} has {len(cells)} cells, not {CELLS[name]}"
                )
            found.append([_cell(cell) for cell in cells])
    except csv.Error as error:
        raise ListError(f"line {reader.line_num} of {name.upper()}: {error}") from None
    return found


def _text(name: str, content: bytes) -> str:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ListError(f"{name.upper()} is no text")


def _cell(text: str) -> str:
    return "" if text.strip() == NULL else text.strip()


def _by_party(name: str, rows: Sequence[Row], known: set[str]) -> defaultdict[str, list[Row]]:
    """Lines of a file by the number of their party; files of different days do not fit together."""
    grouped: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row[0] not in known:
            raise ListError(
                f"{name.upper()} has {row[0]!r}, which SDN.CSV has not: are they of one day?"
            )
        grouped[row[0]].append(row)
    return grouped


def _party(
    row: Row, addresses: Sequence[Row], aliases: Sequence[Row], comments: Sequence[Row]
) -> ParsedParty:
    ref, name, kind, programmes = row[:4]
    person = kind.lower() == PERSON
    remarks = [
        part.strip().rstrip(".")
        for part in (row[11] + "".join(comment[1] for comment in comments)).split(";")
    ]
    nations = [found[1] for part in remarks if (found := _COUNTRY.match(part))]
    return ParsedParty(
        ref=ref,
        kind=NameKind.PERSON if person else NameKind.COMPANY,
        names=distinct(_names(name, aliases, remarks, person=person)),
        countries=country_codes([*(address[4] for address in addresses), *nations]),
        born=years_in(found[1] for part in remarks if (found := _BIRTH.match(part))),
        programme=", ".join(programmes.split("] [")),
        places=places_of(Place(address[2], address[3]) for address in addresses),
    )


def _names(
    name: str, aliases: Sequence[Row], remarks: Sequence[str], *, person: bool
) -> Iterator[ListedName]:
    """Weak aliases stand in the remarks only."""
    for text in (name, *(alias[3] for alias in aliases)):
        yield ListedName(_in_order(text, person=person))
    for part in remarks:
        if found := _WEAK.match(part):
            yield ListedName(_in_order(found[1], person=person), weak=True)


def _in_order(text: str, *, person: bool) -> str:
    """ "SURNAME, Given" of a person as it is said; a company may have a comma of its own."""
    surname, comma, given = text.partition(", ")
    return named([given, surname]) if person and comma else named([text])
