"""Bags, wallets, straps."""

from __future__ import annotations

import math
from random import Random

from marketplace.demo.pictures.brush import (
    Thing,
    box,
    bright,
    dark,
    fill,
    moved,
    num,
    oval,
    stroke,
)
from marketplace.demo.pictures.colour import LEATHERS, Palette, light, luminance, mix, shade
from marketplace.demo.pictures.patterns import emblem


def bag(rng: Random, palette: Palette, *, choice: int | None = None) -> Thing:
    """A leather bag with a flap or a tote."""
    leather = rng.choice((*LEATHERS, palette.main))
    seam = light(leather, 0.55)
    brass = "#d9b25a"
    flap_bag = rng.random() < 0.55 if choice is None else choice == 0
    if flap_bag:
        body = "M-290-430H290C318-300 330-150 318-30Q314 0 280 0H-280Q-314 0-318-30C-330-150-318-300-290-430z"
        flap = (
            "M-296-436H296C316-340 306-262 262-224Q140-168 0-164T-262-224C-306-262-316-340-296-436z"
        )
        strap = "M-262-420C-300-760 300-760 262-420"
        svg = stroke(strap, shade(leather, 0.3), 34) + stroke(strap, light(leather, 0.06), 18)
        svg += fill(body, shade(leather, 0.12)) + dark(
            "M120-430H290C318-300 330-150 318-30Q314 0 280 0H90C150-140 150-300 120-430z", 0.16
        )
        svg += stroke("M-296-40Q-290-22-270-22H270Q290-22 296-40", seam, 5) + fill(flap, leather)
        svg += dark(
            "M130-436H296C316-340 306-262 262-224Q210-200 150-186C180-270 170-360 130-436z", 0.14
        )
        svg += bright("M-270-420h70c-20 60-24 110-10 170l-50-14c-24-60-28-110-10-156z", 0.16)
        svg += f'<g stroke-dasharray="16 11">{stroke("M-278-420C-296-340-288-280-248-246Q-130-188 0-184T248-246C288-280 296-340 278-420", seam, 5, cap="butt")}</g>'
        svg += (
            fill(box(-30, -206, 60, 84, 10), brass)
            + fill(box(-16, -180, 32, 34, 6), shade(brass, 0.4))
            + bright(box(-26, -202, 12, 76, 6), 0.4)
        )
        more = "M-280-420C-318-780 318-780 280-420h-34C282-740-282-740-246-420z"
    else:
        body = "M-300-470H300L268-24Q264 0 240 0H-240Q-264 0-268-24z"
        handles = "M-150-460C-160-740 160-740 150-460"
        svg = moved(stroke(handles, shade(leather, 0.42), 26), 26, -16) + fill(body, leather)
        svg += fill(
            "M-284-250H284L268-24Q264 0 240 0H-240Q-264 0-268-24z",
            shade(leather, 0.2) if rng.random() < 0.5 else palette.second,
        )
        svg += dark("M110-470H300L268-24Q264 0 240 0H70C120-160 130-320 110-470z", 0.15) + bright(
            "M-268-450h54l-8 180h-48z", 0.16
        )
        svg += f'<g stroke-dasharray="16 11">{stroke("M-282-262H282M-284-446H284", seam, 5, cap="butt")}</g>'
        svg += stroke(handles, shade(leather, 0.2), 28) + stroke(handles, light(leather, 0.1), 10)
        for x in (-150, 150):
            svg += fill(box(x - 22, -474, 44, 96, 8), shade(leather, 0.1)) + fill(
                oval(x, -404, 9, 9), brass
            )
        svg += fill(emblem(rng, 0, -120, 62), palette.accent)
        more = "M-170-460C-180-770 180-770 170-460h-40C136-716-136-716-130-460z"
    return Thing(svg, [body, more], 640, 680, foot=24, extra={"base": 300})


def wallet(rng: Random, palette: Palette) -> Thing:
    leather = rng.choice((*LEATHERS, palette.main))
    seam = light(leather, 0.5)
    svg = ""
    for index, (x, y, turn) in enumerate(((60.0, -150.0, 8.0), (-40.0, 130.0, -6.0))):
        tone = leather if index else mix(leather, palette.accent, 0.6)
        one = (
            fill(box(-280, -170, 560, 340, 34), tone)
            + dark(box(120, -170, 160, 340, 34), 0.13)
            + bright(box(-262, -150, 200, 22, 11), 0.2)
        )
        one += f'<g stroke-dasharray="16 11">{stroke(box(-262, -152, 524, 304, 24), seam, 5, cap="butt")}</g>'
        one += (
            fill("M280-60H150Q110-60 110 0T150 60H280z", shade(tone, 0.18))
            + fill(oval(160, 0, 24, 24), "#d9b25a")
            + bright(oval(153, -8, 8, 6), 0.6)
        )
        one += fill(emblem(rng, -120, 0, 62), shade(tone, 0.16))
        svg += moved(dark(box(-258, -146, 560, 340, 34), 0.2) + one, x, y, turn=turn)
    return Thing(svg, [], 640, 660, flat=True)


def watch(rng: Random, palette: Palette) -> Thing:
    leather = rng.choice(LEATHERS)
    metal = rng.choice(("#d9b25c", "#cfd4d6", "#cf9770"))
    strap = "M-88-120L-76-450Q0-480 76-450L88-120zM-88 120L-72 440Q0 490 72 440L88 120z"
    svg = fill(strap, leather) + dark(
        "M20-130L24-466Q60-462 76-450L88-120zM20 130L24 470Q60 462 72 440L88 120z", 0.18
    )
    svg += f'<g stroke-dasharray="14 10">{stroke("M-70-140L-60-436M70-140L60-436M-70 140L-58 424M70 140L58 424", light(leather, 0.5), 5, cap="butt")}</g>'
    svg += fill(
        "".join(oval(0, y, 8, 10) for y in (250, 300, 350, 400)), shade(leather, 0.5)
    ) + fill(box(176, -22, 36, 44, 8), metal)
    svg += (
        dark(oval(10, 14, 186, 186), 0.2)
        + fill(oval(0, 0, 184, 184), shade(metal, 0.2))
        + fill(oval(-4, -4, 178, 178), metal)
    )
    face = rng.choice((palette.second, palette.main, "#f7f2e6"))
    ink = palette.ink if luminance(face) > 0.5 else palette.second
    svg += fill(oval(0, 0, 150, 150), face)
    marks = "".join(
        f"M{num(math.sin(k * math.pi / 6) * 118)} {num(-math.cos(k * math.pi / 6) * 118)}L{num(math.sin(k * math.pi / 6) * 136)} {num(-math.cos(k * math.pi / 6) * 136)}"
        for k in range(12)
    )
    svg += (
        stroke(marks, ink, 8)
        + stroke("M0 10L-58-54", ink, 13)
        + stroke("M0 14L58-86", ink, 9)
        + stroke("M-8 34L26-112", palette.accent, 4)
        + fill(oval(0, 0, 13, 13), metal)
    )
    svg += bright("M-130-74A150 150 0 0 1-20-148L-70 100A150 150 0 0 1-130-74z", 0.2)
    return Thing(
        moved(svg, turn=18), [oval(0, 0, 184, 184)], 520, 900, flat=True, extra={"drop": 14}
    )


def backpack(rng: Random, palette: Palette) -> Thing:
    leather = rng.choice((*LEATHERS, "#c9a06c"))
    body = "M-240-430C-240-560-140-620 0-620S240-560 240-430L268-40Q268 0 230 0H-230Q-268 0-268-40z"
    svg = stroke("M-70-610C-70-700 70-700 70-610", shade(leather, 0.3), 26) + stroke(
        "M-230-420C-330-360-330-160-280-60M230-420C330-360 330-160 280-60", shade(leather, 0.35), 40
    )
    svg += fill(body, leather) + dark(
        "M110-606C190-580 240-520 240-430L268-40Q268 0 230 0H90C160-200 170-440 110-606z", 0.15
    )
    flap = "M-250-420C-250-560-140-626 0-626S250-560 250-420V-340Q250-300 210-300H-210Q-250-300-250-340z"
    svg += fill(flap, shade(leather, 0.1)) + bright(
        "M-210-420C-210-500-160-560-80-580C-140-530-160-480-160-330H-210z", 0.15
    )
    svg += (
        fill(box(-190, -230, 380, 180, 26), shade(leather, 0.14))
        + f'<g stroke-dasharray="15 11">{stroke(box(-176, -216, 352, 152, 18) + "M-232-330H232", light(leather, 0.5), 5, cap="butt")}</g>'
    )
    for x in (-120, 120):
        svg += (
            fill(box(x - 18, -400, 36, 170, 8), palette.main)
            + fill(box(x - 26, -320, 52, 40, 6), "#d9b25a")
            + fill(box(x - 12, -310, 24, 20, 3), shade(leather, 0.3))
        )
    return Thing(svg, [body], 620, 690, foot=20, extra={"base": 260})


def belt(rng: Random, palette: Palette) -> Thing:
    """Rolled up, from above a little."""
    leather, brass = rng.choice(LEATHERS), rng.choice(("#d9b25a", "#c9ced0"))
    svg, shadow = "", []
    for k in range(6):
        r = 280 - k * 40
        x = k * 6 - 12
        band = f"M{num(x - r)}-200V-90A{num(r)} {num(r * 0.42)} 0 0 0 {num(x + r)}-90V-200A{num(r)} {num(r * 0.42)} 0 0 1 {num(x - r)}-200z"
        back = f"M{num(x - r)}-200A{num(r)} {num(r * 0.42)} 0 0 1 {num(x + r)}-200V-160A{num(r)} {num(r * 0.42)} 0 0 0 {num(x - r)}-160z"
        svg += fill(back, shade(leather, 0.35 if k else 0.25)) + stroke(
            f"M{num(x - r)}-200A{num(r)} {num(r * 0.42)} 0 0 1 {num(x + r)}-200",
            light(leather, 0.25),
            9,
        )
        if k == 0:
            shadow = [band + oval(x, -200, r, r * 0.42)]
    front = "M-292-200V-90A280 118 0 0 0 268-90V-200A280 118 0 0 1-292-200z"
    svg += (
        fill(front, leather)
        + dark("M100-92V14A280 118 0 0 0 268-90V-200A280 118 0 0 1 100-92z", 0.18)
        + bright("M-250-140A280 118 0 0 0-180-110V-10A280 118 0 0 1-250-44z", 0.2)
    )
    svg += f'<g stroke-dasharray="16 12">{stroke("M-280-182A280 118 0 0 0 256-182M-280-100A280 118 0 0 0 256-100", light(leather, 0.5), 5, cap="butt")}</g>'
    svg += (
        stroke(box(-70, -136, 150, 180, 18), shade(brass, 0.3), 24)
        + stroke(box(-73, -139, 150, 180, 18), brass, 16)
        + stroke("M0-44L84-40", brass, 13)
    )
    svg += fill(
        "".join(oval(x, y, 8, 10) for x, y in ((120, -56), (166, -68), (208, -86))),
        shade(leather, 0.6),
    )
    return Thing(svg, shadow, 580, 330, foot=40, extra={"base": 270})


def key_ring(rng: Random, palette: Palette) -> Thing:
    leather, brass = rng.choice(LEATHERS), "#d9b25a"
    strap = "M-60-40H60V240Q60 300 0 300T-60 240z"
    svg = (
        moved(dark(strap, 0.2), 14, 20)
        + fill(strap, leather)
        + dark("M16-40H60V240Q60 300 16 300z", 0.16)
    )
    svg += (
        f'<g stroke-dasharray="13 10">{stroke("M-44-20V236Q-44 284 0 284T44 236V-20", light(leather, 0.5), 5, cap="butt")}</g>'
        + fill(oval(0, 20, 20, 20), brass)
        + fill(emblem(rng, 0, 160, 36), shade(leather, 0.25))
    )
    svg += stroke(oval(6, -128, 96, 96), shade(brass, 0.4), 22) + stroke(
        oval(0, -136, 96, 96), brass, 16
    )
    for x, turn, tone in ((120.0, -38.0, "#cfd4d6"), (-110.0, 34.0, brass)):
        key = (
            stroke(oval(0, 60, 46, 46), tone, 26)
            + fill(box(-13, 100, 26, 220, 6), tone)
            + fill(box(10, 250, 44, 22) + box(10, 290, 34, 22), tone)
        )
        svg += moved(
            moved(dark(oval(0, 60, 58, 58) + box(-13, 100, 26, 220), 0.16), 12, 14) + key,
            x * 0.5,
            -130,
            turn=turn,
        )
    return Thing(svg, [], 560, 640, flat=True)
