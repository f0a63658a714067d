"""Which papers a parcel needs that nobody has sold yet, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from common.money import Money
from payments.rules.rates import RateUnavailableError
from payments.selectors.rates import rate_table
from shipping.rules import CarriedBy
from trade.rules.papers import CN22_GRAMS, Paper, ParcelFacts, Why, papers_needed
from trade.rules.s10 import Service
from trade.rules.values import Channel


@dataclass(frozen=True, slots=True)
class PaperNeed:
    """A paper that the parcel should not leave without, and why."""

    paper: Paper
    name: str
    why: str


def needed_papers(
    *,
    crosses: bool,
    channel: Channel,
    carried_by: CarriedBy,
    weight_g: int | None,
    value: Money,
    proof: bool,
    now: datetime,
) -> tuple[PaperNeed, ...]:
    """The required papers, in the order in which they are packed; none inside a country."""
    facts = ParcelFacts(
        crosses_border=crosses,
        service=_service(channel, carried_by, weight_g),
        weight_g=weight_g,
        value_eur=_in_euro(value, now),
        claims_preference=proof,
    )
    return tuple(
        PaperNeed(need.paper, paper_name(need.paper), say_why(need.why))
        for need in papers_needed(facts)
        if need.required
    )


def _service(channel: Channel, carried_by: CarriedBy, weight_g: int | None) -> Service:
    """What the papers go by. Sold here, which of the post's services it is stays the seller's to say
    on the order; until then the form is the one that is right for all of them."""
    if carried_by is CarriedBy.COURIER:
        return Service.COURIER
    if channel is Channel.MARKETPLACE:
        return Service.UNKNOWN
    return Service.LETTER if weight_g is None or weight_g <= CN22_GRAMS else Service.PARCEL


def _in_euro(value: Money, now: datetime) -> Money | None:
    if value.currency == "EUR":
        return value
    try:
        rate = rate_table(now=now).mid(value.currency, "EUR").rate
    except RateUnavailableError:
        return None
    return value.convert(rate, "EUR")


def paper_name(paper: Paper) -> str:
    """What a paper is called."""
    return {
        Paper.INVOICE: _("Commercial invoice"),
        Paper.PROFORMA: _("Proforma invoice"),
        Paper.PACKING_LIST: _("Packing list"),
        Paper.CN22: _("Customs form CN 22"),
        Paper.CN23: _("Customs form CN 23"),
        Paper.ORIGIN: _("Proof of origin"),
        Paper.ADVANCE_DATA: _("Electronic advance data"),
        Paper.LABEL: _("Address label"),
        Paper.SLIP: _("Packing slip"),
    }[paper]


def say_why(why: Why) -> str:
    """Why the parcel needs it."""
    return {
        Why.CUSTOMS_VALUE: _("Customs reads the value off it; the courier clears by it."),
        Why.BEFORE_SALE: _("For a buyer who must apply for something before buying."),
        Why.CONTENTS: _("Says what is in which box."),
        Why.LIGHT_LETTER: _("Letter post up to 2 kg and about 300 special drawing rights."),
        Why.LETTER_TOO_HEAVY: _("It weighs more than 2 kg."),
        Why.LETTER_TOO_DEAR: _("It is worth more than 300 special drawing rights (about 330 EUR)."),
        Why.WEIGHT_UNKNOWN: _("Its weight is not stated; this form is right for any."),
        Why.VALUE_UNKNOWN: _("Its value in euros is not known; this form is right for any."),
        Why.POSTAL_PARCEL: _("The post's parcels carry this form."),
        Why.SERVICE_UNKNOWN: _("Right for every way of sending by post."),
        Why.PREFERENCE: _("You claim a lower duty by the goods' origin."),
        Why.ORIGIN_ASKED: _("Some buyers and customs officers ask for it."),
        Why.ADVANCE: _("Most countries refuse post that was not announced electronically."),
        Why.PACKING: _("For whoever unpacks it."),
        Why.ADDRESS: _("So that it arrives."),
    }[why]
