"""How a refund is taken from the parts of a payment, so that many small ones make the whole."""

from __future__ import annotations

from dataclasses import astuple, dataclass

from common.money import allocate_refund


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a held payment, or of refunds of it; minor units.

    mid, spread, tax, duty and fees are in the buyer's currency and add up to what the buyer paid;
    spread may be negative by rounding, but mid and spread together never are. seller, commission and
    fee_tax (the tax on our fee) are in the seller's currency; commission and fee_tax are parts of
    seller.
    """

    mid: int = 0
    spread: int = 0
    tax: int = 0
    duty: int = 0
    fees: int = 0
    seller: int = 0
    commission: int = 0
    fee_tax: int = 0

    @property
    def total(self) -> int:
        return self.mid + self.spread + self.tax + self.duty + self.fees

    @property
    def goods(self) -> int:
        return self.mid + self.spread

    @property
    def seller_net(self) -> int:
        """What the seller gets of it."""
        return self.seller - self.commission - self.fee_tax

    def __add__(self, other: Parts) -> Parts:
        return Parts(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))

    def __sub__(self, other: Parts) -> Parts:
        return Parts(*(a - b for a, b in zip(astuple(self), astuple(other), strict=True)))


def split_refund(*, whole: Parts, refunded: Parts, amount: int) -> Parts:
    """Which parts give back `amount` of what the buyer paid, after `refunded` went before.

    However a refund is cut into pieces, the pieces add up to `whole` exactly, in both currencies,
    and no part ever gives more than it has. Raises ValueError when more is asked than remains.
    """
    left = whole - refunded
    goods, tax, duty, fees = allocate_refund(
        remaining=[left.goods, left.tax, left.duty, left.fees], refund=amount
    )
    if amount == left.total:
        return left
    # Shares are of the whole and cumulative, so that many small refunds don't add up their
    # rounding; held within what is left, because a refund of chosen parts may have gone before.
    mid = _between(
        0, _share(whole.mid, refunded.goods + goods, whole.goods) - refunded.mid, left.mid
    )
    seller = _between(
        0, _share(whole.seller, refunded.mid + mid, whole.mid) - refunded.seller, left.seller
    )
    commission, fee_tax = _fee_share(whole, refunded, seller)
    return Parts(
        mid=mid,
        spread=goods - mid,
        tax=tax,
        duty=duty,
        fees=fees,
        seller=seller,
        commission=commission,
        fee_tax=fee_tax,
    )


def check_parts(*, left: Parts, parts: Parts) -> str:
    """What is wrong with a refund of exactly `parts`, where `left` can still go back; "" if nothing.

    No part may be negative or more than its own rest, the seller can't be left with less than
    nothing, and who gives back all of the buyer's money gives back all of the seller's.
    """
    after = left - parts
    if parts.total <= 0:
        return "nothing is given back"
    if parts.total == left.total and parts != left:
        return "the last refund must give back every part"
    for given in (parts, after):
        if min(given.mid, given.goods, given.tax, given.duty, given.fees) < 0:
            return "a part is negative, or more than is left of it"
        if min(given.seller, given.commission, given.fee_tax, given.seller_net) < 0:
            return "a part of the seller's is negative, or more than is left of it"
    return ""


def _fee_share(whole: Parts, refunded: Parts, seller: int) -> tuple[int, int]:
    """Commission and the tax on it that go back with `seller`.

    Shared as one sum first, and that into its two: each grows with every refund, and what is left
    for the seller never falls below zero.
    """
    left = whole - refunded
    whole_fee = whole.commission + whole.fee_tax
    left_fee = left.commission + left.fee_tax
    before = refunded.commission + refunded.fee_tax
    fee = _between(
        max(0, left_fee - left.seller + seller),
        _share(whole_fee, refunded.seller + seller, whole.seller) - before,
        min(left_fee, seller),
    )
    commission = _between(
        max(0, fee - left.fee_tax),
        _share(whole.commission, before + fee, whole_fee) - refunded.commission,
        min(fee, left.commission),
    )
    return commission, fee - commission


def _between(least: int, wanted: int, most: int) -> int:
    return min(max(least, wanted), most)


def _share(part: int, done: int, whole: int) -> int:
    """part * done / whole to the nearest unit, halves down; nothing of nothing."""
    if whole == 0:
        return 0
    return -((-2 * part * done + whole) // (2 * whole))
