"""A shopper searches: by words, stems, materials, makers, and with typing mistakes."""

from __future__ import annotations

from django.test import Client

from catalog.models import Category
from catalog.services.editing import update_listing
from sellers.models import Business
from tests.cast import NOW, Cast


def found(client: Client, words: str) -> list[str]:
    page = client.get("/search/", {"q": words})
    assert page.status_code == 200
    return [card.title for card in page.context["listings"]]


WORDS = [
    ("bowl", "Lacquer bowl"),
    ("BOWLS", "Lacquer bowl"),  # the English stem
    ("lacquer bowl", "Lacquer bowl"),
    ("ama weaves", "Bolga basket"),  # the maker
    ("papér", "Marbled paper"),  # accents do not matter
    ('"marbled paper"', "Marbled paper"),
]


def test_words(cast: Cast, client: Client) -> None:
    assert [(words, title) for words, title in WORDS if title not in found(client, words)] == []


def test_the_title_weighs_more_than_the_story(cast: Cast, client: Client) -> None:
    update_listing(
        listing=cast.ama.listing, description="Looks well beside a lacquer bowl.", now=NOW
    )
    assert found(client, "lacquer bowl") == ["Lacquer bowl", "Bolga basket"]


def test_a_minus_leaves_out(cast: Cast, client: Client) -> None:
    assert found(client, "workshop -bowl") != found(client, "workshop")
    assert "Lacquer bowl" not in found(client, "workshop -bowl")


def test_typing_mistakes_find_what_comes_near(cast: Cast, client: Client) -> None:
    best = {"lacqer bwl": "Lacquer bowl", "bolgga baskt": "Bolga basket", "papper": "Marbled paper"}
    for words, title in best.items():
        page = client.get("/search/", {"q": words})
        assert page.context["page"].fuzzy
        assert page.context["listings"][0].title == title
        assert "Did you mean" in page.content.decode()


def test_two_letters_the_wrong_way_round_are_put_right(cast: Cast, client: Client) -> None:
    best = {"obwl": "Lacquer bowl", "lacquer bolw": "Lacquer bowl", "marlbed": "Marbled paper"}
    for words, title in best.items():
        page = client.get("/search/", {"q": words})
        assert page.context["page"].fuzzy
        assert page.context["listings"][0].title == title


def test_nothing_found(cast: Cast, client: Client) -> None:
    page = client.get("/search/", {"q": "zzzz qqqq"})
    assert not page.context["listings"]
    assert "Nothing found" in page.content.decode()


def test_no_word_breaks_the_page(cast: Cast, client: Client) -> None:
    hostile = ["'", '"', "a & | !", "%", "<script>alert(1)</script>", "x" * 5000, " "]
    pages = [client.get("/search/", {"q": words}) for words in hostile]
    assert [page.status_code for page in pages] == [200] * len(hostile)
    assert not any("<script>alert" in page.content.decode() for page in pages)
    # A NUL is no word in any language: every address refuses it, kindly.
    assert client.get("/search/", {"q": "\x00bowl"}).status_code == 400


def test_other_languages_are_found_as_written(cast: Cast, client: Client) -> None:
    update_listing(listing=cast.linh.listing, title="Bát sơn mài đỏ", now=NOW)
    assert found(client, "sơn mài") == ["Bát sơn mài đỏ"]
    assert found(client, "son mai") == ["Bát sơn mài đỏ"]


def test_a_renamed_shop_and_shelf_are_found_by_the_new_name(cast: Cast, client: Client) -> None:
    Business.objects.filter(pk=cast.ama.business.pk).update(name="Kente Corner")
    assert found(client, "kente") == ["Bolga basket"]
    Category.objects.filter(path="home/baskets").update(name="Wickerwork")
    assert len(found(client, "wickerwork")) == 3
