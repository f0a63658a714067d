"""Which legs each event of a payment's life has: the worked examples are in docs/ledger.md."""

from __future__ import annotations

from collections.abc import Sequence

from common.money import Money
from payments.models import HeldPayment
from payments.rules.refunds import Parts
from payments.services.ledger import Leg
from payments.states import AccountKind


def parts_of(held: HeldPayment) -> Parts:
    return Parts(
        mid=held.mid_amount,
        spread=held.spread_amount,
        tax=held.tax_amount,
        duty=held.duty_amount,
        fees=held.fees_amount,
        seller=held.seller_amount,
        commission=held.commission_amount,
        fee_tax=held.fee_tax_amount,
    )


def capture_legs(*, held: Sequence[HeldPayment], currency: str) -> list[Leg]:
    """The buyer has paid: into the orders' accounts, converted once, and to the states.

    One leg takes the whole charge from the provider's clearing account.
    """
    total = Money(sum(one.buyer_amount for one in held), currency)
    legs = [Leg(AccountKind.PROVIDER_CLEARING, -total)]
    for one in held:
        legs += _buyer_side(one, parts_of(one), sign=1)
        legs.append(
            Leg(AccountKind.HELD, Money(one.seller_amount, one.seller_currency), str(one.order_ref))
        )
    return legs


def _buyer_side(held: HeldPayment, parts: Parts, *, sign: int) -> list[Leg]:
    """Exchange, spread and border charges of one order; sign -1 takes them back."""
    place, order = held.destination, str(held.order_ref)
    legs = [
        Leg(AccountKind.FX_SPREAD, Money(sign * parts.spread, held.currency), order),
        Leg(AccountKind.TAX_PAYABLE, Money(sign * parts.tax, held.currency), place),
        Leg(AccountKind.DUTY_PAYABLE, Money(sign * parts.duty, held.currency), place),
        Leg(AccountKind.FEES_PAYABLE, Money(sign * parts.fees, held.currency), place),
    ]
    if held.currency != held.seller_currency:
        bought = Money(sign * parts.mid, held.currency)
        sold = Money(-sign * parts.seller, held.seller_currency)
        legs += [
            Leg(AccountKind.FX_POSITION, bought, order),
            Leg(AccountKind.FX_POSITION, sold, order),
        ]
    return legs


def release_legs(*, held: HeldPayment, left: Parts) -> list[Leg]:
    """Protection is over: what is left of the held money becomes the seller's and our fee's."""
    currency, order, payee = held.seller_currency, str(held.order_ref), str(held.payee_id)
    return [
        Leg(AccountKind.HELD, Money(-left.seller, currency), order),
        Leg(AccountKind.COMMISSION, Money(left.commission, currency), order),
        Leg(AccountKind.FEE_TAX_PAYABLE, Money(left.fee_tax, currency), held.fee_tax_country),
        Leg(AccountKind.SELLER_PAYABLE, Money(left.seller_net, currency), payee),
    ]


def refund_legs(*, held: HeldPayment, parts: Parts, payment_ref: str) -> list[Leg]:
    """Before release: the capture unwound by these parts, at the rate of the capture."""
    owed = Money(parts.total, held.currency)
    given = Money(-parts.seller, held.seller_currency)
    return [
        Leg(AccountKind.BUYER_REFUNDABLE, owed, payment_ref),
        Leg(AccountKind.HELD, given, str(held.order_ref)),
        *_buyer_side(held, parts, sign=-1),
    ]


def refund_after_release_legs(
    *, held: HeldPayment, parts: Parts, payment_ref: str, payable: int
) -> list[Leg]:
    """After release: from what the seller is still owed, the rest as a debt to be netted later.

    The commission and the tax on it are given back as `parts` say. `payable`: the seller's balance,
    minor units.
    """
    currency, payee = held.seller_currency, str(held.payee_id)
    due = parts.seller_net
    now = min(due, payable)
    order = str(held.order_ref)
    return [
        Leg(AccountKind.BUYER_REFUNDABLE, Money(parts.total, held.currency), payment_ref),
        Leg(AccountKind.SELLER_PAYABLE, Money(-now, currency), payee),
        Leg(AccountKind.SELLER_RECEIVABLE, Money(now - due, currency), payee),
        Leg(AccountKind.COMMISSION, Money(-parts.commission, currency), order),
        Leg(AccountKind.FEE_TAX_PAYABLE, Money(-parts.fee_tax, currency), held.fee_tax_country),
        *_buyer_side(held, parts, sign=-1),
    ]
