"""An operator imports the full public nomenclature; the search then knows every code."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from trade.models import NomenclatureCode, NomenclatureEdition
from trade.selectors import describe_hs, find_hs_codes

pytestmark = pytest.mark.django_db

FULL = """section,hscode,description,parent,level
I,01,Animals; live,TOTAL,2
I,0101,"Horses, asses, mules and hinnies; live",01,4
I,010121,"Horses; live, pure-bred breeding animals",0101,6
I,01012110,"Horses; live, of Arab breed",010121,8
XI,610910,"T-shirts, singlets and other vests; of cotton, knitted",6109,6

XVI,842121,"Machinery; for filtering or purifying water",8421,6
"""


def file(tmp_path: Path, text: str) -> str:
    path = tmp_path / "hs.csv"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_the_public_list_is_taken_in(tmp_path: Path) -> None:
    call_command("import_hs", file(tmp_path, FULL))
    assert list(NomenclatureCode.objects.order_by("code").values_list("code", flat=True)) == [
        "010121",
        "610910",
        "842121",
    ]
    assert describe_hs("8421.21") == "Machinery; for filtering or purifying water"


def test_a_plain_list_is_taken_in_and_replaces_the_other(tmp_path: Path) -> None:
    call_command("import_hs", file(tmp_path, FULL))
    call_command("import_hs", file(tmp_path, "code,description\n8421.21,Water filters\n"))
    assert NomenclatureEdition.objects.get().codes == 1
    assert describe_hs("842121") == "Water filters"
    assert describe_hs("010121") is None


def test_both_lists_are_searched_and_the_curated_comes_first(tmp_path: Path) -> None:
    assert "010121" not in [m.code for m in find_hs_codes(text="pure-bred horses")]
    call_command("import_hs", file(tmp_path, FULL))
    assert "010121" in [m.code for m in find_hs_codes(text="pure-bred horses")]
    found = find_hs_codes(text="cotton t-shirt", limit=3)
    assert found[0].code == "610910"
    assert found[0].description == "T-shirts and vests, knitted, of cotton"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "line 1"),
        ("name,words\n1,2\n", "line 1"),
        ("code,description\n010121,Horses\n61A910,Shirts\n", "line 3: “61A910” is not a code"),
        ("code,description\n010121,\n", "line 2: 010121 has no description"),
        ("code,description\n010121,Horses\n010121,Cows\n", "line 3: 010121 is described twice"),
        ("code,description\n0101,Horses\n", "no six-digit code"),
        ("code,description\n000000,Nothing\n", "line 2: there is no chapter 00"),
    ],
)
def test_a_bad_file_is_refused_in_one_line_and_changes_nothing(
    tmp_path: Path, text: str, says: str
) -> None:
    call_command("import_hs", file(tmp_path, FULL))
    with pytest.raises(CommandError) as refused:
        call_command("import_hs", file(tmp_path, text))
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)
    assert NomenclatureCode.objects.count() == 3


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "hs.csv"
    path.write_bytes(b"\xff\xfe\x00code")
    with pytest.raises(CommandError, match="can't be read"):
        call_command("import_hs", str(path))
    with pytest.raises(CommandError, match="can't be read"):
        call_command("import_hs", str(tmp_path / "none.csv"))
