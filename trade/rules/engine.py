"""What a parcel costs to the door: duty, tax and fees, each with the row that says so.

Pure and deterministic: the same consignment, rulebook and rates give the same answer on the
product page, at the checkout, in the API and on the command line. Order everywhere: is there a
border at all, which regime settles the tax, the duty of each line, the tax on goods, delivery and
duty, what is waived, fees, and last what the rulebook itself is in doubt about.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from common.money import Money, allocate, currency_of
from trade.rules.duties import charge_duty, waive_duty
from trade.rules.rounding import half_up
from trade.rules.rows import Doubt, Facts, Import, Per, RateUnavailableError, Row
from trade.rules.rulebook import Rulebook, Snapshot
from trade.rules.taxes import charge_tax, tax_row, taxes_duty
from trade.rules.values import (
    Buyer,
    Certainty,
    Charge,
    ChargeKind,
    Collector,
    Consignment,
    GoodsLine,
    LandedCost,
    Purpose,
    Rates,
    Unknown,
)
from trade.rules.workings import ZERO, Workings, percent

__all__ = ["WITHIN_ONE_COUNTRY", "landed_cost"]

# The regime of a parcel that stays in a country without a book of its own.
WITHIN_ONE_COUNTRY = "Within the country"


def landed_cost(
    consignment: Consignment, rulebook: Rulebook, *, rates: Rates | None = None
) -> LandedCost:
    """Duty, tax and fees of one parcel, in the currency of its values.

    `rates` converts limits and fixed amounts that a law sets in another currency (the EU's EUR 3
    for a quote in SEK); without it such a quote is unknown. Never raises for what it does not
    know: the answer says so in `unknowns`.
    """
    snapshot = rulebook.at(consignment.destination, consignment.date)
    if snapshot is None:
        if consignment.dispatched_from == consignment.destination:
            return _within_one_country(consignment)
        return _nothing_known(consignment, "destination")
    try:
        if consignment.prices_include_tax:
            return _inside_the_price(consignment, snapshot, rates)
        return _answer(Workings(consignment, snapshot, rates))
    except RateUnavailableError as error:
        params = (("from", error.from_currency), ("to", error.to_currency))
        return _nothing_known(consignment, "exchange_rate", params=params)


def _nothing_known(
    consignment: Consignment,
    code: str,
    *,
    row_id: str = "",
    params: tuple[tuple[str, str], ...] = (),
) -> LandedCost:
    """No figure at all: duty and tax are unknown for the reason `code`."""
    params = params or (("destination", consignment.destination),)
    return LandedCost(
        currency=consignment.delivery.currency,
        goods=_goods(consignment),
        delivery=consignment.delivery,
        charges=(),
        unknowns=tuple(
            Unknown(kind, code, None, row_id, Certainty.UNKNOWN, params)
            for kind in (ChargeKind.DUTY, ChargeKind.TAX)
        ),
        certainty=Certainty.UNKNOWN,
        regime="",
        row_ids=(row_id,) if row_id else (),
    )


def _within_one_country(consignment: Consignment) -> LandedCost:
    """A parcel that crosses no border owes nothing at one, whatever we know of that country.

    Its own tax on the sale is the seller's and in the price. Where a book names the countries
    without a border between them, its row says the same with its law.
    """
    return LandedCost(
        currency=consignment.delivery.currency,
        goods=_goods(consignment),
        delivery=consignment.delivery,
        charges=(),
        unknowns=(),
        certainty=Certainty.GUARANTEED,
        regime=WITHIN_ONE_COUNTRY,
        row_ids=(),
    )


def _goods(consignment: Consignment) -> Money:
    total = sum(line.value.amount for line in consignment.lines)
    return Money(total, consignment.delivery.currency)


def _inside_the_price(
    consignment: Consignment, snapshot: Snapshot, rates: Rates | None
) -> LandedCost:
    """Values that already contain the tax on the sale: it is taken out, not added.

    Only a scheme taxes the sale itself; where none applies a price has no import tax in it, and the
    whole of it is the value.
    """
    plain = replace(consignment, prices_include_tax=False)
    facts = Facts.of(plain, currency_of(plain.delivery.currency).exponent, rates)
    shares = allocate(plain.delivery.amount, [line.value.amount for line in plain.lines])
    lines: list[GoodsLine] = []
    delivery = 0
    for line, share in zip(plain.lines, shares, strict=True):
        rate = sum(
            (
                row.effect.rate
                for slot in snapshot.tax_slots
                if (row := tax_row(snapshot, slot, line, facts)) is not None
            ),
            ZERO,
        )
        net = half_up(line.value.amount / (1 + rate))
        lines.append(replace(line, value=Money(net, line.value.currency)))
        delivery += half_up(share / (1 + rate))
    net_sale = replace(plain, lines=tuple(lines), delivery=Money(delivery, plain.delivery.currency))
    work = Workings(net_sale, snapshot, rates)
    answer = _answer(work)
    if not work.all_in_scheme:
        return _answer(Workings(plain, snapshot, rates))
    gross = _goods(consignment) + consignment.delivery
    inside = gross.amount - answer.goods.amount - answer.delivery.amount
    taxes = [charge for charge in answer.charges if charge.kind is ChargeKind.TAX]
    parts = iter(allocate(inside, [charge.amount.amount for charge in taxes]) if taxes else ())
    collectors = {
        line.key: scheme.effect.collector
        for line, scheme in zip(net_sale.lines, work.schemes, strict=True)
        if scheme is not None
    }
    charges = tuple(
        _included(charge, next(parts), collectors) if charge.kind is ChargeKind.TAX else charge
        for charge in answer.charges
    )
    return replace(
        answer, charges=charges, goods=_goods(consignment), delivery=consignment.delivery
    )


def _included(charge: Charge, amount: int, collectors: Mapping[str, Collector]) -> Charge:
    """The charge as that part of the price which is tax, in minor units."""
    return replace(
        charge,
        amount=Money(amount, charge.amount.currency),
        included=True,
        collected_by=collectors[charge.line_key or ""] if amount else Collector.NOBODY,
    )


def _answer(work: Workings) -> LandedCost:
    for border in work.book.no_borders:
        if work.sale.dispatched_from in border.effect.inside and work.covers_any(border):
            work.note(border)
            work.regimes.append(border.effect.name)
            return _result(work)
    if work.sale.purpose is not Purpose.SALE and work.sale.purpose not in work.book.purposes:
        return _nothing_known(work.sale, "gift_rules")
    stop = _first_stop(work)
    if stop is not None:
        return _nothing_known(work.sale, stop.effect.code, row_id=stop.id)
    rules = work.fit(work.book.imports, work.sale.lines[0])
    if rules is None:
        return _nothing_known(work.sale, "period")
    _choose_schemes(work, rules)
    charge_duty(work, rules)
    waive_duty(work)
    _doubts(work, work.book.early_doubts)
    _leave_to_carrier(work, rules)
    charge_tax(work, rules)
    _leave_to_carrier(work, rules)
    _waive_together(work)
    _fees(work)
    _doubts(work, work.book.other_doubts)
    if work.sale.buyer is Buyer.BUSINESS and not work.book.knows_businesses:
        work.unknowns.append(
            Unknown(ChargeKind.TAX, "business_rules", certainty=Certainty.ESTIMATE)
        )
    return _result(work)


def _first_stop(work: Workings) -> Row[Doubt] | None:
    for row in work.book.stops:
        if work.covers_any(row):
            return row
    return None


def _choose_schemes(work: Workings, rules: Row[Import]) -> None:
    for line in work.sale.lines:
        scheme = work.fit(work.book.schemes, line)
        work.schemes.append(scheme)
        work.note(scheme or rules)
        name = scheme.effect.name if scheme else rules.effect.name
        if name not in work.regimes:
            work.regimes.append(name)


def _waive_together(work: Workings) -> None:
    if not work.book.waivers or any(work.schemes):
        return
    for row in work.book.waivers:
        if row.effect.together:
            work.waive(row, row.effect.kinds)
        elif ChargeKind.TAX in row.effect.kinds:
            work.waive(row, frozenset({ChargeKind.TAX}))


def _fees(work: Workings) -> None:
    for rows in work.book.fees.values():
        row = work.fit(rows, work.sale.lines[0])
        if row is None or (row.effect.when == "collected" and not work.carrier_collects):
            continue
        effect = row.effect
        try:
            exact = work.convert_exact(effect.amount)
        except RateUnavailableError as error:
            # The fee alone is missing: duty and tax are known without this rate.
            params = (("from", error.from_currency), ("to", error.to_currency))
            work.unknowns.append(
                Unknown(
                    ChargeKind.FEE, "fee_exchange_rate", None, row.id, Certainty.UNKNOWN, params
                )
            )
            continue
        if effect.per is Per.ITEM:
            exact *= len({line.hs_code[:6] or line.key for line in work.sale.lines})
        base = half_up(exact)
        amount = half_up(exact * (1 + effect.tax_rate))
        text = str(effect.amount)
        if effect.per is Per.ITEM:
            text += "/item"
        if effect.tax_rate:
            text += f" + {percent(effect.tax_rate)}"
        collector = effect.collector
        if work.prepaid and effect.when == "always":
            collector = Collector.PLATFORM
        work.charges.append(
            Charge(
                kind=ChargeKind.FEE,
                name=effect.name,
                line_key=None,
                base=Money(base, work.currency),
                rate=None,
                rate_text=text,
                amount=Money(amount, work.currency),
                row_id=row.id,
                collected_by=collector,
                certainty=row.certainty(work.sale.date),
                base_text="consignment",
                law=row.legal_ref,
                in_force_since=row.valid_from,
            )
        )


def _leave_to_carrier(work: Workings, rules: Row[Import]) -> None:
    """What is due at the border is paid in advance as a whole or not at all.

    Where duty or import tax is not wholly known, the known part stays in the answer, but it is the
    carrier who asks for it together with the rest. Tax of a scheme is part of the sale and stays.
    """
    unknown = any(
        u.kind is not ChargeKind.FEE and u.certainty is Certainty.UNKNOWN for u in work.unknowns
    )
    if not (work.prepaid and unknown):
        return
    work.prepaid = False
    in_sale = {
        line.key
        for line, scheme in zip(work.sale.lines, work.schemes, strict=True)
        if scheme is not None
    }
    work.charges = [
        charge
        if not charge.amount or (charge.kind is ChargeKind.TAX and charge.line_key in in_sale)
        else replace(charge, collected_by=rules.effect.collector)
        for charge in work.charges
    ]


def _doubts(work: Workings, rows: Sequence[Row[Doubt]]) -> None:
    for row in rows:
        if _doubt_applies(work, row.effect) and work.covers_any(row):
            work.unknowns.append(
                Unknown(
                    row.effect.charge_kind,
                    row.effect.code,
                    None,
                    row.id,
                    row.effect.certainty,
                    (("destination", work.sale.destination),),
                )
            )


def _doubt_applies(work: Workings, effect: Doubt) -> bool:
    if effect.when == "collected":
        return work.carrier_collects
    if effect.when == "dutiable":
        return work.dutiable
    if effect.when == "taxed-duty":
        return any(work.line_duty) and any(work.schemes) and taxes_duty(work, 0)
    return True


def _result(work: Workings) -> LandedCost:
    certainty = work.certainty
    for charge in work.charges:
        if charge.certainty is not Certainty.GUARANTEED:
            certainty = Certainty.ESTIMATE
        if charge.row_id not in work.row_ids:
            work.row_ids.append(charge.row_id)
    for unknown in work.unknowns:
        if unknown.row_id and unknown.row_id not in work.row_ids:
            work.row_ids.append(unknown.row_id)
    if work.unknowns:
        certainty = (
            Certainty.UNKNOWN
            if any(u.certainty is Certainty.UNKNOWN for u in work.unknowns)
            else Certainty.ESTIMATE
        )
    return LandedCost(
        currency=work.currency,
        goods=Money(work.facts.goods, work.currency),
        delivery=work.sale.delivery,
        charges=tuple(work.charges),
        unknowns=tuple(work.unknowns),
        certainty=certainty,
        regime="; ".join(work.regimes),
        row_ids=tuple(work.row_ids),
    )
