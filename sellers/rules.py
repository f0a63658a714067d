"""Who may sell what is not decided here: only whether a business has said enough to be looked at."""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from anyascii import anyascii
from stdnum import get_cc_module
from stdnum.exceptions import ValidationError

# Beside a country's VAT number (or instead of it), what a small business there may go by.
_ALSO_GOES_BY: dict[str, tuple[str, ...]] = {
    "AT": ("at.tin",),
    "AU": ("au.acn",),
    "BR": ("br.cpf",),
    "CR": ("cr.cpf",),
    "DE": ("de.idnr", "de.stnr"),
    "EE": ("ee.registrikood",),
    "ES": ("es.cif", "es.nie"),
    "FI": ("fi.ytunnus",),
    "FR": ("fr.siret", "fr.siren"),
    "GB": ("gb.utr",),
    "IN": ("in_.pan",),
    "IS": ("is_.kennitala",),
    "IT": ("it.codicefiscale",),
    "JP": ("jp.in_",),
    "MD": ("md.idno",),
    "NO": ("no.orgnr",),
    "PL": ("pl.regon",),
    "RO": ("ro.cui",),
    "SE": ("se.orgnr",),
    "TH": ("th.tin", "th.pin"),
    "TR": ("tr.tckimlik",),
    "UA": ("ua.edrpou", "ua.rntrc"),
    "US": ("us.ein", "us.itin", "us.ssn"),
    "ZA": ("za.tin",),
}
RESERVED_SLUGS = frozenset({"open", "new", "start", "help", "invite"})
SLUG_LENGTH = 80


class TaxNumberError(ValueError):
    """The number breaks every rule that its country has for business numbers."""


def _modules(country: str) -> list[Any]:
    modules: list[Any] = [
        import_module(f"stdnum.{name}") for name in _ALSO_GOES_BY.get(country, ())
    ]
    vat = get_cc_module(country.lower(), "vat")
    return [vat, *modules] if vat is not None else modules


def has_tax_rule(country: str) -> bool:
    """Whether numbers of that country can be checked at all."""
    return bool(_modules(country))


def clean_tax_number(country: str, text: str) -> str:
    """The number as its country writes it; kept as typed where no rule is known.

    Checked by package python-stdnum (digits, length, check digits), not by asking an authority.
    Raises TaxNumberError when the country has rules and the number fits none of them.
    """
    typed = " ".join(text.split())
    modules = _modules(country)
    if not typed or not modules:
        return typed
    for module in modules:
        try:
            return str(module.validate(typed))
        except ValidationError:
            continue
    raise TaxNumberError(country)


def is_vat_number(country: str, number: str) -> bool:
    """Whether it is a VAT number of that country by its digits; the authority is not asked."""
    vat = get_cc_module(country.lower(), "vat")
    return bool(number and vat is not None and vat.is_valid(number))


def tax_number_names(country: str) -> list[str]:
    """What the accepted numbers are called, as their own country abbreviates them ("EIN")."""
    names = [module.__name__.rsplit(".", 1)[-1].strip("_").upper() for module in _modules(country)]
    return list(dict.fromkeys("VAT" if name in {"TVA", "VAT", "BTW"} else name for name in names))


def slug_for(name: str, taken: Sequence[str] = ()) -> str:
    """A name as part of an address, in Latin letters, different from those taken."""
    base = re.sub(r"[^a-z0-9]+", "-", anyascii(name).lower()).strip("-")[:SLUG_LENGTH].strip("-")
    base = base or "shop"
    unwanted = RESERVED_SLUGS | set(taken)
    if base not in unwanted:
        return base
    number = 2
    while f"{base}-{number}" in unwanted:
        number += 1
    return f"{base}-{number}"


def missing_for_review(
    *, email_verified: bool, has_address: bool, fee_agreed: bool
) -> tuple[str, ...]:
    """What still stands between a business and a moderator's look: "email", "address", "fee"."""
    wanted = {"email": email_verified, "address": has_address, "fee": fee_agreed}
    return tuple(key for key, there in wanted.items() if not there)
