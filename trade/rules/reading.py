"""Typed fields out of one table of a rulebook file, with complaints that name file and row."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from common.money import Money, MoneyParseError, UnknownCurrencyError, currency_of

Table = Mapping[str, object]
S = TypeVar("S", bound=StrEnum)

_PERCENT = re.compile(r"(\d+(?:\.\d+)?) ?%")
_AMOUNT = re.compile(r"(\d+(?:\.\d+)?) ([A-Z]{3})")


class RulebookError(ValueError):
    """The rulebook is not fit for use; the message names the file, the row and the reason."""


class Reader:
    """Takes typed fields out of one table and complains about what is left over."""

    def __init__(self, file: str, row: str, table: Table) -> None:
        self.file = file
        self.row = row
        self._table = table
        self._taken: set[str] = set()

    def error(self, reason: str) -> RulebookError:
        return RulebookError(f"{self.file}: {self.row}: {reason}")

    def known_currency(self, code: str) -> None:
        """Raises RulebookError for a code that the currency table lacks."""
        try:
            currency_of(code)
        except UnknownCurrencyError:
            raise self.error(f"{code} is not a currency of the currency table") from None

    def finish(self) -> None:
        left = sorted(set(self._table) - self._taken)
        if left:
            raise self.error(f"unknown word {', '.join(left)}")

    def _take(self, name: str) -> object:
        self._taken.add(name)
        return self._table.get(name)

    def text(self, name: str, default: str | None = None) -> str:
        value = self._take(name)
        if value is None and default is not None:
            return default
        if not isinstance(value, str) or not value.strip():
            raise self.error(f"{name} is missing")
        return value.strip()

    def texts(self, name: str) -> tuple[str, ...]:
        value = self._take(name)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
            raise self.error(f"{name} is a list of texts")
        return tuple(value)

    def texts_by_key(self, name: str) -> dict[str, str]:
        value = self._take(name)
        if not isinstance(value, dict) or not value:
            raise self.error(f"{name} is a table of texts")
        return {str(key): str(part) for key, part in value.items()}

    def tables(self, name: str) -> Sequence[Table]:
        value = self._take(name)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(part, dict) for part in value):
            raise self.error(f"{name} is a list of tables")
        return value

    def optional_table(self, name: str) -> Table | None:
        value = self._take(name)
        if value is not None and not isinstance(value, dict):
            raise self.error(f"{name} is a table")
        return value

    def day(self, name: str) -> datetime.date:
        day = self.optional_day(name)
        if day is None:
            raise self.error(f"{name} is missing")
        return day

    def optional_day(self, name: str) -> datetime.date | None:
        value = self._take(name)
        if value is None:
            return None
        if not isinstance(value, datetime.date) or isinstance(value, datetime.datetime):
            raise self.error(f"{name} is a date")
        return value

    def flag(self, name: str, *, default: bool | None = None) -> bool:
        value = self.flag_or_none(name)
        if value is None:
            value = default
        if value is None:
            raise self.error(f"{name} is missing")
        return value

    def flag_or_none(self, name: str) -> bool | None:
        value = self._take(name)
        if value is not None and not isinstance(value, bool):
            raise self.error(f"{name} is true or false")
        return value

    def whole(self, name: str, default: int) -> int:
        value = self._take(name)
        if value is None:
            return default
        if type(value) is not int:
            raise self.error(f"{name} is a whole number")
        return value

    def choice(self, name: str, kind: type[S]) -> S:
        try:
            return kind(self.text(name))
        except ValueError as error:
            if isinstance(error, RulebookError):
                raise
            raise self.error(f"{name} is one of {', '.join(kind)}") from None

    def choices(self, name: str, kind: type[S]) -> frozenset[S] | None:
        try:
            return frozenset(kind(part) for part in self.texts(name)) or None
        except ValueError as error:
            if isinstance(error, RulebookError):
                raise
            raise self.error(f"{name} are some of {', '.join(kind)}") from None

    def country_set(self, name: str) -> frozenset[str] | None:
        codes = self.texts(name)
        for code in codes:
            if not re.fullmatch(r"[A-Z]{2}", code):
                raise self.error(f"{code!r} in {name} is not a two-letter country")
        return frozenset(codes) or None

    def rate_or_none(self, name: str) -> Decimal | None:
        if self._take(name) is None:
            return None
        match = _PERCENT.fullmatch(self.text(name))
        if match is None:
            raise self.error(f'{name} is written as a percentage, "12%"')
        return Decimal(match[1]) / 100

    def money_or_none(self, name: str) -> Money | None:
        if self._take(name) is None:
            return None
        match = _AMOUNT.fullmatch(self.text(name))
        if match is None:
            raise self.error(f'{name} is written as an amount, "150 EUR"')
        self.known_currency(match[2])
        try:
            return Money.parse(match[1], match[2])
        except MoneyParseError as error:
            raise self.error(f"{name}: {error}") from None
