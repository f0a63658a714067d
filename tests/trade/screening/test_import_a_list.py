"""A list replaces the one before as a whole, and nothing doubtful is taken unasked."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command

from tests.cast import NOW, clock
from trade.models import SanctionedParty, SanctionsList
from trade.services.sanctions_lists import refresh_demo_list

__all__ = ["clock"]
pytestmark = pytest.mark.django_db
FILES = Path(__file__).with_name("files")
SDN = FILES / "sdn.xml"
DAY = b"11/20/2026"


@pytest.fixture(autouse=True)
def _at_the_time(clock: time_machine.Traveller) -> None:
    clock.move_to(NOW)


def load(path: Path, **options: object) -> None:
    call_command("import_sanctions", "ofac", str(path), **options)


def changed(tmp_path: Path, content: bytes) -> Path:
    file = tmp_path / "changed.xml"
    file.write_bytes(content)
    return file


def state() -> tuple[list[tuple[object, ...]], int]:
    lists = SanctionsList.objects.values_list("source", "published_on", "entries", "is_current")
    return list(lists), SanctionedParty.objects.count()


def test_a_list_is_taken_in(capsys: pytest.CaptureFixture[str]) -> None:
    load(SDN)
    assert SanctionsList.objects.get().entries == 3
    party = SanctionedParty.objects.get(ref="90002")
    assert party.names[2] == {"text": "ABU SAID", "weak": True}
    assert (party.countries, party.born) == (["KP"], [1961, 1963])


def test_the_next_one_takes_its_place_and_unchanged_entries_keep_their_digest(
    tmp_path: Path,
) -> None:
    load(SDN)
    before = dict(SanctionedParty.objects.values_list("ref", "digest"))
    newer = SDN.read_bytes().replace(DAY, b"11/23/2026").replace(b"WINDHOVER", b"WINDHOVER II")
    load(changed(tmp_path, newer))
    after = dict(SanctionedParty.objects.values_list("ref", "digest"))
    assert SanctionsList.objects.filter(is_current=True).count() == 1
    assert SanctionsList.objects.count() == 2
    assert {ref for ref in after if after[ref] != before[ref]} == {"90003"}


def without_most(content: bytes) -> bytes:
    return content[: content.index(b"<sdnEntry>", content.index(b"<uid>90001"))] + b"</sdnList>"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda content: content.replace(DAY, b"11/19/2026"), "before the one we have"),
        (lambda content: content.replace(DAY, b"12/24/2026"), "is to come"),
        (lambda content: content.replace(DAY, b"05/01/2026"), "60 days"),
        (without_most, "less than half"),
        (lambda content: content[:900], "no whole XML"),
    ],
)
def test_a_doubtful_list_is_refused_and_changes_nothing(
    tmp_path: Path, change: object, says: str
) -> None:
    load(SDN)
    before = state()
    file = changed(tmp_path, change(SDN.read_bytes()))  # type: ignore[operator]
    with pytest.raises(CommandError, match=says) as refused:
        load(file)
    assert "\n" not in str(refused.value)
    assert state() == before


def test_force_takes_it_with_a_reason_only(tmp_path: Path) -> None:
    load(SDN)
    before = state()
    file = changed(tmp_path, without_most(SDN.read_bytes()))
    with pytest.raises(CommandError, match="reason"):
        load(file, force=True)
    assert state() == before
    load(file, force=True, reason="The programme ended.")
    current = SanctionsList.objects.get(is_current=True)
    assert (current.entries, current.reason) == (1, "The programme ended.")


CSV = FILES / "ofac_csv"


@pytest.mark.parametrize("paths", [[CSV], [CSV / f"{name}.CSV" for name in ("SDN", "ADD", "ALT")]])
def test_ofac_csv_is_taken_in_as_a_folder_or_as_files(paths: list[Path]) -> None:
    call_command("import_sanctions", "ofac", *map(str, paths), published_on=date(2026, 11, 20))
    assert (state()[0], state()[1]) == ([("ofac", date(2026, 11, 20), 3, True)], 3)
    party = SanctionedParty.objects.get(ref="90001")
    assert party.places == [{"street": "", "town": "Port Louis"}]


def test_ofac_csv_alone_or_without_a_day_changes_nothing() -> None:
    load(SDN)
    before = state()
    with pytest.raises(CommandError, match=r"ADD\.CSV and ALT\.CSV must be there"):
        load(CSV / "SDN.CSV", published_on=date(2026, 11, 20))
    with pytest.raises(CommandError, match="--published-on"):
        load(CSV)
    assert state() == before


def test_an_entry_in_either_ofac_form_keeps_what_was_decided_about_it() -> None:
    load(SDN)
    before = dict(SanctionedParty.objects.values_list("ref", "digest"))
    load(CSV, published_on=date(2026, 11, 21))
    assert dict(SanctionedParty.objects.values_list("ref", "digest")) == before


def test_a_file_that_is_not_there_is_said() -> None:
    with pytest.raises(CommandError, match="No such file"):
        load(Path("/nowhere/sdn.xml"))


def test_the_demo_list_is_always_of_today() -> None:
    first = refresh_demo_list(now=NOW)
    assert refresh_demo_list(now=NOW) == first
    later = refresh_demo_list(now=NOW + timedelta(days=1))
    assert later.published_on == (NOW + timedelta(days=1)).date()
    assert SanctionsList.objects.filter(source="demo", is_current=True).count() == 1
