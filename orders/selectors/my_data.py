"""A copy of what the market keeps about a person, for that person: plain values, ready for JSON.

Nothing here is about others: a seller's side of an order, a moderator's words and what a sanctions list
says of its entries are left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Prefetch, Q

from accounts.models import User
from accounts.selectors import list_addresses, verified_emails
from common.money import Money
from notifications.models import Notice
from orders.models import CaseMessage, Order, Purchase
from orders.states import Party
from sellers.models import Membership
from sellers.selectors import list_memberships
from sellers.states import Role
from trade.selectors.my_data import list_checks, number_claims, registrations_of


def my_data(*, user: User, now: datetime) -> dict[str, Any]:
    """Everything of these kinds, in a fixed number of queries however much there is.

    What was bought as a guest belongs to it where it has shown that it reads mail at that address.
    """
    emails = verified_emails(user_id=user.pk)
    purchases = _purchases(user, emails)
    memberships = list_memberships(user_id=user.pk)
    owned = [one.business_id for one in memberships if one.role == Role.OWNER]
    numbers = {purchase.pk: purchase.number for purchase in purchases}
    names = {one.business_id: one.business.name for one in memberships}
    return {
        "of": settings.SITE_NAME,
        "made_at": now,
        "account": _account(user, emails),
        "addresses": [kept.address.as_dict() for kept in list_addresses(user_id=user.pk)],
        "purchases": [_purchase(purchase) for purchase in purchases],
        "messages_in_cases": _messages(user),
        "businesses": _businesses(memberships, owned),
        "tax_numbers_given_as_buyer": _claims(user, emails, numbers),
        "checks_against_sanctions_lists": [
            {
                "made_at": check.made_at,
                "made_for": {**numbers, **names}.get(check.subject_ref, "")
                if check.subject_ref
                else "",
                "names": check.names,
                "country": check.country,
                "lists": check.lists,
                "outcome": check.outcome,
                "decided_at": check.decided_at,
            }
            for check in list_checks(
                emails=emails, business_refs=owned, purchase_refs=list(numbers)
            )
        ],
        "notices": list(
            Notice.objects.filter(recipient=user)
            .order_by("-created_at")
            .values("created_at", "subject", "text", "read_at")
        ),
    }


def _account(user: User, emails: Sequence[str]) -> dict[str, Any]:
    return {
        "email": user.email,
        "confirmed_emails": emails,
        "name": user.name,
        "country": user.country,
        "currency": user.currency,
        "language": user.language,
        "member_since": user.date_joined,
        "last_signed_in": user.last_login,
    }


def _purchases(user: User, emails: Sequence[str]) -> list[Purchase]:
    orders = Order.objects.select_related("business").prefetch_related("lines").order_by("number")
    mine = Q(user=user) | Q(user=None, email__in=emails)
    rows = Purchase.objects.filter(mine).prefetch_related(Prefetch("orders", queryset=orders))
    return list(rows.order_by("-created_at", "pk"))


def _purchase(purchase: Purchase) -> dict[str, Any]:
    return {
        "number": purchase.number,
        "state": purchase.state,
        "placed_at": purchase.created_at,
        "paid_at": purchase.paid_at,
        "email": purchase.email,
        "sent_to": purchase.ship_to,
        "business_name": purchase.buyer_business_name,
        "tax_number": purchase.buyer_tax_number,
        "total": str(Money(purchase.total_amount, purchase.currency)),
        "orders": [_order(order) for order in purchase.orders.all()],
    }


def _order(order: Order) -> dict[str, Any]:
    return {
        "number": order.number,
        "seller": order.business.name,
        "state": order.state,
        "total": str(Money(order.total_amount, order.currency)),
        "given_back": str(Money(order.refunded_amount, order.currency)),
        "lines": [
            {
                "title": line.title,
                "quantity": line.quantity,
                "amount": str(Money(line.amount, order.currency)),
            }
            for line in order.lines.all()
        ],
    }


def _messages(user: User) -> list[dict[str, Any]]:
    """What it wrote itself, as a buyer or for a business."""
    mine = CaseMessage.objects.filter(author=user).exclude(author_role=Party.MODERATOR)
    return [
        {"order": number, "at": at, "text": text}
        for number, at, text in mine.order_by("-at").values_list(
            "case__order__number", "at", "text"
        )
    ]


def _businesses(memberships: Sequence[Membership], owned: Sequence[UUID]) -> list[dict[str, Any]]:
    """Where it works; of those that it owns also what it told us of them."""
    numbers: dict[UUID | None, list[dict[str, Any]]] = {}
    for row in registrations_of(business_refs=owned):
        numbers.setdefault(row.owner_ref, []).append(
            {
                "kind": row.kind,
                "country": row.country,
                "number": row.number,
                "valid_from": row.valid_from,
                "valid_to": row.valid_to,
            }
        )
    return [_business(one, numbers.get(one.business_id, [])) for one in memberships]


def _business(membership: Membership, numbers: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    business = membership.business
    said = {
        "name": business.name,
        "role": membership.role,
        "member_since": membership.created_at,
    }
    if membership.role != Role.OWNER:
        return said
    return {
        **said,
        "state": business.state,
        "country": business.country,
        "address": business.address,
        "phone": business.phone,
        "tax_number": business.tax_number,
        "registered_numbers": numbers,
    }


def _claims(
    user: User, emails: Sequence[str], purchases: Mapping[UUID, str]
) -> list[dict[str, Any]]:
    return [
        {
            "given_at": claim.made_at,
            "country": claim.about.country,
            "number": claim.about.number,
            "business_name": claim.business_name,
            "purchase": purchases.get(claim.purchase_ref, "") if claim.purchase_ref else "",
            "counted": claim.counted,
            "state": claim.about.state,
            "last_asked_at": claim.about.asked_at,
        }
        for claim in number_claims(user_id=user.pk, emails=emails)
    ]
