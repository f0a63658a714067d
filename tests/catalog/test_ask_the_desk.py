"""Somebody who is not signed in asks: may I send it there, what will they pay, what do I get?"""

from __future__ import annotations

import csv
import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from accounts.rules import locale_for
from catalog.selectors.parcels import ParcelItem, quote_parcel
from common.countries import currency_for
from common.memory import forget_everything
from common.money import Money
from payments.selectors import forget_rates
from tests.cast import NOW, RATES, Cast, Seller
from tests.catalog.conftest import Shopper
from tests.orders.shopper import Shopper as Buyer
from trade.rules.values import ChargeKind

MUG = {
    "goods": "stoneware mug",
    "sent_from": "GH",
    "to": "FR",
    "value": "250",
    "currency": "GHS",
    "delivery": "125",
}


def ask(client: Client, **changes: str) -> str:
    answer = client.get("/desk/", {**MUG, **changes})
    assert answer.status_code == 200
    return answer.content.decode()


def ask_machine(client: Client, **changes: Any) -> Any:
    answer = client.get("/api/v1/desk/quote/", {**MUG, **changes})
    assert answer.status_code == 200, answer.content
    return answer.json()


def carry(seller: Seller, carried_by: str) -> None:
    seller.option.carried_by = carried_by
    seller.option.save(update_fields=["carried_by"])


def of_listing(seller: Seller, to: str) -> dict[str, str]:
    """The desk's question about something that is on sale."""
    listing, unit = seller.listing, seller.variant.prices.get().amount
    own = seller.business.currency
    return {
        "goods": listing.customs_description,
        "code": listing.hs_code,
        "made_in": listing.origin_country or "",
        "sent_from": seller.business.country,
        "to": to,
        "value": f"{Money(unit, own).to_decimal():f}",
        "currency": own,
        "delivery": f"{Money(seller.option.base_amount, own).to_decimal():f}",
        "weight": str(seller.variant.weight_g),
        "by": seller.option.carried_by,
    }


# --- the answer is that of the market ------------------------------------------------------------


@pytest.mark.parametrize(
    "to", ["FR", "DE", "JP", "US", "GB", "NO", "AU", "SG", "CH", "NZ", "KW", "VN"]
)
@pytest.mark.parametrize("carried_by", ["", "post", "courier"])
def test_the_desk_says_what_a_listing_says(
    cast: Cast, client: Client, to: str, carried_by: str
) -> None:
    for seller in cast.sellers:
        carry(seller, carried_by)
        # A thing without a stated origin: the desk takes the country it is sent from.
        seller.listing.origin_country = seller.business.country
        seller.listing.save(update_fields=["origin_country"])
        seller.variant.refresh_from_db()
        # Where there is no rate into the buyer's usual currency, both are asked in euro.
        currency = currency_for(to) if currency_for(to) in {*RATES, "EUR"} else "EUR"
        listed = quote_parcel(
            items=[ParcelItem(seller.variant, 1)], country=to, currency=currency, now=NOW
        )
        asked = ask_machine(client, **of_listing(seller, to), in_currency=currency)
        for kind, part in zip(ChargeKind, ("duty", "tax", "fees"), strict=True):
            if listed.is_unknown(kind):
                assert asked[part] is None
            else:
                assert asked[part]["amount"] == getattr(listed, part).amount, part
        assert asked["charged"]["amount"] == listed.total.amount
        assert asked["charged"]["currency"] == currency
        assert asked["certainty"]["code"] == listed.certainty
        assert asked["earnings"]["net"]["amount"] == listed.seller_net.amount
        named = {line["row_id"] for line in asked["lines"] if line["row_id"]}
        assert {c.row_id for c in listed.charges if c.money} <= named


@pytest.mark.parametrize("to", ["FR", "JP", "US"])
@pytest.mark.parametrize("carried_by", ["", "post", "courier"])
def test_page_checkout_desk_and_machine_agree_to_the_last_unit(
    cast: Cast, client: Client, shopper: Shopper, to: str, carried_by: str
) -> None:
    seller = cast.linh
    carry(seller, carried_by)
    seller.listing.origin_country = "VN"
    seller.listing.save(update_fields=["origin_country"])
    currency = currency_for(to)
    question = of_listing(seller, to)
    machine = ask_machine(client, **question)
    total = Money(machine["charged"]["amount"], currency).format(locale=locale_for("en", to))
    visitor = shopper(to, currency)
    assert escape(total) in visitor.get("/desk/", question).content.decode()
    path = f"/l/{seller.listing.pk}/{seller.listing.slug}/"
    assert escape(total) in visitor.get(path).content.decode()
    buyer = Buyer(to)
    buyer.add(seller.variant)
    assert escape(total) in buyer.checkout()
    purchase = buyer.place()
    assert purchase.total_amount == machine["charged"]["amount"]
    assert purchase.currency == currency


@pytest.mark.parametrize("to", ["FR", "JP", "GB", "NO", "AU", "NZ", "SG"])
@pytest.mark.parametrize(
    ("carried_by", "words"), [("", ""), ("post", " mail"), ("courier", " air")]
)
def test_the_command_agrees(
    cast: Cast, client: Client, tmp_path: Path, to: str, carried_by: str, words: str
) -> None:
    """In the destination's own currency, where no rate comes between the two."""
    currency = currency_for(to)
    value = "9000" if currency == "JPY" else "90.00"
    delivery = "3000" if currency == "JPY" else "30.00"
    asked = ask_machine(
        client,
        goods="691200",
        to=to,
        value=value,
        delivery=delivery,
        currency=currency,
        by=carried_by,
    )
    file = tmp_path / "case.csv"
    file.write_text(
        "id,destination,origin,date,channel,hs_code,goods_desc,currency,goods_value,shipping\n"
        f"1,{to},GH,{NOW.date()},marketplace DDP{words},691200,from GH,{currency},{value},{delivery}\n"
    )
    out = StringIO()
    call_command("landed_cost", str(file), stdout=out)
    (row,) = csv.DictReader(StringIO(out.getvalue()))
    assert row["currency"] == currency
    for part in ("duty", "tax", "fees"):
        known = [line for line in asked["lines"] if line["kind"] == part.rstrip("s")]
        if row[part] == "unknown":
            assert any(line["money"] is None for line in known)
        else:
            total = sum(line["money"]["amount"] for line in known)
            assert f"{Money(total, currency).to_decimal():f}" == row[part]
    assert row["certainty"] == asked["certainty"]["code"]


# --- allowed or not ------------------------------------------------------------------------------


def test_a_mug_may_go(cast: Cast, client: Client) -> None:
    page = ask(client)
    assert "Yes, you can sell it there" in page
    assert "6912" in page
    assert "Commercial invoice" in page


def test_what_is_banned_is_refused_with_its_law(cast: Cast, client: Client) -> None:
    said = ask_machine(client, goods="2402")["verdict"]
    assert said["code"] == "forbidden"
    assert said["notices"][0]["cited"]["law"]
    page = ask(client, goods="2402")
    assert "No, it may not be sent there" in page
    assert "The buyer pays" not in page


def test_a_permit_is_named(cast: Cast, client: Client) -> None:
    said = ask_machine(client, goods="9307")["verdict"]
    assert said["code"] == "permit"
    assert "permit" in said["notices"][0]["text"]


def test_a_sanctioned_country_is_refused(cast: Cast, client: Client) -> None:
    assert ask_machine(client, to="KP")["verdict"]["code"] == "forbidden"


# --- certainty, and what is not known ------------------------------------------------------------


def test_an_unknown_country_is_said_and_never_nothing(cast: Cast, client: Client) -> None:
    said = ask_machine(client, to="KW")
    assert said["certainty"]["code"] == "unknown"
    assert said["doubts"]
    assert {line["kind"]: line["money"] for line in said["lines"]}["duty"] is None
    page = ask(client, to="KW")
    assert "The buyer pays at least" in page
    assert "not known yet" in page


def test_a_province_is_asked_for_where_it_matters(cast: Cast, client: Client) -> None:
    page = ask(client, to="CA")
    assert "Ontario" in page
    canadian = {"to": "CA", "currency": "CAD", "value": "90", "delivery": "20"}
    missing = ask_machine(client, **canadian)
    told = ask_machine(client, **canadian, region="ON")
    assert missing["certainty"]["code"] == "unknown"
    assert any(line["kind"] == "tax" and line["money"] for line in told["lines"])
    assert any(line["kind"] == "tax" and line["money"] is None for line in missing["lines"])
    assert "Ontario" not in ask(client, to="FR", region="ON")


def test_a_short_code_gives_a_range(cast: Cast, client: Client) -> None:
    said = ask_machine(client, goods="42", to="JP", value="2500")
    assert said["low"]["amount"] <= said["total"]["amount"] <= said["high"]["amount"]
    assert said["low"]["amount"] < said["high"]["amount"]
    assert said["certainty"]["code"] != "guaranteed"
    assert ask_machine(client, goods="420221", to="JP", value="2500")["low"] is None


def test_every_line_carries_its_law(cast: Cast, client: Client) -> None:
    for line in ask_machine(client, to="DE")["lines"]:
        if line["kind"] in {"goods", "delivery"} or line["money"] is None:
            continue
        for said in ("law", "source", "row_id", "since", "who", "sentence"):
            assert line[said], (said, line)
        page = client.get("/desk/DE/").content.decode()
        assert f'id="{line["row_id"]}"' in page


def test_ones_own_shop_owes_us_nothing(cast: Cast, client: Client) -> None:
    here = ask_machine(client)["earnings"]
    own = ask_machine(client, sold="post")["earnings"]
    assert here["fee"]["amount"] > 0
    assert own["fee"]["amount"] == 0
    assert own["net"]["amount"] == 37500 == here["net"]["amount"] + here["fee"]["amount"]
    assert "Right for every way" not in ask(client, sold="courier")


def test_a_proof_of_origin_lowers_the_duty(cast: Cast, client: Client) -> None:
    chinaware = {"goods": "420221", "sent_from": "IT", "to": "JP", "value": "2500"}
    plain = ask_machine(client, **chinaware)
    claimed = ask_machine(client, **chinaware, proof="on")
    assert claimed["duty"]["amount"] <= plain["duty"]["amount"]
    assert any(paper["paper"] == "origin" for paper in claimed["papers"])
    assert not any(paper["paper"] == "origin" for paper in plain["papers"])


def test_within_a_country_there_is_no_customs(cast: Cast, client: Client) -> None:
    said = ask_machine(client, sent_from="FR", currency="EUR", value="25", delivery="5")
    assert said["total"]["amount"] == 3000
    assert said["papers"] == []
    assert said["about"] is None


# --- asking --------------------------------------------------------------------------------------


def test_the_empty_page_asks_and_blames_nobody(cast: Cast, client: Client) -> None:
    page = client.get("/desk/").content.decode()
    assert "Can I sell it there?" in page
    assert "field--bad" not in page
    assert '<meta name="description"' in page
    assert 'property="og:title"' in page


def test_mistakes_stand_beside_their_fields_and_nothing_is_lost(cast: Cast, client: Client) -> None:
    page = ask(client, goods="gift", value="12,x", delivery="", to="")
    assert "Customs refuse words" in page
    assert "Enter an amount" in page
    assert 'value="12,x"' in page
    assert 'value="gift"' in page
    assert 'id="answer"' not in page
    assert "no customs code for this" in ask(client, goods="qwxzzt")
    assert "two to ten digits" in ask(client, goods="12345678901")
    assert "more than nothing" in ask(client, value="0")


def test_a_chosen_code_goes_when_the_words_change(cast: Cast, client: Client) -> None:
    chosen = {"code": "691110", "code_for": "stoneware mug"}
    assert ask_machine(client, **chosen)["code"] == "691110"
    assert ask_machine(client, **chosen, goods="cotton T-shirt")["code"].startswith("6109")
    page = ask(client, **chosen)
    assert 'name="code" value="691110"' in page


def test_a_shared_address_means_the_same_to_everybody(cast: Cast, client: Client) -> None:
    """Typed by a German; read by somebody who writes a point where she writes a comma."""
    german = {"value": "1.250,50", "delivery": "12,5", "n": "de_DE"}
    client.cookies["preferences"] = "GB-GBP"
    page = ask(client, **german)
    assert 'value="1250.50"' in page or 'value="1,250.50"' in page
    assert re.search(r"GH(₵|S).?1,250\.50", page)
    assert client.get("/desk/", {**MUG, "n": "no_such_thing_1"}).status_code == 200


def test_a_link_may_fill_in_a_part(cast: Cast, client: Client) -> None:
    page = client.get("/desk/?goods=mug&sent_from=VN&currency=VND").content.decode()
    assert 'value="mug"' in page
    assert '<option value="VN" selected' in page
    assert "field--bad" not in page
    only_to = client.get("/desk/?to=JP").content.decode()
    assert '<option value="JP" selected' in only_to
    assert "field--bad" not in only_to
    own = Client()
    own.force_login(cast.ama.user)
    editor = f"/sell/{cast.ama.business.slug}/listings/{cast.ama.listing.pk}/"
    assert "/desk/?goods=" in own.get(editor).content.decode()


def test_without_a_rate_the_answer_stays_in_ones_own_currency(cast: Cast, client: Client) -> None:
    """There is no rate into Korean won: no guess, and no refusal to say whether it may go."""
    page = ask(client, to="KR")
    assert "There is no current exchange rate into KRW" in page
    said = ask_machine(client, to="KR")
    assert said["total"]["currency"] == "GHS"
    assert said["certainty"]["code"] != "guaranteed"
    refused = client.get("/api/v1/desk/quote/", {**MUG, "in_currency": "CAD"})
    assert refused.status_code == 400
    assert "in_currency" in refused.json()


# --- for machines --------------------------------------------------------------------------------


def test_a_body_asks_the_same(cast: Cast, client: Client) -> None:
    assert ask_machine(client, to="US")["total"].keys() == {"amount", "currency", "decimal", "text"}
    posted = client.post("/api/v1/desk/quote/", MUG, content_type="application/json").json()
    assert posted == ask_machine(client)


def test_machines_are_told_each_mistake(cast: Cast, client: Client) -> None:
    for changes, field in (
        ({"goods": "sample"}, "goods"),
        ({"to": "XX"}, "to"),
        ({"sent_from": ""}, "sent_from"),
        ({"value": "-1"}, "value"),
        ({"value": "1,5x"}, "value"),
        ({"currency": "EURO"}, "currency"),
        ({"quantity": "0"}, "quantity"),
        ({"sold": "by owl"}, "sold"),
        ({"region": "XX", "to": "CA"}, "region"),
    ):
        answer = client.get("/api/v1/desk/quote/", {**MUG, **changes})
        assert answer.status_code == 400, changes
        assert field in answer.json(), (changes, answer.json())
    assert client.get("/api/v1/desk/quote/").status_code == 400
    listed = client.post("/api/v1/desk/quote/", [1], content_type="application/json")
    assert listed.status_code == 400


def test_the_schema_tells_of_the_desk(client: Client, db: None) -> None:
    schema = client.get("/api/v1/schema/?format=json").content.decode()
    assert "/api/v1/desk/quote/" in schema
    assert "desk_destination" in schema


# --- weight and speed ----------------------------------------------------------------------------


def test_the_page_is_light_and_asks_the_database_little(cast: Cast, client: Client) -> None:
    for query in ({}, MUG):
        forget_everything()
        forget_rates()
        with CaptureQueriesContext(connection) as captured:
            answer = client.get("/desk/", query)
        assert len(captured) <= 8, [q["sql"] for q in captured]
        assert len(answer.content) < 60_000
    again = client.get("/desk/", MUG, headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304
    assert "no-cache" in answer["Cache-Control"]
