"""Which papers a parcel needs, and what may be printed on them; pure.

The limits are those of the Universal Postal Union's Convention: form CN 22 is for letter post up to
2 kg whose contents are worth at most 300 special drawing rights; everything else that a post carries
over a border gets form CN 23. Whatever is not known is decided so that the paper is valid anyway.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from common.countries import EU
from common.money import Money
from trade.rules.s10 import Service

CN22_GRAMS = 2_000
CN22_SDR = 300
# No source of ours publishes the SDR. Since 2012 it has moved between about 1.14 and 1.27 EUR (general
# knowledge of the IMF's figures, not read again; 2026-11-24). 1.10 lies below: what is under the limit
# by this rate is under it by the day's rate too, and what is near it gets the longer form.
EUR_PER_SDR = Decimal("1.10")
CN22_LIMIT = Money.from_decimal(CN22_SDR * EUR_PER_SDR, "EUR")
# Above so many euro cents of originating goods the European Union wants a registered exporter's
# number (REX) in the statement on origin.
REX_LIMIT = Money(600_000, "EUR")


class Paper(StrEnum):
    """A paper of a parcel; the value is part of its address."""

    INVOICE = "invoice"
    PROFORMA = "proforma"
    PACKING_LIST = "packing-list"
    CN22 = "cn22"
    CN23 = "cn23"
    ORIGIN = "origin"
    ADVANCE_DATA = "advance-data"
    LABEL = "label"
    SLIP = "packing-slip"


class Why(StrEnum):
    """Why a parcel needs a paper, or why the paper is offered."""

    CUSTOMS_VALUE = "customs_value"
    BEFORE_SALE = "before_sale"
    CONTENTS = "contents"
    LIGHT_LETTER = "light_letter"
    LETTER_TOO_HEAVY = "letter_too_heavy"
    LETTER_TOO_DEAR = "letter_too_dear"
    WEIGHT_UNKNOWN = "weight_unknown"
    VALUE_UNKNOWN = "value_unknown"
    POSTAL_PARCEL = "postal_parcel"
    SERVICE_UNKNOWN = "service_unknown"
    PREFERENCE = "preference"
    ORIGIN_ASKED = "origin_asked"
    ADVANCE = "advance"
    PACKING = "packing"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class Need:
    """A paper with its reason. required: the parcel should not leave without it."""

    paper: Paper
    why: Why
    required: bool


@dataclass(frozen=True, slots=True)
class ParcelFacts:
    """What the choice needs to know.

    weight_g: of the whole parcel, or of its contents while nobody has weighed it; None when not
    known. value_eur: what its contents are worth; None where no exchange rate is known.
    """

    crosses_border: bool
    service: Service
    weight_g: int | None
    value_eur: Money | None
    claims_preference: bool = False


def customs_form(facts: ParcelFacts) -> Need | None:
    """CN 22 or CN 23 with the reason; None inside a country and with a courier."""
    if not facts.crosses_border or facts.service is Service.COURIER:
        return None
    why = _form_reason(facts)
    paper = Paper.CN22 if why is Why.LIGHT_LETTER else Paper.CN23
    return Need(paper, why, required=True)


def _form_reason(facts: ParcelFacts) -> Why:
    if facts.service is Service.UNKNOWN:
        return Why.SERVICE_UNKNOWN
    if facts.service is not Service.LETTER:
        return Why.POSTAL_PARCEL
    if facts.weight_g is None:
        return Why.WEIGHT_UNKNOWN
    if facts.weight_g > CN22_GRAMS:
        return Why.LETTER_TOO_HEAVY
    if facts.value_eur is None:
        return Why.VALUE_UNKNOWN
    return Why.LIGHT_LETTER if facts.value_eur <= CN22_LIMIT else Why.LETTER_TOO_DEAR


def papers_needed(facts: ParcelFacts) -> tuple[Need, ...]:
    """Every paper of a parcel, the needed ones first, in the order in which they are packed."""
    always = (
        Need(Paper.LABEL, Why.ADDRESS, required=False),
        Need(Paper.SLIP, Why.PACKING, required=False),
    )
    if not facts.crosses_border:
        return always
    form = customs_form(facts)
    origin = Why.PREFERENCE if facts.claims_preference else Why.ORIGIN_ASKED
    needs = [
        *([form] if form else []),
        # The Convention wants the invoice with every commercial item under CN 23; a courier clears
        # by it; with a CN 22 it helps.
        Need(
            Paper.INVOICE,
            Why.CUSTOMS_VALUE,
            required=form is None or form.paper is Paper.CN23,
        ),
        Need(Paper.ADVANCE_DATA, Why.ADVANCE, required=form is not None),
        Need(Paper.ORIGIN, origin, required=facts.claims_preference),
        Need(Paper.PACKING_LIST, Why.CONTENTS, required=False),
        Need(Paper.PROFORMA, Why.BEFORE_SALE, required=False),
        *always,
    ]
    return tuple(sorted(needs, key=lambda need: not need.required))


# --- tax numbers ----------------------------------------------------------------------------------

# Schemes whose authority wants the number on the paper that travels with the parcel, with the words
# in front of it. Every other one is told electronically only: an IOSS number that can be read on a
# parcel is copied by others.
_PRINTED = {
    "gb-vat": "GB VAT",
    "voec": "VOEC",
    "au-gst": "ARN",
    "nz-gst": "NZ GST",
    "sg-gst": "SG GST",
}


def printed_references(registrations: Mapping[str, str], *, used: Iterable[str]) -> tuple[str, ...]:
    """Numbers to print in the importer's reference field: "VOEC 2024123".

    used: keys of the schemes that settled a tax of this order; what did not is not printed.
    """
    return tuple(
        f"{_PRINTED[key]} {registrations[key]}"
        for key in dict.fromkeys(used)
        if key in _PRINTED and registrations.get(key)
    )


def electronic_references(
    registrations: Mapping[str, str], *, used: Iterable[str]
) -> tuple[tuple[str, str], ...]:
    """All numbers of the order's schemes as (key, number), IOSS too; only for advance data."""
    return tuple((key, registrations[key]) for key in dict.fromkeys(used) if registrations.get(key))


# --- origin ---------------------------------------------------------------------------------------


class OriginText(StrEnum):
    """Which prescribed sentence claims a preference."""

    AGREEMENT = "agreement"
    """The invoice declaration that the European Union, the United Kingdom and their partners share."""
    GSP = "gsp"
    """The statement of a registered exporter in a country of the general system of preferences."""


# Exporting countries whose goods get a preference in the EU by the general system (REX).
_GSP = frozenset(
    [
        "BD",
        "BJ",
        "BF",
        "BO",
        "CV",
        "ID",
        "IN",
        "KE",
        "KG",
        "LA",
        "LK",
        "MM",
        "MN",
        "MZ",
        "NP",
        "NG",
        "PH",
        "PK",
        "RW",
        "SN",
        "TJ",
        "TZ",
        "UG",
        "UZ",
        "ZM",
    ]
)


def origin_text(*, exporter: str, importer: str) -> OriginText:
    """The sentence that the importing side accepts from the exporting country."""
    return OriginText.GSP if exporter in _GSP and importer in EU else OriginText.AGREEMENT


def statement_on_origin(*, kind: OriginText, exporter_reference: str, origin: str) -> str:
    """The short wording that the agreements prescribe; only the blanks are ours.

    A treaty's sentence is valid in its own words only. origin: the origin's name in English.
    """
    reference = exporter_reference or "…………………"
    if kind is OriginText.GSP:
        return (
            f"The exporter (Number of Registered Exporter {reference}) of the products covered by "
            "this document declares that, except where otherwise clearly indicated, these products "
            f"are of {origin} preferential origin according to rules of origin of the Generalised "
            "System of Preferences of the European Union and that the origin criterion met is "
            "…………."
        )
    return (
        f"The exporter of the products covered by this document (Exporter Reference No {reference}) "
        "declares that, except where otherwise clearly indicated, these products are of "
        f"{origin} preferential origin."
    )


def needs_exporter_reference(value_eur: Money | None) -> bool:
    """Whether a claim needs a registered exporter's number: above EUR 6,000, or value unknown."""
    return value_eur is None or value_eur > REX_LIMIT
