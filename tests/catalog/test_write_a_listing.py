"""A seller writes a listing: words, papers, photos, prices; and sees what buyers will pay."""

from __future__ import annotations

import io
import uuid

import pytest
from django.test import Client
from PIL import Image

from accounts.models import AuditEntry
from catalog.models import Listing, ListingImage, Stock, Variant
from catalog.rules.publishing import Missing, combinations, is_plain_description
from catalog.selectors.publishing import listing_missing
from catalog.services.editing import VariantInput, set_variants
from catalog.states import ListingState
from common.money import Money
from notifications.models import Notice
from tests.cast import NOW, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def ama(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.ama.user)
    return client


def at(cast: Cast, listing: Listing | None = None, what: str = "") -> str:
    base = f"/sell/{cast.ama.business.slug}/listings/"
    return f"{base}{listing.pk}/{what}" if listing else base


def draft(ama: Client, cast: Cast, title: str = "Fugu smock") -> Listing:
    category = cast.ama.listing.category_id
    response = ama.post(f"{at(cast)}new/", {"title": title, "category": category})
    assert response.status_code == 302
    return Listing.objects.get(title=title)


def picture(size: tuple[int, int] = (900, 600), form: str = "JPEG", **extra: bytes) -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", size, "#803020").save(file, form, **extra)
    file.seek(0)
    file.name = f"photo.{form.lower()}"
    return file


WORDS = {
    "description": "Woven in strips on a narrow loom and sewn together by hand in Tamale.",
    "materials": "Cotton",
    "hs_code": "6211.43",
    "origin_country": "GH",
    "customs_description": "Woven cotton smock",
}


def write(ama: Client, cast: Cast, listing: Listing, **changes: str) -> int:
    profile = listing.delivery_profile_id
    fields = {
        "title": listing.title,
        "category": listing.category_id,
        "delivery_profile": profile or "",
        **WORDS,
        **changes,
    }
    return ama.post(at(cast, listing), fields).status_code


def test_from_an_idea_to_the_shelf(ama: Client, cast: Cast) -> None:
    listing = draft(ama, cast)
    assert (listing.state, listing.currency) == (ListingState.DRAFT, "GHS")
    assert write(ama, cast, listing, hs_code="611030") == 302
    added = ama.post(at(cast, listing, "photos/"), {"photo": picture(), "alt": "A striped smock"})
    assert added.status_code == 302
    options = {"name_1": "Colour", "values_1": "Blue, White", "name_2": "Size", "values_2": "M,L"}
    laid_out = ama.get(at(cast, listing, "variants/"), options).content.decode()
    for label in ("Blue · M", "Blue · L", "White · M", "White · L"):
        assert label in laid_out
    rows = {
        f"v{n}-{name}": value
        for n in range(4)
        for name, value in (
            ("price", f"{240 + n}.50"),
            ("available", str(n + 1)),
            ("seen", "0"),
            ("weight_g", "450"),
        )
    }
    saved = ama.post(at(cast, listing, "variants/"), {**options, **rows})
    assert saved.status_code == 302, saved.content.decode()
    listing.refresh_from_db()
    assert listing.from_amount == 24050
    assert listing.in_stock
    stock = Stock.objects.filter(variant__listing=listing)
    assert sorted(stock.values_list("available", flat=True)) == [1, 2, 3, 4]
    assert listing_missing(listing=listing) == []
    ama.post(at(cast, listing, "state/"), {"do": "submit"})
    listing.refresh_from_db()
    assert listing.state == ListingState.IN_REVIEW
    assert Client().get(f"/l/{listing.pk}/{listing.slug}/").status_code == 404
    mira = Client()
    mira.force_login(cast.mira)
    decided = mira.post(f"/admin/catalog/listing/{listing.pk}/approve/", {"reason": ""})
    assert decided.status_code == 302
    assert Client().get(f"/l/{listing.pk}/{listing.slug}/").status_code == 200


def test_the_preview_says_what_is_paid_and_what_is_got(ama: Client, cast: Cast) -> None:
    page = ama.get(at(cast, cast.ama.listing, "preview/"), {"to": ["FR", "JP", "KW"]})
    shown = page.content.decode()
    for words in ("France", "Japan", "Kuwait", "EU flat duty"):
        assert words in shown, words
    # 250.00 + 125.00 - 6 % of 250.00, whatever the destination.
    assert shown.count("GHS\xa0360.00") == 3
    # The rulebook has no rows for Kuwait: the page says so and shows no zero.
    assert "not known yet" in shown


def test_what_is_missing_is_listed_and_review_refused(ama: Client, cast: Cast) -> None:
    listing = draft(ama, cast)
    page = ama.get(at(cast, listing)).content.decode()
    assert "At least one photo" in page
    ama.post(at(cast, listing, "state/"), {"do": "submit"})
    listing.refresh_from_db()
    assert listing.state == ListingState.DRAFT
    assert Missing.PHOTO in listing_missing(listing=listing)


@pytest.mark.parametrize("vague", ["gift", "Gifts", "sample.", "ACCESSORIES", "abc"])
def test_customs_wants_plain_words(ama: Client, cast: Cast, vague: str) -> None:
    listing = draft(ama, cast)
    assert write(ama, cast, listing, customs_description=vague, hs_code="611030") == 422
    listing.refresh_from_db()
    assert listing.customs_description == ""
    assert not is_plain_description(vague)


@pytest.mark.parametrize("code", ["12345", "000000", "shirt", "61103x"])
def test_a_code_that_does_not_exist_is_refused(ama: Client, cast: Cast, code: str) -> None:
    listing = draft(ama, cast)
    assert write(ama, cast, listing, hs_code=code) == 422
    listing.refresh_from_db()
    assert (listing.hs_code, listing.description) == ("", "")


def test_a_code_is_found_by_words_without_losing_what_was_typed(ama: Client, cast: Cast) -> None:
    listing = draft(ama, cast)
    fields = {**WORDS, "title": "Half written", "hs_words": "basket straw", "do": "find"}
    page = ama.post(at(cast, listing), fields).content.decode()
    assert "460219" in page
    assert "Half written" in page
    listing.refresh_from_db()
    assert listing.title == "Fugu smock"
    found = ama.get(f"{at(cast)}hs/", {"hs_words": "wollen scarf"}).content.decode()
    assert "6214" in found or "6117" in found


def test_a_photo_loses_everything_but_the_picture(ama: Client, cast: Cast) -> None:
    listing = draft(ama, cast)
    exif = Image.Exif()
    exif[0x010F] = "SecretCam"
    exif[0x0112] = 6  # the camera was held on its side
    ama.post(at(cast, listing, "photos/"), {"photo": picture(exif=exif.tobytes())})
    image = ListingImage.objects.get(listing=listing)
    with Image.open(image.large) as drawn:
        assert drawn.format == "WEBP"
        assert drawn.size == (600, 900)
        assert not drawn.getexif()
    assert b"SecretCam" not in image.large.storage.open(image.large.name).read()
    with Image.open(image.small) as small:
        assert max(small.size) == 400


@pytest.mark.parametrize("data", [b"<svg/>", b"", b"\x89PNG\r\n\x1a\nnonsense", b"GIF89a...."])
def test_what_is_no_picture_is_refused(ama: Client, cast: Cast, data: bytes) -> None:
    listing = draft(ama, cast)
    file = io.BytesIO(data)
    file.name = "x.jpg"
    response = ama.post(at(cast, listing, "photos/"), {"photo": file, "alt": "kept"})
    assert response.status_code == 422
    assert 'value="kept"' in response.content.decode()
    assert not ListingImage.objects.filter(listing=listing).exists()


def test_photos_are_ordered_described_and_removed(ama: Client, cast: Cast) -> None:
    listing = draft(ama, cast)
    for name in ("one", "two"):
        ama.post(at(cast, listing, "photos/"), {"photo": picture(), "alt": name})
    first, second = listing.images.all()
    ama.post(at(cast, listing, f"photos/{second.pk}/"), {"do": "earlier"})
    assert [image.alt for image in listing.images.all()] == ["two", "one"]
    ama.post(at(cast, listing, f"photos/{first.pk}/"), {"do": "describe", "alt": "first"})
    ama.post(at(cast, listing, f"photos/{second.pk}/"), {"do": "remove"})
    assert [image.alt for image in listing.images.all()] == ["first"]


def test_units_sold_while_the_seller_types_stay_sold(ama: Client, cast: Cast) -> None:
    variant = cast.ama.variant
    Stock.objects.filter(variant=variant).update(available=7)  # three were sold meanwhile
    fields = {
        "v0-price": "250",
        "v0-available": "12",
        "v0-seen": "10",
        "v0-weight_g": "900",
    }
    ama.post(at(cast, cast.ama.listing, "variants/"), fields)
    assert Stock.objects.get(variant=variant).available == 9
    ama.post(at(cast, cast.ama.listing, "variants/"), {**fields, "v0-available": "0"})
    assert Stock.objects.get(variant=variant).available == 9


@pytest.mark.parametrize("price", ["", "0", "-1", "abc", "1.234"])
def test_a_bad_price_is_said_beside_it_and_nothing_changes(
    ama: Client, cast: Cast, price: str
) -> None:
    fields = {"v0-price": price, "v0-available": "3", "v0-seen": "10", "v0-weight_g": "900"}
    response = ama.post(at(cast, cast.ama.listing, "variants/"), fields)
    assert response.status_code == 422
    assert "field__error" in response.content.decode()
    assert Stock.objects.get(variant=cast.ama.variant).available == 10
    assert cast.ama.variant.prices.get().amount == 25000


def test_a_draft_is_kept_with_half_of_its_prices_and_in_the_sellers_order(
    ama: Client, cast: Cast
) -> None:
    listing = draft(ama, cast)
    page = at(cast, listing, "variants/")
    # "Size" is the shorter name, which the database would put first.
    options = {"name_1": "Colour", "values_1": "Blue,White", "name_2": "Size", "values_2": "M,L"}
    laid_out = ama.get(page, {**options, "all_price": "80", "all_stock": "3", "all_weight": "250"})
    assert laid_out.content.decode().count('value="80"') == 5  # the box above and four rows
    rows = {
        f"v{n}-{what}": value
        for n in range(4)
        for what, value in (("price", "80" if n else ""), ("available", "3"), ("weight_g", "250"))
    }
    assert ama.post(page, {**options, **rows}).status_code == 302
    assert [v.options for v in listing.variants.order_by("position")][1] == {
        "Colour": "Blue",
        "Size": "L",
    }
    assert sorted(v.prices.count() for v in listing.variants.all()) == [0, 1, 1, 1]
    assert Missing.VARIANT in listing_missing(listing=listing)
    again = ama.get(page).content.decode()
    assert 'name="name_1" value="Colour"' in again
    assert "Blue · M" in again


def test_what_buyers_see_keeps_its_price(ama: Client, cast: Cast) -> None:
    listing = cast.ama.listing
    page = at(cast, listing, "variants/")
    response = ama.post(page, {"v0-price": "", "v0-available": "10", "v0-weight_g": "900"})
    assert response.status_code == 422
    assert "enter a price" in response.content.decode()
    assert cast.ama.variant.prices.get().amount == 25000
    with pytest.raises(ValueError, match="price"):
        set_variants(listing=listing, rows=[VariantInput(None)], now=NOW)
    assert cast.ama.variant.prices.get().amount == 25000


@pytest.mark.parametrize(
    "odd", [{"v0-seen": "-99999999999"}, {"v0-length_mm": "99999999999"}, {"v0-price": "9" * 20}]
)
def test_absurd_numbers_are_refused_in_words(ama: Client, cast: Cast, odd: dict[str, str]) -> None:
    row = {"v0-price": "250", "v0-available": "10", "v0-seen": "10", "v0-weight_g": "900"}
    assert ama.post(at(cast, cast.ama.listing, "variants/"), {**row, **odd}).status_code == 422
    assert Stock.objects.get(variant=cast.ama.variant).available == 10


def test_a_code_chosen_stays_chosen_when_another_answer_is_refused(ama: Client, cast: Cast) -> None:
    listing = draft(ama, cast)
    answers = {**WORDS, "hs_code": "", "hs_choice": "621143", "customs_description": "gift"}
    refused = ama.post(
        at(cast, listing), {"title": listing.title, "category": listing.category_id, **answers}
    )
    assert refused.status_code == 422
    assert 'name="hs_code" value="621143"' in refused.content.decode()


def test_a_variant_without_a_row_is_switched_off_and_comes_back(cast: Cast) -> None:
    listing, variant = cast.ama.listing, cast.ama.variant
    price = Money(100, "GHS")
    set_variants(listing=listing, rows=[VariantInput(price, {"Size": "L"}, 2)], now=NOW)
    assert on_shelf(listing) == [{"Size": "L"}]
    set_variants(listing=listing, rows=[VariantInput(price, {}, 1)], now=NOW)
    assert on_shelf(listing) == [{}]
    assert Stock.objects.get(variant=variant).available == 11
    assert Variant.objects.filter(listing=listing).count() == 2


def on_shelf(listing: Listing) -> list[dict[str, str]]:
    active = Variant.objects.filter(listing=listing, is_active=True)
    return [variant.options for variant in active]


def test_strangers_find_nothing_and_change_nothing(cast: Cast) -> None:
    listing = cast.ama.listing
    linh = Client()
    linh.force_login(cast.linh.user)
    own = f"/sell/{cast.linh.business.slug}/listings/{listing.pk}/"
    for base in (at(cast, listing), own):
        for what in ("", "photos/", "variants/", "preview/"):
            assert linh.get(base + what).status_code == 404, base + what
        assert linh.post(base, {"title": "Mine"}).status_code == 404
        assert linh.post(f"{base}state/", {"do": "pause"}).status_code == 404
        assert linh.post(f"{base}photos/", {"photo": picture()}).status_code == 404
    listing.refresh_from_db()
    assert (listing.title, listing.state) == ("Bolga basket", ListingState.LIVE)
    assert ListingImage.objects.filter(listing=listing).count() == 1


def test_pausing_hides_it_and_resuming_shows_it(ama: Client, cast: Cast) -> None:
    listing = cast.ama.listing
    url = f"/l/{listing.pk}/{listing.slug}/"
    ama.post(at(cast, listing, "state/"), {"do": "pause"})
    assert Client().get(url).status_code == 404
    ama.post(at(cast, listing, "state/"), {"do": "resume"})
    assert Client().get(url).status_code == 200
    assert ama.post(at(cast, listing, "state/"), {"do": "approve"}).status_code == 404


def test_a_moderator_takes_it_down_with_a_reason(cast: Cast) -> None:
    listing = cast.ama.listing
    mira = Client()
    mira.force_login(cast.mira)
    url = f"/admin/catalog/listing/{listing.pk}/remove/"
    assert mira.post(url, {"reason": " "}).status_code == 422
    listing.refresh_from_db()
    assert listing.state == ListingState.LIVE
    mira.post(url, {"reason": "The photo is not yours."})
    listing.refresh_from_db()
    assert (listing.state, listing.review_reason) == (
        ListingState.REMOVED,
        "The photo is not yours.",
    )
    entry = AuditEntry.objects.get(action="listing.removed")
    assert (entry.actor, entry.reason) == (cast.mira, "The photo is not yours.")
    told = Notice.objects.get(kind="listing_removed")
    assert told.recipient == cast.ama.user
    assert "The photo is not yours." in told.text
    assert Client().get(f"/l/{listing.pk}/{listing.slug}/").status_code == 404


def test_an_address_that_is_no_listing(ama: Client, cast: Cast) -> None:
    assert ama.get(f"{at(cast)}{uuid.uuid4()}/").status_code == 404


def test_choices_make_every_combination_once() -> None:
    made = combinations([("Colour", ["Red", "Blue"]), ("Size", ["S", "M", "L"])])
    assert len(made) == 6
    assert made[0] == {"Colour": "Red", "Size": "S"}
    assert len({tuple(row.items()) for row in made}) == 6
    assert combinations([]) == [{}]
