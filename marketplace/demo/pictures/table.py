"""Knives, boards and other things of the kitchen and the room."""

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
    moved,
    num,
    oval,
    stroke,
)
from marketplace.demo.pictures.colour import WOODS, Palette, light, mix, shade
from marketplace.demo.pictures.patterns import colours_of, emblem, pattern


def knives(rng: Random, palette: Palette) -> Thing:
    """Kitchen knives on a board."""
    wood = rng.choice(WOODS)
    board = box(-330, -400, 620, 800, 60)
    svg = fill(board, wood) + stroke(
        "".join(
            f"M-300 {y}C-100 {y + rng.randint(-22, 22)} 120 {y + rng.randint(-22, 22)} 270 {y}"
            for y in range(-340, 380, 62)
        ),
        shade(wood, 0.12),
        5,
    )
    svg += fill(oval(-20, -340, 30, 30), shade(wood, 0.5))
    handle = rng.choice((palette.main, palette.accent, "#3c2a20"))
    shadow = board
    for index, (x, size, turn) in enumerate(
        ((-130.0, 1.0, 4.0), (60.0, 0.84, -2.0), (200.0, 0.66, -6.0))
    ):
        steel = "#cfd6d8"
        blade = (
            "M-44 60V-330Q-40-380 44-420Q50-200 44 60z"
            if index != 1
            else "M-52 60V-360Q-30-404 52-404V60z"
        )
        one = (
            fill(blade, steel)
            + fill(
                "M44 60V-420Q20-410 6-398V60z" if index != 1 else "M52 60V-404H20V60z",
                light(steel, 0.7),
            )
            + stroke("M-8 40V-300", shade(steel, 0.12), 4)
        )
        one += (
            fill(box(-34, 60, 68, 50, 6), "#b9974f")
            + fill("M-34 104H34C42 180 44 240 38 320Q0 344-38 320C-44 240-42 180-34 104z", handle)
            + dark("M8 104H34C42 180 44 240 38 320Q24 330 8 332z", 0.25)
        )
        one += fill(oval(-2, 160, 8, 8) + oval(-2, 260, 8, 8), "#d9bd7a")
        svg += moved(dark(blade, 0.24), x + 22, 60, scale=size, turn=turn) + moved(
            one, x, 40, scale=size, turn=turn
        )
    return Thing(svg, [shadow], 700, 820, flat=True, extra={"drop": 20})


def cutlery(rng: Random, palette: Palette) -> Thing:
    """Fork, spoon and knife on a napkin."""
    colours = colours_of(rng, palette)
    svg = moved(
        dark(box(-282, -362, 600, 760, 6), 0.18) + pattern(rng, -300, -380, 600, 760, colours),
        0,
        0,
        turn=-4,
    )
    metal = rng.choice(("#d5d8d6", "#d9b767", "#c68e5e"))
    wood = rng.choice(WOODS)
    for kind, x in (("fork", -150.0), ("knife", 0.0), ("spoon", 150.0)):
        stem = fill(
            "M-12 40H12L30 330Q0 356-30 330z", wood if metal == "#d5d8d6" else metal
        ) + dark("M4 40H12L30 330Q18 342 4 344z", 0.2)
        neck = fill(box(-10, -130, 20, 176, 8), metal)
        if kind == "fork":
            head = fill(
                "M-52-330V-210Q-50-130 0-120Q50-130 52-210V-330H34V-220H22V-330H6V-220H-6V-330H-22V-220H-34V-330z",
                metal,
            )
        elif kind == "spoon":
            head = (
                fill(oval(0, -230, 66, 104), metal)
                + fill(oval(6, -226, 46, 80), shade(metal, 0.16))
                + bright(oval(-22, -262, 12, 34), 0.5)
            )
        else:
            head = fill("M-26-110V-320Q20-350 34-290V-110z", metal) + bright(
                "M-18-120V-300h10V-120z", 0.4
            )
        piece = stem + neck + head
        svg += moved(dark(box(-24, -320, 48, 650, 24), 0.16), x + 18, 20) + moved(piece, x, 0)
    return Thing(svg, [], 640, 800, flat=True)


def board(rng: Random, palette: Palette) -> Thing:
    """Serving boards and wooden spoons, leaning."""
    wood, other = rng.sample(WOODS, 2)
    back = "M-210-90V-520C-210-600-140-620-96-640C-70-660-66-780 0-780S70-660 96-640C140-620 210-600 210-520V-90Q210 0 130 0H-130Q-210 0-210-90z"
    svg = (
        fill(back, wood)
        + stroke(
            "M-150-20C-170-200-120-400-150-560M-60-10C-90-200-30-420-60-620M40-10C10-220 70-420 40-640M130-20C110-220 160-380 140-570",
            shade(wood, 0.14),
            6,
        )
        + fill(oval(0, -710, 26, 26), shade(wood, 0.55))
    )
    svg += dark(
        "M120-626C160-612 210-590 210-520V-90Q210 0 130 0H90C150-160 160-400 120-626z", 0.14
    )
    front = moved(
        fill(oval(0, -190, 190, 190), other)
        + stroke(
            oval(0, -190, 150, 150) + oval(8, -186, 104, 100) + oval(14, -182, 56, 52),
            shade(other, 0.13),
            6,
        )
        + dark("M60-370A190 190 0 0 1 60-10A260 260 0 0 0 60-370z", 0.15),
        -200,
        10,
    )
    spoon = "M-22 0L-16-330C-70-380-70-500 0-520C70-500 70-380 16-330L22 0z"
    tools = moved(
        fill(spoon, light(other, 0.2))
        + dark("M4 0V-330C60-380 60-480 10-518C70-500 70-380 16-330L22 0z", 0.16),
        280,
        6,
        turn=8,
    )
    return Thing(
        tools + svg + dark(oval(-160, -180, 190, 190), 0.16) + front,
        [back, oval(-200, -180, 190, 190), "M258 0L300-330L360-500L320-330L300 0z"],
        720,
        780,
        foot=14,
        extra={"base": 300},
    )


def frame_clock(rng: Random, palette: Palette) -> Thing:
    """A small clock for a shelf."""
    wood = rng.choice((*WOODS, palette.main))
    r = 250.0
    case = oval(0, -r - 20, r, r)
    face = palette.second
    svg = (
        fill("M-150-70L-200 0H-130L-90-50zM150-70L200 0H130L90-50z", shade(wood, 0.35))
        + fill(case, wood)
        + dark(
            f"M90 {num(-r * 2)}A{num(r)} {num(r)} 0 0 1 90 -40A320 320 0 0 0 90 {num(-r * 2)}z",
            0.18,
        )
    )
    svg += fill(oval(0, -r - 20, r - 44, r - 44), shade(face, 0.12)) + fill(
        oval(4, -r - 16, r - 50, r - 50), face
    )
    for k in range(12):
        a = k * math.pi / 6
        x, y = math.sin(a) * (r - 84), -r - 20 - math.cos(a) * (r - 84)
        svg += fill(
            oval(x, y, 13 if k % 3 == 0 else 8, 13 if k % 3 == 0 else 8),
            palette.accent if k % 3 == 0 else palette.ink,
        )
    svg += (
        stroke(f"M0 {num(-r - 20)}L-70 {num(-r - 84)}", palette.ink, 16)
        + stroke(f"M0 {num(-r - 20)}L90 {num(-r - 130)}", palette.ink, 11)
        + fill(oval(0, -r - 20, 17, 17), palette.accent)
    )
    return Thing(svg, [case], r * 2, r * 2 + 20, foot=14, extra={"base": 170})


def stool(rng: Random, palette: Palette) -> Thing:
    wood = rng.choice(WOODS)
    seat = rng.choice((palette.main, palette.accent, wood))
    svg = ""
    for x1, x2, tone in ((-120, -150, 0.35), (120, 150, 0.4)):
        svg += stroke(f"M{x1}-480L{x2} -60", shade(wood, tone), 40)
    svg += stroke("M-190-190H196", shade(wood, 0.25), 26)
    for x1, x2, tone in ((-210, -270, 0.05), (210, 270, 0.2)):
        svg += stroke(f"M{x1}-470L{x2}-4", shade(wood, tone), 48)
    svg += fill(
        "M-290-520A290 86 0 0 0 290-520V-470A290 86 0 0 1-290-470z", shade(seat, 0.25)
    ) + fill(oval(0, -524, 290, 86), seat)
    weave = []
    for k in range(-4, 5):
        half = math.sqrt(max(0, 1 - (k / 5) ** 2))
        weave.append(f"M{num(k * 58)} {num(-524 - 86 * half)}V{num(-524 + 86 * half)}")
        weave.append(f"M{num(-290 * half)} {num(-524 + k * 17.2)}H{num(290 * half)}")
    svg += stroke("".join(weave), light(seat, 0.3), 8, cap="butt") + dark(
        "M90-606A290 86 0 0 1 90-442C290-460 290-590 90-606z", 0.12
    )
    legs = "M-234-470L-294 0H-246L-186-470zM234-470L294 0H246L186-470z"
    return Thing(svg, [oval(0, -520, 290, 86), legs], 600, 610, foot=10, extra={"base": 290})


def chopsticks(rng: Random, palette: Palette) -> Thing:
    """Two pairs on rests, from above."""
    svg = moved(
        dark(box(-280, -330, 600, 700, 6), 0.16)
        + pattern(
            rng,
            -300,
            -350,
            600,
            700,
            (palette.second, light(palette.main, 0.5), palette.accent),
            name="stripes",
        ),
        turn=-4,
    )
    for x, tone in ((-120.0, palette.main), (120.0, palette.accent)):
        svg += moved(
            dark(box(-80, 0, 180, 70, 30), 0.2)
            + fill(box(-90, -14, 180, 70, 30), palette.second)
            + stroke(box(-76, -4, 152, 50, 22), shade(palette.second, 0.2), 5),
            x,
            150,
        )
        for dx, turn in ((-26.0, 1.5), (26.0, -1.5)):
            stick = (
                fill("M-13-400H13L7 330H-7z", tone if tone != palette.second else palette.main)
                + fill("M-13-400H13L12-250H-12z", "#d9b25a")
                + stroke("M-12-280H12M-12-300H12", palette.ink, 6)
                + bright("M-9-240H-4L-3 320H-6z", 0.4)
            )
            svg += moved(dark("M0-390H24L16 340H4z", 0.2) + stick, x + dx, 30, turn=turn)
    return Thing(svg, [], 640, 760, flat=True)


def tray(rng: Random, palette: Palette) -> Thing:
    """A round lacquered tray, tilted to show its painting."""
    lacquer = rng.choice((palette.main, palette.ink, palette.accent))
    fruit = palette.accent if lacquer != palette.accent else palette.second
    rim = oval(0, -300, 330, 300)
    svg = (
        fill(rim, shade(lacquer, 0.35))
        + fill(oval(-6, -306, 322, 292), light(lacquer, 0.1))
        + fill(oval(4, -298, 284, 256), lacquer)
    )
    svg += stroke(
        "M-150-200C-60-260 60-280 170-420M20-290C40-220 90-180 150-170M60-330C30-400-10-430-70-440",
        shade(mix(fruit, "#7a4a2a", 0.6), 0.1),
        11,
    )
    for x, y, size in ((170, -170, 62), (-86, -430, 56), (-30, -230, 48)):
        svg += fill(oval(x, y, size, size * 0.86), fruit) + dark(
            f"M{x}-{abs(y) + size * 0.8:.0f}a{size} {size * 0.8:.0f} 0 0 1 0 {size * 1.6:.0f}a{size * 1.4:.0f} {size} 0 0 0 0 {-size * 1.6:.0f}z",
            0.14,
        )
        svg += fill(emblem(Random(5), x, y - size * 0.62, 24), "#5f6b3a")
    for x, y, turn in ((110, -370, 40), (-130, -260, -30), (60, -230, 110), (0, -420, -70)):
        svg += moved(fill("M0 0Q40-36 92 0Q40 36 0 0z", "#7c8b4c"), x, y, turn=turn)
    svg += bright("M-250-400A300 270 0 0 1-60-540L-40-500A260 230 0 0 0-210-370z", 0.25)
    return Thing(svg, [rim], 660, 610, foot=14, extra={"base": 150})


def wooden_box(rng: Random, palette: Palette) -> Thing:
    """A box with an inlaid lid, half open."""
    wood = rng.choice(WOODS)
    front, side = "M-290-230H210V0H-290z", "M210-230L320-300V-70L210 0z"
    inner = "M-290-230L-180-300H320L210-230z"
    lid = "M-180-300H320L300-520H-150z"
    svg = fill(lid, shade(wood, 0.2)) + fill("M-140-330H284L270-490H-120z", light(wood, 0.12))
    svg += f'<g transform="translate(74 -410) scale(1 .5)">{fill(emblem(rng, 0, 0, 130), palette.main)}{fill(oval(0, 0, 30, 30), palette.accent)}</g>'
    svg += fill(inner, shade(wood, 0.55)) + fill("M-250-240L-170-290H290L210-240z", palette.accent)
    svg += (
        fill(front, wood)
        + fill(side, shade(wood, 0.26))
        + stroke(
            "M-290-160C-100-176 60-140 210-164M-290-70C-120-90 80-50 210-76", shade(wood, 0.12), 6
        )
    )
    teeth = "".join(
        line(
            [
                (-270 + k * 40, -196),
                (-250 + k * 40, -214),
                (-230 + k * 40, -196),
                (-250 + k * 40, -178),
            ],
            close=True,
        )
        for k in range(12)
    )
    svg += (
        fill(teeth, palette.main)
        + fill(box(-64, -236, 48, 60, 6), "#d9b25a")
        + bright("M-280-222H-250V-8H-280z", 0.2)
    )
    return Thing(svg, [front, side, lid], 640, 540, foot=10, extra={"base": 280})


def knobs(rng: Random, palette: Palette) -> Thing:
    """Six painted knobs, from above."""
    tones = (palette.main, palette.second, palette.accent)
    svg, shadow = "", []
    for column in range(3):
        for row in range(2):
            x, y = -260 + column * 260, -140 + row * 280
            base = tones[(column + row) % 3]
            over = palette.main if base == palette.second else palette.second
            shadow.append(oval(x, y, 110, 110))
            svg += fill(oval(x, y, 110, 110), base) + dark(
                f"M{x + 30} {y - 105}A110 110 0 0 1 {x + 30} {y + 105}A150 150 0 0 0 {x + 30} {y - 105}z",
                0.16,
            )
            svg += (
                fill(emblem(rng, x, y, 76), over)
                + fill(oval(x, y, 24, 24), "#d9b25a")
                + stroke(f"M{x - 11} {y}H{x + 11}", "#8a6a2a", 6)
                + bright(oval(x - 46, y - 56, 22, 14), 0.5)
            )
    return Thing(svg, shadow, 760, 560, flat=True, extra={"drop": 30})


def wind_bell(rng: Random, palette: Palette) -> Thing:
    """An iron bell with a paper strip that the wind moves."""
    iron = mix(palette.ink, palette.main, 0.35)
    bell = Turned([(-700, 40), (-680, 110), (-600, 168), (-480, 184), (-440, 210)], tilt=0.14)
    paper = "M-70-300H70V60H-70z"
    svg = stroke("M0-1010V-690", shade(palette.wall, 0.45), 6) + stroke(
        "M0-430V-300", shade(palette.wall, 0.4), 5
    )
    svg += (
        fill(bell.outline(), iron)
        + fill(bell.dots(-600, 11, 11) + bell.dots(-560, 11, 11, 0.5), light(iron, 0.2))
        + stroke(bell.ring(-500), light(iron, 0.25), 8)
        + bell.shading(0.3)
    )
    svg += fill(oval(0, -420, 26, 26), "#c9a35a") + moved(
        fill(paper, palette.second)
        + fill(emblem(rng, 0, -210, 46), palette.accent)
        + stroke("M-30-120H30M-24-80H24M-30-40H30", palette.ink, 8),
        turn=-5,
    )
    return Thing(svg, [bell.outline(), paper], 440, 720, extra={"hang": 1})
