"""What a match with a sanctions list may become: a moderator says whether it is the same party."""

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
