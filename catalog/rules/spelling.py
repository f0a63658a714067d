"""What a mistyped word may have been meant to be; pure."""

from __future__ import annotations

MOST_SPELLINGS = 40
"""A search asks for no more than that; a longer text is no slip of the fingers."""
SHORTEST = 4


def swapped_letters(text: str) -> list[str]:
    """The text with two neighbouring letters of one word the other way round, each way once.

    "silk scraf" gives, among others, "silk scarf". Words with anything but letters, and short
    ones, stay as they are. Nothing for a text of more than MOST_SPELLINGS ways.
    """
    words = text.split()
    found: dict[str, None] = {}
    for place, word in enumerate(words):
        if len(word) < SHORTEST or not word.isalpha():
            continue
        for at in range(len(word) - 1):
            swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
            if swapped != word:
                found[" ".join([*words[:place], swapped, *words[place + 1 :]])] = None
    return list(found) if len(found) <= MOST_SPELLINGS else []
