"""Taking in exchange rates, and promising one to a buyer."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import transaction

from accounts.models import User
from accounts.services import record_action
from common.money import currency_of
from common.states import TransitionError
from payments.gateways import ecb, hmrc, live_rates
from payments.models import Quote, Rate, RateFetch, RateProposal
from payments.rules.rates import (
    BASE,
    JUMP_MEMORY,
    PEGS,
    RateSource,
    SourceRate,
    choose_rates,
    jumps,
    strays_from_peg,
    with_spread,
)
from payments.selectors.rates import forget_rates, latest_rates, rate_table
from payments.states import ProposalState

logger = logging.getLogger(__name__)
STORED_PLACES = Decimal(1).scaleb(-18)


@dataclass(slots=True)
class RatesRefreshed:
    """What a refresh did: how many rates are new, which wait for a person, and who did not answer."""

    stored: int = 0
    held_back: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def refresh_rates(*, now: datetime) -> RatesRefreshed:
    """Store what every source has published up to today; may run any number of times.

    A rate that moved more than a tenth since its source's last one (of a source's first: since
    anybody's), or that strays from a peg, is stored but held back: the pair goes on with the last
    good rate until that is too old, or until approve_rate. The live source is asked before the
    transaction; when it does not answer, the others are taken in all the same.
    """
    on = now.date()
    report = RatesRefreshed()
    published = _published(on, report)
    with transaction.atomic():
        latest = latest_rates(on=on)
        known = {(rate.currency, rate.source, rate.as_of) for rate in latest}
        for source, rates in published.items():
            new = [rate for rate in rates if (rate.currency, source, rate.as_of) not in known]
            per_euro = {rate.currency: rate.rate for rate in rates}
            rows = [_row(rate, latest, now, per_euro) for rate in new]
            _store(source, rows, report, now)
        if report.errors:
            RateFetch.objects.create(
                source=RateSource.LIVE.value, fetched_at=now, error=report.errors[0][:300]
            )
    if report.held_back:
        logger.warning("Exchange rates held back for approval: %s", ", ".join(report.held_back))
    forget_rates()
    return report


def _store(source: RateSource, rows: list[Rate], report: RatesRefreshed, now: datetime) -> None:
    before = Rate.objects.count()
    Rate.objects.bulk_create(rows, ignore_conflicts=True)
    stored = Rate.objects.count() - before
    held_back = [row.currency for row in rows if row.held_back]
    report.stored += stored
    report.held_back = sorted([*report.held_back, *held_back])
    RateFetch.objects.create(
        source=source.value, fetched_at=now, new_rates=stored, held_back=len(held_back)
    )


def _published(on: date, report: RatesRefreshed) -> Mapping[RateSource, list[SourceRate]]:
    """What each source says, most believed first; a live source that fails is noted in `report`."""
    found: dict[RateSource, list[SourceRate]] = {}
    if settings.LIVE_RATES_URL:
        try:
            found[RateSource.LIVE] = _rates_of(
                RateSource.LIVE,
                live_rates.published_rates(
                    on, url=settings.LIVE_RATES_URL, key=settings.LIVE_RATES_KEY
                ),
            )
        except live_rates.LiveRatesError as error:
            report.errors.append(str(error))
            logger.warning("The live exchange rates were not taken in: %s", error)
    found[RateSource.ECB] = _rates_of(RateSource.ECB, ecb.published_rates(on))
    found[RateSource.HMRC] = _rates_of(RateSource.HMRC, hmrc.published_rates(on))
    found[RateSource.PEG] = _pegged([rate for rates in found.values() for rate in rates], on=on)
    return found


def _rates_of(
    source: RateSource, published: tuple[date, Mapping[str, Decimal]]
) -> list[SourceRate]:
    as_of, rates = published
    return [
        SourceRate(code, rate.quantize(STORED_PLACES), source, as_of)
        for code, rate in rates.items()
    ]


def _pegged(published: list[SourceRate], *, on: date) -> list[SourceRate]:
    """Currencies that a law ties to another one, which no publication may have."""
    anchors = choose_rates(published, on=on, allow_stale=True)
    found = []
    for peg in PEGS:
        if peg.anchor == BASE:
            found.append(SourceRate(peg.currency, peg.units, RateSource.PEG, on))
        elif peg.anchor in anchors:
            anchor = anchors[peg.anchor]
            rate = (anchor.rate * peg.units).quantize(STORED_PLACES)
            found.append(SourceRate(peg.currency, rate, RateSource.PEG, anchor.as_of))
    return found


def _row(
    new: SourceRate, known: list[SourceRate], now: datetime, per_euro: Mapping[str, Decimal]
) -> Rate:
    """The row for a new rate. per_euro: what its own source says of other currencies."""
    old = _comparable(new, known)
    is_odd = (old is not None and jumps(new.rate, old.rate)) or strays_from_peg(new, per_euro)
    return Rate(
        currency=new.currency,
        rate=new.rate,
        source=new.source.value,
        as_of=new.as_of,
        fetched_at=now,
        held_back=is_odd,
    )


def _comparable(new: SourceRate, known: list[SourceRate]) -> SourceRate | None:
    """What a new rate is measured by: its source's last one, else anybody's newest; not too old."""
    recent = [
        rate
        for rate in known
        if rate.currency == new.currency and abs(new.as_of - rate.as_of) <= JUMP_MEMORY
    ]
    own = [rate for rate in recent if rate.source == new.source]
    return max(own or recent, key=lambda rate: rate.as_of, default=None)


def approve_rate(*, rate: Rate, actor: User, reason: str, now: datetime) -> Rate:
    """Let a rate that was held back be used; why goes into the audit trail.

    Raises TransitionError when it is not held back any more, or when `actor` entered it by hand:
    that needs somebody else's eyes.
    """
    with transaction.atomic():
        if rate.source == RateSource.MANUAL and _entered_by(rate, actor):
            raise TransitionError("whoever entered a rate does not approve it")
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


def _entered_by(rate: Rate, actor: User) -> bool:
    return RateProposal.objects.filter(
        currency=rate.currency,
        as_of=rate.as_of,
        state=ProposalState.APPROVED,
        proposed_by=actor,
    ).exists()


def set_manual_rate(*, currency: str, rate: Decimal, as_of: date, now: datetime) -> Rate:
    """Store a rate that people vouch for: units of `currency` for one euro.

    Moderators come here through services.proposals only, with four eyes. Held back like any other
    when it is far from the newest known rate. Raises UnknownCurrencyError, ValueError unless
    positive.
    """
    currency_of(currency)
    if rate <= 0 or currency == BASE:
        raise ValueError("a rate is a positive number of units for one euro")
    latest = latest_rates(on=as_of)
    new = SourceRate(currency, rate.quantize(STORED_PLACES), RateSource.MANUAL, as_of)
    newest = max(
        (known for known in latest if known.currency == currency),
        key=lambda known: known.as_of,
        default=None,
    )
    row = _row(
        new, [newest] if newest else [], now, {known.currency: known.rate for known in latest}
    )
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
