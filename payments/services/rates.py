"""Taking in exchange rates, and promising one to a buyer."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import transaction

from accounts.models import User
from accounts.services import record_action
from common.money import currency_of
from common.states import TransitionError
from payments.gateways import ecb, hmrc
from payments.models import Quote, Rate
from payments.rules.rates import (
    BASE,
    JUMP_MEMORY,
    PEGS,
    RateSource,
    SourceRate,
    choose_rates,
    jumps,
    with_spread,
)
from payments.selectors.rates import forget_rates, latest_rates, rate_table

logger = logging.getLogger(__name__)
STORED_PLACES = Decimal(1).scaleb(-18)


@dataclass(slots=True)
class RatesRefreshed:
    """What a refresh did: how many rates are new, and which wait for a person."""

    stored: int = 0
    held_back: list[str] = field(default_factory=list)


def refresh_rates(*, now: datetime) -> RatesRefreshed:
    """Store what every source has published up to today; may run any number of times.

    A rate that moved more than a tenth since its source's last one is stored but held back: the
    pair goes on with the last good rate until that is too old, or until approve_rate.
    """
    report = RatesRefreshed()
    with transaction.atomic():
        previous = {(rate.currency, rate.source): rate for rate in latest_rates(on=now.date())}
        known = {(rate.currency, rate.source, rate.as_of) for rate in previous.values()}
        new = [
            rate
            for rate in _published(now.date())
            if (rate.currency, rate.source, rate.as_of) not in known
        ]
        rows = [_row(rate, previous.get((rate.currency, rate.source)), now) for rate in new]
        before = Rate.objects.count()
        Rate.objects.bulk_create(rows, ignore_conflicts=True)
        report.stored = Rate.objects.count() - before
    report.held_back = sorted(row.currency for row in rows if row.held_back)
    if report.held_back:
        logger.warning("Exchange rates held back for approval: %s", ", ".join(report.held_back))
    forget_rates()
    return report


def _published(on: date) -> Iterator[SourceRate]:
    found: list[SourceRate] = []
    for source, (as_of, rates) in (
        (RateSource.ECB, ecb.published_rates(on)),
        (RateSource.HMRC, hmrc.published_rates(on)),
    ):
        found += [
            SourceRate(code, rate.quantize(STORED_PLACES), source, as_of)
            for code, rate in rates.items()
        ]
    yield from found
    anchors = choose_rates(found, on=on, allow_stale=True)
    for peg in PEGS:
        if peg.anchor == BASE:
            yield SourceRate(peg.currency, peg.units, RateSource.PEG, on)
        elif peg.anchor in anchors:
            anchor = anchors[peg.anchor]
            yield SourceRate(
                peg.currency,
                (anchor.rate * peg.units).quantize(STORED_PLACES),
                RateSource.PEG,
                anchor.as_of,
            )


def _row(new: SourceRate, old: SourceRate | None, now: datetime) -> Rate:
    comparable = old is not None and new.as_of - old.as_of <= JUMP_MEMORY
    return Rate(
        currency=new.currency,
        rate=new.rate,
        source=new.source.value,
        as_of=new.as_of,
        fetched_at=now,
        held_back=comparable and old is not None and jumps(new.rate, old.rate),
    )


def approve_rate(*, rate: Rate, actor: User, reason: str, now: datetime) -> Rate:
    """Let a rate that was held back be used; why goes into the audit trail.

    Raises TransitionError when it is not held back any more.
    """
    with transaction.atomic():
        released = Rate.objects.filter(pk=rate.pk, held_back=True).update(held_back=False)
        if not released:
            raise TransitionError("the rate is not held back")
        record_action(
            actor=actor,
            action="approve_rate",
            target=rate,
            reason=reason,
            before={"held_back": True},
            after={"held_back": False},
            now=now,
        )
    forget_rates()
    rate.held_back = False
    return rate


def set_manual_rate(*, currency: str, rate: Decimal, as_of: date, now: datetime) -> Rate:
    """A rate that a person vouches for: units of `currency` for one euro.

    Used where no publication has a fresh one. Held back like any other when it is far from the
    newest known rate. Raises UnknownCurrencyError, ValueError unless positive.
    """
    currency_of(currency)
    if rate <= 0 or currency == BASE:
        raise ValueError("a rate is a positive number of units for one euro")
    known = [row for row in latest_rates(on=as_of) if row.currency == currency]
    newest = max(known, key=lambda row: row.as_of, default=None)
    new = SourceRate(currency, rate.quantize(STORED_PLACES), RateSource.MANUAL, as_of)
    row = _row(new, newest, now)
    with transaction.atomic():
        stored, _ = Rate.objects.update_or_create(
            currency=currency,
            source=RateSource.MANUAL.value,
            as_of=as_of,
            defaults={"rate": row.rate, "held_back": row.held_back, "fetched_at": now},
        )
    forget_rates()
    return stored


def freeze_quote(*, from_currency: str, to_currency: str, now: datetime) -> Quote:
    """Promise today's rate from a seller's currency into a buyer's for QUOTE_MINUTES.

    Raises RateUnavailableError when there is none to promise.
    """
    table = rate_table(now=now)
    mid = table.mid(from_currency, to_currency)
    spread_bp = table.spread(from_currency, to_currency)
    return Quote.objects.create(
        from_currency=from_currency,
        to_currency=to_currency,
        mid=mid.rate,
        spread_bp=spread_bp,
        rate=with_spread(mid.rate, spread_bp),
        source=mid.source,
        as_of=mid.as_of,
        created_at=now,
        expires_at=now + timedelta(minutes=settings.QUOTE_MINUTES),
    )
