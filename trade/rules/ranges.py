"""What a parcel may cost while its goods have only a short tariff code: least, usual and most.

Four digits of a tariff stand for many rates. The engine answers for every finer code that some row
of the rulebook tells apart, and the range says how far that moves the total.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from trade.rules.engine import landed_cost
from trade.rules.rulebook import Rulebook
from trade.rules.values import Certainty, ChargeKind, Consignment, LandedCost, Rates

FULL_CODE = 6


@dataclass(frozen=True, slots=True)
class LandedCostRange:
    """Three answers for one parcel; all the same where every code is known to six digits.

    typical: for the short code itself where the rulebook has a row for it, else the middle one.
    """

    low: LandedCost
    typical: LandedCost
    high: LandedCost

    @property
    def is_wide(self) -> bool:
        return self.low.total() != self.high.total()


def landed_cost_range(
    consignment: Consignment, rulebook: Rulebook, *, rates: Rates | None = None
) -> LandedCostRange:
    """Like `landed_cost`, for codes of any length. Amounts in minor units of the quote's currency.

    What no row answers for some finer code is left out of the range; where no row answers any,
    all three are the same unknown.
    """
    plain = landed_cost(consignment, rulebook, rates=rates)
    snapshot = rulebook.at(consignment.destination, consignment.date)
    lows, highs, middles = ([*consignment.lines] for _ in range(3))
    moved = False
    for index, line in enumerate(consignment.lines):
        if snapshot is None or not line.hs_code or len(line.hs_code) >= FULL_CODE:
            continue
        answers: list[tuple[int, str]] = []
        for code in (line.hs_code, *snapshot.finer(line.hs_code)):
            lines = [*consignment.lines]
            lines[index] = replace(line, hs_code=code)
            answer = landed_cost(replace(consignment, lines=tuple(lines)), rulebook, rates=rates)
            if not _duty_missing(answer, line.key):
                answers.append((answer.total().amount, code))
        if not answers:
            continue
        moved = True
        answers.sort()
        own = [code for _, code in answers if code == line.hs_code]
        lows[index] = replace(line, hs_code=answers[0][1])
        highs[index] = replace(line, hs_code=answers[-1][1])
        middles[index] = replace(line, hs_code=own[0] if own else answers[len(answers) // 2][1])
    if not moved:
        return LandedCostRange(plain, plain, plain)
    low, typical, high = (
        landed_cost(replace(consignment, lines=tuple(lines)), rulebook, rates=rates)
        for lines in (lows, middles, highs)
    )
    return LandedCostRange(low, _as_estimate(typical), high)


def _duty_missing(answer: LandedCost, key: str) -> bool:
    return any(
        u.kind is ChargeKind.DUTY and u.certainty is Certainty.UNKNOWN and u.line_key in (None, key)
        for u in answer.unknowns
    )


def _as_estimate(answer: LandedCost) -> LandedCost:
    """A guess within a range is never guaranteed."""
    if answer.certainty is Certainty.GUARANTEED:
        return replace(answer, certainty=Certainty.ESTIMATE)
    return answer
