"""Money as integer minor units of one ISO 4217 currency.

There is no float anywhere, no arithmetic across currencies and no silent rounding: whoever turns a
fraction into minor units names the rounding. Splits use the largest remainder with a stable order,
so that parts always add up to the whole. What a provider can charge is a multiple of the currency's
charge step; `to_provider` and `from_provider` change between our unit and the provider's, exactly.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, InvalidOperation, localcontext
from functools import lru_cache

from babel import Locale
from babel.numbers import (
    NumberFormatError,
    NumberPattern,
    get_decimal_symbol,
    get_group_symbol,
    parse_decimal,
)

from common.currencies import CURRENCIES, Currency

__all__ = [
    "CurrencyMismatchError",
    "Money",
    "MoneyParseError",
    "NotChargeableError",
    "UnknownCurrencyError",
    "allocate",
    "allocate_refund",
    "charge_ceil",
    "charge_floor",
    "charge_round",
    "currency_of",
    "from_provider",
    "is_chargeable",
    "to_provider",
]


class CurrencyMismatchError(TypeError):
    """Two amounts of different currencies were combined."""


class UnknownCurrencyError(ValueError):
    """The code is not in the currency table."""


class MoneyParseError(ValueError):
    """Typed text is not an amount in the currency.

    `code` says why, for the form's own words: "number", "negative" or "places" (more decimals than
    the currency has; params: currency, places).
    """

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


class NotChargeableError(ValueError):
    """An amount that the provider's unit or rules can't express exactly; `step` is what it lacks.

    step: the smallest amount of the currency that can be charged or paid back.
    """

    def __init__(self, money: Money, step: Money) -> None:
        super().__init__(f"{money} is not a multiple of {step}, so it can't be charged exactly")
        self.money = money
        self.step = step


def currency_of(code: str) -> Currency:
    """Return the currency's row of the table. Raises UnknownCurrencyError."""
    try:
        return CURRENCIES[code]
    except KeyError:
        raise UnknownCurrencyError(code) from None


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount in minor units (cents, yen, fils) of one currency; may be negative."""

    amount: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.amount) is not int:
            raise TypeError(f"minor units must be int, not {type(self.amount).__name__}")
        if self.currency not in CURRENCIES:
            raise UnknownCurrencyError(self.currency)

    @classmethod
    def zero(cls, currency: str) -> Money:
        return cls(0, currency)

    @classmethod
    def from_decimal(
        cls, value: Decimal, currency: str, *, rounding: str = ROUND_HALF_EVEN, step: int = 1
    ) -> Money:
        """Major units to Money, rounded once to a multiple of `step` minor units by `rounding`."""
        with localcontext() as context:
            context.prec = 50
            steps = value.scaleb(currency_of(currency).exponent) / step
            return cls(int(steps.quantize(Decimal(1), rounding=rounding)) * step, currency)

    @classmethod
    def sum(cls, parts: Iterable[Money], currency: str) -> Money:
        """Sum of parts, which must all be in `currency`; zero when empty."""
        total = cls.zero(currency)
        for part in parts:
            total += part
        return total

    @classmethod
    def parse(cls, text: str, currency: str, *, locale: str = "en") -> Money:
        """Read an amount as a person of that locale types it ("1.234,50").

        Raises MoneyParseError when it is no number, negative, or finer than the minor unit.
        """
        try:
            value = parse_decimal(_typed(text, locale), locale=_locale(locale), strict=True)
        except (NumberFormatError, InvalidOperation):
            raise MoneyParseError("number") from None
        if value < 0:
            raise MoneyParseError("negative")
        money = cls.from_decimal(value, currency)
        if money.to_decimal() != value:
            places = currency_of(currency).exponent
            raise MoneyParseError("places", currency=currency, places=places)
        return money

    def to_decimal(self) -> Decimal:
        """Major units, exact."""
        return Decimal(self.amount).scaleb(-currency_of(self.currency).exponent)

    def plain(self, *, locale: str = "en") -> str:
        """The amount for an input box: the locale's decimal sign, no grouping, no symbol."""
        exponent = currency_of(self.currency).exponent
        return f"{self.to_decimal():.{exponent}f}".replace(".", get_decimal_symbol(_locale(locale)))

    def format(self, *, locale: str = "en") -> str:
        """The amount as a reader of that locale expects it, with symbol: "1.234,50 €"."""
        return _formatted(self, locale)

    def times(self, factor: Decimal | int, *, rounding: str = ROUND_HALF_UP) -> Money:
        """The amount times an exact factor, rounded once to the minor unit by `rounding`."""
        with localcontext() as context:
            context.prec = 50
            return Money(
                int((Decimal(self.amount) * factor).quantize(Decimal(1), rounding=rounding)),
                self.currency,
            )

    def convert(
        self, rate: Decimal, currency: str, *, rounding: str = ROUND_HALF_EVEN, step: int = 1
    ) -> Money:
        """Into `currency` at `rate` (units of `currency` for one unit of this).

        Rounded once, to a multiple of `step` minor units.
        """
        with localcontext() as context:
            context.prec = 50
            value = self.to_decimal() * rate
        return Money.from_decimal(value, currency, rounding=rounding, step=step)

    def _check(self, other: Money) -> None:
        if self.currency != other.currency:
            raise CurrencyMismatchError(f"{self.currency} and {other.currency}")

    def __add__(self, other: Money) -> Money:
        self._check(other)
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._check(other)
        return Money(self.amount - other.amount, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __mul__(self, count: int) -> Money:
        if type(count) is not int:
            raise TypeError("multiply by a whole count; use times() for a rate")
        return Money(self.amount * count, self.currency)

    __rmul__ = __mul__

    def __lt__(self, other: Money) -> bool:
        self._check(other)
        return self.amount < other.amount

    def __le__(self, other: Money) -> bool:
        self._check(other)
        return self.amount <= other.amount

    def __gt__(self, other: Money) -> bool:
        self._check(other)
        return self.amount > other.amount

    def __ge__(self, other: Money) -> bool:
        self._check(other)
        return self.amount >= other.amount

    def __bool__(self) -> bool:
        return self.amount != 0

    def __str__(self) -> str:
        return f"{self.to_decimal():f} {self.currency}"


# Babel writes the locale's own separators but always Latin digits.
_DIGITS = {
    system: {ord(str(value)): zero + value for value in range(10)}
    for system, zero in (
        ("arab", 0x0660),
        ("arabext", 0x06F0),
        ("beng", 0x09E6),
        ("deva", 0x0966),
        ("mymr", 0x1040),
    )
}


_LETTER_BESIDE_DIGIT = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")
MOST_DIGITS = 15  # of major units and signs; a bigint column holds that with any exponent


def _typed(text: str, locale: str) -> str:
    """What a person typed, with digits of any script and any space, as the locale's parser takes it.

    Raises NumberFormatError for what is no plain number: Decimal also reads "NaN" and "1e5".
    """
    decimal, group = get_decimal_symbol(_locale(locale)), get_group_symbol(_locale(locale))
    signs = {"\u066b": decimal, "\u066c": group, "\u2212": "-"}
    if group == "\u2019":
        signs["'"] = group
    spaces_group = group.isspace()
    plain = ""
    for sign in text.strip():
        if sign.isspace() and spaces_group:
            continue
        plain += str(unicodedata.decimal(sign)) if sign.isdecimal() else signs.get(sign, sign)
    unsigned = plain.lstrip("-")
    if not set(unsigned) <= {*"0123456789", decimal, group} or len(unsigned) > MOST_DIGITS:
        raise NumberFormatError(text)
    return plain


@lru_cache(maxsize=20_000)
def _formatted(money: Money, locale: str) -> str:
    """A page says the same amounts again and again, and Babel takes its time over each."""
    exponent = currency_of(money.currency).exponent
    text: str = _pattern(locale, exponent).apply(
        money.to_decimal(),
        _locale(locale),
        currency=money.currency,
        currency_digits=False,
        numbering_system="default",
    )
    # A code in letters keeps its distance: "KWD 12.500" (CLDR, currency spacing).
    text = _LETTER_BESIDE_DIGIT.sub("\xa0", text)
    digits = _DIGITS.get(_locale(locale).default_numbering_system)
    return text.translate(digits) if digits else text


@lru_cache(maxsize=256)
def _locale(code: str) -> Locale:
    return Locale.parse(code.replace("-", "_"))


@lru_cache(maxsize=256)
def _pattern(locale: str, exponent: int) -> NumberPattern:
    """The locale's currency pattern with as many decimals as the currency has by ISO 4217.

    CLDR shows some currencies without decimals (RSD, LBP); a charge must show every minor unit.
    """
    pattern: NumberPattern = copy(_locale(locale).currency_formats["standard"])
    pattern.frac_prec = (exponent, exponent)
    return pattern


def allocate(total: int, weights: Sequence[int]) -> list[int]:
    """Split `total` minor units in proportion to non-negative `weights`; the parts add up exactly.

    Largest remainder; ties go to the earlier part. With all weights zero the parts are equal.
    Raises ValueError when there is no part or a weight is negative.
    """
    if not weights or min(weights) < 0:
        raise ValueError("weights must be a non-empty sequence of non-negative integers")
    if sum(weights) == 0:
        weights = [1] * len(weights)
    whole = sum(weights)
    sign = -1 if total < 0 else 1
    shares = [divmod(abs(total) * weight, whole) for weight in weights]
    parts = [quotient for quotient, _ in shares]
    left = abs(total) - sum(parts)
    by_remainder = sorted(range(len(parts)), key=lambda i: (-shares[i][1], i))
    for index in by_remainder[:left]:
        parts[index] += 1
    return [sign * part for part in parts]


def allocate_refund(*, remaining: Sequence[int], refund: int) -> list[int]:
    """What each part of an amount gives back for one refund of `refund` minor units.

    `remaining` is what every part still holds after earlier refunds. No part gives more than it
    holds, and a series of refunds that reaches the whole returns every part exactly, however the
    series is cut. Raises ValueError when more is asked than remains, or less than nothing.
    """
    if not 0 <= refund <= sum(remaining):
        raise ValueError("a refund is between zero and what remains")
    return allocate(refund, remaining)


def is_chargeable(money: Money) -> bool:
    """Whether a provider can charge or pay back exactly this, as far as the unit goes."""
    return money.amount % currency_of(money.currency).charge_step == 0


def charge_floor(money: Money) -> Money:
    """The largest amount up to this one that can be charged."""
    step = currency_of(money.currency).charge_step
    return Money(money.amount // step * step, money.currency)


def charge_ceil(money: Money) -> Money:
    """The smallest amount from this one on that can be charged."""
    return -charge_floor(-money)


def charge_round(money: Money) -> Money:
    """The nearest amount that can be charged; half a step goes up (away from zero)."""
    step = currency_of(money.currency).charge_step
    nearest = (2 * abs(money.amount) + step) // (2 * step) * step
    return Money(nearest if money.amount >= 0 else -nearest, money.currency)


def to_provider(money: Money) -> int:
    """The amount in the unit of the card provider's interface, exactly.

    5 UGX are 500, 12 JPY are 12, 5.120 KWD are 5120. Raises NotChargeableError for what can't be
    charged exactly (5.124 KWD): whoever makes amounts rounds them by a rule of its own, beforehand.
    """
    row = currency_of(money.currency)
    if not is_chargeable(money):
        raise NotChargeableError(money, Money(row.charge_step, money.currency))
    shift = row.provider_exponent - row.exponent
    factor: int = 10 ** abs(shift)
    return money.amount * factor if shift >= 0 else money.amount // factor


def from_provider(amount: int, currency: str) -> Money:
    """What a provider reports in its unit, as Money.

    Raises NotChargeableError when it is finer than our minor unit (5 of the provider's unit are
    0.05 ISK): such an amount has no place in the books and a person must look.
    """
    row = currency_of(currency)
    shift = row.provider_exponent - row.exponent
    if shift <= 0:
        return Money(amount * 10**-shift, currency)
    whole, rest = divmod(amount, 10**shift)
    if rest:
        raise NotChargeableError(Money(whole, currency), Money(1, currency))
    return Money(whole, currency)
