"""The classic `sdn.xml` of OFAC (also its consolidated file, which has the same form).

Its older form in three files is read in ofac_csv.py.
"""

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

WANTED = frozenset(
    {"publshInformation", "sdnEntry"}
)  # the second letter i is missing in the original


def read_ofac(file: IO[bytes]) -> ParsedList:
    """Raises ListError."""
    published: date | None = None
    parties: list[ParsedParty] = []
    for element in elements(file, root="sdnList", wanted=WANTED):
        if element.tag == "publshInformation":
            published = day(text(element, "Publish_Date"), "%m/%d/%Y", "%Y-%m-%d")
        elif element.tag == "sdnEntry":
            parties.append(_party(element))
    if published is None:
        raise ListError(
            "the file does not say when it was published (publshInformation/Publish_Date)"
        )
    return ParsedList(published, tuple(parties))


def _party(entry: Element) -> ParsedParty:
    person = text(entry, "sdnType").lower() == "individual"
    countries = (
        texts(entry, "addressList/address/country")
        + texts(entry, "nationalityList/nationality/country")
        + texts(entry, "citizenshipList/citizenship/country")
    )
    return ParsedParty(
        ref=text(entry, "uid"),
        kind=NameKind.PERSON if person else NameKind.COMPANY,
        names=distinct(_names(entry)),
        countries=country_codes(countries),
        born=years_in(texts(entry, "dateOfBirthList/dateOfBirthItem/dateOfBirth")),
        programme=", ".join(texts(entry, "programList/program")),
        places=places_of(_place(address) for address in entry.findall("addressList/address")),
    )


def _place(address: Element) -> Place:
    return Place(
        named(text(address, f"address{line}") for line in (1, 2, 3)), text(address, "city")
    )


def _names(entry: Element) -> Iterator[ListedName]:
    yield ListedName(named([text(entry, "firstName"), text(entry, "lastName")]))
    for aka in entry.findall("akaList/aka"):
        whole = named([text(aka, "firstName"), text(aka, "lastName")])
        yield ListedName(whole, weak=text(aka, "category").lower() == "weak")
