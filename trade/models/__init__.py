"""The customs desk's tables. Import from here."""

from trade.models.nomenclature import NomenclatureCode, NomenclatureEdition
from trade.models.registrations import Registration
from trade.models.rulebook import RulebookChange

__all__ = ["NomenclatureCode", "NomenclatureEdition", "Registration", "RulebookChange"]
