"""Papers on paper: every field of the facts, in every script, and nothing falls off the page."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pypdf import PdfReader

from common.money import Money
from tests.trade.papers.parcels import (
    EXAMPLES,
    NUMBER,
    article,
    of_forty_lines,
    pages_of,
    parcel,
    text_of,
    to_germany,
    to_kuwait,
)
from trade.papers.advance import advance_data, schema
from trade.papers.labels import (
    Words,
    labels,
    language_of_country,
    languages,
    paper_languages,
    usable_language,
)
from trade.papers.printing import PRINTABLE, print_papers
from trade.papers.values import ChargeLine, Nature, ParcelPaper, Party
from trade.rules.papers import Paper

ENGLISH = {"languages": ("en",)}

FIELDS = {
    Paper.CN22: (
        "CN 22", "CUSTOMS DECLARATION", "DÉCLARATION EN DOUANE", "Designated operator", "Vietnam",
        "Gift / Cadeau", "Documents", "Commercial sample", "Returned goods", "Sale of goods", "Other",
        "2 × Lacquered bowl 1", "0.840", "9800 JPY", "441990", "1.900", "16700 JPY", "2026-11-24",
        "Trần Thị Linh", "Sông Hồng", "JAPAN", "RR 473 124 829 GB", "I certify",
    ),
    Paper.CN23: (
        "CN 23", "From / De", "To / À", "Sender’s customs reference", "VNEORI1", "Importer’s reference",
        "VOEC 2024123", "Importer’s telephone and e-mail", "+81 6 1234 5678", "Lacquered bowl 1",
        "2 pcs", "0.840", "9800 JPY", "441990", "Vietnam", "Total gross weight", "1.900",
        "Total value", "16700 JPY", "Postal charges", "1800 JPY", "Category of item", "Sale of goods",
        "Comments", "Plant inspection", "Licence no.", "L-1", "Certificate no.", "C-2", "Invoice no.",
        "K7M2-9QXD-1", "Office of origin", "2026-11-24", "Trần Thị Linh", "RR 473 124 829 GB",
        "Tax no. 0101234567",
    ),
    Paper.INVOICE: (
        "Commercial invoice", "Number", "K7M2-9QXD-1", "2026-11-20", "Seller / exporter", "Buyer / importer",
        "Deliver to", "0101234567", "VNEORI1", "Sent from", "Destination", "Japan", "DDP Osaka, Japan",
        "Lacquered bowl 1", "441990", "Vietnam", "2 pcs", "4900 JPY", "9800 JPY", "Goods", "16700 JPY",
        "Discount", "Freight", "1800 JPY", "Insurance", "0 JPY", "Consumption tax 10 %", "1600 JPY",
        "Total (JPY)", "20100 JPY", "Net weight", "1.680", "Gross weight", "1.900", "Packages",
        "Reason for export", "Sale of goods", "VOEC 2024123", "I declare", "Name, date and signature",
    ),
    Paper.PROFORMA: ("Proforma invoice", "PROFORMA", "This is not a sale", "20100 JPY", "DDP Osaka"),
    Paper.PACKING_LIST: (
        "Packing list", "Package", "Marks", "RR 473 124 829 GB", "Contents", "Lacquered bowl 1", "LB-1",
        "Quantity", "Net weight", "1.680", "Gross weight", "1.900", "30.0 × 20.5 × 12.0",
    ),
    Paper.ORIGIN: (
        "Declaration of origin", "The undersigned declares", "Vietnam", "441990", "Lacquered bowl 1",
        "Exporter reference",
    ),
    Paper.LABEL: ("From / De", "To / À", "Sông Hồng", "JAPAN", "RR 473 124 829 GB", "+81 6 1234 5678"),
    Paper.SLIP: ("Packing slip", "Lacquered bowl 1", "LB-1", "Thank you"),
}  # fmt: skip


def full() -> ParcelPaper:
    sender = Party(
        ("Sông Hồng", "Hà Nội", "VIETNAM"), "+84 24 3825 0118", "0101234567", eori="VNEORI1"
    )
    return parcel(
        sender=sender, printed_references=("VOEC 2024123",), licence_number="L-1",
        certificate_number="C-2", comments="Plant inspection", invoiced_on=date(2026, 11, 20),
        electronic_references=(("voec", "2024123"),), **ENGLISH,
    )  # fmt: skip


@pytest.mark.parametrize("paper", sorted(PRINTABLE))
def test_every_field_of_the_facts_is_there(paper: Paper) -> None:
    text = text_of(print_papers([paper], full()))
    for words in FIELDS[paper]:
        assert words in text, words


@pytest.mark.parametrize("paper", [Paper.PACKING_LIST, Paper.LABEL, Paper.SLIP])
def test_no_value_where_none_belongs(paper: Paper) -> None:
    assert "JPY" not in text_of(print_papers([paper], full()))


def test_a_number_told_electronically_is_on_no_paper() -> None:
    paper = to_germany()
    assert "IM2760000742" not in text_of(print_papers(sorted(PRINTABLE), paper))
    assert {"scheme": "ioss", "number": "IM2760000742"} in advance_data(paper)[
        "sender_tax_references"
    ]


def test_what_is_not_known_is_blank_and_never_nought() -> None:
    paper = parcel(
        article(weight_g=None), article(2), gross_weight_g=None, size_mm=None, item_number=None
    )
    for kind in (Paper.CN22, Paper.CN23, Paper.PACKING_LIST, Paper.INVOICE):
        text = text_of(print_papers([kind], paper))
        assert "0.000" not in text
        assert "1.680" not in text
        assert "None" not in text
    assert advance_data(paper)["gross_weight_g"] is None
    assert advance_data(paper)["net_weight_g"] is None
    assert advance_data(paper)["content_pieces"][0]["net_weight_g"] is None


def test_the_statement_stands_only_where_preference_is_claimed() -> None:
    for kind in (Paper.INVOICE, Paper.ORIGIN):
        claimed = text_of(print_papers([kind], to_germany()))
        assert "GHREX0042" in claimed
        assert "Ghana preferential origin" in claimed
        assert "preferential origin" not in text_of(print_papers([kind], full()))


@pytest.mark.parametrize("nature", list(Nature))
def test_the_reason_for_export_is_said_on_the_invoice(nature: Nature) -> None:
    text = text_of(print_papers([Paper.INVOICE], parcel(nature=nature, **ENGLISH)))
    assert labels("en")[nature.value] in text


# --- sums -----------------------------------------------------------------------------------------

money = st.integers(0, 10**10)
counts = st.integers(1, 500)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    lines=st.lists(st.tuples(counts, money), min_size=1, max_size=12),
    postage=money,
    charges=st.lists(money, max_size=4),
    currency=st.sampled_from(["EUR", "JPY", "KWD"]),
)
def test_paper_and_data_add_up_to_the_minor_unit(
    lines: list[tuple[int, int]], postage: int, charges: list[int], currency: str
) -> None:
    goods = [
        article(n, quantity=q, unit=Money(u, currency), value=Money(q * u, currency))
        for n, (q, u) in enumerate(lines, start=1)
    ]
    paper = parcel(
        *goods, postage=Money(postage, currency),
        charges=tuple(ChargeLine(f"Tax {n}", Money(c, currency)) for n, c in enumerate(charges)),
        **ENGLISH,
    )  # fmt: skip
    value = Money(sum(q * u for q, u in lines), currency)
    total = value + Money(postage + sum(charges), currency)
    invoice = text_of(print_papers([Paper.INVOICE], paper))
    assert f"Goods {value}" in invoice
    assert invoice.count(f"Total ({currency}) {total}") == 1
    for row in goods:
        assert str(row.value) in invoice
    for page in pages_of(print_papers([Paper.CN22, Paper.CN23], paper)):
        assert f"Valeur totale {value}" in page or str(value) in page
    data = advance_data(paper)
    assert data["goods_value"] == {"amount": str(value.to_decimal()), "currency": currency}
    assert data["paid_total"]["amount"] == str(total.to_decimal())
    pieces = [Money.parse(piece["value"]["amount"], currency) for piece in data["content_pieces"]]
    assert Money.sum(pieces, currency) == value
    assert not list(Draft202012Validator(schema()).iter_errors(data))


@pytest.mark.parametrize("name", EXAMPLES)
def test_advance_data_keeps_its_schema(name: str) -> None:
    Draft202012Validator.check_schema(schema())
    Draft202012Validator(schema()).validate(advance_data(EXAMPLES[name]()))
    broken = {**advance_data(EXAMPLES[name]()), "item_id": "RR1"}
    assert list(Draft202012Validator(schema()).iter_errors(broken))


# --- pages ----------------------------------------------------------------------------------------


def test_forty_lines_go_on_numbered_pages_and_none_is_lost() -> None:
    paper = of_forty_lines()
    for kind in (Paper.INVOICE, Paper.CN23, Paper.CN22):
        pages = pages_of(print_papers([kind], paper))
        assert len(pages) > 1
        for number, page in enumerate(pages, start=1):
            assert f"{number}/{len(pages)}" in page
        text = " ".join(pages)
        for line in range(1, 41):
            assert f"{line}. Hand-embroidered" in text, (kind, line)
    forms = pages_of(print_papers([Paper.CN23], paper))
    assert all(str(paper.value) in page for page in forms)


@pytest.mark.parametrize("name", EXAMPLES)
def test_nothing_is_drawn_beyond_the_margin(name: str) -> None:
    document = pypdfium2.PdfDocument(print_papers(sorted(PRINTABLE), EXAMPLES[name]()))
    for page in document:
        picture = page.render(scale=1, grayscale=True).to_pil()
        # The outermost pixels are only partly on the paper.
        sheet = picture.crop((2, 2, picture.width - 2, picture.height - 2))
        edge = 7  # pixels, 2.5 mm; the narrowest margin is 4 mm
        rims = (
            (0, 0, sheet.width, edge),
            (0, sheet.height - edge, sheet.width, sheet.height),
            (0, 0, edge, sheet.height),
            (sheet.width - edge, 0, sheet.width, sheet.height),
        )
        for rim in rims:
            assert sheet.crop(rim).getextrema() == (255, 255)


def test_all_in_one_file_is_as_long_as_its_parts() -> None:
    paper = to_germany()
    parts = [Paper.CN23, Paper.INVOICE, Paper.LABEL]
    each = [len(pages_of(print_papers([part], paper))) for part in parts]
    together = pages_of(print_papers(parts, paper))
    assert len(together) == sum(each)
    assert "CN 23" in together[0]
    assert "CP 000 012 349 GH" in together[-1]


# --- scripts and languages ------------------------------------------------------------------------


def fonts_of(pdf: bytes) -> set[str]:
    found: set[str] = set()
    for page in PdfReader(BytesIO(pdf)).pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
            # "ABCDEF+NotoSans-Regular": the tag of the subset, then the font's own name.
            name = font.get_object()["/BaseFont"].rpartition("+")[2].lstrip("/")
            found.add(name.partition("-")[0])
    return found


@pytest.mark.parametrize(
    ("line", "font"),
    [
        ("佐藤 遥", "NotoSansCJKJP"), ("김민수 서울특별시", "NotoSansCJKJP"), ("上海市浦东新区", "NotoSansCJKJP"),
        ("فاطمة الصباح", "NotoSansArabic"), ("אסתר כהן", "NotoSansHebrewLight"), ("कविता शर्मा", ""),
        ("สมชาย ใจดี", "NotoSansThai"), ("রহিম উদ্দিন", "NotoSansBengali"), ("தமிழ்ச்செல்வி", "NotoSansTamil"),
        ("ნინო", "NotoSansGeorgian"), ("Արամ", "NotoSansArmenian"), ("ልዑል", "NotoSansEthiopic"),
        ("សុខ", "NotoSansKhmer"), ("Łukasz Żółć Αθήνα Москва", ""),
    ],
)  # fmt: skip
def test_every_script_has_its_font(line: str, font: str) -> None:
    paper = parcel(receiver=Party((line, "SOMEWHERE")), **ENGLISH)
    expected = {"NotoSans", *([font] if font else [])}
    assert fonts_of(print_papers([Paper.LABEL], paper)) == expected


def test_every_language_has_every_label() -> None:
    wanted = {
        "en",
        "fr",
        "de",
        "es",
        "it",
        "pt",
        "ja",
        "zh",
        "ko",
        "ar",
        "th",
        "vi",
        "nl",
        "pl",
        "tr",
    }
    assert wanted <= set(languages())
    for language in languages():
        assert labels(language).keys() == labels("en").keys(), language
        assert all(text.strip() for text in labels(language).values())
        if language != "en":
            same = [key for key, text in labels(language).items() if text == labels("en")[key]]
            assert len(same) < 8, (language, same)


@pytest.mark.parametrize("language", languages())
def test_an_invoice_is_printed_in_every_language(language: str) -> None:
    pdf = print_papers([Paper.INVOICE], parcel(languages=(language, "en")))
    words = text_of(pdf)
    assert "invoice" in words
    assert "Commercial" in words
    assert "20100 JPY" in words


def test_sellers_and_destinations_language_stand_side_by_side() -> None:
    assert paper_languages(seller="vi", destination="JP") == ("vi", "ja")
    assert paper_languages(seller="de", destination="AT") == ("de",)
    assert paper_languages(seller="pt-br", destination="GH") == ("pt", "en")
    assert paper_languages(seller="ar", destination="KW") == ("ar", "en")
    assert usable_language("zh-hant") == "en"
    assert language_of_country("CH") == "de"
    assert language_of_country("") == "en"
    text = text_of(print_papers([Paper.INVOICE], to_kuwait()))
    assert "Fattura" in text
    assert Words(("de", "fr"))("total") == "Gesamt / Total"


def test_the_postal_forms_are_english_and_french_for_everybody() -> None:
    text = text_of(print_papers([Paper.CN23], to_kuwait()))
    assert "CUSTOMS DECLARATION" in text
    assert "Peut être ouvert d’office" in text


def test_the_number_is_the_one_that_is_scanned() -> None:
    assert str(NUMBER) == "RR473124829GB"
    assert advance_data(full())["item_id"] == "RR473124829GB"
