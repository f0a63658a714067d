"""The item number of the post, as UPU standard S10 defines it: "RR 473 124 829 GB".

Two letters say what service it is, eight digits count, a ninth checks them, two letters name the
country of the post that gave the number out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
_SHAPE = re.compile(r"([A-Z]{2})([0-9]{8})([0-9])([A-Z]{2})")
HIGHEST_SERIAL = 99_999_999


class S10Error(ValueError):
    """What was typed is no item number; `code` says why.

    shape: not two letters, nine digits, two letters. check: the ninth digit does not fit the others
    (a digit is mistyped); `expected` is the one that would.
    """

    def __init__(self, code: str, *, expected: int | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.expected = expected


class Service(StrEnum):
    """How a parcel travels, as far as the choice of its papers depends on it."""

    LETTER = "letter"
    """Letter post: small packets, registered and tracked letters, up to 2 kg."""
    PARCEL = "parcel"
    """The post's parcels."""
    EMS = "ems"
    """The post's express."""
    COURIER = "courier"
    """A carrier that is no post: it clears by the invoice and its own forms."""
    UNKNOWN = ""
    """Nobody has said; papers are then chosen so that they are valid for any post."""


@dataclass(frozen=True, slots=True)
class ItemNumber:
    """A valid item number in its parts; `str()` is how data carries it, `spaced` how people read."""

    prefix: str
    serial: int
    country: str

    @property
    def check_digit(self) -> int:
        return check_digit(self.serial)

    @property
    def service(self) -> Service:
        """What the first letter says (S10, table of service indicators)."""
        return service_of_prefix(self.prefix)

    @property
    def spaced(self) -> str:
        digits = f"{self.serial:08d}{self.check_digit}"
        return f"{self.prefix} {digits[:3]} {digits[3:6]} {digits[6:]} {self.country}"

    def __str__(self) -> str:
        return f"{self.prefix}{self.serial:08d}{self.check_digit}{self.country}"


def check_digit(serial: int) -> int:
    """The ninth digit of the eight of `serial`. Raises ValueError outside 0 to 99,999,999."""
    if not 0 <= serial <= HIGHEST_SERIAL:
        raise ValueError("an item number counts with eight digits")
    total = sum(
        weight * int(digit) for weight, digit in zip(_WEIGHTS, f"{serial:08d}", strict=True)
    )
    rest = 11 - total % 11
    return {10: 0, 11: 5}.get(rest, rest)


def parse_item_number(text: str) -> ItemNumber:
    """What a person typed, blanks and small letters included. Raises S10Error."""
    plain = "".join(text.split()).upper().replace("-", "")
    found = _SHAPE.fullmatch(plain)
    if found is None or not plain.isascii():
        raise S10Error("shape")
    prefix, digits, check, country = found.groups()
    expected = check_digit(int(digits))
    if int(check) != expected:
        raise S10Error("check", expected=expected)
    return ItemNumber(prefix, int(digits), country)


def is_item_number(text: str) -> bool:
    """Whether the text is a valid item number."""
    try:
        parse_item_number(text)
    except S10Error:
        return False
    return True


def service_of_prefix(prefix: str) -> Service:
    """The service of a two-letter indicator: R, L, U and V are letters, C and H parcels, E EMS."""
    if prefix[:1] in {"R", "L", "U", "V", "A"}:
        return Service.LETTER
    if prefix[:1] in {"C", "H"}:
        return Service.PARCEL
    if prefix[:1] == "E":
        return Service.EMS
    return Service.UNKNOWN
