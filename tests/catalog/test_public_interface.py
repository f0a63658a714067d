"""A developer reads the catalogue and asks what a parcel costs."""

from __future__ import annotations

import uuid
from typing import Any

from django.test import Client

from catalog.services.editing import pause_listing
from tests.cast import NOW, Cast


def ask(client: Client, **changes: Any) -> Any:
    return client.post("/api/v1/quotes/", changes, content_type="application/json")


def test_categories(cast: Cast, client: Client) -> None:
    body = client.get("/api/v1/categories/").json()
    assert body == [
        {"path": "home", "name": "Home", "parent_path": ""},
        {"path": "home/baskets", "name": "Baskets", "parent_path": "home"},
    ]


def test_listings(cast: Cast, client: Client) -> None:
    body = client.get("/api/v1/listings/", {"category": "home", "from": "GH"}).json()
    assert body["next_page"] is None
    (listing,) = body["results"]
    assert listing["id"] == str(cast.ama.listing.pk)
    assert listing["price"] == {"amount": 25000, "currency": "GHS", "decimal": "250.00"}
    assert listing["ships_from"] == "GH"


def test_search(cast: Cast, client: Client) -> None:
    body = client.get("/api/v1/listings/", {"q": "bowls"}).json()
    assert [row["title"] for row in body["results"]] == ["Lacquer bowl"]


def test_mistakes_are_named(cast: Cast, client: Client) -> None:
    for query in ("category=nope", "page=0", "page=x", "sort=nope", "page=99999"):
        answer = client.get(f"/api/v1/listings/?{query}")
        assert answer.status_code == 400
        assert query.split("=")[0] in answer.json()


def test_a_listing(cast: Cast, client: Client) -> None:
    body = client.get(f"/api/v1/listings/{cast.ama.listing.pk}/").json()
    assert body["category"] == "home/baskets"
    assert body["variants"][0]["available"] == 10
    assert body["variants"][0]["price"]["amount"] == 25000
    pause_listing(listing=cast.ama.listing, now=NOW)
    assert client.get(f"/api/v1/listings/{cast.ama.listing.pk}/").status_code == 404


def test_a_quote_for_two_shops(cast: Cast, client: Client) -> None:
    items = [{"variant": str(seller.variant.pk)} for seller in (cast.linh, cast.chiara)]
    body = ask(client, country="FR", currency="EUR", items=items).json()
    hanoi, florence = body["parcels"]
    assert hanoi["total"]["amount"] == 4232
    assert florence["total"]["amount"] == 2700
    assert body["total"] == {"amount": 6932, "currency": "EUR", "decimal": "69.32"}
    assert hanoi["duty"]["amount"] == 300
    assert any(charge["row_id"] and charge["charged"] for charge in hanoi["charges"])
    assert florence["certainty"] == "guaranteed"


def test_a_quote_into_the_unknown_says_so(cast: Cast, client: Client) -> None:
    body = ask(
        client, country="KW", currency="KWD", items=[{"variant": str(cast.linh.variant.pk)}]
    ).json()
    assert body["certainty"] == "unknown"
    assert body["parcels"][0]["unknowns"]


def test_quote_mistakes_are_named(cast: Cast, client: Client) -> None:
    mistakes: list[tuple[dict[str, Any], str]] = [
        ({"country": "XX"}, "country"),
        ({"currency": "EURO"}, "currency"),
        ({"currency": "ISK"}, "currency"),
        ({"items": []}, "items"),
        ({"items": [{"variant": str(uuid.uuid4())}]}, "items"),
        ({"items": [{"variant": "x", "quantity": 0}]}, "items"),
    ]
    right = {
        "country": "FR",
        "currency": "EUR",
        "items": [{"variant": str(cast.ama.variant.pk)}],
    }
    assert ask(client, **right).status_code == 200
    for changes, field in mistakes:
        answer = ask(client, **{**right, **changes})
        assert answer.status_code == 400
        assert field in answer.json()


def test_nobody_asks_for_ever(cast: Cast, client: Client) -> None:
    answers = {client.get("/api/v1/categories/").status_code for _ in range(61)}
    assert answers == {200, 429}
