"""The ways of a parcel, as shop pages ask for them: one query, however many parcels."""

from __future__ import annotations

from typing import Any

import pytest

from common.money import Money
from sellers.models import Business
from shipping.selectors import Parcel, options_for, options_for_parcels
from shipping.services import OptionTerms, save_option, save_profile
from tests.sellers.conftest import NOW


@pytest.fixture
def profiles(business: Business) -> list[int]:
    keys = []
    for number in range(5):
        profile = save_profile(
            business=business, name=f"Profile {number}", dispatch_days=number, now=NOW
        )
        save_option(
            business=business,
            profile_id=profile.pk,
            terms=OptionTerms(
                "Post", 1000 * number, 5, 10, everywhere=True, per_kg_amount=100, max_weight_g=3000
            ),
        )
        save_option(
            business=business,
            profile_id=profile.pk,
            terms=OptionTerms("Home", 500, 1, 2, countries=("GH",), tracked=False),
        )
        keys.append(profile.pk)
    return keys


def test_a_choice_says_all_that_a_buyer_wants_to_know(profiles: list[int]) -> None:
    (choice,) = options_for(profile_id=profiles[2], country="FR", weight_g=1200)
    assert (choice.name, choice.money) == ("Post", Money(2200, "GHS"))
    assert (choice.min_days, choice.max_days, choice.dispatch_days) == (5, 10, 2)
    assert choice.slowest_days == 12
    assert choice.tracked
    (home,) = options_for(profile_id=profiles[2], country="GH", weight_g=1200)
    assert (home.name, home.money, home.tracked) == ("Home", Money(500, "GHS"), False)


def test_too_heavy_or_unknown_is_no_way(profiles: list[int]) -> None:
    assert options_for(profile_id=profiles[0], country="FR", weight_g=3001) == []
    assert options_for(profile_id=0, country="FR", weight_g=1) == []


@pytest.mark.parametrize("count", [1, 5])
def test_many_parcels_cost_one_query(
    count: int, profiles: list[int], django_assert_num_queries: Any
) -> None:
    parcels = {f"parcel {key}": Parcel(key, 900) for key in profiles[:count]}
    with django_assert_num_queries(1):
        found = options_for_parcels(parcels=parcels, country="JP")
    prices = [choices[0].money.amount for choices in found.values()]
    assert prices == [1000 * number + 100 for number in range(count)]
