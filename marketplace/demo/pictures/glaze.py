"""Glaze and painting on turned bodies."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random

from marketplace.demo.pictures.brush import Turned, fill, line, num, oval, smooth, stroke
from marketplace.demo.pictures.colour import Palette, light, mix, shade
from marketplace.demo.pictures.patterns import Colours

CLAYS = ("#e9e2d2", "#cfd8cd", "#d7b894", "#c9cfd6")


def glazes(rng: Random, palette: Palette) -> Colours:
    """Ground, painting and spark of a pot."""
    return rng.choice(
        [
            (palette.main, palette.second, palette.accent),
            (palette.second, palette.main, palette.accent),
            (palette.accent, palette.second, palette.main),
            (rng.choice(CLAYS), palette.main, palette.accent),
        ]
    )


def _dipped(body: Turned, rng: Random, colours: Colours) -> str:
    """The foot is left unglazed."""
    del rng
    level = body.bottom - (body.bottom - body.top) * 0.26
    return fill(body.band(level, body.bottom), mix("#c79a6d", colours[0], 0.15)) + stroke(
        body.ring(level), light(colours[0], 0.5), 7
    )


def _waves(body: Turned, rng: Random, colours: Colours) -> str:
    del rng
    span = body.bottom - body.top
    middle = body.top + span * 0.55
    rings = body.ring(middle - span * 0.14) + body.ring(middle + span * 0.14)
    return (
        fill(body.band(middle - span * 0.1, middle + span * 0.1), colours[1])
        + stroke(body.wave(middle, span * 0.045, 9), colours[2], 11)
        + stroke(rings, colours[1], 7)
    )


def _dots(body: Turned, rng: Random, colours: Colours) -> str:
    del rng
    span = body.bottom - body.top
    rows = (body.top + span * (0.32 + 0.46 * row / 3) for row in range(4))
    dots = "".join(body.dots(y, 13, 13, phase=0.5 * (row % 2)) for row, y in enumerate(rows))
    return fill(dots, colours[1])


def _zigzag(body: Turned, rng: Random, colours: Colours) -> str:
    del rng
    span = body.bottom - body.top
    high, low = body.top + span * 0.32, body.bottom - span * 0.22
    teeth = "".join(body.wave(high + span * at, span * 0.05, 8, sharp=True) for at in (0.06, 0.15))
    return (
        stroke(teeth, colours[1], 10)
        + fill(body.dots(low - span * 0.05, 11, 15), colours[2])
        + stroke(body.ring(low + span * 0.02), colours[1], 6)
    )


def _running(body: Turned, rng: Random, colours: Colours) -> str:
    """A second glaze has run down from the shoulder."""
    span = body.bottom - body.top
    high = body.top + span * 0.32
    edge = [body.point(high, -90)]
    edge += [body.point(high + span * rng.uniform(0.02, 0.2), turn) for turn in range(-80, 90, 10)]
    edge.append(body.point(high, 90))
    rows = [y for y, _ in body.rows if y < high]
    right = [body.point(y, 90) for y in reversed(rows)]
    top = [body.point(body.top, turn) for turn in range(90, -91, -10)]
    left = [body.point(y, -90) for y in rows]
    return fill(smooth(edge) + "L" + line([*right, *top, *left])[1:] + "z", colours[1])


def _leaves(body: Turned, rng: Random, colours: Colours) -> str:
    del rng
    span = body.bottom - body.top
    high, low = body.top + span * 0.32, body.bottom - span * 0.22
    leaves = []
    for turn in range(-75, 90, 25):
        one, two = body.point(low, turn), body.point(high, turn)
        half = 42 * math.cos(math.radians(turn)) + 3
        mid = ((one[0] + two[0]) / 2, (one[1] + two[1]) / 2)
        leaves.append(
            f"M{num(one[0])} {num(one[1])}Q{num(mid[0] - half)} {num(mid[1])} {num(two[0])} {num(two[1])}"
            f"Q{num(mid[0] + half)} {num(mid[1])} {num(one[0])} {num(one[1])}z"
        )
    rings = body.ring(low + span * 0.04) + body.ring(low + span * 0.08)
    return fill("".join(leaves), colours[1]) + stroke(rings, colours[2], 7)


def _speckles(body: Turned, rng: Random, colours: Colours) -> str:
    specks = []
    for _ in range(70):
        x, y = body.point(rng.uniform(body.top + 20, body.bottom - 10), rng.uniform(-85, 85))
        specks.append(oval(x, y, rng.uniform(2, 5), rng.uniform(2, 4)))
    edge = body.ring(body.top + (body.bottom - body.top) * 0.04)
    return fill("".join(specks), shade(colours[0], 0.45)) + stroke(
        edge, mix("#a8713c", colours[0], 0.2), 9
    )


_WAYS: tuple[Callable[[Turned, Random, Colours], str], ...] = (
    _dipped,
    _waves,
    _dots,
    _zigzag,
    _running,
    _leaves,
    _speckles,
)


def decorate(body: Turned, rng: Random, colours: Colours) -> str:
    """Glaze and pattern on a turned body, one of seven ways."""
    return rng.choice(_WAYS)(body, rng, colours)
