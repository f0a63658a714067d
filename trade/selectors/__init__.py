from trade.selectors.rulebook import get_rulebook, read_rulebook

__all__ = ["get_rulebook", "read_rulebook"]
