"""A seller says how things travel: profiles and options, one's own only."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common.money import Money
from payments.models import Rate
from payments.selectors.rates import forget_rates
from sellers.models import Business
from shipping.models import DeliveryOption, DeliveryProfile
from shipping.rules import REGIONS, CarriedBy, carried_by_name
from shipping.services import (
    MAX_OPTIONS,
    OptionTerms,
    TooManyError,
    default_profile,
    delete_option,
    save_option,
    save_profile,
)

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
POST = OptionTerms(name="Post", base_amount=1200, min_days=7, max_days=21, countries=("FR",))


@pytest.fixture
def profile(business: Business) -> DeliveryProfile:
    return save_profile(business=business, name="Small parcels", dispatch_days=2, now=NOW)


@pytest.fixture
def option(business: Business, profile: DeliveryProfile) -> DeliveryOption:
    return save_option(business=business, profile_id=profile.pk, terms=POST)


def filled_in(**changes: Any) -> dict[str, Any]:
    return {
        "name": "Registered post",
        "where": "chosen",
        "regions": ["OCEANIA"],
        "countries": ["FR", "JP"],
        "base": "120.50",
        "per_kg": "30",
        "min_days": "5",
        "max_days": "15",
        "max_weight_kg": "2.5",
        "tracked": "on",
        **changes,
    }


def new_url(profile: DeliveryProfile) -> str:
    return reverse("shipping:option_new", args=[profile.business.slug, profile.pk])


def option_url(option: DeliveryOption, name: str = "shipping:option") -> str:
    profile = option.profile
    return reverse(name, args=[profile.business.slug, profile.pk, option.pk])


def test_an_option_by_the_page(as_ama: Client, profile: DeliveryProfile) -> None:
    assert as_ama.get(new_url(profile)).status_code == 200
    assert as_ama.post(new_url(profile), filled_in()).status_code == 302
    option = DeliveryOption.objects.get()
    assert (option.base_amount, option.per_kg_amount, option.currency) == (12_050, 3_000, "GHS")
    assert set(option.countries) == {*REGIONS["OCEANIA"], "FR", "JP"}
    assert (option.max_weight_g, option.min_days, option.max_days) == (2500, 5, 15)
    assert option.tracked
    page = as_ama.get(reverse("shipping:profiles", args=["kente-by-ama"])).content.decode()
    assert "Registered post" in page
    assert "Australia and Oceania, France, Japan" in page
    shown = as_ama.get(option_url(option)).context["form"].initial
    assert shown["regions"] == ["OCEANIA"]
    assert shown["countries"] == ["FR", "JP"]
    assert (shown["base"], shown["per_kg"]) == ("120.50", "30.00")


@pytest.mark.parametrize(
    ("where", "countries", "everywhere"), [("home", ["GH"], False), ("everywhere", [], True)]
)
def test_home_and_everywhere(
    where: str, countries: list[str], everywhere: bool, as_ama: Client, profile: DeliveryProfile
) -> None:
    as_ama.post(new_url(profile), filled_in(where=where))
    option = DeliveryOption.objects.get()
    assert (option.countries, option.everywhere) == (countries, everywhere)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"base": ""}, "base"),
        ({"base": "-1"}, "base"),
        ({"base": "1.234"}, "base"),
        ({"base": "twelve"}, "base"),
        ({"regions": [], "countries": []}, "regions"),
        ({"countries": ["XX"]}, "countries"),
        ({"max_days": "4"}, "max_days"),
        ({"max_weight_kg": "-1"}, "max_weight_kg"),
        ({"where": "moon"}, "where"),
        ({"carried_by": "owl"}, "carried_by"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_kept(
    changes: dict[str, Any], field: str, as_ama: Client, profile: DeliveryProfile
) -> None:
    response = as_ama.post(new_url(profile), filled_in(**changes))
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert not DeliveryOption.objects.exists()


@pytest.mark.parametrize(
    ("name", "carried_by"),
    [
        ("Ghana Post", CarriedBy.POST),
        ("Poste Italiane, raccomandata", CarriedBy.POST),
        ("EMS", CarriedBy.POST),
        ("Royal Mail Tracked", CarriedBy.POST),
        ("Correos Internacional", CarriedBy.POST),
        ("ゆうパック 郵便", CarriedBy.POST),
        ("DHL Express", CarriedBy.COURIER),
        ("ups worldwide saver", CarriedBy.COURIER),
        ("InPost", CarriedBy.COURIER),
        ("Courier to the door", CarriedBy.COURIER),
        # Both, or neither: nobody guesses.
        ("Deutsche Post DHL", CarriedBy.UNSAID),
        ("Groups", CarriedBy.UNSAID),
        ("Standard", CarriedBy.UNSAID),
    ],
)
def test_a_name_says_who_carries_it(
    name: str, carried_by: CarriedBy, as_ama: Client, profile: DeliveryProfile
) -> None:
    assert carried_by_name(name) is carried_by
    response = as_ama.post(new_url(profile), filled_in(name=name))
    if carried_by:
        assert DeliveryOption.objects.get().carried_by == carried_by
    else:
        assert response.status_code == 422
        assert "carried_by" in response.context["form"].errors
        assert not DeliveryOption.objects.exists()


def test_what_the_seller_chooses_goes_before_the_name(
    as_ama: Client, profile: DeliveryProfile
) -> None:
    as_ama.post(new_url(profile), filled_in(name="DHL Paket", carried_by="post"))
    assert DeliveryOption.objects.get().carried_by == CarriedBy.POST
    list_url = reverse("shipping:profiles", args=[profile.business.slug])
    assert "by post" in as_ama.get(list_url).content.decode()


def test_an_option_from_before_the_question_may_stay_unsaid(
    as_ama: Client, option: DeliveryOption
) -> None:
    """POST of this module was saved without saying it; its price can be changed all the same."""
    list_url = reverse("shipping:profiles", args=[option.profile.business.slug])
    assert "post or courier? Please say" in as_ama.get(list_url).content.decode()
    assert as_ama.post(option_url(option), filled_in(name="Slow", base="9")).status_code == 302
    option.refresh_from_db()
    assert (option.base_amount, option.carried_by) == (900, "")
    as_ama.post(option_url(option), filled_in(name="Slow", carried_by="courier"))
    option.refresh_from_db()
    assert option.carried_by == "courier"
    # Once said, it is not unsaid again.
    assert as_ama.post(option_url(option), filled_in(name="Slow")).status_code == 422


def test_changing_and_removing(as_ama: Client, option: DeliveryOption) -> None:
    as_ama.post(option_url(option), filled_in(name="Courier", base="99"))
    option.refresh_from_db()
    assert (option.name, option.base_amount) == ("Courier", 9_900)
    as_ama.post(option_url(option, "shipping:option_remove"))
    assert not DeliveryOption.objects.exists()


def test_a_profile_by_the_page(as_ama: Client, business: Business) -> None:
    new = reverse("shipping:profile_new", args=[business.slug])
    assert as_ama.post(new, {"name": "Fragile", "dispatch_days": "61"}).status_code == 422
    assert as_ama.post(new, {"name": "Fragile", "dispatch_days": "5"}).status_code == 302
    profile = DeliveryProfile.objects.get()
    url = reverse("shipping:profile", args=[business.slug, profile.pk])
    as_ama.post(url, {"name": "Very fragile", "dispatch_days": "6"})
    profile.refresh_from_db()
    assert (profile.name, profile.dispatch_days) == ("Very fragile", 6)
    as_ama.post(reverse("shipping:profile_remove", args=[business.slug, profile.pk]))
    assert not DeliveryProfile.objects.exists()


def test_a_stranger_finds_nothing_and_changes_nothing(
    as_linh: Client, client: Client, option: DeliveryOption
) -> None:
    profile = option.profile
    slug = profile.business.slug
    pages = [
        reverse("shipping:profiles", args=[slug]),
        reverse("shipping:profile_new", args=[slug]),
        reverse("shipping:profile", args=[slug, profile.pk]),
        new_url(profile),
        option_url(option),
    ]
    assert [as_linh.get(page).status_code for page in pages] == [404] * 5
    assert [client.get(page).status_code for page in pages] == [302] * 5
    # Nor by way of the stranger's own business, with the keys of Ama's rows.
    attacks = {
        reverse("shipping:profile", args=["linh-ceramics", profile.pk]): {
            "name": "Mine",
            "dispatch_days": "0",
        },
        reverse("shipping:option_new", args=["linh-ceramics", profile.pk]): filled_in(),
        reverse("shipping:option", args=["linh-ceramics", profile.pk, option.pk]): filled_in(),
        reverse("shipping:option_remove", args=["linh-ceramics", profile.pk, option.pk]): {},
        reverse("shipping:profile_remove", args=["linh-ceramics", profile.pk]): {},
        option_url(option): filled_in(),
        option_url(option, "shipping:option_remove"): {},
    }
    for url, data in attacks.items():
        assert as_linh.post(url, data).status_code == 404, url
    option.refresh_from_db()
    profile.refresh_from_db()
    assert (option.name, option.base_amount, profile.name) == ("Post", 1200, "Small parcels")
    assert DeliveryOption.objects.count() == 1


def test_services_refuse_other_peoples_rows(
    option: DeliveryOption, as_linh: Client, business: Business
) -> None:
    other = Business.objects.exclude(pk=business.pk).get()
    with pytest.raises(DeliveryProfile.DoesNotExist):
        save_option(business=other, profile_id=option.profile_id, terms=POST)
    with pytest.raises(DeliveryOption.DoesNotExist):
        delete_option(business=other, option_id=option.pk)
    with pytest.raises(DeliveryProfile.DoesNotExist):
        save_profile(
            business=other, profile_id=option.profile_id, name="x", dispatch_days=1, now=NOW
        )
    assert DeliveryOption.objects.get() == option


@pytest.mark.parametrize(
    "terms",
    [
        OptionTerms("x", 1, 1, 2),
        OptionTerms("x", -1, 1, 2, everywhere=True),
        OptionTerms("x", 1, 3, 2, everywhere=True),
        OptionTerms("x", 1, 1, 2, countries=("XX",)),
        OptionTerms("x", 1, 1, 2, everywhere=True, per_kg_amount=-1),
    ],
)
def test_terms_that_make_no_sense(
    terms: OptionTerms, business: Business, profile: DeliveryProfile
) -> None:
    with pytest.raises(ValueError, match=r" is | goes "):
        save_option(business=business, profile_id=profile.pk, terms=terms)
    assert not DeliveryOption.objects.exists()


def test_the_page_asks_the_same_questions_however_much_is_offered(
    as_ama: Client, business: Business, option: DeliveryOption
) -> None:
    page = reverse("shipping:profiles", args=[business.slug])
    as_ama.get(page)
    with CaptureQueriesContext(connection) as few:
        as_ama.get(page)
    for number in range(4):
        another = save_profile(business=business, name=str(number), dispatch_days=1, now=NOW)
        for _ in range(5):
            save_option(business=business, profile_id=another.pk, terms=POST)
    with CaptureQueriesContext(connection) as many:
        as_ama.get(page)
    assert len(many) == len(few) <= 7


def test_options_are_not_endless(business: Business, profile: DeliveryProfile) -> None:
    for _ in range(MAX_OPTIONS):
        save_option(business=business, profile_id=profile.pk, terms=POST)
    with pytest.raises(TooManyError):
        save_option(business=business, profile_id=profile.pk, terms=POST)


def test_a_new_business_starts_with_usual_prices(business: Business, as_ama: Client) -> None:
    Rate.objects.create(
        currency="GHS", rate=Decimal("13.4"), source="MANUAL", as_of=NOW.date(), fetched_at=NOW
    )
    forget_rates()
    profile = default_profile(business=business, now=NOW)
    again = default_profile(business=business, now=NOW)
    assert again == profile
    prices = {
        option.name: (
            Money(option.base_amount, option.currency).format(),
            option.per_kg_amount,
            option.countries,
            option.everywhere,
        )
        for option in profile.options.all()
    }
    # 5, 15 and 7 euro at 13.40, as a person would round them.
    assert prices == {
        "Post": ("GHS\xa067.00", 0, ["GH"], False),
        "International post": ("GHS\xa0200.00", 9_400, [], True),
    }
    forget_rates()


def test_without_a_rate_no_price_is_made_up(business: Business, as_ama: Client) -> None:
    forget_rates()
    page = as_ama.get(reverse("shipping:profiles", args=[business.slug]))
    assert "It goes nowhere yet" in page.content.decode()
    assert DeliveryProfile.objects.get().name == "Standard"
    assert not DeliveryOption.objects.exists()
