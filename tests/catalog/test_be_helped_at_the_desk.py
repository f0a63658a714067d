"""The desk helps whoever does not know what to type: examples, codes under a short one, doubts."""

from __future__ import annotations

import html
import re

import pytest
from django.test import Client

from tests.cast import Cast

pytestmark = pytest.mark.django_db

ASKED = {
    "goods": "stoneware mug",
    "sent_from": "GH",
    "to": "SG",
    "value": "250",
    "currency": "GHS",
    "delivery": "125",
    "n": "en",
}


def ask(client: Client, **changes: str) -> str:
    answer = client.get("/desk/", {**ASKED, **changes})
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def test_an_example_leads_to_an_answer(cast: Cast, client: Client) -> None:
    page = client.get("/desk/").content.decode()
    examples = re.findall(r'<a class="chip" href="([^"]+)"', page)
    assert len(examples) == 4
    for example in examples:
        assert 'class="answer"' in client.get(f"/desk/{html.unescape(example)}").content.decode()


def test_words_that_may_mean_a_banned_thing_are_no_yes(cast: Cast, client: Client) -> None:
    page = ask(client, goods="cannabis oil")
    assert "Perhaps not: please check" in page
    assert "Drugs and the plants they come from are not sold here." in page
    assert "Yes, " not in page


def test_under_a_short_code_the_whole_ones_can_be_chosen(cast: Cast, client: Client) -> None:
    page = ask(client, goods="6912")
    assert "The code is short. Which of these is it?" in page
    link = re.search(r'href="(\?[^"]*goods=691200[^"]*)"', page)
    assert link is not None
    chosen = html.unescape(client.get(f"/desk/{link[1]}").content.decode())
    assert '<strong class="num">691200</strong>' in chosen
    assert "The code is short" not in chosen


def test_a_found_code_is_one_tap_from_its_answer(cast: Cast, client: Client) -> None:
    page = client.get("/trade/hs", {"q": "stoneware mug"}).content.decode()
    link = re.search(r'href="(/desk/\?[^"]*code=691200[^"]*)"', page)
    assert link is not None
    form = client.get(html.unescape(link[1])).content.decode()
    assert 'value="stoneware mug"' in form
    assert 'name="code" value="691200"' in form


def test_the_shops_search_box_repeats_only_what_was_searched_there(
    cast: Cast, client: Client
) -> None:
    box = re.compile(r'id="site-search"[^>]*value="([^"]*)"')
    assert box.search(client.get("/search/", {"q": "bowl"}).content.decode())[1] == "bowl"  # type: ignore[index]
    elsewhere = client.get("/desk/destinations/", {"q": "japan"}).content.decode()
    assert box.search(elsewhere)[1] == ""  # type: ignore[index]


def test_what_is_only_read_again_stands_apart_from_what_changes(client: Client) -> None:
    page = client.get("/desk/changes/").content.decode()
    changes, _, rest = page.partition('<details class="disclosure">')
    assert "to be read again" not in changes
    assert "to be read again" in rest
