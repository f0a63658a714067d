"""Finding a six-digit tariff code by typing what the thing is, typing mistakes included.

The words of each code (its heading and what people call such things) are weighed by how telling
they are; a typed word counts for a code fully when it is one of its words, less when it only begins
one or comes near it.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

FUZZY_CUTOFF = 76
_FILLER = frozenset({
    "a", "an", "and", "by", "custom", "de", "for", "from", "hand", "handmade", "in", "made", "new",
    "of", "on", "or", "other", "personalised", "personalized", "set", "the", "to", "unique",
    "vintage", "with", "your",
})  # fmt: skip
# What customs refuses as a description: it says nothing about the thing.
VAGUE_WORDS = frozenset({
    "accessories", "accessory", "article", "articles", "gift", "gifts", "goods", "item", "items",
    "merchandise", "misc", "miscellaneous", "parts", "present", "presents", "product", "products",
    "sample", "samples", "spare", "stuff", "thing", "things", "various",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class HsEntry:
    """One curated subheading: six digits, heading words of our own, what people call it."""

    code: str
    heading: str
    synonyms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HsMatch:
    """A proposal. score: 0 to 100; matched: the words or names that spoke for it."""

    code: str
    description: str
    score: int
    matched: tuple[str, ...]

    @property
    def text(self) -> str:
        return self.description

    @property
    def dotted(self) -> str:
        """ "6109.10", as tariffs print it."""
        return f"{self.code[:4]}.{self.code[4:]}"


def is_vague(text: str) -> bool:
    """Whether a description names no thing at all ("gift", "sample accessories")."""
    words = _words(text)
    return not words or all(word in VAGUE_WORDS or word.isdigit() for word in words)


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", _plain(text).replace("'", "").replace("’", ""))


def _stem(word: str) -> str:
    """A crude English singular: enough to bring "scarves" to "scarf" and "mugs" to "mug"."""
    if len(word) > 4 and word.endswith("ves"):
        return word[:-3] + "f"
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("ches", "shes", "sses", "xes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    return word


def _terms(text: str) -> list[str]:
    return [_stem(word) for word in _words(text) if word not in _FILLER]


class HsIndex:
    """All curated codes, ready to be searched. Immutable after it is built."""

    def __init__(self, entries: Iterable[HsEntry]) -> None:
        self.entries: dict[str, HsEntry] = {entry.code: entry for entry in entries}
        self._weights: dict[str, dict[str, float]] = defaultdict(dict)
        self._phrases: dict[str, list[str]] = defaultdict(list)
        for entry in self.entries.values():
            for term in _terms(entry.heading):
                self._weights[term][entry.code] = 1.0
            for name in entry.synonyms:
                terms = _terms(name)
                self._phrases[" ".join(sorted(terms))].append(entry.code)
                for term in terms:
                    self._weights[term][entry.code] = 1.0
        count = len(self.entries)
        self._rarity = {
            term: math.log(1 + count / len(codes)) for term, codes in self._weights.items()
        }
        self._vocabulary = sorted(self._weights)

    def describe(self, code: str) -> str | None:
        """The heading of a code, in our own words; None when it is not curated."""
        entry = self.entries.get(re.sub(r"\D", "", code)[:6])
        return entry.heading if entry else None

    def search(self, text: str, limit: int) -> list[HsMatch]:
        """The best codes for the words, best first; digits find codes that begin with them."""
        digits = re.sub(r"[.\s]", "", text)
        if digits.isdigit() and len(digits) >= 2:
            return self._by_digits(digits[:6], limit)
        terms = list(dict.fromkeys(_terms(text)))[:12]
        if not terms:
            return []
        scores: dict[str, float] = defaultdict(float)
        reasons: dict[str, list[str]] = defaultdict(list)
        possible = 0.0
        for term in terms:
            near = self._near(term)
            possible += max((self._rarity[word] for word, _ in near), default=6.0)
            best: dict[str, tuple[float, str]] = {}
            for word, likeness in near:
                for code, weight in self._weights[word].items():
                    gain = likeness * weight * self._rarity[word]
                    if gain > best.get(code, (0.0, ""))[0]:
                        best[code] = (gain, word)
            for code, (gain, word) in best.items():
                scores[code] += gain
                reasons[code].append(word)
        for code in self._phrases.get(" ".join(sorted(terms)), ()):
            scores[code] += possible
        ranked = sorted(scores, key=lambda code: (-self._rank(code, scores[code]), code))
        return [
            HsMatch(
                code,
                self.entries[code].heading,
                min(100, round(100 * scores[code] / (possible or 1))),
                tuple(dict.fromkeys(reasons[code])),
            )
            for code in ranked[:limit]
            if scores[code] >= 0.25 * possible
        ]

    def _rank(self, code: str, score: float) -> float:
        """Among equals the code with fewer words of its own is the closer one."""
        entry = self.entries[code]
        return score - 0.002 * (len(entry.synonyms) + len(entry.heading) / 8)

    def _near(self, term: str) -> Sequence[tuple[str, float]]:
        """Vocabulary words like the typed one, with how alike they are (1 is the same)."""
        if term in self._weights:
            found = [(term, 1.0)]
        else:
            found = [
                (word, 0.85 * score / 100)
                for word, score, _ in process.extract(
                    term, self._vocabulary, scorer=fuzz.ratio, limit=6, score_cutoff=FUZZY_CUTOFF
                )
            ]
        if len(term) >= 4:
            likeness = 0.5 if term in self._weights else 0.8
            found += [
                (word, likeness)
                for word in self._vocabulary
                if word != term
                and len(word) >= 4
                and (word.startswith(term) or term.startswith(word))
            ]
        return found

    def _by_digits(self, digits: str, limit: int) -> list[HsMatch]:
        return [
            HsMatch(code, entry.heading, 100, (digits,))
            for code, entry in sorted(self.entries.items())
            if code.startswith(digits)
        ][:limit]
