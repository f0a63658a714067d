"""The address book: one's own only."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Address, User
from accounts.selectors import default_address, list_addresses
from accounts.services import ADDRESSES_KEPT, TooManyAddressesError, save_address
from common.addresses import PostalAddress

LYON = PostalAddress(
    country_code="FR",
    name="Lucie Martin",
    street_address="12 rue Mercière",
    city="LYON",
    postal_code="69002",
)
PARIS = PostalAddress(
    country_code="FR",
    name="Lucie Martin",
    street_address="1 rue de Rivoli",
    city="PARIS",
    postal_code="75001",
)


def test_the_first_is_the_default_and_the_same_is_kept_once(lucie: User) -> None:
    first = save_address(user=lucie, address=LYON)
    again = save_address(user=lucie, address=LYON)
    save_address(user=lucie, address=PARIS)
    assert again.pk == first.pk
    assert [row.is_default for row in list_addresses(user_id=lucie.pk)] == [True, False]
    assert default_address(user_id=lucie.pk) == LYON


def test_another_becomes_the_default(lucie: User) -> None:
    save_address(user=lucie, address=LYON)
    save_address(user=lucie, address=PARIS, is_default=True)
    assert default_address(user_id=lucie.pk) == PARIS
    assert Address.objects.filter(user=lucie, is_default=True).count() == 1


def test_a_book_is_not_endless(lucie: User) -> None:
    for number in range(ADDRESSES_KEPT):
        address = PostalAddress(**{**LYON.as_dict(), "street_address": f"{number} rue Mercière"})
        save_address(user=lucie, address=address)
    with pytest.raises(TooManyAddressesError):
        save_address(user=lucie, address=PARIS)
    assert Address.objects.filter(user=lucie).count() == ADDRESSES_KEPT


def test_adding_by_the_page(as_lucie: Client, lucie: User) -> None:
    response = as_lucie.post(reverse("accounts:address_new"), LYON.as_dict())
    assert response.headers["Location"] == reverse("accounts:addresses")
    page = as_lucie.get(reverse("accounts:addresses")).content.decode()
    assert "69002 LYON" in page
    assert default_address(user_id=lucie.pk) == LYON


def test_an_incomplete_address_is_not_kept(as_lucie: Client, lucie: User) -> None:
    response = as_lucie.post(reverse("accounts:address_new"), LYON.as_dict() | {"postal_code": ""})
    assert response.status_code == 422
    assert "Please fill this in." in response.content.decode()
    assert not Address.objects.filter(user=lucie).exists()


def test_changing_and_removing(as_lucie: Client, lucie: User) -> None:
    kept = save_address(user=lucie, address=LYON)
    other = save_address(user=lucie, address=PARIS)
    url = reverse("accounts:address", args=[kept.pk])
    assert "12 rue Mercière" in as_lucie.get(url).content.decode()
    as_lucie.post(url, LYON.as_dict() | {"street_address": "14 rue Mercière"})
    kept.refresh_from_db()
    assert kept.data["street_address"] == "14 rue Mercière"
    as_lucie.post(reverse("accounts:address_remove", args=[kept.pk]))
    assert list(Address.objects.filter(user=lucie)) == [other]
    other.refresh_from_db()
    assert other.is_default


def test_a_stranger_finds_nothing_and_changes_nothing(as_haruka: Client, lucie: User) -> None:
    kept = save_address(user=lucie, address=LYON)
    change = reverse("accounts:address", args=[kept.pk])
    remove = reverse("accounts:address_remove", args=[kept.pk])
    assert as_haruka.get(change).status_code == 404
    assert as_haruka.post(change, PARIS.as_dict()).status_code == 404
    assert as_haruka.post(remove).status_code == 404
    kept.refresh_from_db()
    assert kept.data == LYON.as_dict()


@pytest.mark.parametrize("name", ["accounts:profile", "accounts:addresses", "accounts:address_new"])
def test_guests_are_asked_to_sign_in(name: str, client: Client, db: None) -> None:
    response = client.get(reverse(name))
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/account/login/?next=")


def test_a_name_is_saved(as_lucie: Client, lucie: User) -> None:
    as_lucie.post(reverse("accounts:profile"), {"name": " Lucie Martin "})
    lucie.refresh_from_db()
    assert lucie.name == "Lucie Martin"
