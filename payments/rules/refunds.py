"""How a refund is taken from the parts of a payment, so that many small ones make the whole."""

from __future__ import annotations

from dataclasses import astuple, dataclass

from common.money import allocate_refund


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a held payment, or of refunds of it; minor units.

    mid, spread, tax, duty and fees are in the buyer's currency and add up to what the buyer paid;
    spread may be negative by rounding, but mid and spread together never are. seller and commission
    are in the seller's currency; commission is a part of seller.
    """

    mid: int = 0
    spread: int = 0
    tax: int = 0
    duty: int = 0
    fees: int = 0
    seller: int = 0
    commission: int = 0

    @property
    def total(self) -> int:
        return self.mid + self.spread + self.tax + self.duty + self.fees

    @property
    def goods(self) -> int:
        return self.mid + self.spread

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
    is_last = amount == left.total
    # Cumulative shares only ever grow, so that each refund's own share is never negative.
    mid = whole.mid if is_last else _share(whole.mid, refunded.goods + goods, whole.goods)
    seller = whole.seller if is_last else _share(whole.seller, mid, whole.mid)
    commission = whole.commission if is_last else _share(whole.commission, seller, whole.seller)
    return Parts(
        mid=mid - refunded.mid,
        spread=goods - (mid - refunded.mid),
        tax=tax,
        duty=duty,
        fees=fees,
        seller=seller - refunded.seller,
        commission=commission - refunded.commission,
    )


def _share(part: int, done: int, whole: int) -> int:
    """part * done / whole to the nearest unit, halves down; nothing of nothing."""
    if whole == 0:
        return 0
    return -((-2 * part * done + whole) // (2 * whole))
