"""An order as a row of items, its lines and its delivery, of which something may go back.

Each item has what the buyer paid for it (goods at the middle rate, spread, and its share of tax,
duty and border fees) and what its seller is owed for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from common.money import allocate, allocate_refund
from payments.rules.refunds import Parts

DELIVERY: Final = 0
"""The key of the delivery among the items; lines have their own ids, which are positive."""


@dataclass(frozen=True, slots=True)
class Item:
    """A line of an order, or its delivery (key DELIVERY, quantity 1).

    whole: what was paid and is owed for it; done: what has gone back already. Minor units.
    refunded_quantity: the units that have been refunded.
    """

    key: int
    quantity: int
    whole: Parts
    done: Parts = field(default_factory=Parts)
    refunded_quantity: int = 0

    @property
    def left(self) -> Parts:
        return self.whole - self.done

    @property
    def quantity_left(self) -> int:
        return self.quantity - self.refunded_quantity

    @property
    def is_delivery(self) -> bool:
        return self.key == DELIVERY


@dataclass(frozen=True, slots=True)
class LineAmounts:
    """What an order line was: minor units, goods and the charges of its own in the buyer's currency."""

    key: int
    quantity: int
    goods: int
    seller: int
    commission: int
    fee_tax: int = 0
    tax: int = 0
    duty: int = 0
    fees: int = 0


def items_of(
    *, lines: Sequence[LineAmounts], delivery_goods: int, delivery_seller: int, whole: Parts
) -> list[Item]:
    """The items of an order, which add up to `whole`, the order's own parts, in every part.

    A charge of no line is shared over the lines by what they cost; the middle rate's part by what
    the seller asked for each; the fee as it was frozen on each line. Largest remainder throughout.
    """
    prices = [line.goods for line in lines]
    mids = _fit(
        [0] * (len(lines) + 1), whole.mid, [*(line.seller for line in lines), delivery_seller]
    )
    tax = _fit([line.tax for line in lines], whole.tax, prices)
    duty = _fit([line.duty for line in lines], whole.duty, prices)
    fees = _fit([line.fees for line in lines], whole.fees, prices)
    asked = [line.seller for line in lines]
    seller = _fit([*asked, delivery_seller], whole.seller, [*asked, delivery_seller])
    commission = _fit([line.commission for line in lines], whole.commission, asked)
    fee_tax = _fit([line.fee_tax for line in lines], whole.fee_tax, asked)
    items = [
        Item(
            key=line.key,
            quantity=line.quantity,
            whole=Parts(
                mid=mids[place],
                spread=line.goods - mids[place],
                tax=tax[place],
                duty=duty[place],
                fees=fees[place],
                seller=seller[place],
                commission=commission[place],
                fee_tax=fee_tax[place],
            ),
        )
        for place, line in enumerate(lines)
    ]
    items.append(
        Item(
            key=DELIVERY,
            quantity=1,
            whole=Parts(mid=mids[-1], spread=delivery_goods - mids[-1], seller=seller[-1]),
        )
    )
    if sum((item.whole for item in items), Parts()) != whole:
        raise ValueError("the lines and the delivery are not the whole order")
    return items


def _fit(own: Sequence[int], total: int, weights: Sequence[int]) -> list[int]:
    """`own` with what is missing to `total` shared out by `weights`."""
    rest = total - sum(own)
    if rest < 0:
        raise ValueError("the lines have more than the order")
    return [mine + more for mine, more in zip(own, allocate(rest, weights), strict=True)]


@dataclass(frozen=True, slots=True)
class RefundShare:
    """What a refund takes from one item, and of how many units."""

    key: int
    quantity: int
    parts: Parts


def spread_over_items(items: Sequence[Item], parts: Parts) -> tuple[RefundShare, ...]:
    """Where a refund that named no lines is put down to: each part by what is left of it.

    So a lost dispute, or an amount over the whole order, is known line by line afterwards. Raises
    ValueError when it is more than is left.
    """
    unconverted = all(item.whole.mid == item.whole.seller for item in items)
    unmixed = unconverted and all(item.whole.spread == 0 for item in items)
    rows = [_columns(item.left) for item in items]
    columns = [
        allocate_refund(remaining=list(column), refund=wanted)
        for column, wanted in zip(zip(*rows, strict=True), _columns(parts), strict=True)
    ]
    shares = []
    for item, row in zip(items, zip(*columns, strict=True), strict=True):
        goods, mid, tax, duty, fees, net, commission, fee_tax = row
        seller = net + commission + fee_tax
        # Where nothing was converted the price is one amount, and stays so for each item.
        mid = seller if unconverted else mid
        goods = seller if unmixed else goods
        share = Parts(mid, goods - mid, tax, duty, fees, seller, commission, fee_tax)
        if share != Parts():
            is_last = share.goods and share.goods == item.left.goods
            shares.append(RefundShare(item.key, item.quantity_left if is_last else 0, share))
    return tuple(shares)


def _columns(parts: Parts) -> tuple[int, ...]:
    """The parts as amounts that are never negative and bind nothing but themselves."""
    return (
        parts.goods,
        parts.mid,
        parts.tax,
        parts.duty,
        parts.fees,
        parts.seller_net,
        parts.commission,
        parts.fee_tax,
    )


def after(items: Sequence[Item], shares: Sequence[RefundShare]) -> list[Item]:
    """The items once these shares have gone back too."""
    taken = {share.key: share for share in shares}
    return [
        replace(
            item,
            done=item.done + taken[item.key].parts,
            refunded_quantity=item.refunded_quantity + taken[item.key].quantity,
        )
        if item.key in taken
        else item
        for item in items
    ]
