"""The moderators' view of the customs desk; one module a subject."""

from trade.admin.registrations import RegistrationAdmin

__all__ = ["RegistrationAdmin"]
