"""What rows must be to each other: never two for one sale, never a hole between two periods."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from itertools import combinations, pairwise

from trade.rules.reading import RulebookError
from trade.rules.rows import Duty, Effect, Fee, Import, Relief, Row, Scheme, Tax, Waiver

# Kinds of which exactly one row decides; of doubts every one that applies counts.
_DECIDING = (Import, Scheme, Relief, Duty, Tax, Fee, Waiver)
_DAY = datetime.timedelta(days=1)


def refuse_overlaps(key: str, rows: Sequence[Row[Effect]]) -> None:
    """No two rows of one kind may decide the same sale with the same right. Raises RulebookError."""
    groups: dict[tuple[object, ...], list[Row[Effect]]] = {}
    for row in rows:
        if not isinstance(row.effect, _DECIDING):
            continue
        kinds = sorted(row.effect.kinds) if isinstance(row.effect, Relief) else [""]
        for prefix in row.scope.hs:
            for kind in kinds:
                group = (type(row.effect), row.slot, kind, prefix, row.scope.rank(prefix))
                groups.setdefault(group, []).append(row)
    for members in groups.values():
        for one, two in combinations(members, 2):
            if _same_days(one, two) and one.scope.meets(two.scope):
                raise RulebookError(
                    f"{key}: rows {one.id} and {two.id} could both decide the same sale"
                )


def _same_days(one: Row[Effect], two: Row[Effect]) -> bool:
    return (two.valid_to is None or one.valid_from <= two.valid_to) and (
        one.valid_to is None or two.valid_from <= one.valid_to
    )


def refuse_gaps(key: str, rows: Sequence[Row[Effect]]) -> None:
    """Rows of one kind and scope follow each other day by day, or say why not (`after_gap`).

    Raises RulebookError.
    """
    groups: dict[tuple[object, ...], list[Row[Effect]]] = {}
    for row in rows:
        if isinstance(row.effect, _DECIDING):
            kinds = row.effect.kinds if isinstance(row.effect, Relief) else None
            groups.setdefault((type(row.effect), row.slot, kinds, row.scope), []).append(row)
    for members in groups.values():
        ordered = sorted(members, key=lambda row: row.valid_from)
        for one, two in pairwise(ordered):
            if one.valid_to is None or two.valid_from <= one.valid_to + _DAY or two.after_gap:
                continue
            raise RulebookError(
                f"{key}: no row between {one.id} (to {one.valid_to}) and {two.id} (from "
                f"{two.valid_from}); say why with after_gap"
            )
