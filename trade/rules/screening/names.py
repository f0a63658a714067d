"""A name as comparable parts: any script to Latin letters, forms of companies taken off, sounds as keys."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from anyascii import anyascii

from trade.rules.screening.variants import (
    ARTICLES,
    BUSINESS_WORDS,
    COMMON_BUSINESS_WORDS,
    COMMON_NAMES,
    COMPANY_FORMS,
    CONJUNCTIONS,
    PARTICLES,
    VARIANTS,
)

LONGEST_NAME = 300
MOST_TOKENS = 12


class NameKind(StrEnum):
    """What bears a name."""

    PERSON = "person"
    COMPANY = "company"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Token:
    """One part of a name.

    text: folded to a-z and digits; key: how it sounds, one for all known spellings; bones: its
    consonants; written_without_vowels: from Arabic or Hebrew letters; weight: how telling it is, 1
    for an ordinary part.
    """

    text: str
    key: str
    bones: str
    written_without_vowels: bool
    weight: float


@dataclass(frozen=True, slots=True)
class ParsedName:
    """A name ready to be compared; `original` is as it was written."""

    original: str
    kind: NameKind
    tokens: tuple[Token, ...]

    @property
    def is_empty(self) -> bool:
        return not self.tokens

    @property
    def is_common(self) -> bool:
        """Whether all its parts are borne by very many: such a name alone points to nobody."""
        return all(token.weight < 1 for token in self.tokens)


_VOWELLESS = re.compile(r"[\u0590-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
_SYLLABIC = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af]")
_HANGUL = re.compile(r"[\uac00-\ud7af]")
_FINAL = re.compile(r"(?<=[aeiou])[gdb]$")
_KANA = re.compile(r"[\u3040-\u30ff]")
_ARTICLE = re.compile(r"^(?:ال|آل)(?=\w{3})")
_WORD = re.compile(r"[a-z0-9]+")
_BETWEEN = re.compile(r"[\s\-‐‑–—_,;:./\\|()\[\]{}&+·•«»“”\"]+")
# "Servant of …" in one word: Abdulrahman, Abdurrahman, Abdelkarim; in Arabic letters bdlrhmn.
_SERVANT = re.compile(
    r"^(?:abd(?:ou|[aeou])(?:l|([rsztdn])(?=\1)|(?=[rsztdn]))(?=[a-z]{4,}$)|bdl(?=[a-z]{3,}$))"
)
_FAITH = re.compile(r"^([a-z]{3,})(?:ou|[aeou])[dl]d?(?:in|een|ine)$")
_SERVANT_ONLY = frozenset({"abdul", "abdel", "abdal", "abdol", "abdoul", "abdur", "bd", "abd"})
_SYLLABLE = re.compile(r"[A-Z][a-z]*|[a-z]+")

# Spellings of one sound, in the order in which they are replaced; capitals are sounds of their own.
_SOUNDS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"shch|schtsch|sch|sh", "S"), (r"dzh|dj|zh", "J"), (r"tch|tsch|ch|cz", "C"), (r"kh", "h"), (r"gh", "g"),
        (r"ph", "f"), (r"th", "t"), (r"dh", "d"), (r"ts|tz", "z"), (r"ck|q", "k"), (r"^hs(?=i)|^x(?=[iu])", "s"),
        (r"x", "ks"), (r"(?<=[aeiouy])(?:ff|w|v|f)$", "v"), (r"(?<=[eo])ff(?=a$)", "v"), (r"w", "v"),
        (r"c(?=[aouktlr])", "k"), (r"ou|oo", "u"), (r"ee|ea", "i"), (r"^[yij]e", "e"), (r"ae", "a"), (r"oe", "o"),
        (r"ue", "u"), (r"ij|(?<=[bcfgklmnprstvz])j(?=[aou])|(?<=[aeo])j(?=[bcdfgklmnprstvz])|j$", "i"), (r"j", "J"), (r"[yi]a", "a"), (r"[yi]u", "u"),
        (r"[yi]o", "o"), (r"[yi]e", "e"), (r"[iy]+", "i"), (r"(?<=.)i$", ""), (r"(.)\1+", r"\1"), (r"(?<=.)h$", ""),
    )
)  # fmt: skip
_NOT_BONES = re.compile(r"[aeiouyw'`]")


@lru_cache(maxsize=100_000)
def sound_of(text: str) -> str:
    """How a folded word sounds, roughly; words that sound alike have one key."""
    sound = text
    for pattern, new in _SOUNDS:
        sound = pattern.sub(new, sound)
    return sound or text


@lru_cache(maxsize=100_000)
def bones_of(text: str) -> str:
    """Consonants as Arabic or Hebrew would write them; w and y count as vowels."""
    simple = text.replace("kh", "h").replace("gh", "g").replace("dh", "d").replace("th", "t")
    simple = (
        simple.replace("ph", "f")
        .replace("ch", "sh")
        .replace("q", "k")
        .replace("v", "w")
        .replace("x", "ks")
    )
    bare = _NOT_BONES.sub("", simple[1:])
    first = "" if simple[:1] in "aeiou" else simple[:1]
    return re.sub(r"(.)\1+", r"\1", first + bare)


def _variant_keys() -> dict[str, str]:
    """Every known spelling to the key of its line's first word; the first line that has it wins."""
    keys: dict[str, str] = {}
    for line in VARIANTS.split("\n"):
        words = line.split()
        for word in words:
            keys.setdefault(word, sound_of(words[0]))
    return keys


_VARIANT_KEYS = _variant_keys()
_COMMON_KEYS = frozenset(_VARIANT_KEYS.get(word, sound_of(word)) for word in COMMON_NAMES)
_FORMS = tuple(
    (re.compile(rf"(?:^|(?<= )){re.escape(form)}(?= |$)"), form) for form in COMPANY_FORMS
)

_BUSINESS = tuple(
    (re.compile(rf"\b{foreign}\b"), english) for foreign, english in BUSINESS_WORDS.items()
)


def fold(text: str) -> str:
    """Any script as lower case words of a-z and digits; syllables of Chinese names stay apart by surname."""
    return " ".join(word for word, _ in _folded_words(text))


def _folded_words(text: str) -> list[tuple[str, bool]]:
    """Words with whether they were written without vowels."""
    words: list[tuple[str, bool]] = []
    text = re.sub(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])", "·", text[:LONGEST_NAME])
    for raw in _BETWEEN.split(text):
        without = bool(_VOWELLESS.search(raw))
        if without:
            raw = _ARTICLE.sub("", raw)
        if _SYLLABIC.search(raw) and not _KANA.search(raw):
            words += [(word, False) for word in _syllables(raw)]
            continue
        raw = re.sub("ο[υύ]", "u", raw)  # Greek writes one vowel with two letters
        plain = re.sub(r"['`’ʼʹ]", "", anyascii(raw)).lower()
        words += [(word, without) for word in _WORD.findall(plain)]
    return words


def _syllables(raw: str) -> list[str]:
    """A Chinese or Korean name: its first syllable is the surname, the others one given name."""
    lowered = [syllable.lower() for syllable in _SYLLABLE.findall(anyascii(raw))]
    if _HANGUL.search(raw):  # its romanisation for names: Chol-sik rather than Cheol-sig
        lowered = [_FINAL.sub(_hard, one).replace("eo", "o") for one in lowered]
    if len(lowered) > 4:  # a company: its words can't be told apart, so syllables stay single
        return lowered
    return [lowered[0], "".join(lowered[1:])] if len(lowered) > 1 else lowered


def _hard(final: re.Match[str]) -> str:
    return {"g": "k", "d": "t", "b": "p"}[final.group()]


@lru_cache(maxsize=200_000)
def parse_name(text: str, kind: NameKind = NameKind.UNKNOWN) -> ParsedName:
    """A name's parts. Of a company its legal form is taken off, unless nothing would be left."""
    words = _folded_words(text)
    if kind != NameKind.PERSON:
        words = _without_forms(words)
    tokens: list[Token] = []
    for word, without in words[:MOST_TOKENS]:
        tokens += _tokens_of(word, without_vowels=without, kind=kind)
    return ParsedName(text, kind, tuple(_glued(_telling(tokens, kind))))


def _telling(tokens: list[Token], kind: NameKind) -> list[Token]:
    """Without the words between names, as long as a name stays."""
    between = ARTICLES | CONJUNCTIONS if kind == NameKind.COMPANY else PARTICLES
    without = [token for token in tokens if token.text not in between]
    if len(without) >= 2:
        return without
    return [token for token in tokens if token.text not in ARTICLES] or tokens


def _without_forms(words: list[tuple[str, bool]]) -> list[tuple[str, bool]]:
    """Take off legal forms by their place among the words; a name of nothing else keeps them."""
    line = " ".join(word for word, _ in words)
    without = {word for word, flag in words if flag}
    for foreign, english in _BUSINESS:
        line = foreign.sub(english, line)
    for pattern, _ in _FORMS:
        shorter = " ".join(pattern.sub("", line).split())
        line = shorter or line
    return [(word, word in without) for word in line.split()]


def _tokens_of(word: str, *, without_vowels: bool, kind: NameKind) -> list[Token]:
    """Mostly one part; Abdulrahman and Saifuddin are two, as they are when written apart."""
    if word in _SERVANT_ONLY:
        return [_ABD]
    if kind == NameKind.COMPANY or word in _VARIANT_KEYS:
        return [_token(word, without_vowels=without_vowels, kind=kind)]
    if servant := _SERVANT.match(word):
        return [_ABD, _token(word[servant.end() :], without_vowels=without_vowels, kind=kind)]
    if faith := _FAITH.match(word):
        pair = (faith.group(1), "din")
        return [_token(one, without_vowels=False, kind=kind) for one in pair]
    return [_token(word, without_vowels=without_vowels, kind=kind)]


_ABD = Token("abd", "abd", "bd", written_without_vowels=False, weight=0.3)


def _token(word: str, *, without_vowels: bool, kind: NameKind) -> Token:
    key = _VARIANT_KEYS.get(word) or sound_of(word)
    weight = 1.0
    if kind == NameKind.COMPANY and word in COMMON_BUSINESS_WORDS:
        weight = 0.45
    elif len(word) == 1:
        weight = 0.4
    elif key in _COMMON_KEYS and kind != NameKind.COMPANY:
        weight = 0.8
    return Token(word, key, bones_of(word), without_vowels, weight)


def _glued(tokens: list[Token]) -> list[Token]:
    """ "Abu Bakr" is one name, and so is it written: abubakr."""
    glued: list[Token] = []
    waiting = ""
    for token in tokens:
        if token.text in {"abu", "abou", "umm"} and not waiting:
            waiting = token.text
            continue
        if waiting:
            glued.append(_token("abu" + token.text, without_vowels=False, kind=NameKind.PERSON))
            waiting = ""
        else:
            glued.append(token)
    if waiting:
        glued.append(_token(waiting, without_vowels=False, kind=NameKind.PERSON))
    return glued
