"""What a match with a sanctions list and a buyer's tax number may become."""

from __future__ import annotations

from enum import StrEnum

from common.states import Machine


class ScreeningState(StrEnum):
    """OPEN: nobody has looked yet. CLEARED: somebody else of a similar name. CONFIRMED: it is them."""

    OPEN = "OPEN"
    CLEARED = "CLEARED"
    CONFIRMED = "CONFIRMED"


SCREENING = Machine(
    ScreeningState.OPEN,
    {
        ScreeningState.OPEN: frozenset({ScreeningState.CLEARED, ScreeningState.CONFIRMED}),
        ScreeningState.CLEARED: frozenset({ScreeningState.CONFIRMED}),
        ScreeningState.CONFIRMED: frozenset({ScreeningState.CLEARED}),
    },
)


class TaxNumberState(StrEnum):
    """UNANSWERED: nobody has confirmed it; it counts for nothing. CONFIRMED: by its authority or a
    moderator. REFUSED: the authority doesn't know it, or a moderator said no."""

    UNANSWERED = "UNANSWERED"
    CONFIRMED = "CONFIRMED"
    REFUSED = "REFUSED"


TAX_NUMBER = Machine(
    TaxNumberState.UNANSWERED,
    {
        TaxNumberState.UNANSWERED: frozenset({TaxNumberState.CONFIRMED, TaxNumberState.REFUSED}),
        TaxNumberState.CONFIRMED: frozenset({TaxNumberState.REFUSED}),
        TaxNumberState.REFUSED: frozenset({TaxNumberState.CONFIRMED}),
    },
)
