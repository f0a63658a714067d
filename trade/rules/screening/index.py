"""Few entries worth comparing, out of many: those that share telling parts of a name."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from trade.rules.screening.matching import REVIEW_SCORE, Entry, Match, Subject, compare
from trade.rules.screening.names import NameKind, ParsedName, Token, bones_of, parse_name

MOST_MATCHES = 25


class ScreeningIndex:
    """Entries by the beginnings, ends and consonants of their names' parts. Built once a list."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries: list[Entry] = list(entries)
        self._names: list[tuple[int, int]] = []
        self._by_block: dict[str, list[int]] = defaultdict(list)
        for number, entry in enumerate(self.entries):
            for listed in entry.names:
                self._add(number, parse_name(listed.text, entry.kind))

    def _add(self, number: int, name: ParsedName) -> None:
        place = len(self._names)
        self._names.append((number, len(name.tokens)))
        for block in {block for token in name.tokens for block in _listed_blocks(token)}:
            self._by_block[block].append(place)
        for block in {*_joints(name, "+"), *_singles(name, "|")}:
            self._by_block[block].append(place)

    def search(self, subject: Subject, *, at_least: int = REVIEW_SCORE) -> list[Match]:
        """Entries that score `at_least`, the likeliest first, at most MOST_MATCHES."""
        found = [compare(subject, self.entries[number]) for number in self._candidates(subject)]
        found = [match for match in found if match.score >= at_least]
        found.sort(key=lambda match: (-match.score, match.key))
        return found[:MOST_MATCHES]

    def _candidates(self, subject: Subject) -> set[int]:
        kinds = (
            (NameKind.PERSON, NameKind.COMPANY)
            if subject.kind == NameKind.UNKNOWN
            else (subject.kind,)
        )
        chosen: set[int] = set()
        for text in subject.names:
            for kind in kinds:
                chosen |= self._like(parse_name(text, kind))
        return chosen

    def _like(self, name: ParsedName) -> set[int]:
        """Entries of which two parts are met, or the only one that either side has."""
        met: Counter[int] = Counter()
        for token in name.tokens:
            places: set[int] = set()
            for block in _asked_blocks(token):
                places.update(self._by_block.get(block, ()))
            met.update(places)
        together = {
            place
            for block in {*_joints(name, "|"), *_singles(name, "+")}
            for place in self._by_block.get(block, ())
        }
        needed = min(2, len(name.tokens))
        enough = {
            place for place, times in met.items() if times >= min(needed, self._names[place][1])
        }
        return {self._names[place][0] for place in enough | together}


def _listed_blocks(token: Token) -> Iterator[str]:
    yield from _word_blocks(token)
    yield f"{token.text[0]}."
    if len(token.text) == 1:
        yield f"~{token.text}"


def _asked_blocks(token: Token) -> Iterator[str]:
    if len(token.text) == 1:
        yield f"{token.text}."
    yield f"~{token.text[0]}"
    yield from _word_blocks(token)


def _word_blocks(token: Token) -> Iterator[str]:
    """A slip of the pen leaves at least one of these as it is."""
    yield f"={token.key}"
    if len(token.bones) > 1:
        yield f"#{token.bones[:4]}"
    if len(token.key) > 3:
        yield f"<{token.key[:3]}"
        yield f">{token.key[-3:]}"


def _joints(name: ParsedName, mark: str) -> Iterator[str]:
    """Neighbours written as one word, so that "Al Noor" meets "Alnoor" and "Hua Hui Da" "Huahuida"."""
    texts = [token.text for token in name.tokens]
    for many in (2, 3, 4):
        for start in range(len(texts) - many + 1):
            yield from _as_one(mark, "".join(texts[start : start + many]))


def _singles(name: ParsedName, mark: str) -> Iterator[str]:
    for token in name.tokens:
        yield from _as_one(mark, token.text)


def _as_one(mark: str, text: str) -> Iterator[str]:
    yield mark + text
    if len(bones := bones_of(text)) > 3:
        yield f"{mark}#{bones}"
