"""What a potter makes."""

from __future__ import annotations

from random import Random

from marketplace.demo.pictures.brush import (
    Point,
    Thing,
    Turned,
    bright,
    dark,
    fill,
    moved,
    num,
    oval,
    smooth,
    stroke,
)
from marketplace.demo.pictures.colour import Palette, light, mix, shade
from marketplace.demo.pictures.glaze import decorate, glazes
from marketplace.demo.pictures.scenes import sprig

VASES: tuple[tuple[Point, ...], ...] = (
    (
        (-640, 92),
        (-600, 74),
        (-520, 70),
        (-430, 150),
        (-300, 236),
        (-150, 216),
        (-40, 140),
        (0, 120),
    ),
    (
        (-560, 70),
        (-530, 58),
        (-470, 64),
        (-380, 190),
        (-250, 262),
        (-120, 226),
        (-30, 130),
        (0, 112),
    ),
    (
        (-700, 84),
        (-660, 68),
        (-560, 62),
        (-440, 76),
        (-300, 150),
        (-150, 190),
        (-50, 150),
        (0, 122),
    ),
    ((-600, 168), (-560, 150), (-460, 140), (-320, 196), (-180, 206), (-60, 150), (0, 118)),
    ((-520, 128), (-490, 118), (-430, 190), (-300, 250), (-170, 234), (-50, 156), (0, 130)),
)


def opened(body: Turned, base: str, svg: str, *, lip: float = 12) -> str:
    """A hollow body: back of the rim, skin with its pattern, lip and mouth."""
    mouth = body.mouth()
    inner = body.mouth(lip)
    return (
        fill(body.outline(), base)
        + svg
        + body.shading()
        + fill(mouth, light(base, 0.28))
        + fill(inner, shade(base, 0.5))
        + fill(
            f"M{num(-body.rows[0][1] + lip)} {num(body.top)}A{num(body.rows[0][1] - lip)} "
            f"{num((body.rows[0][1] - lip) * body.tilt)} 0 0 0 {num(body.rows[0][1] - lip)} {num(body.top)}"
            f"Q0 {num(body.top + (body.rows[0][1] - lip) * body.tilt * 0.5)} {num(-body.rows[0][1] + lip)} {num(body.top)}z",
            shade(base, 0.3),
        )
    )


def standing(body: Turned, svg: str, *, more: str = "") -> Thing:
    widest = max(radius for _, radius in body.rows)
    foot = body.rows[-1][1]
    return Thing(
        svg,
        [body.outline(), *([more] if more else [])],
        widest * 2,
        -body.top,
        foot=foot * body.tilt,
        extra={"base": foot},
    )


def vase(rng: Random, palette: Palette) -> Thing:
    profile = rng.choice(VASES)
    stretch, wide = rng.uniform(0.92, 1.06), rng.uniform(0.9, 1.1)
    body = Turned([(y * stretch, r * wide) for y, r in profile])
    colours = glazes(rng, palette)
    twig = ""
    if rng.random() < 0.45:
        leaf = mix("#5d7a4a", palette.main, 0.2)
        twig = moved(sprig(rng, leaf, 1.15), -8, body.top + 30, turn=-14) + moved(
            sprig(rng, shade(leaf, 0.2), 1.0), 14, body.top + 30, turn=16
        )
    svg = opened(body, colours[0], decorate(body, rng, colours))
    if twig:
        mouth = shade(colours[0], 0.5)
        svg = svg + fill(body.mouth(12), mouth) + twig
        front = body.rows[0][1]
        svg += fill(
            f"M{num(-front)} {num(body.top)}A{num(front)} {num(front * body.tilt)} 0 0 0 {num(front)} {num(body.top)}"
            f"L{num(front - 12)} {num(body.top)}A{num(front - 12)} {num((front - 12) * body.tilt)} 0 0 1 {num(12 - front)} {num(body.top)}z",
            light(colours[0], 0.28),
        )
    thing = standing(body, svg)
    thing.height += 200 if twig else 0
    return thing


def bowl(rng: Random, palette: Palette) -> Thing:
    width, height = rng.uniform(290, 340), rng.uniform(210, 270)
    body = Turned(
        [
            (-height, width),
            (-height * 0.72, width * 0.93),
            (-height * 0.35, width * 0.68),
            (-40, width * 0.38),
            (-30, width * 0.33),
            (0, width * 0.36),
        ],
        tilt=0.24,
    )
    base, second, accent = glazes(rng, palette)
    svg = opened(body, base, decorate(body, rng, (base, second, accent)), lip=16)
    inside = mix(second, base, 0.2) if second != base else accent
    ry = (width - 16) * body.tilt
    svg += fill(body.mouth(16), shade(inside, 0.12))
    svg += fill(oval(14, -height + ry * 0.24, (width - 16) * 0.84, ry * 0.72), inside)
    if rng.random() < 0.5:
        fruit = rng.choice(("#d9652f", "#c7a12c", "#8e2f3e", "#7b9a3c"))
        for x, y, r in ((-120, -30, 82), (110, -36, 88), (-6, -62, 92)):
            tone = mix(fruit, "#e8b04a", rng.uniform(0, 0.35))
            svg += fill(oval(x, -height + y, r, r * 0.94), tone)
            svg += dark(
                f"M{num(x + r * 0.2)} {num(-height + y - r * 0.9)}a{num(r)} {num(r)} 0 0 1 {num(-r * 0.1)} {num(r * 1.82)}a{num(r * 1.2)} {num(r * 1.3)} 0 0 0 {num(r * 0.1)} {num(-r * 1.82)}z",
                0.16,
            )
            svg += bright(oval(x - r * 0.38, -height + y - r * 0.4, r * 0.18, r * 0.13), 0.5)
        front = width - 8
        lip = (
            f"M{num(-front)} {num(-height)}A{num(front)} {num(front * body.tilt)} 0 0 0 {num(front)} {num(-height)}"
            f"A{num(front)} {num(front * body.tilt * 0.62)} 0 0 1 {num(-front)} {num(-height)}z"
        )
        svg += fill(lip, shade(inside, 0.12)) + stroke(
            f"M{num(-front)} {num(-height)}A{num(front)} {num(front * body.tilt)} 0 0 0 {num(front)} {num(-height)}",
            light(base, 0.28),
            16,
        )
    return standing(body, svg)


def handle(
    x: float, top: float, bottom: float, reach: float, colour: str, width: float = 34
) -> str:
    path = f"M{num(x)} {num(top)}C{num(x + reach * 1.3)} {num(top - 10)} {num(x + reach * 1.3)} {num(bottom + 20)} {num(x - 12)} {num(bottom)}"
    return stroke(path, shade(colour, 0.32), width) + moved(
        stroke(path, shade(colour, 0.12), width * 0.62), -5, -4
    )


def mug(rng: Random, palette: Palette) -> Thing:
    width, height = rng.uniform(170, 200), rng.uniform(330, 390)
    belly = rng.uniform(0.95, 1.14)
    body = Turned(
        [(-height, width), (-height * 0.5, width * belly), (-30, width * 0.94), (0, width * 0.8)],
        tilt=0.2,
    )
    colours = glazes(rng, palette)
    svg = handle(width * 0.94, -height * 0.78, -height * 0.26, 150, colours[0], 44)
    svg += opened(body, colours[0], decorate(body, rng, colours), lip=13)
    drink = rng.choice(("#5a3420", "#a8713c", "#7a8f3a"))
    svg += fill(oval(4, -height + 14, width - 22, (width - 22) * 0.17), drink)
    svg += bright(oval(-40, -height + 10, 60, 8), 0.3)
    for index, x in enumerate((-46, 22)):
        svg += stroke(
            f"M{x} {num(-height - 40)}c-34-44 34-70 0-{120 + index * 24}",
            light(palette.wall, 0.6),
            9,
            alpha=0.7,
        )
    return standing(body, svg)


def teapot(rng: Random, palette: Palette) -> Thing:
    body = Turned(
        [(-330, 96), (-310, 130), (-220, 214), (-110, 216), (-24, 150), (0, 128)], tilt=0.18
    )
    colours = glazes(rng, palette)
    base = colours[0]
    spout = smooth([(-180, -170), (-262, -200), (-300, -286), (-352, -322)])
    svg = stroke(spout, shade(base, 0.08), 58) + stroke(
        smooth([(-262, -196), (-304, -280), (-352, -322)]), light(base, 0.15), 16
    )
    svg += fill(oval(-356, -330, 30, 17), shade(base, 0.45))
    svg += fill(body.outline(), base) + decorate(body, rng, colours) + body.shading()
    svg += fill(oval(0, -330, 104, 22), shade(base, 0.3)) + fill(
        "M-98-336C-90-392-40-404 0-404S90-392 98-336A98 20 0 0 1-98-336z", light(base, 0.1)
    )
    svg += dark("M20-403C66-402 92-380 98-336A98 20 0 0 1 40-320C52-356 46-384 20-403z", 0.16)
    svg += fill(oval(0, -420, 26, 24), colours[2])
    bail = "M-120-300C-190-560 190-560 120-300"
    cane = mix("#b07a42", palette.main, 0.12)
    svg += stroke(bail, shade(cane, 0.25), 24) + stroke(bail, light(cane, 0.2), 9)
    return standing(
        body,
        svg,
        more="M-340-320l-40-14 40 90 180 100zM-130-300C-200-570 200-570 130-300l-20 0C170-540-170-540-110-300z",
    )


def cups(rng: Random, palette: Palette) -> Thing:
    """A set: a pot, a cup and a plate of one hand."""
    first = rng.getrandbits(30)
    parts, shadows = [], []
    pot, cup_seed = teapot, first
    large = pot(Random(first), palette)
    parts.append(moved(large.svg, -120, -40, scale=0.9))
    shadows += [f"{data}" for data in large.shadow]
    colours = glazes(Random(cup_seed), palette)
    for x, y in ((190, 30), (330, -30)):
        body = Turned([(-150, 100), (-70, 92), (-14, 54), (0, 50)], tilt=0.24)
        saucer = (
            fill(oval(0, 8, 140, 34), shade(colours[0], 0.18))
            + fill(oval(0, 0, 140, 34), light(colours[0], 0.12))
            + fill(oval(0, 2, 70, 16), shade(colours[0], 0.12))
        )
        skin = decorate(body, Random(first + 1), colours)
        parts.insert(
            0 if y < 0 else len(parts),
            moved(
                dark(oval(40, 18, 150, 34), 0.2)
                + saucer
                + opened(body, colours[0], skin, lip=9)
                + fill(oval(2, -144, 84, 18), "#8a5a2a"),
                x,
                y,
            ),
        )
    return Thing("".join(parts), shadows, 700, 540, foot=26, extra={"base": 200})


def planter(rng: Random, palette: Palette) -> Thing:
    wide, tall = rng.uniform(170, 200), rng.uniform(280, 320)
    body = Turned([(-tall, wide), (-tall * 0.5, wide * 0.94), (0, wide * 0.72)], tilt=0.18)
    colours = glazes(rng, palette)
    svg = opened(body, colours[0], decorate(body, rng, colours), lip=14) + fill(
        body.mouth(14), "#4b3527"
    )
    green = rng.choice(("#4f7a4a", "#6b8f4e", "#3f6b58"))
    leaves, shadow = "", ""
    for index in range(11):
        angle = -90 + (index - 5) * 17 + rng.uniform(-5, 5)
        length = rng.uniform(250, 380) * (1 - abs(index - 5) * 0.035)
        leaf = f"M0 0C{num(length * 0.3)} {num(-length * 0.17)} {num(length * 0.8)} {num(-length * 0.13)} {num(length)} 0C{num(length * 0.8)} {num(length * 0.13)} {num(length * 0.3)} {num(length * 0.17)} 0 0z"
        tone = (
            mix(green, "#23402f", rng.uniform(0, 0.35))
            if index % 2
            else light(green, rng.uniform(0.05, 0.2))
        )
        leaves += moved(
            fill(leaf, tone) + stroke(f"M10 0H{num(length * 0.92)}", light(tone, 0.3), 5),
            (index - 5) * 14,
            -tall + 6,
            turn=angle,
        )
    shadow = oval(0, -tall - 190, 230, 190)
    return standing(body, svg + leaves, more=shadow)


def pot(rng: Random, palette: Palette) -> Thing:
    """A cooking pot with a lid and two ears."""
    colours = glazes(rng, palette)
    base = colours[0]
    body = Turned([(-300, 262), (-240, 286), (-110, 270), (0, 180)], tilt=0.2)
    svg = stroke(
        "M-270-230C-360-250-360-160-280-160M270-230C360-250 360-160 280-160", shade(base, 0.2), 36
    )
    svg += fill(body.outline(), base) + decorate(body, rng, colours) + body.shading()
    lid = Turned([(-410, 60), (-390, 130), (-340, 236), (-300, 270)], tilt=0.2)
    svg += (
        fill(lid.outline(), light(base, 0.12))
        + stroke(lid.ring(-330), colours[1], 9)
        + lid.shading(0.3)
        + fill(oval(0, -424, 44, 34), colours[2])
    )
    return standing(body, svg, more=lid.outline())


def tagine(rng: Random, palette: Palette) -> Thing:
    """A shallow dish under a pointed lid."""
    clay = rng.choice(("#b96a41", palette.main, "#c98a5a"))
    dish = Turned([(-130, 310), (-60, 290), (0, 200)], tilt=0.2)
    cone = Turned(
        [(-590, 62), (-560, 50), (-500, 56), (-400, 110), (-250, 220), (-140, 286)], tilt=0.2
    )
    svg = (
        fill(dish.outline(), shade(clay, 0.08))
        + dish.shading(0.3)
        + fill(dish.mouth(), shade(clay, 0.3))
    )
    svg += fill(cone.outline(), clay)
    if rng.random() < 0.6:
        svg += (
            stroke(cone.wave(-270, 24, 9, sharp=True), palette.second, 10)
            + fill(cone.dots(-370, 11, 9), palette.accent)
            + stroke(cone.ring(-420) + cone.ring(-190), palette.second, 8)
        )
    svg += cone.shading(0.3) + fill(oval(0, -596, 66, 26), light(clay, 0.2))
    return standing(dish, svg, more=cone.outline())


def coffee_pot(rng: Random, palette: Palette) -> Thing:
    """A long-handled pot of beaten copper."""
    copper = rng.choice(("#c47a4a", "#b86a3c", "#d0a04e"))
    body = Turned([(-330, 130), (-280, 116), (-200, 150), (-80, 200), (0, 190)], tilt=0.2)
    svg = (
        stroke("M110-300L430-420", shade("#8a5634", 0.1), 34)
        + stroke("M120-306L426-420", light("#8a5634", 0.3), 10)
        + fill(oval(434, -424, 20, 20), copper)
    )
    svg += fill(body.outline(), copper)
    for row, y in enumerate(range(-260, -10, 34)):
        svg += fill(body.dots(y, 13, 14, 0.5 * (row % 2)), light(copper, 0.16))
    svg += stroke(body.ring(-290), shade(copper, 0.25), 8) + body.shading(0.5)
    svg += (
        fill(body.mouth(), light(copper, 0.35))
        + fill(body.mouth(12), shade(copper, 0.55))
        + fill("M-130-330L-176-352L-120-304z", copper)
        + fill(oval(4, -322, 100, 17), "#4a2a1a")
    )
    return standing(body, svg, more="M110-320L440-440V-400L110-280z")
