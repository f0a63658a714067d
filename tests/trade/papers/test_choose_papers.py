"""Which form a parcel gets, which papers travel with it, which numbers may be printed."""

from __future__ import annotations

import pytest

from common.money import Money
from trade.rules.papers import (
    CN22_LIMIT,
    OriginText,
    Paper,
    ParcelFacts,
    Why,
    customs_form,
    electronic_references,
    needs_exporter_reference,
    origin_text,
    papers_needed,
    printed_references,
    statement_on_origin,
)
from trade.rules.s10 import Service

LIMIT = CN22_LIMIT.amount


def facts(
    service: Service = Service.LETTER,
    weight_g: int | None = 2000,
    cents: int | None = LIMIT,
    *,
    crosses: bool = True,
    prefers: bool = False,
) -> ParcelFacts:
    value = None if cents is None else Money(cents, "EUR")
    return ParcelFacts(crosses, service, weight_g, value, prefers)


@pytest.mark.parametrize(
    ("given", "paper", "why"),
    [
        (facts(), Paper.CN22, Why.LIGHT_LETTER),
        (facts(weight_g=2001), Paper.CN23, Why.LETTER_TOO_HEAVY),
        (facts(cents=LIMIT + 1), Paper.CN23, Why.LETTER_TOO_DEAR),
        (facts(weight_g=None), Paper.CN23, Why.WEIGHT_UNKNOWN),
        (facts(cents=None), Paper.CN23, Why.VALUE_UNKNOWN),
        (facts(Service.PARCEL, 100, 100), Paper.CN23, Why.POSTAL_PARCEL),
        (facts(Service.EMS, 100, 100), Paper.CN23, Why.POSTAL_PARCEL),
        (facts(Service.UNKNOWN, 100, 100), Paper.CN23, Why.SERVICE_UNKNOWN),
    ],
)
def test_both_sides_of_every_limit(given: ParcelFacts, paper: Paper, why: Why) -> None:
    need = customs_form(given)
    assert need is not None
    assert (need.paper, need.why, need.required) == (paper, why, True)


def test_no_form_at_home_or_with_a_courier() -> None:
    assert customs_form(facts(crosses=False)) is None
    assert customs_form(facts(Service.COURIER)) is None


def required(given: ParcelFacts) -> set[Paper]:
    return {need.paper for need in papers_needed(given) if need.required}


def test_the_invoice_goes_with_cn_23_and_with_a_courier() -> None:
    assert required(facts(Service.PARCEL)) == {Paper.CN23, Paper.INVOICE, Paper.ADVANCE_DATA}
    assert required(facts()) == {Paper.CN22, Paper.ADVANCE_DATA}
    assert required(facts(Service.COURIER)) == {Paper.INVOICE}
    assert Paper.ORIGIN in required(facts(prefers=True))
    at_home = papers_needed(facts(crosses=False))
    assert {need.paper for need in at_home} == {Paper.LABEL, Paper.SLIP}


def test_an_ioss_number_is_never_printed() -> None:
    numbers = {
        "ioss": "IM2760000742",
        "voec": "2024123",
        "gb-vat": "GB123456789",
        "au-gst": "300012345678",
    }
    assert printed_references(numbers, used=["ioss", "ioss"]) == ()
    assert printed_references(numbers, used=["voec"]) == ("VOEC 2024123",)
    assert printed_references(numbers, used=["gb-vat", "au-gst"]) == (
        "GB VAT GB123456789", "ARN 300012345678",
    )  # fmt: skip
    assert electronic_references(numbers, used=["ioss"]) == (("ioss", "IM2760000742"),)
    # A number of a scheme that settled nothing of this order stays at home.
    assert electronic_references(numbers, used=[]) == ()
    assert printed_references({}, used=["voec"]) == ()


def test_the_statement_on_origin_is_the_importers_own() -> None:
    assert origin_text(exporter="GB", importer="DE") is OriginText.AGREEMENT
    assert origin_text(exporter="BD", importer="DE") is OriginText.GSP
    assert origin_text(exporter="BD", importer="JP") is OriginText.AGREEMENT
    said = statement_on_origin(kind=OriginText.AGREEMENT, exporter_reference="X1", origin="Italy")
    assert "(Exporter Reference No X1) declares that" in said
    assert said.endswith("these products are of Italy preferential origin.")
    assert not needs_exporter_reference(Money(600_000, "EUR"))
    assert needs_exporter_reference(Money(600_001, "EUR"))
    assert needs_exporter_reference(None)
