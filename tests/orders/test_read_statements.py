"""A seller reads what it was paid and why, on screen, on paper and in a spreadsheet."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.test import Client
from pypdf import PdfReader

from common.money import Money
from common.tables import harmless
from orders.selectors.payouts import payout_of_business
from payments.models import Payout
from payments.selectors.totals import quarters_of_all, yearly_totals
from payments.services import release_held, request_refund, settle_payee
from tests.cast import NOW, Seller
from tests.cast import Cast as People
from tests.payments.test_hold_a_payment import paid, plan, quote

pytestmark = pytest.mark.django_db
YEAR = datetime.now(UTC).year


@pytest.fixture
def ama(cast: People) -> Seller:
    return cast.ama


@pytest.fixture
def payout(ama: Seller) -> Payout:
    """A sale of GHS 240.00 to Japan and one of 100.00 to France, of which half went back."""
    payee = ama.business.payee
    japan = plan(
        payee, quote("GHS", "JPY", "10", NOW), seller=24000, commission=1440, mid=2400, spread=36
    )
    price = quote("GHS", "EUR", "0.08", NOW)
    to_japan = plan(payee, price, seller=10000, commission=600, mid=800, spread=0)
    france = replace(to_japan, destination="FR")
    for one, currency in ((japan, "JPY"), (france, "EUR")):
        paid([one], currency, NOW)
        release_held(order_ref=one.order_ref, now=NOW)
    request_refund(order_ref=france.order_ref, amount=400, reason="=HALF(1)", key="r", now=NOW)
    made = settle_payee(payee_id=payee.pk, period="1", now=NOW)
    assert made is not None
    return made


def get(client: Client, ama: Seller, path: str) -> bytes:
    client.force_login(ama.user)
    response = client.get(f"/sell/{ama.business.slug}/{path}")
    assert response.status_code == 200
    return response.content


def test_the_columns_of_every_line_add_up_to_the_payout(
    client: Client, ama: Seller, payout: Payout
) -> None:
    text = get(client, ama, f"payouts/{payout.number}/lines.csv").decode()
    head, *rows = list(csv.reader(io.StringIO(text)))
    assert head[5:14] == [
        "Gross",
        "Refunded",
        "Fee",
        "Tax on the fee",
        "Provider's fee",
        "Reserve",
        "Blocked by a dispute",
        "Owed, taken later",
        "Net",
    ]
    for row in rows:
        figures = [Decimal(cell) for cell in row[5:14]]
        assert sum(figures[:-1]) == figures[-1]
    *lines, total = rows
    assert sum(Decimal(row[13]) for row in lines) == Decimal(total[13])
    assert total[13] == str(Money(payout.amount, "GHS").to_decimal())
    assert [row[13] for row in lines] == ["225.60", "94.00", "-47.00"]
    assert lines[0][4] == "1 GHS = 10.15 JPY"
    assert lines[0][3] == "JP"
    # A spreadsheet must not compute what a seller typed.
    assert lines[2][15] == "'=HALF(1)"


def test_the_paper_says_the_same(client: Client, ama: Seller, payout: Payout) -> None:
    content = get(client, ama, f"payouts/{payout.number}/statement.pdf")
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    assert payout.number in text
    assert ama.business.name in text
    for figure in ("240.00", "225.60", "272.60"):
        assert figure in text


def test_a_long_payout_takes_several_pages(client: Client, ama: Seller) -> None:
    payee = ama.business.payee
    price = quote("GHS", "JPY", "10", NOW)
    for _ in range(60):
        one = plan(payee, price, seller=24000, commission=1440, mid=2400, spread=36)
        paid([one], "JPY", NOW)
        release_held(order_ref=one.order_ref, now=NOW)
    made = settle_payee(payee_id=payee.pk, period="1", now=NOW)
    assert made is not None
    pages = PdfReader(io.BytesIO(get(client, ama, f"payouts/{made.number}/statement.pdf"))).pages
    assert len(pages) > 1
    text = "\n".join(page.extract_text() for page in pages)
    assert text.count("225.60") == 60


def test_a_year_by_country_adds_up(client: Client, ama: Seller, payout: Payout) -> None:
    totals = yearly_totals(payee_id=ama.business.payee_id, year=YEAR)
    assert [code for code, _ in totals.by_country] == ["FR", "JP"]
    france = dict(totals.by_country)["FR"]
    assert (france.sales, france.gross, france.refunded, france.fee, france.net) == (
        1,
        Money(10000, "GHS"),
        Money(5000, "GHS"),
        Money(300, "GHS"),
        Money(4700, "GHS"),
    )
    assert totals.total.net == Money(payout.amount, "GHS")
    page = get(client, ama, f"years/{YEAR}/").decode()
    assert "France" in page
    assert "Japan" in page
    _, *rows = list(csv.reader(io.StringIO(get(client, ama, f"years/{YEAR}/totals.csv").decode())))
    assert [row[:3] for row in rows] == [
        ["France", "FR", "1"],
        ["Japan", "JP", "1"],
        ["All", "", "2"],
    ]
    assert sum(Decimal(row[-2]) for row in rows[:-1]) == Decimal(rows[-1][-2])
    pdf = PdfReader(io.BytesIO(get(client, ama, f"years/{YEAR}/totals.pdf")))
    assert "272.60" in pdf.pages[0].extract_text()


def test_a_year_without_sales_is_not_there(client: Client, ama: Seller, payout: Payout) -> None:
    client.force_login(ama.user)
    assert client.get(f"/sell/{ama.business.slug}/years/1999/").status_code == 404


def test_what_a_platform_reports_of_a_quarter(ama: Seller, payout: Payout) -> None:
    (row,) = quarters_of_all(year=YEAR)
    assert row.payee_id == ama.business.payee_id
    assert (row.consideration, row.fees, row.taxes, row.activities) == (
        Money(payout.amount, "GHS"),
        Money(1740, "GHS"),
        Money(0, "GHS"),
        2,
    )
    assert quarters_of_all(year=YEAR - 1) == []


def test_nobody_elses_payout(client: Client, cast: People, payout: Payout) -> None:
    assert payout_of_business(business=cast.linh.business, number=payout.number) is None


def test_only_texts_are_made_harmless() -> None:
    assert [harmless(cell) for cell in ("=1+1", "@x", "-5", "Basket", 7, Decimal("-1.50"))] == [
        "'=1+1",
        "'@x",
        "'-5",
        "Basket",
        7,
        "-1.50",
    ]


def test_the_platforms_report_of_its_sellers(
    client: Client, cast: People, ama: Seller, payout: Payout
) -> None:
    client.force_login(cast.mira)
    page = client.get("/admin/sellers/business/seller-report/")
    assert f"?year={YEAR}" in page.content.decode()
    text = client.get(f"/admin/sellers/business/seller-report/?year={YEAR}").content.decode()
    (row,) = list(csv.DictReader(io.StringIO(text)))
    quarter = (datetime.now(UTC).month + 2) // 3
    assert row["seller"] == ama.business.name
    assert row["country_of_residence"] == "GH"
    assert (row["activities"], row["excluded_as_small"]) == ("2", "yes")
    assert row[f"q{quarter}_paid"] == "272.60"
    assert row[f"q{quarter}_fees"] == "17.40"
    assert row[f"q{quarter}_activities"] == "2"
    assert sum(int(row[f"q{number}_activities"]) for number in range(1, 5)) == 2
