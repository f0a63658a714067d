"""Parcels to print: three that really cross the world, and one that strains every field."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pypdfium2

from common.money import Money
from trade.papers.labels import paper_languages
from trade.papers.values import Article, ChargeLine, ParcelPaper, Party
from trade.rules.s10 import Service, parse_item_number

NUMBER = parse_item_number("RR473124829GB")


def article(number: int = 1, **changes: object) -> Article:
    fields: dict[str, object] = {
        "description": f"Lacquered bowl {number}",
        "quantity": 2,
        "weight_g": 840,
        "value": Money(9800, "JPY"),
        "unit": Money(4900, "JPY"),
        "hs_code": "441990",
        "origin": "VN",
        "detail": "Seventeen coats",
        "sku": f"LB-{number}",
        **changes,
    }
    return Article(**fields)  # type: ignore[arg-type]


def parcel(*articles: Article, **changes: object) -> ParcelPaper:
    """From Hanoi to Osaka."""
    fields: dict[str, object] = {
        "order_number": "K7M2-9QXD-1",
        "purchase_number": "K7M2-9QXD",
        "sent_on": date(2026, 11, 24),
        "sender": Party(
            ("Sông Hồng", "8 Hàng Gai", "Hoàn Kiếm, Hà Nội 11000", "VIETNAM"),
            "+84 24 3825 0118",
            "0101234567",
            "linh@example.org",
            name="Sông Hồng",
            country="VN",
        ),
        "receiver": Party(
            ("佐藤 遥", "〒530-0001 大阪府大阪市北区梅田1-2-3", "JAPAN"),
            "+81 6 1234 5678",
            name="佐藤 遥",
            country="JP",
        ),
        "articles": articles or (article(), article(2, value=Money(6900, "JPY"))),
        "postage": Money(1800, "JPY"),
        "delivery_name": "Airmail",
        "signed_by": "Trần Thị Linh",
        "charges": (ChargeLine("Consumption tax 10 %", Money(1600, "JPY")),),
        "incoterm": "DDP",
        "named_place": "Osaka, Japan",
        "dispatched_from": "VN",
        "destination": "JP",
        "item_number": NUMBER,
        "service": Service.LETTER,
        "gross_weight_g": 1900,
        "size_mm": (300, 205, 120),
        "languages": paper_languages(seller="vi", destination="JP"),
        **changes,
    }
    return ParcelPaper(**fields)  # type: ignore[arg-type]


def to_germany() -> ParcelPaper:
    """From Accra, with an IOSS number that no paper may show."""
    goods = article(
        1, description="Woven grass basket", detail="Bolga basket, large, red", quantity=3,
        weight_g=2700, value=Money(8997, "EUR"), unit=Money(2999, "EUR"), hs_code="460212",
        origin="GH", sku="BOLGA-L-R",
    )  # fmt: skip
    return parcel(
        goods,
        sender=Party(("Ama Weaves", "4 Ring Road", "Accra", "GHANA"), "+233 24 123 4567", "P0012345678"),
        receiver=Party(("Jürgen Groß", "Straße des 17. Juni 135", "10623 Berlin", "GERMANY"), "+49 30 1234567"),
        postage=Money(1450, "EUR"),
        charges=(ChargeLine("VAT 19 %", Money(1985, "EUR")),),
        named_place="Berlin, Germany", dispatched_from="GH", destination="DE", signed_by="Ama Mensah",
        service=Service.PARCEL, gross_weight_g=3150,
        electronic_references=(("ioss", "IM2760000742"),), prefers=True, exporter_reference="GHREX0042",
        item_number=parse_item_number("CP000012349GH"),
        languages=paper_languages(seller="en", destination="DE"),
    )  # fmt: skip


def to_kuwait() -> ParcelPaper:
    """From Florence, in Italian and Arabic, in a currency of three decimals."""
    goods = article(
        1, description="Marbled paper sheets", detail="Carta marmorizzata, blu", quantity=20,
        weight_g=None, value=Money(123450, "KWD"), unit=None, hs_code="482090", origin="IT", sku="CM-B",
    )  # fmt: skip
    return parcel(
        goods,
        sender=Party(("Chiara Carta", "Via Maggio 9", "50125 Firenze FI", "ITALY"), "+39 055 123456", "IT01234567890", eori="IT01234567890"),
        receiver=Party(("فاطمة الصباح", "قطعة ٥، شارع ١٢", "السالمية", "KUWAIT"), "+965 2222 3333"),
        postage=Money(4500, "KWD"), charges=(), incoterm="DAP", named_place="Salmiya, Kuwait",
        dispatched_from="IT", destination="KW", signed_by="Chiara Conti", item_number=None,
        service=Service.UNKNOWN, gross_weight_g=None, size_mm=None,
        languages=paper_languages(seller="it", destination="KW"),
    )  # fmt: skip


def of_forty_lines() -> ParcelPaper:
    """Long words, huge amounts, forty kinds of goods, a buyer in Israel."""
    long = "Hand-embroidered ceremonial tablecloth of undyed linen with silver thread and tassels"
    goods = tuple(
        article(
            number, description=f"{number}. {long}"[:120], detail=f"{long}, {'Size: XXL · ' * 6}",
            quantity=9999, weight_g=12_345_678, value=Money(99_999_999_999_900, "EUR"),
            unit=Money(10_001_000_100, "EUR"), origin="VC", sku="SKU-0123456789-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        )
        for number in range(1, 41)
    )  # fmt: skip
    receiver = Party(
        ("אסתר כהן", "Rechov " + "Hayarkon " * 12, "תל אביב 6343229", "ISRAEL"), "+972 3 123 4567"
    )
    return parcel(
        *goods, receiver=receiver, postage=Money(123456, "EUR"),
        charges=tuple(ChargeLine(f"Some duty with quite a long name, number {n}", Money(n, "EUR")) for n in range(1, 9)),
        dispatched_from="VN", destination="IL", packages=12, named_place="Tel Aviv, Israel",
        languages=paper_languages(seller="ko", destination="TH"),
    )  # fmt: skip


EXAMPLES = {
    "vietnam-japan": parcel,
    "ghana-germany": to_germany,
    "italy-kuwait": to_kuwait,
    "forty-lines": of_forty_lines,
}


def one_page(paper: ParcelPaper, **changes: object) -> ParcelPaper:
    return replace(paper, **changes)  # type: ignore[arg-type]


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page, blanks made one."""
    document = pypdfium2.PdfDocument(pdf)
    return [" ".join(page.get_textpage().get_text_bounded().split()) for page in document]


def text_of(pdf: bytes) -> str:
    return " ".join(pages_of(pdf))
