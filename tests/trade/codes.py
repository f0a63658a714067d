"""How often the search finds the right code: `python -m tests.trade.codes`.

tests/trade/code_queries.csv holds what people might type, in fifteen languages, with the code that
a customs broker would choose. Prints the share found first and among the first three.
"""

from __future__ import annotations

import csv
import os
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

QUERIES = Path(__file__).with_name("code_queries.csv")
ALL = "all"


@dataclass(slots=True)
class Score:
    """Counts of one language, and what was missed."""

    asked: int = 0
    first: int = 0
    among_three: int = 0
    missed: list[str] = field(default_factory=list)

    @property
    def top_1(self) -> float:
        return 100 * self.first / self.asked

    @property
    def top_3(self) -> float:
        return 100 * self.among_three / self.asked


def queries() -> Iterator[tuple[str, str, str]]:
    """Language, words, expected code."""
    with QUERIES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield row["language"], row["query"], row["code"]


def measure() -> tuple[dict[str, Score], list[float]]:
    """The score of each language and of all; and the milliseconds of each search."""
    from trade.selectors.classification import hs_index  # noqa: PLC0415 - needs Django set up

    index = hs_index()
    scores: dict[str, Score] = defaultdict(Score)
    took = []
    for language, words, code in queries():
        started = time.perf_counter()
        found = [match.code for match in index.search(words, 3, language)]
        took.append(1000 * (time.perf_counter() - started))
        for score in (scores[language], scores[ALL]):
            score.asked += 1
            score.first += found[:1] == [code]
            score.among_three += code in found
            if code not in found:
                score.missed.append(f"{words}: {code}, found {', '.join(found) or 'nothing'}")
    return scores, took


def main() -> None:
    """Print the table that docs/classification.md shows."""
    import django  # noqa: PLC0415 - the module is also imported where Django is set up already

    django.setup()
    scores, took = measure()
    sys.stdout.write("\n".join(table(scores, took)) + "\n")


def table(scores: dict[str, Score], took: list[float]) -> Iterator[str]:
    """The lines that are printed: languages, all, time, and what was missed."""
    yield "language  queries  first  among three"
    for language, score in scores.items():
        if language != ALL:
            yield f"{language:8}  {score.asked:7}  {score.top_1:4.0f}%  {score.top_3:10.0f}%"
    total = scores[ALL]
    yield f"{ALL:8}  {total.asked:7}  {total.top_1:4.1f}%  {total.top_3:9.1f}%"
    yield f"a search: {statistics.median(took):.1f} ms in the middle, {max(took):.1f} ms at most"
    yield from (f"missed  {missed}" for missed in total.missed)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")
    main()
