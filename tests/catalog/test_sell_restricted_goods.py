"""What may not, or not simply, be sent: a seller sees it while listing, a moderator in the queue."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from catalog.models import Listing
from catalog.rules.publishing import Missing
from catalog.selectors.hindrances import barred_listing, hindrances_of_listing
from catalog.selectors.publishing import listing_missing
from catalog.services.editing import BarredError, NotReadyError, submit_listing, update_listing
from catalog.services.review import approve_listing
from catalog.states import ListingState
from tests.cast import NOW, Cast

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


@pytest.fixture
def ama(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.ama.user)
    return client


@pytest.fixture
def mira(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.mira)
    return client


def editor(cast: Cast) -> str:
    return f"/sell/{cast.ama.business.slug}/listings/{cast.ama.listing.pk}/"


def page(ama: Client, cast: Cast) -> str:
    return ama.get(editor(cast)).content.decode()


def fields(listing: Listing, **changes: str) -> dict[str, str]:
    return {
        "title": listing.title,
        "category": str(listing.category_id),
        "description": listing.description,
        "hs_code": listing.hs_code,
        "origin_country": "GH",
        "customs_description": listing.customs_description,
        "delivery_profile": str(listing.delivery_profile_id),
        "battery": "",
        "watt_hours": "",
        "un_number": "",
        "permit_text": "",
        **changes,
    }


def write(ama: Client, cast: Cast, **changes: str) -> tuple[int, str]:
    listing = Listing.objects.get(pk=cast.ama.listing.pk)
    response = ama.post(editor(cast), fields(listing, **changes))
    return response.status_code, response.content.decode()


def as_draft(cast: Cast) -> Listing:
    Listing.objects.filter(pk=cast.ama.listing.pk).update(state=ListingState.DRAFT)
    return Listing.objects.get(pk=cast.ama.listing.pk)


def test_the_editor_says_where_the_goods_cant_be_sent(ama: Client, cast: Cast) -> None:
    update_listing(
        listing=cast.ama.listing,
        now=NOW,
        hs_code="040690",
        customs_description="Hard goat cheese, aged",
    )
    text = page(ama, cast)
    assert "Where it may not be sent, or only with conditions" in text
    assert "the European Union" in text
    assert "Food of animal origin may only enter with a veterinary certificate" in text
    assert "Belarus, Iran, North Korea, Russia" in text
    preview = ama.get(f"{editor(cast)}preview/").content.decode()
    assert "the European Union" in preview


def test_ordinary_goods_meet_only_embargoes(cast: Cast) -> None:
    update_listing(
        listing=cast.ama.listing, now=NOW, hs_code="691200", customs_description="Stoneware mug"
    )
    rows = hindrances_of_listing(listing=cast.ama.listing, on=TODAY)
    assert [row.outcome for row in rows if "anctions" not in row.text] == ["warn"]
    assert cast.ama.listing.restriction_flags == []


def test_questions_are_open_only_where_they_matter(ama: Client, cast: Cast) -> None:
    # Three questions: lower duty, batteries and dangerous goods, permits.
    closed = '<details class="disclosure" >'
    assert page(ama, cast).count(closed) == 3
    update_listing(listing=cast.ama.listing, now=NOW, hs_code="851821")
    assert page(ama, cast).count(closed) == 2
    update_listing(listing=cast.ama.listing, now=NOW, hs_code="970690")
    assert page(ama, cast).count(closed) == 2


def test_battery_and_un_number_are_kept(ama: Client, cast: Cast) -> None:
    status, _ = write(
        ama, cast, hs_code="851821", battery="inside", watt_hours="18.5", un_number="UN 3481"
    )
    assert status == 302
    listing = Listing.objects.get(pk=cast.ama.listing.pk)
    assert (listing.battery, listing.un_number) == ("inside", "3481")
    assert listing.watt_hours == Decimal("18.50")
    assert 'value="inside" selected' in page(ama, cast)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"un_number": "126"}, "A UN number has four digits"),
        ({"un_number": "9999"}, "We don&#x27;t know UN 9999"),
        ({"watt_hours": "20"}, "Say where this battery is."),
        ({"watt_hours": "-1", "battery": "inside"}, "greater than or equal to"),
        ({"battery": "somewhere"}, "Select a valid choice"),
        ({"permit_held": "on"}, "Say which permit you hold."),
    ],
)
def test_what_cant_be_is_said_beside_the_field(
    ama: Client, cast: Cast, typed: dict[str, str], says: str
) -> None:
    before = Listing.objects.values().get(pk=cast.ama.listing.pk)
    status, text = write(ama, cast, title="Another title", **typed)
    assert status == 422
    assert says in text
    assert "Another title" in text
    assert Listing.objects.values().get(pk=cast.ama.listing.pk) == before


def test_goods_that_hold_a_battery_must_say_where(cast: Cast) -> None:
    listing = as_draft(cast)
    update_listing(
        listing=listing,
        now=NOW,
        hs_code="851821",
        customs_description="Wireless loudspeaker of wood",
    )
    assert listing_missing(listing=listing) == [Missing.BATTERY]
    with pytest.raises(NotReadyError):
        submit_listing(listing=listing, now=NOW)
    update_listing(listing=listing, now=NOW, battery="inside")
    assert listing_missing(listing=listing) == []


@pytest.mark.parametrize("words", ["gift", "Geschenk", "ropa", "プレゼント", "هدايا", "toys"])
def test_customs_refuse_vague_words_in_any_language(ama: Client, cast: Cast, words: str) -> None:
    status, text = write(ama, cast, customs_description=words)
    assert status == 422
    assert "Say what it is, of what and for what" in text
    assert Listing.objects.get(pk=cast.ama.listing.pk).customs_description != words


class TestBarred:
    def test_what_may_be_sold_nowhere_is_not_reviewed(self, cast: Cast) -> None:
        listing = as_draft(cast)
        update_listing(
            listing=listing, now=NOW, hs_code="960110", customs_description="Carved elephant tusk"
        )
        barred = barred_listing(listing=listing, on=TODAY)
        assert barred is not None
        assert barred.code == "ivory"
        assert listing_missing(listing=listing) == [Missing.FORBIDDEN]
        with pytest.raises(NotReadyError):
            submit_listing(listing=listing, now=NOW)

    def test_nor_does_it_go_live(self, cast: Cast, mira: Client) -> None:
        listing = as_draft(cast)
        Listing.objects.filter(pk=listing.pk).update(
            state=ListingState.IN_REVIEW, hs_code="960110", live_at=None
        )
        listing.refresh_from_db()
        with pytest.raises(BarredError):
            approve_listing(listing=listing, actor=cast.mira, now=NOW)
        seen = mira.get(f"/admin/catalog/listing/{listing.pk}/change/").content.decode()
        assert f"/admin/catalog/listing/{listing.pk}/reject/" in seen
        assert f"/admin/catalog/listing/{listing.pk}/approve/" not in seen
        mira.post(f"/admin/catalog/listing/{listing.pk}/approve/", {"reason": ""})
        listing.refresh_from_db()
        assert listing.state == ListingState.IN_REVIEW

    def test_nor_gets_into_a_live_listing(self, ama: Client, cast: Cast) -> None:
        status, text = write(ama, cast, hs_code="930630", customs_description="Rifle cartridges")
        assert status == 404 or status == 422
        assert "not sold here" in text or "We don&#x27;t know this code" in text
        assert Listing.objects.get(pk=cast.ama.listing.pk).hs_code != "930630"

    def test_within_the_country_may_be_enough(self, cast: Cast) -> None:
        """Swords need a permit abroad; lighters can't be sent abroad, but are sold at home."""
        update_listing(
            listing=cast.ama.listing, now=NOW, hs_code="961320", customs_description="Gas lighter"
        )
        assert barred_listing(listing=cast.ama.listing, on=TODAY) is None


class TestQueue:
    def test_hits_are_flagged(self, cast: Cast) -> None:
        listing = cast.ama.listing

        def flags(hs_code: str, words: str, title: str = "Something") -> list[str]:
            update_listing(
                listing=listing, now=NOW, hs_code=hs_code, customs_description=words, title=title
            )
            listing.refresh_from_db()
            return listing.restriction_flags

        assert flags("691200", "Stoneware mug") == []
        assert flags("330300", "Rose perfume, 30 ml") == ["carrier-only"]
        assert flags("040690", "Hard goat cheese") == ["block", "licence"]
        assert flags("420221", "Leather handbag", "Bag, Gucci style") == ["words"]
        # Food notices and product marks are the seller's to know, not the moderator's.
        assert flags("090121", "Roasted coffee beans") == []

    def test_moderators_filter_and_read_the_reasons(self, cast: Cast, mira: Client) -> None:
        listing = cast.ama.listing
        update_listing(
            listing=listing, now=NOW, hs_code="330300", customs_description="Rose perfume, 30 ml"
        )
        address = "/admin/catalog/listing/"
        other = cast.linh.listing.title

        def listed(choice: str) -> str:
            return mira.get(address, {"restriction": choice}).content.decode()

        assert listing.title in listed("any")
        assert other not in listed("any")
        assert listing.title in listed("carrier-only")
        assert listing.title not in listed("licence")
        assert listing.title not in listed("none")
        assert other in listed("none")
        seen = mira.get(f"{address}{listing.pk}/change/").content.decode()
        assert "refused by most post" in seen
        assert "Not by ordinary post" in seen


def test_the_database_knows_what_a_battery_is(cast: Cast) -> None:
    one = Listing.objects.filter(pk=cast.ama.listing.pk)
    for bad in ({"battery": "perhaps"}, {"un_number": "12"}, {"permit_held": True}):
        with pytest.raises(IntegrityError), transaction.atomic():
            one.update(**bad)
