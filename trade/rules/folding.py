"""Typed words of any script, brought to one form in which they can be compared; pure.

Latin letters lose their accents, Arabic its vowel signs and article; Chinese, Japanese and Korean
words, which stand without spaces, are cut later, by a lexicon.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

_LETTERS = str.maketrans({
    "ß": "ss", "ł": "l", "đ": "d", "ø": "o", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th",
    "ى": "ي", "ة": "ه", "ـ": "", "’": "'", "ʼ": "'",
})  # fmt: skip
# Accents of Latin letters, and the vowel signs and hamzas of Arabic. Not the voicing marks of kana,
# which make other letters.
_SIGNS = re.compile("[\u0300-\u036f\u064b-\u065f\u0670]")
_CJK = re.compile("[\u3005\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
_WORD = re.compile(r"[^\W_]+")
_TSHIRT = re.compile(r"\b(?:t|tee)[\s-]+shirts?\b|t恤衫?|tシャツ|ティーシャツ")
# Words that say nothing of what a thing is: small words of many languages, colours, sizes.
FILLER = frozenset({
    "a", "an", "and", "by", "custom", "for", "from", "hand", "handmade", "in", "made", "new",
    "of", "on", "or", "other", "personalised", "personalized", "set", "the", "to", "unique",
    "vintage", "with", "your", "de", "des", "du", "la", "le", "les", "en", "et", "pour", "avec",
    "el", "los", "las", "para", "con", "y", "di", "da", "del", "della", "per", "e", "do", "com",
    "aus", "von", "fur", "mit", "und", "der", "die", "das", "van", "voor", "met", "z", "ze", "i",
    "black", "white", "red", "blue", "green", "yellow", "brown", "grey", "gray", "pink", "purple",
    "beige", "small", "large", "big", "mini", "na", "dla", "ve", "icin", "bang", "cho", "dari", "untuk", "dan", "من", "في", "مصنوع",
})  # fmt: skip
_CJK_JOINTS = frozenset("のとや的之和与製制用色型款式은는이가의용형")


def fold(text: str) -> str:
    """Small letters without accents; "T-Shirt", "T恤" and "Tシャツ" are one word."""
    text = unicodedata.normalize("NFKD", text.lower().translate(_LETTERS))
    text = unicodedata.normalize("NFC", _SIGNS.sub("", text)).translate(_LETTERS)
    return _TSHIRT.sub(" tshirt ", text)


def is_cjk(word: str) -> bool:
    """Whether a folded word is written in Chinese, Japanese or Korean signs."""
    return bool(_CJK.match(word))


def runs(text: str) -> list[str]:
    """The words of a text as they stand between spaces and signs; scripts are parted."""
    found: list[str] = []
    for word in _WORD.findall(fold(text).replace("'", "")):
        at = 0
        for run in _CJK.finditer(word):
            if word[at : run.start()]:
                found.append(word[at : run.start()])
            found.append(run.group())
            at = run.end()
        if word[at:]:
            found.append(word[at:])
    return found


def stem(word: str) -> str:
    """A crude singular: "scarves" to "scarf", "mugs" to "mug"; Arabic without its article."""
    if len(word) > 4 and word.startswith("ال"):
        return word[2:]
    if len(word) > 4 and word.endswith("ves"):
        return word[:-3] + "f"
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("ches", "shes", "sses", "xes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    return word


def bigrams(run: str) -> list[str]:
    """Each pair of neighbouring signs; a single sign is its own."""
    return [run[at : at + 2] for at in range(len(run) - 1)] or [run]


def cut(run: str, lexicon: Collection[str], longest: int) -> list[str]:
    """A run of CJK signs as words of the lexicon, the longest first; what is between, in pairs."""
    words: list[str] = []
    loose = ""
    at = 0

    def flush() -> None:
        nonlocal loose
        rest = loose.strip("".join(_CJK_JOINTS))
        if len(rest) > 1:
            words.extend(bigrams(rest))
        loose = ""

    while at < len(run):
        for size in range(min(longest, len(run) - at), 0, -1):
            if run[at : at + size] in lexicon:
                flush()
                words.append(run[at : at + size])
                at += size
                break
        else:
            loose += run[at]
            at += 1
    flush()
    if not words and run:
        words = bigrams(run)
    return words
