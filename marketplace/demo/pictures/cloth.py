"""Woven and knitted cloth for rooms and shoulders."""

from __future__ import annotations

import itertools
import math
from random import Random

from marketplace.demo.pictures.brush import (
    Point,
    Thing,
    box,
    bright,
    clipped,
    dark,
    fill,
    line,
    moved,
    num,
    oval,
    smooth,
    stroke,
)
from marketplace.demo.pictures.colour import Palette, light, shade
from marketplace.demo.pictures.patterns import colours_of, fringe, pattern


def textile(rng: Random, palette: Palette) -> Thing:
    """Folded cloths, one on the other."""
    count = rng.choice((2, 3, 3))
    parts, level, wide = [], 0.0, 330.0
    order = [colours_of(rng, palette) for _ in range(count)]
    shadow = []
    for index in range(count):
        tall, half = rng.uniform(104, 128), wide - index * rng.uniform(6, 20)
        shift = rng.uniform(-14, 14)
        base, second, accent = order[index]
        top = level - tall
        fold = box(shift - half, top, half * 2, tall, tall * 0.48)
        shadow.append(fold)
        parts.append(fill(fold, base))
        creases = "".join(
            f"M{num(shift - half + 26)} {num(top + tall * share)}h{num(half * 2 - 60)}"
            for share in (0.34, 0.66)
        )
        parts.append(stroke(creases, shade(base, 0.26), 5))
        stripes = sorted(rng.uniform(-0.8, 0.8) for _ in range(rng.choice((3, 5))))
        for number, share in enumerate(stripes):
            w = rng.choice((14.0, 30.0, 46.0))
            parts.append(
                fill(
                    box(shift + share * half - w / 2, top + 3, w, tall - 6),
                    second if number % 2 else accent,
                )
            )
        bend = tall * 0.48
        corner = f"a{num(bend)} {num(bend)} 0 0 1"
        parts.append(
            dark(
                f"M{num(shift + half * 0.45)} {num(top)}H{num(shift + half - bend)}{corner} {num(bend)} {num(bend)}"
                f"v{num(tall - 2 * bend)}{corner} {num(-bend)} {num(bend)}H{num(shift + half * 0.45)}z",
                0.16,
            )
        )
        parts.append(
            dark(
                f"M{num(shift - half + 30)} {num(level - 8)}h{num(half * 2 - 60)}v9h{num(60 - half * 2)}z",
                0.3,
            )
        )
        level = top + 2
    top_colours = order[-1]
    depth, slant = 150.0, 90.0
    half = wide - 30
    face = pattern(rng, 0, 0, 600, 300, top_colours)
    matrix = f"matrix({(half * 2) / 600:.3f} 0 {slant / 300:.3f} {-depth / 300:.3f} {num(-half - 6)} {num(level + 18)})"
    surface = line(
        [
            (-half - 6, level + 18),
            (half - 6, level + 18),
            (half - 6 + slant, level + 18 - depth),
            (-half - 6 + slant, level + 18 - depth),
        ],
        close=True,
    )
    parts.append(f'<g transform="{matrix}">{face}</g>')
    parts.append(
        dark(
            line(
                [
                    (half * 0.3, level + 18),
                    (half - 6, level + 18),
                    (half - 6 + slant, level + 18 - depth),
                    (half * 0.3 + slant, level + 18 - depth),
                ],
                close=True,
            ),
            0.1,
        )
    )
    parts.append(fringe(rng, -half + 40, level + 14, 150, 70, light(top_colours[1], 0.2)))
    return Thing("".join(parts), [*shadow, surface], 700, 520, foot=30, extra={"base": 300})


def folds(x: float, y: float, width: float, height: float, rng: Random) -> str:
    svg = ""
    for index in range(4):
        left = x + width * (index + rng.uniform(0.3, 0.6)) / 4.3
        wide = width * rng.uniform(0.05, 0.08)
        svg += dark(
            f"M{num(left)} {num(y)}h{num(wide)}q{num(wide * 0.6)} {num(height * 0.5)} {num(wide * 0.2)} {num(height)}h{num(-wide)}q{num(wide * 0.5)} {num(-height * 0.5)} {num(-wide * 0.2)} {num(-height)}z",
            0.13,
        )
        svg += bright(
            f"M{num(left - wide * 0.7)} {num(y)}h{num(wide * 0.6)}q{num(wide * 0.4)} {num(height * 0.5)} 0 {num(height)}h{num(-wide * 0.6)}q{num(wide * 0.4)} {num(-height * 0.5)} 0 {num(-height)}z",
            0.13,
        )
    return svg


def scarf(rng: Random, palette: Palette) -> Thing:
    """Hanging over a rod."""
    colours = colours_of(rng, palette)
    wide, tall = rng.uniform(360, 430), 600.0
    left = -wide / 2
    back = fill(box(left + 46, -700, wide - 30, 470), shade(colours[0], 0.3)) + fringe(
        rng, left + 50, -232, wide - 40, 46, shade(colours[1], 0.25)
    )
    front = pattern(rng, left, -706, wide, tall, colours)
    svg = (
        back
        + front
        + folds(left, -706, wide, tall, rng)
        + fringe(rng, left + 4, -106, wide - 8, 74, colours[1])
    )
    wood = "#b98350"
    rod = stroke(f"M{num(left - 110)} -712h{num(wide + 220)}", shade(wood, 0.15), 26) + stroke(
        f"M{num(left - 110)} -717h{num(wide + 220)}", light(wood, 0.25), 8
    )
    svg += bright(box(left, -712, wide, 26), 0.18)
    strings = stroke(
        f"M{num(left - 60)} -712L0-1010M{num(-left + 60)} -712L0-1010", shade(palette.wall, 0.42), 5
    )
    return Thing(strings + rod + svg, [box(left, -712, wide, 650)], wide, 700, extra={"hang": 1})


def _studs(x: float, y: float, width: float, height: float) -> str:
    """Little diamonds along the border of a rug."""
    middles = [
        (x + 34 + (width - 68) * (index + 0.5) / 15, edge)
        for index in range(15)
        for edge in (y + 17, y + height - 17)
    ]
    middles += [
        (edge, y + 34 + (height - 68) * (index + 0.5) / 22)
        for index in range(22)
        for edge in (x + 17, x + width - 17)
    ]
    return "".join(
        line([(cx - 10, cy), (cx, cy - 10), (cx + 10, cy), (cx, cy + 10)], close=True)
        for cx, cy in middles
    )


def _stepped(cy: float, wide: float, tall: float) -> str:
    """A diamond with stairs for sides, as a loom makes it."""
    steps: list[Point] = []
    for corner, (sx, sy) in enumerate(((1, -1), (1, 1), (-1, 1), (-1, -1))):
        stair = [(sx * wide * k / 5, cy + sy * tall * (1 - k / 5)) for k in range(6)]
        stair = stair if corner in (0, 2) else stair[::-1]
        for one, two in itertools.pairwise(stair):
            steps += [one, (two[0], one[1])]
    return line(steps, close=True)


def rug(rng: Random, palette: Palette) -> Thing:
    """A rug seen from above."""
    base, second, accent = colours_of(rng, palette)
    width, height = 560.0, 800.0
    x, y = -width / 2, -height / 2
    svg = fringe(rng, x + 4, y - 48, width - 8, 52, "#efe3c8")
    svg += fringe(rng, x + 4, y + height - 4, width - 8, 52, "#efe3c8")
    for inset, tone in ((0.0, base), (34.0, second), (56.0, accent), (72.0, base)):
        svg += fill(box(x + inset, y + inset, width - 2 * inset, height - 2 * inset), tone)
    svg += fill(_studs(x, y, width, height), accent)
    medallions = rng.choice((1, 2, 3))
    tones = ((1.0, second), (0.8, accent), (0.6, base), (0.38, second), (0.16, accent))
    for index in range(medallions):
        cy = y + height * (index + 0.5) / medallions * 0.78 + height * 0.11
        size = 300 / medallions**0.55
        wide = 180 * (0.9 if medallions > 1 else 1)
        svg += "".join(
            fill(_stepped(cy, wide * share, size * share), tone) for share, tone in tones
        )
    for sx, sy in ((-1, -1), (-1, 1), (1, -1), (1, 1)):
        tip, large, small = (sx * 200, sy * 320), (sx * 200, sy * 190), (sx * 200, sy * 250)
        svg += fill(line([tip, (sx * 90, sy * 320), large], close=True), second)
        svg += fill(line([tip, (sx * 140, sy * 320), small], close=True), accent)
    threads = "".join(
        f"M{num(x)} {num(y + step)}h{num(width)}" for step in range(12, int(height), 26)
    )
    svg += stroke(threads, shade(base, 0.4), 2, alpha=0.22, cap="butt")
    outline = box(x, y, width, height)
    return Thing(svg, [outline], width, height + 100, flat=True, extra={"drop": 12})


def cushion(rng: Random, palette: Palette) -> Thing:
    colours = colours_of(rng, palette)
    half, tall = 300.0, 560.0
    shape = (
        f"M{num(-half)} {num(-tall)}C{num(-half * 0.5)} {num(-tall + 46)} {num(half * 0.5)} {num(-tall + 46)} {num(half)} {num(-tall)}"
        f"C{num(half - 40)} {num(-tall * 0.66)} {num(half - 30)} {num(-tall * 0.3)} {num(half + 8)} 0"
        f"C{num(half * 0.4)} 26 {num(-half * 0.4)} 26 {num(-half - 8)} 0C{num(-half + 30)} {num(-tall * 0.3)} {num(-half + 40)} {num(-tall * 0.66)} {num(-half)} {num(-tall)}z"
    )
    inside = pattern(rng, -half - 10, -tall, half * 2 + 20, tall + 30, colours)
    inside += dark(
        f"M{num(half * 0.3)} {num(-tall)}C{num(half * 0.8)} {num(-tall * 0.6)} {num(half * 0.75)} {num(-tall * 0.3)} {num(half * 0.3)} 40H{num(half + 30)}V{num(-tall)}z",
        0.18,
    )
    inside += bright(oval(-half * 0.36, -tall * 0.62, half * 0.4, tall * 0.2), 0.12)
    inside += dark("M-320-30C-100 20 100 20 330-30V60H-320z", 0.14)
    edge = stroke(shape, shade(colours[0], 0.16), 9)
    tassels = ""
    for x, y, turn in (
        (-half, -tall, 40),
        (half, -tall, -40),
        (-half - 8, 0, 60),
        (half + 8, 0, -60),
    ):
        tassels += moved(
            fill(oval(0, 12, 13, 13), colours[2]) + fringe(rng, -15, 20, 30, 52, colours[2]),
            x,
            y,
            turn=turn if y == 0 else turn + (90 if x < 0 else -90),
        )
    return Thing(
        tassels + clipped(inside, shape, "cushion") + edge,
        [shape],
        620,
        tall,
        foot=20,
        extra={"base": 290},
    )


def blanket(rng: Random, palette: Palette) -> Thing:
    """A thick throw, rolled."""
    colours = colours_of(rng, palette)
    parts, shadow = [], []
    for x, y, size in ((-150, 0, 1.0), (160, 0, 0.94), (8, -252, 0.9)):
        base, second, accent = (
            colours
            if x < 0
            else (colours[1], colours[2], colours[0])
            if x > 100
            else (colours[2], colours[0], colours[1])
        )
        r = 146 * size
        length = 150
        roll = oval(x, y - r, r, r)
        hull = f"M{num(x)} {num(y - 2 * r)}l{num(length)} -60a{num(r * 0.94)} {num(r * 0.94)} 0 0 1 0 {num(r * 1.88)}L{num(x)} {num(y)}z"
        parts.append(fill(hull, shade(base, 0.18)))
        bend = f"a{num(r * 0.96)} {num(r * 0.96)} 0 0 1 0 {num(r * 1.9)}"
        for share, tone in ((0.3, second), (0.5, accent), (0.85, second)):
            start = f"M{num(x + length * share)} {num(y - 2 * r - 60 * share + 4)}"
            parts += [stroke(start + bend, tone, 17, cap="butt")]
        spiral = smooth(
            [
                (
                    x + math.cos(k * 0.55) * r * (1 - k / 34),
                    y - r + math.sin(k * 0.55) * r * (1 - k / 34),
                )
                for k in range(33)
            ]
        )
        parts.append(
            fill(roll, base) + stroke(spiral, shade(base, 0.3), 8) + stroke(spiral, second, 3)
        )
        shadow += [roll, hull]
    return Thing("".join(parts), shadow, 640, 520, foot=30, extra={"base": 300})
