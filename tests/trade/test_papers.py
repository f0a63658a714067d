"""Papers in a parcel: what they say, in every script, and that nothing falls off the page."""

from __future__ import annotations

import io
from datetime import date

import pytest
from pypdf import PdfReader

from common.money import Money
from trade.papers.customs import customs_declaration
from trade.papers.packing import packing_slip
from trade.papers.values import Article, ParcelPaper, Party

WORDS = {
    "title": "Packing slip",
    "order": "Order",
    "from": "From",
    "to": "To",
    "item": "Item",
    "number": "Your number",
    "quantity": "Quantity",
    "thanks": "Thank you.",
}


def article(number: int = 1, **changes: object) -> Article:
    fields: dict[str, object] = {
        "description": f"Lacquered bowl {number}",
        "quantity": 2,
        "weight_g": 840,
        "value": Money(9800, "JPY"),
        "hs_code": "441990",
        "origin": "VN",
        "detail": "Seventeen coats",
        "sku": f"LB-{number}",
        **changes,
    }
    return Article(**fields)  # type: ignore[arg-type]


def paper(*articles: Article, receiver: tuple[str, ...] = ("Haruka Sato", "JAPAN")) -> ParcelPaper:
    return ParcelPaper(
        order_number="K7M2-9QXD-1",
        purchase_number="K7M2-9QXD",
        sent_on=date(2026, 11, 24),
        sender=Party(("Sông Hồng", "Hà Nội", "VIET NAM"), "+84 24 3825 0118", "0101234567"),
        receiver=Party(receiver, "+81 6 1234 5678"),
        articles=articles or (article(),),
        postage=Money(1800, "JPY"),
        delivery_name="Airmail",
        signed_by="Linh",
    )


def text(pdf: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]


def test_the_declaration_has_every_field_of_the_form() -> None:
    [page] = text(customs_declaration(paper(article(1), article(2, value=Money(6900, "JPY")))))
    for words in (
        "CN 23",
        "From / De",
        "To / À",
        "K7M2-9QXD-1",
        "+84 24 3825 0118",
        "0101234567",
        "Lacquered bowl 1",
        "441990",
        "Vietnam",
        "0.840",
        "9800 JPY",
        "1.680",  # total weight
        "16700 JPY",  # total value
        "1800 JPY",  # postage
        "Sale of goods",
        "2026-11-24",
    ):
        assert words in page, words


def test_an_unknown_weight_is_left_empty_and_makes_no_total() -> None:
    [page] = text(customs_declaration(paper(article(weight_g=None), article(2))))
    assert "0.000" not in page
    assert "1.680" not in page
    assert paper(article(weight_g=None)).weight_g is None


def test_many_articles_go_on_further_pages_that_all_say_the_total() -> None:
    articles = [article(number) for number in range(1, 16)]
    pages = text(customs_declaration(paper(*articles)))
    assert len(pages) == 3
    assert [f"{number}/3" in page for number, page in enumerate(pages, start=1)] == [True] * 3
    assert all("147000 JPY" in page for page in pages)
    assert "Lacquered bowl 15" in pages[-1]


@pytest.mark.parametrize(
    ("receiver", "fonts"),
    [
        (("佐藤 遥", "大阪府大阪市北区梅田1-2-3", "JAPAN"), {"NotoSans", "NotoSansCJKJP"}),
        (("فاطمة الصباح", "السالمية", "KUWAIT"), {"NotoSans", "NotoSansArabic"}),
        (("कविता शर्मा", "जयपुर", "INDIA"), {"NotoSans"}),
        (("สมชาย ใจดี", "กรุงเทพมหานคร", "THAILAND"), {"NotoSans", "NotoSansThai"}),
        (("Łukasz Żółć", "Αθήνα", "Москва"), {"NotoSans"}),
    ],
)
def test_every_script_has_its_font(receiver: tuple[str, ...], fonts: set[str]) -> None:
    pdf = customs_declaration(paper(receiver=receiver))
    found: set[str] = set()
    for page in PdfReader(io.BytesIO(pdf)).pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
            # "ABCDEF+NotoSans-Regular": the tag of the subset, then the font's own name.
            name = font.get_object()["/BaseFont"].rpartition("+")[2].lstrip("/")
            found.add(name.partition("-")[0])
    assert found == fonts


def test_the_packing_slip_has_no_prices() -> None:
    [page] = text(packing_slip(paper(), words=WORDS))
    assert "Lacquered bowl 1" in page
    assert "LB-1" in page
    assert "JPY" not in page
