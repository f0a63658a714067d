"""Each official format is read as it is published; the same party says the same in both UK forms."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pytest

from trade.rules.sanction_lists import ListError, ParsedParty, read_files, read_list
from trade.rules.sanction_lists.places import country_code
from trade.rules.screening import ListedName, NameKind, Place

FILES = Path(__file__).with_name("files")
FORMS = [
    ("ofac", "sdn.xml", date(2026, 11, 20), 3),
    ("un", "consolidated.xml", date(2026, 11, 19), 2),
    ("eu", "xmlFullSanctionsList_1_1.xml", date(2026, 11, 18), 2),
    ("uk", "UK_Sanctions_List.xml", date(2026, 11, 17), 2),
    ("uk", "UK-Sanctions-List.csv", date(2026, 11, 17), 2),
]


def parties(source: str, name: str) -> dict[str, ParsedParty]:
    with (FILES / name).open("rb") as file:
        return {party.ref: party for party in read_list(source, file).parties}


@pytest.mark.parametrize(("source", "name", "published_on", "many"), FORMS)
def test_a_list_says_its_day_and_its_parties(
    source: str, name: str, published_on: date, many: int
) -> None:
    with (FILES / name).open("rb") as file:
        read = read_list(source, file)
    assert (read.published_on, len(read.parties)) == (published_on, many)


def test_ofac() -> None:
    read = parties("ofac", "sdn.xml")
    assert read["90002"] == ParsedParty(
        ref="90002",
        kind=NameKind.PERSON,
        names=(
            ListedName("Khalid Sa'id AL-MARZUQI"),
            ListedName("Khaled MARZOUQI"),
            ListedName("ABU SAID", weak=True),
        ),
        countries=("KP",),
        born=(1961, 1963),
        programme="TESTPROG1",
    )
    assert read["90001"].kind == NameKind.COMPANY
    assert read["90003"].names == (ListedName("WINDHOVER"),)


def test_un() -> None:
    read = parties("un", "consolidated.xml")
    assert read["TSi.001"] == ParsedParty(
        ref="TSi.001",
        kind=NameKind.PERSON,
        names=(
            ListedName("YUSUF ABDUL-RAHMAN AL-TUWAYJI"),
            ListedName("يوسف عبد الرحمن التويجي"),
            ListedName("Youssef Touwaiji"),
            ListedName("Abu Rahman", weak=True),
            ListedName("The Surveyor", weak=True),
        ),
        countries=("IR", "SY", "VN"),
        born=(1958, 1959, 1960),
        programme="Test List",
    )
    assert read["TSe.001"].countries == ("KP",)


def test_eu() -> None:
    read = parties("eu", "xmlFullSanctionsList_1_1.xml")
    assert read["EU.99001.01"] == ParsedParty(
        ref="EU.99001.01",
        kind=NameKind.PERSON,
        names=(
            ListedName("Yevgeny Pavlovich Shcherbakovsky"),
            ListedName("Евгений Павлович Щербаковский"),
            ListedName("Zhenya", weak=True),
        ),
        countries=("RU",),
        born=(1966,),
        programme="TEST",
    )


def test_both_forms_of_the_uk_list_say_the_same() -> None:
    xml, table = (
        parties("uk", name) for name in ("UK_Sanctions_List.xml", "UK-Sanctions-List.csv")
    )
    assert xml.keys() == table.keys()
    for ref, party in xml.items():
        assert set(party.names) == set(table[ref].names)
        assert (party.kind, party.countries, party.born, party.programme) == (
            table[ref].kind,
            table[ref].countries,
            table[ref].born,
            table[ref].programme,
        )
    assert xml["TST0001"].born == (1969,)
    assert xml["TST0001"].countries == ("AE", "RU")


CSV = FILES / "ofac_csv"


def csv_files(**changes: bytes) -> dict[str, bytes]:
    """OFAC's three files and the one with long remarks, by their names in lower case."""
    files = {file.name.lower(): file.read_bytes() for file in CSV.iterdir()}
    return {**files, **{f"{name}.csv": content for name, content in changes.items()}}


def test_both_forms_of_the_ofac_list_say_the_same() -> None:
    xml = parties("ofac", "sdn.xml")
    read = read_files("ofac", csv_files(), published_on=date(2026, 11, 20))
    assert read.published_on == date(2026, 11, 20)
    assert {party.ref: party for party in read.parties} == xml
    assert xml["90001"].places == (Place("", "Port Louis"),)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"sdn": b'90001,"CUT OFF"'}, "line 1 of SDN.CSV has 2 cells, not 12"),
        ({"sdn": b'90001,"CUT O'}, "line 1 of SDN.CSV"),
        ({"alt": b'1,1,"aka","SOMEBODY",-0-'}, "ALT.CSV has '1', which SDN.CSV has not"),
        ({"sdn": b"", "add": b"", "alt": b"", "sdn_comments": b""}, "no party"),
        ({"add": b"<html></html>"}, "line 1 of ADD.CSV has 1 cells"),
    ],
)
def test_ofac_files_that_do_not_fit_are_refused_in_a_line(
    changes: dict[str, bytes], says: str
) -> None:
    with pytest.raises(ListError, match=says) as refused:
        read_files("ofac", csv_files(**changes), published_on=date(2026, 11, 20))
    assert "\n" not in str(refused.value)


def test_ofac_files_need_each_other_and_a_day() -> None:
    files = csv_files()
    without = {name: content for name, content in files.items() if name != "alt.csv"}
    with pytest.raises(ListError, match=r"ALT\.CSV must be there"):
        read_files("ofac", without, published_on=date(2026, 11, 20))
    with pytest.raises(ListError, match="--published-on"):
        read_files("ofac", files, published_on=None)
    with pytest.raises(ListError, match="one file"):
        read_files("un", files, published_on=date(2026, 11, 20))


def test_addresses_are_read_from_every_list() -> None:
    assert parties("un", "consolidated.xml")["TSe.001"].places == (Place("", "Pyongyang"),)
    [eu] = [
        party.places
        for party in parties("eu", "xmlFullSanctionsList_1_1.xml").values()
        if party.places
    ]
    assert eu == (Place("", "Petrozavodsk"),)
    line = "AddressLine"
    content = (FILES / "UK_Sanctions_List.xml").read_bytes()
    more = f"<{line}1>1 Test Street</{line}1><{line}2>Dubai</{line}2>".encode()
    changed = content.replace(f"<{line}1>1 Test Street</{line}1>".encode(), more)
    read = {party.ref: party for party in read_list("uk", io.BytesIO(changed)).parties}
    assert read["TST0001"].places == (Place("1 Test Street", "Dubai"),)


BOMB = b'<?xml version="1.0"?><!DOCTYPE sdnList [<!ENTITY a "aa">]><sdnList>&a;</sdnList>'
DATED = b"<sdnList><publshInformation><Publish_Date>11/20/2026</Publish_Date></publshInformation>"


@pytest.mark.parametrize(
    ("source", "content", "says"),
    [
        ("ofac", b"", "no whole XML"),
        ("ofac", b"<sdnList><sdnEntry>", "no whole XML"),
        ("ofac", b"<html></html>", "begins with <html>"),
        ("ofac", b"<sdnList></sdnList>", "when it was published"),
        ("ofac", BOMB, "document type"),
        ("ofac", DATED + b"</sdnList>", "no party"),
        ("ofac", DATED + b"<sdnEntry><uid>1</uid></sdnEntry></sdnList>", "1 has no name"),
        ("ofac", DATED + b"<sdnEntry><lastName>A B</lastName></sdnEntry></sdnList>", "no number"),
        ("un", b'<CONSOLIDATED_LIST dateGenerated="soon"/>', "date can't be read"),
        ("eu", b"<export/>", "date can't be read"),
        ("uk", b"<Designations/>", "when it was generated"),
        ("uk", b"Unique ID,Name 6\n", "Report Date"),
        ("uk", b"Report Date: 17-Nov-2026\nUnique ID,Name 6\n", "columns are missing"),
        ("uk", b"\xff\xfeR\x00", "UTF-8"),
        ("nowhere", b"", "no known list"),
    ],
)
def test_anything_else_is_refused_in_a_line(source: str, content: bytes, says: str) -> None:
    with pytest.raises(ListError, match=says) as refused:
        read_list(source, io.BytesIO(content))
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Korea, North", "KP"),
        ("Iran (Islamic Republic of)", "IR"),
        ("RUSSIAN FEDERATION", "RU"),
        ("France", "FR"),
        ("de", "DE"),
        ("UNKNOWN", ""),
        ("00", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_countries_are_known_by_the_names_that_lists_use(text: str | None, code: str) -> None:
    assert country_code(text) == code
