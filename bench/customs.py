"""How many parcels a core prices in a second, beside a straight-line function for one case."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from time import process_time

from common.money import Money
from trade.rules import Channel, Consignment, GoodsLine, landed_cost, landed_cost_range
from trade.selectors import shipped_rulebook

BATCH = 500
STRAIGHT = "straight-line function for the German case"
VALUES = {"DE": "40", "JP": "20000", "US": "100", "IN": "10000", "CA": "200"}


def parcel(lines: int = 1, *, destination: str = "DE", hs_code: str = "610910") -> Consignment:
    """A marketplace parcel from Vietnam, in the destination's own currency."""
    currency = shipped_rulebook().currency(destination) or "EUR"
    value = Money.from_decimal(Decimal(VALUES[destination]), currency)
    return Consignment(
        destination=destination,
        dispatched_from="VN",
        date=datetime.date(2026, 11, 24),
        channel=Channel.MARKETPLACE,
        lines=tuple(
            GoodsLine(str(number), hs_code, "VN", 1, Money(value.amount // lines, currency))
            for number in range(lines)
        ),
        delivery=Money(value.amount // 8, currency),
    )


def straight_line(goods: int, delivery: int) -> tuple[int, int, int]:
    """The same case without a rulebook: duty, tax and total in cents."""
    duty = 300
    base = Decimal(goods + delivery + duty)
    tax = int((base * Decimal("0.19")).quantize(Decimal(1), rounding=ROUND_HALF_UP))
    return duty, tax, goods + delivery + duty + tax


def per_second(call: Callable[[], object], *, seconds: float = 1.0) -> float:
    """Calls a second of processor time."""
    call()
    count, start = 0, process_time()
    while (spent := process_time() - start) < seconds:
        for _ in range(BATCH):
            call()
        count += BATCH
    return count / spent


def measure(*, seconds: float = 1.0) -> dict[str, float]:
    """Quotes a second, and the same of the straight-line function."""
    rulebook = shipped_rulebook()
    asked = {
        "Germany, one line": parcel(),
        "Germany, five lines": parcel(5),
        "Japan, floors at every step": parcel(destination="JP"),
        "United States, duties that stack": parcel(destination="US"),
        "India, a surcharge on the duty": parcel(destination="IN"),
    }
    rates = {
        words: per_second(partial(landed_cost, one, rulebook), seconds=seconds)
        for words, one in asked.items()
    }
    short = parcel(hs_code="61", destination="CA")
    rates["Canada, a range for a code of two digits"] = per_second(
        partial(landed_cost_range, short, rulebook), seconds=seconds
    )
    return {
        **rates,
        STRAIGHT: per_second(lambda: straight_line(4_000, 500), seconds=seconds),
    }


def main(_arguments: Sequence[str]) -> None:
    """A table for people."""
    found = measure()
    print("| parcels priced a second of one core | | ÷ straight line |\n|---|--:|--:|")
    for words, rate in found.items():
        print(f"| {words} | {rate:,.0f} | {rate / found[STRAIGHT]:.3f} |")
