"""Baskets, hats and other things of straw, cane and cord."""

from __future__ import annotations

import math
from random import Random

from marketplace.demo.pictures.brush import (
    Thing,
    Turned,
    box,
    bright,
    clipped,
    dark,
    fill,
    line,
    moved,
    num,
    oval,
    stroke,
)
from marketplace.demo.pictures.colour import Palette, light, shade
from marketplace.demo.pictures.patterns import colours_of, fringe, pattern
from marketplace.demo.pictures.pottery import standing


def basket(rng: Random, palette: Palette) -> Thing:
    wide, tall = rng.uniform(250, 300), rng.uniform(330, 410)
    belly = rng.uniform(0.98, 1.14)
    body = Turned(
        [
            (-tall, wide * 0.94),
            (-tall * 0.6, wide * belly),
            (-tall * 0.2, wide * 0.92),
            (0, wide * 0.7),
        ],
        tilt=0.2,
    )
    straw = rng.choice(("#d9b06a", "#c99a56", "#e0c48a"))
    dye = rng.choice((palette.main, palette.accent))
    other = palette.accent if dye == palette.main else palette.main
    rows = 15
    step = tall / rows
    plain: list[str] = []
    painted: list[str] = []
    second: list[str] = []
    pattern = rng.randrange(4)
    for row in range(rows):
        y = -tall + step * (row + 0.5)
        count = 20
        for index in range(count):
            turn = -90 + 180 * (index + (0.5 if row % 2 else 0.0) + 0.25) / count
            if turn > 87:
                continue
            x, seen = body.point(y, turn)
            half = (
                body.radius(y) * math.radians(180 / count) * 0.56 * math.cos(math.radians(turn))
                + 1.5
            )
            stitch = f"M{num(x - half)} {num(seen)}q{num(half)} {num(-step * 0.62)} {num(2 * half)} 0q{num(-half)} {num(step * 0.62)} {num(-2 * half)} 0z"
            marked = (
                (pattern == 0 and 4 <= row <= 8 and (index + row) % 5 < 3)
                or (pattern == 1 and row in (3, 4, 9, 10))
                or (pattern == 2 and abs((index % 8) - 4) == abs(row - 7) % 5)
                or (pattern == 3 and index % 6 in (0, 1, 2) and row < 11)
            )
            (painted if marked else second if pattern == 1 and row in (6, 7) else plain).append(
                stitch
            )
    svg = (
        fill(body.outline(), shade(straw, 0.42))
        + fill("".join(plain), straw)
        + fill("".join(painted), dye)
        + fill("".join(second), other)
    )
    svg += body.shading(0.0, 0.15) + bright(body.strip(-66, -40, -tall + 20, -20), 0.16)
    handle = rng.random() < 0.6
    arch, more = "", ""
    if handle:
        leather = rng.choice(("#8a5a33", "#6b4226", "#a56b3c"))
        reach, rise = wide * 0.62, rng.uniform(220, 300)
        arch_path = f"M{num(-reach)} {num(-tall + 30)}C{num(-reach)} {num(-tall - rise)} {num(reach)} {num(-tall - rise)} {num(reach)} {num(-tall + 30)}"
        arch = stroke(arch_path, shade(leather, 0.3), 26) + moved(
            stroke(arch_path, light(leather, 0.12), 9), -4, -3
        )
        more = (
            f"M{num(-reach - 14)} {num(-tall)}C{num(-reach - 14)} {num(-tall - rise - 24)} {num(reach + 14)} {num(-tall - rise - 24)} {num(reach + 14)} {num(-tall)}"
            f"H{num(reach - 14)}C{num(reach - 14)} {num(-tall - rise + 14)} {num(14 - reach)} {num(-tall - rise + 14)} {num(14 - reach)} {num(-tall)}z"
        )
    rim = stroke(body.mouth(6), straw, 26) + stroke(body.mouth(6), shade(straw, 0.3), 4)
    back = moved(arch, 0, 0) if handle else ""
    svg += fill(body.mouth(), shade(straw, 0.62)) + rim + back
    if handle:
        for x in (-1, 1):
            svg += fill(
                box(x * wide * 0.62 - 26, -tall + 6, 52, 84, 16), shade(leather, 0.1)
            ) + fill(
                oval(x * wide * 0.62, -tall + 34, 7, 7) + oval(x * wide * 0.62, -tall + 66, 7, 7),
                light(leather, 0.6),
            )
    return standing(body, svg, more=more)


def hat(rng: Random, palette: Palette) -> Thing:
    straw = rng.choice(("#dcb877", "#e6cf9c", "#c99d5d"))
    band = rng.choice((palette.main, palette.accent))
    brim = oval(0, -40, 430, 120)
    crown = "M-226-60C-240-260-190-352-60-340C-20-334 20-334 60-340C190-352 240-260 226-60C150-20-150-20-226-60z"
    svg = fill(brim, straw) + dark(
        "M100-150A430 120 0 0 1 100 76C300 60 430 10 430-40S300-136 100-150z", 0.12
    )
    svg += stroke(
        "".join(oval(0, -40, r, r * 0.28) for r in (290, 325, 360, 395)), shade(straw, 0.14), 4
    )
    svg += dark(oval(40, -46, 262, 62), 0.22) + fill(crown, light(straw, 0.1))
    rows = "".join(
        f"M{num(-226 + k * 3)} {num(-60 - k * 34)}Q0 {num(-14 - k * 34)} {num(226 - k * 3)} {num(-60 - k * 34)}"
        for k in range(1, 8)
    )
    svg += stroke(rows, shade(straw, 0.12), 4)
    svg += fill("M-226-60L-232-142Q0-84 232-142L226-60C150-20-150-20-226-60z", band)
    svg += dark("M60-340C190-352 240-260 226-60C190-40 150-30 110-26C150-200 130-300 60-340z", 0.17)
    svg += bright("M-196-180C-190-260-160-310-120-316C-150-270-160-230-164-170z", 0.3)
    return Thing(svg, [crown, brim], 860, 400, foot=60, extra={"base": 380})


def conical_hat(rng: Random, palette: Palette) -> Thing:
    """Palm leaf over bamboo rings."""
    straw = rng.choice(("#e4cd98", "#dcbf83"))
    cone = "M0-400C120-300 330-150 430-40A430 92 0 0 1-430-40C-330-150-120-300 0-400z"
    svg = fill(cone, straw) + dark(
        "M0-400C120-300 330-150 430-40A430 92 0 0 1 130 48C150-120 80-280 0-400z", 0.14
    )
    for share in (0.2, 0.36, 0.52, 0.68, 0.84):
        half, y = 430 * share, -400 + 360 * share**0.9
        svg += stroke(
            f"M{num(-half)} {num(y)}A{num(half)} {num(92 * share)} 0 0 0 {num(half)} {num(y)}",
            shade(straw, 0.16),
            5,
        )
    ribs = "".join(
        f"M0-396L{x} {num(-40 + 92 * math.sqrt(max(0, 1 - (x / 430) ** 2)))}"
        for x in range(-380, 400, 63)
    )
    svg += stroke(ribs, shade(straw, 0.08), 4) + bright(
        "M-40-350C-160-250-290-130-360-40L-300-10C-230-110-120-240-40-350z", 0.25
    )
    svg += stroke("M-380-20C-330 60-230 70-180 30M380-20C330 60 230 70 180 30", palette.main, 14)
    return Thing(svg, [cone], 860, 420, foot=50, extra={"base": 380})


def beanie(rng: Random, palette: Palette) -> Thing:
    """Knitted, with a bobble."""
    base, second, accent = colours_of(rng, palette)
    dome = "M-270-150C-280-370-170-500 0-500S280-370 270-150z"
    inside = fill(box(-300, -520, 600, 380), base) + pattern(
        rng, -300, -330, 600, 150, (base, second, accent), name=rng.choice(("zigzag", "diamonds"))
    )
    inside += stroke(
        "".join(f"M-300 {y}H300" for y in range(-500, -150, 22)), shade(base, 0.12), 4
    ) + dark("M90-490C200-450 280-330 270-150H120C160-270 150-400 90-490z", 0.15)
    svg = (
        fill(oval(0, -540, 92, 88), accent)
        + stroke(
            "".join(
                f"M0-540L{num(math.cos(k) * 92)} {num(-540 + math.sin(k) * 88)}" for k in range(13)
            ),
            light(accent, 0.3),
            6,
        )
        + dark(oval(34, -520, 52, 60), 0.14)
    )
    svg += (
        clipped(inside, dome, "dome")
        + fill(box(-290, -180, 580, 180, 40), light(base, 0.1))
        + stroke("".join(f"M{x}-166V-14" for x in range(-262, 270, 30)), shade(base, 0.16), 9)
        + dark(box(120, -180, 170, 180, 40), 0.13)
    )
    return Thing(
        svg,
        [dome, box(-290, -180, 580, 180, 40), oval(0, -540, 92, 88)],
        600,
        640,
        foot=16,
        extra={"base": 280},
    )


def ear_flap_hat(rng: Random, palette: Palette) -> Thing:
    """A hat of the high plateau: ear flaps, cords, tassels."""
    colours = colours_of(rng, palette)
    dome = "M-250-230C-240-430-120-600 0-620C120-600 240-430 250-230C260-140 220-30 170-30S90-140 60-180H-60C-90-140-120-30-170-30S-260-140-250-230z"
    inside = pattern(
        rng, -280, -640, 560, 640, colours, name=rng.choice(("zigzag", "diamonds", "stripes"))
    )
    inside += stroke(
        "".join(f"M-280 {y}H280" for y in range(-630, 0, 22)), shade(colours[0], 0.3), 3, alpha=0.4
    ) + dark("M60-600C180-560 250-400 250-230C260-140 220-30 170-30C190-250 160-450 60-600z", 0.15)
    svg = (
        stroke("M0-616V-660", colours[1], 10)
        + fringe(rng, -36, -700, 72, 90, colours[2])
        + fill(oval(0, -700, 34, 30), colours[2])
    )
    svg += clipped(inside, dome, "chullo") + stroke(dome, colours[1], 12)
    for x in (-170, 170):
        svg += stroke(f"M{x}-30v60", colours[1], 9) + fringe(rng, x - 22, 24, 44, 70, colours[2])
    return Thing(svg, [dome], 560, 720, extra={"hang": 1})


def mochila(rng: Random, palette: Palette) -> Thing:
    """A crocheted bucket bag with a broad strap."""
    colours = colours_of(rng, palette)
    body = "M-260-430H260C300-300 310-120 250-30Q0 30-250-30C-310-120-300-300-260-430z"
    inside = pattern(
        rng, -310, -430, 620, 460, colours, name=rng.choice(("diamonds", "zigzag", "blocks"))
    )
    inside += dark("M120-430H320V30H90C160-100 160-300 120-430z", 0.15) + bright(
        "M-230-420h60c-20 140-20 260 20 380l-70-16c-40-110-40-240-10-364z", 0.13
    )
    strap = "M-236-420C-260-780 260-780 236-420"
    svg = (
        stroke(strap, colours[0], 60)
        + f'<g stroke-dasharray="34 30">{stroke(strap, colours[1], 36, cap="butt")}</g>'
    )
    svg += (
        clipped(inside, body, "mochila")
        + fill(box(-268, -450, 536, 44, 18), colours[0])
        + stroke("M-250-428H250", colours[2], 9)
    )
    svg += stroke("M-40-420C-60-340-30-300-50-250M30-420C50-340 20-310 44-240", colours[1], 11)
    for x, y in ((-50, -250), (44, -240)):
        svg += fill(oval(x, y, 22, 20), colours[2]) + fringe(
            rng, x - 22, y + 10, 44, 76, colours[2]
        )
    more = "M-264-420C-290-800 290-800 264-420h-56C230-740-230-740-208-420z"
    return Thing(svg, [body, more], 620, 700, foot=24, extra={"base": 240})


def hammock(rng: Random, palette: Palette) -> Thing:
    """Slung between two hooks."""
    colours = colours_of(rng, palette)
    bed = "M-330-520C-240-180 240-180 330-520L250-500C170-330-170-330-250-500z"
    low = "M-330-520C-260-60 260-60 330-520C240-240-240-240-330-520z"
    svg = ""
    for side in (-1, 1):
        cords = "".join(
            f"M{side * 450}-690L{num(side * (250 + k * 16))} {-500 - k * 4}" for k in range(6)
        )
        svg += stroke(cords, shade(palette.wall, 0.4), 5) + fill(
            oval(side * 450, -690, 16, 16), "#8a6a3a"
        )
    inside = fill(box(-340, -530, 680, 480), shade(colours[0], 0.1))
    inside += "".join(
        stroke(
            f"M{num(-330 + k * 9)} {num(-520 + k * 7)}C{num(-250 + k * 6)} {num(-70 - k * 8)} {num(250 - k * 6)} {num(-70 - k * 8)} {num(330 - k * 9)} {num(-520 + k * 7)}",
            colours[k % 3],
            26,
            cap="butt",
        )
        for k in range(9)
    )
    svg += (
        fill(bed, shade(colours[0], 0.3))
        + clipped(inside, low, "hammock")
        + stroke("M-330-520C-240-240 240-240 330-520", light(colours[1], 0.1), 14)
    )
    for k in range(13):
        t = k / 12
        x = -250 + 500 * t
        y = -200 + 330 * abs(t - 0.5) ** 2 * -2 + 20
        svg += fringe(rng, x - 18, y, 36, 66, colours[1])
    return Thing(svg, [low], 920, 720, extra={"hang": 1})


def steamer(rng: Random, palette: Palette) -> Thing:
    """Two tiers of bamboo and a lid."""
    cane = rng.choice(("#dcb87a", "#cfa462"))
    svg, shadows = "", []
    for level in (0, -170):
        body = Turned([(level - 150, 300), (level, 300)], tilt=0.2)
        svg += fill(body.outline(), cane)
        for y in (level - 128, level - 24):
            svg += stroke(body.ring(y), shade(cane, 0.22), 16)
        svg += stroke(
            "".join(
                line([body.point(level - 118, turn), body.point(level - 34, turn)])
                for turn in range(-80, 90, 10)
            ),
            shade(cane, 0.12),
            4,
        )
        svg += body.shading(0.25)
        shadows.append(body.outline())
    lid = Turned([(-420, 40), (-400, 190), (-350, 292), (-320, 312)], tilt=0.2)
    svg += fill(lid.outline(), light(cane, 0.15))
    svg += stroke("".join(lid.ring(y) for y in (-395, -370, -345)), shade(cane, 0.16), 6)
    svg += stroke(
        "".join(
            line([lid.point(y, turn) for y in (-410, -390, -350, -324)])
            for turn in range(-75, 90, 15)
        ),
        shade(cane, 0.14),
        5,
    )
    svg += lid.shading(0.2) + stroke("M-50-420C-50-480 50-480 50-420", shade(cane, 0.3), 18)
    svg += fill(box(-40, -330, 80, 26, 8), palette.accent)
    return Thing(svg, [*shadows, lid.outline()], 620, 480, foot=54, extra={"base": 300})
