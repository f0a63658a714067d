"""Rules of baskets and purchases that need nothing but values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final, TypeVar

from common.addresses import PostalAddress
from payments.rules.rates import MidRate, RateTable

MAX_QUANTITY: Final = 999
MAX_BASKET_LINES: Final = 100
# Minor units of one order. Providers take twelve digits at most, and what a seller is owed for it
# fits its column whatever the rate.
MOST_CHARGED: Final = 10**12 - 1
# No letter or digit that can be taken for another one when read aloud or copied by hand.
NUMBER_ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
NUMBER_LENGTH: Final = 8
REGION_LENGTH: Final = 3

Key = TypeVar("Key")


class LineProblem(StrEnum):
    """Why a basket line can't be bought as it stands.

    GONE: no longer on sale. SOLD_OUT: none left. FEWER: less left than wanted. NO_DELIVERY: the
    seller does not deliver to this country. REFUSED: the carriers of all its options there do not take
    such goods. FORBIDDEN: may not be sent there. NO_RATE: no exchange
    rate that may be promised. TOO_MUCH: no payment is that large.
    """

    GONE = "GONE"
    SOLD_OUT = "SOLD_OUT"
    FEWER = "FEWER"
    NO_DELIVERY = "NO_DELIVERY"
    REFUSED = "REFUSED"
    FORBIDDEN = "FORBIDDEN"
    NO_RATE = "NO_RATE"
    TOO_MUCH = "TOO_MUCH"


def stock_problem(*, on_sale: bool, available: int, quantity: int) -> LineProblem | None:
    """What keeps `quantity` units from being bought, or None."""
    if not on_sale:
        return LineProblem.GONE
    if available <= 0:
        return LineProblem.SOLD_OUT
    if available < quantity:
        return LineProblem.FEWER
    return None


def clamp_quantity(quantity: int) -> int:
    """A typed quantity within what one basket line may hold; zero means: take it out."""
    return max(0, min(quantity, MAX_QUANTITY))


def merged_quantities(mine: Mapping[Key, int], theirs: Mapping[Key, int]) -> dict[Key, int]:
    """Quantities of two baskets of the same person.

    The larger counts, not the sum: somebody who put the same cup into the basket on the phone and
    on the laptop meant one cup.
    """
    merged = dict(mine)
    for key, quantity in theirs.items():
        merged[key] = clamp_quantity(max(quantity, merged.get(key, 0)))
    return merged


def destination_region(address: PostalAddress) -> str:
    """The subdivision that duty and tax rules may tell apart: a state's code, or Northern Ireland.

    Northern Ireland follows the EU's rules for goods (Windsor Framework); its addresses are told
    by their postcode, because British addresses name no region.
    """
    if address.country_code == "GB":
        return "NI" if address.postal_code.upper().startswith("BT") else ""
    area = address.country_area
    return area.upper() if area.isalnum() and len(area) <= REGION_LENGTH else ""


def format_purchase_number(digits: Sequence[int]) -> str:
    """NUMBER_LENGTH random numbers below len(NUMBER_ALPHABET) as "K7M2-9QXD"."""
    letters = "".join(NUMBER_ALPHABET[digit] for digit in digits)
    half = NUMBER_LENGTH // 2
    return f"{letters[:half]}-{letters[half:]}"


def order_number(purchase_number: str, position: int) -> str:
    """The number of a purchase's order; positions count from 1."""
    return f"{purchase_number}-{position}"


@dataclass(frozen=True, slots=True)
class Amounts:
    """The five parts of what a buyer pays, minor units of one currency."""

    goods: int = 0
    delivery: int = 0
    duty: int = 0
    tax: int = 0
    fees: int = 0

    @property
    def total(self) -> int:
        return self.goods + self.delivery + self.duty + self.tax + self.fees

    def __add__(self, other: Amounts) -> Amounts:
        return Amounts(
            self.goods + other.goods,
            self.delivery + other.delivery,
            self.duty + other.duty,
            self.tax + other.tax,
            self.fees + other.fees,
        )


@dataclass(frozen=True, slots=True)
class PromisedRate:
    """What a quote promises: units of the buyer's currency for one of the seller's."""

    mid: Decimal
    rate: Decimal
    source: str
    as_of: date


@dataclass(frozen=True, slots=True)
class PromisedRates(RateTable):
    """Today's rates, but for the pairs that were promised to a buyer: those stay as promised."""

    promised: Mapping[tuple[str, str], PromisedRate] = field(default_factory=dict)

    # Zero-argument super() does not work in a dataclass with slots.
    def mid(self, from_currency: str, to_currency: str) -> MidRate:
        promise = self.promised.get((from_currency, to_currency))
        if promise is None:
            return RateTable.mid(self, from_currency, to_currency)
        return MidRate(promise.mid, promise.source, promise.as_of)

    def price_rate(self, from_currency: str, to_currency: str) -> Decimal:
        promise = self.promised.get((from_currency, to_currency))
        if promise is None:
            return RateTable.price_rate(self, from_currency, to_currency)
        return promise.rate


def promised_rates(
    table: RateTable, promised: Mapping[tuple[str, str], PromisedRate]
) -> PromisedRates:
    """`table` with some pairs as they were promised."""
    return PromisedRates(
        on=table.on,
        rates=table.rates,
        spread_bp=table.spread_bp,
        spreads=table.spreads,
        promised=promised,
    )
