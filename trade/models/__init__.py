"""The customs desk's tables. Import from here."""

from trade.models.registrations import Registration
from trade.models.rulebook import RulebookChange

__all__ = ["Registration", "RulebookChange"]
