"""What screens, services and commands read of the customs desk."""

from trade.selectors.classification import describe_hs, find_hs_codes
from trade.selectors.code_words import CodeSearch, propose_codes, vague_advice
from trade.selectors.restrictions import RestrictionNotice, check_restrictions
from trade.selectors.rulebook import get_rulebook, read_rulebook, shipped_rulebook
from trade.selectors.words import say_charge, say_name, say_unknown

__all__ = [
    "CodeSearch",
    "RestrictionNotice",
    "check_restrictions",
    "describe_hs",
    "find_hs_codes",
    "get_rulebook",
    "propose_codes",
    "read_rulebook",
    "say_charge",
    "say_name",
    "say_unknown",
    "shipped_rulebook",
    "vague_advice",
]
