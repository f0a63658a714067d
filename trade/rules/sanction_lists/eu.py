"""The consolidated list of the European Union, `xmlFullSanctionsList` 1.1."""

from __future__ import annotations

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
from trade.rules.sanction_lists.xml import elements
from trade.rules.screening import ListedName, NameKind, Place

PARTS = ("firstName", "middleName", "lastName")


def read_eu(file: IO[bytes]) -> ParsedList:
    """Raises ListError."""
    published: date | None = None
    parties: list[ParsedParty] = []
    for element in elements(file, root="export", wanted=frozenset({"sanctionEntity"})):
        if element.tag == "export":
            published = day(element.get("generationDate", "")[:10], "%Y-%m-%d")
        else:
            parties.append(_party(element))
    if published is None:
        raise ListError("the file is empty")
    return ParsedList(published, tuple(parties))


def _party(entry: Element) -> ParsedParty:
    subject = entry.find("subjectType")
    person = subject is not None and subject.get("code") == "person"
    places = entry.findall("citizenship") + entry.findall("address")
    births = entry.findall("birthdate")
    programmes = {rule.get("programme", "") for rule in entry.findall("regulation")} - {""}
    return ParsedParty(
        ref=entry.get("euReferenceNumber") or entry.get("logicalId") or "",
        kind=NameKind.PERSON if person else NameKind.COMPANY,
        names=distinct(_name(alias) for alias in entry.findall("nameAlias")),
        countries=country_codes(
            place.get("countryIso2Code") or place.get("countryDescription") for place in places
        ),
        born=years_in(
            birth.get(field)
            for birth in births
            for field in ("year", "birthdate", "yearRangeFrom", "yearRangeTo")
        ),
        programme=", ".join(sorted(programmes)),
        places=places_of(
            Place(address.get("street", ""), address.get("city", ""))
            for address in entry.findall("address")
        ),
    )


def _name(alias: Element) -> ListedName:
    whole = named([alias.get("wholeName")]) or named(alias.get(part) for part in PARTS)
    return ListedName(whole, weak=alias.get("strong") == "false")
