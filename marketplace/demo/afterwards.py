"""What did not go smoothly in the demo market: a piece sent back, a complaint, a bank's dispute."""

from __future__ import annotations

import io
from datetime import datetime, timedelta

from accounts.models import User
from common.documents import Document, read_document
from marketplace.demo.pictures import PALETTES, draw, render
from orders.models import Order
from orders.rules.refund_reasons import RefundReason
from orders.rules.refunds import RefundRequest
from orders.services.cases import answer_case, open_case
from orders.services.disputes import handle_dispute
from orders.services.refund_rows import plan_for
from orders.services.refunds import refund_lines
from orders.states import CaseKind, CaseWish
from payments.gateways import charge_gateway
from payments.models import Payment
from payments.rules.bank_accounts import BankDetails, read_account, schemes_for
from payments.rules.providers import BANK_FILE
from payments.services.bank_accounts import pay_by_bank_file, set_bank_account
from payments.services.reserves import change_reserve
from sandbox.services import open_dispute
from sellers.models import Business

# The account that everybody gives as an example.
BANK_PAID = {"atlas-looms": {"iban": "MA64011519000001205000534921"}}
# Of its sales a tenth is kept for a month, as of a new seller's.
RESERVED = frozenset({"song-hong-workshop"})


def set_terms(*, business: Business, owner: User, moderator: User) -> None:
    """How the business is paid, where that is not as usual."""
    if business.slug in BANK_PAID:
        _pay_by_bank(business, owner, moderator)
    if business.slug in RESERVED:
        change_reserve(
            payee=business.payee,
            reserve_bp=1_000,
            reserve_days=30,
            reserve_until=business.created_at + timedelta(days=90),
            actor=moderator,
            reason="Its first sales here",
            now=business.created_at,
        )


def _pay_by_bank(business: Business, owner: User, moderator: User) -> None:
    """As in a real market where no provider pays to that country: by our own bank, to an account."""
    now = business.created_at
    # In a market at Stripe it is already.
    if business.payee.provider != BANK_FILE:
        pay_by_bank_file(
            payee=business.payee, actor=moderator, reason="No provider pays there", now=now
        )
    [scheme, *_others] = schemes_for(business.country)
    country, numbers = read_account(
        scheme=scheme.code, country=business.country, typed=BANK_PAID[business.slug]
    )
    details = BankDetails(
        scheme=scheme.code,
        country=country,
        holder=owner.name,
        street=business.address["street_address"],
        postcode=business.address.get("postal_code", ""),
        town=business.address["city"],
        numbers=numbers,
    )
    set_bank_account(payee_id=business.payee_id, details=details, actor=owner, now=now)


def send_one_back(*, order: Order, seller: User, now: datetime) -> None:
    """One piece of the first line is paid back, the rest is kept."""
    line = order.lines.order_by("pk")[0]
    request = RefundRequest(reason=RefundReason.CHANGED_MIND, quantities={line.pk: 1})
    refund_lines(
        order=order,
        request=request,
        seen_amount=plan_for(order=order, request=request).amount,
        seen_refunded=0,
        actor=seller,
        note="It came back as new, thank you for packing it so well.",
        now=now,
    )


def complain(*, order: Order, seller: User, now: datetime) -> None:
    """The buyer shows what is broken, and the seller offers to pay a part back."""
    case = open_case(
        order=order,
        actor=order.purchase.user,
        kind=CaseKind.DAMAGED,
        wanted=CaseWish.REFUND_PART,
        wanted_amount=order.goods_amount // 2 // 100 * 100,
        text="The rim of the upper tier is cracked. The steamer still closes, but it leaks.",
        files=[_photo()],
        now=now,
    )
    answer_case(
        case=case,
        actor=seller,
        text="I am sorry, it must have been pressed on its way. May I pay a third back?",
        offer_amount=order.goods_amount // 3 // 100 * 100,
        now=now + timedelta(hours=5),
    )


def _photo() -> Document:
    picture = render(draw("steamer", palette=PALETTES["lacquer"], seed=7, variant=1), size=900)
    return read_document(io.BytesIO(picture), name="cracked-rim.png")


def dispute(*, order: Order, now: datetime) -> None:
    """The buyer asks its bank for the money instead of the seller."""
    payment = Payment.objects.get(purchase_ref=order.purchase_id)
    opened = open_dispute(session_id=payment.session_ref, now=now)
    handle_dispute(facts=charge_gateway(payment.provider).get_dispute(opened.id), now=now)
