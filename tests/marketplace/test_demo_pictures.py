"""Pictures of the demo market: every kind can be drawn, looks like itself again, and differs from its neighbours."""

from __future__ import annotations

import re
from io import BytesIO
from xml.etree import ElementTree

import pytest
from PIL import Image

from marketplace.demo import pictures
from marketplace.demo.pictures.colour import luminance, mix

CLAY = pictures.PALETTES["clay"]
# What every text of an SVG would need: a font. Machines differ in fonts, so nothing is written.
FORBIDDEN = {"text", "image", "filter", "script", "style", "foreignObject"}


@pytest.mark.parametrize("kind", pictures.KINDS)
@pytest.mark.parametrize("variant", [0, 1, 2])
def test_a_kind_can_be_drawn(kind: str, variant: int) -> None:
    svg = pictures.draw(kind, palette=CLAY, seed=3, variant=variant)
    names = {element.tag.rpartition("}")[2] for element in ElementTree.fromstring(svg).iter()}
    assert names & FORBIDDEN == set()
    assert "nan" not in svg
    assert "None" not in svg
    assert len(re.findall(r"<path", svg)) > 8


def test_the_same_seed_draws_the_same_picture() -> None:
    def once() -> str:
        return pictures.draw("vase", palette=CLAY, seed=9)

    assert once() == once()
    assert once() != pictures.draw("vase", palette=CLAY, seed=10)
    assert once() != pictures.draw("vase", palette=CLAY, seed=9, variant=2)
    assert once() != pictures.draw("vase", palette=pictures.PALETTES["sea"], seed=9)


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(KeyError):
        pictures.draw("unicorn", palette=CLAY, seed=1)


def test_a_picture_is_rendered_at_the_size_asked_for() -> None:
    png = pictures.render(pictures.draw("basket", palette=CLAY, seed=2), size=320)
    with Image.open(BytesIO(png)) as image:
        assert image.size == (320, 320)
        colours = image.convert("RGB").getcolors(maxcolors=200_000)
    assert colours is not None
    # Not a grey box: many tones, and the largest single one leaves room for the thing.
    assert len(colours) > 200
    assert max(count for count, _ in colours) < 0.7 * 320 * 320


def test_banners_and_signs_belong_to_one_business() -> None:
    first = pictures.draw_banner("Ama Weaves", palette=CLAY, kinds=("basket", "textile"))
    assert first == pictures.draw_banner("Ama Weaves", palette=CLAY, kinds=("basket", "textile"))
    assert first != pictures.draw_banner("Linh", palette=CLAY, kinds=("basket", "textile"))
    signs = {pictures.draw_logo(f"Business {n}", palette=CLAY) for n in range(40)}
    assert len(signs) >= 12
    with Image.open(BytesIO(pictures.render(first, size=400))) as image:
        assert image.size == (400, 150)


@pytest.mark.parametrize("name", sorted(pictures.PALETTES))
def test_a_palette_can_be_told_apart(name: str) -> None:
    palette = pictures.PALETTES[name]
    assert abs(luminance(palette.main) - luminance(palette.second)) > 0.12
    assert palette.wall != palette.table


def test_colours_mix_by_share() -> None:
    assert mix("#000000", "#ffffff", 0.5) == "#808080"
    assert mix("#123456", "#ffffff", 0) == "#123456"
