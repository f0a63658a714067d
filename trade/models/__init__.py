"""The customs desk's tables. Import from here."""

from trade.models.rulebook import RulebookChange

__all__ = ["RulebookChange"]
