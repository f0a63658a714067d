"""The tax return of a scheme for a period, and whether it is what the ledger says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Final

from common.money import Money, currency_of
from orders.rules.scheme_reports import Movement, Rate, ReportLine, Section, report_lines
from orders.selectors.taxed_sales import ledger_movements, movements_in
from payments.models import Rate as PublishedRate
from payments.rules.rates import BASE, FRESH_DAYS, RateSource
from trade.rules.scheme_returns import Every, Period, RateRule, SchemeReturn, period_of
from trade.rules.values import ChargeKind
from trade.selectors.registrations import scheme_returns

IMPORT: Final = "import"
"""Tax at the border that we took in advance and the carrier pays: no scheme of ours."""
DUTY: Final = "duty"
OTHER_REPORTS: Final = (IMPORT, DUTY)
# Rates are looked for this far around a day.
_AROUND: Final = timedelta(days=70)
_NEXT_PUBLICATION: Final = timedelta(days=7)
_BELIEVED: Final[Mapping[RateRule, tuple[RateSource, ...]]] = {
    RateRule.LAST_DAY: (RateSource.ECB, RateSource.HMRC),
    RateRule.SUPPLY_DAY: (RateSource.ECB, RateSource.HMRC),
    RateRule.SUPPLY_MONTH: (RateSource.HMRC, RateSource.ECB),
}


class UnknownReportError(LookupError):
    """There is no such scheme, or nothing says how it is declared."""


@dataclass(frozen=True, slots=True)
class Check:
    """What a destination's account was charged in one currency, and what the ledger says.

    reported: of this report; others: of other schemes and of tax at the border. ledger: how the
    account moved. Minor units.
    """

    destination: str
    currency: str
    reported: int
    others: int
    ledger: int

    @property
    def difference(self) -> int:
        return self.ledger - self.reported - self.others

    @property
    def is_right(self) -> bool:
        return not self.difference

    @property
    def money(self) -> dict[str, Money]:
        """Every figure with its currency, for pages."""
        names = ("reported", "others", "ledger", "difference")
        return {name: Money(getattr(self, name), self.currency) for name in names}


@dataclass(frozen=True, slots=True)
class SchemeReport:
    """lines: sales, then refunds, then corrections of earlier periods. checks: against the ledger.

    declared: how the scheme is declared, None for what is no scheme. unfinished: the period is not
    over, or a rate is not the one that the law will want.
    """

    key: str
    period: Period
    declared: SchemeReturn | None
    lines: tuple[ReportLine, ...]
    checks: tuple[Check, ...]
    unfinished: bool

    @property
    def adds_up(self) -> bool:
        return all(check.is_right for check in self.checks)

    @property
    def is_converted(self) -> bool:
        """Whether every line could be put into the return's currency."""
        return self.declared is None or all(line.declared_amount is not None for line in self.lines)

    @property
    def charged(self) -> dict[str, tuple[int, int]]:
        """Base and tax by the currency that was paid in."""
        sums: dict[str, tuple[int, int]] = {}
        for line in self.lines:
            base, amount = sums.get(line.currency, (0, 0))
            sums[line.currency] = (base + line.base, amount + line.amount)
        return sums

    @property
    def to_declare(self) -> tuple[Money, Money] | None:
        """Base and tax in the return's currency; None where a rate is missing, or nothing is declared."""
        if self.declared is None or not self.is_converted:
            return None
        currency = self.declared.currency
        return (
            Money(sum(line.declared_base or 0 for line in self.lines), currency),
            Money(sum(line.declared_amount or 0 for line in self.lines), currency),
        )


def report_keys() -> tuple[str, ...]:
    """Everything that there is a report of: schemes, tax at the border, duty."""
    return (*sorted(scheme_returns()), *OTHER_REPORTS)


def usual_period(key: str) -> Every:
    """How often it is reported: as its scheme is declared; a quarter for the others."""
    declared = scheme_returns().get(key)
    return declared.every if declared else Every.QUARTER


def scheme_report(*, key: str, period: Period, today: date) -> SchemeReport:
    """The report of a scheme ("ioss"), of tax at the border ("import") or of duty ("duty").

    today: decides whether the period is over. Any period may be asked for; that of `usual_period`
    is what the authority wants. Raises UnknownReportError.
    """
    declared = scheme_returns().get(key)
    if declared is None and key not in OTHER_REPORTS:
        raise UnknownReportError(key)
    kind = ChargeKind.DUTY if key == DUTY else ChargeKind.TAX
    everything = movements_in(period=period, kind=kind)
    scheme = "" if key == IMPORT else key
    mine = [one for one in everything if kind is ChargeKind.DUTY or one.charge.scheme == scheme]
    every = declared.every if declared else Every.QUARTER
    names = {one.sold_on: _sold_in(one, period, every) for one in mine}
    rates = _rates_for(mine, declared, period, today) if declared else {}
    lines = report_lines(mine, period_name=names, rates=rates)
    late = any(rate is not None and rate.provisional for rate in rates.values())
    return SchemeReport(
        key=key,
        period=period,
        declared=declared,
        lines=tuple(lines),
        checks=tuple(_checks(mine, everything, ledger_movements(period=period, kind=kind))),
        unfinished=today <= period.last or late,
    )


def _sold_in(one: Movement, period: Period, every: Every) -> str:
    if one.section is Section.CORRECTIONS:
        return period_of(one.sold_on, every).name
    return period.name


def _checks(
    mine: Sequence[Movement],
    everything: Iterable[Movement],
    ledger: Mapping[tuple[str, str], int],
) -> list[Check]:
    """One for each account that this report touches, and for each that does not add up."""
    reported = _by_account(mine)
    charged = _by_account(everything)
    checks = [
        Check(
            destination=account[0],
            currency=account[1],
            reported=reported.get(account, 0),
            others=charged.get(account, 0) - reported.get(account, 0),
            ledger=ledger.get(account, 0),
        )
        for account in sorted({*charged, *ledger})
    ]
    return [
        check
        for check in checks
        if not check.is_right or (check.destination, check.currency) in reported
    ]


def _by_account(movements: Iterable[Movement]) -> dict[tuple[str, str], int]:
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for one in movements:
        sums[one.charge.destination, one.charge.currency] += one.charge.amount
    return dict(sums)


# ---- rates -------------------------------------------------------------------------------------

_Published = Mapping[tuple[str, RateSource], Sequence[tuple[date, Decimal]]]


def _rates_for(
    movements: Sequence[Movement], declared: SchemeReturn, period: Period, today: date
) -> dict[tuple[str, date], Rate | None]:
    """The rate of each currency and day of sale that the scheme wants."""
    wanted = {(one.charge.currency, one.sold_on) for one in movements}
    if not wanted:
        return {}
    days = {_rate_day(declared, sold_on, period) for _, sold_on in wanted}
    currencies = {currency for currency, _ in wanted} | {declared.currency}
    published = _published(currencies, min(days) - _AROUND, max(days) + _NEXT_PUBLICATION)
    return {
        (currency, sold_on): _rate(
            currency, declared, _rate_day(declared, sold_on, period), published, today
        )
        for currency, sold_on in wanted
    }


def _rate_day(declared: SchemeReturn, sold_on: date, period: Period) -> date:
    """The day whose rate is wanted; a correction keeps that of its sale, so that the two cancel."""
    if declared.rate is not RateRule.LAST_DAY:
        return sold_on
    if period.first <= sold_on <= period.last:
        return period.last
    return period_of(sold_on, declared.every).last


def _published(currencies: Iterable[str], first: date, last: date) -> _Published:
    rows = (
        PublishedRate.objects.filter(
            currency__in=currencies, as_of__gte=first, as_of__lte=last, held_back=False
        )
        .order_by("as_of", "fetched_at", "pk")
        .values_list("currency", "source", "as_of", "rate")
    )
    found: dict[tuple[str, RateSource], list[tuple[date, Decimal]]] = defaultdict(list)
    for currency, source, as_of, rate in rows:
        found[currency, RateSource(source)].append((as_of, rate))
    return found


def _rate(
    currency: str, declared: SchemeReturn, day: date, published: _Published, today: date
) -> Rate | None:
    """From the source that the scheme wants, else from any that knows both currencies."""
    if currency == declared.currency:
        return Rate(Fraction(1), "", "", None)
    preferred = _BELIEVED[declared.rate]
    for source in (*preferred, *(one for one in RateSource if one not in preferred)):
        forward = declared.rate is RateRule.LAST_DAY and source is RateSource.ECB
        legs = [
            _leg(code, source, day, published, forward=forward)
            for code in (currency, declared.currency)
        ]
        if legs[0] is None or legs[1] is None:
            continue
        (from_day, per_euro), (to_day, to_per_euro) = legs[0], legs[1]
        known = [
            leg for leg, code in ((from_day, currency), (to_day, declared.currency)) if code != BASE
        ]
        as_of = min(known)
        late = today <= day or day - as_of > timedelta(days=FRESH_DAYS[source])
        scale = Fraction(10) ** (
            currency_of(declared.currency).exponent - currency_of(currency).exponent
        )
        rate = Fraction(to_per_euro) / Fraction(per_euro)
        text = f"{Decimal(to_per_euro) / Decimal(per_euro):.6f}"
        return Rate(
            factor=rate * scale,
            shown=f"{source.value} {as_of.isoformat()} {text}",
            source=source.value,
            as_of=as_of,
            provisional=late,
        )
    return None


def _leg(
    currency: str, source: RateSource, day: date, published: _Published, *, forward: bool
) -> tuple[date, Decimal] | None:
    """Units for one euro: of the day, of the next publication where the law says so, or the last."""
    if currency == BASE:
        return day, Decimal(1)
    rows = published.get((currency, source), ())
    if forward:
        for row in rows:
            if day <= row[0] <= day + _NEXT_PUBLICATION:
                return row
    return next((row for row in reversed(rows) if row[0] <= day), None)
