"""What pages read about businesses."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from accounts.models import User
from accounts.selectors import has_verified_email
from payments.rules.fees import FeePayer
from sellers.models import Business, Membership
from sellers.rules import is_vat_number, missing_for_review
from sellers.states import BusinessState, Role

_RANK = {Role.STAFF: 1, Role.MANAGER: 2, Role.OWNER: 3}


def membership_for(*, user: User, slug: str, role: Role = Role.STAFF) -> Membership:
    """What connects a person with a business, if they have at least that role there.

    Raises Membership.DoesNotExist for strangers, for too low a role and for no such business:
    whoever asks can't tell which. One query; `.business` is loaded.
    """
    membership = Membership.objects.select_related("business__payee").get(
        user_id=user.pk, business__slug=slug
    )
    if _RANK[Role(membership.role)] < _RANK[role]:
        raise Membership.DoesNotExist
    return membership


def business_for(*, user: User, slug: str, role: Role = Role.STAFF) -> Business:
    """A business for somebody who works there. Raises Business.DoesNotExist for everybody else."""
    try:
        return membership_for(user=user, slug=slug, role=role).business
    except Membership.DoesNotExist:
        raise Business.DoesNotExist from None


def list_memberships(*, user_id: int) -> list[Membership]:
    """Where a person works, the longest first."""
    return list(
        Membership.objects.filter(user_id=user_id)
        .select_related("business")
        .order_by("created_at", "id")
    )


def list_team(*, business_id: UUID) -> list[Membership]:
    """Who works for a business, in order of joining."""
    return list(
        Membership.objects.filter(business_id=business_id)
        .select_related("user")
        .order_by("created_at", "id")
    )


def owners_of(*, business_id: UUID) -> list[User]:
    """Whom to tell what concerns the business as a whole."""
    return list(
        User.objects.filter(memberships__business_id=business_id, memberships__role=Role.OWNER)
    )


def team_of(*, business_id: UUID) -> list[User]:
    """Whom to tell what concerns its daily work, such as a new order."""
    return list(User.objects.filter(memberships__business_id=business_id))


@dataclass(frozen=True, slots=True)
class SetupStep:
    """One thing to do before a business sells: "email", "address", "story", "review"."""

    key: str
    done: bool


def setup_steps(*, business: Business, user: User) -> list[SetupStep]:
    """What this business has done and still has to do on its own side before it sells."""
    missing = missing_for_review(
        email_verified=has_verified_email(user_id=user.pk),
        has_address=bool(business.address),
        fee_agreed=business.fee_agreed_at is not None,
    )
    approved = business.state in {BusinessState.APPROVED, BusinessState.SUSPENDED}
    return [
        SetupStep("email", "email" not in missing),
        SetupStep("address", "address" not in missing),
        SetupStep("story", bool(business.story)),
        SetupStep("submitted", approved or business.state == BusinessState.IN_REVIEW),
        SetupStep("review", approved),
    ]


def fee_payer(business: Business) -> FeePayer:
    """The business as the fee rules know it; no query where its columns are loaded."""
    return FeePayer(
        payee_id=business.payee_id,
        country=business.country,
        currency=business.currency,
        agreed_bp=business.fee_percent_bp,
        has_vat_number=is_vat_number(business.country, business.tax_number),
    )
