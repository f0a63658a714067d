"""The only writers of people's data and of the audit trail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Model, Q

from accounts.models import Address, AuditEntry, User
from accounts.rules import Preferences
from common.addresses import PostalAddress

ADDRESSES_KEPT = 20
LABEL_LENGTH = 200
PERSONAL = frozenset({"email", "name", "address", "phone", "data"})
CHANGED = "changed"


class TooManyAddressesError(Exception):
    """A person keeps at most ADDRESSES_KEPT addresses."""


def record_action(
    *,
    actor: User | None,
    action: str,
    target: Model,
    reason: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    now: datetime,
) -> AuditEntry:
    """Write down who did what to which row, and why, in the caller's transaction.

    actor: None for the market itself (a time limit, a sweep). action: a short verb with its noun
    ("approve_business"). before/after: the fields that changed, as JSON. The database refuses to
    change or delete the entry afterwards, so nothing personal belongs in it: people are named by
    their number, and PERSONAL fields only say that they changed.
    """
    return AuditEntry.objects.create(
        actor=actor,
        action=action,
        target_type=target._meta.label_lower,
        target_id=str(target.pk),
        target_label="" if isinstance(target, User) else str(target)[:LABEL_LENGTH],
        reason=reason,
        before=_without_personal(before or {}),
        after=_without_personal(after or {}),
        at=now,
    )


@transaction.atomic
def register_person(
    *,
    email: str,
    password: str | None,
    name: str = "",
    country: str = "",
    currency: str = "",
    language: str = "en",
    is_verified: bool = False,
) -> User:
    """Make an account without the sign-up page: for imports and the demo market.

    is_verified: the caller vouches that the person reads mail at `email`. password None: nobody
    can sign in before a password has been asked for by e-mail.
    """
    user = User.objects.create_user(
        email, password, name=name, country=country, currency=currency, language=language
    )
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=is_verified)
    return user


def _without_personal(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: CHANGED if name in PERSONAL else value for name, value in fields.items()}


MODERATORS = "Moderators"


@transaction.atomic
def appoint_moderator(*, user: User) -> None:
    """Let a person into the admin, to see everything there and to decide what may be decided.

    What may be typed over is not decided here: the admin of money and history refuses it to
    everybody. People's accounts and rights are looked at only; those are a superuser's.
    """
    group, _ = Group.objects.get_or_create(name=MODERATORS)
    ours = Permission.objects.filter(content_type__app_label__in=settings.LOCAL_APPS)
    looks = Q(codename__startswith="view_")
    decides = (
        Q(codename__startswith="moderate_")
        | Q(codename__startswith="change_")
        | Q(codename__startswith="add_")
    )
    people = Q(content_type__app_label=User._meta.app_label)
    group.permissions.set(ours.filter(looks | (decides & ~people)))
    group.user_set.add(user)
    User.objects.filter(pk=user.pk).update(is_staff=True)


def save_preferences(*, user: User, preferences: Preferences) -> None:
    """Keep a signed-in person's country, currency and language."""
    User.objects.filter(pk=user.pk).update(
        country=preferences.country,
        currency=preferences.currency,
        language=preferences.language,
    )


def save_profile(*, user: User, name: str) -> None:
    """Change how a person is addressed."""
    User.objects.filter(pk=user.pk).update(name=name.strip())


@transaction.atomic
def save_address(
    *,
    user: User,
    address: PostalAddress,
    address_id: int | None = None,
    is_default: bool = False,
) -> Address:
    """Keep a new address, or change the one with `address_id`; the same address is kept once.

    The first address is the default. Raises Address.DoesNotExist when `address_id` is not the
    user's own, TooManyAddressesError beyond ADDRESSES_KEPT.
    """
    User.objects.select_for_update().get(pk=user.pk)
    own = Address.objects.filter(user=user)
    if address_id is not None:
        kept = own.get(pk=address_id)
    else:
        kept = own.filter(data=address.as_dict()).first() or Address(user=user)
        if kept._state.adding and own.count() >= ADDRESSES_KEPT:
            raise TooManyAddressesError
    make_default = is_default or not own.exclude(pk=kept.pk).filter(is_default=True).exists()
    if make_default:
        own.exclude(pk=kept.pk).update(is_default=False)
    kept.data = address.as_dict()
    kept.is_default = make_default
    kept.save()
    return kept


@transaction.atomic
def delete_address(*, user: User, address_id: int) -> None:
    """Forget an address; another one becomes the default.

    Raises Address.DoesNotExist when it is not the user's own.
    """
    User.objects.select_for_update().get(pk=user.pk)
    kept = Address.objects.get(user=user, pk=address_id)
    kept.delete()
    if kept.is_default:
        newest = Address.objects.filter(user=user).order_by("-id").first()
        if newest is not None:
            Address.objects.filter(pk=newest.pk).update(is_default=True)
