"""What screens, services and commands read of the customs desk."""

from trade.selectors.classification import describe_hs, find_hs_codes
from trade.selectors.rulebook import get_rulebook, read_rulebook

__all__ = ["describe_hs", "find_hs_codes", "get_rulebook", "read_rulebook"]
