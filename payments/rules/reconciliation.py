"""Comparing a provider's account statement with our books; pure.

Both sides are sums by subject (a payment, a refund, a payout, a reversal or a dispute) and currency.
A refund that failed has moved money twice and sums to nothing on both sides; a charge that the
provider converted is only in the currency it was converted into.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

Sums = Mapping[str, Mapping[str, int]]


class DifferenceKind(StrEnum):
    """MISSING: in our books, not at the provider. EXTRA: the reverse. DIFFERENT: other amounts."""

    MISSING = "MISSING"
    EXTRA = "EXTRA"
    DIFFERENT = "DIFFERENT"


@dataclass(frozen=True, slots=True)
class Finding:
    """One subject and currency in which the two sides disagree; None: that side knows nothing."""

    kind: DifferenceKind
    subject: str
    currency: str
    ours: int | None
    theirs: int | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """matched: subjects of which both sides say the same."""

    matched: int
    findings: tuple[Finding, ...]


def compare(*, subjects: Iterable[str], ours: Sums, theirs: Sums) -> Comparison:
    """Compare every subject; sums of zero say nothing, so a payment undone on one side is missing.

    A subject that sums to nothing on both sides matches.
    """
    matched = 0
    findings: list[Finding] = []
    for subject in sorted(set(subjects)):
        found = _differences(subject, _moved(ours, subject), _moved(theirs, subject))
        findings += found
        matched += not found
    return Comparison(matched, tuple(findings))


def _moved(sums: Sums, subject: str) -> dict[str, int]:
    return {currency: amount for currency, amount in sums.get(subject, {}).items() if amount}


def _differences(subject: str, ours: Mapping[str, int], theirs: Mapping[str, int]) -> list[Finding]:
    """MISSING or EXTRA only where one side has nothing at all of the subject."""
    if not theirs:
        kind = DifferenceKind.MISSING
    elif not ours:
        kind = DifferenceKind.EXTRA
    else:
        kind = DifferenceKind.DIFFERENT
    return [
        Finding(kind, subject, currency, ours.get(currency), theirs.get(currency))
        for currency in sorted(ours.keys() | theirs.keys())
        if ours.get(currency, 0) != theirs.get(currency, 0)
    ]
