"""The moderators' view of the customs desk; one module a subject."""

from trade.admin.registrations import RegistrationAdmin
from trade.admin.rulebook import RulebookChangeAdmin

__all__ = ["RegistrationAdmin", "RulebookChangeAdmin"]
