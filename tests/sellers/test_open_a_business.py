"""Opening a business: from any country, at a fee that was shown."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, User
from common.countries import COUNTRY_CODES, currency_for
from common.money import UnknownCurrencyError
from payments.models import Payee
from payments.rules.fees import usual_terms
from payments.selectors.fees import FeeOffer
from sellers.forms import OpenBusinessForm
from sellers.models import Business, Membership
from sellers.rules import TaxNumberError
from sellers.services import FeeChangedError, open_business
from sellers.states import BusinessState, Role
from tests.common.test_postal import plausible
from tests.sellers.conftest import ACCRA, NOW

FEE = settings.PLATFORM_FEE_PERCENT_BP


def filled_in(country: str = "GH", **changes: Any) -> dict[str, Any]:
    """What the page sends: an address, and what belongs to the business with its prefix."""
    address = ACCRA if country == "GH" else plausible(country)
    shop = {
        "name": "Kente by Ama",
        "currency": "",
        "tax_number": "",
        "agrees": "on",
        "fee_bp": FEE,
        **changes,
    }
    return address.as_dict() | {f"shop-{key}": value for key, value in shop.items()}


def test_the_start_page_says_what_it_costs_before_anything(client: Client, db: None) -> None:
    page = client.get(reverse("sellers:start"), headers={"accept-language": "en-GH"})
    assert page.status_code == 200
    assert "6\u202f%" in page.content.decode()
    assert page.context["example_price"].currency == "GHS"
    assert (
        page.context["example_fee"] + page.context["example_net"] == page.context["example_price"]
    )


def test_a_guest_makes_an_account_first(client: Client, db: None) -> None:
    response = client.get(reverse("sellers:open"))
    assert response.headers["Location"] == "/account/signup/?next=%2Fsell%2Fopen%2F"


def test_opening_by_the_page(as_ama: Client, ama: User) -> None:
    data = filled_in(tax_number="C0000803561")
    response = as_ama.post(reverse("sellers:open"), data)
    business = Business.objects.get()
    assert response.headers["Location"] == reverse("sellers:status", args=[business.slug])
    assert business.name == "Kente by Ama"
    assert (business.country, business.currency) == ("GH", "GHS")
    assert (business.state, business.fee_percent_bp) == (BusinessState.DRAFT, FEE)
    assert business.address["city"] == "Accra"
    assert business.tax_number == "C0000803561"
    assert business.payee.currency == "GHS"
    assert Membership.objects.get().role == Role.OWNER
    assert AuditEntry.objects.get().action == "open_business"
    assert as_ama.get(response.headers["Location"]).status_code == 200


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"agrees": ""}, "agrees"),
        ({"tax_number": "12"}, "tax_number"),
        ({"currency": "XXX"}, "currency"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_opened(
    changes: dict[str, str], field: str, as_ama: Client
) -> None:
    response = as_ama.post(reverse("sellers:open"), filled_in(**changes))
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert not Business.objects.exists()
    assert not Payee.objects.exists()


def test_a_fee_that_changed_meanwhile_is_shown_again(as_ama: Client) -> None:
    response = as_ama.post(reverse("sellers:open"), filled_in(fee_bp=FEE - 100))
    assert response.status_code == 409
    assert "agrees" in response.context["form"].errors
    assert f'value="{FEE}"' in response.content.decode()
    assert not Business.objects.exists()


def test_another_country_draws_its_fields_and_keeps_the_rest(as_ama: Client) -> None:
    data = filled_in() | {"country_code": "JP", "change_country": "1"}
    response = as_ama.post(reverse("sellers:open"), data)
    page = response.content.decode()
    assert response.status_code == 200
    assert "Prefecture" in page
    assert 'value="Kente by Ama"' in page
    assert not Business.objects.exists()


@pytest.mark.parametrize("country", ["AQ", "BR", "IE", "JP", "KP", "NG", "VN", "ZW"])
def test_nobody_is_turned_away_for_their_country(country: str, as_ama: Client) -> None:
    response = as_ama.post(reverse("sellers:open"), filled_in(country))
    assert response.status_code == 302, response.context["form"].errors
    business = Business.objects.get()
    assert (business.country, business.currency) == (country, currency_for(country))


@pytest.mark.parametrize("country", COUNTRY_CODES)
def test_the_form_takes_every_country(country: str) -> None:
    form = OpenBusinessForm(filled_in(country), country=country, offer=FeeOffer(usual_terms(FEE)))
    assert form.is_valid(), form.errors
    assert form.cleaned_data["currency"] == currency_for(country)


def test_names_become_addresses_of_their_own(ama: User) -> None:
    slugs = [
        open_business(
            owner=ama, name=name, country="VN", currency="VND", agreed_fee_bp=FEE, now=NOW
        ).slug
        for name in ("Gốm Bát Tràng", "Gom Bat Trang", "open", "!!!")
    ]
    assert slugs == ["gom-bat-trang", "gom-bat-trang-2", "open-2", "shop"]


def test_two_of_a_name_at_once_both_open(
    ama: User, business: Business, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([business.slug, business.slug, "kente-by-ama-2"])
    # The first look finds the name free, as it was a moment before the other was saved.
    monkeypatch.setattr("sellers.services.business.slug_for", lambda *_: next(answers))
    second = open_business(
        owner=ama, name=business.name, country="GH", currency="GHS", agreed_fee_bp=FEE, now=NOW
    )
    assert second.slug == "kente-by-ama-2"
    assert Business.objects.count() == 2


def test_the_service_refuses_what_a_page_would_not_send(ama: User) -> None:
    good: dict[str, Any] = {
        "owner": ama,
        "name": "Kente",
        "country": "GH",
        "currency": "GHS",
        "agreed_fee_bp": FEE,
        "now": NOW,
    }
    for change, error in (
        ({"agreed_fee_bp": FEE + 1}, FeeChangedError),
        ({"country": "XX"}, ValueError),
        ({"currency": "XXX"}, UnknownCurrencyError),
        ({"tax_number": "1"}, TaxNumberError),
    ):
        with pytest.raises(error):
            open_business(**{**good, **change})
    assert not Business.objects.exists()
    assert not Payee.objects.exists()
