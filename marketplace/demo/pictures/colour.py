"""Colours: a business's palette and how light and shade change a colour."""

from __future__ import annotations

from dataclasses import dataclass

NIGHT = "#1d1c3a"
SUN = "#fff4da"
WOODS = ("#c48f58", "#a9713f", "#8a5634", "#d6ad78")
LEATHERS = ("#a4623a", "#7d4a2e", "#c08450", "#5b3527", "#3d4a4f")


@dataclass(frozen=True)
class Palette:
    """What a business looks like: where its things stand, and the colours it works in."""

    wall: str
    table: str
    main: str
    second: str
    accent: str
    ink: str = "#22252b"


# Twenty moods. Walls are calm, goods are not; each pair of main and second can be told apart by anybody.
PALETTES: dict[str, Palette] = {
    "harbour": Palette("#cfe0dd", "#a9c6c4", "#0c5560", "#f4efe2", "#efae35"),
    "clay": Palette("#f0d9c4", "#d9a985", "#b5532f", "#f6ead8", "#27545a"),
    "indigo": Palette("#dfe3ec", "#b4bfd6", "#27407d", "#f3ead6", "#d98a3d"),
    "olive": Palette("#e6e5cb", "#bcbc8c", "#5f6b2d", "#f5eed9", "#c9562c"),
    "plum": Palette("#ead9de", "#cfaab7", "#6d2b4d", "#f3e3cf", "#d9a13b"),
    "saffron": Palette("#f8e5b5", "#e7bd6b", "#c8791b", "#fbf3df", "#7a2e2b"),
    "celadon": Palette("#f1e4d8", "#dcbfa8", "#7fa894", "#f7f2e4", "#35584b"),
    "sea": Palette("#f6dcc9", "#e9b596", "#1f6f8b", "#f7efe0", "#e4633f"),
    "forest": Palette("#dbe4d3", "#a9bd9c", "#2f5b41", "#efe4c8", "#dd9b3f"),
    "rose": Palette("#f7dfd6", "#e9b9ab", "#c65a63", "#f8ecdf", "#3d5a73"),
    "night": Palette("#4a5a73", "#37455c", "#e3b463", "#f2e6cd", "#c95b41"),
    "ochre": Palette("#d5dfdc", "#a8bcb8", "#bf8a2e", "#f3ead3", "#31555f"),
    "coral": Palette("#d3e6e4", "#9ccac7", "#e0694f", "#fbf0e0", "#21606b"),
    "linen": Palette("#e9e1d4", "#cdbfa8", "#8b6b4a", "#f7f1e5", "#4f6f73"),
    "berry": Palette("#e2e0ee", "#bdb8d9", "#8f2f52", "#f5e9dd", "#3e4d8f"),
    "moss": Palette("#f1ead2", "#d8c999", "#6f7f3a", "#fbf5e3", "#96412c"),
    "copper": Palette("#c9d8d3", "#9bb5ae", "#b0623a", "#f1e5d3", "#1f4b4f"),
    "lilac": Palette("#f3e8cf", "#e3cd9b", "#77689f", "#f6efe3", "#d2703f"),
    "ink": Palette("#e4e4e0", "#bdbfbb", "#2b323d", "#f1ece0", "#c8503a"),
    "fjord": Palette("#dbe6ea", "#adc3cd", "#1f4e6b", "#f4efe4", "#c8463a"),
    "kente": Palette("#f6e2bd", "#e0b56c", "#b5342b", "#f8eccf", "#1f6a4a"),
    "fern": Palette("#e2ead8", "#b3c8a1", "#3d6b4a", "#f5efdc", "#c9713b"),
    "skye": Palette("#e3e2ea", "#b9b6cb", "#5a4f7c", "#f1ece0", "#5f8a78"),
    "lisboa": Palette("#f8e6c9", "#ecc58c", "#1d5c9a", "#fbf4e4", "#e0a12f"),
    "tuscany": Palette("#efe0c6", "#d6b384", "#a34a28", "#f7ecd6", "#5f6d35"),
    "lacquer": Palette("#ead9c8", "#c9a58a", "#a4261f", "#f5e8d0", "#1f1c1c"),
    "hanji": Palette("#eee6dc", "#d3c3b0", "#3f5f8a", "#fbf6ea", "#c9615b"),
    "karoo": Palette("#f2dcc4", "#dcae82", "#c2602f", "#f8ecd7", "#2f5d73"),
    "mesa": Palette("#f3d9c8", "#dd9f83", "#b04a35", "#f7e8d2", "#1f8a8c"),
    "kiln": Palette("#dde2da", "#b3bcae", "#4c5a52", "#f2ecdd", "#b8663a"),
    "finca": Palette("#dfead9", "#a9c69c", "#7a3f22", "#f6ecd4", "#e0a02e"),
    "jaipur": Palette("#f9dfd9", "#efaaa0", "#c23a6b", "#fbefdc", "#2a5ea0"),
    "atlas": Palette("#d9e4e4", "#a5c0c0", "#c4622d", "#f7ebd5", "#1f5f8a"),
    "andes": Palette("#e6e0ee", "#bcb0d0", "#b32d55", "#f6ead6", "#e59a2f"),
    "tea": Palette("#dfe5c9", "#b9c58f", "#8a4b2a", "#f4ead2", "#3f6b3c"),
}


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def mix(first: str, second: str, share: float) -> str:
    """The first colour with a share (0 to 1) of the second in it."""
    pairs = zip(_parts(first), _parts(second), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def shade(colour: str, share: float = 0.28) -> str:
    """The colour where the light does not reach: darker and a little blue."""
    return mix(colour, NIGHT, share)


def light(colour: str, share: float = 0.4) -> str:
    """The colour in full sun: lighter and a little warm."""
    return mix(colour, SUN, share)


def luminance(colour: str) -> float:
    """How bright a colour looks, 0 to 1."""
    red, green, blue = _parts(colour)
    return (0.299 * red + 0.587 * green + 0.114 * blue) / 255
