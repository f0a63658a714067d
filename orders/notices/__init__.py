"""What buyers and sellers are told about a purchase."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.urls import reverse

from accounts.models import User
from common.money import Money
from notifications.notices import NoticeTemplate
from notifications.services import notify
from orders.models import Order, Purchase
from payments.models import Payout
from sellers.models import Business
from sellers.notices import tell_business
from sellers.states import Role
from shipping.models import Shipment


@dataclass(frozen=True, kw_only=True)
class PurchasePaid(NoticeTemplate):
    """The buyer's receipt, with every line of it."""

    kind: ClassVar[str] = "purchase_paid"
    purchase: Purchase
    orders: list[Order]


@dataclass(frozen=True, kw_only=True)
class OrderReceived(NoticeTemplate):
    """The seller has something to send."""

    kind: ClassVar[str] = "order_received"
    order: Order


@dataclass(frozen=True, kw_only=True)
class PurchaseExpired(NoticeTemplate):
    """Nobody paid in time; nothing was charged, and the basket is as it was."""

    kind: ClassVar[str] = "purchase_expired"
    purchase: Purchase


@dataclass(frozen=True, kw_only=True)
class PurchaseLateRefunded(NoticeTemplate):
    """Paid when the goods were gone already: all of it goes back."""

    kind: ClassVar[str] = "purchase_late_refunded"
    purchase: Purchase


def purchase_path(purchase: Purchase) -> str:
    """The address of a purchase's page; the secret in it opens a guest's purchase."""
    return reverse("orders:purchase", args=[purchase.token])


def tell_buyer(*, purchase: Purchase, notice: NoticeTemplate, key: str, now: datetime) -> None:
    """Tell the buyer, guest or user, once a key, in the language of the purchase."""
    words = notice.render(language=purchase.language, url=purchase_path(purchase))
    notify(key=key, user=purchase.user, email=purchase.email, now=now, **words)


def seller_order_path(order: Order) -> str:
    """The address of an order in its seller's dashboard."""
    return reverse("orders:seller_order", args=[order.business.slug, order.number])


def tell_seller(*, order: Order, notice: NoticeTemplate, key: str, now: datetime) -> None:
    """Tell everybody who works for the order's business."""
    tell_business(
        business=order.business,
        notice=notice,
        url=seller_order_path(order),
        key=key,
        now=now,
    )


def tell_moderators(
    *, permission: str, notice: NoticeTemplate, url: str, key: str, now: datetime
) -> None:
    """Tell every moderator with a permission, once a key and person, in its own language."""
    for person in User.objects.filter(is_staff=True, is_active=True).order_by("pk"):
        if person.has_perm(permission):
            words = notice.render(language=person.language or settings.LANGUAGE_CODE, url=url)
            notify(key=f"{key}:{person.pk}", user=person, email=person.email, now=now, **words)


def tell_paid(*, purchase: Purchase, now: datetime) -> None:
    """The receipt to the buyer, and the order to each seller."""
    orders = list(
        purchase.orders.select_related("business")
        .prefetch_related("lines", "charges")
        .order_by("number")
    )
    tell_buyer(
        purchase=purchase,
        notice=PurchasePaid(purchase=purchase, orders=orders),
        key=f"purchase_paid:{purchase.pk}",
        now=now,
    )
    for order in orders:
        notice = OrderReceived(order=order)
        tell_seller(order=order, notice=notice, key=f"order_received:{order.pk}", now=now)


def tell_expired(*, purchase: Purchase, now: datetime) -> None:
    tell_buyer(
        purchase=purchase,
        notice=PurchaseExpired(purchase=purchase),
        key=f"purchase_expired:{purchase.pk}",
        now=now,
    )


def tell_late_refunded(*, purchase: Purchase, now: datetime) -> None:
    tell_buyer(
        purchase=purchase,
        notice=PurchaseLateRefunded(purchase=purchase),
        key=f"purchase_late_refunded:{purchase.pk}",
        now=now,
    )


@dataclass(frozen=True, kw_only=True)
class OrderNotice(NoticeTemplate):
    """Something happened to one order after it was paid."""

    order: Order


@dataclass(frozen=True, kw_only=True)
class OrderShipped(OrderNotice):
    kind: ClassVar[str] = "order_shipped"
    shipment: Shipment


@dataclass(frozen=True, kw_only=True)
class OrderDelivered(OrderNotice):
    kind: ClassVar[str] = "order_delivered"
    release_at: datetime


@dataclass(frozen=True, kw_only=True)
class OrderCancelled(OrderNotice):
    kind: ClassVar[str] = "order_cancelled"


@dataclass(frozen=True, kw_only=True)
class OrderCancelledForSeller(OrderNotice):
    kind: ClassVar[str] = "order_cancelled_for_seller"


@dataclass(frozen=True, kw_only=True)
class OrderReleased(OrderNotice):
    """To the seller: the buyer's payment is yours now."""

    kind: ClassVar[str] = "order_released"


@dataclass(frozen=True, kw_only=True)
class OrderRefunded(OrderNotice):
    kind: ClassVar[str] = "order_refunded"
    amount: Money
    reason: str


@dataclass(frozen=True, kw_only=True)
class OrderRefundedForSeller(OrderNotice):
    kind: ClassVar[str] = "order_refunded_for_seller"
    amount: Money
    reason: str


@dataclass(frozen=True, kw_only=True)
class PayoutSent(NoticeTemplate):
    """To the seller: money is on its way to the bank."""

    kind: ClassVar[str] = "payout_sent"
    business: Business
    payout: Payout


@dataclass(frozen=True, kw_only=True)
class PayoutReturned(NoticeTemplate):
    """To the seller: the bank sent the money back; it waits on the account here."""

    kind: ClassVar[str] = "payout_returned"
    business: Business
    payout: Payout


def tell_shipped(*, order: Order, shipment: Shipment, now: datetime) -> None:
    tell_buyer(
        purchase=order.purchase,
        notice=OrderShipped(order=order, shipment=shipment),
        key=f"order_shipped:{order.pk}",
        now=now,
    )


def tell_delivered(*, order: Order, release_at: datetime, now: datetime) -> None:
    tell_buyer(
        purchase=order.purchase,
        notice=OrderDelivered(order=order, release_at=release_at),
        key=f"order_delivered:{order.pk}",
        now=now,
    )


def tell_cancelled(*, order: Order, now: datetime) -> None:
    key = f"order_cancelled:{order.pk}"
    tell_buyer(purchase=order.purchase, notice=OrderCancelled(order=order), key=key, now=now)
    tell_seller(order=order, notice=OrderCancelledForSeller(order=order), key=key, now=now)


def tell_completed(*, order: Order, now: datetime) -> None:
    key = f"order_released:{order.pk}"
    tell_seller(order=order, notice=OrderReleased(order=order), key=key, now=now)


def tell_refunded(*, order: Order, amount: int, reason: str, now: datetime) -> None:
    """Both sides hear of a refund; the key counts refunds, so that each is told once."""
    money = Money(amount, order.currency)
    key = f"order_refunded:{order.pk}:{order.refunded_amount}"
    to_buyer = OrderRefunded(order=order, amount=money, reason=reason)
    to_seller = OrderRefundedForSeller(order=order, amount=money, reason=reason)
    tell_buyer(purchase=order.purchase, notice=to_buyer, key=key, now=now)
    tell_seller(order=order, notice=to_seller, key=f"{key}:seller", now=now)


def tell_payout(*, business: Business, payout: Payout, returned: bool, now: datetime) -> None:
    notice = PayoutReturned if returned else PayoutSent
    tell_business(
        business=business,
        notice=notice(business=business, payout=payout),
        url=reverse("orders:payout", args=[business.slug, payout.number]),
        key=f"{notice.kind}:{payout.pk}",
        now=now,
    )


@dataclass(frozen=True, kw_only=True)
class AccountNotice(NoticeTemplate):
    """To the owners: how their account at the payment provider stands."""

    business: Business


@dataclass(frozen=True, kw_only=True)
class AccountReady(AccountNotice):
    """Payouts can go out."""

    kind: ClassVar[str] = "account_ready"


@dataclass(frozen=True, kw_only=True)
class AccountBlocked(AccountNotice):
    """No payout goes out until they have told the provider more."""

    kind: ClassVar[str] = "account_blocked"


@dataclass(frozen=True, kw_only=True)
class AccountBankRefused(AccountNotice):
    """Their bank did not take what the provider sent it."""

    kind: ClassVar[str] = "account_bank_refused"


_ACCOUNT_NOTICES: dict[str, type[AccountNotice]] = {
    "ready": AccountReady,
    "blocked": AccountBlocked,
    "bank": AccountBankRefused,
}


def tell_account(*, business: Business, news: str, key: str, now: datetime) -> None:
    """news: "ready", "blocked" or "bank". To the owners only: money is their business."""
    tell_business(
        business=business,
        notice=_ACCOUNT_NOTICES[news](business=business),
        url=reverse("orders:getting_paid", args=[business.slug]),
        key=key,
        now=now,
        roles=(Role.OWNER,),
    )
