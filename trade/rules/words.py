"""A charge as the parts of a sentence; the interface puts them into the reader's language."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from enum import StrEnum

from trade.rules.values import Charge, ChargeKind


class Form(StrEnum):
    """Which sentence it is."""

    NOTHING = "nothing"
    """A row says that nothing is due."""
    RATE = "rate"
    """A rate of a base."""
    PER_ITEM = "per-item"
    """An amount for each tariff item."""
    PER_UNIT = "per-unit"
    """An amount for each unit."""
    FIXED = "fixed"
    """An amount for the consignment."""
    PREFERENCE = "preference"
    """A lower rate that was claimed with a proof of origin."""
    STATED = "stated"
    """A rate that the declarant states, without a row."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """What there is to say of a charge. base: words joined by "+" (goods, delivery, duty)."""

    form: Form
    name: str
    rate: str
    base: tuple[str, ...]
    law: str
    since: datetime.date | None


def explain(charge: Charge) -> Sentence:
    """The parts of "Duty: 12 % of goods and delivery (EU tariff 6109 10), in force since …"."""
    rate, _, measure = charge.rate_text.partition("/")
    if charge.in_force_since is None:
        form = Form.STATED
    elif charge.preferential and charge.rate is not None:
        form = Form.PREFERENCE
    elif not charge.amount.amount:
        form = Form.NOTHING
    elif measure == "item":
        form = Form.PER_ITEM
    elif charge.kind is ChargeKind.FEE:
        form = Form.FIXED
    elif measure == "unit":
        form = Form.PER_UNIT
    else:
        form = Form.RATE
    return Sentence(
        form=form,
        name=charge.name,
        rate=rate,
        base=tuple(charge.base_text.split("+")),
        law=charge.law,
        since=charge.in_force_since,
    )
