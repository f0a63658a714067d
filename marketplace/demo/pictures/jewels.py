"""Jewellery."""

from __future__ import annotations

import math
from random import Random

from marketplace.demo.pictures.brush import (
    Thing,
    bright,
    dark,
    fill,
    moved,
    num,
    oval,
    smooth,
    stroke,
)
from marketplace.demo.pictures.colour import Palette, light, mix, shade
from marketplace.demo.pictures.patterns import emblem

METALS = ("#d8ad4f", "#d8ad4f", "#c9ced0", "#cf8f6a")


def _stone(palette: Palette) -> tuple[str, str]:
    """The flat stone that jewellery lies on: drawing and outline."""
    outline = smooth(
        [
            (-330, -60),
            (-250, -270),
            (-40, -330),
            (220, -290),
            (340, -70),
            (280, 190),
            (60, 300),
            (-210, 260),
        ],
        close=True,
    )
    svg = fill(outline, light(mix(palette.table, palette.second, 0.45), 0.25))
    svg += dark(
        "M220-290C300-240 340-140 340-70S320 120 280 190S140 270 60 300C240 160 290-100 220-290z",
        0.1,
    )
    return svg, outline


def _laid(palette: Palette, svg: str) -> Thing:
    stone, outline = _stone(palette)
    return Thing(stone + svg, [outline], 680, 700, flat=True, extra={"drop": 26})


def _bead(x: float, y: float, size: float, colour: str) -> str:
    return (
        dark(oval(x + 9, y + 12, size, size), 0.2)
        + fill(oval(x, y, size, size), colour)
        + bright(oval(x - size * 0.32, y - size * 0.34, size * 0.3, size * 0.24), 0.6)
    )


def necklace(rng: Random, palette: Palette) -> Thing:
    """Beads on a string and a drop."""
    metal, stones = rng.choice(METALS), (palette.main, palette.accent, palette.second)
    points = []
    for index in range(33):
        angle = math.pi * (0.06 + 0.88 * index / 32)
        points.append((math.cos(angle) * 270, -340 + math.sin(angle) * 520))
    svg = stroke(smooth(points), shade(metal, 0.2), 6)
    for index, (x, y) in enumerate(points):
        svg += _bead(x, y, 31 - abs(index - 16) * 1.1, metal if index % 2 else stones[index % 3])
    drop = "M0 0C60 70 70 120 0 150C-70 120-60 70 0 0z"
    half = fill("M0 0C60 70 70 120 0 150C20 110 20 60 0 0z", shade(stones[0], 0.2))
    svg += moved(dark(drop, 0.2), 8, 210)
    svg += moved(fill(drop, stones[0]) + half + stroke(drop, metal, 9), 0, 196)
    return _laid(palette, svg)


def pendant(rng: Random, palette: Palette, *, eye: bool | None = None) -> Thing:
    """One stone on a cord."""
    cord = shade(palette.main, 0.3)
    svg = stroke("M-150-420C-160-160-60-40 0 0C60-40 160-160 150-420", cord, 11)
    with_eye = rng.random() < 0.5 if eye is None else eye
    if with_eye:
        svg += dark(oval(12, 106, 128, 128), 0.2)
        for size, tone in (
            (124, palette.main),
            (88, "#f7f2e6"),
            (56, light(palette.accent, 0.2)),
            (26, palette.ink),
        ):
            svg += fill(oval(0, 90, size, size), tone)
        svg += bright(oval(-44, 34, 30, 20), 0.5)
    else:
        shape = "M-56-20H56C70 60 96 150 88 230Q0 290-88 230C-96 150-70 60-56-20z"
        svg += (
            moved(dark(shape, 0.2), 12, 16)
            + fill(shape, "#2f6b52")
            + fill("M10-20H56C70 60 96 150 88 230Q60 252 30 262C50 160 40 60 10-20z", "#245441")
        )
        svg += bright("M-40 0h24c-8 80-22 140-20 210l-30-10c0-70 14-130 26-200z", 0.25) + fill(
            oval(0, 20, 14, 14), palette.ink
        )
    return _laid(palette, svg + stroke("M-22-14L22 14M22-14L-22 14", shade(cord, 0.2), 12))


def earrings(rng: Random, palette: Palette) -> Thing:
    """A pair with drops."""
    metal, svg = rng.choice(METALS), ""
    stones = (palette.main, palette.accent, palette.second)
    hoop = stroke("M0-260C30-300 30-330 0-336C-22-336-26-316-20-300", metal, 9)
    body = fill("M-96-200Q0-330 96-200L70-60Q0-20-70-60z", metal)
    body += fill("M-72-196Q0-290 72-196L54-78Q0-46-54-78z", stones[0]) + fill(
        oval(0, -150, 36, 36), stones[1]
    )
    body += bright(oval(-10, -162, 10, 8), 0.6)
    drops = ""
    for index, x in enumerate((-60.0, -30.0, 0.0, 30.0, 60.0)):
        reach = 44 - abs(x) * 0.6
        drops += stroke(f"M{num(x)} {num(-50 - abs(x) * 0.12)}V{num(reach - 16)}", metal, 6)
        drops += fill(oval(x, reach, 17, 25), stones[1 if index % 2 else 2])
    for x, turn in ((-130.0, 6.0), (130.0, -6.0)):
        svg += moved(
            dark(oval(14, -110, 100, 160), 0.16) + hoop + drops + body, x, 50, turn=turn, scale=1.12
        )
    return _laid(palette, svg)


def ring(rng: Random, palette: Palette) -> Thing:
    metal = rng.choice(METALS)
    gem, tone = (
        "M-110-190L-64-260H64L110-190L0-70z",
        palette.main if rng.random() < 0.6 else palette.accent,
    )
    svg = f'<g stroke-opacity=".18">{stroke(oval(20, 56, 190, 180), "#1d1c3a", 52)}</g>'
    svg += stroke(oval(0, 30, 190, 180), shade(metal, 0.3), 50) + stroke(
        oval(-4, 26, 190, 180), metal, 36
    )
    svg += stroke("M-178-30A190 180 0 0 1-60-142", light(metal, 0.75), 12)
    svg += fill("M-120-184L-70-272H70L120-184L0-56z", metal) + fill(gem, tone)
    svg += fill("M-64-260L-40-190L0-70L-110-190z", light(tone, 0.3)) + fill(
        "M64-260L40-190L0-70L110-190z", shade(tone, 0.3)
    )
    svg += fill("M-40-190H40L0-70z", light(tone, 0.12)) + bright("M-64-260H-10L-40-190z", 0.5)
    return _laid(palette, svg)


def bracelet(rng: Random, palette: Palette) -> Thing:
    """An open cuff with stamped signs."""
    metal = rng.choice(METALS[1:])
    wall = "M-230-40A230 120 0 0 0 230-40V60A230 120 0 0 1-230 60z"
    inner = "M-230-40A230 120 0 0 1-90-150V-60A200 90 0 0 0-190 20zM230-40A230 120 0 0 0 90-150V-60A200 90 0 0 1 190 20z"
    svg = dark(oval(26, 90, 240, 110), 0.2) + fill(inner, shade(metal, 0.4)) + fill(wall, metal)
    svg += dark("M90 70A230 120 0 0 0 230-40V60A230 120 0 0 1 90 172z", 0.16) + bright(
        "M-190 20A230 120 0 0 0-120 52V140A230 120 0 0 1-190 104z", 0.45
    )
    for index in range(5):
        angle = math.pi * (0.22 + 0.14 * index)
        x, y = -math.cos(angle) * 226, 14 + math.sin(angle) * 112
        svg += fill(emblem(Random(3), x, y, 32 * max(math.sin(angle), 0.6)), shade(metal, 0.42))
    svg += (
        fill(oval(0, 130, 34, 30), palette.accent)
        + stroke(oval(0, 130, 34, 30), shade(metal, 0.3), 6)
        + bright(oval(-10, 120, 9, 7), 0.6)
    )
    return _laid(palette, svg)
