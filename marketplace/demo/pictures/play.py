"""Toys and instruments."""

from __future__ import annotations

from random import Random

from marketplace.demo.pictures.brush import (
    Thing,
    Turned,
    box,
    bright,
    clipped,
    dark,
    fill,
    line,
    moved,
    num,
    oval,
    stroke,
)
from marketplace.demo.pictures.colour import LEATHERS, WOODS, Palette, light, mix, shade
from marketplace.demo.pictures.patterns import colours_of, emblem, fringe, pattern
from marketplace.demo.pictures.pottery import standing


def toy(rng: Random, palette: Palette, *, choice: int | None = None) -> Thing:
    """Wooden animals and cars on wheels."""
    wood = rng.choice(("#d8aa6c", "#c58f55", "#e3c08c"))
    paint = rng.choice((palette.main, palette.accent))
    other = palette.accent if paint == palette.main else palette.main
    kind = rng.randrange(4) if choice is None else choice
    wheels = ""
    if kind == 0:  # car
        body = "M-330-110C-330-210-280-230-210-236C-170-330-120-372-20-372C100-372 140-320 180-240C270-232 330-210 330-110V-84H-330z"
        svg = fill(body, paint) + dark(
            "M120-350C160-310 170-270 180-240C270-232 330-210 330-110V-84H60C140-150 150-260 120-350z",
            0.16,
        )
        svg += fill(
            "M-164-236C-140-300-104-330-30-330V-236zM6-330C90-330 116-290 140-236H6z",
            palette.second,
        )
        svg += stroke("M-330-140H330", light(paint, 0.3), 10) + fill(
            oval(306, -170, 20, 20), "#f5d98a"
        )
        spots = ((-190, -80), (190, -80))
        top = 372
    elif kind == 1:  # elephant
        body = (
            "M-270-150C-290-320-190-420-50-414C40-470 190-460 250-360C330-330 336-220 322-96C320-56 276-56 274-92C272-160 268-200 240-220"
            "C220-190 196-180 190-176V-70H70V-150C20-136-60-136-110-150V-70H-240z"
        )
        svg = fill(body, wood) + dark(
            "M190-440C260-420 336-300 322-96C320-56 276-56 274-92C272-160 268-200 240-220C240-300 230-380 190-440z",
            0.14,
        )
        svg += fill(
            "M60-400C140-420 200-350 170-260C150-214 90-220 70-270C56-310 50-360 60-400z",
            shade(wood, 0.16),
        ) + fill(oval(236, -326, 13, 15), palette.ink)
        svg += (
            fill("M-180-404C-110-420-40-418 0-408V-270Q-90-240-180-270z", paint)
            + stroke("M-178-300Q-90-270-2-300", other, 14)
            + fill("".join(oval(x, -346, 12, 12) for x in (-140, -90, -40)), palette.second)
        )
        svg += stroke("M-268-250C-310-240-320-200-316-160", shade(wood, 0.2), 13)
        spots = ((-174, -64), (132, -64))
        top = 450
    elif kind == 2:  # horse / giraffe
        body = "M-220-120C-240-230-220-300-140-306H40C90-330 120-420 130-520C160-580 250-560 310-490Q312-452 262-448L220-440C226-380 230-300 210-240C200-200 196-160 196-70H110V-170H-96V-70H-196z"
        svg = fill(body, wood) + dark(
            "M130-520C160-580 250-560 310-490Q312-452 262-448L220-440C226-380 230-300 210-240C200-200 196-160 196-70H140C170-260 180-420 130-520z",
            0.13,
        )
        svg += stroke("M134-530C104-460 90-380 40-320", paint, 40) + fill(
            oval(216, -500, 11, 12), palette.ink
        )
        svg += fill("M-120-310H10V-210Q-60-180-120-210z", other) + stroke(
            "M-120-226Q-60-196 10-226", palette.second, 11
        )
        svg += stroke("M-222-250C-286-240-290-180-280-130", paint, 30)
        spots = ((-146, -64), (154, -64))
        top = 560
    else:  # stacking rings
        svg = stroke("M0-40V-520", shade(wood, 0.2), 44)
        tones = [paint, palette.second, other, mix(paint, palette.second, 0.5), wood]
        body = ""
        for index, tone in enumerate(tones):
            r, y = 250 - index * 38, -64 - index * 92
            ring = box(-r, y - 44, r * 2, 92, 46)
            svg += (
                fill(ring, tone)
                + dark(box(r * 0.2, y - 44, r * 0.8, 92, 46), 0.15)
                + bright(box(-r * 0.8, y - 28, r * 0.5, 14, 7), 0.4)
            )
            body += ring
        svg += (
            fill(oval(0, -540, 56, 56), paint)
            + bright(oval(-18, -560, 16, 12), 0.5)
            + fill(box(-270, -30, 540, 34, 14), wood)
        )
        return Thing(svg, [body, oval(0, -540, 56, 56)], 540, 600, foot=14, extra={"base": 270})
    for x, y in spots:
        wheels += (
            fill(oval(x, y, 76, 76), other)
            + fill(oval(x, y, 52, 52), light(other, 0.2))
            + fill(oval(x, y, 18, 18), wood)
            + dark(
                f"M{x + 20} {y - 73}A76 76 0 0 1 {x + 20} {y + 73}A90 90 0 0 0 {x + 20} {y - 73}z",
                0.2,
            )
        )
    shadow = [body, *(oval(x, y, 76, 76) for x, y in spots)]
    return Thing(svg + wheels, shadow, 660, top, foot=12, extra={"base": 260})


def drum(rng: Random, palette: Palette) -> Thing:
    goblet = rng.random() < 0.55
    if goblet:
        body = Turned(
            [
                (-560, 214),
                (-500, 218),
                (-380, 190),
                (-250, 108),
                (-190, 92),
                (-90, 118),
                (-20, 158),
                (0, 160),
            ],
            tilt=0.2,
        )
        tight = -330
    else:
        body = Turned([(-440, 210), (-300, 232), (-140, 232), (0, 206)], tilt=0.2)
        tight = -60
    wood = rng.choice(("#8a4b2a", "#a8663a", "#6e3d26", palette.main))
    hide = "#efe1c2"
    svg = fill(body.outline(), wood)
    for turn in (-70, -52, -30, -4, 20, 44, 68):
        svg += stroke(
            line([body.point(y, turn) for y in range(int(body.top) + 40, -8, 40)]),
            shade(wood, 0.14),
            5,
        )
    rope_top, colour = body.top + 70, light(mix("#e8d9b4", palette.second, 0.4), 0.1)
    points = [body.point(rope_top if index % 2 else tight, -88 + index * 11) for index in range(17)]
    svg += stroke(line(points), colour, 10)
    svg += fill(body.band(tight - 6, tight + 30), palette.accent) + stroke(
        body.wave(tight + 12, 9, 12, sharp=True), palette.second, 7
    )
    svg += body.shading(0.2)
    svg += fill(
        body.band(body.top - 2, body.top + 48),
        palette.main if wood != palette.main else palette.accent,
    ) + dark(body.strip(30, 90, body.top, body.top + 48), 0.2)
    radius = body.rows[0][1]
    svg += fill(body.mouth(-6), shade(hide, 0.22)) + fill(body.mouth(8), hide)
    svg += fill(oval(-20, body.top + 2, radius * 0.42, radius * 0.08), shade(hide, 0.1))
    return standing(body, svg)


def flute(rng: Random, palette: Palette) -> Thing:
    """Two flutes and their cloth, from above."""
    svg = moved(
        dark(box(-170, -330, 380, 700, 8), 0.16)
        + pattern(rng, -190, -350, 380, 700, colours_of(rng, palette)),
        60,
        0,
        turn=24,
    )
    for x, wood, length, turn in (
        (-90.0, rng.choice(WOODS), 900.0, 30.0),
        (110.0, rng.choice(LEATHERS[:2]), 760.0, 24.0),
    ):
        half = length / 2
        one = (
            fill(box(-38, -half, 76, length, 30), wood)
            + fill(box(-26, -half + 8, 18, length - 20, 9), light(wood, 0.35))
            + dark(box(10, -half, 28, length, 18), 0.22)
        )
        for share in (-0.94, -0.5, 0.62, 0.94):
            one += fill(
                box(-41, share * half - 16, 82, 32, 8),
                palette.main if wood in WOODS else palette.accent,
            ) + stroke(f"M-40 {num(share * half)}H40", palette.second, 5)
        one += fill(
            "".join(oval(0, -half * 0.34 + index * half * 0.15, 14, 15) for index in range(6)),
            shade(wood, 0.65),
        ) + fill(oval(0, -half * 0.72, 20, 15), shade(wood, 0.65))
        svg += moved(dark(box(-30, -half, 84, length, 30), 0.2) + one, x, 0, turn=turn)
    return Thing(svg, [], 820, 860, flat=True)


def lute(rng: Random, palette: Palette) -> Thing:
    """A round-bellied instrument with strings, leaning."""
    wood = rng.choice(WOODS)
    dark_wood = shade(wood, 0.45)
    body = "M0-430C70-430 90-380 130-330C220-260 236-160 196-80C160-10 80 6 0 6S-160-10-196-80C-236-160-220-260-130-330C-90-380-70-430 0-430z"
    svg = (
        fill(box(-34, -800, 68, 440, 8), dark_wood)
        + fill(box(-34, -800, 26, 440, 8), shade(wood, 0.25))
        + fill("M-40-800L-54-930Q0-960 54-930L40-800z", shade(wood, 0.3))
    )
    for y in (-900, -860, -820):
        svg += stroke(f"M-84 {y}H-44M44 {y}H84", palette.second, 18)
    svg += (
        fill(body, wood)
        + dark(
            "M60-426C90-380 100-364 130-330C220-260 236-160 196-80C160-10 80 6 20 6C140-60 170-300 60-426z",
            0.16,
        )
        + bright("M-150-290C-196-230-206-160-176-90C-160-150-160-230-110-310z", 0.25)
    )
    svg += (
        fill(oval(0, -230, 84, 84), palette.accent)
        + fill(oval(0, -230, 62, 62), shade(wood, 0.7))
        + fill(emblem(rng, 0, -230, 58), shade(wood, 0.35))
    )
    svg += stroke(body, dark_wood, 9) + stroke(
        "".join(f"M-34 {y}H34" for y in range(-770, -400, 52)), light(wood, 0.3), 5, cap="butt"
    )
    svg += fill(box(-96, -92, 192, 30, 8), dark_wood) + stroke(
        "".join(f"M{x * 0.6:.0f}-910L{x}-80" for x in (-36, -12, 12, 36)), "#f3ead6", 4, alpha=0.9
    )
    turned = moved(svg, 0, 0, turn=-9)
    return Thing(
        moved(turned, 60, 0),
        [body, box(-34, -800, 68, 420)],
        480,
        920,
        foot=16,
        extra={"base": 150},
    )


def boat(rng: Random, palette: Palette) -> Thing:
    """A wooden boat to pull, with a paper sail's shape in wood."""
    wood = rng.choice(WOODS)
    hull = "M-300-150H320C300-60 240-20 160-20H-180C-250-20-290-70-300-150z"
    svg = fill(hull, palette.main) + dark(
        "M60-150H320C300-60 240-20 160-20H20C60-50 80-100 60-150z", 0.15
    )
    svg += stroke("M-292-116H312", palette.second, 14) + fill(box(-16, -560, 30, 412, 8), wood)
    main, jib = (
        "M26-560C170-480 240-330 250-190H26z",
        "M-26-500L-26-190H-220C-190-310-110-430-26-500z",
    )
    svg += fill(main, palette.second) + fill(jib, palette.accent)
    svg += dark("M130-460C200-400 244-290 250-190H140C170-290 160-380 130-460z", 0.1) + fill(
        emblem(rng, 100, -300, 48), palette.main
    )
    svg += fill("M0-600L90-580L0-552z", palette.accent)
    for x in (-150, 150):
        svg += fill(oval(x, -34, 46, 46), wood) + fill(oval(x, -34, 18, 18), shade(wood, 0.4))
    svg += stroke("M-300-120C-380-110-400-40-470-10", shade(palette.second, 0.3), 7) + fill(
        oval(-474, -8, 18, 18), palette.accent
    )
    return Thing(svg, [hull, main, jib], 700, 600, foot=12, extra={"base": 220})


def pull_bird(rng: Random, palette: Palette) -> Thing:
    """A round bird on wheels."""
    wood = rng.choice(WOODS[:2])
    body = "M-250-210C-250-360-120-420 10-400C90-400 150-440 210-430C270-420 290-370 260-330C270-200 180-80 0-80C-150-80-250-130-250-210z"
    svg = stroke("M262-372C340-360 380-300 400-240", shade(palette.accent, 0.1), 18)
    svg += fill(body, wood) + dark(
        "M110-414C150-440 180-436 210-430C270-420 290-370 260-330C270-200 180-80 0-80C140-150 170-300 110-414z",
        0.14,
    )
    svg += fill("M-170-260C-110-330 20-330 70-250C20-180-110-170-170-260z", palette.main)
    svg += stroke(
        "M-120-256C-70-290 0-290 40-250M-100-230C-60-250-10-250 20-228", palette.second, 8
    )
    svg += fill(oval(222, -372, 13, 14), palette.ink) + fill(
        box(-210, -70, 420, 40, 16), shade(wood, 0.3)
    )
    for x in (-130, 130):
        svg += fill(oval(x, -46, 56, 56), palette.accent) + fill(oval(x, -46, 22, 22), wood)
    return Thing(svg, [body, box(-210, -70, 420, 70)], 600, 450, foot=12, extra={"base": 200})


def oware(rng: Random, palette: Palette) -> Thing:
    """A board of two rows of pits, with seeds, from above."""
    wood = rng.choice(WOODS)
    outline = "M-260-420C-180-470 180-470 260-420V420C180 470-180 470-260 420z"
    svg = fill(outline, wood) + stroke("M-230-400V400M230-400V400", shade(wood, 0.16), 8)
    seeds = (palette.accent, palette.main, palette.second)
    for row in range(6):
        for x in (-112, 112):
            y = -300 + row * 120
            svg += fill(oval(x, y, 84, 50), shade(wood, 0.42)) + fill(
                oval(x + 6, y + 8, 74, 40), shade(wood, 0.3)
            )
            for index in range(rng.choice((2, 3, 4))):
                sx, sy = x - 32 + index * 24, y + rng.uniform(-12, 16)
                svg += fill(oval(sx, sy, 17, 16), seeds[(index + row) % 3]) + bright(
                    oval(sx - 5, sy - 5, 5, 4), 0.5
                )
    return Thing(svg, [outline], 540, 900, flat=True, extra={"drop": 22})


def backgammon(rng: Random, palette: Palette) -> Thing:
    """An open board with its stones, from above."""
    wood = rng.choice(WOODS[1:3])
    outline = box(-400, -380, 800, 760, 16)
    svg = fill(outline, shade(wood, 0.25))
    for side in (-1, 1):
        left = -370 if side < 0 else 20
        svg += fill(box(left, -350, 350, 700), light(wood, 0.3))
        for index in range(6):
            x = left + index * 58.3
            for top, tip in ((-350, -60), (350, 60)):
                tone = palette.main if (index + (top > 0)) % 2 else palette.accent
                svg += fill(line([(x + 3, top), (x + 55, top), (x + 29, tip)], close=True), tone)
    for column, count, tone in (
        (0, 5, "#f3e6cc"),
        (4, 3, palette.ink),
        (7, 5, palette.ink),
        (11, 2, "#f3e6cc"),
    ):
        x = -341 + column * 58.3 + (40 if column > 5 else 0)
        for index in range(count):
            for y in (
                (-322 + index * 54, 322 - index * 54) if column in (0, 7) else (-322 + index * 54,)
            ):
                svg += (
                    dark(oval(x + 5, y + 6, 26, 26), 0.2)
                    + fill(oval(x, y, 26, 26), tone)
                    + stroke(oval(x, y, 15, 15), mix(tone, wood, 0.4), 4)
                )
    return Thing(
        svg + fill(box(-20, -380, 40, 760), shade(wood, 0.4)),
        [outline],
        800,
        760,
        flat=True,
        extra={"drop": 24},
    )


def kalimba(rng: Random, palette: Palette) -> Thing:
    """A thumb piano from above."""
    wood = rng.choice(WOODS)
    outline = "M-230-330Q-220-380-160-384H160Q220-380 230-330L260 300Q250 390 150 394H-150Q-250 390-260 300z"
    svg = fill(outline, wood) + dark(
        "M120-384H160Q220-380 230-330L260 300Q250 390 150 394H90C150 200 150-200 120-384z", 0.13
    )
    svg += fill(oval(0, 190, 92, 92), shade(wood, 0.6)) + stroke(
        oval(0, 190, 118, 118), palette.accent, 14
    )
    svg += fill(box(-210, -262, 420, 40, 10), shade(wood, 0.4)) + fill(
        box(-206, -190, 412, 16, 8), "#d8b45c"
    )
    for index in range(13):
        x, reach = -192 + index * 32, 120 - abs(index - 6) * 26
        svg += (
            dark(box(x - 5, -330, 18, reach + 334, 8), 0.2)
            + fill(box(x - 10, -336, 18, reach + 334, 8), "#d5dadb")
            + bright(box(x - 7, -330, 5, reach + 320, 3), 0.6)
        )
    return Thing(svg, [outline], 540, 800, flat=True, extra={"drop": 24})


def panpipe(rng: Random, palette: Palette) -> Thing:
    """Pipes of cane bound in a row, from above."""
    cane = rng.choice(("#d9b571", "#c79a55", "#e3c98d"))
    svg, shadows = "", []
    for index in range(11):
        x, tall = -250 + index * 50, 660 - index * 42
        tube = box(x - 25, -330, 50, tall, 10)
        shadows.append(tube)
        svg += (
            fill(tube, mix(cane, "#b98a4a", 0.25 * (index % 2)))
            + dark(box(x + 6, -330, 19, tall, 8), 0.16)
            + bright(box(x - 16, -320, 7, tall - 20, 3), 0.4)
        )
        svg += fill(oval(x, -326, 19, 10), shade(cane, 0.6))
    for y in (-220, -150):
        svg += fill(box(-284, y, 568, 40, 8), palette.main)
        svg += stroke(
            line([(-276 + k * 23, y + (8 if k % 2 else 32)) for k in range(25)]), palette.second, 7
        )
    svg += fringe(rng, -300, -180, 40, 150, palette.accent)
    return Thing(svg, shadows, 640, 760, flat=True, extra={"drop": 20})


def figure(rng: Random, palette: Palette, *, choice: int | None = None) -> Thing:
    """A glazed animal for a shelf: elephant, zebra or guinea fowl."""
    kind = rng.randrange(3) if choice is None else choice
    glaze = (
        mix(palette.main, "#8fb3a0", 0.45)
        if kind == 0
        else "#f4efe3"
        if kind == 1
        else shade(palette.main, 0.2)
    )
    if kind == 0:
        body = (
            "M-270 0C-300-180-300-330-190-400C-110-440 40-440 110-420C190-470 300-430 316-330C330-240 316-160 350-110C366-80 340-50 306-66"
            "C266-90 262-170 240-210C226-180 210-160 200-150V0H90V-120C40-100-60-100-120-120V0z"
        )
        inside = dark(
            "M150-430C250-440 310-400 316-330C330-240 316-160 350-110C366-80 340-50 306-66C266-90 262-170 240-210C226-180 210-160 200-150V0H130C170-160 190-300 150-430z",
            0.14,
        )
        inside += fill(
            "M70-390C150-420 200-330 170-250C140-210 80-230 60-290C50-330 50-370 70-390z",
            shade(glaze, 0.15),
        )
        inside += fill(oval(236, -330, 12, 14), palette.ink) + bright(
            "M-220-330C-200-380-150-400-100-404C-160-360-190-300-196-230z", 0.4
        )
        inside += stroke(
            "M-150-250C-100-220-40-220 10-250M-150-210C-100-180-40-180 10-210", light(glaze, 0.5), 9
        )
        top, width = 440.0, 640.0
    elif kind == 1:
        body = (
            "M-230 0L-240-200C-270-260-270-330-220-350C-120-370-20-360 50-360C100-420 120-520 170-560L190-600L214-560C280-530 330-460 334-420"
            "Q320-390 270-410L230-420C220-340 210-270 196-220L200 0H130L116-170C40-150-70-150-130-170L-160 0z"
        )
        stripes = "".join(f"M{x}-380Q{x + 26}-280 {x - 8}-140" for x in range(-230, 120, 44))
        stripes += "M80-400L150-340M110-450L190-390M140-500L214-440M166-540L240-480M-236-110H-150M-234-60H-156M120-110H210M124-60H206"
        inside = stroke(stripes, palette.ink, 17) + dark(
            "M120-520C170-560 230-560 334-420L230-420C220-340 210-270 196-220L200 0H150C150-200 90-340 120-520z",
            0.12,
        )
        inside += fill(oval(246, -478, 11, 12), palette.ink) + stroke(
            "M60-380C90-440 110-520 166-566", palette.main, 22
        )
        top, width = 600.0, 560.0
    else:
        body = "M-290-190C-300-330-150-420 0-400C60-390 110-420 130-480C150-530 220-530 236-480C250-440 230-400 222-370C240-220 170-60 20-50C-130-40-270-90-290-190z"
        dots = "".join(
            oval(-230 + (k % 8) * 52 + (26 if k // 8 % 2 else 0), -340 + (k // 8) * 46, 10, 10)
            for k in range(48)
        )
        inside = fill(dots, "#f6f0e2") + fill(
            "M124-480C150-530 220-530 236-480C246-450 236-420 226-396C190-380 150-380 118-410z",
            mix(palette.accent, "#5f8fb8", 0.4),
        )
        inside += dark(
            "M90-404C130-440 236-500 236-480C250-440 230-400 222-370C240-220 170-60 20-50C140-140 150-290 90-404z",
            0.16,
        ) + fill(oval(196, -470, 10, 11), palette.ink)
        top, width = 540.0, 560.0
    svg = ""
    if kind == 2:
        svg += (
            fill("M236-470L290-450L234-436z", "#d9a23a")
            + fill("M160-520C160-570 190-580 200-560C206-540 200-526 196-520z", "#c2452f")
            + stroke("M-30-60V-6M50-60V-6M-60-4H0M20-4H80", "#8a5a3a", 15)
        )
    svg += clipped(fill(box(-400, -620, 800, 640), glaze) + inside, body, "figure")
    return Thing(svg, [body], width, top, foot=14, extra={"base": 230})
