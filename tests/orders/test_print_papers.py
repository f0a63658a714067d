"""A seller prints the papers of a paid order: what they say is what was paid, and nobody else's."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

import pypdfium2
import pytest
from django.test import Client
from jsonschema import Draft202012Validator

from accounts.models import User
from common.money import Money
from orders.models import Order, OrderCharge, OrderLine
from orders.selectors.papers import papers_of_order
from shipping.models import ItemNumberRange, ParcelDetails
from shipping.services import (
    ItemNumberUsedError,
    ParcelTerms,
    RangeEmptyError,
    RangeOverlapError,
    add_item_range,
    issue_item_number,
    save_parcel_details,
)
from tests.cast import NOW, Cast, Seller
from tests.orders.shopper import Shopper
from trade.papers.advance import schema
from trade.rules.papers import Paper
from trade.rules.s10 import ItemNumber, Service

pytestmark = pytest.mark.django_db


def buy(cast: Cast, seller: Seller, country: str = "FR", quantity: int = 3) -> Order:
    shopper = Shopper(country)
    shopper.add(seller.variant, quantity)
    purchase = shopper.place()
    shopper.pay(purchase)
    shopper.come_back(purchase)
    return Order.objects.get(purchase=purchase)


def at(order: Order, what: str = "") -> str:
    return f"/sell/{order.business.slug}/orders/{order.number}/papers/{what}"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text_of(response: Any) -> str:
    assert response.status_code == 200
    assert response["Content-Type"] == "application/pdf"
    document = pypdfium2.PdfDocument(BytesIO(response.content))
    return " ".join(" ".join(page.get_textpage().get_text_bounded().split()) for page in document)


@pytest.mark.parametrize("country", ["FR", "JP", "US", "KW"])
def test_papers_add_up_to_what_was_paid(cast: Cast, country: str) -> None:
    for seller in (cast.ama, cast.linh):
        order = buy(cast, seller, country)
        client = signed_in(seller.user)
        total = Money(order.total_amount, order.currency)
        found = papers_of_order(order=order, signed_by="", now=NOW).paper
        assert found.total == total
        assert found.value == Money(order.goods_amount, order.currency)
        assert found.charged.amount == order.duty_amount + order.tax_amount + order.fees_amount
        invoice = text_of(client.get(at(order, "invoice.pdf")))
        for amount in (order.goods_amount, order.delivery_amount, order.total_amount):
            assert str(Money(amount, order.currency)) in invoice
        data = client.get(at(order, "advance-data.json")).json()
        Draft202012Validator(schema()).validate(data)
        assert data["paid_total"] == {"amount": str(total.to_decimal()), "currency": order.currency}
        line = order.lines.get()
        assert data["content_pieces"][0]["value"]["amount"] == str(
            Money(line.amount, order.currency).to_decimal()
        )
        assert data["addressee"]["country"] == country
        customs = text_of(client.get(at(order, "cn23.pdf")))
        assert str(Money(order.goods_amount, order.currency)) in customs


def test_a_charge_that_does_not_fit_its_total_is_printed_as_the_order_took_it(cast: Cast) -> None:
    order = buy(cast, cast.linh, "JP")
    before = papers_of_order(order=order, signed_by="", now=NOW).paper.total
    OrderCharge.objects.create(
        order=order, kind="tax", name="Tax inside the price", amount=77, assessed_base_amount=1,
        assessed_amount=1, assessed_currency="JPY", row_id="x", collected_by="platform",
        certainty="guaranteed",
    )  # fmt: skip
    assert papers_of_order(order=order, signed_by="", now=NOW).paper.total == before


def test_the_page_says_what_is_needed_and_why(cast: Cast) -> None:
    order = buy(cast, cast.ama)
    client = signed_in(cast.ama.user)
    page = client.get(at(order)).content.decode()
    for words in ("Customs form CN 23", "Say below how it travels", "Commercial invoice", "Look at these",
                  "weigh it and enter it below", "Electronic advance data"):  # fmt: skip
        assert words in page, words
    assert client.get(at(order, "cn22.pdf")).status_code == 404
    assert 'href="' + at(order) + '"' in client.get(at(order)[: -len("papers/")]).content.decode()


def say(client: Client, order: Order, **changes: str) -> Any:
    return client.post(at(order), {"packages": "1", "service": "", **changes})


def test_a_light_letter_gets_cn_22_with_its_barcode(cast: Cast) -> None:
    order = buy(cast, cast.linh, quantity=1)
    client = signed_in(cast.linh.user)
    answer = say(
        client, order, service="letter", item_number="rr 473 124 829 gb", gross_weight_g="640",
        length_mm="300", width_mm="200", height_mm="100",
    )  # fmt: skip
    assert answer.status_code == 302
    details = ParcelDetails.objects.get(order_ref=order.pk)
    assert (details.item_number, details.gross_weight_g) == ("RR473124829GB", 640)
    page = client.get(at(order)).content.decode()
    assert "Customs form CN 22" in page
    assert "Letter post up to 2 kg and 300 SDR" in page
    form = text_of(client.get(at(order, "cn22.pdf")))
    assert "RR 473 124 829 GB" in form
    assert "0.640" in form
    assert client.get(at(order, "cn23.pdf")).status_code == 404
    # The address of before still gives the right form.
    short = at(order)[: -len("papers/")]
    assert "CN 22" in text_of(client.get(f"{short}customs.pdf"))
    everything = text_of(client.get(at(order, "all.pdf")))
    assert "CN 22" in everything
    assert "Commercial invoice" in everything
    assert "PROFORMA" not in everything


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("item_number", "RR473124828GB", "the ninth would be 9"),
        ("item_number", "RR12", "Two letters, nine digits"),
        ("gross_weight_g", "0", "greater than or equal to 1"),
        ("packages", "", "required"),
        ("width_mm", "12", "all three sides"),
        ("service", "pigeon", "Select a valid choice"),
    ],
)
def test_bad_input_is_told_beside_its_field_and_kept(
    cast: Cast, field: str, typed: str, words: str
) -> None:
    order = buy(cast, cast.linh)
    answer = say(signed_in(cast.linh.user), order, marks="Blue box", **{field: typed})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert words in page
    assert "Blue box" in page
    assert not ParcelDetails.objects.exists()


def test_an_ioss_number_goes_by_wire_only_and_others_stand_on_the_form(cast: Cast) -> None:
    order = buy(cast, cast.ama)
    client = signed_in(cast.ama.user)
    Order.objects.filter(pk=order.pk).update(
        registrations={"ioss": "IM2760000742", "voec": "2024123"}
    )
    OrderCharge.objects.filter(order=order).update(scheme="ioss")
    if not order.charges.exists():
        pytest.fail("the parcel to France is taxed")
    printed = text_of(client.get(at(order, "all.pdf"))) + text_of(
        client.get(at(order, "proforma.pdf"))
    )
    assert "IM2760000742" not in printed
    assert "2024123" not in printed  # VOEC settled nothing here
    told = client.get(at(order, "advance-data.json")).json()["sender_tax_references"]
    assert {"scheme": "ioss", "number": "IM2760000742"} in told
    OrderCharge.objects.filter(order=order).update(scheme="voec")
    assert "VOEC 2024123" in text_of(client.get(at(order, "cn23.pdf")))
    assert "VOEC 2024123" in text_of(client.get(at(order, "invoice.pdf")))
    assert "2024123" not in text_of(client.get(at(order, "label.pdf")))


def test_an_unknown_weight_is_blank_and_told(cast: Cast) -> None:
    order = buy(cast, cast.linh)
    OrderLine.objects.filter(order=order).update(weight_g=None)
    client = signed_in(cast.linh.user)
    assert "it stays blank on the forms" in client.get(at(order)).content.decode()
    assert "0.000" not in text_of(client.get(at(order, "all.pdf")))
    piece = client.get(at(order, "advance-data.json")).json()["content_pieces"][0]
    assert piece["net_weight_g"] is None


def test_a_parcel_lighter_than_its_contents_is_told(cast: Cast) -> None:
    order = buy(cast, cast.linh, quantity=2)  # 400 g each
    client = signed_in(cast.linh.user)
    assert say(client, order, gross_weight_g="799").status_code == 302
    assert "weighs less than its contents" in client.get(at(order)).content.decode()
    say(client, order, gross_weight_g="800")
    assert "weighs less than its contents" not in client.get(at(order)).content.decode()


def test_a_parcel_at_home_has_a_label_and_a_slip(cast: Cast) -> None:
    order = buy(cast, cast.chiara)
    Order.objects.filter(pk=order.pk).update(dispatched_from="FR")
    client = signed_in(cast.chiara.user)
    assert client.get(at(order, "label.pdf")).status_code == 200
    for paper in ("cn22.pdf", "cn23.pdf", "invoice.pdf", "advance-data.json", "nonsense.pdf"):
        assert client.get(at(order, paper)).status_code == 404, paper


def test_strangers_find_nothing_and_change_nothing(cast: Cast) -> None:
    order = buy(cast, cast.ama)
    add_item_range(business=cast.ama.business, prefix="CP", country="GH", first=1, last=2, now=NOW)
    for stranger in (cast.linh.user, cast.lucie, cast.mira):
        client = signed_in(stranger)
        for paper in ("", "invoice.pdf", "all.pdf", "label.pdf", "advance-data.json"):
            assert client.get(at(order, paper)).status_code == 404
        assert say(client, order, service="letter").status_code == 404
        assert say(client, order, do="issue", range="1").status_code == 404
    own = f"/sell/{cast.linh.business.slug}/orders/{order.number}/papers/invoice.pdf"
    assert signed_in(cast.linh.user).get(own).status_code == 404
    assert not ParcelDetails.objects.exists()
    assert ItemNumberRange.objects.get().next_serial == 1


def test_a_moderator_reads_the_same_paper_unsigned(cast: Cast) -> None:
    order = buy(cast, cast.ama)
    client = signed_in(cast.mira)
    page = client.get(f"/admin/orders/order/{order.pk}/change/").content.decode()
    link = f"/admin/orders/order/{order.pk}/papers/invoice/"
    assert link in page
    answer = client.get(link)
    assert str(Money(order.total_amount, order.currency)) in text_of(answer)
    assert client.get(link.replace("invoice", "nonsense")).status_code == 404
    assert (
        json.loads(client.get(link.replace("invoice", "advance-data")).content)["order"]
        == order.number
    )
    assert signed_in(cast.ama.user).get(link).status_code in {302, 403, 404}


# --- item numbers ---------------------------------------------------------------------------------


def test_numbers_of_a_range_are_given_out_once_and_typed_ones_are_passed_over(cast: Cast) -> None:
    business = cast.linh.business
    own = add_item_range(business=business, prefix="RR", country="VN", first=10, last=12, now=NOW)
    orders = [buy(cast, cast.linh, quantity=1) for _number in range(4)]
    first = issue_item_number(order_ref=orders[0].pk, business=business, range_id=own.pk, now=NOW)
    assert first.serial == 10
    again = issue_item_number(order_ref=orders[0].pk, business=business, range_id=own.pk, now=NOW)
    assert again == first
    number = str(ItemNumber("RR", 11, "VN"))
    save_parcel_details(
        order_ref=orders[1].pk, business=business, terms=ParcelTerms(item_number=number), now=NOW
    )
    issued = issue_item_number(order_ref=orders[2].pk, business=business, range_id=own.pk, now=NOW)
    assert issued.serial == 12
    with pytest.raises(RangeEmptyError):
        issue_item_number(order_ref=orders[3].pk, business=business, range_id=own.pk, now=NOW)
    assert not ParcelDetails.objects.filter(order_ref=orders[3].pk).exclude(item_number="").exists()
    with pytest.raises(ItemNumberUsedError):
        save_parcel_details(
            order_ref=orders[3].pk,
            business=business,
            terms=ParcelTerms(service=Service.LETTER, item_number=number),
            now=NOW,
        )
    with pytest.raises(RangeOverlapError):
        add_item_range(business=business, prefix="RR", country="VN", first=12, last=20, now=NOW)
    # Another business's numbers are its own affair.
    add_item_range(
        business=cast.ama.business, prefix="RR", country="VN", first=12, last=20, now=NOW
    )
    with pytest.raises(RangeEmptyError):
        issue_item_number(
            order_ref=orders[3].pk, business=cast.ama.business, range_id=own.pk, now=NOW
        )


def test_a_seller_keeps_a_range_and_takes_a_number_on_screen(cast: Cast) -> None:
    client = signed_in(cast.ama.user)
    page = f"/sell/{cast.ama.business.slug}/delivery/item-numbers/"
    wrong = client.post(page, {"first": "CP000000014GH", "last": "CP000000100GH"})
    assert wrong.status_code == 422
    assert "ninth would be" in wrong.content.decode()
    assert 'value="CP000000014GH"' in wrong.content.decode()
    assert not ItemNumberRange.objects.exists()
    first, last = (str(ItemNumber("CP", serial, "GH")) for serial in (10, 19))
    assert client.post(page, {"first": last, "last": first}).status_code == 422
    assert client.post(page, {"first": first, "last": last}).status_code == 302
    shown = client.get(page).content.decode()
    assert ItemNumber("CP", 10, "GH").spaced in shown
    order = buy(cast, cast.ama)
    own = ItemNumberRange.objects.get()
    assert "Take an item number" in client.get(at(order)).content.decode()
    assert say(client, order, do="issue", range=str(own.pk)).status_code == 302
    assert ParcelDetails.objects.get().item_number == first
    assert papers_of_order(order=order, signed_by="", now=NOW).form is Paper.CN23
    assert client.post(f"{page}{own.pk}/remove/").status_code == 302
    assert not ItemNumberRange.objects.exists()
    assert ParcelDetails.objects.get().item_number == first
