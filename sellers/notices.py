"""What the people of a business are told about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from notifications.notices import NoticeTemplate
from sellers.models import Business
from sellers.states import Role

_ROLES = {Role.OWNER: _("Owner"), Role.MANAGER: _("Manager"), Role.STAFF: _("Staff")}


@dataclass(frozen=True, kw_only=True)
class BusinessSubmitted(NoticeTemplate):
    """We have it and will look."""

    kind = "business_submitted"
    template = "submitted"
    business: Business


@dataclass(frozen=True, kw_only=True)
class BusinessApproved(NoticeTemplate):
    """It may sell."""

    kind = "business_approved"
    template = "approved"
    business: Business


@dataclass(frozen=True, kw_only=True)
class BusinessRejected(NoticeTemplate):
    """Not yet, and why."""

    kind = "business_rejected"
    template = "rejected"
    business: Business
    reason: str


@dataclass(frozen=True, kw_only=True)
class BusinessSuspended(NoticeTemplate):
    """Listings are hidden and payouts held, and why; open orders are still to be sent."""

    kind = "business_suspended"
    template = "suspended"
    business: Business
    reason: str


@dataclass(frozen=True, kw_only=True)
class BusinessReinstated(NoticeTemplate):
    """It sells again."""

    kind = "business_reinstated"
    template = "reinstated"
    business: Business
    reason: str


@dataclass(frozen=True, kw_only=True)
class MemberAdded(NoticeTemplate):
    """Somebody may now work for a business."""

    kind = "member_added"
    template = "member_added"
    business: Business
    role: Role
    added_by: str

    def context(self) -> Mapping[str, object]:
        return {**super().context(), "role_name": _ROLES[self.role]}
