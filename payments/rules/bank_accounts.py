"""Bank accounts of the world: what each country writes down, and which mistakes show at once.

An IBAN carries its own check digits. Elsewhere each country has its own numbers; where they have
check digits these are checked, where not, length and characters. Sources: the IBAN registry and
banks' identifiers as package schwifty carries them; python-stdnum (US, NZ); Banco de México, CLABE;
Central Bank of Nigeria, revised NUBAN standard (2020); ISO 20022 external code set
ClearingSystemIdentification for the names of clearing systems.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from schwifty import BIC, IBAN
from schwifty.exceptions import InvalidChecksumDigits, SchwiftyException
from schwifty.registry import get_iban_spec
from stdnum.exceptions import InvalidChecksum, ValidationError
from stdnum.nz import bankaccount as nz_account
from stdnum.us import rtn

BIC_ONLY = "other"
HINT_LENGTH = 4


class AccountError(ValueError):
    """What was typed is no account; `field` names the part, `code` what is wrong with it.

    code: "required", "format" (length or characters), "check" (a check digit does not fit: a typing
    mistake), "country" (the bank is elsewhere).
    """

    def __init__(self, part: str, code: str) -> None:
        super().__init__(f"{part}: {code}")
        self.field = part
        self.code = code


@dataclass(frozen=True, slots=True)
class Part:
    """One field of an account: its name, and what may stand in it once blanks are taken out."""

    name: str
    pattern: str
    is_optional: bool = False
    is_digits: bool = True


@dataclass(frozen=True, slots=True)
class Scheme:
    """How accounts are written in a country. clearing: ISO's name of its bank codes, where it has one.

    bank: the parts that make the bank's code, in order; shown: the part whose end is the hint.
    """

    code: str
    parts: tuple[Part, ...]
    shown: str = "account"
    clearing: str = ""
    bank: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(part.name for part in self.parts)


@dataclass(frozen=True, slots=True)
class BankDetails:
    """A checked account with its holder, as it is encrypted and as a bank file names it."""

    scheme: str
    country: str
    holder: str
    street: str
    postcode: str
    town: str
    numbers: Mapping[str, str] = field(default_factory=dict)

    @property
    def iban(self) -> str:
        return self.numbers.get("iban", "")

    @property
    def bic(self) -> str:
        return self.numbers.get("bic", "")

    @property
    def account(self) -> str:
        return self.numbers.get(SCHEMES[self.scheme].shown, "")

    @property
    def clearing(self) -> tuple[str, str]:
        """The clearing system (may be empty) and the bank's code in it; ("", "") where none."""
        scheme = SCHEMES[self.scheme]
        return scheme.clearing, "".join(self.numbers[name] for name in scheme.bank)

    @property
    def hint(self) -> str:
        return self.account[-HINT_LENGTH:]


_BIC = Part("bic", r"[A-Z0-9]{8}([A-Z0-9]{3})?", is_digits=False)
_MAYBE_BIC = Part("bic", _BIC.pattern, is_optional=True, is_digits=False)


def _with_code(
    country: str, clearing: str, account: str, *bank: Part, digits: bool = True
) -> Scheme:
    """A bank code (in one or several fields) and an account number; a BIC helps from abroad."""
    parts = (*bank, Part("account", account, is_digits=digits), _MAYBE_BIC)
    return Scheme(country.lower(), parts, clearing=clearing, bank=tuple(part.name for part in bank))


def _with_bic(country: str, account: str, *, digits: bool = True) -> Scheme:
    return Scheme(country.lower(), (_BIC, Part("account", account, is_digits=digits)))


IBAN_SCHEME = Scheme(
    "iban", (Part("iban", r"[A-Z]{2}\d{2}[A-Z0-9]{8,30}", is_digits=False), _MAYBE_BIC), "iban"
)
SCHEMES: dict[str, Scheme] = {
    scheme.code: scheme
    for scheme in (
        IBAN_SCHEME,
        _with_code("US", "USABA", r"\d{4,17}", Part("routing", r"\d{9}")),
        _with_code("GB", "GBDSC", r"\d{8}", Part("sort_code", r"\d{6}")),
        _with_code(
            "IN", "INFSC", r"\d{9,18}", Part("ifsc", r"[A-Z]{4}0[A-Z0-9]{6}", is_digits=False)
        ),
        _with_code("AU", "AUBSB", r"\d{5,10}", Part("bsb", r"\d{6}")),
        Scheme("nz", (Part("account", r"\d{15,16}"), _MAYBE_BIC), clearing="NZNCC"),
        _with_code(
            "CA",
            "CACPA",
            r"\d{5,12}",
            Part("institution", r"\d{3}"),
            Part("transit", r"\d{5}"),
        ),
        Scheme("mx", (Part("clabe", r"\d{18}"), _MAYBE_BIC), "clabe"),
        _with_code("JP", "JPZGN", r"\d{7}", Part("bank", r"\d{4}"), Part("branch", r"\d{3}")),
        _with_code("CN", "CNAPS", r"\d{8,22}", Part("bank", r"\d{12}")),
        _with_code("HK", "HKNCC", r"\d{9,12}", Part("bank", r"\d{3}")),
        _with_code("SG", "SGIBG", r"\d{6,11}", Part("bank", r"\d{4}"), Part("branch", r"\d{3}")),
        _with_code("ZA", "ZANCC", r"\d{7,11}", Part("branch", r"\d{6}")),
        # Nigeria's bank codes are no clearing system of ISO's list; the bank's code stands alone.
        _with_code("NG", "", r"\d{10}", Part("bank", r"\d{3}|\d{6}")),
        _with_bic("VN", r"[A-Z0-9]{6,19}", digits=False),
        _with_bic("GH", r"\d{8,16}"),
        _with_bic("KE", r"\d{6,14}"),
        _with_bic("ID", r"\d{8,16}"),
        _with_bic("PH", r"\d{8,16}"),
        _with_bic("TH", r"\d{10,12}"),
        _with_bic("KR", r"\d{10,14}"),
        Scheme(BIC_ONLY, (_BIC, Part("account", r"[A-Z0-9]{4,34}", is_digits=False))),
    )
}


def schemes_for(country: str) -> tuple[Scheme, ...]:
    """How a payee of that country may give its account, the usual way first; never empty."""
    local = SCHEMES.get(country.lower())
    ways = [local] if local is not None else []
    if _has_iban(country):
        ways.append(IBAN_SCHEME)
    return tuple(ways) or (SCHEMES[BIC_ONLY],)


def read_account(
    *, scheme: str, country: str, typed: Mapping[str, str]
) -> tuple[str, dict[str, str]]:
    """The account's country and its numbers, checked and in the form that banks want.

    country: the payee's; an IBAN may be of another one. Raises AccountError for the first part that
    is wrong, KeyError for an unknown scheme.
    """
    found = SCHEMES[scheme]
    numbers: dict[str, str] = {}
    for part in found.parts:
        value = re.sub(r"[\s\-‐‑–.]", "", typed.get(part.name, "")).upper()
        if not value:
            if part.is_optional:
                continue
            raise AccountError(part.name, "required")
        if not value.isascii() or not re.fullmatch(part.pattern, value):
            raise AccountError(part.name, "format")
        numbers[part.name] = value
    if scheme == IBAN_SCHEME.code:
        country = _check_iban(numbers)
    else:
        _check_local(scheme, numbers)
    if "bic" in numbers:
        _check_bic(numbers["bic"], country, must_be_there=scheme != BIC_ONLY)
    return country, numbers


def _has_iban(country: str) -> bool:
    try:
        get_iban_spec(country)
    except SchwiftyException:
        return False
    return True


def _check_iban(numbers: dict[str, str]) -> str:
    """The IBAN's country; the bank's BIC is added where the registry knows it."""
    try:
        iban = IBAN(numbers["iban"])
    except InvalidChecksumDigits:
        raise AccountError("iban", "check") from None
    except SchwiftyException:
        raise AccountError("iban", "format") from None
    if "bic" not in numbers and iban.bic:
        numbers["bic"] = str(iban.bic)
    return str(iban.country_code)


def _check_bic(bic: str, country: str, *, must_be_there: bool) -> None:
    try:
        found = BIC(bic)
    except SchwiftyException:
        raise AccountError("bic", "format") from None
    if must_be_there and found.country_code != country:
        raise AccountError("bic", "country")


def _check_local(scheme: str, numbers: Mapping[str, str]) -> None:
    if scheme == "us":
        _ask(rtn.validate, "routing", numbers["routing"])
    elif scheme == "nz":
        _ask(nz_account.validate, "account", numbers["account"])
    elif scheme == "mx" and numbers["clabe"][-1] != clabe_check_digit(numbers["clabe"][:-1]):
        raise AccountError("clabe", "check")
    elif scheme == "ng":
        expected = nuban_check_digit(numbers["bank"], numbers["account"][:-1])
        if numbers["account"][-1] != expected:
            raise AccountError("account", "check")


def _ask(validate: object, part: str, number: str) -> None:
    assert callable(validate)  # noqa: S101 - stdnum has no types
    try:
        validate(number)
    except InvalidChecksum:
        raise AccountError(part, "check") from None
    except ValidationError:
        raise AccountError(part, "format") from None


def clabe_check_digit(first: str) -> str:
    """Of the first 17 digits of a CLABE: weights 3, 7, 1, each product modulo ten."""
    total = sum(int(digit) * (3, 7, 1)[at % 3] % 10 for at, digit in enumerate(first))
    return str(-total % 10)


def nuban_check_digit(bank: str, serial: str) -> str:
    """Of a bank's code (three digits, or six of the revised standard) and nine serial digits."""
    digits = bank.rjust(6, "0") + serial
    total = sum(int(digit) * (3, 7, 3)[at % 3] for at, digit in enumerate(digits))
    return str(-total % 10)
