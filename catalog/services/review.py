"""What a moderator decides about listings; every decision names its reason and its maker."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.services import record_action
from catalog.models import Listing
from catalog.notices import ListingApproved, ListingRejected, ListingRemoved
from catalog.services.editing import take_listing_edge
from catalog.states import ListingState


class ReasonMissingError(ValueError):
    """A refusal without a reason helps nobody."""


def approve_listing(
    *, listing: Listing, actor: User | None, now: datetime, reason: str = ""
) -> Listing:
    """Put a reviewed listing on sale and tell its seller; `reason` is a note for the record.

    Raises TransitionError.
    """
    return _decide(listing, actor, ListingState.LIVE, reason, now)


def reject_listing(*, listing: Listing, actor: User | None, reason: str, now: datetime) -> Listing:
    """Send a listing back with the reason. Raises ReasonMissingError, TransitionError."""
    return _decide(listing, actor, ListingState.REJECTED, reason, now)


def remove_listing(*, listing: Listing, actor: User | None, reason: str, now: datetime) -> Listing:
    """Take a listing down. Raises ReasonMissingError, TransitionError."""
    return _decide(listing, actor, ListingState.REMOVED, reason, now)


_NOTICES = {
    ListingState.LIVE: ListingApproved,
    ListingState.REJECTED: ListingRejected,
    ListingState.REMOVED: ListingRemoved,
}


def _decide(
    listing: Listing, actor: User | None, new: ListingState, reason: str, now: datetime
) -> Listing:
    if new != ListingState.LIVE and not reason.strip():
        raise ReasonMissingError
    before = listing.state
    with transaction.atomic():
        told = "" if new == ListingState.LIVE else reason
        take_listing_edge(listing=listing, new=new, now=now, reason=told)
        record_action(
            actor=actor,
            action=f"listing.{new.lower()}",
            target=listing,
            reason=reason,
            before={"state": before},
            after={"state": new},
            now=now,
        )
        _NOTICES[new](listing=listing, reason=reason).send(now=now)
    return listing
