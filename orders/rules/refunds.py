"""What goes back to a buyer, line by line, in both currencies.

A refund takes from what is left of some items of an order; whatever the order of many refunds, none
takes more than there is, and together they make the whole exactly.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from common.money import allocate_refund
from orders.rules.refund_items import Item, RefundShare
from orders.rules.refund_reasons import Policy, RefundReason, policy_of
from payments.rules.refunds import Parts

_BUYERS: Final = ("goods", "tax", "duty", "fees")


class RefundRequestError(ValueError):
    """What was asked for can't be given; `code` says why.

    NOTHING: no amount at all. TOO_MUCH: more than is left (of `key`, where one item is meant).
    STEP: no provider can pay this amount back exactly. NOT_FOR_REASON: this reason does not allow
    it (an amount where lines are meant, or the reverse).
    """

    def __init__(self, code: str, key: int | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.key = key


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """What somebody wants to give back.

    quantities: units by line. amounts: by line, what of the price of its goods, instead of units.
    Neither may name the delivery, which has no units.
    delivery, border: give the delivery (its share by value, when not all goods go back), or the
    duty and border fees, although the reason does not ask for it. amount: a plain amount over
    everything that the reason covers, instead of lines. everything: all that the reason covers.
    """

    reason: RefundReason
    quantities: Mapping[int, int] = field(default_factory=dict)
    amounts: Mapping[int, int] = field(default_factory=dict)
    delivery: bool = False
    border: bool = False
    amount: int = 0
    everything: bool = False

    @property
    def chosen(self) -> frozenset[int]:
        """The lines of which something was asked for."""
        given = {**self.quantities, **self.amounts}
        return frozenset(key for key, value in given.items() if value)

    @property
    def is_empty(self) -> bool:
        return not (self.chosen or self.delivery or self.border or self.amount or self.everything)


@dataclass(frozen=True, slots=True)
class RefundPlan:
    """A refund worked out: what it is for, and its parts, which are the sum of the shares."""

    shares: tuple[RefundShare, ...]
    parts: Parts

    @property
    def amount(self) -> int:
        """What the buyer gets back, minor units of its currency."""
        return self.parts.total

    @property
    def seller_net(self) -> int:
        """What it costs the seller: its price less the fee, and the tax on it, that go back."""
        return self.parts.seller_net


def plan_refund(
    items: Sequence[Item], request: RefundRequest, *, country: str, step: int = 1
) -> RefundPlan:
    """What `request` gives back of `items`, exactly.

    country: the buyer's. step: the smallest amount of the buyer's currency that can be paid back
    (common.currencies). Raises RefundRequestError.
    """
    policy = policy_of(request.reason, country)
    if request.is_empty:
        raise RefundRequestError("NOTHING")
    if request.amount:
        takes = _by_amount(items, request, policy, step)
    else:
        takes = _by_items(items, request, policy, step)
    if not _total(takes):
        raise RefundRequestError("NOTHING")
    is_last = _total(takes) == sum(item.left.total for item in items)
    shares = []
    for item in items:
        take = takes[item.key]
        # With the last unit of the buyer's money goes what rounding has left on the seller's side.
        parts = item.left if is_last else _parts(item, take)
        if parts != Parts():
            quantity = _units(item, request, parts)
            shares.append(RefundShare(item.key, quantity, parts))
    return RefundPlan(tuple(shares), sum((share.parts for share in shares), Parts()))


Take = dict[str, int]


def _left(item: Item) -> Take:
    left = item.left
    return {"goods": left.goods, "tax": left.tax, "duty": left.duty, "fees": left.fees}


def _total(takes: Mapping[int, Take]) -> int:
    return sum(sum(take.values()) for take in takes.values())


def _by_items(
    items: Sequence[Item], request: RefundRequest, policy: Policy, step: int
) -> dict[int, Take]:
    if request.chosen and not policy.by_lines:
        raise RefundRequestError("NOT_FOR_REASON")
    for item in items:
        if item.is_delivery and item.key in request.chosen:
            raise RefundRequestError("TOO_MUCH", item.key)
    lines = [item for item in items if not item.is_delivery]
    goods = {item.key: _goods(item, request) for item in lines}
    takes = {}
    for item in items:
        left, take = _left(item), dict.fromkeys(_BUYERS, 0)
        if item.is_delivery:
            take["goods"] = _delivery(left["goods"], lines, goods, request, policy)
        else:
            take["goods"] = goods[item.key]
        for name in _charges(request, policy) if _is_meant(item, take, request) else ():
            # What is left of a charge goes with the last of the goods, also where they went before.
            take[name] = left[name]
            if take["goods"] < left["goods"]:
                take[name] = _share(left[name] // step, take["goods"], left["goods"]) * step
        takes[item.key] = take
    _shave(takes, items, step)
    return takes


def _is_meant(item: Item, take: Take, request: RefundRequest) -> bool:
    """Whether the charges of an item come into it: with its goods, or after them where ticked."""
    if take["goods"] or request.everything or item.key in request.chosen:
        return True
    return request.border and not item.left.goods


def _charges(request: RefundRequest, policy: Policy) -> tuple[str, ...]:
    tax = ("tax",) if policy.tax else ()
    border = ("duty", "fees") if policy.border or request.border else ()
    return tax + border


def _goods(item: Item, request: RefundRequest) -> int:
    """How much of a line's price goes back."""
    left = item.left.goods
    if request.everything:
        return left
    quantity, amount = request.quantities.get(item.key, 0), request.amounts.get(item.key, 0)
    if amount:
        if not 0 < amount <= left:
            raise RefundRequestError("TOO_MUCH", item.key)
        return amount
    if not 0 <= quantity <= item.quantity_left:
        raise RefundRequestError("TOO_MUCH", item.key)
    return _share(left, quantity, item.quantity_left)


def _delivery(
    left: int,
    lines: Sequence[Item],
    goods: Mapping[int, int],
    request: RefundRequest,
    policy: Policy,
) -> int:
    """How much of the delivery goes back: all of it with the last of the goods, else if ticked.

    Ticked alone it goes back whole; with some of the goods by their share of what is left of them.
    """
    before, now = sum(item.left.goods for item in lines), sum(goods.values())
    if now == before and (policy.delivery or request.delivery):
        return left
    if not request.delivery:
        return 0
    return _share(left, now, before) if now else left


def _shave(takes: dict[int, Take], items: Sequence[Item], step: int) -> None:
    """Make the sum payable: what is less than a step stays for the next refund.

    When everything is taken there is nothing to shave: the order's total was charged.
    """
    rest = _total(takes) % step
    if not rest:
        return
    if _total(takes) == sum(item.left.total for item in items):
        raise RefundRequestError("STEP")
    places = [(take[name], key, name) for key, take in takes.items() for name in _BUYERS]
    for most, key, name in sorted(places, key=lambda place: (-place[0], place[1], place[2])):
        less = min(rest, most)
        takes[key][name] -= less
        rest -= less
        if not rest:
            return


def _by_amount(
    items: Sequence[Item], request: RefundRequest, policy: Policy, step: int
) -> dict[int, Take]:
    if not policy.amount or request.chosen or request.everything:
        raise RefundRequestError("NOT_FOR_REASON")
    if request.amount % step:
        raise RefundRequestError("STEP")
    names = ("goods", *_charges(request, policy))
    covered = [item for item in items if policy.delivery or not item.is_delivery]
    pool = [(item.key, name, _left(item)[name]) for item in covered for name in names]
    if not 0 < request.amount <= sum(left for key, name, left in pool):
        raise RefundRequestError("TOO_MUCH")
    takes = {item.key: dict.fromkeys(_BUYERS, 0) for item in items}
    shares = allocate_refund(remaining=[left for _, _, left in pool], refund=request.amount)
    for (key, name, _), share in zip(pool, shares, strict=True):
        takes[key][name] = share
    return takes


def _units(item: Item, request: RefundRequest, parts: Parts) -> int:
    """How many units a share stands for: those asked for, or all that are left with the last of it."""
    if item.left.goods == parts.goods and (parts.goods or request.everything):
        return item.quantity_left
    return request.quantities.get(item.key, 0) if item.key not in request.amounts else 0


def _parts(item: Item, take: Take) -> Parts:
    """The parts behind what the buyer gets back of an item.

    Each is a share of what is left of it, so that none is ever negative, the last refund empties
    all of them, and fee and tax on it never exceed the price that they are part of.
    """
    left, goods = item.left, take["goods"]
    mid, seller, fees, commission = (
        _share(part, goods, left.goods)
        for part in (left.mid, left.seller, left.commission + left.fee_tax, left.commission)
    )
    return Parts(
        mid=mid,
        spread=goods - mid,
        tax=take["tax"],
        duty=take["duty"],
        fees=take["fees"],
        seller=seller,
        commission=commission,
        fee_tax=fees - commission,
    )


def _share(part: int, done: int, whole: int) -> int:
    """part × done / whole to the nearest unit, halves down; nothing of nothing."""
    if whole == 0:
        return 0
    return -((-2 * part * done + whole) // (2 * whole))
