"""The moderators' view of the customs desk; one module a subject."""

from trade.admin.registrations import RegistrationAdmin
from trade.admin.rulebook import RulebookChangeAdmin
from trade.admin.screening import SanctionsListAdmin, ScreeningCaseAdmin
from trade.admin.tax_numbers import TaxNumberCheckAdmin

__all__ = [
    "RegistrationAdmin",
    "RulebookChangeAdmin",
    "SanctionsListAdmin",
    "ScreeningCaseAdmin",
    "TaxNumberCheckAdmin",
]
