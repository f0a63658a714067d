"""The desk's reckoning: every amount to the door with its sentence, law, source and row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.rules.parcels import ChargeQuote, ParcelQuote
from catalog.selectors.breakdown import PLAIN_DUTY, kind_word, preference_note, rate_note
from common.money import Money
from trade.rules.values import Certainty, Channel, ChargeKind, Collector
from trade.selectors import get_rulebook, say_charge, say_name


@dataclass(frozen=True, slots=True)
class DeskLine:
    """One line. money is None where nothing is known (never 0). who: who asks the buyer for it.

    row_id, law, source, since, checked_on: the rule behind it; empty for goods and delivery.
    """

    kind: str
    label: str
    money: Money | None
    note: str = ""
    sentence: str = ""
    who: str = ""
    certainty: str = ""
    certainty_text: str = ""
    row_id: str = ""
    law: str = ""
    source: str = ""
    since: date | None = None
    checked_on: date | None = None


def door_total(quote: ParcelQuote) -> Money:
    """Goods, delivery and every known charge, whoever asks for it; in the buyer's currency."""
    charges = [charge.money for charge in quote.charges if not charge.included]
    return Money.sum([quote.goods, quote.delivery, *charges], quote.currency)


def desk_lines(quote: ParcelQuote, *, channel: Channel) -> tuple[DeskLine, ...]:
    """Goods and delivery, then duty, tax and fees with what is not known of each."""
    count = quote.lines[0].quantity
    lines = [
        DeskLine(
            "goods",
            ngettext("Goods", "Goods, %(count)s pieces", count) % {"count": count},
            quote.goods,
        ),
        DeskLine("delivery", _("Delivery"), quote.delivery),
    ]
    for kind in ChargeKind:
        charges = [charge for charge in quote.charges if charge.kind is kind]
        missing = quote.is_unknown(kind)
        if missing:
            # A nought beside "not known" would read as the answer.
            charges = [charge for charge in charges if charge.money]
        lines += [_line(charge, channel) for charge in charges]
        if missing:
            lines.append(
                DeskLine(
                    kind.value,
                    _("Further: %(kind)s") % {"kind": kind_word(kind)}
                    if charges
                    else kind_word(kind),
                    None,
                    certainty=Certainty.UNKNOWN.value,
                    certainty_text=certainty_word(Certainty.UNKNOWN),
                )
            )
    return tuple(lines)


def _line(charge: ChargeQuote, channel: Channel) -> DeskLine:
    row = get_rulebook().row(charge.row_id)
    label, note = say_name(charge.name), rate_note(charge)
    if charge.source.preferential:
        label, note = kind_word(charge.kind), preference_note(charge)
    elif not charge.money:
        note = _("Free of duty") if charge.name == PLAIN_DUTY else label
        label = kind_word(charge.kind)
    return DeskLine(
        kind=charge.kind.value,
        label=label,
        money=charge.money,
        note=note,
        sentence=say_charge(charge.source),
        who=say_collector(charge.collected_by, channel=channel),
        certainty=charge.certainty.value,
        certainty_text=certainty_word(charge.certainty),
        row_id=charge.row_id,
        law=charge.source.law,
        source=row.source if row else "",
        since=charge.source.in_force_since,
        checked_on=row.checked_on if row else None,
    )


def say_collector(collector: Collector, *, channel: Channel) -> str:
    """Who asks the buyer for an amount, in a sentence to the seller."""
    if collector is Collector.PLATFORM and channel is not Channel.MARKETPLACE:
        return _("The shop, when the buyer pays")
    return {
        Collector.PLATFORM: _("We do, when the buyer pays"),
        Collector.CARRIER: _("The carrier, before it hands over the parcel"),
        Collector.CUSTOMS: _("Customs, from the buyer"),
        Collector.SELLER: _("You do, in your price, and pay it to the country"),
        Collector.NOBODY: _("Nobody: nothing is due"),
    }[collector]


def certainty_word(certainty: Certainty) -> str:
    """How far one amount can be trusted, in a word."""
    return {
        Certainty.GUARANTEED: _("read in the official text"),
        Certainty.ESTIMATE: _("an estimate"),
        Certainty.UNKNOWN: _("not known yet"),
    }[certainty]
