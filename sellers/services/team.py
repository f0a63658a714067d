"""Who works for a business."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.urls import reverse

from accounts.models import User
from accounts.selectors import find_user
from accounts.services import record_action
from notifications.services import notify
from sellers.models import Business, Membership
from sellers.notices import MemberAdded
from sellers.states import Role


class UnknownPersonError(Exception):
    """Nobody signs in with that address; they make an account first."""


class MemberExistsError(Exception):
    """The person works there already."""


class LastOwnerError(Exception):
    """A business keeps at least one owner."""


@transaction.atomic
def invite_member(
    *, business: Business, actor: User, email: str, role: Role, now: datetime
) -> Membership:
    """Let somebody who has an account work for the business, and tell them.

    Raises UnknownPersonError, MemberExistsError.
    """
    person = find_user(email=email)
    if person is None:
        raise UnknownPersonError
    membership, is_new = Membership.objects.get_or_create(
        business=business, user=person, defaults={"role": role, "created_at": now}
    )
    if not is_new:
        raise MemberExistsError
    entry = record_action(
        actor=actor,
        action="add_member",
        target=business,
        after={"user": person.pk, "role": str(role)},
        now=now,
    )
    notice = MemberAdded(business=business, role=Role(role), added_by=actor.get_full_name())
    words = notice.render(
        language=person.language or business.language,
        url=reverse("sellers:start"),
    )
    notify(key=f"member_added:{entry.pk}", user=person, now=now, **words)
    return membership


@transaction.atomic
def change_role(*, membership: Membership, actor: User, role: Role, now: datetime) -> None:
    """Give a member another role. Raises LastOwnerError, Membership.DoesNotExist."""
    locked = _lock(membership)
    if locked.role == role:
        return
    if locked.role == Role.OWNER:
        _keep_an_owner(locked)
    Membership.objects.filter(pk=locked.pk).update(role=role)
    record_action(
        actor=actor,
        action="change_role",
        target=locked.business,
        before={"user": locked.user_id, "role": locked.role},
        after={"user": locked.user_id, "role": str(role)},
        now=now,
    )


@transaction.atomic
def remove_member(*, membership: Membership, actor: User, now: datetime) -> None:
    """Take a member out of the team. Raises LastOwnerError, Membership.DoesNotExist."""
    locked = _lock(membership)
    if locked.role == Role.OWNER:
        _keep_an_owner(locked)
    record_action(
        actor=actor,
        action="remove_member",
        target=locked.business,
        before={"user": locked.user_id, "role": locked.role},
        now=now,
    )
    Membership.objects.filter(pk=locked.pk).delete()


def _lock(membership: Membership) -> Membership:
    """The member as it is now; the business is locked, so that two owners can't remove each other."""
    Business.objects.select_for_update().only("id").get(pk=membership.business_id)
    return Membership.objects.select_related("business", "user").get(pk=membership.pk)


def _keep_an_owner(leaving: Membership) -> None:
    others = Membership.objects.filter(business_id=leaving.business_id, role=Role.OWNER)
    if not others.exclude(pk=leaving.pk).exists():
        raise LastOwnerError
