"""What pages read about people."""

from __future__ import annotations

from dataclasses import dataclass

from allauth.account.models import EmailAddress

from accounts.models import Address, AuditEntry, User
from common.addresses import PostalAddress


@dataclass(frozen=True, slots=True)
class KeptAddress:
    """An address in a person's book."""

    id: int
    address: PostalAddress
    is_default: bool


def list_addresses(*, user_id: int) -> list[KeptAddress]:
    """A person's addresses, the default first."""
    rows = Address.objects.filter(user_id=user_id).order_by("-is_default", "-id")
    return [KeptAddress(row.pk, PostalAddress.from_dict(row.data), row.is_default) for row in rows]


def default_address(*, user_id: int) -> PostalAddress | None:
    """Where a person usually wants things sent."""
    row = Address.objects.filter(user_id=user_id, is_default=True).first()
    return PostalAddress.from_dict(row.data) if row else None


def find_user(*, email: str) -> User | None:
    """The active person who signs in with that address."""
    return User.objects.filter(email__iexact=email.strip(), is_active=True).first()


def history_of(*, target_type: str, target_id: str) -> list[AuditEntry]:
    """Who did what to a thing, newest first. target_type: "app.model" in small letters."""
    return list(
        AuditEntry.objects.filter(target_type=target_type, target_id=target_id).select_related(
            "actor"
        )
    )


def verified_emails(*, user_id: int) -> list[str]:
    """Every address at which the person has shown that they read mail, in small letters."""
    rows = EmailAddress.objects.filter(user_id=user_id, verified=True).order_by("email")
    return [email.lower() for email in rows.values_list("email", flat=True)]


def has_verified_email(*, user_id: int) -> bool:
    """Whether the person has shown that they read mail at an address they sign in with."""
    return bool(EmailAddress.objects.filter(user_id=user_id, verified=True).exists())
