"""Names against sanctions lists. Pure: values in, scores with their reasons out. Import from here."""

from trade.rules.screening.addresses import Place
from trade.rules.screening.index import ScreeningIndex
from trade.rules.screening.matching import (
    REVIEW_SCORE,
    Entry,
    ListedName,
    Match,
    Part,
    Reason,
    Subject,
    compare,
)
from trade.rules.screening.names import NameKind, fold, parse_name
from trade.rules.screening.subjects import owner_digest

__all__ = [
    "REVIEW_SCORE",
    "Entry",
    "ListedName",
    "Match",
    "NameKind",
    "Part",
    "Place",
    "Reason",
    "ScreeningIndex",
    "Subject",
    "compare",
    "fold",
    "owner_digest",
    "parse_name",
]
