"""Things to wear."""

from __future__ import annotations

from random import Random

from marketplace.demo.pictures.brush import (
    Thing,
    box,
    clipped,
    dark,
    fill,
    moved,
    oval,
    stroke,
)
from marketplace.demo.pictures.colour import Palette, light, mix, shade
from marketplace.demo.pictures.patterns import colours_of, emblem, pattern


def shirt(rng: Random, palette: Palette) -> Thing:
    """A shirt on a hanger."""
    colours = colours_of(rng, palette)
    body = (
        "M-92-640C-150-622-220-600-264-566L-392-330L-262-256L-214-350C-206-220-212-120-222 0H222C212-120 206-220 214-350"
        "L262-256L392-330L264-566C220-600 150-622 92-640C60-590-60-590-92-640z"
    )
    plain = rng.random() < 0.4
    inside = (
        fill(box(-400, -650, 800, 660), colours[0])
        if plain
        else pattern(rng, -400, -650, 800, 660, colours)
    )
    inside += dark("M60-600C140-400 110-200 130 10H300V-650z", 0.12) + dark(
        "M214-350L230-470L250-300zM-214-350L-232-470L-250-300z", 0.25
    )
    inside += dark("M-60-600C-30-400-70-200-50 10H-90C-100-200-70-400-80-600z", 0.1)
    trim = colours[1] if colours[1] != colours[0] else colours[2]
    svg = stroke(
        "M0-700C0-760 60-760 50-716C44-690 0-690 0-668M-230-590Q0-700 230-590", "#a87947", 15
    )
    svg += fill("M-92-640C-60-590 60-590 92-640C60-660-60-660-92-640z", shade(colours[0], 0.45))
    svg += clipped(inside, body, "shirt")
    svg += (
        stroke("M-92-640C-60-590 60-590 92-640", trim, 17)
        + stroke("M0-602V-330", trim, 15)
        + stroke("M-392-330L-262-256M392-330L262-256", trim, 13)
    )
    svg += fill("".join(oval(0, y, 7, 7) for y in (-560, -480, -400)), shade(trim, 0.4))
    return Thing(svg, [body], 780, 700, extra={"hang": 1})


def slippers(rng: Random, palette: Palette) -> Thing:
    """A pair of shoes seen from above."""
    base, second, accent = colours_of(rng, palette)
    sole = "M0-330C96-330 128-220 118-110C110-30 104 60 108 150C112 262 60 320 0 320S-112 262-108 150C-104 60-110-30-118-110C-128-220-96-330 0-330z"
    upper = "M0-330C96-330 128-220 118-110C114-60 112-30 110 6C60-46-60-46-110 6C-112-30-114-60-118-110C-128-220-96-330 0-330z"
    one = fill(sole, light(mix("#c8a070", second, 0.3), 0.1)) + stroke(
        "M0-300C70-300 96-210 88-110C80-20 74 60 78 150C82 240 44 286 0 286S-82 240-78 150C-74 60-80-20-88-110",
        shade("#c8a070", 0.12),
        5,
    )
    one += fill(upper, base) + dark(
        "M40-320C96-300 128-220 118-110C114-60 112-30 110 6C90-14 70-26 50-32C80-120 80-230 40-320z",
        0.18,
    )
    one += (
        fill(emblem(rng, 0, -170, 78), accent)
        + fill(oval(0, -170, 18, 18), second)
        + stroke("M110 6C60-46-60-46-110 6", second, 14)
    )
    one += fill(
        "".join(oval(x, y, 8, 8) for x, y in ((-70, -60), (-36, -84), (36, -84), (70, -60))), second
    )
    pair = moved(one, -150, 10, turn=-7) + moved(one, 150, -10, turn=7)
    return Thing(
        pair,
        [oval(-150, 10, 116, 322), oval(150, -10, 116, 322)],
        560,
        680,
        flat=True,
        extra={"drop": 22},
    )


def _garment(svg: str, outline: str, inside: str, *, width: float, height: float) -> Thing:
    """On a hanger, in front of the wall."""
    hanger = stroke(
        "M0-700C0-760 60-760 50-716C44-690 0-690 0-668M-220-600Q0-700 220-600", "#a87947", 15
    )
    return Thing(
        hanger + clipped(inside, outline, "garment") + svg,
        [outline],
        width,
        height,
        extra={"hang": 1},
    )


def tshirt(rng: Random, palette: Palette) -> Thing:
    base = rng.choice((palette.main, palette.second, palette.accent, light(palette.main, 0.6)))
    body = (
        "M-96-640C-150-622-220-600-270-566L-384-350L-270-284L-216-370C-208-220-212-120-218 0H218C212-120 208-220 216-370"
        "L270-284L384-350L270-566C220-600 150-622 96-640C60-586-60-586-96-640z"
    )
    inside = fill(box(-400, -650, 800, 660), base)
    inside += dark("M70-600C140-400 110-200 130 10H300V-650z", 0.1) + dark(
        "M216-370L232-480L256-310zM-216-370L-232-480L-256-310z", 0.22
    )
    inside += dark("M-70-600C-40-400-80-200-60 10H-96C-110-200-80-400-90-600z", 0.08)
    svg = stroke("M-96-640C-60-586 60-586 96-640", shade(base, 0.14), 18) + fill(
        emblem(rng, 96, -440, 30), palette.accent if base != palette.accent else palette.second
    )
    return _garment(svg, body, inside, width=780, height=700)


def sweater(rng: Random, palette: Palette) -> Thing:
    """Knitted, with a band of pattern over the chest."""
    base, second, accent = colours_of(rng, palette)
    body = (
        "M-100-636C-160-616-220-590-260-550C-320-420-360-260-390-70L-286-44C-270-160-250-260-226-340C-214-200-218-110-224 0H224"
        "C218-110 214-200 226-340C250-260 270-160 286-44L390-70C360-260 320-420 260-550C220-590 160-616 100-636C60-596-60-596-100-636z"
    )
    inside = fill(box(-400, -650, 800, 670), base)
    rows = "".join(f"M-400 {y}H400" for y in range(-640, 10, 22))
    inside += stroke(rows, shade(base, 0.1), 4, cap="butt")
    inside += moved(
        pattern(
            rng,
            -400,
            -520,
            800,
            130,
            (base, second, accent),
            name=rng.choice(("diamonds", "zigzag", "flowers")),
        )
    )
    ribs = "".join(f"M{x}-50V0" for x in range(-216, 220, 20))
    inside += fill(box(-230, -54, 460, 60), shade(base, 0.1)) + stroke(ribs, shade(base, 0.24), 6)
    inside += fill("M-400-110L-270-84V-20L-400-40zM400-110L270-84V-20L400-40z", shade(base, 0.12))
    inside += dark("M226-340L240-470L290-60H240zM-226-340L-240-470L-290-60H-240z", 0.16) + dark(
        "M90-620C150-400 120-200 140 10H230V-340L250-560z", 0.1
    )
    svg = stroke("M-100-636C-60-596 60-596 100-636", shade(base, 0.18), 30) + stroke(
        "M-100-640C-60-600 60-600 100-640", light(base, 0.15), 8
    )
    return _garment(svg, body, inside, width=800, height=700)


def dress(rng: Random, palette: Palette) -> Thing:
    colours = colours_of(rng, palette)
    body = (
        "M-110-640L-150-640C-150-560-190-520-196-480C-190-420-150-400-140-350C-200-240-270-100-300 20Q0 70 300 20C270-100 200-240 140-350"
        "C150-400 190-420 196-480C190-520 150-560 150-640L110-640C100-540-100-540-110-640z"
    )
    inside = pattern(
        rng,
        -320,
        -650,
        640,
        720,
        colours,
        name=rng.choice(("flowers", "leaves", "stripes", "checks")),
    )
    for x in (-150, -40, 70, 170):
        inside += dark(
            f"M{x // 2}-340Q{x}-140 {x + 30} 60H{x + 70}Q{x + 20}-140 {x // 2 + 14}-340z", 0.13
        )
    inside += dark("M90-600C130-500 120-420 110-350H200V-600z", 0.1)
    svg = stroke("M-142-350Q0-326 142-350", shade(colours[0], 0.3), 18) + stroke(
        "M-110-640C-100-540 100-540 110-640", colours[1], 11
    )
    return _garment(svg, body, inside, width=640, height=720)


def apron(rng: Random, palette: Palette) -> Thing:
    base = rng.choice((palette.main, palette.accent, light(palette.main, 0.25)))
    body = "M-130-600H130C140-500 190-450 260-420V0Q250 20 230 20H-230Q-250 20-260 0V-420C-190-450-140-500-130-600z"
    inside = fill(box(-300, -620, 600, 660), base) + dark(
        "M120-600H300V40H80C160-200 160-400 120-600z", 0.11
    )
    inside += dark("M-120-400C-90-240-110-100-100 40H-140C-150-120-140-260-150-400z", 0.09)
    seam = light(base, 0.4)
    pocket = "M-150-300H150V-130Q150-100 120-100H-120Q-150-100-150-130z"
    svg = stroke("M-120-596C-110-760 110-760 120-596", shade(base, 0.25), 17)
    svg += stroke(
        "M-256-400C-330-360-340-200-310-60M256-400C330-360 340-200 310-60", shade(base, 0.2), 13
    )
    svg += (
        fill(pocket, shade(base, 0.1))
        + f'<g stroke-dasharray="14 10">{stroke("M-138-290V-130Q-138-112-120-112H120Q138-112 138-130V-290M0-290V-112", seam, 5, cap="butt")}</g>'
    )
    svg += stroke("M-126-578H126", seam, 6) + fill("M30-340h70v60h-70z", palette.second)
    thing = _garment(svg, body, inside, width=640, height=700)
    thing.svg = thing.svg.replace("M-220-600Q0-700 220-600", "M0-668V-700")
    return thing


def mittens(rng: Random, palette: Palette) -> Thing:
    """A pair with a knitted star, from above."""
    base, second = (
        (palette.main, palette.second) if rng.random() < 0.6 else (palette.second, palette.main)
    )
    shape = "M-120 330V-60C-120-250-70-340 10-340S140-250 140-60V-30C190-110 240-90 236-30C232 60 180 150 140 190V330z"
    one = fill(box(-140, -350, 400, 690), base)
    star = ""
    for index in range(8):
        star += moved(fill("M0 0L-30-50L0-112L30-50z", second), 10, -110, turn=index * 45)
    one += star + stroke("".join(f"M-120 {y}H250" for y in range(60, 210, 50)), second, 9)
    one += fill("".join(oval(x, y, 9, 9) for x in range(-90, 150, 48) for y in (86, 136)), second)
    one += fill(box(-140, 220, 300, 120), palette.accent) + stroke(
        "".join(f"M{x} 224V330" for x in range(-112, 140, 22)), shade(palette.accent, 0.2), 6
    )
    one += dark("M70-330C130-280 140-160 140-30V330H90C110 100 110-150 70-330z", 0.13)
    knit = clipped(one, shape, "mitten")
    pair = (
        moved(knit, -170, 20, turn=-8)
        + f'<g transform="translate(190 0) rotate(9) scale(-1 1)">{knit}</g>'
    )
    outline = [box(-310, -310, 270, 670, 120), box(70, -320, 270, 670, 120)]
    return Thing(pair, outline, 760, 720, flat=True, extra={"drop": 20})


def bow_tie(rng: Random, palette: Palette) -> Thing:
    colours = colours_of(rng, palette)
    wing = "M-20-50C-120-170-300-190-360-150C-390-60-390 60-360 150C-300 190-120 170-20 50z"
    inside = pattern(rng, -400, -200, 400, 400, colours, name="blocks") + dark(
        "M-20-50C-100-40-170-60-230-110C-160-20-160 20-230 110C-170 60-100 40-20 50z", 0.22
    )
    half = clipped(inside, wing, "wing")
    svg = (
        half
        + f'<g transform="scale(-1 1)">{half}</g>'
        + fill(box(-62, -80, 124, 160, 34), colours[0])
        + stroke("M-20-70V70M22-70V70", colours[2], 12)
        + dark(box(14, -80, 48, 160, 30), 0.18)
    )
    band = stroke("M-340-60C-420-260 420-260 340-60", shade(colours[0], 0.3), 30)
    return Thing(band + svg, [wing], 760, 560, flat=True)
