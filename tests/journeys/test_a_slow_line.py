"""What the first page weighs on the wire."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.market import Market

pytestmark = [pytest.mark.browser, pytest.mark.worker]


def test_the_home_page_weighs_less_than_100_kb_without_pictures(
    market: Market, browser: Browser
) -> None:
    """As Chromium counts the bytes that came in, headers and all; nothing was there before."""
    context = browser.new_context(base_url=market.url)
    page = context.new_page()
    wire = context.new_cdp_session(page)
    kinds: dict[str, tuple[str, str, str]] = {}
    weights: dict[str, int] = {}

    def note_response(event: dict[str, Any]) -> None:
        response = event["response"]
        names = {name.lower(): value for name, value in response["headers"].items()}
        kinds[event["requestId"]] = (
            response["url"],
            response["mimeType"],
            names.get("content-encoding", ""),
        )

    def note_end(event: dict[str, Any]) -> None:
        weights[event["requestId"]] = int(event["encodedDataLength"])

    wire.on("Network.responseReceived", note_response)
    wire.on("Network.loadingFinished", note_end)
    wire.send("Network.enable")
    page.goto("/", wait_until="networkidle")
    context.close()
    counted = {
        kinds[key]: weight
        for key, weight in weights.items()
        # A picture is a photo; drawings that belong to the page count.
        if kinds[key][1] not in {"image/webp", "image/png", "image/jpeg"}
    }
    assert {mime for _, mime, _ in counted} >= {"text/html", "text/css"}
    # What never changes is packed once; the page itself is packed by the proxy of a real market.
    assert {encoding for _, mime, encoding in counted if mime == "text/css"} == {"br"}
    assert sum(counted.values()) < 100_000, sorted(counted.items(), key=lambda item: -item[1])
