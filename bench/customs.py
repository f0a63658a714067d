"""How many parcels a core prices in a second, beside a straight-line function for one case."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from time import process_time

from common.money import Money
from trade.rules import Channel, Consignment, GoodsLine, landed_cost
from trade.selectors import shipped_rulebook

BATCH = 2_000


def parcel(lines: int = 1) -> Consignment:
    """A marketplace parcel to Germany under the flat duty."""
    return Consignment(
        destination="DE",
        dispatched_from="VN",
        date=datetime.date(2026, 11, 24),
        channel=Channel.MARKETPLACE,
        lines=tuple(
            GoodsLine(str(number), "610910", "VN", 1, Money(4_000 // lines, "EUR"))
            for number in range(lines)
        ),
        delivery=Money(500, "EUR"),
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
    """Quotes a second: one line, five lines, and the straight-line function."""
    rulebook = shipped_rulebook()
    one, five = parcel(), parcel(5)
    return {
        "one line": per_second(lambda: landed_cost(one, rulebook), seconds=seconds),
        "five lines": per_second(lambda: landed_cost(five, rulebook), seconds=seconds),
        "straight line": per_second(lambda: straight_line(4_000, 500), seconds=seconds),
    }


def main(_arguments: Sequence[str]) -> None:
    """A table for people."""
    print("| parcels priced a second of one core | |\n|---|--:|")
    for words, rate in measure().items():
        print(f"| {words} | {rate:,.0f} |")
