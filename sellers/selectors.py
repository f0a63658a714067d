"""What pages read about businesses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts.models import AuditEntry, User
from accounts.selectors import has_verified_email
from common.money import Money
from payments.models import BankAccount
from payments.rules.fees import FeePayer
from payments.rules.rates import RateTable, RateUnavailableError
from payments.selectors.rates import rate_table
from payments.selectors.totals import QuarterTotals, quarters_of_all
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


def owners_until_lately(*, business: Business, since: datetime) -> list[User]:
    """Who was an owner and was put out, or given a smaller role, since then; by the audit trail."""
    ended = AuditEntry.objects.filter(
        target_type=business._meta.label_lower,
        target_id=str(business.pk),
        action__in=["remove_member", "change_role"],
        before__role=Role.OWNER.value,
        at__gte=since,
    )
    ids = [entry.before["user"] for entry in ended]
    owners = business.memberships.filter(role=Role.OWNER).values("user")
    return list(User.objects.filter(pk__in=ids, is_active=True).exclude(pk__in=owners))


@dataclass(frozen=True, slots=True)
class ReportedSeller:
    """A seller in the report that a platform owes the tax authority; a row a seller.

    Its fields are those of Annex V of Directive 2011/16/EU as amended by (EU) 2021/514 ("DAC7") for
    an entity that sells goods. account: the last characters only. quarters: 1 to 4.
    is_excluded: below 30 sales and 2,000 euro in the year, which the directive leaves out; None
    where there was no rate to compare by.
    """

    business: Business
    account: str
    account_country: str
    quarters: dict[int, QuarterTotals]
    is_excluded: bool | None

    @property
    def activities(self) -> int:
        return sum(quarter.activities for quarter in self.quarters.values())


FEWEST_ACTIVITIES = 30
LEAST_CONSIDERATION = Money(200_000, "EUR")


def platform_report(*, year: int, now: datetime) -> list[ReportedSeller]:
    """Every seller that sold or gave back something in the year, by name."""
    quarters: dict[UUID, dict[int, QuarterTotals]] = defaultdict(dict)
    for row in quarters_of_all(year=year):
        quarters[row.payee_id][row.quarter] = row
    accounts = {
        account.payee_id: account
        for account in BankAccount.objects.filter(payee__in=quarters, replaced_at__isnull=True)
    }
    rates = rate_table(now=now)
    found = []
    for business in Business.objects.filter(payee__in=quarters).order_by("name", "pk"):
        own = quarters[business.payee_id]
        account = accounts.get(business.payee_id)
        found.append(
            ReportedSeller(
                business=business,
                account=f"…{account.hint}" if account else "",
                account_country=account.country if account else "",
                quarters=own,
                is_excluded=_is_excluded(own, business.currency, rates),
            )
        )
    return found


def _is_excluded(
    quarters: Mapping[int, QuarterTotals], currency: str, rates: RateTable
) -> bool | None:
    if sum(row.activities for row in quarters.values()) >= FEWEST_ACTIVITIES:
        return False
    total = Money.sum((row.consideration for row in quarters.values()), currency)
    if currency != LEAST_CONSIDERATION.currency:
        try:
            rate = rates.mid(currency, LEAST_CONSIDERATION.currency).rate
        except RateUnavailableError:
            return None
        total = total.convert(rate, LEAST_CONSIDERATION.currency)
    return total <= LEAST_CONSIDERATION


def businesses_by_fee(*, payee_id: UUID | None = None) -> Iterator[tuple[Business, FeePayer]]:
    """Every business that has agreed to a fee (or that of one payee), as the fee rules know it."""
    rows = Business.objects.filter(fee_agreed_at__isnull=False).order_by("created_at", "id")
    if payee_id is not None:
        rows = rows.filter(payee_id=payee_id)
    for business in rows.defer("story", "address"):
        yield business, fee_payer(business)
