"""The moderators' view of the customs desk; one module a subject."""

from trade.admin.registrations import RegistrationAdmin
from trade.admin.rulebook import RulebookChangeAdmin
from trade.admin.screening import SanctionsListAdmin
from trade.admin.tax_numbers import TaxNumberCheckAdmin

__all__ = [
    "RegistrationAdmin",
    "RulebookChangeAdmin",
    "SanctionsListAdmin",
    "TaxNumberCheckAdmin",
]
