"""Notebooks, books and pictures."""

from __future__ import annotations

from random import Random

from marketplace.demo.pictures.brush import (
    Thing,
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
from marketplace.demo.pictures.colour import WOODS, Palette, light, luminance, mix, shade
from marketplace.demo.pictures.patterns import colours_of, emblem, pattern


def notebook(rng: Random, palette: Palette) -> Thing:
    """Seen from above: cover, elastic, a pencil beside it."""
    colours = colours_of(rng, palette)
    svg = ""
    w, h = 430.0, 610.0
    for index, turn in enumerate((9.0, -4.0)):
        tones = colours if index else (colours[2], colours[1], colours[0])
        cover = box(-w / 2, -h / 2, w, h, 18)
        inner = fill(box(-w / 2 + 8, -h / 2 + 8, w, h, 14), "#f3ead6") + fill(cover, tones[0])
        if index:
            if rng.random() < 0.6:
                inner += pattern(
                    rng, -w / 2 + 74, -h / 2 + 60, w - 134, h - 120, (tones[0], tones[1], tones[2])
                )
                inner += fill(box(-90, -70, 200, 120, 8), "#f6efdf") + stroke(
                    "M-50-24H70M-30 12H50", palette.ink, 8
                )
            else:
                inner += fill(emblem(rng, 30, -40, 130), tones[1]) + fill(
                    oval(30, -40, 26, 26), tones[2]
                )
        inner += dark(box(-w / 2, -h / 2, 46, h, 18), 0.22) + stroke(
            f"M{num(w / 2 - 50)} {num(-h / 2)}v{num(h)}",
            shade(tones[2] if index else tones[1], 0.1),
            15,
            cap="butt",
        )
        svg += moved(
            dark(box(-w / 2 + 16, -h / 2 + 18, w, h, 18), 0.2) + inner,
            20 - index * 50,
            10 - index * 16,
            turn=turn,
        )
    pencil = (
        fill(box(-14, -290, 28, 520), palette.accent)
        + dark(box(4, -290, 10, 520), 0.2)
        + fill("M-14 230H14L0 290z", "#e8c79a")
        + fill("M-5 270H5L0 290z", palette.ink)
        + fill(box(-14, -330, 28, 40, 8), "#d98a86")
    )
    svg += moved(dark(box(0, -320, 28, 600), 0.2) + pencil, 306, 20, turn=14)
    return Thing(svg, [], 700, 700, flat=True)


def book(rng: Random, palette: Palette) -> Thing:
    """A pile with one standing open-faced on it."""
    parts, shadow, level = [], [], 0.0
    tones = [palette.main, palette.accent, palette.second, mix(palette.main, palette.accent, 0.5)]
    rng.shuffle(tones)
    for index in range(rng.choice((3, 4))):
        tall, half, shift = rng.uniform(70, 96), rng.uniform(270, 320), rng.uniform(-26, 26)
        tone = tones[index % 4]
        spine = box(shift - half, level - tall, half * 2, tall, 10)
        parts.append(
            fill(spine, tone)
            + fill(box(shift - half + 40, level - tall, 18, tall), light(tone, 0.4))
            + fill(box(shift + half - 60, level - tall, 18, tall), light(tone, 0.4))
        )
        parts.append(
            stroke(
                f"M{num(shift - half * 0.5)} {num(level - tall / 2)}h{num(half * 0.8)}",
                light(tone, 0.6) if luminance(tone) < 0.6 else palette.ink,
                14,
            )
        )
        parts.append(
            dark(box(shift + half * 0.4, level - tall, half * 0.6, tall, 10), 0.14)
            + dark(box(shift - half + 8, level - 9, half * 2 - 16, 9), 0.28)
        )
        shadow.append(spine)
        level -= tall
    tone = rng.choice((palette.accent, palette.main))
    w, h = 300.0, 400.0
    cover = box(-w / 2, -h, w, h, 8)
    front = fill(box(-w / 2 + 12, -h + 6, w + 6, h - 6, 6), "#efe5cf") + fill(cover, tone)
    art = fill(box(-w / 2 + 34, -h + 40, w - 60, h * 0.56), palette.second)
    art += fill(oval(20, -h + 130, 56, 56), "#f0b445") + fill(
        f"M{num(-w / 2 + 34)} {num(-h * 0.44)}Q-60 {num(-h * 0.62)} 0 {num(-h * 0.48)}T{num(w / 2 - 26)} {num(-h * 0.52)}V{num(-h * 0.34)}H{num(-w / 2 + 34)}z",
        shade(tone, 0.25),
    )
    art += stroke(f"M-80 {num(-h * 0.24)}H90", palette.second, 17) + stroke(
        f"M-50 {num(-h * 0.14)}H60", palette.second, 8
    )
    parts.append(
        moved(
            front + art + dark(box(-w / 2, -h, 24, h, 8), 0.22),
            rng.uniform(-40, 40),
            level + 4,
            turn=rng.uniform(-7, -3),
        )
    )
    shadow.append(box(-w / 2, level - h, w, h))
    return Thing("".join(parts), shadow, 640, 720, foot=14, extra={"base": 300})


def art_print(rng: Random, palette: Palette) -> Thing:
    """A framed print leaning on the wall."""
    w, h = rng.choice(((460.0, 620.0), (520.0, 520.0), (440.0, 640.0)))
    frame = rng.choice(("#c79a63", "#2e2b2a", "#8a5a38", "#f1ead9"))
    x, y = -w / 2, -h
    paper = "#f7f1e2"
    svg = fill(box(x - 30, y - 30, w + 60, h + 60, 4), frame) + fill(
        line(
            [
                (x + w + 30, y - 30),
                (x + w + 30, y + h + 30),
                (x - 30, y + h + 30),
                (x, y + h),
                (x + w, y + h),
                (x + w, y),
            ],
            close=True,
        ),
        shade(frame, 0.3),
    )
    svg += fill(box(x, y, w, h), paper)
    ix, iy, iw, ih = x + 54, y + 54, w - 108, h - 108
    a, c = rng.sample((palette.main, palette.accent), 2)
    sky = mix(palette.second, rng.choice((a, c, "#e9b36b")), rng.uniform(0.04, 0.2))
    art = fill(box(ix, iy, iw, ih), sky)
    kind = rng.randrange(4)
    if kind == 0:  # hills and a sun
        art += fill(oval(ix + iw * rng.uniform(0.3, 0.7), iy + ih * 0.3, iw * 0.17, iw * 0.17), c)
        for index in range(4):
            level = iy + ih * (0.42 + index * 0.14)
            tone = mix(a, sky, 0.6 - index * 0.2)
            bumps = [
                (ix, level + rng.uniform(-20, 30)),
                (ix + iw * 0.3, level - rng.uniform(10, 60)),
                (ix + iw * 0.62, level + rng.uniform(0, 40)),
                (ix + iw, level - rng.uniform(0, 50)),
            ]
            art += fill(smooth(bumps) + f"V{num(iy + ih)}H{num(ix)}z", tone)
    elif kind == 1:  # cut-out leaves
        for cx, cy in ((0.3, 0.28), (0.7, 0.25), (0.5, 0.55), (0.25, 0.8), (0.76, 0.78)):
            art += fill(
                emblem(rng, ix + iw * cx, iy + ih * cy, iw * rng.uniform(0.16, 0.24)),
                rng.choice((a, c, shade(a, 0.3))),
            )
    elif kind == 2:  # a vessel with a branch
        art += fill(box(ix, iy + ih * 0.72, iw, ih * 0.28), mix(a, sky, 0.45)) + fill(
            oval(ix + iw / 2, iy + ih * 0.42, iw * 0.34, iw * 0.34), c
        )
        px, py = ix + iw / 2, iy + ih * 0.86
        art += fill(
            f"M{num(px - 40)} {num(py - 170)}h80c-8 40 50 50 50 104q0 66-60 66h-60q-60 0-60-66c0-54 58-64 50-104z",
            a,
        ) + stroke(
            f"M{num(px)} {num(py - 170)}q-10-90-70-150M{num(px)} {num(py - 170)}q14-80 60-120",
            shade(a, 0.3),
            8,
        )
        art += fill(
            "".join(
                oval(px + dx, py + dy, 22, 13)
                for dx, dy in (
                    (-70, -320),
                    (-50, -280),
                    (-20, -250),
                    (60, -290),
                    (40, -250),
                    (-90, -350),
                )
            ),
            shade(a, 0.1),
        )
    else:  # boats
        art += fill(box(ix, iy + ih * 0.55, iw, ih * 0.45), a)
        art += stroke(
            "".join(
                f"M{num(ix + iw * sx)} {num(iy + ih * sy)}h{num(iw * 0.2)}"
                for sx, sy in ((0.1, 0.66), (0.55, 0.7), (0.3, 0.8), (0.68, 0.88), (0.12, 0.92))
            ),
            light(a, 0.4),
            8,
        )
        for sx, sy, size in ((0.34, 0.62, 1.0), (0.7, 0.57, 0.62)):
            boat = (
                fill("M-80 0H80Q60 44 30 44H-40Q-66 40-80 0z", palette.ink)
                + fill("M-6-14V-170L70-14z", c)
                + fill("M-18-14V-130L-66-14z", paper)
            )
            art += moved(boat, ix + iw * sx, iy + ih * sy, scale=size)
    svg += art + bright(
        line([(x, y), (x + w * 0.5, y), (x + w * 0.16, y + h), (x, y + h)], close=True), 0.14
    )
    return Thing(
        svg,
        [box(x - 30, y - 30, w + 60, h + 60)],
        w + 60,
        h + 40,
        foot=10,
        extra={"base": w / 2 + 20},
    )


def letters(rng: Random, palette: Palette) -> Thing:
    """Sheets and envelopes, from above."""
    base, second, accent = colours_of(rng, palette)
    svg = ""
    sheet = box(-200, -310, 400, 600, 4)
    one = (
        fill(sheet, "#faf5e8")
        + stroke(
            "".join(f"M-150 {y}H150" for y in range(-180, 240, 52)),
            light(palette.main, 0.65),
            4,
            cap="butt",
        )
        + fill(emblem(rng, 120, -250, 40), accent)
    )
    svg += moved(dark(box(-184, -290, 400, 600, 4), 0.16) + one, 110, -30, turn=9)
    for x, y, turn, tone in ((-60.0, -140.0, -8.0, base), (-90.0, 150.0, 4.0, second)):
        cover = (
            fill(box(-260, -160, 520, 330, 8), tone)
            + fill("M-260-156L0 50L260-156V-160H-260z", shade(tone, 0.1))
            + stroke("M-256-152L0 50L256-152", shade(tone, 0.25), 5)
        )
        cover += fill(oval(0, 46, 44, 44), accent if tone != accent else base) + fill(
            emblem(rng, 0, 46, 26), palette.second
        )
        svg += moved(dark(box(-244, -138, 520, 330, 8), 0.2) + cover, x, y, turn=turn)
    return Thing(svg, [], 700, 720, flat=True)


def stamp(rng: Random, palette: Palette) -> Thing:
    """A carved printing block on the cloth that it has printed."""
    wood, (base, second, accent) = rng.choice(WOODS), colours_of(rng, palette)
    del base
    svg = moved(
        dark(box(-330, -360, 700, 760, 6), 0.16) + fill(box(-350, -380, 700, 760, 6), "#f6efdf"),
        turn=-5,
    )
    seed = rng.getrandbits(20)
    prints = "".join(
        emblem(Random(seed), x, y, 92) for x in (-230, 0, 230) for y in (-250, -20, 210)
    )
    svg += moved(
        fill(prints, second if second != palette.second else palette.main)
        + fill("".join(oval(x, y, 16, 16) for x in (-115, 115) for y in (-135, 95)), accent),
        turn=-5,
    )
    block = (
        dark(box(-130, -120, 300, 290, 20), 0.25)
        + fill(box(-150, -150, 300, 290, 20), shade(wood, 0.2))
        + fill(box(-150, -156, 300, 270, 20), wood)
    )
    block += (
        fill(emblem(Random(seed), 0, -20, 108), shade(wood, 0.42))
        + stroke(box(-128, -134, 256, 226, 12), shade(wood, 0.3), 6)
        + fill(oval(0, -20, 20, 20), light(wood, 0.3))
    )
    return Thing(svg + moved(block, 130, 90, turn=12), [], 760, 800, flat=True)


def tile(rng: Random, palette: Palette) -> Thing:
    """Painted tiles laid together."""
    base, second, accent = palette.second, palette.main, palette.accent
    kind, svg = rng.randrange(2), ""
    for column in range(2):
        for row in range(2):
            x, y = -262 + column * 266, -262 + row * 266
            one = fill(box(0, 0, 258, 258, 8), base) + stroke(box(8, 8, 242, 242, 4), second, 7)
            if kind:
                quarter = stroke(
                    "M0 150A150 150 0 0 0 150 0M0 100A100 100 0 0 0 100 0", second, 15
                ) + fill("M0 0H64A64 64 0 0 1 0 64z", accent)
                one += moved(
                    quarter,
                    258 if column == 0 else 0,
                    258 if row == 0 else 0,
                    turn=180
                    if (column, row) == (0, 0)
                    else 270
                    if (column, row) == (0, 1)
                    else 90
                    if (column, row) == (1, 0)
                    else 0,
                )
            else:
                bird = "M40 150C80 110 110 120 130 90C150 60 190 60 216 50C200 80 190 96 196 120C180 150 150 150 128 146C110 180 80 200 40 206C70 186 84 170 84 156C70 160 54 158 40 150z"
                one += fill(bird, second if (column + row) % 2 == 0 else accent) + fill(
                    oval(176, 84, 6, 6), base
                )
                one += fill(
                    "".join(emblem(Random(4), cx, cy, 26) for cx, cy in ((40, 40), (218, 218))),
                    accent if (column + row) % 2 == 0 else second,
                )
            one += bright("M8 8H90L8 90z", 0.25)
            svg += moved(one, x, y)
    return Thing(svg, [box(-262, -262, 524, 524, 8)], 560, 560, flat=True, extra={"drop": 18})
