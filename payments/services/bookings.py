"""Which legs each event of a payment's life has: the worked examples are in docs/ledger.md."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Taken:
    """What was taken from a payee, minor units: of what was blocked, of its balance, of its reserve.

    owed: what none of these had, its debt from now on.
    """

    blocked: int
    payable: int
    reserve: int
    owed: int


def taken_legs(*, held: HeldPayment, taken: Taken) -> list[Leg]:
    """The payee's side of a refund or a lost dispute after release."""
    currency, payee = held.seller_currency, str(held.payee_id)
    return [
        Leg(AccountKind.DISPUTE_HOLD, Money(-taken.blocked, currency), str(held.order_ref)),
        Leg(AccountKind.SELLER_PAYABLE, Money(-taken.payable, currency), payee),
        Leg(AccountKind.RESERVE, Money(-taken.reserve, currency), payee),
        Leg(AccountKind.SELLER_RECEIVABLE, Money(-taken.owed, currency), payee),
    ]


def release_legs(*, held: HeldPayment, left: Parts, reserve: int = 0) -> list[Leg]:
    """Protection is over: what is left of the held money becomes the seller's and our fee's.

    reserve: what of the seller's part is kept for a while.
    """
    currency, order, payee = held.seller_currency, str(held.order_ref), str(held.payee_id)
    return [
        Leg(AccountKind.HELD, Money(-left.seller, currency), order),
        *_fee_legs(held, left, sign=1),
        Leg(AccountKind.RESERVE, Money(reserve, currency), payee),
        Leg(AccountKind.SELLER_PAYABLE, Money(left.seller_net - reserve, currency), payee),
    ]


def _fee_legs(held: HeldPayment, parts: Parts, *, sign: int) -> list[Leg]:
    """Our fee and the tax on it; sign -1 gives them back."""
    currency, order = held.seller_currency, str(held.order_ref)
    return [
        Leg(AccountKind.COMMISSION, Money(sign * parts.commission, currency), order),
        Leg(
            AccountKind.FEE_TAX_PAYABLE,
            Money(sign * parts.fee_tax, currency),
            held.fee_tax_country,
        ),
    ]


def refund_legs(*, held: HeldPayment, parts: Parts, to: Leg) -> list[Leg]:
    """Before release: the capture unwound by these parts, at the rate of the capture.

    to: who gets it, the buyer or the bank that has taken it already.
    """
    given = Money(-parts.seller, held.seller_currency)
    return [
        to,
        Leg(AccountKind.HELD, given, str(held.order_ref)),
        *_buyer_side(held, parts, sign=-1),
    ]


def refund_after_release_legs(
    *, held: HeldPayment, parts: Parts, taken: Taken, to: Leg
) -> list[Leg]:
    """After release: from the seller, as `taken` says; our fee goes back as `parts` say."""
    return [
        to,
        *taken_legs(held=held, taken=taken),
        *_fee_legs(held, parts, sign=-1),
        *_buyer_side(held, parts, sign=-1),
    ]


def undo_legs(*, held: HeldPayment, parts: Parts, fee_too: bool) -> list[Leg]:
    """What a refund of these parts did, taken back; without the seller's own money.

    fee_too: it was taken after release, so that our fee comes back with it.
    """
    return [
        *_buyer_side(held, parts, sign=1),
        *(_fee_legs(held, parts, sign=1) if fee_too else []),
    ]
