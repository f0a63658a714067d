"""Where things stand: walls, tables, light through a window, plinths and the shadows that things throw."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random

from marketplace.demo.pictures.brush import (
    Thing,
    box,
    fill,
    line,
    moved,
    num,
    oval,
    smooth,
    stroke,
)
from marketplace.demo.pictures.colour import Palette, light, mix, shade

SIDE = 1200
FLOOR = 800.0
# How far a shadow falls to the right and to the front, a unit of height.
FALL = (0.5, 0.13)


def _window(rng: Random, wall: str, *, panes: int = 2) -> str:
    """Sunlight through a window, lying slanted on the wall."""
    colour = light(wall, 0.42)
    x, y = rng.uniform(60, 420), rng.uniform(40, 120)
    width, height, gap, slant = 210.0, 250.0, 26.0, 150.0
    parts = []
    for row in range(2):
        for column in range(panes):
            left = x + column * (width + gap) + row * slant * 0.5
            top = y + row * (height + gap)
            parts.append(
                line(
                    [
                        (left, top + 40),
                        (left + width, top),
                        (left + width + slant * 0.45, top + height),
                        (left + slant * 0.45, top + height + 40),
                    ],
                    close=True,
                )
            )
    return fill("".join(parts), colour)


def _leaf_shadow(rng: Random, colour: str) -> str:
    """The shadow of a palm leaf on the wall."""
    x, y, lean = rng.uniform(700, 1000), rng.uniform(-60, 30), rng.uniform(0.55, 0.8)
    parts = []
    for index in range(9):
        t = index / 8
        sx, sy = x - 430 * t * lean, y + 520 * t
        for side in (-1, 1):
            angle = math.radians(112 + side * (62 - 26 * t))
            length = 250 * (1 - 0.55 * t)
            ex, ey = sx + math.cos(angle) * length, sy + math.sin(angle) * length
            nx, ny = -math.sin(angle) * 26, math.cos(angle) * 26
            mx, my = (sx + ex) / 2, (sy + ey) / 2
            parts.append(
                f"M{num(sx)} {num(sy)}Q{num(mx + nx)} {num(my + ny)} {num(ex)} {num(ey)}"
                f"Q{num(mx - nx)} {num(my - ny)} {num(sx)} {num(sy)}z"
            )
    stem = smooth([(x, y), (x - 190 * lean, y + 250), (x - 430 * lean, y + 540)])
    return fill("".join(parts), colour) + stroke(stem, colour, 9)


def _room(palette: Palette, floor: float, *, curved: bool = False) -> str:
    wall = fill(box(0, 0, SIDE, SIDE), palette.wall)
    if curved:
        edge = f"M0 {num(floor)}Q{SIDE / 2} {num(floor + 60)} {SIDE} {num(floor - 10)}V{SIDE}H0z"
        return wall + fill(edge, palette.table)
    return (
        wall
        + fill(box(0, floor, SIDE, SIDE - floor), palette.table)
        + fill(box(0, floor, SIDE, 14), light(palette.table, 0.35))
    )


def window_room(rng: Random, palette: Palette) -> str:
    return _room(palette, FLOOR) + _window(rng, palette.wall)


def leaf_room(rng: Random, palette: Palette) -> str:
    return (
        _room(palette, FLOOR)
        + _leaf_shadow(rng, shade(palette.wall, 0.1))
        + fill(box(0, FLOOR, SIDE, SIDE - FLOOR), palette.table)
    )


def sun_room(rng: Random, palette: Palette) -> str:
    """A large disc behind, like on a poster."""
    x, radius = rng.uniform(480, 720), rng.uniform(330, 400)
    disc = fill(oval(x, 520, radius, radius), light(mix(palette.wall, palette.accent, 0.22), 0.2))
    return (
        fill(box(0, 0, SIDE, SIDE), palette.wall)
        + disc
        + fill(box(0, FLOOR, SIDE, 400), palette.table)
    )


def arch_room(rng: Random, palette: Palette) -> str:
    """A niche in the wall."""
    half, top = rng.uniform(360, 420), rng.uniform(150, 210)
    middle = SIDE / 2
    niche = (
        f"M{num(middle - half)} {num(FLOOR)}V{num(top + half)}a{num(half)} {num(half)} 0 0 1 {num(2 * half)} 0"
        f"V{num(FLOOR)}z"
    )
    depth = (
        f"M{num(middle - half)} {num(FLOOR)}V{num(top + half)}a{num(half)} {num(half)} 0 0 1 {num(half * 1.15)} {num(-half * 0.985)}"
        f"a{num(half)} {num(half)} 0 0 0 {num(-half * 0.95)} {num(half * 1.1)}V{num(FLOOR)}z"
    )
    return (
        fill(box(0, 0, SIDE, SIDE), palette.wall)
        + fill(niche, light(palette.wall, 0.4))
        + fill(depth, shade(palette.wall, 0.16))
        + fill(box(0, FLOOR, SIDE, 400), palette.table)
    )


def tile_room(rng: Random, palette: Palette) -> str:
    """A wall of tiles."""
    step = rng.choice((120, 150))
    lines = "".join(f"M{x} 0V{num(FLOOR)}" for x in range(step // 2, SIDE, step))
    lines += "".join(f"M0 {num(FLOOR - y)}H{SIDE}" for y in range(step, int(FLOOR) + 1, step))
    return (
        _room(palette, FLOOR)
        + stroke(lines, shade(palette.wall, 0.07), 5, cap="butt")
        + fill(box(0, FLOOR, SIDE, 14), light(palette.table, 0.35))
    )


def curtain_room(rng: Random, palette: Palette) -> str:
    """A curtain at one side, the light of the open one on the wall."""
    room = _room(palette, FLOOR)
    beam = fill(
        line([(330, 0), (760, 0), (1080, FLOOR), (560, FLOOR)], close=True),
        light(palette.wall, 0.36),
    )
    cloth = []
    colour = light(mix(palette.wall, palette.second, 0.6), 0.2)
    x = 0.0
    for index in range(5):
        width = rng.uniform(44, 66)
        tone = colour if index % 2 else shade(colour, 0.1)
        cloth.append(
            fill(
                f"M{num(x)} 0h{num(width)}c14 260-12 480 6 {num(FLOOR + 40)}h{num(-width)}c-16-300 12-500-6-{num(FLOOR + 40)}z",
                tone,
            )
        )
        x += width
    return room + beam + "".join(cloth)


ROOMS: tuple[Callable[[Random, Palette], str], ...] = (
    window_room,
    sun_room,
    arch_room,
    leaf_room,
    tile_room,
    curtain_room,
)


def flat_ground(rng: Random, palette: Palette) -> str:
    """A table seen from above, with a stripe of light on it."""
    ground = mix(palette.wall, palette.table, 0.35)
    kind = rng.randrange(3)
    parts = [fill(box(0, 0, SIDE, SIDE), ground)]
    if kind == 0:
        x = rng.uniform(100, 420)
        for width in (230.0, 120.0):
            parts.append(
                fill(
                    line(
                        [
                            (x + 260, 0),
                            (x + 260 + width, 0),
                            (x - 340 + width, SIDE),
                            (x - 340, SIDE),
                        ],
                        close=True,
                    ),
                    light(ground, 0.3),
                )
            )
            x += width + 70
    elif kind == 1:
        for y in range(0, SIDE, 240):
            offset = rng.uniform(0, 600)
            parts.append(
                fill(box(0, y, SIDE, 236), mix(ground, shade(ground), rng.uniform(0, 0.12)))
            )
            parts.append(
                stroke(f"M{num(offset)} {y + 90}q140-26 300 0t260 6", shade(ground, 0.09), 4)
            )
    else:
        cloth = light(mix(palette.second, palette.wall, 0.35), 0.15)
        turn = rng.uniform(-10, 10)
        parts.append(
            moved(fill(box(-470, -400, 1090, 1100, 8), shade(ground, 0.14)), 620, 640, turn=turn)
        )
        parts.append(moved(fill(box(-490, -420, 1090, 1100, 8), cloth), 620, 640, turn=turn))
    return "".join(parts)


def sprig(rng: Random, colour: str, size: float = 1) -> str:
    """A twig with leaves: the smallest piece of decoration."""
    parts = []
    bend = rng.uniform(-40, 40)
    for index in range(5):
        t = (index + 1) / 6
        x, y = bend * t * t, -230 * t
        for side in (-1, 1):
            tip = (x + side * 74 * (1.2 - t), y - 46)
            parts.append(
                f"M{num(x)} {num(y)}Q{num(x + side * 18)} {num(y - 52)} {num(tip[0])} {num(tip[1])}"
                f"Q{num(x + side * 58)} {num(y - 2)} {num(x)} {num(y)}z"
            )
    stem = stroke(smooth([(0, 0), (bend * 0.3, -110), (bend, -240)]), colour, 7)
    return moved(stem + fill("".join(parts), colour), scale=size)


def plinth(palette: Palette, width: float, height: float) -> Thing:
    """A round block for small things to stand on."""
    colour = light(mix(palette.table, palette.wall, 0.4), 0.25)
    rx, ry = width / 2, width * 0.08
    body = f"M{num(-rx)} {num(-height)}V0A{num(rx)} {num(ry)} 0 0 0 {num(rx)} 0V{num(-height)}z"
    side = f"M{num(rx * 0.3)} {num(-height)}V{num(ry * 0.95)}A{num(rx)} {num(ry)} 0 0 0 {num(rx)} 0V{num(-height)}z"
    top = oval(0, -height, rx, ry)
    svg = fill(body, shade(colour, 0.1)) + fill(side, shade(colour, 0.22)) + fill(top, colour)
    return Thing(svg, [body + top], width, height, foot=ry)


def stand(
    thing: Thing, palette: Palette, x: float, y: float, scale: float, *, on: str | None = None
) -> str:
    """A thing at a place, with the shadow it throws on what it stands on."""
    ground = on or palette.table
    fall = "".join(thing.shadow)
    matrix = f"matrix(1 0 {-FALL[0]} {-FALL[1]} 0 {num(thing.foot * 0.55)})"
    tone = shade(ground, 0.26)
    shadow = f'<path d="{fall}" fill="{tone}" transform="{matrix}"/>' if fall else ""
    contact = ""
    if thing.foot:
        half = thing.extra.get("base", thing.width / 2)
        contact = fill(oval(6, thing.foot * 0.5, half + 8, thing.foot * 0.75), shade(ground, 0.4))
    return moved(shadow + contact + thing.svg, x, y, scale=scale)


def lie(thing: Thing, palette: Palette, x: float, y: float, scale: float, turn: float = 0) -> str:
    """A flat thing seen from above; its shadow falls a little to the right and down."""
    ground = mix(palette.wall, palette.table, 0.35)
    drop = thing.extra.get("drop", 16)
    shadow = "".join(f'<path d="{data}" fill="{shade(ground, 0.3)}"/>' for data in thing.shadow)
    return moved(
        moved(shadow, turn=turn), x + drop * scale, y + drop * 1.2 * scale, scale=scale
    ) + moved(thing.svg, x, y, scale=scale, turn=turn)
