"""Pictures of the demo market's goods, drawn by code: nothing is taken from elsewhere, and each seed gives its own.

`draw()` answers SVG, `render()` turns it into the bytes of a photo. A thing keeps its shape and colours for a seed;
`variant` changes where it stands and how near we look, so that one listing has several pictures of the same thing.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from random import Random

import resvg_py

from marketplace.demo.pictures import (
    cloth,
    gadgets,
    jars,
    jewels,
    leather,
    pantry,
    paper,
    play,
    pottery,
    signs,
    table,
    wear,
    woven,
)
from marketplace.demo.pictures.brush import Thing, box, fill, line, moved, num, oval
from marketplace.demo.pictures.colour import PALETTES, Palette, light, mix, shade
from marketplace.demo.pictures.scenes import (
    ROOMS,
    SIDE,
    flat_ground,
    lie,
    plinth,
    sprig,
    stand,
)

__all__ = ["KINDS", "PALETTES", "Palette", "draw", "draw_banner", "draw_logo", "render"]

_MAKERS: dict[str, Callable[[Random, Palette], Thing]] = {
    "vase": pottery.vase,
    "bowl": pottery.bowl,
    "mug": pottery.mug,
    "teapot": pottery.teapot,
    "tableware": pottery.cups,
    "planter": pottery.planter,
    "basket": woven.basket,
    "oil": jars.oil,
    "honey": jars.honey,
    "jar": jars.jar,
    "tea": jars.tin,
    "candle": jars.candle,
    "glass": jars.glass,
    "drum": play.drum,
    "lamp": jars.lamp,
    "textile": cloth.textile,
    "scarf": cloth.scarf,
    "rug": cloth.rug,
    "cushion": cloth.cushion,
    "blanket": cloth.blanket,
    "shirt": wear.shirt,
    "hat": woven.hat,
    "shoes": wear.slippers,
    "bag": leather.bag,
    "wallet": leather.wallet,
    "coffee": pantry.pack,
    "chocolate": pantry.chocolate,
    "soap": pantry.soap,
    "perfume": jars.perfume,
    "toy": play.toy,
    "notebook": paper.notebook,
    "book": paper.book,
    "print": paper.art_print,
    "flute": play.flute,
    "lute": play.lute,
    "knife": table.knives,
    "cutlery": table.cutlery,
    "board": table.board,
    "jewellery": jewels.necklace,
    "necklace": jewels.necklace,
    "pendant": jewels.pendant,
    "eye-pendant": partial(jewels.pendant, eye=True),
    "stone-pendant": partial(jewels.pendant, eye=False),
    "earrings": jewels.earrings,
    "ring": jewels.ring,
    "bracelet": jewels.bracelet,
    "figure": play.figure,
    "elephant": partial(play.figure, choice=0),
    "zebra": partial(play.figure, choice=1),
    "guinea-fowl": partial(play.figure, choice=2),
    "toy-car": partial(play.toy, choice=0),
    "toy-elephant": partial(play.toy, choice=1),
    "toy-horse": partial(play.toy, choice=2),
    "toy-rings": partial(play.toy, choice=3),
    "toy-bird": play.pull_bird,
    "boat": play.boat,
    "boardgame": play.oware,
    "oware": play.oware,
    "backgammon": play.backgammon,
    "kalimba": play.kalimba,
    "panpipe": play.panpipe,
    "tshirt": wear.tshirt,
    "sweater": wear.sweater,
    "dress": wear.dress,
    "apron": wear.apron,
    "mittens": wear.mittens,
    "tie": wear.bow_tie,
    "conical-hat": woven.conical_hat,
    "beanie": woven.beanie,
    "chullo": woven.ear_flap_hat,
    "mochila": woven.mochila,
    "hammock": woven.hammock,
    "steamer": woven.steamer,
    "satchel": partial(leather.bag, choice=0),
    "tote": partial(leather.bag, choice=1),
    "backpack": leather.backpack,
    "belt": leather.belt,
    "keyring": leather.key_ring,
    "spice": pantry.spice,
    "tin": pantry.biscuit_tin,
    "bottle": jars.oil,
    "pendant-lamp": jars.pendant_lamp,
    "paper": paper.letters,
    "stamp": paper.stamp,
    "tile": paper.tile,
    "chopsticks": table.chopsticks,
    "tray": table.tray,
    "box": table.wooden_box,
    "knobs": table.knobs,
    "bell": table.wind_bell,
    "pot": pottery.pot,
    "tagine": pottery.tagine,
    "cezve": pottery.coffee_pot,
    "phonecase": gadgets.phone_case,
    "watch": leather.watch,
    "phone-case": gadgets.phone_case,
    "headphones": gadgets.headphones,
    "clock": table.frame_clock,
    "stool": table.stool,
}
KINDS: tuple[str, ...] = tuple(_MAKERS)
# Small things stand on something.
_SMALL = {"mug", "candle", "perfume", "jar", "honey", "soap", "glass"}


def _svg(body: str, width: float = SIDE, height: float = SIDE) -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {num(width)} {num(height)}">{body}</svg>'


def _hung(thing: Thing, palette: Palette, x: float, y: float, scale: float) -> str:
    """On the wall, with its shadow on the wall."""
    shadow = moved(fill("".join(thing.shadow), shade(palette.wall, 0.17)), 44, 34)
    return moved(shadow + thing.svg, x, y, scale=scale)


def draw(kind: str, *, palette: Palette, seed: int, variant: int = 0) -> str:
    """An SVG of one thing, square. Raises KeyError for a kind that is not in KINDS."""
    make = _MAKERS[kind]
    thing = make(Random(f"{kind}:{seed}"), palette)
    rng = Random(f"{kind}:{seed}:{variant}:scene")
    near = variant % 3 == 1
    if thing.flat:
        scale = min(900 / thing.height, 900 / thing.width) * (1.5 if near else 1.06)
        turn = rng.uniform(-14, 14) + (0, 20, -28)[variant % 3]
        shift = 130 if near else 0
        body = flat_ground(rng, palette) + lie(
            thing, palette, 590 + shift, 600 + shift * 0.4, scale, turn
        )
        return _svg(body)
    start = Random(f"{kind}:{seed}:room").randrange(len(ROOMS))
    room = ROOMS[(start + variant * 2) % len(ROOMS)](rng, palette)
    if "hang" in thing.extra:
        scale = 1.15 if not near else 1.6
        return _svg(room + _hung(thing, palette, 600, 1010 if not near else 1250, scale))
    scale = min(1.5, 850 / thing.height, 920 / thing.width)
    foot, parts = 1000.0, [room]
    if near:
        scale *= 1.5
        return _svg(
            "".join([room, stand(thing, palette, 540, 1090 + thing.height * scale * 0.12, scale)])
        )
    if kind in _SMALL and rng.random() < 0.6:
        scale *= 0.84
        block = plinth(palette, min(thing.width * scale * 1.5, 860), rng.uniform(90, 150))
        parts.append(stand(block, palette, 600, foot + 50, 1))
        top = mix(palette.table, palette.wall, 0.4)
        parts.append(
            stand(thing, palette, 590, foot + 56 - block.height, scale, on=light(top, 0.25))
        )
        return _svg("".join(parts))
    companion = variant % 3 == 2 and thing.width < 560
    if companion:
        other = make(Random(f"{kind}:{seed}:other"), palette)
        parts.append(stand(other, palette, 830, foot - 70, scale * 0.72))
        parts.append(stand(thing, palette, 430, foot, scale * 0.92))
        return _svg("".join(parts))
    x = 560 + rng.uniform(-30, 30)
    parts.append(stand(thing, palette, x, foot - 10, scale))
    if rng.random() < 0.4 and thing.width * scale < 620:
        green = mix("#6b8450", palette.main, 0.2)
        parts.append(fill(oval(950, 1112, 130, 14), shade(palette.table, 0.26)))
        parts.append(moved(sprig(rng, green, 0.95), 850, 1116, turn=76))
    return _svg("".join(parts))


def render(svg: str, *, size: int = 800) -> bytes:
    """PNG bytes of an SVG, `size` pixels wide."""
    return resvg_py.svg_to_bytes(svg_string=svg, width=size, skip_system_fonts=True)


def draw_banner(
    business: str, *, palette: Palette, kinds: tuple[str, ...] = ("vase", "bowl", "basket")
) -> str:
    """An SVG of 1600 by 600: a shelf in the sun with what the business makes."""
    rng = Random(f"banner:{business}")
    wall, floor = palette.wall, 470.0
    beam = line([(200, 0), (620, 0), (980, floor), (470, floor)], close=True) + line(
        [(760, 0), (1010, 0), (1400, floor), (1100, floor)], close=True
    )
    parts = [fill(box(0, 0, 1600, 600), wall), fill(beam, light(wall, 0.38))]
    parts.append(
        fill(box(0, floor, 1600, 130), palette.table)
        + fill(box(0, floor, 1600, 10), light(palette.table, 0.35))
    )
    standing = [kind for kind in kinds if not _MAKERS[kind](Random(1), palette).flat] or [
        "vase",
        "basket",
        "bowl",
    ]
    places = (180.0, 470.0, 780.0, 1080.0, 1390.0)
    for index, x in enumerate(places):
        kind = standing[index % len(standing)]
        thing = _MAKERS[kind](Random(f"{business}:{index}"), palette)
        if "hang" in thing.extra:
            parts.insert(2, _hung(thing, palette, x, 500, 0.52))
            continue
        scale = min(0.62, 330 / thing.height, 270 / thing.width) * rng.uniform(0.86, 1.08)
        parts.append(stand(thing, palette, x + rng.uniform(-20, 20), floor + 52, scale))
    return _svg("".join(parts), 1600, 600)


def draw_logo(business: str, *, palette: Palette) -> str:
    """An SVG of 400 by 400: the sign of a business, symmetrical and its own."""
    return _svg(signs.sign(Random(f"logo:{business}"), palette), 400, 400)
