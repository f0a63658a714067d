"""What the people of a business are told about it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from notifications.notices import NoticeTemplate
from notifications.services import notify
from sellers.models import Business
from sellers.states import Role

_ROLES = {Role.OWNER: _("Owner"), Role.MANAGER: _("Manager"), Role.STAFF: _("Staff")}


def tell_business(
    *,
    business: Business,
    notice: NoticeTemplate,
    url: str,
    key: str,
    now: datetime,
    roles: Collection[Role] = tuple(Role),
    also: Iterable[User] = (),
) -> None:
    """Tell everybody who works for a business in one of `roles`, once a key and person.

    also: others who must know. Each reads its own language, or else the business's. In the caller's
    transaction.
    """
    people = business.memberships.filter(user__is_active=True, role__in=roles)
    members = [membership.user for membership in people.select_related("user")]
    for user in dict.fromkeys([*members, *also]):
        words = notice.render(language=user.language or business.language, url=url)
        notify(key=f"{key}:{user.pk}", user=user, email=user.email, now=now, **words)


@dataclass(frozen=True, kw_only=True)
class BusinessSubmitted(NoticeTemplate):
    """We have it and will look."""

    kind = "business_submitted"
    business: Business


@dataclass(frozen=True, kw_only=True)
class BusinessApproved(NoticeTemplate):
    """It may sell."""

    kind = "business_approved"
    business: Business


@dataclass(frozen=True, kw_only=True)
class BusinessRejected(NoticeTemplate):
    """Not yet, and why."""

    kind = "business_rejected"
    business: Business
    reason: str


@dataclass(frozen=True, kw_only=True)
class BusinessSuspended(NoticeTemplate):
    """Listings are hidden and payouts held, and why; open orders are still to be sent."""

    kind = "business_suspended"
    business: Business
    reason: str


@dataclass(frozen=True, kw_only=True)
class BusinessReinstated(NoticeTemplate):
    """It sells again."""

    kind = "business_reinstated"
    business: Business
    reason: str


@dataclass(frozen=True, kw_only=True)
class MemberAdded(NoticeTemplate):
    """Somebody may now work for a business."""

    kind = "member_added"
    business: Business
    role: Role
    added_by: str

    def context(self) -> Mapping[str, object]:
        return {**super().context(), "role_name": _ROLES[self.role]}
