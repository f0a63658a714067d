"""A seller adds and ends the tax numbers of its own business."""

from __future__ import annotations

import pytest
from django.test import Client

from sellers.services import invite_member
from sellers.states import Role
from tests.cast import NOW, Cast, cast, clock, make_user
from trade.models import Registration
from trade.selectors.registrations import numbers_of

__all__ = ["cast", "clock"]
pytestmark = pytest.mark.django_db
VOEC = {"kind": "VOEC", "country": "", "number": "VOEC 2021234", "valid_from": "2026-01-01"}


@pytest.fixture
def ama(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.ama.user)
    return client


def url(cast: Cast) -> str:
    return f"/sell/{cast.ama.business.slug}/tax-numbers/"


def own(cast: Cast) -> list[Registration]:
    return list(Registration.objects.of(cast.ama.business.pk))


def test_an_owner_adds_a_number_and_ends_it(cast: Cast, ama: Client) -> None:
    assert "No numbers yet" in ama.get(url(cast)).content.decode()
    assert ama.post(url(cast), VOEC).status_code == 302
    (row,) = own(cast)
    assert (row.number, row.country, row.scheme, row.added_by) == (
        *("2021234", "NO", "voec"),
        cast.ama.user,
    )
    page = ama.get(url(cast)).content.decode()
    assert "2021234" in page
    assert "In force" in page
    assert ama.post(f"{url(cast)}{row.pk}/end/", {"last_day": "2026-11-23"}).status_code == 302
    assert numbers_of(owner_ref=cast.ama.business.pk, on=NOW.date()) == []
    assert "Ended" in ama.get(url(cast)).content.decode()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"number": "123"}, "looks different"),
        ({"kind": "VAT", "country": "GB", "number": "GB980780683"}, "check digit"),
        ({"kind": "VAT", "country": ""}, "choose the country"),
        ({"kind": "EORI", "country": "GH", "number": "GH1"}, "no numbers of this kind"),
        ({"valid_from": "soon"}, "valid_from"),
    ],
)
def test_a_wrong_number_is_said_and_nothing_typed_is_lost(
    cast: Cast, ama: Client, changed: dict[str, str], words: str
) -> None:
    answer = ama.post(url(cast), {**VOEC, **changed})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    number = {**VOEC, **changed}["number"]
    assert f'value="{number}"' in page
    assert own(cast) == []


def test_a_second_number_of_the_same_scheme_waits_for_the_end_of_the_first(
    cast: Cast, ama: Client
) -> None:
    ama.post(url(cast), VOEC)
    answer = ama.post(url(cast), {**VOEC, "number": "2029999"})
    assert answer.status_code == 422
    assert "End that one first" in answer.content.decode()
    assert len(own(cast)) == 1


def test_it_can_not_end_in_the_past(cast: Cast, ama: Client) -> None:
    ama.post(url(cast), VOEC)
    (row,) = own(cast)
    answer = ama.post(f"{url(cast)}{row.pk}/end/", {"last_day": "2026-06-01"}, follow=True)
    assert "before yesterday" in answer.content.decode()
    assert own(cast)[0].valid_to is None


def test_another_seller_and_ones_own_staff_find_nothing(cast: Cast, ama: Client) -> None:
    ama.post(url(cast), VOEC)
    (row,) = own(cast)
    kofi = make_user("kofi@example.org")
    invite_member(
        business=cast.ama.business, actor=cast.ama.user, email=kofi.email, role=Role.STAFF, now=NOW
    )
    for user in (kofi, cast.linh.user):
        client = Client()
        client.force_login(user)
        assert client.get(url(cast)).status_code == 404
        assert client.post(url(cast), VOEC).status_code == 404
        other = f"/sell/{cast.linh.business.slug}/tax-numbers/{row.pk}/end/"
        assert client.post(other, {"last_day": "2026-11-24"}).status_code == 404
    assert own(cast) == [row]
    assert own(cast)[0].valid_to is None
