"""A seller that can give a statement on origin: the buyer's duty, the order and its papers follow."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pypdfium2
import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from catalog.models import Listing, Price
from catalog.services.editing import update_listing
from common.money import Money
from orders.models import Order, Purchase
from orders.selectors.papers import papers_of_order
from tests.cast import NOW, Cast
from tests.orders.shopper import Shopper
from trade.rules.papers import Paper

pytestmark = pytest.mark.django_db
WORDS = "with the seller&#x27;s statement on origin"
AGREEMENT = "EU-Vietnam Free Trade Agreement, art. 2.7"


@pytest.fixture
def bowl(cast: Cast) -> Listing:
    """Stoneware of Hanoi for VND 6,000,000: EUR 204.00 at 30,000 and a spread of 2 %; delivery 10.20."""
    Price.objects.filter(variant=cast.linh.variant).update(amount=6_000_000)
    return update_listing(
        listing=cast.linh.listing,
        now=NOW,
        hs_code="691200",
        customs_description="Stoneware bowl, glazed",
        origin_country="VN",
        origin_statement=True,
    )


def quote(cast: Cast, country: str = "FR", currency: str = "EUR") -> dict[str, Any]:
    answer = Client().post(
        "/api/v1/quotes/",
        {
            "country": country,
            "currency": currency,
            "items": [{"variant": str(cast.linh.variant.pk)}],
        },
        content_type="application/json",
    )
    assert answer.status_code == 200, answer.content
    (parcel,) = answer.json()["parcels"]
    return dict(parcel)


def desk(cast: Cast, listing: Listing, **changes: str) -> dict[str, Any]:
    question = {
        "goods": listing.customs_description,
        "code": listing.hs_code,
        "made_in": listing.origin_country,
        "sent_from": "VN",
        "to": "FR",
        "value": "6000000",
        "delivery": "300000",
        "currency": "VND",
        "weight": str(cast.linh.variant.weight_g),
        "proof": "on" if listing.origin_statement else "",
        **changes,
    }
    answer = Client().get("/api/v1/desk/quote/", question)
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def text_of(response: Any) -> str:
    document = pypdfium2.PdfDocument(BytesIO(response.content))
    return " ".join(" ".join(page.get_textpage().get_text_bounded().split()) for page in document)


# --- money -----------------------------------------------------------------------------------------


def test_the_statement_takes_the_duty_off(cast: Cast, bowl: Listing) -> None:
    """Without it 9 % of 214.20 is 19.28, and 20 % of 233.48 is 46.70; with it 20 % of 214.20."""
    claimed = quote(cast)
    assert claimed["goods"]["amount"] == 20400
    assert claimed["delivery"]["amount"] == 1020
    assert (claimed["duty"]["amount"], claimed["tax"]["amount"]) == (0, 4284)
    assert claimed["total"]["amount"] == 25704 + claimed["fees"]["amount"]
    assert claimed["certainty"] == "estimate"
    (duty,) = [charge for charge in claimed["charges"] if charge["kind"] == "duty"]
    assert (duty["row_id"], duty["preferential"]) == ("eu-pref-VN", True)
    update_listing(listing=bowl, now=NOW, origin_statement=False)
    plain = quote(cast)
    assert (plain["duty"]["amount"], plain["tax"]["amount"]) == (1928, 4670)
    assert plain["total"]["amount"] == 20400 + 1020 + 1928 + 4670 + plain["fees"]["amount"]
    assert not any(charge["preferential"] for charge in plain["charges"])


def test_the_same_answer_on_every_path(cast: Cast, bowl: Listing) -> None:
    """The listing's page, the desk, its link from the editor, the basket, the checkout, the order."""
    total = Money(quote(cast)["total"]["amount"], "EUR")
    assert desk(cast, bowl)["charged"]["amount"] == total.amount
    buyer = Shopper("FR")
    page = buyer.client.get(f"/l/{bowl.pk}/{bowl.slug}/")
    assert page.context["quote"].total == total
    said = f"0 %, {AGREEMENT}, {WORDS}"
    assert said in page.content.decode()
    buyer.add(cast.linh.variant)
    for shown in (buyer.basket(), buyer.checkout()):
        assert said in shown
        assert total.format(locale="en_FR") in shown
    purchase = buyer.place()
    assert purchase.total_amount == total.amount
    own = Client()
    own.force_login(cast.linh.user)
    at = f"/sell/{cast.linh.business.slug}/listings/{bowl.pk}/"
    assert "proof=on" in own.get(at).content.decode()
    assert said in own.get(f"{at}preview/", {"to": ["FR"]}).content.decode()


def test_under_ioss_there_is_nothing_to_claim(cast: Cast, bowl: Listing) -> None:
    """VND 600,000 is EUR 20.40: the flat EUR 3 stands, and the seller owes no statement."""
    Price.objects.filter(variant=cast.linh.variant).update(amount=600_000)
    parcel = quote(cast)
    assert parcel["duty"]["amount"] == 300
    assert not any(charge["preferential"] for charge in parcel["charges"])
    buyer = Shopper("FR")
    buyer.add(cast.linh.variant)
    order = buyer.place().orders.get()
    assert not order.lines.get().origin_statement
    assert not papers_of_order(order=order, signed_by="", now=NOW).paper.prefers


def test_where_no_agreement_is_known_nothing_changes(cast: Cast, bowl: Listing) -> None:
    claimed = quote(cast, "US", "USD")
    update_listing(listing=bowl, now=NOW, origin_statement=False)
    assert claimed == quote(cast, "US", "USD")


def test_goods_that_only_pass_through_claim_nothing(cast: Cast, bowl: Listing) -> None:
    """Made in Japan, sent from Viet Nam: a Vietnamese statement is worth nothing for them."""
    Listing.objects.filter(pk=bowl.pk).update(origin_country="JP")
    parcel = quote(cast)
    assert parcel["duty"]["amount"] == 1928
    assert not any(charge["preferential"] for charge in parcel["charges"])


# --- frozen, and told ------------------------------------------------------------------------------


def bought(cast: Cast) -> Order:
    buyer = Shopper("FR")
    buyer.add(cast.linh.variant)
    purchase = buyer.place()
    buyer.pay(purchase)
    buyer.come_back(purchase)
    return Order.objects.get(purchase=purchase)


def test_the_order_keeps_the_claim(cast: Cast, bowl: Listing) -> None:
    order = bought(cast)
    update_listing(listing=bowl, now=NOW, origin_statement=False)
    line = order.lines.get()
    assert line.origin_statement
    (duty,) = order.charges.filter(kind="duty")
    assert (duty.preferential, duty.amount, duty.row_id) == (True, 0, "eu-pref-VN")
    assert order.certainty == "estimate"
    purchase = Purchase.objects.get()
    receipt = Client().get(f"/checkout/return/{purchase.token}/", follow=True).content.decode()
    assert f"0 %, {AGREEMENT}, {WORDS}" in receipt


def test_the_declaration_is_made_by_itself(cast: Cast, bowl: Listing) -> None:
    order = bought(cast)
    found = papers_of_order(order=order, signed_by="Linh Tran", now=NOW)
    assert Paper.ORIGIN in {need.paper for need in found.needs if need.required}
    assert Paper.ORIGIN in found.to_print
    own = Client()
    own.force_login(cast.linh.user)
    at = f"/sell/{order.business.slug}/orders/{order.number}/papers/"
    assert "You owe a statement on origin" in own.get(at).content.decode()
    for paper in ("origin.pdf", "invoice.pdf"):
        said = text_of(own.get(f"{at}{paper}"))
        assert "of Vietnam preferential origin" in said, paper
        assert "no preferential origin" not in said


def test_what_no_claim_covers_is_marked_on_the_papers(cast: Cast, bowl: Listing) -> None:
    """Two lines in one parcel, one with a statement: the other is excepted, as the sentence asks."""
    order = bought(cast)
    order.lines.create(
        title="Cotton bag",
        quantity=1,
        seller_unit_amount=0,
        seller_amount=0,
        unit_amount=0,
        amount=0,
        commission_amount=0,
        hs_code="420222",
        origin_country="CN",
    )
    own = Client()
    own.force_login(cast.linh.user)
    at = f"/sell/{order.business.slug}/orders/{order.number}/papers/origin.pdf"
    said = text_of(own.get(at))
    assert "of Vietnam preferential origin" in said
    assert said.count("no preferential origin") == 1


# --- the seller's form -----------------------------------------------------------------------------


def fields_of(page: Any, **changes: str) -> dict[str, str]:
    form = page.context["form"]
    kept = {name: form[name].value() for name in form.fields}
    filled = {name: str(value) for name, value in kept.items() if value not in (None, False, "")}
    filled["category"] = str(form.instance.category_id)
    return {**filled, **changes}


def test_the_seller_says_it_in_the_listing(cast: Cast, bowl: Listing) -> None:
    update_listing(listing=bowl, now=NOW, origin_statement=False)
    own = Client()
    own.force_login(cast.linh.user)
    at = f"/sell/{cast.linh.business.slug}/listings/{bowl.pk}/"
    page = own.get(at)
    assert "You answer for the statement" in page.content.decode()
    assert own.post(at, fields_of(page, origin_statement="on")).status_code == 302
    bowl.refresh_from_db()
    assert bowl.origin_statement
    refused = own.post(at, fields_of(own.get(at), origin_country="CN"))
    assert refused.status_code == 422
    assert "Only for goods made in Vietnam" in refused.content.decode()
    bowl.refresh_from_db()
    assert (bowl.origin_country, bowl.origin_statement) == ("VN", True)
    assert own.post(at, fields_of(own.get(at), origin_statement="")).status_code == 302
    bowl.refresh_from_db()
    assert not bowl.origin_statement


def test_the_union_is_one_origin(cast: Cast) -> None:
    """Made in Spain, sent from Italy: an Italian seller may state the Union's origin."""
    listing = cast.chiara.listing
    own = Client()
    own.force_login(cast.chiara.user)
    at = f"/sell/{cast.chiara.business.slug}/listings/{listing.pk}/"
    filled = fields_of(own.get(at), origin_country="ES", origin_statement="on")
    assert own.post(at, filled).status_code == 302
    listing.refresh_from_db()
    assert (listing.origin_country, listing.origin_statement) == ("ES", True)


def test_a_claim_without_an_origin_can_not_be_kept(cast: Cast) -> None:
    with pytest.raises(IntegrityError, match="listing_origin_stated"), transaction.atomic():
        Listing.objects.filter(pk=cast.linh.listing.pk).update(
            origin_country="", origin_statement=True
        )
