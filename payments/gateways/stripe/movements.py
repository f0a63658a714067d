"""How Stripe booked things: its balance transactions, with its own fee and exchange."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

import stripe

from payments.gateways.base import Movement
from payments.gateways.stripe.client import (
    PAGE,
    answers,
    client,
    id_of,
    metadata_of,
    minor,
    moment,
    told,
)
from payments.states import MovementKind

# Stripe's reporting categories; its types lump disputes and failed refunds together.
KINDS = {
    "charge": MovementKind.CHARGE,
    "refund": MovementKind.REFUND,
    "refund_failure": MovementKind.REFUND_FAILED,
    "transfer": MovementKind.TRANSFER,
    "transfer_reversal": MovementKind.TRANSFER_REVERSED,
    "dispute": MovementKind.DISPUTE,
    "dispute_reversal": MovementKind.DISPUTE_REVERSED,
    "fee": MovementKind.FEE,
    "tax": MovementKind.FEE,
    "payout": MovementKind.PAYOUT,
    "payout_reversal": MovementKind.PAYOUT,
}
# Under which name each object carries our own row's id.
OURS = ("reversal", "refund", "payout", "payment")


class Movements:
    """The platform's own balance, movement by movement."""

    def movements(self, *, since: datetime, until: datetime) -> Iterator[Movement]:
        with answers():
            pages = client().v1.balance_transactions.list(
                {
                    "created": {"gte": _whole(since), "lt": _whole(until)},
                    "limit": PAGE,
                    "expand": ["data.source"],
                }
            )
            # Stripe tells the newest first.
            found = [movement(row) for row in pages.auto_paging_iter()]
        return reversed(found)

    def charge_movement(self, charge_ref: str) -> Movement | None:
        with answers():
            charge = client().v1.charges.retrieve(charge_ref, {"expand": ["balance_transaction"]})
        booked = told(charge, "balance_transaction")
        if not isinstance(booked, stripe.BalanceTransaction):
            return None
        return movement(booked, source=charge)


def _whole(at: datetime) -> int:
    """Stripe's clock has whole seconds; rounding both ends up keeps neighbouring spans apart."""
    seconds = int(at.timestamp())
    return seconds if at.microsecond == 0 else seconds + 1


def movement(row: stripe.BalanceTransaction, source: Any = None) -> Movement:
    thing = told(row, "source") if source is None else source
    currency = row.currency.upper()
    theirs = str(told(thing, "currency") or "").upper()
    converted = bool(theirs) and theirs != currency
    amount = minor(row.amount, currency)
    fee = minor(row.fee, currency)
    carried = metadata_of(thing)
    subject = next((carried[name] for name in OURS if name in carried), "")
    return Movement(
        ref=row.id,
        kind=KINDS.get(row.reporting_category, MovementKind.OTHER),
        source_ref=id_of(thing),
        subject_ref=subject,
        currency=currency,
        amount=amount,
        fee=fee,
        net=minor(row.net, currency),
        made_at=moment(row.created),
        available_on=moment(row.available_on),
        source_currency=theirs if converted else "",
        source_amount=_source_amount(thing, theirs, amount) if converted else None,
        # JSON knows no decimal: its shortest text is what Stripe wrote.
        exchange_rate=Decimal(str(rate)) if (rate := told(row, "exchange_rate")) else None,
    )


def _source_amount(thing: Any, currency: str, moved: int) -> int:
    """What was converted, in its own currency, with the sign of what it did to our balance."""
    size = minor(int(thing.amount), currency)
    return size if moved >= 0 else -size
