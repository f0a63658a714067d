"""A lawyer reads a country's rules, with law, source, date and doubt; a journalist follows changes."""

from __future__ import annotations

from datetime import UTC, date, datetime
from xml.etree import ElementTree as ET

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from common.countries import COUNTRY_CODES
from trade.rules.world import PART_OF
from trade.selectors import shipped_rulebook
from trade.selectors.changes import Happens, list_changes
from trade.selectors.destinations import (
    crosses_border,
    get_destination,
    how_known,
    list_places,
    region_choices,
)

TODAY = date(2026, 11, 24)
ATOM = "{http://www.w3.org/2005/Atom}"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today() -> object:
    with time_machine.travel(datetime(2026, 11, 24, 12, tzinfo=UTC), tick=False) as clock:
        yield clock


# --- every row can be read -----------------------------------------------------------------------


@pytest.mark.parametrize("code", shipped_rulebook().destinations)
def test_every_rule_of_a_country_is_on_its_page(client: Client, code: str) -> None:
    book = shipped_rulebook().book(code)
    assert book is not None
    page = client.get(f"/desk/{code}/").content.decode()
    for row in book.rows:
        applies = row.scope.destinations is None or code in row.scope.destinations
        assert (f'id="{row.id}"' in page) == (applies and row.in_force(TODAY)), row.id
    found = get_destination(code=code, on=TODAY)
    for section in found.sections:
        for rule in section.rules:
            assert all((rule.text, rule.cited.law, rule.cited.source)), rule.id
            assert "%(" not in rule.text + " ".join(rule.scope)


def test_a_page_says_law_source_date_and_doubt(client: Client) -> None:
    page = client.get("/desk/JP/").content.decode()
    assert "Consumption tax: 10" in page
    assert "Customs Tariff Act, art. 4" in page
    assert "Japan Customs, Answer 1111" in page
    assert "read in the official text" in page
    assert "general knowledge, an estimate" in page
    assert "Goods for personal use may be valued lower" in page
    assert '<meta name="description"' in page


def rule_texts(code: str) -> dict[str, str]:
    found = get_destination(code=code, on=TODAY)
    return {rule.id: rule.text for section in found.sections for rule in section.rules}


def test_a_duty_beside_the_ordinary_one_is_named() -> None:
    texts = rule_texts("US")
    assert texts["us-s301-12.5"] == "Section 301 duty (forced labour): 12.5 %"
    assert texts["us-s301-not-listed"] == "No section 301 duty (forced labour)"
    assert texts["us-hts-610910"] == "16.5 %"


def test_a_region_is_named_as_its_own_country_does(client: Client) -> None:
    page = client.get("/desk/BR/").content.decode()
    assert "only in Acre, Alagoas, Bahia, Ceará, Minas Gerais" in page
    assert "Ceuta" not in page


def rule_scopes(code: str) -> dict[str, list[str]]:
    found = get_destination(code=code, on=TODAY)
    return {rule.id: list(rule.scope) for section in found.sections for rule in section.rules}


@pytest.mark.parametrize(
    ("country", "rule", "said"),
    [
        ("CA", "ca-cusma-150", "carried by courier or air"),
        ("CA", "ca-post-handling", "carried by post"),
        ("CA", "ca-doubt-carrier-fee", "not carried by post"),
        ("SG", "sg-relief-400", "not carried by sea"),
        ("NZ", "nz-levy-sea", "carried by sea"),
        ("NZ", "nz-levy-carriage-not-stated", "where nobody said what carries the parcel"),
    ],
)
def test_a_rule_for_one_carriage_says_which(country: str, rule: str, said: str) -> None:
    assert said in rule_scopes(country)[rule]


def test_a_rule_for_every_carriage_names_none() -> None:
    assert not any("carried" in phrase for phrase in rule_scopes("CA")["ca-tax-ON"])


def test_an_uplift_of_the_value_is_said() -> None:
    texts = rule_texts("ZA")
    assert "with 10 % added to the value of the goods" in texts["za-import"]
    assert "added to the value" not in texts["za-import-blns"]


def test_a_row_is_as_sure_as_it_says() -> None:
    for _, places in list_places(on=TODAY):
        for place in places:
            assert place.known.code in {"official", "partly", "estimate"}
    assert how_known(destination="KW", on=TODAY).code == "unknown"
    assert how_known(destination="AE", on=TODAY).code == "estimate"
    assert how_known(destination="JP", on=TODAY).code == "official"


# --- one day and another -------------------------------------------------------------------------


def test_the_rules_of_another_day(client: Client) -> None:
    ended = next(
        row for row in shipped_rulebook().book("DE").rows  # type: ignore[union-attr]
        if row.valid_to is not None and row.valid_to < TODAY and row.scope.destinations is None
    )  # fmt: skip
    assert f'id="{ended.id}"' not in client.get("/desk/DE/").content.decode()
    then = client.get(f"/desk/DE/?on={ended.valid_to}").content.decode()
    assert f'id="{ended.id}"' in then
    assert "As it was or will be" in then
    assert 'content="noindex, follow"' in then


def test_a_day_that_is_none_is_said_and_kept(client: Client) -> None:
    page = client.get("/desk/JP/?on=2026-13-99").content.decode()
    assert "That is no day" in page
    assert "2026-13-99" in page
    assert client.get("/api/v1/desk/destinations/JP/?on=tomorrow").json() == {
        "on": ["A day as YYYY-MM-DD."]
    }


# --- what is not known ---------------------------------------------------------------------------


def test_a_country_without_rules_has_an_honest_page(client: Client) -> None:
    page = client.get("/desk/KW/").content.decode()
    assert "Not known yet" in page
    assert "may ask your buyer" in page
    assert client.get("/api/v1/desk/destinations/KW/").json()["sections"] == []


def test_what_is_no_country_is_not_there(client: Client) -> None:
    for path in (
        "/desk/XX/",
        "/desk/japan/",
        "/desk/XX/changes.atom",
        "/api/v1/desk/destinations/XX/",
    ):
        assert client.get(path).status_code == 404, path
    assert client.get("/desk/jp/")["Location"] == "/desk/JP/"


# --- the list ------------------------------------------------------------------------------------


def test_every_country_lies_somewhere() -> None:
    assert PART_OF.keys() == set(COUNTRY_CODES)


def test_the_list_finds_a_country(client: Client) -> None:
    page = client.get("/desk/destinations/").content.decode()
    assert len(page) < 60_000
    for code in shipped_rulebook().destinations:
        assert f'href="/desk/{code}/"' in page
    found = client.get("/desk/destinations/?q=jap").content.decode()
    assert 'href="/desk/JP/"' in found
    assert 'href="/desk/DE/"' not in found
    assert 'href="/desk/KW/"' in client.get("/desk/destinations/?q=kuw").content.decode()
    assert "No country of that name" in client.get("/desk/destinations/?q=zzz").content.decode()


def test_parts_of_countries() -> None:
    assert ("ON", "Ontario") in region_choices(destination="CA")
    assert [code for code, _ in region_choices(destination="GB")] == ["NI"]
    assert ("YT", "Mayotte") in region_choices(destination="FR")
    assert region_choices(destination="JP") == []
    assert crosses_border(dispatched_from="GH", destination="DE", on=TODAY)
    assert not crosses_border(dispatched_from="IT", destination="DE", on=TODAY)
    assert not crosses_border(dispatched_from="KW", destination="KW", on=TODAY)


# --- what changes --------------------------------------------------------------------------------


def test_a_year_back_and_a_year_ahead() -> None:
    found = list_changes(today=TODAY)
    assert len({change.id for change in found}) == len(found)
    assert found == sorted(found, key=lambda change: (change.on, change.id), reverse=True)
    assert all(abs((change.on - TODAY).days) <= 365 for change in found)
    flat = [c for c in list_changes(today=TODAY, destination="DE") if "eu-flat" in " ".join(c.rows)]
    assert any(c.on == date(2026, 7, 1) and c.happens is Happens.STARTS for c in flat)
    assert not any(
        "eu-" in row for c in list_changes(today=TODAY, destination="US") for row in c.rows
    )


def test_a_rule_that_is_replaced_is_told_once() -> None:
    """The day after a US import rule ended its successor began: that is one change, not two."""
    told = list_changes(today=TODAY, destination="US")
    for change in told:
        if change.happens is Happens.ENDS:
            assert not any(row.startswith("us-import-ieepa") for row in change.rows)


def test_the_feed_is_valid_atom_and_keeps_its_ids(client: Client) -> None:
    answer = client.get("/desk/changes.atom")
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert "public" in answer["Cache-Control"]
    assert "Cookie" in answer["Vary"]
    feed = ET.fromstring(answer.content)
    assert feed.tag == f"{ATOM}feed"
    for part in ("id", "title", "updated", "author"):
        assert feed.find(f"{ATOM}{part}") is not None, part
    entries = feed.findall(f"{ATOM}entry")
    assert len(entries) == len(list_changes(today=TODAY))
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len(set(ids)) == len(ids)
    for entry in entries:
        assert (entry.findtext(f"{ATOM}id") or "").startswith("tag:")
        updated = datetime.fromisoformat(entry.findtext(f"{ATOM}updated") or "")
        assert updated <= datetime(2026, 11, 24, 12, tzinfo=UTC)
        assert entry.find(f"{ATOM}link") is not None
    with time_machine.travel(datetime(2026, 11, 26, tzinfo=UTC)):
        later = ET.fromstring(client.get("/desk/changes.atom").content)
    assert set(ids) & {e.findtext(f"{ATOM}id") for e in later.findall(f"{ATOM}entry")} == set(ids)
    again = client.get("/desk/changes.atom", headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304


def test_one_country_has_a_feed_of_its_own(client: Client) -> None:
    for code in ("US", "KW"):
        feed = ET.fromstring(client.get(f"/desk/{code}/changes.atom").content)
        entries = feed.findall(f"{ATOM}entry")
        assert len(entries) == len(list_changes(today=TODAY, destination=code))
    assert "/desk/US/changes.atom" in client.get("/desk/US/").content.decode()


def test_the_page_of_changes(client: Client) -> None:
    page = client.get("/desk/changes/").content.decode()
    assert "European Union" in page
    for change in list_changes(today=TODAY):
        assert f'id="{change.anchor}"' in page


# --- for machines --------------------------------------------------------------------------------


def test_the_same_as_data(client: Client) -> None:
    places = client.get("/api/v1/desk/destinations/").json()
    assert {place["code"] for place in places} == set(shipped_rulebook().destinations)
    japan = client.get("/api/v1/desk/destinations/jp/").json()
    assert japan["currency"] == "JPY"
    tax = next(section for section in japan["sections"] if section["key"] == "tax")
    assert tax["rules"][0]["cited"]["law"].startswith("Consumption Tax Act")
    changes = client.get("/api/v1/desk/changes/?to=US").json()
    assert [change["id"] for change in changes] == [
        change.id for change in list_changes(today=TODAY, destination="US")
    ]
    assert client.get("/api/v1/desk/changes/?to=XX").status_code == 400
    assert "Cookie" in client.get("/api/v1/desk/destinations/")["Vary"]


def test_reading_asks_no_database_for_rules(client: Client) -> None:
    for path in ("/desk/JP/", "/desk/destinations/", "/desk/changes/", "/desk/changes.atom"):
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(path)
        assert answer.status_code == 200
        # The shelves of the header, remembered by each process; and what moderators changed.
        assert len(captured) <= 3, (path, [query["sql"] for query in captured])
