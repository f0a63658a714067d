"""What sellers are told about their listings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from django.urls import reverse

from catalog.models import Category, Listing
from notifications.notices import NoticeTemplate
from payments.rules.fees import FeeTerms
from sellers.models import Business
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


@dataclass(frozen=True, kw_only=True)
class ListingRejected(ListingNotice):
    kind: ClassVar[str] = "listing_rejected"


@dataclass(frozen=True, kw_only=True)
class ListingRemoved(ListingNotice):
    kind: ClassVar[str] = "listing_removed"


@dataclass(frozen=True, kw_only=True)
class FeeNotice(NoticeTemplate):
    """A fee rule, told to the owners of a business that it concerns."""

    business: Business
    terms: FeeTerms
    reason: str = ""

    def context(self) -> Mapping[str, object]:
        shelf = Category.objects.filter(path=self.terms.category).first()
        return {**super().context(), "shelf": shelf.name if shelf else ""}

    def send(self, *, now: datetime) -> None:
        """Once a rule and end of it, in the caller's transaction."""
        end = f":{self.terms.ends_at.timestamp():.0f}" if self.terms.ends_at else ""
        tell_business(
            business=self.business,
            notice=self,
            url=reverse("catalog:seller_fees", args=[self.business.slug]),
            key=f"{self.kind}:{self.terms.key}{end}:{self.business.pk}",
            now=now,
            roles=(Role.OWNER,),
        )


@dataclass(frozen=True, kw_only=True)
class FeeStarts(FeeNotice):
    kind: ClassVar[str] = "fee_starts"


@dataclass(frozen=True, kw_only=True)
class FeeEnds(FeeNotice):
    kind: ClassVar[str] = "fee_ends"
