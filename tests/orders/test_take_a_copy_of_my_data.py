"""Whoever is signed in takes a copy of what we keep about it, and of nobody else."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from orders.models import Purchase
from orders.selectors.my_data import my_data
from orders.services.matches import clear_match, confirm_match
from orders.services.rescreening import rescreen_purchases
from sellers.services.screening import rescreen_businesses
from tests.cast import NOW, Cast
from tests.orders.shopper import Shopper
from trade.models import ScreeningCase
from trade.services.sanctions_lists import refresh_demo_list

pytestmark = pytest.mark.django_db
SUSPECT = "Zoltan Krawenhold"
PAGE = "/account/data/"


def copy_of(user: User) -> dict[str, Any]:
    client = Client()
    client.force_login(user)
    answer = client.get(PAGE)
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment")
    assert "no-store" in answer["Cache-Control"]
    found: dict[str, Any] = json.loads(answer.content)
    return found


def buy(cast: Cast, **changes: str) -> Purchase:
    shopper = Shopper("FR", user=cast.lucie)
    shopper.add(cast.chiara.variant)
    answer = shopper.send(shopper.filled(shopper.checkout(), **changes))
    assert answer.status_code == 302
    return Purchase.objects.order_by("-created_at", "-number")[0]


def test_what_was_bought_and_the_tax_number_that_was_given(cast: Cast) -> None:
    purchase = buy(cast, for_business="on", business_name="Martin SARL", tax_number="FR40303265045")
    found = copy_of(cast.lucie)
    [bought] = found["purchases"]
    assert (bought["number"], bought["tax_number"]) == (purchase.number, "FR40303265045")
    assert bought["business_name"] == "Martin SARL"
    assert bought["orders"][0]["lines"][0]["title"] == "Marbled paper"
    # Once as it was typed, and once for what was bought with it.
    [given] = [one for one in found["tax_numbers_given_as_buyer"] if one["purchase"]]
    assert (given["country"], given["number"]) == ("FR", "FR40303265045")
    assert (given["purchase"], given["business_name"]) == (purchase.number, "Martin SARL")


def test_a_business_brings_its_numbers_to_its_owner_only(cast: Cast) -> None:
    business = cast.ama.business
    business.tax_number = "P0001234567"
    business.save(update_fields=["tax_number"])
    [mine] = copy_of(cast.ama.user)["businesses"]
    assert (mine["name"], mine["tax_number"]) == ("Ama Weaves", "P0001234567")
    assert copy_of(cast.lucie)["businesses"] == []
    business.memberships.create(user=cast.lucie, role="STAFF", created_at=NOW)
    [work] = copy_of(cast.lucie)["businesses"]
    assert set(work) == {"name", "role", "member_since"}


def test_every_check_is_told_and_nothing_of_the_lists_own(cast: Cast) -> None:
    """A refused checkout, a decision, and the sweep over what is open."""
    shopper = Shopper("FR", user=cast.lucie)
    shopper.add(cast.chiara.variant)
    assert shopper.send(shopper.filled(shopper.checkout(), name=SUSPECT)).status_code == 409
    [check] = copy_of(cast.lucie)["checks_against_sanctions_lists"]
    assert check["lists"] == {"demo": "2026-11-24"}
    assert check["names"] == [SUSPECT, "Lucie Martin"]
    assert (check["outcome"], check["decided_at"]) == ("a name was alike; not decided yet", None)
    case = ScreeningCase.objects.get()
    reason = "Born in 1990, the listed one in 1961."
    clear_match(case=case, actor=cast.mira, reason=reason, now=NOW)
    purchase = buy(cast)
    rescreen_purchases(now=NOW)
    checks = copy_of(cast.lucie)["checks_against_sanctions_lists"]
    assert {(one["made_for"], one["outcome"]) for one in checks} == {
        ("", "a name was alike; it was somebody else"),
        (purchase.number, "no name was alike"),
    }
    case.refresh_from_db()
    confirm_match(case=case, actor=cast.mira, reason=reason, now=NOW)
    text = json.dumps(copy_of(cast.lucie), ensure_ascii=False)
    assert "it was held to be the same" in text
    for secret in ("Kravenhold", "The Collector", "DEMO-1", "Demonstration", "1961", "mira@"):
        assert secret not in text, secret


def test_checks_of_a_business_are_its_owners(cast: Cast) -> None:
    refresh_demo_list(now=NOW + timedelta(days=1))
    rescreen_businesses(now=NOW + timedelta(days=1))
    [check] = copy_of(cast.ama.user)["checks_against_sanctions_lists"]
    assert (check["made_for"], check["outcome"]) == ("Ama Weaves", "no name was alike")
    assert check["lists"] == {"demo": "2026-11-25"}
    assert copy_of(cast.lucie)["checks_against_sanctions_lists"] == []


def test_an_address_that_was_not_confirmed_opens_nothing(cast: Cast) -> None:
    """Whoever signs up with somebody's address, and what that one had bought as a guest."""
    shopper = Shopper("FR")
    shopper.add(cast.chiara.variant)
    guest = shopper.send(shopper.filled(shopper.checkout(), email="haruka@example.org"))
    assert guest.status_code == 302
    address = EmailAddress.objects.filter(email="haruka@example.org")
    address.update(verified=False)
    assert copy_of(cast.haruka)["purchases"] == []
    address.update(verified=True)
    assert len(copy_of(cast.haruka)["purchases"]) == 1
    assert copy_of(cast.lucie)["purchases"] == []


def test_only_who_is_signed_in_gets_one(cast: Cast) -> None:
    answer = Client().get(PAGE)
    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/account/login/")
    client = Client()
    client.force_login(cast.lucie)
    assert PAGE in client.get("/account/").content.decode()


def test_a_copy_asks_a_fixed_number_of_questions(cast: Cast) -> None:
    counts = []
    for many in (1, 3):
        for _ in range(many):
            buy(cast)
        with CaptureQueriesContext(connection) as asked:
            my_data(user=cast.lucie, now=NOW)
        counts.append(len(asked))
    assert counts[0] == counts[1]
