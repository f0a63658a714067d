"""Patterns: woven, printed and dyed, and the little sign that stands for a maker's mark."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random
from typing import NamedTuple

from marketplace.demo.pictures.brush import box, fill, line, num, oval, smooth, stroke
from marketplace.demo.pictures.colour import Palette, mix

Colours = tuple[str, str, str]


class Area(NamedTuple):
    """Where a pattern goes; it ends exactly at these edges."""

    x: float
    y: float
    width: float
    height: float

    def grid(self, step: float, least: int = 2) -> tuple[int, int, float, float]:
        """Columns, rows and the size of a cell that fills the area evenly."""
        columns, rows = max(least, round(self.width / step)), max(least, round(self.height / step))
        return columns, rows, self.width / columns, self.height / rows

    def middles(self, step: float, least: int = 2) -> list[tuple[int, float, float]]:
        """The middle of every cell, with a number that tells neighbours apart."""
        columns, rows, dx, dy = self.grid(step, least)
        return [
            (column + row, self.x + (column + 0.5) * dx, self.y + (row + 0.5) * dy)
            for column in range(columns)
            for row in range(rows)
        ]


def colours_of(rng: Random, palette: Palette) -> Colours:
    """The palette's three colours in an order of this thing's own."""
    order = rng.choice(((0, 1, 2), (1, 0, 2), (2, 1, 0), (0, 2, 1)))
    three = (palette.main, palette.second, palette.accent)
    return three[order[0]], three[order[1]], three[order[2]]


def emblem(rng: Random, x: float, y: float, size: float) -> str:
    """A little sign of petals around a middle; path data."""
    count = rng.choice((5, 6, 8))
    parts = []
    for index in range(count):
        angle = math.tau * index / count - math.pi / 2
        tip = (x + math.cos(angle) * size, y + math.sin(angle) * size)
        side = size * 0.34 * 6 / count
        nx, ny = -math.sin(angle) * side, math.cos(angle) * side
        mx, my = x + math.cos(angle) * size * 0.55, y + math.sin(angle) * size * 0.55
        parts.append(
            f"M{num(x)} {num(y)}Q{num(mx + nx)} {num(my + ny)} {num(tip[0])} {num(tip[1])}"
            f"Q{num(mx - nx)} {num(my - ny)} {num(x)} {num(y)}z"
        )
    return "".join(parts)


def fringe(rng: Random, x: float, y: float, width: float, length: float, colour: str) -> str:
    """Threads hanging from an edge."""
    count = max(6, round(width / 17))
    threads = "".join(
        f"M{num(x + width * (index + 0.5) / count)} {num(y)}q{num(rng.uniform(-5, 5))} {num(length * 0.5)} "
        f"{num(rng.uniform(-6, 6))} {num(length * rng.uniform(0.9, 1.05))}"
        for index in range(count)
    )
    return stroke(threads, colour, 6)


def _stripes(rng: Random, area: Area, colours: Colours) -> str:
    _, second, accent = colours
    svg, level = "", area.y + area.height * 0.04
    end = area.y + area.height
    while level < end - area.height * 0.04:
        thick = min(rng.choice((10.0, 16.0, 44.0)), end - level)
        svg += fill(box(area.x, level, area.width, thick), rng.choice((second, second, accent)))
        level += thick + rng.choice((16.0, 26.0, 60.0))
    return svg


def _blocks(rng: Random, area: Area, colours: Colours) -> str:
    """Narrow strips sewn side by side, in blocks that lie across and along."""
    del rng
    base, second, accent = colours
    columns, rows, step, tall = area.grid(100, 4)
    across, bars, along = [], [], []
    for column in range(columns):
        for row in range(rows):
            left, top = area.x + column * step, area.y + row * tall
            if (column + row) % 2 == 0:
                across.append(box(left, top, step, tall))
                bars += [box(left, top + tall * at, step, tall * 0.13) for at in (0.12, 0.44, 0.76)]
            else:
                along += [
                    box(left + step * at, top, step * 0.14, tall) for at in (0.16, 0.44, 0.72)
                ]
    return (
        fill("".join(across), second)
        + fill("".join(bars), accent)
        + fill("".join(along), mix(base, accent, 0.35))
    )


def _checks(rng: Random, area: Area, colours: Colours) -> str:
    _, second, accent = colours
    columns, rows, step, tall = area.grid(rng.choice((70.0, 96.0)))
    x, y = area.x, area.y
    upright = "".join(box(x + k * step, y, step * 0.42, area.height) for k in range(columns))
    across = "".join(box(x, y + k * tall, area.width, tall * 0.42) for k in range(rows))
    lines = "".join(
        f"M{num(x)} {num(y + (k + 0.72) * tall)}h{num(area.width)}" for k in range(rows)
    )
    return (
        fill(upright, second, 0.75)
        + fill(across, second, 0.55)
        + stroke(lines, accent, 5, cap="butt")
    )


def _zigzag(rng: Random, area: Area, colours: Colours) -> str:
    del rng
    _, second, accent = colours
    _, rows, _, tall = area.grid(84, 3)
    teeth = max(4, round(area.width / 80))
    svg = ""
    for row in range(rows):
        middle = area.y + (row + 0.5) * tall
        points = [
            (area.x + area.width * k / (teeth * 2), middle + tall * (0.24 if k % 2 else -0.24))
            for k in range(teeth * 2 + 1)
        ]
        svg += stroke(line(points), accent if row % 3 == 1 else second, tall * 0.2, cap="butt")
    return svg


def _diamonds(rng: Random, area: Area, colours: Colours) -> str:
    del rng
    _, second, accent = colours
    _, _, dx, dy = area.grid(160)

    def diamond(cx: float, cy: float, size: float) -> str:
        corners = [
            (cx - dx * size, cy),
            (cx, cy - dy * size),
            (cx + dx * size, cy),
            (cx, cy + dy * size),
        ]
        return line(corners, close=True)

    cells = area.middles(160)
    edge = "".join(
        f"M{num(area.x)} {num(area.y + area.height * at)}h{num(area.width)}"
        for at in (0.015, 0.985)
    )
    return (
        fill("".join(diamond(cx, cy, 0.46) for _, cx, cy in cells), second)
        + fill("".join(diamond(cx, cy, 0.22) for _, cx, cy in cells), accent)
        + stroke(edge, accent, 9, cap="butt")
    )


def _flowers(rng: Random, area: Area, colours: Colours) -> str:
    """Block print: a flower, a dot, a flower."""
    _, second, accent = colours
    _, _, dx, dy = area.grid(120, 3)
    size, seed = min(dx, dy) * 0.36, rng.getrandbits(20)
    petals, hearts = [], []
    for number, cx, cy in area.middles(120, 3):
        if number % 2 == 0:
            petals.append(emblem(Random(seed), cx, cy, size))
        hearts.append(oval(cx, cy, size * 0.24, size * 0.24))
    return fill("".join(petals), second) + fill("".join(hearts), accent)


def _rings(rng: Random, area: Area, colours: Colours) -> str:
    """Resist dye: uneven rings of light on dark."""
    _, _, dx, dy = area.grid(190)
    rings = []
    for _, cx, cy in area.middles(190):
        for share in (0.42, 0.27, 0.13):
            size = min(dx, dy) * share
            points = [
                (
                    cx + math.cos(math.tau * k / 9) * size * rng.uniform(0.9, 1.08),
                    cy + math.sin(math.tau * k / 9) * size * rng.uniform(0.9, 1.08),
                )
                for k in range(9)
            ]
            rings.append(smooth(points, close=True))
    return stroke("".join(rings), colours[1], 11)


def _leaves(rng: Random, area: Area, colours: Colours) -> str:
    """Leaves leaning this way and that."""
    _, second, accent = colours
    _, _, dx, dy = area.grid(110, 3)
    one: list[str] = []
    two: list[str] = []
    for number, cx, cy in area.middles(110, 3):
        lean = (1 if number % 2 else -1) * rng.uniform(0.26, 0.34)
        x, y = dx * lean, dy * 0.36
        leaf = (
            f"M{num(cx - x)} {num(cy + y)}Q{num(cx - dx * 0.3)} {num(cy - y * 0.6)} {num(cx + x)} {num(cy - y)}"
            f"Q{num(cx + dx * 0.3)} {num(cy + y * 0.6)} {num(cx - x)} {num(cy + y)}z"
        )
        (one if number % 3 else two).append(leaf)
    return fill("".join(one), second) + fill("".join(two), accent)


_PATTERNS: tuple[Callable[[Random, Area, Colours], str], ...] = (
    _stripes,
    _blocks,
    _checks,
    _zigzag,
    _diamonds,
    _flowers,
    _rings,
    _leaves,
)
PATTERN_NAMES = ("stripes", "blocks", "checks", "zigzag", "diamonds", "flowers", "rings", "leaves")


def pattern(
    rng: Random,
    x: float,
    y: float,
    width: float,
    height: float,
    colours: Colours,
    *,
    name: str = "",
) -> str:
    """Ground and pattern; which one is the seed's choice unless named."""
    area = Area(x, y, width, height)
    choice = rng.randrange(len(_PATTERNS))
    make = _PATTERNS[PATTERN_NAMES.index(name)] if name else _PATTERNS[choice]
    return fill(box(x, y, width, height), colours[0]) + make(rng, area, colours)
