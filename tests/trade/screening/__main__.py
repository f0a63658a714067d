"""`python -m tests.trade.screening`: precision and recall by half and category, and what is wrong."""

from __future__ import annotations

import random
import sys
import time

from tests.trade.screening.pairs import Pair, Tally, read_pairs, tally
from trade.rules.screening import (
    REVIEW_SCORE,
    Entry,
    ListedName,
    NameKind,
    ScreeningIndex,
    Subject,
)

ENTRIES = 20_000
SYLLABLES = [
    "ka",
    "lo",
    "mi",
    "ren",
    "tov",
    "sha",
    "bul",
    "gar",
    "dim",
    "zor",
    "pel",
    "an",
    "yu",
    "chi",
    "wa",
    "nor",
    "fe",
    "tis",
    "kha",
    "med",
    "ru",
    "ost",
    "vi",
    "lan",
]
GIVEN = [
    "Mohammed",
    "Ahmed",
    "Ivan",
    "Sergey",
    "Ali",
    "Wei",
    "Maria",
    "Hassan",
    "Olga",
    "Yusuf",
    "Dmitry",
    "Ibrahim",
    "Li",
    "Kim",
    "Chen",
]


def _say(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")


def main() -> None:
    every = read_pairs()
    pairs = [pair for pair in every if pair.half != "address"]
    _say(
        f"{len(pairs)} pairs, {sum(pair.same for pair in pairs)} of them one party; review from {REVIEW_SCORE}"
    )
    _say()
    for half in ("tuning", "hold-out"):
        _line(half, tally(pair for pair in pairs if pair.half == half))
    _line("both", tally(pairs))
    _say()
    for category in dict.fromkeys(pair.category for pair in pairs):
        chosen = [pair for pair in pairs if pair.category == category]
        halves = "  ".join(
            f"{half} {tally(p for p in chosen if p.half == half).right:6.1%}"
            for half in ("tuning", "hold-out")
        )
        kind = "one party" if chosen[0].same else "two"
        _say(f"{category:16} {kind:10} {len(chosen):3}  right: {halves}")
    _say()
    for threshold in (70, 75, 80, 85, 90):
        _line(
            f"from {threshold}",
            tally((p for p in pairs if p.half == "tuning"), threshold=threshold),
        )
    _say()
    _addresses([pair for pair in every if pair.half == "address"])
    _say()
    _speed()
    if "--wrong" in sys.argv:
        _wrong([pair for pair in pairs if pair.half == "tuning"])


def _line(name: str, result: Tally) -> None:
    _say(f"{name:9} precision {result.precision:6.1%}  recall {result.recall:6.1%}  {result}")


def _addresses(pairs: list[Pair]) -> None:
    """What street and town change: the same pairs without and with them."""
    _say(f"{len(pairs)} pairs with addresses")
    _line("without", tally(pair.without_address for pair in pairs))
    _line("with", tally(pairs))


def _wrong(pairs: list[Pair]) -> None:
    for pair in pairs:
        if (pair.score >= REVIEW_SCORE) != pair.same:
            _say(pair.score, pair.category, pair.subject.names[0], "|", pair.entry.key)


def _speed() -> None:
    chance = random.Random(20)
    made = [_made(chance, number) for number in range(ENTRIES)]
    started = time.perf_counter()
    index = ScreeningIndex(made)
    built = time.perf_counter() - started
    asked = [
        Subject((f"{chance.choice(GIVEN)} {_word(chance)}",), NameKind.PERSON) for _ in range(200)
    ] + [Subject((chance.choice(made).names[0].text,), NameKind.UNKNOWN) for _ in range(200)]
    started = time.perf_counter()
    hits = sum(bool(index.search(subject)) for subject in asked)
    each = (time.perf_counter() - started) / len(asked) * 1000
    _say(
        f"{ENTRIES} entries: index in {built:.1f} s, {each:.1f} ms a party ({hits} of {len(asked)} met)"
    )


def _word(chance: random.Random) -> str:
    return "".join(chance.choice(SYLLABLES) for _ in range(chance.randint(2, 4))).title()


def _made(chance: random.Random, number: int) -> Entry:
    given = chance.choice(GIVEN) if chance.random() < 0.6 else _word(chance)
    names = [ListedName(f"{given} {_word(chance)}"), ListedName(f"{_word(chance)} {_word(chance)}")]
    return Entry(str(number), NameKind.PERSON, tuple(names), frozenset({"SY"}), (1970,))


if __name__ == "__main__":
    main()
