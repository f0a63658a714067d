"""What the provider really did with the money: its fee, and the rate at which it converted.

Our books take a charge at what the buyer paid. Where the provider keeps another currency, or a part
for itself, one more entry says so; the difference between its rate and our middle rate is exchange
gain or loss, never hidden in somebody's price.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max

from common.money import Money
from common.sweeps import ROW_FAILURES
from payments.gateways import charge_gateway
from payments.gateways.base import Movement, ProviderRefused, ProviderUnavailable
from payments.models import (
    BalanceTransaction,
    Payment,
    Payout,
    ProviderDispute,
    Refund,
    Reversal,
)
from payments.rules.rates import RateUnavailableError
from payments.selectors.rates import rate_table
from payments.services.ledger import Leg, post_entry
from payments.states import AccountKind, EntryKind, MovementKind

logger = logging.getLogger(__name__)
# A provider may list a movement a little after it was made.
OVERLAP = timedelta(hours=2)
FIRST_LOOK_BACK = timedelta(days=3)
# The fee of a dispute is booked with the dispute, which names it too.
FEE_BOOKED_ELSEWHERE = frozenset({MovementKind.DISPUTE, MovementKind.DISPUTE_REVERSED})
# What no row of ours stands behind is left to reconciliation, which shows it to a person.
OF_OUR_ROWS = frozenset(
    {
        MovementKind.CHARGE,
        MovementKind.REFUND,
        MovementKind.REFUND_FAILED,
        MovementKind.TRANSFER,
        MovementKind.TRANSFER_REVERSED,
        MovementKind.DISPUTE,
        MovementKind.DISPUTE_REVERSED,
    }
)


def take_in_movements(*, provider: str, now: datetime) -> int:
    """Fetch what moved at a provider since the last time, and book it; returns how many.

    Outside any transaction. Raises ProviderUnavailable, ProviderRefused.
    """
    newest = BalanceTransaction.objects.filter(provider=provider).aggregate(at=Max("made_at"))["at"]
    since = newest - OVERLAP if newest else now - FIRST_LOOK_BACK
    taken = 0
    for movement in charge_gateway(provider).movements(since=since, until=now):
        try:
            book_actuals(provider=provider, movement=movement, now=now)
        except ROW_FAILURES:
            logger.exception("movement %s of %s could not be booked", movement.ref, provider)
            continue
        taken += 1
    return taken


def take_in_all_movements(*, now: datetime) -> int:
    """The same for every provider that ever charged for us; one without a good answer waits."""
    taken = 0
    for provider in Payment.objects.order_by().values_list("provider", flat=True).distinct():
        try:
            taken += take_in_movements(provider=provider, now=now)
        except (ProviderUnavailable, ProviderRefused) as error:
            logger.warning("no account statement from %s: %s", provider, error)
        except ROW_FAILURES:
            logger.exception("the account statement of %s can't be read", provider)
    return taken


def book_actuals(*, provider: str, movement: Movement, now: datetime) -> BalanceTransaction:
    """Store a movement, and book its fee and exchange once. Idempotent.

    One whose row we do not know is stored unbooked, and booked when it comes again.
    """
    with transaction.atomic():
        row, _ = BalanceTransaction.objects.select_for_update().get_or_create(
            provider=provider, ref=movement.ref, defaults=_fields(movement, now)
        )
        if row.booked_at is not None:
            return row
        row.subject_ref = row.subject_ref or subject_ref(provider, row.source_ref)
        kind = MovementKind(row.kind)
        is_ours = kind in OF_OUR_ROWS and row.subject_ref
        if is_ours or kind == MovementKind.FEE:
            legs = _fee_legs(row) if kind == MovementKind.FEE else _legs(row, now)
            if legs:
                post_entry(
                    key=f"provider_booked:{provider}:{row.ref}"[:120],
                    kind=EntryKind.PROVIDER_BOOKED,
                    reference=(row.subject_ref or row.source_ref or row.ref)[:64],
                    legs=legs,
                )
            row.booked_at = now
        row.save(update_fields=["subject_ref", "booked_at"])
    return row


def _fields(movement: Movement, now: datetime) -> dict[str, object]:
    return {
        "kind": movement.kind.value,
        "source_ref": movement.source_ref,
        "subject_ref": movement.subject_ref,
        "currency": movement.currency,
        "amount": movement.amount,
        "fee": movement.fee,
        "net": movement.net,
        "source_currency": movement.source_currency,
        "source_amount": movement.source_amount,
        "exchange_rate": movement.exchange_rate,
        "available_on": movement.available_on,
        "made_at": movement.made_at,
        "fetched_at": now,
    }


def subject_ref(provider: str, source_ref: str) -> str:
    """The id of our row that a provider's object is; empty when there is none (yet)."""
    if not source_ref:
        return ""
    for found in (
        Payment.objects.filter(provider=provider, charge_ref=source_ref),
        Refund.objects.filter(held__payment__provider=provider, provider_ref=source_ref),
        Payout.objects.filter(provider=provider, provider_ref=source_ref),
        Reversal.objects.filter(payout__provider=provider, provider_ref=source_ref),
        ProviderDispute.objects.filter(provider=provider, provider_ref=source_ref),
    ):
        pk = found.values_list("pk", flat=True).first()
        if pk is not None:
            return str(pk)
    return ""


def _legs(row: BalanceTransaction, now: datetime) -> list[Leg]:
    """Amounts are signed as they move our balance, so a refund is a charge the other way round."""
    fee = Money(0 if row.kind in FEE_BOOKED_ELSEWHERE else row.fee, row.currency)
    legs = [Leg(AccountKind.PROVIDER_CLEARING, fee), Leg(AccountKind.PROVIDER_FEES, -fee)]
    if row.source_amount is not None and row.source_currency != row.currency:
        source = Money(row.source_amount, row.source_currency)
        settled = Money(row.amount, row.currency)
        expected = _at_mid(source, settled, now)
        legs += [
            Leg(AccountKind.PROVIDER_CLEARING, source),
            Leg(AccountKind.FX_POSITION, -source),
            Leg(AccountKind.FX_POSITION, expected),
            Leg(AccountKind.FX_GAIN_LOSS, settled - expected),
            Leg(AccountKind.PROVIDER_CLEARING, -settled),
        ]
    return [leg for leg in legs if leg.money]


def _at_mid(source: Money, settled: Money, now: datetime) -> Money:
    """What we would have expected; without a rate nothing is called a gain or a loss."""
    try:
        rate = rate_table(now=now).mid(source.currency, settled.currency).rate
    except RateUnavailableError:
        return settled
    return source.convert(rate, settled.currency)


def _fee_legs(row: BalanceTransaction) -> list[Leg]:
    """A fee that the provider took by itself: amount and fee both are of our balance."""
    taken = Money(row.net, row.currency)
    return [
        Leg(AccountKind.PROVIDER_CLEARING, -taken),
        Leg(AccountKind.PROVIDER_FEES, taken),
    ]
