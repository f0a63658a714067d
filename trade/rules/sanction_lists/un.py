"""The consolidated list of the United Nations Security Council, `consolidated.xml`."""

from __future__ import annotations

from collections.abc import Iterator
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

ORDER = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")


def read_un(file: IO[bytes]) -> ParsedList:
    """Raises ListError."""
    published: date | None = None
    parties: list[ParsedParty] = []
    wanted = frozenset({"INDIVIDUAL", "ENTITY"})
    for element in elements(file, root="CONSOLIDATED_LIST", wanted=wanted):
        if element.tag == "CONSOLIDATED_LIST":
            published = day(element.get("dateGenerated", "")[:10], "%Y-%m-%d")
        else:
            parties.append(_party(element))
    if published is None:
        raise ListError("the file is empty")
    return ParsedList(published, tuple(parties))


def _party(entry: Element) -> ParsedParty:
    person = entry.tag == "INDIVIDUAL"
    kind = entry.tag
    birth = f"{kind}_DATE_OF_BIRTH"
    return ParsedParty(
        ref=text(entry, "REFERENCE_NUMBER") or text(entry, "DATAID"),
        kind=NameKind.PERSON if person else NameKind.COMPANY,
        names=distinct(_names(entry, f"{kind}_ALIAS")),
        countries=country_codes(
            texts(entry, "NATIONALITY/VALUE") + texts(entry, f"{kind}_ADDRESS/COUNTRY")
        ),
        born=years_in(
            value
            for field in ("YEAR", "DATE", "FROM_YEAR", "TO_YEAR")
            for value in texts(entry, f"{birth}/{field}")
        ),
        programme=text(entry, "UN_LIST_TYPE"),
        places=places_of(
            Place(text(address, "STREET"), text(address, "CITY"))
            for address in entry.findall(f"{kind}_ADDRESS")
        ),
    )


def _names(entry: Element, alias: str) -> Iterator[ListedName]:
    yield ListedName(named(text(entry, part) for part in ORDER))
    for script in texts(entry, "NAME_ORIGINAL_SCRIPT"):
        yield ListedName(script)
    for one in entry.findall(alias):
        weak = text(one, "QUALITY").lower() == "low"
        for name in text(one, "ALIAS_NAME").split(";"):
            yield ListedName(named([name]), weak=weak)
