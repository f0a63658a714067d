"""The customs desk's answers in the reader's language.

Rows name charges, schemes and doubts by short words; every one of them has its sentence here, and
a test walks the rulebook to see that none is missing.
"""

from trade.selectors.restriction_words import RESTRICTION_CODES, say_restriction
from trade.selectors.words.names import NAMES, say_name
from trade.selectors.words.sentences import say_charge, say_preference
from trade.selectors.words.unknowns import UNKNOWN_CODES, say_unknown

__all__ = [
    "NAMES",
    "RESTRICTION_CODES",
    "UNKNOWN_CODES",
    "say_charge",
    "say_name",
    "say_preference",
    "say_restriction",
    "say_unknown",
]
