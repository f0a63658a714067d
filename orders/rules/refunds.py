"""What goes back to a buyer for which reason, line by line, in both currencies.

An order is a row of items: its lines, and its delivery. Each has what the buyer paid for it (goods
at the middle rate, spread, and its share of tax, duty and border fees) and what its seller is owed
for it. A refund takes from what is left of some items; whatever the order of many refunds, none
takes more than there is, and together they make the whole exactly.

docs/refunds.md says the same in words for people.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from common.money import allocate, allocate_refund
from payments.rules.refunds import Parts

DELIVERY: Final = 0
"""The key of the delivery among the items; lines have their own ids, which are positive."""

_BUYERS: Final = ("goods", "tax", "duty", "fees")


class RefundReason(StrEnum):
    """Why money goes back. AGREED: so much was settled on, for whatever reason (a case's end, a
    moderator). CHARGEBACK: the buyer's bank took it."""

    CANCELLED = "CANCELLED"
    NOT_ARRIVED = "NOT_ARRIVED"
    NOT_AS_DESCRIBED = "NOT_AS_DESCRIBED"
    CHANGED_MIND = "CHANGED_MIND"
    GOODWILL = "GOODWILL"
    AGREED = "AGREED"
    CHARGEBACK = "CHARGEBACK"


class ReturnPayer(StrEnum):
    """Who pays for sending goods back."""

    NOBODY = "NOBODY"  # nothing is sent back
    SELLER = "SELLER"
    BUYER = "BUYER"


@dataclass(frozen=True, slots=True)
class Policy:
    """What goes back for one reason.

    tax, border: whether the tax, and the duty and border fees, of what is refunded go back too.
    delivery: whether the delivery goes back once all goods have. by_lines: whether lines can be
    chosen. amount: whether a plain amount can be given instead.
    """

    tax: bool
    border: bool
    delivery: bool
    by_lines: bool
    amount: bool
    return_payer: ReturnPayer


_ALL: Final = Policy(
    tax=True,
    border=True,
    delivery=True,
    by_lines=False,
    amount=False,
    return_payer=ReturnPayer.NOBODY,
)
POLICIES: Final[Mapping[RefundReason, Policy]] = {
    RefundReason.CANCELLED: _ALL,
    RefundReason.NOT_ARRIVED: replace(_ALL, by_lines=True, amount=True),
    RefundReason.NOT_AS_DESCRIBED: replace(
        _ALL, by_lines=True, amount=True, return_payer=ReturnPayer.SELLER
    ),
    RefundReason.CHANGED_MIND: Policy(
        tax=True,
        border=False,
        delivery=False,
        by_lines=True,
        amount=False,
        return_payer=ReturnPayer.BUYER,
    ),
    RefundReason.GOODWILL: Policy(
        tax=False,
        border=False,
        delivery=False,
        by_lines=False,
        amount=True,
        return_payer=ReturnPayer.NOBODY,
    ),
    RefundReason.AGREED: replace(_ALL, amount=True),
    RefundReason.CHARGEBACK: replace(_ALL, amount=True),
}

# Where a buyer may change its mind by law within fourteen days of receipt: the countries of the
# European Union, and Great Britain.
WITHDRAWAL_COUNTRIES: Final = frozenset(
    [
        "AT",
        "BE",
        "BG",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "ES",
        "FI",
        "FR",
        "GR",
        "HR",
        "HU",
        "IE",
        "IT",
        "LT",
        "LU",
        "LV",
        "MT",
        "NL",
        "PL",
        "PT",
        "RO",
        "SE",
        "SI",
        "SK",
        "GB",
    ]
)
WITHDRAWAL_DAYS: Final = 14


def policy_of(reason: RefundReason, country: str) -> Policy:
    """What goes back for `reason` to a buyer in `country` (ISO 3166).

    Who withdraws from a distance contract within its fourteen days is owed the price and the
    outbound standard delivery, and pays for sending the goods back itself: Directive 2011/83/EU,
    articles 9, 13 and 14; in Great Britain the Consumer Contracts Regulations 2013, regulations 34
    and 35. Which part of a delivery was dearer than the standard one is not known here, so all of
    it goes back. Elsewhere no law of that kind is known to us and the seller decides.
    """
    policy = POLICIES[reason]
    if reason is RefundReason.CHANGED_MIND and country in WITHDRAWAL_COUNTRIES:
        return replace(policy, delivery=True)
    return policy


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
class RefundRequest:
    """What somebody wants to give back.

    quantities: units by line. amounts: by line, what of the price of its goods, instead of units.
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
class RefundShare:
    """What a refund takes from one item, and of how many units."""

    key: int
    quantity: int
    parts: Parts


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
    if not policy.amount or request.quantities or request.amounts or request.everything:
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


def _share(part: int, done: int, whole: int) -> int:
    """part × done / whole to the nearest unit, halves down; nothing of nothing."""
    if whole == 0:
        return 0
    return -((-2 * part * done + whole) // (2 * whole))
