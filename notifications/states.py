"""States of an effect that happens outside the database."""

from __future__ import annotations

from enum import StrEnum

from common.states import Machine


class EffectState(StrEnum):
    """PENDING until somebody has done it (DONE) or it can't be done (FAILED)."""

    PENDING = "PENDING"
    DONE = "DONE"
    FAILED = "FAILED"


EFFECT = Machine(
    EffectState.PENDING,
    {
        EffectState.PENDING: frozenset({EffectState.DONE, EffectState.FAILED}),
        EffectState.DONE: frozenset(),
        EffectState.FAILED: frozenset({EffectState.PENDING}),
    },
)
