"""Drawing the demo's pictures beside the work that needs them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from catalog.services.images import EncodedPhoto, encode_photo
from marketplace.demo.market import DemoBusiness
from marketplace.demo.pictures import PALETTES, draw, draw_banner, draw_logo, render

PHOTO_PIXELS = 720


@dataclass(frozen=True, slots=True)
class Pictures:
    """What is being drawn: photos by "business/title", a business's logo and banner (PNG)."""

    photos: dict[str, list[Future[EncodedPhoto]]]
    signs: dict[tuple[str, str], Future[bytes]]


def paint(painters: ThreadPoolExecutor, businesses: Sequence[DemoBusiness]) -> Pictures:
    """Start drawing, in the order of need; both libraries work beside Python's own lock."""
    photos: dict[str, list[Future[EncodedPhoto]]] = {}
    signs: dict[tuple[str, str], Future[bytes]] = {}
    for number, demo in enumerate(businesses):
        signs[demo.slug, "logo"] = painters.submit(_logo, demo)
        signs[demo.slug, "banner"] = painters.submit(_banner, demo)
        for seed, listing in enumerate(demo.listings, start=number * 100):
            photos[f"{demo.slug}/{listing.title}"] = [
                painters.submit(_photo, listing.kind, demo.palette, seed, variant)
                for variant in range(2 if seed % 4 == 0 else 1)
            ]
    return Pictures(photos, signs)


def _logo(demo: DemoBusiness) -> bytes:
    return render(draw_logo(demo.name, palette=PALETTES[demo.palette]), size=320)


def _banner(demo: DemoBusiness) -> bytes:
    kinds = tuple(dict.fromkeys(listing.kind for listing in demo.listings))[:5]
    return render(draw_banner(demo.name, palette=PALETTES[demo.palette], kinds=kinds), size=1600)


def _photo(kind: str, palette: str, seed: int, variant: int) -> EncodedPhoto:
    svg = draw(kind, palette=PALETTES[palette], seed=seed, variant=variant)
    return encode_photo(io.BytesIO(render(svg, size=PHOTO_PIXELS)))
