"""`manage.py landed_cost FILE.csv`: what people write in a table, priced line by line."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

HEAD = "id,destination,origin,date,channel,hs_code,goods_desc,currency,goods_value,shipping"

pytestmark = pytest.mark.django_db


def run(folder: Path, *lines: str, head: str = HEAD, **options: object) -> list[dict[str, str]]:
    file = folder / "cases.csv"
    file.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    out = io.StringIO()
    call_command("landed_cost", str(file), stdout=out, **options)
    return list(csv.DictReader(io.StringIO(out.getvalue())))


def amounts(row: dict[str, str]) -> tuple[str, str, str, str]:
    return row["duty"], row["tax"], row["fees"], row["total"]


def test_the_columns_of_the_answer(tmp_path: Path) -> None:
    [row] = run(tmp_path, 'A,DE,CN,2026-07-01,"post B2C, no IOSS",6109.10,T-shirt,EUR,40.00,5.00')
    assert list(row) == [
        "id",
        "currency",
        "duty",
        "tax",
        "fees",
        "total",
        "who_collects",
        "certainty",
        "rows",
    ]
    assert amounts(row) == ("3.00", "9.12", "0.00", "57.12")
    assert row["who_collects"] == "carrier from buyer"
    assert row["rows"].split(";")[:3] == ["eu-import", "eu-flat-3", "eu-vat-DE"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        # Lithuanian Customs: no value is given, the flat duty holds all the same.
        (
            'A,LT,CN,2026-07-15,post/courier B2C,6403;9503;6109,"1 pair shoes, 2 dolls, '
            '5 cotton T-shirts",EUR,,',
            ("9.00", "unknown", "0.00", "unknown"),
        ),
        # AEAT manual, example 2.
        (
            "A,AT,CN,2025-06-02,marketplace IOSS,6201.40,winter coat,EUR,140.00,15.00",
            ("0.00", "31.00", "0.00", "186.00"),
        ),
        (
            "A,GB,CN,2026-05-01,courier DAP,6109.10,T-shirts,GBP,200.00,20.00",
            ("26.40", "49.28", "0.00", "295.68"),
        ),
        # Australian Customs: the amplifier.
        (
            "A,AU,MFN (no preference),2010-12-01,any,8518.40,amplifier,AUD,1400.00,130.00",
            ("70.00", "160.00", "0.00", "1760.00"),
        ),
        # ATO: a price with tax inside.
        (
            "A,AU,any,2018-08-01,marketplace/redeliverer LVIG,,goods,AUD,836.00 incl.,",
            ("0.00", "76.00", "0.00", "836.00"),
        ),
        # NZ Customs: the duty rate is in the description.
        (
            "A,NZ,any,2012-12-01,any,,general goods duty 5%,NZD,1000.00,100.00",
            ("50.00", "172.50", "0.00", "1322.50"),
        ),
        (
            'A,NZ,CN,2026-05-04,"marketplace, courier air",6109.10,T-shirts,NZD,100.00,15.00',
            ("0.00", "17.25", "2.54", "134.79"),
        ),
        # Japan Customs, Answer 1111: rates and values of two items in words.
        (
            "A,JP,any,2021-11-01,general,(A 14%; B 14% reduced CT),"
            "two items CIF 534795 + 126258,JPY,661053,0",
            ("92400", "72300", "0", "825753"),
        ),
        (
            'A,SG,CN,2026-05-01,"marketplace, GST-registered, air",,item,SGD,395.00,25.00',
            ("0.00", "37.80", "0.00", "457.80"),
        ),
        (
            'A,CH,CN,2026-05-01,"small direct seller, not VAT registered",6109.10,T-shirt,CHF,'
            "55.00,5.00",
            ("0.00", "0.00", "0.00", "60.00"),
        ),
        (
            'A,NO,CN,2026-05-01,"non-VOEC seller, courier",6109.10,clothing,NOK,1000.00,200.00',
            ("128.40", "332.10", "0.00", "1660.50"),
        ),
        (
            'A,US,GB,2025-09-15,"post, ad valorem method",6109.10,T-shirt,USD,100.00,15.00',
            ("10.00", "0.00", "0.00", "125.00"),
        ),
        (
            "A,CA,US,2026-05-01,courier to Ontario,6109.10,T-shirt shipped from US (any origin),"
            "CAD,100.00,15.00",
            ("0.00", "13.00", "0.00", "128.00"),
        ),
        (
            "A,CA,CN,2026-05-01,post to Ontario,6109.10,T-shirt,CAD,50.00,10.00",
            ("9.00", "7.67", "9.95", "86.62"),
        ),
    ],
)
def test_words_that_people_write(
    tmp_path: Path, line: str, expected: tuple[str, str, str, str]
) -> None:
    [row] = run(tmp_path, line)
    assert amounts(row) == expected


@pytest.mark.parametrize(
    ("channel", "who"),
    [
        ("marketplace", "marketplace"),
        ("marketplace IOSS", "marketplace"),
        ("IOSS", "marketplace"),
        ("marketplace, no IOSS", "carrier from buyer"),
        ("post B2C, no IOSS", "carrier from buyer"),
        ("post, seller registered for IOSS", "seller"),
        ("courier, unregistered seller", "carrier from buyer"),
        ("express", "carrier from buyer"),
    ],
)
def test_who_collects_by_channel(tmp_path: Path, channel: str, who: str) -> None:
    [row] = run(tmp_path, f'A,DE,CN,2025-05-01,"{channel}",6109.10,shirt,EUR,40.00,5.00')
    assert (row["who_collects"], row["tax"]) == (who, "8.55")


def test_a_code_named_in_words_is_an_item_too(tmp_path: Path) -> None:
    [row] = run(tmp_path, "A,DE,CN,2026-07-15,post,silk blouse; wool blouse,blouses,EUR,80.00,0")
    assert row["duty"] == "6.00"


def test_what_has_no_rule_is_unknown_and_never_zero(tmp_path: Path) -> None:
    rows = run(
        tmp_path,
        "no-book,PE,CN,2026-05-01,marketplace,6109.10,shirt,PEN,100,0",
        "no-rate,DE,CN,2026-05-01,courier,4402.90,charcoal,EUR,200,0",
        "no-date,GB,CN,2001-01-01,courier,6109.10,shirt,GBP,200,0",
        "no-exchange,SE,CN,2026-08-03,post,6109.10,shirt,VND,2000000,0",
    )
    for row in rows:
        assert row["duty"] == "unknown", row["id"]
        assert row["tax"] == "unknown", row["id"]
        assert row["total"] == "unknown", row["id"]
        assert row["certainty"] == "unknown", row["id"]
        assert row["who_collects"] == "unknown", row["id"]


def test_for_the_union_only_what_all_members_share_is_said(tmp_path: Path) -> None:
    """Council of the EU: a silk and two wool blouses, EUR 6; the VAT depends on the member."""
    [row] = run(
        tmp_path,
        "A,EU,CN,2026-07-15,B2C,6206.10;6206.20,1 silk blouse; 2 wool blouses,EUR,80.00,0",
    )
    assert (row["duty"], row["tax"], row["total"]) == ("6.00", "unknown", "unknown")
    assert row["certainty"] == "unknown"
    assert "eu-flat-3" in row["rows"]
    assert "eu-vat" not in row["rows"]


@pytest.mark.parametrize(
    ("channel", "tax"),
    [("gift, post", "0.00"), ("C2C", "0.00"), ("no gift, post", "7.60"), ("B2B courier", "7.60")],
)
def test_gifts_up_to_45_euros_are_free_and_sales_are_not(
    tmp_path: Path, channel: str, tax: str
) -> None:
    """19 % of 40.00 are 7.60; a private gift of up to EUR 45 bears nothing."""
    [row] = run(tmp_path, f'A,DE,CN,2026-05-01,"{channel}",6109.10,shirt,EUR,40,0')
    assert row["tax"] == tax
    assert row["certainty"] == "estimate"


@pytest.mark.parametrize("channel", ["gift, post", "commercial sample, courier"])
def test_gifts_and_samples_of_which_the_book_says_nothing_are_unknown(
    tmp_path: Path, channel: str
) -> None:
    [row] = run(tmp_path, f'A,KR,CN,2026-05-01,"{channel}",6109.10,shirt,USD,40,0')
    assert amounts(row) == ("unknown",) * 4
    assert row["certainty"] == "unknown"


def test_a_limit_in_another_currency_is_converted_at_the_days_rate(tmp_path: Path) -> None:
    """Brazil's limit is USD 50: BRL 100 are below it on 2024-08-01 (about 5.7 a dollar)."""
    below, above = run(
        tmp_path,
        "A,BR,CN,2024-08-01,Remessa Conforme,,parcel,BRL,100.00,0",
        "B,BR,CN,2024-08-01,Remessa Conforme,,parcel,BRL,300.00,0",
    )
    assert amounts(below) == ("20.00", "24.58", "0.00", "144.58")
    assert "br-ii-rc-over-2024" in above["rows"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        # Remarks and signs around an amount.
        (
            "A,AT,CN,2025-06-02,IOSS,6201.40,coat,EUR,140.00 intrinsic,€15.00 (shown separately)",
            ("0.00", "31.00", "0.00", "186.00"),
        ),
        (
            'A,GB,CN,2026-05-01,courier,6109.10,shirts,GBP,"GBP 1,234.50",-',
            ("148.14", "276.53", "0.00", "1659.17"),
        ),
        # Transport inside the price is not tax inside the price.
        (
            "A,AU,any,2018-08-01,marketplace,,goods,AUD,100.00 incl. shipping,",
            ("0.00", "10.00", "0.00", "110.00"),
        ),
        # A limit an item: words count, sizes don't.
        (
            "A,SG,CN,2026-05-01,GST-registered marketplace,,two items of 395,SGD,790,25",
            ("0.00", "73.35", "0.00", "888.35"),
        ),
        (
            "A,NO,CN,2026-05-01,VOEC,6109.10,50 ml of oil,NOK,3500,0",
            ("374.50", "968.63", "0.00", "4843.13"),
        ),
        # Values named in the description beside quantities.
        (
            'A,DE,CN,2026-07-15,post,6403; 9503,"1 pair shoes 160, 2 dolls 40",EUR,200,0',
            ("12.80", "40.43", "0.00", "253.23"),
        ),
        # Where it starts and where it goes, in words.
        (
            "A,CA-ON,CN,2026-05-01,courier from the US,6109.10,shirt,CAD,100,10",
            ("0.00", "13.00", "0.00", "123.00"),
        ),
        ("A,US,UK,2026-08-05,courier,6109.10,T,USD,100,15", ("26.50", "0.00", "0.00", "141.50")),
        ("A,US,EU,2026-08-05,courier,6109.10,T,USD,100,15", ("16.50", "0.00", "0.00", "131.50")),
        # What the declarant states or chooses.
        (
            "A,NZ,any,2012-12-01,any,,goods free of duty,NZD,1000.00,100.00",
            ("0.00", "165.00", "0.00", "1265.00"),
        ),
        (
            "A,AU,US (AUSFTA preference),2010-12-01,any,8518.40,amplifier,AUD,1400.00,130.00",
            ("0.00", "153.00", "0.00", "1683.00"),
        ),
        (
            'A,US,GB,2025-09-15,"post, specific-duty",6109.10,T-shirt,USD,100.00,15.00',
            ("80.00", "0.00", "0.00", "195.00"),
        ),
        # Several codes without a mark between them; one code in three groups.
        ("A,DE,CN,2026-07-15,post,6403 9503,x,EUR,40,0", ("6.00", "8.74", "0.00", "54.74")),
        ("A,DE,CN,2026-07-15,post,6109 10 00,x,EUR,40,0", ("3.00", "8.17", "0.00", "51.17")),
        # A value for each of several goods: the limit of SGD 400 is one for each.
        (
            "A,SG,CN,2026-05-01,GST-registered marketplace,,x,SGD,395;300,0",
            ("0.00", "62.55", "0.00", "757.55"),
        ),
        (
            "A,SG,CN,2026-05-01,GST-registered marketplace,,x,SGD,2 x 395.00,0",
            ("0.00", "71.10", "0.00", "861.10"),
        ),
        (
            'A,SG,CN,2026-05-01,GST-registered marketplace,,"lamp 300, vase 350",SGD,650,0',
            ("0.00", "58.50", "0.00", "708.50"),
        ),
        (
            "A,SG,CN,2026-05-01,GST-registered marketplace,,item (qty 2),SGD,790,0",
            ("0.00", "71.10", "0.00", "861.10"),
        ),
        # Signs of the currency itself, tax inside the price in other orders.
        (
            "A,ZA,CN,2026-05-01,courier,6109.10,clothing,ZAR,R1000,-",
            ("450.00", "232.50", "0.00", "1682.50"),
        ),
        (
            "A,AU,any,2018-08-01,marketplace,,goods,AUD,836 (GST inclusive),",
            ("0.00", "76.00", "0.00", "836.00"),
        ),
        # Countries by name, and the sender's beside the maker's.
        (
            "A,US,Viet Nam,2026-08-05,courier,6109.10,T,USD,100,15",
            ("29.00", "0.00", "0.00", "144.00"),
        ),
        (
            "A,CA-ON,CN (shipped from the US),2026-05-01,courier,6109.10,shirt,CAD,100,10",
            ("0.00", "13.00", "0.00", "123.00"),
        ),
        # Provinces by a city's ending; the post's express; China's scheme by its long name.
        (
            'A,CA,CN,2026-05-01,"courier to Toronto, ON",6109.10,shirt,CAD,50,10',
            ("9.00", "7.67", "0.00", "76.67"),
        ),
        (
            "A,US,GB,2025-09-15,EMS,6109.10,T-shirt,USD,100,15",
            ("10.00", "0.00", "0.00", "125.00"),
        ),
        (
            "A,CN,FR,2025-11-20,cross-border e-commerce,9503,toys,CNY,1000,0",
            ("0.00", "91.00", "0.00", "1091.00"),
        ),
        # Duty rates in other words.
        (
            'A,NZ,any,2012-12-01,any,,"general goods, GST only",NZD,1000,100',
            ("0.00", "165.00", "0.00", "1265.00"),
        ),
        (
            "A,AU,any,2012-12-01,any,,goods dutiable at 5%,AUD,2000,150",
            ("100.00", "225.00", "0.00", "2475.00"),
        ),
        # A platform that is named only to be denied.
        (
            '"A",CH,CN,2026-05-01,"platform below CHF 100k turnover",6109.10,T,CHF,55,5',
            ("0.00", "0.00", "0.00", "60.00"),
        ),
    ],
)
def test_more_words_that_people_write(
    tmp_path: Path, line: str, expected: tuple[str, str, str, str]
) -> None:
    [row] = run(tmp_path, line)
    assert amounts(row) == expected


@pytest.mark.parametrize(
    ("destination", "tax"),
    [
        ("CA-ON", "7.67"),
        ("CA (Ontario)", "7.67"),
        ('"CA, ON"', "7.67"),
        ("Canada (Ontario)", "7.67"),
        ('"Canada, Ontario"', "7.67"),
        ("Canada (AB)", "2.95"),
        ("Canada", "unknown"),
    ],
)
def test_a_destination_may_be_named_with_its_part(
    tmp_path: Path, destination: str, tax: str
) -> None:
    """9.00 duty on 50.00; 13 % or 5 % of 59.00."""
    [row] = run(tmp_path, f"A,{destination},CN,2026-05-01,post,6109.10,T-shirt,CAD,50.00,10.00")
    assert (row["duty"], row["tax"]) == ("9.00", tax)


@pytest.mark.parametrize(
    "destination", ["XI", "XI (Belfast)", "Northern Ireland", "GB (Northern Ireland)", "GB-NIR"]
)
def test_northern_ireland_is_no_britain(tmp_path: Path, destination: str) -> None:
    [row] = run(tmp_path, f"A,{destination},CN,2026-05-01,post,6109.10,T-shirt,GBP,50.00,10.00")
    assert row["rows"] == "gb-doubt-northern-ireland"


def test_lines_of_commas_are_no_cases(tmp_path: Path) -> None:
    rows = run(tmp_path, ",,,,,,,,,", "A,DE,CN,2026-07-01,post,6109.10,shirt,EUR,40,5")
    assert [row["id"] for row in rows] == ["A"]


def test_a_rate_can_be_given(tmp_path: Path) -> None:
    [row] = run(
        tmp_path,
        "A,SE,CN,2026-08-03,post,6109.10,shirt,SEK,400,0",
        rate=["EUR/SEK=11.50"],
    )
    assert amounts(row) == ("34.50", "108.63", "0.00", "543.13")


def test_result_columns_are_ignored(tmp_path: Path) -> None:
    [row] = run(
        tmp_path,
        "A,GB,CN,2026-05-01,marketplace,6109.10,shirt,GBP,100,10,99,50%,7.77,8.88",
        head=HEAD + ",customs_value,duty_rate,duty,tax",
    )
    assert amounts(row) == ("0.00", "22.00", "0.00", "132.00")


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("A,DE,CN,2026-13-01,post,6109.10,shirt,EUR,40,5", "date"),
        ("A,Atlantis,CN,2026-07-01,post,6109.10,shirt,EUR,40,5", "destination"),
        ("A,any,CN,2026-07-01,post,6109.10,shirt,EUR,40,5", "destination"),
        ("A,,CN,2026-07-01,post,6109.10,shirt,EUR,40,5", "destination"),
        ("A,DE,CN,2026-07-01,post,6109.10,shirt,EURO,40,5", "currency"),
        ("A,DE,CN,2026-07-01,post,61o9.10,shirt,EUR,40,5", "hs_code"),
        ("A,DE,CN,2026-07-01,post,6109.10,shirt,EUR,forty,5", "goods_value"),
        ("A,DE,CN,2026-07-01,post,6109.10,shirt,EUR,-40,5", "goods_value"),
        ("A,DE,CN,2026-07-01,post,6109.10,shirt,EUR,40 USD,5", "goods_value"),
        ("A,DE,CN,2026-07-01,post,6109.10,shirt,EUR,40 or 50,5", "goods_value"),
        ('A,DE,CN,2026-07-01,post,6109.10,shirt,EUR,"12,50",5', "goods_value"),
        ("A,DE,CN,2026-07-01,post,6109.10,shirt,EUR,40.001,5", "goods_value"),
        ("A,DE,CN,2026-07-01,post,6109.10,shirt,EUR,NaN,5", "goods_value"),
        ("A,DE,CN,2026-07-01,post,6109.10,shirt,EUR,1e30,5", "goods_value"),
        ("A,DE,CN,2026-07-01,post,6109.10,shirt,EUR,40,x", "shipping"),
        # Another currency's sign, the price of one piece, more values than codes.
        ("A,AU,CN,2026-07-01,post,6109.10,shirt,AUD,US$40,5", "goods_value"),
        ("A,AU,CN,2026-07-01,post,6109.10,3 shirts,AUD,40 each,5", "goods_value"),
        ("A,DE,CN,2026-07-01,post,6109.10;6110.20,x,EUR,40;50;60,5", "goods_value"),
        ("A,AU,CN,2026-07-01,post,6109.10,amplifier,AUD,1274 USD at 0.91,5", "goods_value"),
        ("A,DE,Atlantis,2026-07-01,post,6109.10,shirt,EUR,40,5", "origin"),
        (",DE,CN,2026-07-01,post,6109.10,shirt,EUR,40,5", "id"),
    ],
)
def test_a_bad_cell_is_named_and_its_row_alone_is_unknown(
    tmp_path: Path, line: str, column: str
) -> None:
    file, out = tmp_path / "cases.csv", io.StringIO()
    good = "B,DE,CN,2026-07-01,post,6109.10,shirt,EUR,40,5"
    file.write_text("\n".join([HEAD, good, line]) + "\n", encoding="utf-8")
    with pytest.raises(CommandError) as caught:
        call_command("landed_cost", str(file), stdout=out)
    message = str(caught.value)
    assert "cases.csv: row 3, column " + column in message
    assert "\n" not in message
    priced, *refused = csv.DictReader(io.StringIO(out.getvalue()))
    assert amounts(priced) == ("3.00", "9.12", "0.00", "57.12")
    assert [amounts(row) for row in refused] in ([], [("unknown",) * 4])
    assert all(row["certainty"] == "unknown" for row in refused)


def test_every_bad_row_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError) as caught:
        run(
            tmp_path,
            "A,DE,CN,someday,post,6109.10,shirt,EUR,40,5",
            "B,DE,CN,2026-07-01,post,6109.10,shirt,EUR,forty,5",
        )
    first, second = str(caught.value).splitlines()
    assert "row 2, column date" in first
    assert "row 3, column goods_value" in second


def test_a_missing_column_and_a_missing_file_are_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="column currency is missing"):
        run(tmp_path, "A,DE,2026-07-01", head="id,destination,date")
    with pytest.raises(CommandError, match=r"absent\.csv"):
        call_command("landed_cost", str(tmp_path / "absent.csv"))
    with pytest.raises(CommandError, match="more cells than columns"):
        run(tmp_path, "A,DE,CN,2026-07-01,post,6109.10,shirt,EUR,40,5,6,7")
    with pytest.raises(CommandError, match="write it like"):
        run(tmp_path, rate=["EUR-SEK"])
