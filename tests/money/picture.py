"""What came of a story of tests/money/chaos.py, whole, and in the story's own names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

from django.core import mail
from django.db import connection
from django.db.models import QuerySet

from catalog.models import Stock, StockReservation
from notifications.models import Notice
from orders.models import Deadline, Order, OrderEvent, OrderRefund, Purchase
from payments.models import (
    DisputeShare,
    HeldPayment,
    Payment,
    Payout,
    ProviderDispute,
    Refund,
    Reversal,
)
from tests.money.chaos import Story


def picture(story: Story, books: list[tuple[str, ...]]) -> dict[str, Any]:
    """Everything that a buyer, a seller or an accountant could see, in the story's own names."""
    names = _names(story)
    any_name = re.compile("|".join(map(re.escape, sorted(names, key=len, reverse=True))))

    def named(text: object) -> str:
        return any_name.sub(lambda found: names[found[0]], str(text))

    purchases = [one.pk for one in story.purchases.values()]
    payees = [shop.business.payee_id for shop in story.shops]
    ledger: Counter[tuple[str, str, str]] = Counter()
    entries = set()
    for key, reference, kind, currency, account, amount in books:
        if key.split(":")[1] in names or reference in names:
            entries.add(named(key))
            ledger[kind, currency, named(account)] += int(amount)
    held = HeldPayment.objects.filter(payee__in=payees)
    disputes = ProviderDispute.objects.filter(payment__purchase_ref__in=purchases)
    payouts = Payout.objects.filter(payee__in=payees)
    orders = Order.objects.filter(purchase__in=purchases)
    notices = Notice.objects.filter(email__in=[name for name in names if "@" in name])
    variants = [shop.variant.pk for shop in story.shops]
    return {
        "ledger": dict(ledger),
        "entries": entries,
        "purchases": _rows(Purchase.objects.filter(pk__in=purchases), named, "pk state"),
        "payments": _rows(
            Payment.objects.filter(purchase_ref__in=purchases), named, "pk state failure"
        ),
        "orders": _rows(orders, named, "pk state total_amount refunded_amount cancel_reason"),
        "held": _rows(
            held, named,
            "order_ref state frozen frozen_by refunded_amount refunded_seller_amount"
            " refunded_commission_amount",
        ),
        "refunds": _rows(
            Refund.objects.filter(held__in=held), named,
            "held transfer state origin currency amount mid_amount seller_amount"
            " commission_amount last_error",
        ),
        "refunds of orders": _rows(
            OrderRefund.objects.filter(order__in=orders), named, "order reason given_by note"
        ),
        "payouts": _rows(
            payouts, named, "pk transfer state currency amount last_error reversed_amount"
        ),
        "reversals": _rows(
            Reversal.objects.filter(payout__in=payouts), named, "payout transfer amount reason"
        ),
        "disputes": _rows(
            disputes, named,
            "pk state amount taken_amount returned_amount lost_amount platform_loss_amount"
            " fee_amount",
        ),
        "parts of disputes": _rows(
            DisputeShare.objects.filter(dispute__in=disputes), named,
            "dispute held amount blocked_amount blocked_reserve_amount",
        ),
        "stock": _rows(
            Stock.objects.filter(pk__in=variants), named, "variant__listing__title available"
        ),
        "reservations": _rows(
            StockReservation.objects.filter(purchase_ref__in=purchases), named,
            "purchase_ref quantity state",
        ),
        "timeline": _rows(OrderEvent.objects.filter(order__in=orders), named, "order kind"),
        "deadlines": _rows(
            Deadline.objects.filter(order__in=orders, done_at=None), named, "order kind"
        ),
        "notices": _rows(notices, named, "kind email subject text"),
        "e-mails": Counter(
            (named(message.to), named(message.subject))
            for message in mail.outbox
            if set(message.to) & names.keys()
        ),
    }  # fmt: skip


def _rows(
    rows: QuerySet[Any], named: Callable[[object], str], columns: str
) -> Counter[tuple[str, ...]]:
    return Counter(tuple(map(named, row)) for row in rows.values_list(*columns.split()))


def _names(story: Story) -> dict[str, str]:
    """Ids and numbers are new in each telling; these are what they stand for."""
    names: dict[str, str] = {}
    for shop, what in zip(story.shops, ("Ama", "Chiara"), strict=True):
        business, payee = shop.business, shop.business.payee_id
        names |= dict.fromkeys((str(payee), business.name, business.slug, shop.user.email), what)
        names[str(shop.listing.pk)] = f"{what}'s listing"
        for place, payout in enumerate(Payout.objects.filter(payee=payee).order_by("created_at")):
            name = f"payout {place} of {what}"
            names |= dict.fromkeys((str(payout.pk), payout.number), name)
            names |= {str(one.pk): f"a reversal of {name}" for one in payout.reversals.all()}
    for name, purchase in story.purchases.items():
        payment = Payment.objects.get(purchase_ref=purchase.pk)
        of_purchase = (str(purchase.pk), purchase.number, purchase.token, purchase.email)
        names |= dict.fromkeys(of_purchase, name)
        names[str(payment.pk)] = f"{name}'s payment"
        for held in payment.held.all():
            order = Order.objects.get(pk=held.order_ref)
            what = f"{name} from {names[str(held.payee_id)]}"
            names |= dict.fromkeys((str(order.pk), order.number), what)
            names[str(held.pk)] = f"held for {what}"
            for place, refund in enumerate(held.refunds.order_by("created_at")):
                names[str(refund.pk)] = f"refund {place} of {what}"
            for share in held.dispute_shares.all():
                names[str(share.dispute_id)] = f"{name}'s dispute"
                names[f"/disputes/{share.pk}/"] = f"/{what}/"
    return names


def all_books() -> list[tuple[str, ...]]:
    """Each posting: key and reference of its entry; kind, currency, reference, amount of its own.

    Sub-accounts of one kind are read as one.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT entry.key, entry.reference, account.kind, account.currency,"
            " regexp_replace(account.reference, '^[0-9]$', ''), posting.amount"
            " FROM ledger_posting AS posting"
            " JOIN ledger_entry AS entry ON entry.id = posting.entry_id"
            " JOIN ledger_account AS account ON account.id = posting.account_id"
        )
        return list(cursor.fetchall())
