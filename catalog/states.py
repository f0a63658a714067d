"""What the public may see of a listing, and what stock is promised to whom."""

from __future__ import annotations

from enum import StrEnum

from common.states import Machine


class ListingState(StrEnum):
    """DRAFT: the seller writes. IN_REVIEW: a moderator looks. LIVE: on sale. PAUSED: by the seller.

    REJECTED: told why; REMOVED: taken down by a moderator.
    """

    DRAFT = "DRAFT"
    IN_REVIEW = "IN_REVIEW"
    LIVE = "LIVE"
    PAUSED = "PAUSED"
    REJECTED = "REJECTED"
    REMOVED = "REMOVED"


LISTING = Machine(
    ListingState.DRAFT,
    {
        ListingState.DRAFT: frozenset({ListingState.IN_REVIEW}),
        ListingState.IN_REVIEW: frozenset(
            {ListingState.LIVE, ListingState.REJECTED, ListingState.DRAFT}
        ),
        ListingState.LIVE: frozenset({ListingState.PAUSED, ListingState.REMOVED}),
        ListingState.PAUSED: frozenset({ListingState.LIVE, ListingState.REMOVED}),
        ListingState.REJECTED: frozenset({ListingState.IN_REVIEW}),
        ListingState.REMOVED: frozenset({ListingState.IN_REVIEW}),
    },
)


class ReservationState(StrEnum):
    """HELD while the buyer pays, CLAIMED when paid, RELEASED when not."""

    HELD = "HELD"
    CLAIMED = "CLAIMED"
    RELEASED = "RELEASED"


RESERVATION = Machine(
    ReservationState.HELD,
    {
        ReservationState.HELD: frozenset({ReservationState.CLAIMED, ReservationState.RELEASED}),
        ReservationState.CLAIMED: frozenset({ReservationState.RELEASED}),
        ReservationState.RELEASED: frozenset({ReservationState.HELD}),
    },
)
