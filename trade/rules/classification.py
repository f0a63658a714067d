"""Finding a six-digit tariff code by typing what the thing is, in many languages; pure.

Each code is known by its heading, and by what people call such things: names of each language, and
a glossary that leads words of other languages to the English ones ("Baumwolle": cotton). A typed
word counts by how telling it is; fully when it is one of a code's words, less when it only begins
one, is a part of it, or comes near it. Languages in which more of the typed words are known count
for more, so that one word that two languages share ("gift") does not mislead.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from rapidfuzz import fuzz, process

from trade.rules.folding import FILLER, cut, is_cjk, runs, stem
from trade.rules.vague import VAGUE_WORDS, is_vague

__all__ = ["VAGUE_WORDS", "Glossary", "HsEntry", "HsIndex", "HsMatch", "Reason", "Why", "is_vague"]

FUZZY_CUTOFF = 76
MOST_TERMS = 16
OWN_LANGUAGE = "en"
_FOREIGN = 0.75  # what a word of a language counts that knows fewer of the typed words
_HEAD_WORDS = 2
_OFTEN, _HEAD = (
    0.03,
    0.08,
)  # for each further name that holds the word; for a heading that begins so
_NAME_SHARE = 0.35  # what a whole name among the typed words adds


class Why(StrEnum):
    """How a typed word speaks for a code."""

    NAME = "name"
    HEADING = "heading"
    NEAR = "near"
    """Read as another word: a typing mistake, or a longer or shorter form."""
    MEANS = "means"
    """A word of another language, led to an English one."""
    DIGITS = "digits"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class HsEntry:
    """One subheading: six digits, its heading, what people call it in English and elsewhere.

    names: pairs of language and name.
    """

    code: str
    heading: str
    synonyms: tuple[str, ...]
    names: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """One typed word, and what it did for a code: `word` is the one that was found in it."""

    why: Why
    typed: str
    word: str = ""


@dataclass(frozen=True, slots=True)
class HsMatch:
    """A proposal. score: 0 to 100; matched: the words or names that spoke for it."""

    code: str
    description: str
    score: int
    matched: tuple[str, ...]
    reasons: tuple[Reason, ...] = ()

    @property
    def text(self) -> str:
        return self.description

    @property
    def dotted(self) -> str:
        """ "6109.10", as tariffs print it."""
        return f"{self.code[:4]}.{self.code[4:]}"


# An English word, and the words for it as pairs of language and word.
Glossary = Mapping[str, Sequence[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class _Found:
    """A word of the index that a typed word leads to, and how alike they are (1 is the same).

    language: of the typed word, if the glossary led here.
    """

    word: str
    likeness: float
    why: Why | None = None
    language: str = ""


@dataclass(slots=True)
class _Tally:
    """What speaks for each code."""

    gains: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    words: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    reasons: dict[str, list[Reason]] = field(default_factory=lambda: defaultdict(list))
    possible: float = 0.0


class HsIndex:
    """Codes ready to be searched. Immutable after it is built."""

    def __init__(self, entries: Iterable[HsEntry], glossary: Glossary | None = None) -> None:
        self.entries: dict[str, HsEntry] = {entry.code: entry for entry in entries}
        # word -> code -> languages in which the word is one of the code's
        self._codes: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        # How many names of a code hold the word; whether its heading begins with it.
        self._often: dict[tuple[str, str], int] = defaultdict(int)
        self._heads: set[tuple[str, str]] = set()
        self._names: dict[str, set[tuple[str, ...]]] = defaultdict(set)
        self._glossary: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self._lexicon: set[str] = set()
        for english, words in (glossary or {}).items():
            for language, word in words:
                key = " ".join(stem(run) for run in runs(word))
                self._glossary[key].append((language, stem(english)))
        every = [(OWN_LANGUAGE, name) for entry in self.entries.values() for name in entry.synonyms]
        every += [pair for entry in self.entries.values() for pair in entry.names]
        self._lexicon.update(run for _, name in every for run in runs(name) if is_cjk(run))
        self._lexicon.update(key for key in self._glossary if is_cjk(key))
        self._longest = max(map(len, self._lexicon), default=1)
        for entry in self.entries.values():
            self._add(entry)
        count = len(self.entries)
        self._rarity = {
            word: math.log(1 + count / len(codes)) for word, codes in self._codes.items()
        }
        known = {word for key in self._glossary for word in [key] if " " not in key}
        self._vocabulary = sorted(known | set(self._codes))
        self._known = frozenset(self._vocabulary)
        self._backwards = sorted(word[::-1] for word in self._vocabulary if len(word) >= 4)
        self._fuzzy = [w for w in self._vocabulary if len(w) >= 3 and not is_cjk(w)]

    def _add(self, entry: HsEntry) -> None:
        for place, word in enumerate(self._plain_terms(entry.heading)):
            self._codes[word][entry.code].add(OWN_LANGUAGE)
            if place < _HEAD_WORDS:
                self._heads.add((word, entry.code))
        names = [(OWN_LANGUAGE, name) for name in entry.synonyms]
        for language, name in [*names, *entry.names]:
            terms = self._plain_terms(name)
            self._names[entry.code].add(tuple(sorted(set(terms))))
            for run in runs(name):
                if is_cjk(run):
                    terms = [*terms, *cut(run, self._shorter(run), self._longest)]
            for word in set(terms):
                self._codes[word][entry.code].add(language)
                self._often[word, entry.code] += 1

    def _shorter(self, run: str) -> frozenset[str]:
        """The lexicon without the run itself, to know its parts too."""
        size = len(run)
        return frozenset(
            run[at : at + n]
            for at in range(size)
            for n in range(1, size - at + 1)
            if n < size and run[at : at + n] in self._lexicon
        )

    def _plain_terms(self, text: str) -> list[str]:
        return [word if is_cjk(word) else stem(word) for word in runs(text) if word not in FILLER]

    def describe(self, code: str) -> str | None:
        """The heading of a code; None when it is not among these."""
        entry = self.entries.get(re.sub(r"\D", "", code)[:6])
        return entry.heading if entry else None

    def search(self, text: str, limit: int, language: str = OWN_LANGUAGE) -> list[HsMatch]:
        """The best codes for the words, best first; digits find codes that begin with them.

        language: the reader's, preferred where two languages say the same word.
        """
        digits = re.sub(r"[.\s]", "", text)
        if digits.isdigit() and digits.isascii() and len(digits) >= 2:
            return self._by_digits(digits[:6], limit)
        terms = list(dict.fromkeys(self._terms(text)))[:MOST_TERMS]
        if not terms:
            return []
        near = {term: self._near(term) for term in terms}
        tally = self._tally(terms, near, self._factors(near, language[:2]))
        self._add_names(tally, near)
        possible = tally.possible or 1.0
        ranked = sorted(
            (code for code, gain in tally.gains.items() if gain >= 0.25 * possible),
            key=lambda code: (-self._rank(code, tally.gains[code]), code),
        )
        return [
            HsMatch(
                code,
                self.entries[code].heading,
                min(100, round(100 * tally.gains[code] / possible)),
                tuple(dict.fromkeys(tally.words[code])),
                self._all_reasons(tally.reasons[code], near),
            )
            for code in ranked[:limit]
        ]

    def _terms(self, text: str) -> Iterator[str]:
        """The typed words as the index knows words: phrases of the glossary, parts of compounds."""
        words = [word for word in runs(text) if word not in FILLER]
        at = 0
        while at < len(words):
            word = words[at]
            pair = " ".join(stem(part) for part in words[at : at + 2])
            if " " in pair and pair in self._glossary:
                yield pair
                at += 2
                continue
            at += 1
            if is_cjk(word):
                yield from cut(word, self._lexicon, self._longest)
            else:
                yield from self._parts(stem(word))

    def _parts(self, word: str) -> Iterator[str]:
        """ "keramikvase" as "keramik" and "vase"; other words as they are."""
        if word not in self._known and len(word) >= 8:
            for at in range(len(word) - 4, 3, -1):
                head, tail = word[:at], stem(word[at:])
                if tail in self._known and (
                    head in self._known or head.rstrip("sn") in self._known
                ):
                    yield head if head in self._known else head.rstrip("sn")
                    yield tail
                    return
        yield word

    def _factors(self, near: Mapping[str, Sequence[_Found]], reader: str) -> dict[str, float]:
        """How much each language counts: in full when it knows most of the typed words."""
        known: dict[str, float] = defaultdict(float)
        for found in near.values():
            languages = set()
            for one in found:
                if one.likeness < 0.9:
                    continue
                if one.language:
                    languages.add(one.language)
                else:
                    languages.update(*self._codes[one.word].values())
            for language in languages:
                known[language] += 1
        most = max(known.values(), default=0.0)
        factors = {name: 1.0 if count == most else _FOREIGN for name, count in known.items()}
        if reader in factors:
            factors[reader] *= 1.05
        return factors

    def _tally(
        self,
        terms: Sequence[str],
        near: Mapping[str, Sequence[_Found]],
        factors: Mapping[str, float],
    ) -> _Tally:
        tally = _Tally()
        for term in terms:
            found = near[term]
            if not found:
                tally.possible += 2.0
                continue
            tally.possible += max(self._rarity[one.word] * one.likeness for one in found)
            best: dict[str, tuple[float, _Found]] = {}
            exact = [self._rarity[one.word] for one in found if one.why is not Why.NEAR]
            for one in found:
                # A longer word is no more telling than the one that was typed.
                rarity = self._rarity[one.word]
                if exact and one.why is Why.NEAR:
                    rarity = min(rarity, *exact)
                for code, languages in self._codes[one.word].items():
                    spoken = [one.language] if one.language else languages
                    factor = max(factors.get(language, _FOREIGN) for language in spoken)
                    gain = one.likeness * factor * rarity * self._bent(one.word, code)
                    if code not in best or gain > best[code][0]:
                        best[code] = (gain, one)
            for code, (gain, one) in best.items():
                tally.gains[code] += gain
                tally.words[code].append(one.word)
                tally.reasons[code].append(self._reason(term, code, one))
        return tally

    def _all_reasons(
        self, reasons: Sequence[Reason], near: Mapping[str, Sequence[_Found]]
    ) -> tuple[Reason, ...]:
        """What each typed word did, and which are not known: at best they are like a word of
        another code."""
        told = {reason.typed for reason in reasons}
        strange = [
            Reason(Why.UNKNOWN, term)
            for term, found in near.items()
            if term not in told and all(one.why is Why.NEAR for one in found)
        ]
        return tuple(dict.fromkeys([*reasons, *strange]))

    def _bent(self, word: str, code: str) -> float:
        """How much more a word says of a code that is mainly about it."""
        often = min(5, max(0, self._often.get((word, code), 0) - 1))
        return 1 + _OFTEN * often + (_HEAD if (word, code) in self._heads else 0.0)

    def _reason(self, term: str, code: str, found: _Found) -> Reason:
        why = found.why
        if why is None:
            why = Why.NAME if (found.word, code) in self._often else Why.HEADING
        return Reason(why, term, found.word)

    def _add_names(self, tally: _Tally, near: Mapping[str, Sequence[_Found]]) -> None:
        """A whole name of a code among the typed words is more than its words."""
        said = {one.word: one.likeness for found in near.values() for one in reversed(found)}
        for code in tally.gains:
            share = 0.0
            for name in self._names[code]:
                if all(word in said for word in name):
                    weight = sum(said[word] * self._rarity[word] for word in name)
                    whole = 1.0 if len(name) == len(near) else _NAME_SHARE
                    share = max(share, weight * whole)
            tally.gains[code] += share

    def _rank(self, code: str, score: float) -> float:
        """Among equals the code with fewer words of its own is the closer one."""
        entry = self.entries[code]
        return score - 0.0005 * (len(entry.synonyms) + len(entry.heading) / 8)

    def _near(self, term: str) -> list[_Found]:
        """Words of the index that the typed word is, means, or comes near; the likest first."""
        found: dict[str, _Found] = {}

        def take(word: str, likeness: float, why: Why | None) -> None:
            if word in self._codes:
                _keep(found, _Found(word, likeness, why))
            for language, english in self._glossary.get(word, ()):
                if english in self._codes:
                    _keep(found, _Found(english, 0.95 * likeness, why or Why.MEANS, language))

        take(term, 1.0, None)
        exact = bool(found)
        if not exact and not is_cjk(term):
            for word, score, _ in process.extract(
                term, self._fuzzy, scorer=fuzz.ratio, limit=6, score_cutoff=FUZZY_CUTOFF
            ):
                take(word, 0.9 * score / 100, Why.NEAR)
        if len(term) >= 4 and not is_cjk(term):
            for word in self._longer_and_shorter(term, longer_only=exact):
                alike = min(len(word), len(term)) / max(len(word), len(term))
                if alike >= 0.5:
                    take(word, 0.5 if exact else 0.6 + 0.35 * alike, Why.NEAR)
        return sorted(found.values(), key=lambda one: -one.likeness)

    def _longer_and_shorter(self, term: str, *, longer_only: bool) -> Iterator[str]:
        """Words that begin with the term; and that it begins or ends with, or that end with it."""
        yield from _beginning(self._vocabulary, term)
        if longer_only:
            return
        for size in range(4, len(term)):
            if term[:size] in self._known:
                yield term[:size]
            if size < len(term) - 2 and term[-size:] in self._known:
                yield term[-size:]
        if len(term) >= 5:
            yield from (word[::-1] for word in _beginning(self._backwards, term[::-1]))

    def _by_digits(self, digits: str, limit: int) -> list[HsMatch]:
        return [
            HsMatch(code, entry.heading, 100, (digits,), (Reason(Why.DIGITS, digits),))
            for code, entry in sorted(self.entries.items())
            if code.startswith(digits)
        ][:limit]


def _keep(found: dict[str, _Found], one: _Found) -> None:
    if one.word not in found or found[one.word].likeness < one.likeness:
        found[one.word] = one


def _beginning(words: Sequence[str], start: str) -> Iterator[str]:
    """The words of a sorted list that begin so, without the start itself."""
    at = bisect_left(words, start)
    while at < len(words) and words[at].startswith(start):
        if words[at] != start:
            yield words[at]
        at += 1
