"""What sellers are told about their listings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from django.urls import reverse

from catalog.models import Listing
from notifications.notices import NoticeTemplate
from sellers.notices import tell_business
from sellers.states import Role


@dataclass(frozen=True, kw_only=True)
class ListingNotice(NoticeTemplate):
    """A decision about one listing, told to everyone who may change it."""

    listing: Listing
    reason: str = ""

    def send(self, *, now: datetime) -> None:
        """Tell owners and managers, each in their own language, in the caller's transaction."""
        business = self.listing.business
        url = reverse("catalog:listing_edit", args=[business.slug, self.listing.pk])
        tell_business(
            business=business,
            notice=self,
            url=url,
            key=f"{self.kind}:{self.listing.pk}:{now.timestamp():.0f}",
            now=now,
            roles=(Role.OWNER, Role.MANAGER),
        )


@dataclass(frozen=True, kw_only=True)
class ListingApproved(ListingNotice):
    kind: ClassVar[str] = "listing_approved"
    template: ClassVar[str] = "listing_approved"


@dataclass(frozen=True, kw_only=True)
class ListingRejected(ListingNotice):
    kind: ClassVar[str] = "listing_rejected"
    template: ClassVar[str] = "listing_rejected"


@dataclass(frozen=True, kw_only=True)
class ListingRemoved(ListingNotice):
    kind: ClassVar[str] = "listing_removed"
    template: ClassVar[str] = "listing_removed"
