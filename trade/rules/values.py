"""The words of the customs desk: what is asked (`Consignment`) and what is answered (`LandedCost`).

All values are frozen. Amounts are `Money` in one currency a consignment, as a rule the
destination's own; nothing here knows Django, a clock or a database.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from common.money import Money

# (from currency, to currency) -> units of the second for one of the first, or None if not known.
# The caller chooses the legally right rate and day; the engine only multiplies.
Rates = Callable[[str, str], Decimal | None]


class Channel(StrEnum):
    """How the sale reaches the buyer, which decides who answers for the tax."""

    MARKETPLACE = "marketplace"
    """Sold through a platform, which the law may treat as the supplier (Freeport's own sales)."""
    POST = "post"
    """Sold by the seller directly, carried by the postal service."""
    COURIER = "courier"
    """Sold by the seller directly, carried by an express carrier."""


class Carriage(StrEnum):
    """What physically carries the parcel, where a rule depends on it."""

    UNSTATED = "unstated"
    POST = "post"
    AIR = "air"
    SEA = "sea"


class Terms(StrEnum):
    """Who bears duty and tax that no scheme settles at the sale (delivered duty paid, or at place)."""

    DDP = "ddp"
    DAP = "dap"


class Buyer(StrEnum):
    """Who buys: most simplified schemes are for people, not for businesses."""

    PRIVATE = "private"
    BUSINESS = "business"
    """A business with a tax number of its own in the destination."""


class Purpose(StrEnum):
    """Why the goods travel."""

    SALE = "sale"
    GIFT = "gift"
    """From one private person to another, without payment."""
    SAMPLE = "sample"
    """Commercial, without payment, to be tried or shown."""


class ChargeKind(StrEnum):
    DUTY = "duty"
    TAX = "tax"
    FEE = "fee"


class Collector(StrEnum):
    PLATFORM = "platform"
    """Freeport, at checkout."""
    CARRIER = "carrier"
    """The post or courier, from the buyer, before delivery."""
    CUSTOMS = "customs"
    """The customs authority, from the buyer as importer."""
    SELLER = "seller"
    """The seller under its own registration, in the price it asks."""
    NOBODY = "nobody"
    """Nothing is due."""


class Certainty(StrEnum):
    GUARANTEED = "guaranteed"
    ESTIMATE = "estimate"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class GoodsLine:
    """One line of goods in a parcel.

    hs_code: digits only, two to ten, or "" when the goods are not classified.
    origin: ISO 3166 country where the goods were made, or "" when not stated.
    value: the whole line (unit price times quantity), without delivery and without tax.
    stated_duty_rate: a duty rate that the declarant states (0.05 is 5 %); it stands in for a
    rulebook row that is missing and makes the result an estimate.
    tax_band: "" lets the code decide the tax rate; "reduced" says that the reduced one applies.
    weight_g: net weight of the whole line in grams, None while not known.
    preference: a proof of preferential origin goes with the goods, and the preference is claimed.
    """

    key: str
    hs_code: str
    origin: str
    quantity: int
    value: Money
    weight_g: int | None = None
    description: str = ""
    stated_duty_rate: Decimal | None = None
    tax_band: str = ""
    preference: bool = False


@dataclass(frozen=True, slots=True)
class Consignment:
    """One seller's parcel to one buyer. Raises ValueError when it makes no sense.

    destination, dispatched_from: ISO 3166 countries; dispatched_from may be "" when not known.
    delivery: what the buyer pays for transport, without tax.
    region: the destination's subdivision where the rules differ by it ("ON", "NI", "CN").
    seller_registered: the seller itself is registered for the destination's tax.
    scheme: a marketplace sale goes through the destination's simplified scheme (IOSS, VOEC …).
    prices_include_tax: value and delivery already contain the destination's tax on the sale.
    elections: methods the declarant chose where the law gives a choice ("specific-duty").
    """

    destination: str
    dispatched_from: str
    date: datetime.date
    channel: Channel
    lines: tuple[GoodsLine, ...]
    delivery: Money
    region: str = ""
    seller_registered: bool = False
    scheme: bool = True
    terms: Terms = Terms.DDP
    carriage: Carriage = Carriage.UNSTATED
    prices_include_tax: bool = False
    elections: frozenset[str] = frozenset()
    buyer: Buyer = Buyer.PRIVATE
    purpose: Purpose = Purpose.SALE

    def __post_init__(self) -> None:
        if not self.lines:
            raise ValueError("a consignment has at least one line")
        currency = self.delivery.currency
        if self.delivery.amount < 0:
            raise ValueError("delivery is never negative")
        for line in self.lines:
            if line.value.currency != currency:
                raise ValueError(f"line {line.key} is in {line.value.currency}, not {currency}")
            if line.value.amount < 0 or line.quantity < 1:
                raise ValueError(f"line {line.key} needs a value of 0 or more and a quantity")
            if line.weight_g is not None and line.weight_g < 0:
                raise ValueError(f"line {line.key}: a weight is never negative")
            if line.hs_code and not line.hs_code.isdigit():
                raise ValueError(f"line {line.key}: a tariff code is digits only")


@dataclass(frozen=True, slots=True)
class Charge:
    """One amount due (or known to be nil), with the rulebook row that says so.

    rate: 0.12 for 12 %, None for a fixed amount. base: what the rate applies to.
    line_key: the goods line it belongs to, None for the whole consignment.
    included: the amount is already inside the prices given, and is not added to them.
    in_force_since: the first day of the row; law: the row's legal reference.
    scheme: the key of the scheme that settles this tax with the sale ("ioss"), "" at the border.
    preferential: a lower duty that was claimed with a proof of the goods' origin.
    """

    kind: ChargeKind
    name: str
    line_key: str | None
    base: Money
    rate: Decimal | None
    rate_text: str
    amount: Money
    row_id: str
    collected_by: Collector
    certainty: Certainty
    base_text: str = "goods"
    law: str = ""
    in_force_since: datetime.date | None = None
    included: bool = False
    scheme: str = ""
    preferential: bool = False


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something that no row answers, or that a row declares to be in doubt; never a zero.

    code: what is not known, translated by the interface (`trade.selectors.say_unknown`).
    certainty: UNKNOWN when an amount is missing from the total, ESTIMATE when only a doubt is left.
    row_id: the row that declares the doubt, "" when there is no row at all.
    """

    kind: ChargeKind
    code: str
    line_key: str | None = None
    row_id: str = ""
    certainty: Certainty = Certainty.UNKNOWN
    params: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class LandedCost:
    """The answer: every charge with its row, what is not known, and how far to trust it."""

    currency: str
    goods: Money
    delivery: Money
    charges: tuple[Charge, ...]
    unknowns: tuple[Unknown, ...]
    certainty: Certainty
    regime: str
    row_ids: tuple[str, ...]

    def total(self, kind: ChargeKind | None = None) -> Money:
        """Sum of the known charges, of one kind or of all, in minor units of `currency`."""
        amount = sum(c.amount.amount for c in self.charges if kind is None or c.kind is kind)
        return Money(amount, self.currency)

    def collected_by(self, collector: Collector) -> Money:
        """Sum of the charges that `collector` asks for, without those inside the price."""
        amount = sum(
            c.amount.amount for c in self.charges if c.collected_by is collector and not c.included
        )
        return Money(amount, self.currency)

    @property
    def to_the_door(self) -> Money:
        """Goods, delivery and every known charge. Incomplete while `certainty` is UNKNOWN."""
        amount = self.goods.amount + self.delivery.amount
        amount += sum(c.amount.amount for c in self.charges if not c.included)
        return Money(amount, self.currency)

    def is_unknown(self, kind: ChargeKind) -> bool:
        """Whether an amount of this kind is missing from the charges."""
        return any(u.kind is kind and u.certainty is Certainty.UNKNOWN for u in self.unknowns)
