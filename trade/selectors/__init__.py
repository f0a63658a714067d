"""What screens, services and commands read of the customs desk."""

from trade.selectors.classification import describe_hs, find_hs_codes
from trade.selectors.code_words import CodeSearch, propose_codes, vague_advice
from trade.selectors.restrictions import (
    Hindrance,
    RestrictionNotice,
    barred_everywhere,
    check_goods,
    check_restrictions,
    goods_of,
    hindrances,
    needs_permit,
    un_number_name,
    watched_flags,
)
from trade.selectors.rulebook import get_rulebook, read_rulebook, shipped_rulebook
from trade.selectors.words import say_charge, say_name, say_preference, say_unknown

__all__ = [
    "CodeSearch",
    "Hindrance",
    "RestrictionNotice",
    "barred_everywhere",
    "check_goods",
    "check_restrictions",
    "describe_hs",
    "find_hs_codes",
    "get_rulebook",
    "goods_of",
    "hindrances",
    "needs_permit",
    "propose_codes",
    "read_rulebook",
    "say_charge",
    "say_name",
    "say_preference",
    "say_unknown",
    "shipped_rulebook",
    "un_number_name",
    "vague_advice",
    "watched_flags",
]
