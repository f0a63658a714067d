"""What separates the codes that a search proposes: material, wearer, or how it was made; pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from trade.rules.classification import HsMatch
from trade.rules.folding import runs, stem


class Axis(StrEnum):
    """What one would ask to tell two codes apart."""

    MATERIAL = "material"
    WEARER = "wearer"
    MAKING = "making"
    STATE = "state"


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer, and the best proposed code that holds for it."""

    value: str
    code: str


@dataclass(frozen=True, slots=True)
class Question:
    """What to say more of, with what it would lead to."""

    axis: Axis
    choices: tuple[Choice, ...]


# Words of headings, and the value each stands for. "other fibres" answers for what is not named.
VALUES: dict[Axis, dict[str, str]] = {
    Axis.MATERIAL: {
        "cotton": "cotton",
        "wool": "wool",
        "cashmere": "cashmere",
        "silk": "silk",
        "flax": "linen",
        "linen": "linen",
        "synthetic": "synthetic fibres",
        "artificial": "viscose or other artificial fibres",
        "man-made": "man-made fibres",
        "fibres": "other fibres",
        "leather": "leather",
        "textile": "textile",
        "plastic": "plastic",
        "rubber": "rubber",
        "tropical": "tropical wood",
        "wood": "wood",
        "wooden": "wood",
        "bamboo": "bamboo",
        "rattan": "rattan",
        "vegetable": "straw or other plants",
        "ceramic": "other ceramic",
        "porcelain": "porcelain",
        "crystal": "lead crystal",
        "glass": "glass",
        "stone": "stone",
        "gold": "gold",
        "silver": "silver",
        "copper": "copper or brass",
        "aluminium": "aluminium",
        "stainless": "stainless steel",
        "cast": "cast iron",
        "iron": "iron or steel",
        "metal": "metal",
        "paper": "paper",
    },
    Axis.WEARER: {"men": "men", "women": "women", "baby": "babies", "babie": "babies"},
    Axis.MAKING: {"knitted": "knitted", "knotted": "knotted", "tufted": "tufted", "woven": "woven"},
    Axis.STATE: {
        "ground": "ground",
        "whole": "whole",
        "roasted": "roasted",
        "printed": "printed",
        "filled": "filled",
        "antique": "over 100 years old",
        "year": "over 100 years old",
        "led": "for LED only",
    },
}
_NOT = frozenset({"not", "without"})
MOST_QUESTIONS = 2


def what_separates(matches: Sequence[HsMatch], typed: str) -> tuple[Question, ...]:
    """The questions whose answers would choose between near equal proposals; () when one leads.

    Only what the typed words leave open is asked.
    """
    if len(matches) < 2:
        return ()
    near = [match for match in matches if match.score >= matches[0].score - 25]
    said = {stem(word) for word in runs(typed)}
    said |= {reason.word for match in near for reason in match.reasons if reason.word}
    questions = []
    for axis, words in VALUES.items():
        if said & words.keys():
            continue
        choices: dict[str, str] = {}
        for match in near:
            value = _value(axis, match.description)
            if value is not None:
                choices.setdefault(value, match.code)
        if len(set(choices.values())) > 1:
            questions.append(
                Question(axis, tuple(Choice(value, code) for value, code in choices.items()))
            )
    return tuple(questions[:MOST_QUESTIONS])


def _value(axis: Axis, heading: str) -> str | None:
    words = list(_heading_words(heading))
    for word, value in VALUES[axis].items():
        if word in words:
            at = words.index(word)
            if at and words[at - 1] in _NOT:
                continue
            return value
    return None


def _heading_words(heading: str) -> Iterable[str]:
    for word in runs(heading.replace("man-made", "manmade").replace("ed, not", "ed not")):
        yield "man-made" if word == "manmade" else stem(word.removesuffix("'s"))
