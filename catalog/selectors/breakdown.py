"""A parcel's cost in words: the lines of the totals table and how far to trust them.

Listing page, basket, checkout and the seller's preview show the same lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.rules.parcels import ChargeQuote, ParcelQuote
from catalog.rules.ways import OptionQuote
from common.money import Money
from trade.rules.values import Certainty, ChargeKind, Collector, Unknown
from trade.selectors import say_charge, say_name, say_preference, say_unknown

PLAIN_DUTY = "Duty"
"""The rulebook's name of a duty that needs none of its own; alone it explains no nought."""
WHOLE_COUNTRY, REGION = "destination", "region"
"""Codes of what is not known that the warning beside a total says by itself."""


@dataclass(frozen=True, slots=True)
class CostRow:
    """A row of components/totals.html."""

    label: str
    text: str
    note: str = ""
    unknown: bool = False
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Breakdown:
    """rows, total_label, total_text: the totals table. tone, title, text: the certainty in words
    (components/alert.html). doubts: what is not known, a sentence each. door: what others may ask
    for on delivery. laws: the rules behind the charges."""

    rows: tuple[CostRow, ...]
    total_label: str
    total_text: str
    tone: str
    title: str
    text: str
    doubts: tuple[str, ...] = ()
    door: tuple[CostRow, ...] = ()
    laws: tuple[str, ...] = ()


def cost_breakdown(quote: ParcelQuote, *, locale: str, language: str) -> Breakdown:
    """The whole parcel, line by line. The quote must be deliverable."""
    rows = [
        CostRow(_goods_label(quote), quote.goods.format(locale=locale)),
        CostRow(_("Delivery"), quote.delivery.format(locale=locale), _delivery_note(quote)),
        *charge_rows(quote, locale=locale),
    ]
    tone, title, text = certainty_words(quote)
    return Breakdown(
        rows=tuple(rows),
        total_label=_("To your door") if is_complete(quote) else _("You pay us"),
        total_text=quote.total.format(locale=locale),
        tone=tone,
        title=title,
        text=text,
        doubts=tuple(say_doubts(u for u in quote.unknowns if u.code != REGION)),
        door=tuple(_row(charge, locale) for charge in quote.at_the_door),
        laws=tuple(dict.fromkeys(say_charge(charge.source) for charge in quote.charges)),
    )


def charge_rows(quote: ParcelQuote, *, locale: str) -> list[CostRow]:
    """Duty, tax and border fees: what is charged, what is nil by a rule, what is not known."""
    rows = []
    for kind in ChargeKind:
        shown = [c for c in quote.charges if c.kind is kind and _belongs_in_table(c)]
        if quote.is_unknown(kind):
            # A nought beside "not known yet" would read as the answer.
            shown = [charge for charge in shown if charge.money]
        rows += [_row(charge, locale) for charge in _merged(shown)]
        if quote.is_unknown(kind):
            rows.append(CostRow(kind_word(kind), _("not known yet"), unknown=True))
    return rows


def _belongs_in_table(charge: ChargeQuote) -> bool:
    return charge.charged or charge.included or charge.collected_by is Collector.NOBODY


def _merged(charges: Sequence[ChargeQuote]) -> list[ChargeQuote]:
    """Charges of several things by one rule as one row; amounts are summed, never rounded anew."""
    groups: dict[tuple[str, str, bool], list[ChargeQuote]] = {}
    for charge in charges:
        groups.setdefault((charge.row_id, charge.rate_text, charge.included), []).append(charge)
    return [_sum(members) for members in groups.values()]


def _sum(members: Sequence[ChargeQuote]) -> ChargeQuote:
    first = members[0]
    money = Money.sum((c.money for c in members), first.money.currency)
    return replace(first, money=money, line_key=None) if len(members) > 1 else first


def _row(charge: ChargeQuote, locale: str) -> CostRow:
    name = say_name(charge.name)
    if charge.source.preferential:
        text = charge.money.format(locale=locale)
        return CostRow(kind_word(charge.kind), text, preference_note(charge))
    if charge.included:
        return CostRow(name, _("included"), charge.money.format(locale=locale))
    if not charge.money:
        why = _("Free of duty") if charge.name == PLAIN_DUTY else name
        return CostRow(kind_word(charge.kind), charge.money.format(locale=locale), why)
    return CostRow(name, charge.money.format(locale=locale), rate_note(charge))


def preference_note(charge: ChargeQuote) -> str:
    """Why the duty is lower: the rate, the agreement and what it rests on."""
    return say_preference(charge.rate_text, charge.source.law)


def rate_note(charge: ChargeQuote) -> str:
    """A charge's rate and what it is of, in words."""
    rate = charge.rate_text
    if "/" in rate or "%" not in rate:
        return say_rate(rate)
    base = {
        "goods": _("%(rate)s of the goods"),
        "goods+delivery": _("%(rate)s of goods and delivery"),
        "goods+duty": _("%(rate)s of goods and duty"),
        "goods+delivery+duty": _("%(rate)s of goods, delivery and duty"),
    }.get(charge.source.base_text, "%(rate)s")
    return base % {"rate": rate}


def say_rate(rate_text: str) -> str:
    """A charge's rate in words: "3.00 EUR/item" falls due once for each kind of goods."""
    rate, _slash, measure = rate_text.partition("/")
    if measure == "item":
        return _("%(rate)s for each kind of goods, however many") % {"rate": rate}
    return rate_text


def kind_word(kind: ChargeKind) -> str:
    """The kind of a charge in a word."""
    return {
        ChargeKind.DUTY: _("Customs duty"),
        ChargeKind.TAX: _("Tax"),
        ChargeKind.FEE: _("Border fee"),
    }[kind]


def _goods_label(quote: ParcelQuote) -> str:
    count = sum(line.quantity for line in quote.lines)
    return _("Goods") if count == 1 else _("Goods, %(count)s pieces") % {"count": count}


def _delivery_note(quote: ParcelQuote) -> str:
    return f"{quote.chosen.name} · {delivery_days(quote, quote.chosen)}" if quote.chosen else ""


def delivery_days(quote: ParcelQuote, option: OptionQuote) -> str:
    """How long it takes from the order to the door, in words: making it ready and travelling."""
    first, last = (quote.dispatch_days + days for days in (option.min_days, option.max_days))
    if first == last:
        return ngettext("%(days)s day", "%(days)s days", last) % {"days": last}
    return _("%(from)s to %(to)s days") % {"from": first, "to": last}


def is_complete(quote: ParcelQuote) -> bool:
    """Whether the total is all there is to pay: nothing unknown, nothing asked for at the door."""
    asked = any(charge.money for charge in quote.at_the_door)
    return quote.certainty is not Certainty.UNKNOWN and not asked


def certainty_words(quote: ParcelQuote) -> tuple[str, str, str]:
    """Tone, title and sentence that say how far the total can be trusted."""
    if quote.certainty is Certainty.UNKNOWN:
        return _missing_words(quote)
    if not is_complete(quote):
        return (
            "warn",
            _("Part of it is paid at your door"),
            _("The carrier asks you for what is listed below. It is not in this total."),
        )
    if quote.certainty is Certainty.ESTIMATE:
        return (
            "info",
            _("You pay this total, and no more"),
            _(
                "Some of the rules behind it are in doubt. Should the border ask for more, the"
                " difference is ours, not yours."
            ),
        )
    if quote.dispatched_from == quote.destination:
        return (
            "ok",
            _("Nothing more to pay at the door"),
            _("It crosses no border, so nothing is added to the price but delivery."),
        )
    return (
        "ok",
        _("Nothing more to pay at the door"),
        _("Duty and tax are in this total. We pay them, whatever the border asks."),
    )


def _missing_words(quote: ParcelQuote) -> tuple[str, str, str]:
    missing = {u.code for u in quote.unknowns if u.certainty is Certainty.UNKNOWN}
    if missing == {REGION}:
        return (
            "warn",
            _("The tax is missing from this total"),
            _(
                "It depends on your province or state. Choose it with your country at the top of"
                " the page, and you see all of it."
            ),
        )
    return (
        "warn",
        _("Something is missing from this total"),
        _(
            "We do not know every rule of this country yet. The carrier or customs may ask you for"
            " duty or tax on delivery, on top of what you pay here."
        ),
    )


def doubts(quote: ParcelQuote) -> tuple[str, ...]:
    """What is not known, each said once."""
    return tuple(dict.fromkeys(say_unknown(unknown) for unknown in quote.unknowns))


def say_doubts(unknowns: Iterable[Unknown]) -> list[str]:
    """What is not known in sentences, beside the warning that something is missing.

    That nothing is known of the whole country is what the warning itself says.
    """
    return list(dict.fromkeys(say_unknown(u) for u in unknowns if u.code != WHOLE_COUNTRY))
