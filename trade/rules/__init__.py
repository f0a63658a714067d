"""The customs desk's rules: pure Python over dated rows. Import from here.

`landed_cost(consignment, rulebook)` answers what a parcel costs to the door;
`trade.selectors.get_rulebook()` reads the rows; docs/trade.md explains both.
"""

from trade.rules.engine import landed_cost
from trade.rules.loading import RulebookError, parse_book, parse_rulebook
from trade.rules.ranges import LandedCostRange, landed_cost_range
from trade.rules.regions import tax_region
from trade.rules.rulebook import Book, Rulebook
from trade.rules.values import (
    Buyer,
    Carriage,
    Certainty,
    Channel,
    Charge,
    ChargeKind,
    Collector,
    Consignment,
    GoodsLine,
    LandedCost,
    Purpose,
    Rates,
    Terms,
    Unknown,
)

__all__ = [
    "Book",
    "Buyer",
    "Carriage",
    "Certainty",
    "Channel",
    "Charge",
    "ChargeKind",
    "Collector",
    "Consignment",
    "GoodsLine",
    "LandedCost",
    "LandedCostRange",
    "Purpose",
    "Rates",
    "Rulebook",
    "RulebookError",
    "Terms",
    "Unknown",
    "landed_cost",
    "landed_cost_range",
    "parse_book",
    "parse_rulebook",
    "tax_region",
]
