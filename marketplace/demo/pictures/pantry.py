"""Packs, bars and cakes of soap: what a shelf holds."""

from __future__ import annotations

from random import Random

from marketplace.demo.pictures.brush import (
    Point,
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
    smooth,
    stroke,
)
from marketplace.demo.pictures.colour import Palette, light, luminance, mix, shade
from marketplace.demo.pictures.patterns import colours_of, emblem, pattern


def pack(rng: Random, palette: Palette) -> Thing:
    """Coffee or tea in a standing bag."""
    paper = rng.choice((palette.main, palette.accent, palette.second, "#c9a27a", palette.ink))
    label = palette.second if luminance(paper) < 0.62 else palette.main
    tall, half = rng.uniform(560, 620), rng.uniform(186, 212)
    body = (
        f"M{num(-half)} {num(-tall)}H{num(half)}C{num(half + 4)} {num(-tall * 0.7)} {num(half + 26)} {num(-tall * 0.3)} {num(half + 12)} 0"
        f"Q0 42 {num(-half - 12)} 0C{num(-half - 26)} {num(-tall * 0.3)} {num(-half - 4)} {num(-tall * 0.7)} {num(-half)} {num(-tall)}z"
    )
    svg = fill(body, paper)
    svg += fill(
        f"M{num(-half)} {num(-tall)}H{num(half)}l2 {num(tall * 0.13)}Q0 {num(-tall * 0.84)} {num(-half - 2)} {num(-tall * 0.87)}z",
        shade(paper, 0.12),
    )
    svg += stroke(
        f"M{num(-half + 2)} {num(-tall + 26)}h{num(half * 2 - 4)}M{num(-half + 2)} {num(-tall + 40)}h{num(half * 2 - 4)}",
        shade(paper, 0.26),
        4,
        cap="butt",
    )
    svg += dark(
        f"M{num(half * 0.36)} {num(-tall)}H{num(half)}C{num(half + 4)} {num(-tall * 0.7)} {num(half + 26)} {num(-tall * 0.3)} {num(half + 12)} 0Q{num(half * 0.8)} 14 {num(half * 0.46)} 20C{num(half * 0.7)} {num(-tall * 0.3)} {num(half * 0.6)} {num(-tall * 0.7)} {num(half * 0.36)} {num(-tall)}z",
        0.15,
    )
    svg += bright(
        f"M{num(-half * 0.84)} {num(-tall * 0.84)}h{num(half * 0.16)}C{num(-half * 0.66)} {num(-tall * 0.5)} {num(-half * 0.7)} {num(-tall * 0.2)} {num(-half * 0.74)} -20h{num(-half * 0.2)}C{num(-half * 1.04)} {num(-tall * 0.3)} {num(-half * 0.9)} {num(-tall * 0.6)} {num(-half * 0.84)} {num(-tall * 0.84)}z",
        0.16,
    )
    kind = rng.randrange(3)
    top = -tall * 0.74
    if kind == 0:
        svg += fill(box(-half * 0.68, top, half * 1.36, tall * 0.5, 12), label) + fill(
            emblem(rng, 0, top + tall * 0.17, half * 0.42),
            palette.accent if paper != palette.accent else palette.main,
        )
        ink, base = (
            shade(paper, 0.3) if label == palette.second else palette.second,
            top + tall * 0.34,
        )
    elif kind == 1:
        r = half * 0.62
        svg += fill(oval(0, top + r, r, r), label)
        hill = f"M{num(-r * 0.92)} {num(top + r * 1.4)}Q{num(-r * 0.3)} {num(top + r * 0.5)} 0 {num(top + r)}Q{num(r * 0.4)} {num(top + r * 0.3)} {num(r * 0.92)} {num(top + r * 1.4)}A{num(r)} {num(r)} 0 0 1 {num(-r * 0.92)} {num(top + r * 1.4)}z"
        svg += fill(hill, palette.accent if paper != palette.accent else palette.main) + fill(
            oval(-r * 0.3, top + r * 0.5, r * 0.2, r * 0.2), "#f3c35a"
        )
        ink, base = label, top + r * 2 + 46
    else:
        for index, tone in enumerate(
            (label, palette.accent if paper != palette.accent else palette.main, label)
        ):
            svg += stroke(
                smooth(
                    [
                        (
                            -half * 0.9 + half * 1.8 * k / 6,
                            top + 60 + index * 60 + (22 if k % 2 else -22),
                        )
                        for k in range(7)
                    ]
                ),
                tone,
                22,
            )
        ink, base = label, top + 290
    svg += stroke(f"M{num(-half * 0.5)} {num(base)}h{num(half)}", ink, 13) + stroke(
        f"M{num(-half * 0.34)} {num(base + 34)}h{num(half * 0.68)}M{num(-half * 0.24)} {num(base + 60)}h{num(half * 0.48)}",
        ink,
        7,
    )
    beans = ""
    if rng.random() < 0.6:
        for x, y, turn in (
            (-300, 44, 20),
            (-248, 66, -30),
            (290, 52, 50),
            (350, 30, -10),
            (330, 78, 10),
        ):
            bean = (
                fill(oval(0, 0, 34, 24), "#5a3421")
                + stroke("M-26 2Q0-10 26 0", "#3a2013", 6)
                + bright(oval(-10, -12, 12, 5), 0.25)
            )
            beans += dark(oval(x + 10, y + 14, 36, 16), 0.18) + moved(bean, x, y, turn=turn)
    return Thing(svg + beans, [body], half * 2 + 40, tall, foot=28, extra={"base": half})


def chocolate(rng: Random, palette: Palette) -> Thing:
    """A bar half out of its paper."""
    cocoa = rng.choice(("#4b2a1c", "#5e3522", "#7a4a2d"))
    svg = fill(box(-190, -400, 380, 460, 10), cocoa)
    for row in range(4):
        for column in range(3):
            x, y = -178 + column * 122, -388 + row * 108
            svg += (
                fill(box(x, y, 112, 98, 8), light(cocoa, 0.1))
                + fill(
                    line(
                        [
                            (x + 112, y),
                            (x + 112, y + 98),
                            (x, y + 98),
                            (x + 14, y + 84),
                            (x + 98, y + 84),
                            (x + 98, y + 14),
                        ],
                        close=True,
                    ),
                    shade(cocoa, 0.3),
                )
                + bright(box(x + 8, y + 8, 70, 7, 3), 0.22)
            )
    bite = "M190-400V-330C150-330 150-370 120-366C100-400 110-400 84-400z"
    svg += fill(bite, mix(palette.wall, palette.table, 0.35))
    foil: list[Point] = [(-206, -30)]
    foil += [
        (-206 + 412 * k / 14, -30 + (18 if k % 2 else -16) + rng.uniform(-8, 8))
        for k in range(1, 14)
    ]
    foil += [(206, -30), (206, 60), (-206, 60)]
    svg += fill(line(foil, close=True), "#d9d3c4") + fill(
        line([(x, y + 26) for x, y in foil[:15]] + [(206, 60), (-206, 60)], close=True), "#b9b2a2"
    )
    paper = rng.choice((palette.main, palette.accent))
    other = palette.second
    svg += pattern(
        rng,
        -210,
        20,
        420,
        400,
        (paper, other, palette.accent if paper == palette.main else palette.main),
    )
    svg += (
        fill(box(-120, 120, 240, 190, 10), other)
        + fill(emblem(rng, 0, 184, 46), paper)
        + stroke("M-70 256H70", paper, 11)
        + stroke("M-40 282H40", paper, 6)
    )
    svg += dark(box(110, -400, 80, 420), 0.1) + dark(box(130, 20, 80, 400), 0.14)
    shadow = [box(-206, -400, 412, 820)]
    pieces = ""
    for px, py, turn in ((300.0, 250.0, 20.0), (-320.0, -240.0, -14.0), (290.0, 360.0, -30.0)):
        pieces += moved(
            dark(box(-40, -34, 100, 90, 8), 0.2)
            + fill(box(-50, -46, 100, 90, 8), light(cocoa, 0.1))
            + dark(box(20, -46, 30, 90, 8), 0.2),
            px,
            py,
            turn=turn,
        )
    return Thing(moved(svg, turn=-5) + pieces, shadow, 660, 860, flat=True, extra={"drop": 14})


def soap(rng: Random, palette: Palette) -> Thing:
    """Three bars, stacked, one in its paper band."""
    tones = [mix(tone, "#f5ead8", 0.45) for tone in (palette.main, palette.accent, palette.second)]
    rng.shuffle(tones)
    parts, shadow = [], []
    spots = ((-150, 0, 0.0), (150, 14, 0.0), (-6, -158, -3.0))
    for index, (x, y, turn) in enumerate(spots):
        tone = tones[index]
        w, h, d, s = 270.0, 118.0, 76.0, 44.0
        front = box(-w / 2, -h, w, h, 22)
        top = f"M{num(-w / 2 + 8)} {num(-h + 10)}L{num(-w / 2 + 8 + s)} {num(-h - d + 12)}Q{num(-w / 2 + s + 16)} {num(-h - d)} {num(-w / 2 + s + 30)} {num(-h - d)}H{num(w / 2 + s - 22)}Q{num(w / 2 + s)} {num(-h - d)} {num(w / 2 + s - 6)} {num(-h - d + 18)}L{num(w / 2 - 6)} {num(-h + 8)}z"
        side = f"M{num(w / 2 - 16)} {num(-h)}L{num(w / 2 + s - 8)} {num(-h - d + 8)}Q{num(w / 2 + s)} {num(-h - d + 10)} {num(w / 2 + s)} {num(-h - d + 30)}L{num(w / 2 + s - 2)} {num(-d * 0.6)}L{num(w / 2 - 8)} -8z"
        bar = fill(side, shade(tone, 0.26)) + fill(top, light(tone, 0.35)) + fill(front, tone)
        swirl = smooth(
            [
                (-w * 0.4, -h * 0.3),
                (-w * 0.2, -h * 0.55),
                (0, -h * 0.36),
                (w * 0.2, -h * 0.6),
                (w * 0.4, -h * 0.42),
            ]
        )
        if index != 2:
            bar += stroke(swirl, light(tone, 0.4), 12) + stroke(swirl, shade(tone, 0.08), 4)
            bar += fill(emblem(rng, s / 2, -h - d / 2 + 4, 26), shade(tone, 0.12))
        else:
            band = palette.main if tone != tones[1] else palette.accent
            bar += fill(box(-62, -h, 124, h), band) + fill(
                line(
                    [(-62, -h + 2), (62, -h + 2), (62 + s, -h - d), (-62 + s, -h - d)], close=True
                ),
                light(band, 0.2),
            )
            bar += fill(emblem(rng, 0, -h / 2, 36), palette.second)
        bar += bright(box(-w / 2 + 14, -h + 12, 12, h - 34, 6), 0.4)
        parts.append(moved(bar, x, y, turn=turn))
        shadow.append(box(x - w / 2, y - h - 30, w + 20, h + 30, 18))
    return Thing("".join(parts), shadow, 620, 380, foot=20, extra={"base": 300})


def spice(rng: Random, palette: Palette) -> Thing:
    """A sack, open, heaped, with a scoop."""
    powder = rng.choice(("#b5432a", "#d39a2b", "#7d5234", "#8a2f2a", "#cdb27a", "#6e7d3a"))
    sack = mix("#cdb48a", palette.second, 0.3)
    body = "M-250-330C-280-200-290-80-230-10Q0 40 230-10C290-80 280-200 250-330z"
    heap = "M-236-340C-170-420-90-500-10-510C90-500 170-420 236-340A236 54 0 0 1-236-340z"
    svg = fill(oval(0, -336, 270, 66), shade(sack, 0.4)) + fill(heap, powder)
    svg += dark(
        "M-10-510C90-500 170-420 236-340A236 54 0 0 1 90-290C120-380 60-460-10-510z", 0.16
    ) + fill(
        "".join(oval(rng.uniform(-150, 150), rng.uniform(-400, -310), 6, 5) for _ in range(30)),
        light(powder, 0.3),
    )
    svg += fill(body, sack) + stroke(
        "".join(f"M{x}-320C{x - 10}-200 {x - 6}-80 {int(x * 0.9)} 6" for x in range(-200, 220, 50)),
        shade(sack, 0.1),
        5,
    )
    svg += dark("M90-330H250C280-200 290-80 230-10Q160 14 70 18C140-90 140-220 90-330z", 0.14)
    rim = "M-262-346A262 62 0 0 0 262-346V-290A262 62 0 0 1-262-290z"
    svg += fill(rim, light(sack, 0.2)) + dark(
        "M100-290A262 62 0 0 0 262-346V-290A262 62 0 0 1 100-234z", 0.12
    )
    svg += (
        fill(box(-96, -190, 192, 130, 8), palette.second)
        + fill(emblem(rng, 0, -136, 40), palette.main)
        + stroke("M-50-82H50", palette.ink, 8)
    )
    wood = "#b98350"
    scoop = (
        fill("M-30-20H150Q190 0 150 60H-30Q-70 20-30-20z", wood)
        + fill(oval(60, -10, 96, 24), shade(wood, 0.35))
        + fill(oval(60, -16, 80, 18), powder)
        + fill(box(-200, 4, 180, 30, 14), shade(wood, 0.12))
    )
    svg += moved(scoop, 60, -420, turn=-52, scale=0.9)
    return Thing(svg, [body, heap], 580, 540, foot=24, extra={"base": 240})


def biscuit_tin(rng: Random, palette: Palette) -> Thing:
    """A flat tin with a painted lid, and one of what is in it."""
    base, second, accent = colours_of(rng, palette)
    body = Turned([(-200, 300), (0, 300)], tilt=0.3)
    lid = Turned([(-270, 308), (-170, 308)], tilt=0.3)
    svg = (
        fill(body.outline(), second)
        + stroke(body.wave(-80, 22, 11), accent, 12)
        + body.shading(0.4)
    )
    svg += (
        fill(lid.outline(), base)
        + stroke(lid.ring(-184), light(base, 0.35), 8)
        + dark(lid.strip(22, 90), 0.15)
        + dark(lid.strip(55, 90), 0.15)
    )
    svg += fill(lid.mouth(), light(base, 0.2)) + fill(lid.mouth(30), second)
    petals = f'<g transform="translate(0 -270) scale(1 .3)">{fill(emblem(rng, 0, 0, 220), base)}{fill(oval(0, 0, 60, 60), accent)}</g>'
    svg += petals
    cake = "#d9a85e"
    for x, y in ((-330, 60), (340, 40)):
        svg += (
            dark(oval(x + 14, y + 16, 76, 26), 0.2)
            + fill(oval(x, y, 76, 34), shade(cake, 0.25))
            + fill(oval(x, y - 14, 76, 34), cake)
            + fill(
                "".join(
                    oval(x + dx, y - 16 + dy, 6, 4)
                    for dx, dy in ((-30, 0), (0, -12), (26, 4), (0, 10))
                ),
                shade(cake, 0.4),
            )
        )
    return Thing(svg, [body.outline(), lid.outline()], 760, 380, foot=70, extra={"base": 300})
