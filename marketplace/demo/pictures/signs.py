"""Signs for businesses: shapes only, so that no font is needed."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from marketplace.demo.pictures.brush import box, fill, line, moved, oval, smooth, stroke
from marketplace.demo.pictures.colour import Palette

Tones = tuple[str, str, str]


def _blossom(ground: str, ink: str, spark: str) -> str:
    del ground
    petal = fill("M0-30C34-70 34-120 0-150C-34-120-34-70 0-30z", ink)
    petals = "".join(moved(petal, 200, 200, turn=index * 45) for index in range(8))
    return petals + fill(oval(200, 200, 24, 24), spark)


def _waves(ground: str, ink: str, spark: str) -> str:
    del ground
    rows = "".join(
        smooth([(70 + k * 65, y - (30 if k % 2 else 0)) for k in range(5)])
        for y in range(150, 290, 36)
    )
    return stroke(rows, ink, 16) + fill(oval(262, 84, 30, 30), spark)


def _drop(ground: str, ink: str, spark: str) -> str:
    del ground
    drop = "M200 96C250 150 272 200 262 262Q232 300 200 300T138 262C128 200 150 150 200 96z"
    return (
        stroke(oval(200, 200, 140, 140), ink, 14)
        + fill(drop, ink)
        + fill(oval(200, 226, 30, 36), spark)
    )


def _sunrise(ground: str, ink: str, spark: str) -> str:
    del ground
    rays = "".join(f"M{200 - r} 280a{r} {r} 0 0 1 {2 * r} 0" for r in (78, 112, 146))
    return fill("M150 280a50 50 0 0 1 100 0z", spark) + stroke(rays + "M44 306H356", ink, 14)


def _mountains(ground: str, ink: str, spark: str) -> str:
    range_ = fill("M40 310L150 130L214 232L250 180L360 310z", ink)
    snow = fill("M150 130L186 188L162 206L146 186L120 196z", ground)
    return fill(oval(268, 128, 40, 40), spark) + range_ + snow


def _leaves(ground: str, ink: str, spark: str) -> str:
    leaf = fill("M0 0C46-56 46-140 0-210C-46-140-46-56 0 0z", ink)
    leaves = "".join(moved(leaf, 200, 306, turn=turn) for turn in (-52, 0, 52))
    return leaves + stroke("M200 326V160", ground, 8) + fill(oval(200, 318, 22, 22), spark)


def _rings(ground: str, ink: str, spark: str) -> str:
    del ground
    rings = "".join(oval(x, y, 78, 78) for x, y in ((152, 160), (248, 160), (200, 244)))
    return stroke(rings, ink, 15) + fill(oval(200, 188, 22, 22), spark)


def _weave(ground: str, ink: str, spark: str) -> str:
    del ground
    cells = [
        (110 + column * 90, 110 + row * 90, column + row) for column in range(3) for row in range(3)
    ]
    diamonds = "".join(
        line([(x - 42, y), (x, y - 42), (x + 42, y), (x, y + 42)], close=True)
        for x, y, number in cells
        if number % 2 == 0
    )
    dots = "".join(oval(x, y, 18, 18) for x, y, number in cells if number % 2)
    return fill(diamonds, ink) + fill(dots, spark)


_SIGNS: tuple[Callable[[str, str, str], str], ...] = (
    _blossom,
    _waves,
    _drop,
    _sunrise,
    _mountains,
    _leaves,
    _rings,
    _weave,
)


def sign(rng: Random, palette: Palette) -> str:
    """One of eight signs on a ground of the palette."""
    grounds = (
        (palette.main, palette.second),
        (palette.second, palette.main),
        (palette.accent, palette.second),
    )
    ground, ink = rng.choice(grounds)
    spark = palette.accent if ground != palette.accent else palette.main
    return fill(box(0, 0, 400, 400), ground) + rng.choice(_SIGNS)(ground, ink, spark)
