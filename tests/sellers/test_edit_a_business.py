"""What a business says of itself: by its people only, pictures drawn anew."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounts.models import AuditEntry
from sellers.models import Business, Membership
from sellers.states import Role
from tests.sellers.conftest import ACCRA, person, signed_in


def picture(kind: str = "JPEG", size: tuple[int, int] = (900, 500)) -> SimpleUploadedFile:
    out = io.BytesIO()
    image = Image.new("RGB", size, "teal")
    exif = image.getexif()
    exif[0x9286] = "taken at home"
    exif[0x0112] = 6  # the camera lay on its side
    image.save(out, kind, exif=exif)
    return SimpleUploadedFile(f"photo.{kind.lower()}", out.getvalue(), f"image/{kind.lower()}")


def filled_in(**changes: Any) -> dict[str, Any]:
    shop = {
        "name": "Kente by Ama",
        "tagline": "Woven in Accra",
        "story": "My grandmother's loom.",
        "tax_number": "",
        "language": "en",
        **changes,
    }
    return ACCRA.as_dict() | {f"shop-{key}": value for key, value in shop.items()}


def url(business: Business) -> str:
    return reverse("sellers:business", args=[business.slug])


def test_words_change_and_leave_a_trace(as_ama: Client, business: Business) -> None:
    assert as_ama.get(url(business)).status_code == 200
    response = as_ama.post(url(business), filled_in(name="Ama Weaves"))
    assert response.status_code == 302
    business.refresh_from_db()
    assert (business.name, business.tagline) == ("Ama Weaves", "Woven in Accra")
    assert business.slug == "kente-by-ama"  # links keep working
    assert business.payee.name == "Ama Weaves"
    written = AuditEntry.objects.get(action="update_business")
    assert (written.before["tagline"], written.after["tagline"]) == ("", "Woven in Accra")
    assert written.after["name"] == "changed"  # what can't be erased holds nothing personal
    assert "address" not in written.after


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_pictures_are_drawn_anew(kind: str, as_ama: Client, business: Business) -> None:
    data = filled_in(logo=picture(kind), banner=picture(kind))
    assert as_ama.post(url(business), data).status_code == 302
    business.refresh_from_db()
    for field, size in ((business.logo, (320, 320)), (business.banner, (1600, 500))):
        with field.open() as file, Image.open(file) as image:
            assert (image.format, image.size) == ("WEBP", size)
            assert not image.getexif()


def test_the_old_picture_goes(
    as_ama: Client, business: Business, django_capture_on_commit_callbacks: Any
) -> None:
    as_ama.post(url(business), filled_in(logo=picture()))
    business.refresh_from_db()
    old = business.logo.name
    with django_capture_on_commit_callbacks(execute=True):
        as_ama.post(url(business), filled_in(logo=picture("PNG")))
    business.refresh_from_db()
    assert business.logo.name != old
    assert not business.logo.storage.exists(old)
    assert business.logo.storage.exists(business.logo.name)


def test_what_is_no_picture_is_refused_and_nothing_changes(
    as_ama: Client, business: Business
) -> None:
    script = SimpleUploadedFile("logo.png", b"<svg onload=alert(1)>", "image/png")
    response = as_ama.post(url(business), filled_in(name="Other", logo=script))
    assert response.status_code == 422
    assert "logo" in response.context["form"].errors
    business.refresh_from_db()
    assert business.name == "Kente by Ama"
    assert not business.logo


def test_a_bomb_is_not_unpacked(as_ama: Client, business: Business) -> None:
    out = io.BytesIO()
    Image.new("1", (8000, 8000)).save(out, "PNG")  # a few kilobytes that unpack to 64 megapixels
    bomb = SimpleUploadedFile("bomb.png", out.getvalue(), "image/png")
    response = as_ama.post(url(business), filled_in(logo=bomb))
    assert response.status_code == 422
    assert "too many pixels" in response.context["form"].errors["logo"][0]


def test_a_business_stays_in_its_country(as_ama: Client, business: Business) -> None:
    abroad = {**filled_in(name="Elsewhere"), "country_code": "TG", "city": "Lomé"}
    response = as_ama.post(url(business), abroad)
    assert response.status_code == 422
    assert "another country" in response.content.decode()
    business.refresh_from_db()
    assert (business.name, business.address["country_code"]) == ("Kente by Ama", "GH")


def test_a_wrong_tax_number(as_ama: Client, business: Business) -> None:
    response = as_ama.post(url(business), filled_in(tax_number="C1"))
    assert response.status_code == 422
    assert "(TIN)" in response.context["form"].errors["tax_number"][0]


def test_nothing_changes_while_a_moderator_looks(as_ama: Client, waiting: Business) -> None:
    response = as_ama.post(url(waiting), filled_in(name="Other"))
    assert response.status_code == 422
    waiting.refresh_from_db()
    assert waiting.name == "Kente by Ama"


def test_strangers_and_staff_find_nothing(
    business: Business, as_linh: Client, client: Client
) -> None:
    kofi = person("kofi@example.com")
    Membership.objects.create(business=business, user=kofi, role=Role.STAFF)
    for somebody in (as_linh, signed_in(kofi)):
        assert somebody.get(url(business)).status_code == 404
        assert somebody.post(url(business), filled_in(name="Mine")).status_code == 404
    assert client.post(url(business), filled_in()).status_code == 302
    business.refresh_from_db()
    assert business.name == "Kente by Ama"
