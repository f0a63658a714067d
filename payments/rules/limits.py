"""How little and how much a provider charges at once, in a buyer's currency. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_UP, Decimal
from enum import StrEnum

from common.money import Money, charge_ceil, charge_floor, currency_of
from payments.rules.rates import RateTable, RateUnavailableError

# The provider converts at its own rate, which is not ours.
HEADROOM = Decimal("1.1")


class LimitProblem(StrEnum):
    """Why a total can't be charged: the currency is not taken, or it is too little or too much."""

    NOT_TAKEN = "NOT_TAKEN"
    TOO_LITTLE = "TOO_LITTLE"
    TOO_MUCH = "TOO_MUCH"


@dataclass(frozen=True, slots=True)
class ProviderReach:
    """Where a provider differs from the currency table: it takes all, and longer amounts."""

    takes_all: bool = False
    digits: int | None = None


# Whoever is not named here is bound by the table, which is a card provider's.
REACH: Mapping[str, ProviderReach] = {"sandbox": ProviderReach(takes_all=True, digits=12)}


@dataclass(frozen=True, slots=True)
class ChargeLimits:
    """What one charge in a currency may be, both ends included."""

    is_taken: bool
    least: Money
    most: Money

    def problem(self, total: Money) -> LimitProblem | None:
        """What keeps `total` from being charged, or None."""
        if not self.is_taken:
            return LimitProblem.NOT_TAKEN
        if total < self.least:
            return LimitProblem.TOO_LITTLE
        return LimitProblem.TOO_MUCH if total > self.most else None


def charge_limits(
    currency: str, *, provider: str, settled_in: str, table: RateTable
) -> ChargeLimits:
    """The limits of `provider` for a charge in `currency` when the market keeps `settled_in`.

    The least depends on the currency that the money is kept in. Where that is another one, its
    least counts after conversion, and a tenth more, since the provider's rate is not ours; the
    currency's own least counts as well, because the provider may keep that currency apart.
    """
    row = currency_of(currency)
    reach = REACH.get(provider, ProviderReach())
    own = Money(row.least or row.charge_step, currency)
    least = max(own, _converted_least(settled_in, currency, table) or own)
    return ChargeLimits(
        is_taken=row.is_chargeable or reach.takes_all,
        least=charge_ceil(least),
        most=_most(currency, reach),
    )


def _converted_least(settled_in: str, currency: str, table: RateTable) -> Money | None:
    """None where the least is the currency's own, or nothing says what it would be."""
    kept = currency_of(settled_in)
    if kept.least is None or settled_in == currency:
        return None
    try:
        rate = table.mid(settled_in, currency).rate
    except RateUnavailableError:
        return None
    step = currency_of(currency).charge_step
    return Money(kept.least, settled_in).convert(
        rate * HEADROOM, currency, rounding=ROUND_UP, step=step
    )


def _most(currency: str, reach: ProviderReach) -> Money:
    row = currency_of(currency)
    if reach.digits is not None:
        return charge_floor(Money(10**reach.digits - 1, currency))
    theirs = Decimal(10**row.digits - 1).scaleb(row.exponent - row.provider_exponent)
    return charge_floor(Money(int(theirs), currency))
