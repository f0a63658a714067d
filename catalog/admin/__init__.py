"""What a moderator decides about: listings and shelves, and the fees of the market."""

from catalog.admin import fees, listings

__all__ = ["fees", "listings"]
