"""The labels of papers in the languages of those who read them: tables of our own beside this file.

A paper is labelled in the seller's language and in the destination's, side by side; a language that
has no table is printed in English.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

from babel.languages import get_official_languages

DEFAULT = "en"
RIGHT_TO_LEFT = frozenset({"ar"})
_FOLDER = files("trade.papers").joinpath("words")


@cache
def languages() -> tuple[str, ...]:
    """Languages that papers can be labelled in."""
    names = (entry.name for entry in _FOLDER.iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


@cache
def labels(language: str) -> Mapping[str, str]:
    """Every label in a language of `languages()`."""
    return tomllib.loads(_FOLDER.joinpath(f"{language}.toml").read_text(encoding="utf-8"))


def usable_language(code: str) -> str:
    """The table for a language code like "pt-br" or "zh_Hant"; English when there is none."""
    plain, _, rest = code.replace("_", "-").lower().partition("-")
    if plain == "zh" and rest.startswith(("hant", "tw", "hk", "mo")):
        return DEFAULT  # the table is in simplified characters
    return plain if plain in languages() else DEFAULT


def language_of_country(country: str) -> str:
    """The first official language of a country that papers can be labelled in, else English."""
    for code in get_official_languages(country) if country else ():
        plain = usable_language(code)
        if plain != DEFAULT:
            return plain
        if code == DEFAULT:
            break
    return DEFAULT


def paper_languages(*, seller: str, destination: str) -> tuple[str, ...]:
    """The seller's and the destination's language, each once; English beside one that is read from
    the right alone, because figures and names need a line that is not."""
    pair = tuple(dict.fromkeys((usable_language(seller), language_of_country(destination))))
    return (*pair, DEFAULT) if set(pair) <= RIGHT_TO_LEFT else pair


class Words:
    """Labels in one or two languages: `words("total")` is "Total / Gesamt"."""

    def __init__(self, languages: Sequence[str]) -> None:
        self.languages = tuple(languages) or (DEFAULT,)

    def __call__(self, key: str, *, joined_by: str = " / ") -> str:
        """The label in every language, each text once. Raises KeyError for an unknown label."""
        texts = (labels(language)[key] for language in self.languages)
        return joined_by.join(dict.fromkeys(texts))

    @property
    def beside_figures(self) -> Words:
        """Without languages read from the right: in one line with figures they change places."""
        return Words([code for code in self.languages if code not in RIGHT_TO_LEFT])
