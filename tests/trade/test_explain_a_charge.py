"""A charge in words: what, on what, by which law, since when."""

from __future__ import annotations

from decimal import Decimal

from tests.trade.parcels import goods, parcel, price
from trade.rules import Channel, ChargeKind, LandedCost
from trade.rules.words import Form, explain
from trade.selectors import say_charge, say_unknown


def said(answer: LandedCost, kind: ChargeKind) -> str:
    return next(say_charge(charge) for charge in answer.charges if charge.kind is kind)


def test_a_rate() -> None:
    answer = price(
        parcel("GB", "2026-05-01", ("610910", "200"), delivery="20", channel=Channel.COURIER)
    )
    duty = said(answer, ChargeKind.DUTY)
    assert duty == (
        "Duty: 12 % of goods and delivery (UK Global Tariff, 6109 10 00 10), in force since "
        "Jan. 1, 2021."
    )
    assert said(answer, ChargeKind.TAX).startswith("VAT: 20 % of goods, delivery and duty (")


def test_an_amount_an_item_and_a_fee() -> None:
    answer = price(parcel("DE", "2026-08-03", ("610910", "40")))
    assert said(answer, ChargeKind.DUTY).startswith(
        "EU flat duty: 3.00 EUR for each kind of goods, however many ("
    )
    levy = price(parcel("NZ", "2026-05-04", ("610910", "40")))
    assert said(levy, ChargeKind.FEE).startswith(
        "Goods management levy: 2.21 NZD + 15 % for the parcel ("
    )


def test_a_lower_duty_names_its_agreement_and_what_it_rests_on() -> None:
    line = goods("691200", "200", "EUR", origin="VN", preference=True)
    answer = price(
        parcel("DE", "2026-11-24", line, dispatched_from="VN", channel=Channel.MARKETPLACE)
    )
    assert said(answer, ChargeKind.DUTY).startswith(
        "Duty: 0 % of goods and delivery, with the seller's statement on origin "
        "(EU-Vietnam Free Trade Agreement, art. 2.7), in force since "
    )


def test_nothing_due_and_stated() -> None:
    answer = price(parcel("GB", "2026-05-01", ("610910", "100")))
    assert said(answer, ChargeKind.DUTY).startswith("No duty up to GBP 135: nothing is due (")
    line = goods("", "1200", "NZD", stated_duty_rate=Decimal("0.05"))
    stated = price(parcel("NZ", "2026-05-04", line, channel=Channel.COURIER))
    assert said(stated, ChargeKind.DUTY) == "Duty: 5 % of the goods, as the declarant states"


def test_the_parts_are_there_for_a_translator() -> None:
    answer = price(parcel("DE", "2026-08-03", ("610910", "40")))
    sentence = explain(answer.charges[0])
    assert sentence.form is Form.PER_ITEM
    assert sentence.rate == "3.00 EUR"


def test_what_is_unknown_says_what_it_means() -> None:
    answer = price(parcel("PE", "2026-05-01", ("610910", "100"), currency="PEN"))
    assert "carrier may ask" in say_unknown(answer.unknowns[0])
    rate = price(parcel("DE", "2026-08-03", ("440290", "200"), channel=Channel.COURIER))
    assert "440290" in say_unknown(rate.unknowns[0])
