"""The UK Sanctions List, as XML and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import IO
from xml.etree.ElementTree import Element

from trade.rules.sanction_lists.places import country_codes
from trade.rules.sanction_lists.values import (
    ListError,
    ParsedList,
    ParsedParty,
    day,
    distinct,
    named,
    places_of,
    years_in,
)
from trade.rules.sanction_lists.xml import elements, text, texts
from trade.rules.screening import ListedName, NameKind, Place

# Name 6 is the surname of a person and the whole name of anybody else.
GIVEN = ("1", "2", "3", "4", "5")
LINES = ("1", "2", "3", "4", "5", "6")
COLUMNS = frozenset({"Unique ID", "Name 6", "Name type", "Designation Type", "Regime Name"})
PERSON = "individual"


def read_uk(file: IO[bytes]) -> ParsedList:
    """Either form, told apart by the first sign. Raises ListError."""
    start = file.read(200).lstrip(b"\xef\xbb\xbf \r\n\t")
    file.seek(0)
    return _read_xml(file) if start.startswith(b"<") else _read_csv(file)


def _read_xml(file: IO[bytes]) -> ParsedList:
    published: date | None = None
    parties: list[ParsedParty] = []
    wanted = frozenset({"DateGenerated", "Designation"})
    for element in elements(file, root="Designations", wanted=wanted):
        if element.tag == "DateGenerated":
            published = day(element.text or "", "%d/%m/%Y", "%Y-%m-%d")
        elif element.tag == "Designation":
            parties.append(_party(element))
    if published is None:
        raise ListError("the file does not say when it was generated (DateGenerated)")
    return ParsedList(published, tuple(parties))


def _party(entry: Element) -> ParsedParty:
    person = text(entry, "IndividualEntityShip").lower() == PERSON
    places = texts(entry, ".//Addresses/Address/AddressCountry") + texts(entry, ".//Nationality")
    return ParsedParty(
        ref=text(entry, "UniqueID"),
        kind=NameKind.PERSON if person else NameKind.COMPANY,
        names=distinct(_names(entry)),
        countries=country_codes(places),
        born=years_in(texts(entry, ".//DOBs/DOB")),
        programme=text(entry, "RegimeName"),
        places=places_of(
            _place([text(address, f"AddressLine{line}") for line in LINES])
            for address in entry.findall(".//Addresses/Address")
        ),
    )


def _place(lines: Iterable[str | None]) -> Place:
    """Lines without names of their own: the last one that is filled in is the town."""
    filled = [line.strip() for line in lines if line and line.strip()]
    return Place(", ".join(filled[:-1]), filled[-1]) if len(filled) > 1 else Place()


def _names(entry: Element) -> Iterator[ListedName]:
    for one in entry.findall("Names/Name"):
        whole = named([*(text(one, f"Name{number}") for number in GIVEN), text(one, "Name6")])
        yield ListedName(whole, weak=_is_weak(text(one, "AliasStrength")))
    for script in texts(entry, ".//NameNonLatinScript"):
        yield ListedName(script)


def _is_weak(strength: str) -> bool:
    return strength.lower().startswith("low")


def _read_csv(file: IO[bytes]) -> ParsedList:
    """A first line with the day, then one line a name of a party."""
    try:
        lines = io.StringIO(file.read().decode("utf-8-sig"), newline="")
    except UnicodeDecodeError:
        raise ListError("the file is not written in UTF-8") from None
    stated = lines.readline().strip().strip('",')
    label, _, when = stated.partition(":")
    if label.strip().lower() != "report date":
        raise ListError("the first line is not “Report Date: …”")
    published = day(when, "%d-%b-%Y", "%d/%m/%Y", "%d %B %Y")
    reader = csv.DictReader(lines)
    missing = COLUMNS - set(reader.fieldnames or ())
    if missing:
        raise ListError(f"these columns are missing: {', '.join(sorted(missing))}")
    grouped: dict[str, list[dict[str, str | None]]] = {}
    try:
        for row in reader:
            grouped.setdefault((row["Unique ID"] or "").strip(), []).append(row)
    except csv.Error as error:
        raise ListError(f"line {reader.line_num} can't be read: {error}") from None
    parties = (_rows_party(ref, rows) for ref, rows in grouped.items() if ref)
    return ParsedList(published, tuple(parties))


def _rows_party(ref: str, rows: list[dict[str, str | None]]) -> ParsedParty:
    person = (rows[0]["Designation Type"] or "").strip().lower() == PERSON
    places = _cells(rows, "Address Country") + _cells(rows, "Nationality(/ies)")
    return ParsedParty(
        ref=ref,
        kind=NameKind.PERSON if person else NameKind.COMPANY,
        names=distinct(name for row in rows for name in _row_names(row)),
        countries=country_codes(place for cell in places for place in cell.split("|")),
        born=years_in(_cells(rows, "D.O.B")),
        programme=(rows[0]["Regime Name"] or "").strip(),
        places=places_of(_place(row.get(f"Address Line {line}") for line in LINES) for row in rows),
    )


def _row_names(row: Mapping[str, str | None]) -> Iterator[ListedName]:
    whole = named([*(row.get(f"Name {number}") for number in GIVEN), row.get("Name 6")])
    yield ListedName(whole, weak=_is_weak(row.get("Alias strength") or ""))
    yield ListedName(named([row.get("Name non-latin script")]))


def _cells(rows: Iterable[Mapping[str, str | None]], column: str) -> list[str]:
    return [cell for row in rows if (cell := row.get(column))]
