"""The look keeps its promises: contrast, reading direction, no inline anything, little weight."""

from __future__ import annotations

import gzip
import re
from itertools import pairwise
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
SHEET = ROOT / "static/css/site.css"
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
# Mail is read by mail programs, which know nothing of our style sheet.
PAGES = [path for path in TEMPLATES if "notices" not in path.parts and "email" not in path.name]


def _tokens(theme: str) -> dict[str, str]:
    """The colours of one theme, as the style sheet writes them."""
    text = SHEET.read_text()
    start = ":root {" if theme == "light" else ':root[data-theme="dark"] {'
    block = text[text.index(start) :].split("}")[0]
    return dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6});", block))


def _brightness(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((_brightness(one), _brightness(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


TEXT_PAIRS = [
    (text, ground)
    for text in ("ink", "ink-2", "ink-3", "brand", "brand-strong")
    for ground in ("paper", "surface", "surface-2")
] + [
    ("on-brand", "brand"),
    ("on-brand", "brand-strong"),
    ("on-lamp", "lamp"),
    ("ink", "brand-soft"),
    ("ink-2", "brand-soft"),
    ("brand-strong", "brand-soft"),
    ("ink", "lamp-soft"),
    *(
        (tone, ground)
        for tone in ("ok", "warn", "bad", "info")
        for ground in (f"{tone}-soft", "surface", "paper")
    ),
    *(("ink", f"{tone}-soft") for tone in ("ok", "warn", "bad", "info")),
]


def test_the_ruler_measures_what_the_standard_says() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_text_can_be_read(theme: str, text: str, ground: str) -> None:
    colours = _tokens(theme)
    assert contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("ground", ["paper", "surface"])
def test_inputs_and_focus_can_be_seen(theme: str, ground: str) -> None:
    colours = _tokens(theme)
    assert contrast(colours["line-strong"], colours[ground]) >= 3
    assert contrast(colours["focus"], colours[ground]) >= 3


def test_the_dark_theme_is_the_same_by_wish_and_by_system() -> None:
    text = SHEET.read_text()
    by_system = text[text.index(':root:not([data-theme="light"]) {') :].split("}")[0]
    by_choice = text[text.index(':root[data-theme="dark"] {') :].split("}")[0]

    def lines(block: str) -> list[str]:
        return [line.strip() for line in block.splitlines()[1:] if line.strip()]

    assert lines(by_system) == lines(by_choice)


def test_the_style_sheet_knows_no_left_and_right() -> None:
    text = re.sub(r"/\*.*?\*/", "", SHEET.read_text(), flags=re.S)
    physical = re.findall(
        r"(?:^|[\s;{])((?:margin|padding|border|inset)?-?(?:left|right)\s*:"
        r"|text-align:\s*(?:left|right)|float:|(?<!-)(?:min-|max-)?width\s*:(?!.*\)\s*{)|(?<!-)height\s*:)",
        re.sub(r"@media[^{]*{", "", text),
    )
    assert physical == []


def test_colours_are_written_once() -> None:
    rules = SHEET.read_text().split("/* ---------- 2. Base ---------- */")[1]
    screen = rules.split("/* ---------- 7. Print ---------- */")[0]
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b", screen) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_page_has_nothing_that_the_policy_refuses(page: Path) -> None:
    text = re.sub(r"{%\s*comment\s*%}.*?{%\s*endcomment\s*%}", "", page.read_text(), flags=re.S)
    assert not re.search(r"<[^>]*\sstyle\s*=", text)
    assert not re.search(r"<[^>]*\son[a-z]+\s*=", text)
    assert "<style" not in text
    for script in re.findall(r"<script\b([^>]*)>", text):
        assert "src=" in script or "json" in script
    assert not re.search(r"(?:src|href)=[\"']https?://", re.sub(r"<a\b[^>]*>", "", text))


def test_every_icon_that_a_page_asks_for_is_drawn() -> None:
    drawn = set(re.findall(r'<symbol id="([a-z-]+)"', (ROOT / "static/svg/icons.svg").read_text()))
    asked = set()
    for page in TEMPLATES:
        text = page.read_text()
        asked |= set(re.findall(r'icon\.html" with [^%]*?name="([a-z-]+)"', text))
        asked |= set(re.findall(r'{% icon "([a-z-]+)"', text))
    assert asked - drawn == set()


def test_what_each_page_loads_is_small() -> None:
    files = ("css/site.css", "js/site.js", "svg/icons.svg", "svg/favicon.svg", "svg/harbour.svg")
    sent = sum(len(gzip.compress((ROOT / "static" / name).read_bytes())) for name in files)
    # htmx takes 16 kB more; the page itself has what is left of 100 kB.
    assert sent < 30_000


def test_headings_of_the_sheet_stand_in_order() -> None:
    sections = [int(number) for number in re.findall(r"/\* -{10} (\d)\.", SHEET.read_text())]
    assert all(after == before + 1 for before, after in pairwise(sections))
    assert sections[0] == 1
