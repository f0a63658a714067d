"""What a business may do: nobody sells before a moderator has said yes."""

from __future__ import annotations

from enum import StrEnum

from common.states import Machine


class BusinessState(StrEnum):
    """DRAFT: still filling in. IN_REVIEW: a moderator decides. APPROVED: sells.

    REJECTED: told why, may change and ask again. SUSPENDED: listings hidden, payouts held, open
    orders still to be fulfilled.
    """

    DRAFT = "DRAFT"
    IN_REVIEW = "IN_REVIEW"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    SUSPENDED = "SUSPENDED"


BUSINESS = Machine(
    BusinessState.DRAFT,
    {
        BusinessState.DRAFT: frozenset({BusinessState.IN_REVIEW}),
        BusinessState.IN_REVIEW: frozenset({BusinessState.APPROVED, BusinessState.REJECTED}),
        BusinessState.REJECTED: frozenset({BusinessState.IN_REVIEW}),
        BusinessState.APPROVED: frozenset({BusinessState.SUSPENDED}),
        BusinessState.SUSPENDED: frozenset({BusinessState.APPROVED}),
    },
)


class Role(StrEnum):
    """OWNER: everything. MANAGER: all but payouts and team. STAFF: orders and listings."""

    OWNER = "OWNER"
    MANAGER = "MANAGER"
    STAFF = "STAFF"
