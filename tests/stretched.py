"""A language that does not exist: English with accents, every word half as long again."""

from __future__ import annotations

import gettext
import re

# What a translated text carries: no English page contains it by itself.
MARK = "⟧"
ACCENTS = str.maketrans("aeiouAEIOUncs", "áéíóúÁÉÍÓÚñçš")
# Placeholders, tags and entities stay as they are.
KEPT = re.compile(r"(%\([a-z_]+\)[sd]|%[sd]|{[a-z_]*}|<[^>]+>|&[a-z]+;)")

WORD = re.compile(r"[^\W\d_]+")


def stretched(text: str) -> str:
    """The text with accents, each word half as long again, and a mark at the end."""
    parts = KEPT.split(text)
    words = "".join(p if at % 2 else WORD.sub(_longer, p) for at, p in enumerate(parts))
    return f"{words}{MARK}" if text.strip() else text


def _longer(word: re.Match[str]) -> str:
    return word[0].translate(ACCENTS) + "ẅ" * (len(word[0]) // 2)


class StretchedTranslations(gettext.NullTranslations):
    """A catalogue that knows every text."""

    def gettext(self, message: str) -> str:
        return stretched(message.rpartition("\x04")[2])

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return stretched((msgid1 if n == 1 else msgid2).rpartition("\x04")[2])

    def to_language(self) -> str:
        return "ar"
