"""Totals line by line, in words that say what is certain and what is not.

A basket that is being priced and an order that was placed are told in the same rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from catalog.rules.parcels import ChargeQuote, ParcelQuote
from catalog.selectors.breakdown import kind_word, preference_note, say_doubts, say_rate
from common.money import Money
from orders.models import Order, OrderCharge
from orders.rules import Amounts
from orders.selectors.baskets import PricedBasket, PricedParcel, restrictions_of
from trade.rules.values import Certainty, ChargeKind, Collector, Unknown
from trade.selectors import get_rulebook, say_name, say_preference


@dataclass(frozen=True, slots=True)
class TotalRow:
    """One line of a sum. Without money `text` says why: nothing is due, or (is_unknown) nobody knows.

    What is not known never shows as zero.
    """

    label: str
    money: Money | None
    note: str = ""
    text: str = ""
    strong: bool = False
    is_unknown: bool = False


@dataclass(frozen=True, slots=True)
class DoorCharge:
    """What somebody else may ask the buyer for on delivery; not in the total."""

    name: str
    rate_text: str
    money: Money


@dataclass(frozen=True, slots=True)
class ParcelView:
    """A parcel as the basket and the checkout show it."""

    parcel: PricedParcel
    rows: tuple[TotalRow, ...]
    total: Money | None
    certainty: str
    unknowns: tuple[str, ...]
    at_the_door: tuple[DoorCharge, ...]
    restrictions: tuple[str, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether `total` is all there is to pay: nothing unknown, nothing asked for at the door."""
        return self.certainty != Certainty.UNKNOWN and not self.at_the_door


def parcel_views(priced: PricedBasket) -> list[ParcelView]:
    """Each parcel of a basket with its lines explained."""
    return [_parcel_view(parcel) for parcel in priced.parcels]


def _parcel_view(parcel: PricedParcel) -> ParcelView:
    quote = parcel.quote
    restrictions = tuple(notice.text for notice in restrictions_of(quote)) if quote else ()
    if quote is None or not quote.deliverable:
        return ParcelView(parcel, (), None, "", (), (), restrictions)
    return ParcelView(
        parcel=parcel,
        rows=quote_rows(quote),
        total=quote.total,
        certainty=quote.certainty.value,
        unknowns=tuple(say_doubts(quote.unknowns)),
        at_the_door=tuple(
            DoorCharge(say_name(charge.name), charge.rate_text, charge.money)
            for charge in quote.at_the_door
            if charge.money
        ),
        restrictions=restrictions,
    )


def quote_rows(quote: ParcelQuote) -> tuple[TotalRow, ...]:
    """Goods, delivery, duty, tax and fees of one parcel; what is not known is never zero."""
    rows = [
        TotalRow(_("Goods"), quote.goods),
        TotalRow(_("Delivery"), quote.delivery, note=quote.chosen.name if quote.chosen else ""),
    ]
    amounts = {
        ChargeKind.DUTY: quote.duty,
        ChargeKind.TAX: quote.tax,
        ChargeKind.FEE: quote.fees,
    }
    for kind, amount in amounts.items():
        shown = [c for c in quote.charges if c.kind is kind and _is_told(c)]
        note = charge_note(
            preference_note(c) if c.source.preferential else _name_and_rate(c.name, c.rate_text)
            for c in shown
        )
        rows += _kind_rows(kind, amount, note, is_unknown=quote.is_unknown(kind))
    return tuple(rows)


def _is_told(charge: ChargeQuote) -> bool:
    """What is charged, and a lower duty that leaves nothing to charge: buyers read why."""
    return charge.charged or (charge.source.preferential and not charge.money)


def _kind_rows(kind: ChargeKind, amount: Money, note: str, *, is_unknown: bool) -> list[TotalRow]:
    """Rows for duty, tax or fees: a figure, or words for why there is none."""
    label = kind_word(kind)
    rows = []
    if amount or (note and not is_unknown):
        rows.append(TotalRow(label, amount, note=note))
    elif kind is not ChargeKind.FEE and not is_unknown:
        rows.append(TotalRow(label, None, text=_("nothing to add")))
    if is_unknown:
        rows.append(TotalRow(label, None, text=_("not known yet"), is_unknown=True))
    return rows


def _name_and_rate(name: str, rate_text: str) -> str:
    return " ".join(filter(None, (say_name(name), say_rate(rate_text))))


def charge_note(words: Iterable[str]) -> str:
    """Some charges in words, each once: "VAT 20 %, customs duty 3.7 %"."""
    return ", ".join(dict.fromkeys(words))


def basket_totals(priced: PricedBasket) -> list[TotalRow]:
    """The whole basket, added up over its parcels."""
    kinds = [kind for kind in ChargeKind if _some_unknown(priced, kind)]
    return sum_rows(priced.amounts, priced.currency, unknown=kinds)


def _some_unknown(priced: PricedBasket, kind: ChargeKind) -> bool:
    quotes = [parcel.quote for parcel in priced.parcels if parcel.quote is not None]
    return any(quote.deliverable and quote.is_unknown(kind) for quote in quotes)


def sum_rows(
    amounts: Amounts, currency: str, *, unknown: Sequence[ChargeKind] = ()
) -> list[TotalRow]:
    """The five parts of a sum; a part that is not fully known says so beside its figure."""
    rows = [
        TotalRow(_("Goods"), Money(amounts.goods, currency)),
        TotalRow(_("Delivery"), Money(amounts.delivery, currency)),
    ]
    parts = {
        ChargeKind.DUTY: amounts.duty,
        ChargeKind.TAX: amounts.tax,
        ChargeKind.FEE: amounts.fees,
    }
    for kind, amount in parts.items():
        label = kind_word(kind)
        if kind in unknown and not amount:
            rows.append(TotalRow(label, None, text=_("not known yet"), is_unknown=True))
        elif kind in unknown:
            rows.append(TotalRow(label, Money(amount, currency), note=_("not all of it is known")))
        elif amount:
            rows.append(TotalRow(label, Money(amount, currency)))
        elif kind is not ChargeKind.FEE:
            rows.append(TotalRow(label, None, text=_("nothing to add")))
    return rows


def order_rows(order: Order, charges: Sequence[OrderCharge]) -> list[TotalRow]:
    """The same rows for an order as it was placed."""
    currency = order.currency
    rows = [
        TotalRow(_("Goods"), Money(order.goods_amount, currency)),
        TotalRow(_("Delivery"), Money(order.delivery_amount, currency), note=order.delivery_name),
    ]
    amounts = {
        ChargeKind.DUTY: order.duty_amount,
        ChargeKind.TAX: order.tax_amount,
        ChargeKind.FEE: order.fees_amount,
    }
    missing = {
        unknown["kind"] for unknown in order.unknowns if unknown["certainty"] == Certainty.UNKNOWN
    }
    for kind, amount in amounts.items():
        note = charge_note(_placed_charge(c) for c in charges if c.kind == kind and _was_told(c))
        rows += _kind_rows(kind, Money(amount, currency), note, is_unknown=kind in missing)
    return rows


def _was_told(charge: OrderCharge) -> bool:
    charged = charge.collected_by == Collector.PLATFORM
    return charged or (charge.preferential and not charge.amount)


def _placed_charge(charge: OrderCharge) -> str:
    """A placed order's charge in words; an agreement's name stands in the row that decided."""
    if not charge.preferential:
        return _name_and_rate(charge.name, charge.rate_text)
    row = get_rulebook().row(charge.row_id)
    return say_preference(charge.rate_text, row.legal_ref if row else "")


def say_unknowns(order: Order) -> list[str]:
    """What was not known of an order's duty and tax when it was placed, in words."""
    return say_doubts(
        Unknown(
            kind=ChargeKind(stored["kind"]),
            code=stored["code"],
            line_key=stored["line"],
            row_id=stored["row"],
            certainty=Certainty(stored["certainty"]),
            params=tuple(stored["params"].items()),
        )
        for stored in order.unknowns
    )
