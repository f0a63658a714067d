"""The customs desk's tables. Import from here."""

from trade.models.nomenclature import NomenclatureCode, NomenclatureEdition
from trade.models.registrations import Registration
from trade.models.rulebook import RulebookChange
from trade.models.screening import (
    SanctionedParty,
    SanctionsList,
    ScreenedBusiness,
    ScreenedPurchase,
    ScreeningCase,
)
from trade.models.tax_numbers import TaxNumberCheck, TaxNumberClaim

__all__ = [
    "NomenclatureCode",
    "NomenclatureEdition",
    "Registration",
    "RulebookChange",
    "SanctionedParty",
    "SanctionsList",
    "ScreenedBusiness",
    "ScreenedPurchase",
    "ScreeningCase",
    "TaxNumberCheck",
    "TaxNumberClaim",
]
