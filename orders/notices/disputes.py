"""What both sides are told when the buyer's bank wants a payment back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from django.urls import reverse

from common.money import Money
from orders.models import Order
from orders.notices import OrderNotice, tell_buyer
from payments.models import DisputeShare, ProviderDispute
from payments.states import DisputeState
from sellers.notices import tell_business
from sellers.states import Role


@dataclass(frozen=True, kw_only=True)
class DisputeNotice(OrderNotice):
    """amount: the order's part of what is disputed, in the buyer's currency. due_at: until when
    we must answer."""

    amount: Money
    due_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class DisputeOpened(DisputeNotice):
    """To the buyer: your bank has told us, and what that stops."""

    kind: ClassVar[str] = "dispute_opened"


@dataclass(frozen=True, kw_only=True)
class DisputeOpenedForSeller(DisputeNotice):
    """To the seller: what to send us, until when, and that the goods should wait."""

    kind: ClassVar[str] = "dispute_opened_for_seller"


@dataclass(frozen=True, kw_only=True)
class DisputeReminder(DisputeNotice):
    """To the seller: the time to answer runs out."""

    kind: ClassVar[str] = "dispute_reminder"


@dataclass(frozen=True, kw_only=True)
class DisputeWonForSeller(DisputeNotice):
    kind: ClassVar[str] = "dispute_won_for_seller"


@dataclass(frozen=True, kw_only=True)
class DisputeLostForSeller(DisputeNotice):
    kind: ClassVar[str] = "dispute_lost_for_seller"


@dataclass(frozen=True, kw_only=True)
class DisputeEnded(DisputeNotice):
    """To the buyer: the bank has decided; won: against the buyer."""

    kind: ClassVar[str] = "dispute_ended"
    won: bool


def dispute_path(order: Order, share: DisputeShare) -> str:
    """The address of an order's dispute in its seller's dashboard."""
    return reverse("orders:seller_dispute", args=[order.business.slug, share.pk])


def tell_dispute(
    *, order: Order, dispute: ProviderDispute, state: DisputeState, now: datetime
) -> None:
    """Tell buyer and seller once that it was opened, and once a decision how it ended."""
    share = DisputeShare.objects.get(dispute=dispute, held__order_ref=order.pk)
    amount = Money(share.amount, dispute.currency)
    if state in {DisputeState.WON, DisputeState.LOST}:
        # A bank may decide more than once: what was taken and given back tells the times apart.
        key = f"{dispute.taken_amount}:{dispute.returned_amount}:{state.value}"
        won = state == DisputeState.WON
        to_seller = DisputeWonForSeller if won else DisputeLostForSeller
        _tell_seller(order, share, to_seller(order=order, amount=amount), key, now)
        ended = DisputeEnded(order=order, amount=amount, won=won)
        tell_buyer(
            purchase=order.purchase,
            notice=ended,
            key=f"dispute_ended:{share.pk}:{key}",
            now=now,
        )
        return
    due_at = dispute.evidence_due_at
    notice = DisputeOpenedForSeller(order=order, amount=amount, due_at=due_at)
    _tell_seller(order, share, notice, "opened", now)
    tell_buyer(
        purchase=order.purchase,
        notice=DisputeOpened(order=order, amount=amount),
        key=f"dispute_opened:{share.pk}",
        now=now,
    )


def tell_reminder(*, order: Order, share: DisputeShare, now: datetime) -> None:
    """The seller has given nothing yet, and the time runs out."""
    dispute = share.dispute
    amount = Money(share.amount, dispute.currency)
    notice = DisputeReminder(order=order, amount=amount, due_at=dispute.evidence_due_at)
    _tell_seller(order, share, notice, "reminder", now)


def _tell_seller(
    order: Order, share: DisputeShare, notice: DisputeNotice, key: str, now: datetime
) -> None:
    tell_business(
        business=order.business,
        notice=notice,
        url=dispute_path(order, share),
        key=f"{notice.kind}:{share.pk}:{key}",
        now=now,
        roles=(Role.OWNER, Role.MANAGER),
    )
