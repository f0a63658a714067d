"""Search engines find what everybody may see, and nothing else."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from django.conf import settings
from django.test import Client

from catalog.services.editing import pause_listing
from tests.cast import NOW, Cast

SPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def addresses(client: Client, path: str) -> list[str]:
    answer = client.get(path)
    assert answer.status_code == 200
    body = answer.getvalue()
    found = [node.text or "" for node in ET.fromstring(body).iter(f"{SPACE}loc")]
    return [address.removeprefix(settings.SITE_URL) for address in found]


def test_the_sitemap_leads_to_every_public_page(cast: Cast, client: Client) -> None:
    pause_listing(listing=cast.linh.listing, now=NOW)
    pages = [page for part in addresses(client, "/sitemap.xml") for page in addresses(client, part)]
    assert "/" in pages
    assert "/c/home/baskets/" in pages
    assert f"/shops/{cast.ama.business.slug}/" in pages
    assert f"/l/{cast.ama.listing.pk}/{cast.ama.listing.slug}/" in pages
    assert not any(str(cast.linh.listing.pk) in page for page in pages)
    assert {client.get(page).status_code for page in pages} == {200}


def test_parts_that_do_not_exist(cast: Cast, client: Client) -> None:
    assert client.get("/sitemap-listings-2.xml").status_code == 404
    assert client.get("/sitemap-listings-0.xml").status_code == 404


def test_robots_keep_out_of_private_pages(db: None, client: Client) -> None:
    text = client.get("/robots.txt").content.decode()
    assert "Disallow: /checkout/" in text
    assert f"Sitemap: {settings.SITE_URL}/sitemap.xml" in text
