"""The address form: the fields of each country, with and without scripts."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.forms import PostalAddressForm
from common.countries import COUNTRY_CODES
from common.postal import clean_address
from tests.common.test_postal import plausible


@pytest.mark.parametrize("country", COUNTRY_CODES)
def test_every_country_renders_and_takes_an_address(country: str) -> None:
    address = plausible(country)
    empty = PostalAddressForm(country=country)
    # With an e-mail address a checkout shows at most eight fields.
    assert 1 + 1 + len(empty.main_fields) <= 8
    assert all(str(field) for field in [*empty.main_fields, *empty.extra_fields])
    form = PostalAddressForm(address.as_dict())
    assert form.is_valid(), form.errors
    assert form.address == clean_address(address)


def test_labels_and_keyboards_follow_the_country() -> None:
    american, indian = PostalAddressForm(country="US"), PostalAddressForm(country="IN")
    assert american["postal_code"].label == "ZIP code"
    assert indian["postal_code"].label == "PIN code"
    assert PostalAddressForm(country="JP")["country_area"].label == "Prefecture"
    assert 'inputmode="numeric"' in str(american["postal_code"])
    assert 'inputmode="numeric"' not in str(PostalAddressForm(country="GB")["postal_code"])
    assert 'autocomplete="shipping postal-code"' in str(american["postal_code"])
    assert '<option value="CA">California</option>' in str(american["country_area"])
    assert "postal_code" not in PostalAddressForm(country="GH").fields


def test_errors_stand_beside_their_fields() -> None:
    form = PostalAddressForm({"country_code": "US", "name": "Jordan", "postal_code": "1"})
    assert not form.is_valid()
    assert set(form.errors) == {"street_address", "city", "country_area", "postal_code"}
    assert "an example is" in form.errors["postal_code"][0]
    with pytest.raises(ValueError, match="not valid"):
        _ = form.address


def test_areas_may_come_by_name_as_browsers_fill_them_in() -> None:
    data = plausible("US").as_dict() | {"country_area": "california", "postal_code": "90210"}
    form = PostalAddressForm(data)
    assert form.is_valid(), form.errors
    assert form.address.country_area == "CA"


def test_another_country_draws_other_fields_and_keeps_what_was_typed(
    client: Client, db: None
) -> None:
    response = client.post(
        f"{reverse('accounts:address_fields')}?section=shipping&prefix=to",
        {"to-country_code": "JP", "to-name": "Haruka <b>", "email": "x@example.com"},
    )
    page = response.content.decode()
    assert response.status_code == 200
    assert "Prefecture" in page
    assert 'name="to-country_area"' in page
    assert "Haruka &lt;b&gt;" in page
    assert "prefix=to" in page
    assert "field__error" not in page
    assert "x@example.com" not in page


def test_the_fragment_takes_no_other_section(client: Client, db: None) -> None:
    url = f"{reverse('accounts:address_fields')}?section=%22onload"
    assert client.post(url, {"country_code": "JP"}).status_code == 404


def test_without_scripts_a_button_draws_the_fields(as_lucie: Client) -> None:
    page = as_lucie.get(reverse("accounts:address_new")).content.decode()
    assert 'name="change_country"' in page
    response = as_lucie.post(
        reverse("accounts:address_new"),
        {"country_code": "US", "name": "Lucie", "change_country": "1"},
    )
    assert response.status_code == 200
    assert "ZIP code" in response.content.decode()
    assert 'value="Lucie"' in response.content.decode()
