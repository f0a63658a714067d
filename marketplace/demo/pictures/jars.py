"""Bottles, jars, tins, candles, glasses and lamps: what is filled or lit."""

from __future__ import annotations

import math
from random import Random

from marketplace.demo.pictures.brush import (
    Thing,
    Turned,
    box,
    bright,
    dark,
    fill,
    line,
    num,
    oval,
    smooth,
    stroke,
)
from marketplace.demo.pictures.colour import WOODS, Palette, light, mix, shade
from marketplace.demo.pictures.glaze import decorate, glazes
from marketplace.demo.pictures.patterns import emblem
from marketplace.demo.pictures.pottery import standing


def label(
    body: Turned, high: float, low: float, paper: str, ink: str, accent: str, rng: Random
) -> str:
    """A paper label with an emblem and lines instead of words."""
    middle = (high + low) / 2
    half = body.radius(middle)
    svg = fill(body.strip(-56, 56, high, low), paper)
    x, y = body.point(middle - (low - high) * 0.17, 0)
    size = (low - high) * 0.17
    svg += fill(emblem(rng, x, y, size), accent)
    for index, share in enumerate((0.52, 0.36, 0.44)):
        ly = middle + (low - high) * (0.12 + index * 0.1)
        points = [body.point(ly, turn) for turn in range(int(-58 * share), int(58 * share) + 1, 6)]
        svg += stroke(line(points), ink, max(half * 0.035, 4) * (1.5 if index == 0 else 1))
    return svg


def oil(rng: Random, palette: Palette) -> Thing:
    tall = rng.uniform(560, 640)
    body = Turned(
        [
            (-tall, 40),
            (-tall + 40, 38),
            (-tall + 150, 42),
            (-tall + 240, 128),
            (-tall + 300, 140),
            (-30, 140),
            (0, 126),
        ],
        tilt=0.15,
    )
    glass = rng.choice(("#4f5f22", "#8a7a1f", "#34513c"))
    oil_colour = rng.choice(("#b9a12c", "#c98f22", "#8e9a2e"))
    svg = fill(body.outline(), mix(glass, oil_colour, 0.25))
    svg += fill(body.strip(-90, 90, -tall + 190, -8), mix(oil_colour, glass, 0.35))
    svg += fill(body.strip(-34, 40, -tall + 200, -20), light(oil_colour, 0.14))
    svg += label(body, -tall + 330, -60, palette.second, palette.ink, palette.main, rng)
    svg += body.shading(0.5)
    cork = Turned([(-tall - 62, 34), (-tall - 10, 36), (-tall + 6, 34)], tilt=0.2)
    cap = rng.choice((palette.accent, "#c49a6a", palette.main))
    svg += fill(cork.outline(), cap) + cork.shading(0.3) + fill(cork.mouth(), light(cap, 0.3))
    svg += fill(body.band(-tall + 8, -tall + 40), shade(cap, 0.2))
    return standing(body, svg, more=cork.outline())


def honey(rng: Random, palette: Palette) -> Thing:
    wide, tall = rng.uniform(175, 200), rng.uniform(340, 400)
    body = Turned(
        [
            (-tall, wide * 0.78),
            (-tall + 26, wide * 0.8),
            (-tall + 70, wide),
            (-36, wide),
            (0, wide * 0.9),
        ],
        tilt=0.18,
    )
    amber = rng.choice(("#d98a16", "#e3a52b", "#a85a12", "#8f2b35", "#c94f2a"))
    svg = fill(body.outline(), light(amber, 0.35)) + fill(
        body.strip(-84, 84, -tall + 50, -14), amber
    )
    svg += fill(body.strip(-70, -20, -tall + 60, -26), light(amber, 0.22))
    svg += label(body, -tall + 110, -64, palette.second, palette.ink, palette.main, rng)
    svg += body.shading(0.5)
    if rng.random() < 0.5:
        lid = Turned(
            [(-tall - 58, wide * 0.8), (-tall - 50, wide * 0.85), (-tall + 2, wide * 0.85)],
            tilt=0.18,
        )
        cap = rng.choice((palette.accent, palette.main, "#d8b56a"))
        svg += fill(lid.outline(), cap) + lid.shading(0.3) + fill(lid.mouth(), light(cap, 0.25))
        more = lid.outline()
    else:
        cloth = rng.choice((palette.accent, palette.main))
        hem = [
            (
                -wide * 1.02 + wide * 2.04 * i / 12,
                -tall + 56 + (16 if i % 2 else -8) + 14 * math.sin(math.pi * i / 12),
            )
            for i in range(13)
        ]
        more = (
            smooth(hem)
            + f"L{num(wide * 0.8)} {num(-tall - 30)}Q0 {num(-tall - 92)} {num(-wide * 0.8)} {num(-tall - 30)}z"
        )
        svg += fill(more, cloth)
        svg += fill(
            "".join(
                oval(x, y, 9, 8)
                for x, y in (
                    (-96, -tall - 24),
                    (-20, -tall - 40),
                    (64, -tall - 30),
                    (-60, -tall + 10),
                    (30, -tall + 4),
                    (110, -tall + 6),
                )
            ),
            light(cloth, 0.6),
        )
        svg += dark(
            f"M{num(wide * 0.3)} {num(-tall - 64)}Q{num(wide * 0.6)} {num(-tall - 46)} {num(wide * 0.8)} {num(-tall - 30)}L{num(wide)} {num(-tall + 58)}L{num(wide * 0.5)} {num(-tall + 70)}z",
            0.16,
        )
        svg += stroke(
            f"M{num(-wide * 0.86)} {num(-tall + 6)}Q0 {num(-tall + 50)} {num(wide * 0.86)} {num(-tall + 6)}",
            mix("#c9a66b", palette.second, 0.3),
            11,
        )
    return standing(body, svg, more=more)


def jar(rng: Random, palette: Palette) -> Thing:
    """Spices, salt, cream: a clear jar with a wooden lid."""
    wide, tall = rng.uniform(140, 170), rng.uniform(330, 400)
    body = Turned(
        [(-tall, wide * 0.92), (-tall + 30, wide), (-30, wide), (0, wide * 0.92)], tilt=0.17
    )
    inside = rng.choice(("#b5432a", "#d3a233", "#6e7d3a", "#7d5234", "#e9ddc3", "#9a3c5a"))
    svg = fill(body.outline(), light(mix(palette.wall, "#ffffff", 0.4), 0.2))
    svg += fill(body.strip(-82, 82, -tall * 0.8, -14), inside)
    svg += fill(oval(0, -tall * 0.8 + 2, wide * 0.98, wide * 0.17), light(inside, 0.22))
    specks = "".join(
        oval(*body.point(rng.uniform(-tall * 0.74, -20), rng.uniform(-75, 75)), 5, 4)
        for _ in range(40)
    )
    svg += fill(specks, light(inside, 0.35))
    svg += label(
        body, -tall * 0.62, -tall * 0.18, palette.second, palette.ink, palette.main, rng
    ) + body.shading(0.55)
    lid = Turned(
        [(-tall - 70, wide * 0.9), (-tall - 8, wide * 0.95), (-tall + 4, wide * 0.9)], tilt=0.17
    )
    wood = mix("#c8945c", palette.main, 0.08)
    svg += fill(lid.outline(), wood) + lid.shading(0.2) + fill(lid.mouth(), light(wood, 0.3))
    svg += stroke(
        oval(0, lid.top, wide * 0.55, wide * 0.09) + oval(8, lid.top, wide * 0.28, wide * 0.045),
        shade(wood, 0.2),
        4,
    )
    return standing(body, svg, more=lid.outline())


def tin(rng: Random, palette: Palette) -> Thing:
    """Tea in a tin."""
    wide, tall = rng.uniform(150, 175), rng.uniform(400, 470)
    body = Turned([(-tall, wide), (0, wide)], tilt=0.18)
    colour = rng.choice((palette.main, palette.accent, palette.second))
    pattern = palette.second if colour != palette.second else palette.main
    svg = fill(body.outline(), colour)
    for row in range(7):
        y = -tall + 150 + row * 44
        if y < -20:
            svg += stroke(body.wave(y, 11, 10), light(colour, 0.22), 5)
    svg += fill(body.strip(-42, 42, -tall * 0.66, -tall * 0.2), pattern)
    x, y = body.point(-tall * 0.45, 0)
    svg += fill(emblem(rng, x, y, tall * 0.12), colour) + stroke(
        line(body.point(-tall * 0.27, turn) for turn in range(-24, 25, 6)), colour, 8
    )
    lid = Turned([(-tall - 10, wide + 3), (-tall + 96, wide + 3)], tilt=0.18)
    cap = mix("#d7b56d", palette.second, 0.15) if rng.random() < 0.5 else shade(colour, 0.2)
    svg += fill(lid.outline(), cap) + stroke(lid.ring(-tall + 88), shade(cap, 0.25), 6)
    svg += (
        body.shading(0.4)
        + dark(lid.strip(90, 90))
        + fill(lid.mouth(), light(cap, 0.3))
        + stroke(lid.mouth(26), shade(cap, 0.12), 5)
    )
    return standing(body, svg)


def candle(rng: Random, palette: Palette) -> Thing:
    wide, tall = rng.uniform(150, 180), rng.uniform(300, 360)
    body = Turned([(-tall, wide), (-20, wide), (0, wide * 0.94)], tilt=0.19)
    vessel = rng.choice((palette.main, palette.second, palette.accent, "#d9cdb8"))
    wax = "#f6ecd6"
    svg = fill(body.outline(), vessel)
    svg += label(
        body,
        -tall * 0.72,
        -tall * 0.2,
        light(vessel, 0.75) if vessel != palette.second else palette.main,
        shade(vessel, 0.5),
        palette.accent if vessel != palette.accent else palette.main,
        rng,
    )
    svg += body.shading(0.4) + fill(body.mouth(), light(vessel, 0.35)) + fill(body.mouth(14), wax)
    svg += fill(oval(0, -tall + 6, wide * 0.5, wide * 0.09), "#fdf6dd")
    svg += stroke(f"M0 {num(-tall + 4)}q6-20 0-44", palette.ink, 7)
    flame = -tall - 36
    svg += fill(oval(0, flame - 60, 130, 140), "#fff0c0", 0.22)
    svg += fill(
        f"M0 {num(flame + 14)}C-48 {num(flame - 20)}-22 {num(flame - 80)} 0 {num(flame - 136)}C26 {num(flame - 80)} 46 {num(flame - 20)} 0 {num(flame + 14)}z",
        "#f4a62a",
    )
    svg += fill(
        f"M0 {num(flame + 6)}C-24 {num(flame - 14)}-12 {num(flame - 50)} 0 {num(flame - 80)}C14 {num(flame - 50)} 24 {num(flame - 14)} 0 {num(flame + 6)}z",
        "#fff3c8",
    )
    return standing(body, svg)


def glass(rng: Random, palette: Palette) -> Thing:
    """A tumbler or a goblet of coloured glass."""
    tint = rng.choice((palette.main, palette.accent, "#7fb3a8", "#c76a5a", "#6d8fb8"))
    clear = light(mix(tint, palette.wall, 0.55), 0.25)
    if rng.random() < 0.5:
        wide, tall = rng.uniform(140, 165), rng.uniform(330, 400)
        body = Turned(
            [(-tall, wide), (-tall * 0.5, wide * 0.9), (-26, wide * 0.78), (0, wide * 0.74)],
            tilt=0.2,
        )
        drink = -tall * 0.62
    else:
        wide, tall = rng.uniform(150, 175), rng.uniform(480, 540)
        body = Turned(
            [
                (-tall, wide * 0.88),
                (-tall + 120, wide),
                (-tall + 230, wide * 0.62),
                (-tall + 270, 26),
                (-60, 20),
                (-26, 40),
                (-10, 140),
                (0, 142),
            ],
            tilt=0.18,
        )
        drink = -tall + 110
    svg = fill(body.outline(), clear)
    low = -24 if tall < 420 else -tall + 262
    svg += fill(body.strip(-88, 88, drink, low), mix(tint, clear, 0.22))
    svg += fill(
        oval(0, drink, body.radius(drink) * 0.98, body.radius(drink) * body.tilt), light(tint, 0.35)
    )
    for turn in (-60, -30, 0, 30, 60):
        svg += bright(body.strip(turn - 3, turn + 2, -tall + 40, low), 0.22)
    svg += body.shading(0.6, 0.1)
    svg += stroke(body.mouth(4), light(clear, 0.65), 8) + fill(
        body.mouth(8), mix(clear, palette.wall, 0.35), 0.5
    )
    return standing(body, svg)


def perfume(rng: Random, palette: Palette) -> Thing:
    """Scent, cream or hair oil in a square bottle."""
    tint = rng.choice((palette.main, palette.accent, "#d8a14a", "#c9838a"))
    clear = light(mix(tint, palette.wall, 0.5), 0.3)
    w, h = rng.uniform(300, 350), rng.uniform(330, 390)
    svg = fill(box(-w / 2, -h, w, h, 34), clear) + fill(
        box(-w / 2 + 22, -h * 0.78, w - 44, h * 0.78 - 22, 22), tint
    )
    svg += fill(box(-w / 2 + 22, -h * 0.78, w * 0.3, h * 0.78 - 22, 22), light(tint, 0.2)) + dark(
        box(w * 0.2, -h, w * 0.3, h, 34), 0.14
    )
    svg += (
        fill(box(-w * 0.27, -h * 0.6, w * 0.54, h * 0.4, 8), palette.second)
        + fill(emblem(rng, 0, -h * 0.46, 46), palette.main)
        + stroke(f"M-50 {num(-h * 0.27)}H50", palette.ink, 7)
    )
    cap = rng.choice(("#d6ac55", palette.ink, WOODS[1]))
    svg += (
        fill(box(-40, -h - 36, 80, 44, 6), "#d6ac55")
        + fill(box(-78, -h - 176, 156, 146, 20), cap)
        + bright(box(-62, -h - 160, 18, 112, 9), 0.35)
        + dark(box(26, -h - 176, 52, 146, 20), 0.22)
    )
    svg += bright(box(-w / 2 + 12, -h + 30, 14, h - 70, 7), 0.6)
    return Thing(
        svg,
        [box(-w / 2, -h, w, h, 34), box(-78, -h - 176, 156, 146)],
        w,
        h + 180,
        foot=14,
        extra={"base": w / 2},
    )


def lamp(rng: Random, palette: Palette) -> Thing:
    foot = (
        Turned([(-330, 24), (-300, 40), (-230, 120), (-130, 150), (-40, 96), (0, 110)], tilt=0.16)
        if rng.random() < 0.6
        else Turned([(-330, 20), (-60, 20), (-40, 60), (-24, 130), (0, 136)], tilt=0.16)
    )
    colours = glazes(rng, palette)
    shade_body = Turned([(-690, rng.uniform(130, 190)), (-500, 230), (-330, 268)], tilt=0.14)
    paper = light(mix(palette.second, palette.accent, 0.14), 0.3)
    svg = fill(oval(0, -470, 470, 400), "#fff0c4", 0.2)
    svg += stroke("M0-360V-320", shade("#b08a4a", 0.2), 26, cap="butt")
    svg += fill(foot.outline(), colours[0]) + decorate(foot, rng, colours) + foot.shading()
    svg += fill(shade_body.outline(), paper)
    svg += fill(shade_body.strip(-44, 36), light(paper, 0.6))
    if rng.random() < 0.6:
        for turn in range(-75, 90, 15):
            svg += stroke(
                line([shade_body.point(y, turn) for y in (-690, -600, -500, -420, -330)]),
                shade(paper, 0.1),
                4,
            )
    else:
        svg += fill(
            shade_body.dots(-470, 17, 11)
            + shade_body.dots(-560, 15, 11, 0.5)
            + shade_body.dots(-400, 17, 11, 0.5),
            palette.accent,
        )
    svg += dark(shade_body.strip(48, 90), 0.12)
    svg += stroke(shade_body.ring(-336), palette.main, 12) + stroke(
        shade_body.ring(-686), palette.main, 9
    )
    svg += fill(shade_body.mouth(6), "#fff6d8")
    thing = standing(foot, svg, more=shade_body.outline())
    thing.width, thing.height = 536, 700
    return thing


def pendant_lamp(rng: Random, palette: Palette) -> Thing:
    """A lampshade of paper or bent wood, hanging."""
    paper = light(mix(palette.second, palette.accent, 0.12), 0.3)
    wood = rng.random() < 0.5
    tone = WOODS[rng.randrange(4)] if wood else paper
    body = Turned(
        [(-640, 60), (-600, 150), (-480, 250), (-360, 270), (-240, 230), (-150, 130)], tilt=0.1
    )
    svg = stroke("M0-1010V-640", shade(palette.wall, 0.5), 8) + fill(
        oval(0, -390, 470, 400), "#fff0c4", 0.2
    )
    svg += fill(body.outline(), light(tone, 0.2)) + fill(body.strip(-40, 34), light(tone, 0.55))
    if wood:
        svg += "".join(stroke(body.ring(y), shade(tone, 0.12), 13) for y in range(-600, -160, 52))
    else:
        svg += "".join(
            stroke(line([body.point(y, turn) for y, _ in body.rows]), shade(paper, 0.12), 5)
            for turn in range(-80, 90, 20)
        )
    svg += (
        dark(body.strip(44, 90), 0.13)
        + fill(oval(0, -640, 60, 12), palette.main)
        + fill(oval(0, -140, 128, 22), "#fff6d8")
    )
    return Thing(svg, [body.outline()], 540, 720, extra={"hang": 1})
