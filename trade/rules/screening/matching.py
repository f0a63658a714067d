"""How likely two names mean the same party: 0 to 100, with every reason for it.

Parts of both names are paired by spelling and sound, whatever their order. What only one side has
costs little (a second given name), what both sides have instead costs much (another surname).
Country and year of birth then raise or cut; no identifier makes a match of names that differ.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler

from trade.rules.screening.addresses import Nearness, Place, nearest
from trade.rules.screening.names import NameKind, ParsedName, Token, parse_name, sound_of

# From this score on a person looks; docs/screening.md says how it was chosen.
REVIEW_SCORE = 80
YEARS_APART = 2
# What a name scores at most while nothing but common words of it agrees: nobody is asked.
COMMON_ONLY = 72
# So little that a town alone never lifts a common name to a person's desk, also not with its country.
STREET_POINTS, TOWN_POINTS, OTHER_TOWN_POINTS = 5, 2, -3
_VOWELS = re.compile(r"[aeiouy]")


class Reason(StrEnum):
    """One reason of a score; `selectors.screening_words` says each in words."""

    SAME = "same"
    SPELLING = "spelling"
    SOUND = "sound"
    CONSONANTS = "consonants"
    INITIAL = "initial"
    ONLY_ASKED = "only_asked"
    ONLY_LISTED = "only_listed"
    OTHER = "other"
    WEAK_ALIAS = "weak_alias"
    SINGLE_NAME = "single_name"
    COUNTRY_SAME = "country_same"
    COUNTRY_OTHER = "country_other"
    BORN_SAME = "born_same"
    BORN_OTHER = "born_other"
    STREET_SAME = "street_same"
    TOWN_SAME = "town_same"
    TOWN_OTHER = "town_other"
    KIND_OTHER = "kind_other"


@dataclass(frozen=True, slots=True)
class Part:
    """A reason with what it is about on either side, and the points it gave or took."""

    reason: Reason
    asked: str = ""
    listed: str = ""
    points: int = 0


@dataclass(frozen=True, slots=True)
class ListedName:
    """A name of an entry; `weak`: the list itself calls the alias of low quality."""

    text: str
    weak: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """A party on a list, as far as matching needs it."""

    key: str
    kind: NameKind
    names: tuple[ListedName, ...]
    countries: frozenset[str] = frozenset()
    born: tuple[int, ...] = ()
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom we ask about. countries: ISO codes of its addresses, places: their streets and towns; empty
    and None are "not known"."""

    names: tuple[str, ...]
    kind: NameKind = NameKind.UNKNOWN
    countries: frozenset[str] = frozenset()
    born: int | None = None
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """What a comparison gave: the best pair of names and why."""

    key: str
    score: int
    asked_name: str
    listed_name: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class _Pair:
    asked: Token
    listed: Token
    likeness: float
    reason: Reason


def compare(subject: Subject, entry: Entry) -> Match:
    """The best of all pairs of names, with country, year of birth and address counted in."""
    best: tuple[int, str, ListedName, tuple[Part, ...]] | None = None
    for asked in subject.names:
        for listed in entry.names:
            score, parts = _names(asked, listed, subject.kind, entry.kind)
            if best is None or score > best[0]:
                best = (score, asked, listed, parts)
    if best is None:
        return Match(entry.key, 0, "", "", ())
    score, asked, listed, parts = best
    common = parse_name(listed.text, entry.kind).is_common
    others = tuple(_others(subject, entry, common=common)) if score >= REVIEW_SCORE - 20 else ()
    if score >= REVIEW_SCORE - 20:
        others += tuple(_near(subject, entry, others, score + sum(part.points for part in others)))
    total = score + sum(part.points for part in others)
    return Match(entry.key, max(0, min(100, total)), asked, listed.text, parts + others)


def _names(
    asked: str, listed: ListedName, asked_kind: NameKind, listed_kind: NameKind
) -> tuple[int, tuple[Part, ...]]:
    kind = listed_kind if asked_kind == NameKind.UNKNOWN else asked_kind
    score, parts = name_score(parse_name(asked, kind), parse_name(listed.text, listed_kind))
    if listed.weak:
        parts = (*parts, Part(Reason.WEAK_ALIAS, listed=listed.text, points=-10))
        score -= 10
    return score, parts


@lru_cache(maxsize=50_000)
def name_score(asked: ParsedName, listed: ParsedName) -> tuple[int, tuple[Part, ...]]:
    """0 to 100 for two names alone, with the parts that made it."""
    if asked.is_empty or listed.is_empty:
        return 0, ()
    left, right = _joined(asked.tokens, listed.tokens)
    pairs = _paired(left, right)
    only_left = [token for token in left if all(pair.asked is not token for pair in pairs)]
    only_right = [token for token in right if all(pair.listed is not token for pair in pairs)]
    matched = sum(_weight(pair) * pair.likeness for pair in pairs)
    possible = sum(_weight(pair) for pair in pairs)
    whole = possible + _missing(pairs, only_left, only_right)
    score = round(100 * matched / whole) if whole else 0
    parts = [Part(pair.reason, pair.asked.text, pair.listed.text) for pair in pairs]
    parts += [Part(Reason.ONLY_ASKED, asked=token.text) for token in only_left]
    parts += [Part(Reason.ONLY_LISTED, listed=token.text) for token in only_right]
    cap, why = _cap(pairs, listed)
    if score > cap and why is not None:
        parts.append(Part(why, points=cap - score))
        score = cap
    telling = _untold(pairs, only_right)
    if telling is not None and score > COMMON_ONLY:
        parts.append(Part(Reason.ONLY_LISTED, listed=telling.text, points=COMMON_ONLY - score))
        score = COMMON_ONLY
    return score, tuple(parts)


def _untold(pairs: Sequence[_Pair], only_listed: Sequence[Token]) -> Token | None:
    """The word that would tell the listed party from many, where only everybody's words agree.

    Half a city is called Mohammed Ahmed, and half its firms Shenzhen Trading.
    """
    if any(pair.asked.weight >= 1 and pair.listed.weight >= 1 for pair in pairs):
        return None
    return next((token for token in only_listed if token.weight >= 1), None)


def _weight(pair: _Pair) -> float:
    return (pair.asked.weight + pair.listed.weight) / 2


def _missing(pairs: Sequence[_Pair], left: Sequence[Token], right: Sequence[Token]) -> float:
    """What unmatched parts weigh. Two full names that agree bear a further one on one side only."""
    unmatched = sum(token.weight for token in (*left, *right))
    telling = sum(1 for pair in pairs if pair.reason != Reason.INITIAL and _weight(pair) > 0.5)
    if left and right:
        return unmatched * 0.75
    if telling and all(token.weight < 0.5 for token in (*left, *right)):
        return unmatched * 0.2
    if telling >= 2 or (telling and len(pairs) >= 2):
        return min(unmatched * 0.2, 0.5)
    return unmatched * (0.7 if telling else 1.5)


def _cap(pairs: Sequence[_Pair], listed: ParsedName) -> tuple[int, Reason | None]:
    """A single word is little to go by: a person's never enough alone."""
    telling = [pair for pair in pairs if len(pair.asked.text) > 1 and len(pair.listed.text) > 1]
    if len(telling) >= 2:
        # Where nothing is written alike, each slip makes the other likelier to be another name.
        sure = any(pair.reason != Reason.SPELLING for pair in telling)
        return (100, None) if sure else (86, Reason.SPELLING)
    if not telling:
        return 30, Reason.SINGLE_NAME
    if listed.kind == NameKind.PERSON:
        # A surname with an initial that agrees is worth a look with the country, a word alone is not.
        return (84 if len(pairs) > 1 else 75), Reason.SINGLE_NAME
    if len(telling[0].listed.text) < 4 or telling[0].listed.weight < 0.5:
        return 70, Reason.SINGLE_NAME
    return 95, None


def _joined(
    left: tuple[Token, ...], right: tuple[Token, ...]
) -> tuple[tuple[Token, ...], tuple[Token, ...]]:
    """Both names with what one writes apart and the other together brought to one form."""
    return _join_one(left, right), _join_one(right, left)


def _join_one(tokens: tuple[Token, ...], others: tuple[Token, ...]) -> tuple[Token, ...]:
    made: list[Token] = []
    position = 0
    while position < len(tokens):
        taken = 1
        for many in (4, 3, 2):
            some = tokens[position : position + many]
            whole = _whole(some, others) if len(some) == many else None
            if whole is not None:
                made.append(whole)
                taken = many
                break
        else:
            made.append(tokens[position])
        position += taken
    return tuple(made)


def _whole(some: tuple[Token, ...], others: tuple[Token, ...]) -> Token | None:
    """The part of the other name that these make when written together."""
    joined = "".join(token.text for token in some)
    near = len(some) == 2 and min(len(token.text) for token in some) > 2
    return next(
        (one for one in others if len(joined) > 3 and _same_written(joined, one, near=near)), None
    )


def _same_written(joined: str, token: Token, *, near: bool) -> bool:
    if joined == token.text:
        return True
    return near and DamerauLevenshtein.distance(joined, token.text, score_cutoff=1) <= 1


def _paired(left: Sequence[Token], right: Sequence[Token]) -> list[_Pair]:
    """The best pairs first, each part once."""
    found = []
    for number, asked in enumerate(left):
        for place, listed in enumerate(right):
            likeness, reason = token_likeness(asked, listed)
            if likeness >= 0.8:
                found.append((likeness, -abs(number - place), asked, listed, reason))
    found.sort(key=lambda one: (one[0], one[1]), reverse=True)
    pairs: list[_Pair] = []
    for likeness, _, asked, listed, reason in found:
        if all(pair.asked is not asked and pair.listed is not listed for pair in pairs):
            pairs.append(_Pair(asked, listed, likeness, reason))
    return pairs


@lru_cache(maxsize=200_000)
def token_likeness(asked: Token, listed: Token) -> tuple[float, Reason]:
    """0 to 1 for two words, and what they have in common."""
    if asked.text == listed.text:
        return 1.0, Reason.SAME
    if len(asked.text) == 1 or len(listed.text) == 1:
        return (0.9 if asked.text[0] == listed.text[0] else 0.0), Reason.INITIAL
    if asked.key == listed.key and min(len(asked.key), len(listed.key)) > 1:
        return 0.98, Reason.SOUND
    if asked.written_without_vowels != listed.written_without_vowels:
        return _by_bones(asked, listed)
    if asked.text.isdigit() or listed.text.isdigit():
        return 0.0, Reason.OTHER
    return _by_letters(asked, listed)


def _by_bones(asked: Token, listed: Token) -> tuple[float, Reason]:
    if asked.bones == listed.bones:
        return {0: 0.0, 1: 0.8, 2: 0.93}.get(len(asked.bones), 0.97), Reason.CONSONANTS
    likeness = DamerauLevenshtein.normalized_similarity(asked.bones, listed.bones)
    longest = max(len(asked.bones), len(listed.bones))
    return (likeness if longest > 4 else likeness * 0.9), Reason.CONSONANTS


def _by_letters(asked: Token, listed: Token) -> tuple[float, Reason]:
    """Spelling, where one slip in a short word counts more than one in a long word."""
    if _without_article(asked) == listed.text or _without_article(listed) == asked.text:
        return 0.97, Reason.SPELLING
    shortest = min(len(asked.text), len(listed.text))
    slips = DamerauLevenshtein.distance(asked.text, listed.text)
    heard = min(
        DamerauLevenshtein.distance(one, other)
        for one in _heard_as(asked)
        for other in _heard_as(listed)
    )
    if shortest < 4:
        return (0.82 if heard == 0 else 0.0), Reason.SPELLING
    least = min(slips, heard)
    if least > (1 if shortest < 7 else 2):
        return 0.0, Reason.OTHER
    likeness = max(
        JaroWinkler.similarity(asked.text, listed.text),
        JaroWinkler.similarity(asked.key, listed.key),
    )
    # One slip in a short word makes another name as easily as a misspelt one.
    cost = {4: 0.12, 5: 0.06, 6: 0.03}.get(shortest, 0.0) + (0.04 if least > 1 else 0.0)
    if heard and shortest < 9 and _has_other_consonant(asked.key, listed.key):
        cost += 0.16
    if heard and asked.key[0] != listed.key[0]:
        cost += 0.1
    return max(0.0, likeness - cost), Reason.SPELLING


def _heard_as(token: Token) -> tuple[str, ...]:
    """J is y to some, and dj to others."""
    return (token.key, sound_of("y" + token.text[1:])) if token.text[0] == "j" else (token.key,)


def _without_article(token: Token) -> str:
    has_one = token.text[:2] in {"al", "el"} and len(token.text) > 5
    return token.text[2:] if has_one else ""


def _has_other_consonant(one: str, other: str) -> bool:
    """Khalil and Khalid: a consonant in the place of another is rarely a slip of the pen."""
    left, right = (_VOWELS.sub("", word) for word in (one, other))
    return len(left) == len(right) and left != right and sorted(left) != sorted(right)


def _others(subject: Subject, entry: Entry, *, common: bool) -> Iterable[Part]:
    """What else is known of both. Less weighs against a rare name than against a common one."""
    if (
        subject.kind != NameKind.UNKNOWN
        and entry.kind != NameKind.UNKNOWN
        and subject.kind != entry.kind
    ):
        yield Part(Reason.KIND_OTHER, subject.kind.value, entry.kind.value, -10)
    if subject.countries and entry.countries:
        asked, listed = (" ".join(sorted(one)) for one in (subject.countries, entry.countries))
        if subject.countries & entry.countries:
            yield Part(Reason.COUNTRY_SAME, asked, listed, 5)
        else:
            yield Part(Reason.COUNTRY_OTHER, asked, listed, -24 if common else -6)
    if subject.born and entry.born:
        apart = min(abs(subject.born - year) for year in entry.born)
        years = ", ".join(str(year) for year in entry.born)
        if apart <= YEARS_APART:
            yield Part(Reason.BORN_SAME, str(subject.born), years, 6)
        else:
            yield Part(Reason.BORN_OTHER, str(subject.born), years, -(18 if apart < 8 else 30))


def _near(subject: Subject, entry: Entry, others: Sequence[Part], score: int) -> Iterable[Part]:
    """Street and town. Lists often have one address of many: another town hides nobody who would
    have been looked at without it."""
    if any(part.reason == Reason.COUNTRY_OTHER for part in others):
        return
    found, asked, listed = nearest(subject.places, entry.places)
    if found == Nearness.STREET:
        yield Part(Reason.STREET_SAME, asked.street, listed.street, STREET_POINTS)
    elif found == Nearness.TOWN:
        yield Part(Reason.TOWN_SAME, asked.town, listed.town, TOWN_POINTS)
    elif found == Nearness.OTHER:
        most = REVIEW_SCORE - score if score >= REVIEW_SCORE else OTHER_TOWN_POINTS
        yield Part(Reason.TOWN_OTHER, asked.town, listed.town, max(OTHER_TOWN_POINTS, most))
