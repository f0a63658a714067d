"""Cases and headphones."""

from __future__ import annotations

from random import Random

from marketplace.demo.pictures.brush import (
    Thing,
    box,
    bright,
    clipped,
    dark,
    fill,
    moved,
    oval,
    stroke,
)
from marketplace.demo.pictures.colour import Palette, light, shade
from marketplace.demo.pictures.patterns import colours_of, pattern


def phone_case(rng: Random, palette: Palette) -> Thing:
    colours = colours_of(rng, palette)
    svg = ""
    for index, (x, turn) in enumerate(((110.0, 12.0), (-90.0, -7.0))):
        tones = colours if index else (colours[2], colours[0], colours[1])
        shape = box(-165, -330, 330, 660, 58)
        inside = pattern(rng, -165, -330, 330, 660, tones) + dark(box(70, -330, 95, 660), 0.12)
        lens = (
            fill(box(-135, -300, 130, 150, 36), shade(tones[0], 0.35))
            + fill(
                oval(-96, -260, 27, 27) + oval(-44, -260, 27, 27) + oval(-96, -200, 27, 27),
                "#20242b",
            )
            + bright(oval(-104, -268, 9, 9) + oval(-52, -268, 9, 9), 0.5)
        )
        one = (
            clipped(inside, shape, f"case{index}") + stroke(shape, shade(tones[0], 0.2), 10) + lens
        )
        svg += moved(dark(box(-145, -304, 330, 660, 58), 0.2) + one, x, 0, turn=turn)
    return Thing(svg, [], 620, 720, flat=True)


def headphones(rng: Random, palette: Palette) -> Thing:
    tone = rng.choice((palette.main, palette.accent, palette.ink, palette.second))
    pad = shade(tone, 0.4)
    svg = stroke("M-250-250C-270-760 270-760 250-250", shade(tone, 0.2), 54) + stroke(
        "M-252-270C-266-740 250-740 248-300", light(tone, 0.12), 26
    )
    svg += stroke("M-170-600C-80-690 80-690 170-600", "#c9925c", 30)
    for side in (-1, 1):
        svg += fill(box(side * 252 - 20, -330, 40, 110, 14), "#c8ccd0")
        x = side * 236
        svg += moved(
            fill(oval(-side * 44, -150, 76, 150), pad)
            + fill(oval(side * 10, -150, 96, 156), tone)
            + fill(oval(side * 26, -150, 66, 116), light(tone, 0.16))
            + fill(oval(side * 34, -150, 30, 54), "#c9925c"),
            x,
            0,
        )
    svg += dark(oval(276, -150, 60, 140), 0.16) + bright(oval(-300, -220, 18, 44), 0.35)
    ring = "M-290-240C-310-800 310-800 290-240h-70C250-690-250-690-220-240z"
    return Thing(
        svg,
        [ring, oval(-240, -150, 110, 156), oval(240, -150, 110, 156)],
        680,
        700,
        foot=12,
        extra={"base": 300},
    )
