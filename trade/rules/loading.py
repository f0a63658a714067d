"""From dictionaries (as read from the rulebook's TOML files) to a checked `Rulebook`.

Strict on purpose: an unknown word, a missing source, a rate that is not written as a percentage or
two rows that could both decide one sale stop the reading with a message that names file and row.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from trade.rules.consistency import refuse_gaps, refuse_overlaps
from trade.rules.conversion import Conversion
from trade.rules.reading import Reader, RulebookError, Table
from trade.rules.rows import (
    Basis,
    Confidence,
    Doubt,
    Duty,
    Effect,
    Fee,
    Import,
    Limit,
    NoBorder,
    Per,
    Relief,
    Row,
    Scheme,
    Scope,
    Tax,
    Waiver,
)
from trade.rules.rulebook import Book, Rulebook
from trade.rules.values import (
    Buyer,
    Carriage,
    Certainty,
    Channel,
    ChargeKind,
    Collector,
    Purpose,
)

__all__ = ["RulebookError", "amend_book", "parse_book", "parse_rulebook"]


def parse_rulebook(files: Mapping[str, Table]) -> Rulebook:
    """All files, by name, as one rulebook. Raises RulebookError."""
    books = tuple(parse_book(name, content) for name, content in sorted(files.items()))
    seen: dict[str, str] = {}
    for book in books:
        for destination in book.currencies:
            if destination in seen:
                raise RulebookError(
                    f"{book.key}: {destination} already has the book {seen[destination]}"
                )
            seen[destination] = book.key
    ids: dict[str, str] = {}
    for book in books:
        for row in book.rows:
            if row.id in ids:
                raise RulebookError(f"{book.key}: row {row.id} is also in {ids[row.id]}")
            ids[row.id] = book.key
    return Rulebook(books)


def parse_book(key: str, content: Table) -> Book:
    """One file. Raises RulebookError."""
    top = Reader(key, "head", content)
    name = top.text("name")
    currencies = top.texts_by_key("currencies")
    for country, code in currencies.items():
        if not re.fullmatch(r"[A-Z]{2}", country):
            raise top.error(f"{country} is not a two-letter country")
        top.known_currency(code)
    checked_on = top.day("checked_on")
    tables = [*top.tables("row")]
    for table in top.tables("table"):
        tables.extend(_expand(key, table))
    rows = [_row(key, {"checked_on": checked_on, **table}) for table in tables]
    top.finish()
    if not any(isinstance(row.effect, NoBorder) for row in rows):
        raise top.error("no row of kind no_border: domestic parcels would be unknown")
    if not any(isinstance(row.effect, Import) for row in rows):
        raise top.error("no row of kind import")
    refuse_overlaps(key, rows)
    refuse_gaps(key, rows)
    return Book(key, name, currencies, tuple(rows))


def amend_book(book: Book, *, added: Sequence[Table], ended: Mapping[str, datetime.date]) -> Book:
    """A book with rows more, and rows that end earlier. Raises RulebookError.

    ended: the last day of a row by its id; one that ends before it begins is left out.
    """
    known = {row.id for row in book.rows}
    for row_id in ended:
        if row_id not in known:
            raise RulebookError(f"{book.key}: there is no row {row_id} to end")
    rows = [
        row
        if (last := ended.get(row.id)) is None
        else replace(row, valid_to=min(last, row.valid_to or last))
        for row in book.rows
        if row.id not in ended or ended[row.id] >= row.valid_from
    ]
    for table in added:
        row = _row(book.key, table)
        if row.id in known:
            raise RulebookError(f"{book.key}: row {row.id} is there already")
        rows.append(row)
    refuse_overlaps(book.key, rows)
    return replace(book, rows=tuple(rows))


def _expand(key: str, table: Table) -> Iterator[Table]:
    """A table of rates, one row each: `by` says what the keys of `rates` are."""
    reader = Reader(key, str(table.get("id", "table without id")), table)
    by = reader.text("by")
    rates = reader.texts_by_key("rates")
    rest = {name: value for name, value in table.items() if name not in {"by", "rates"}}
    if by not in {"hs", "destinations", "origins", "regions"}:
        raise reader.error("by is one of hs, destinations, origins, regions")
    for scope, rate in rates.items():
        parts = scope.split("+")
        yield {**rest, "id": f"{rest['id']}-{parts[0]}", by: parts, "rate": rate}


def _row(key: str, table: Table) -> Row[Effect]:
    identifier = table.get("id")
    if not isinstance(identifier, str) or not re.fullmatch(r"[A-Za-z0-9.-]+", identifier):
        raise RulebookError(
            f"{key}: a row without an id (letters, digits, hyphens): {table!r:.120}"
        )
    reader = Reader(key, identifier, table)
    reader.text("id")
    kind = reader.text("kind")
    if kind not in _EFFECTS:
        raise reader.error(f"kind {kind!r} is none of {', '.join(sorted(_EFFECTS))}")
    effect = _EFFECTS[kind](reader)
    valid_from = reader.day("valid_from")
    valid_to = reader.optional_day("valid_to")
    if valid_to is not None and valid_to < valid_from:
        raise reader.error("valid_to is before valid_from")
    slot = reader.text("slot", _default_slot(effect, identifier))
    row = Row(
        id=identifier,
        scope=_scope(reader),
        effect=effect,
        valid_from=valid_from,
        valid_to=valid_to,
        legal_ref=reader.text("legal_ref"),
        source=reader.text("source"),
        checked_on=reader.day("checked_on"),
        confidence=reader.choice("confidence", Confidence),
        recheck_by=reader.optional_day("recheck_by"),
        slot=slot,
        note=reader.text("note", ""),
        after_gap=reader.text("after_gap", ""),
    )
    reader.finish()
    return row


def _default_slot(effect: Effect, identifier: str) -> str:
    if isinstance(effect, Duty):
        return "base"
    if isinstance(effect, Tax):
        return "main"
    if isinstance(effect, Fee | Doubt | NoBorder | Waiver):
        return identifier
    return ""


def _scope(reader: Reader) -> Scope:
    hs = reader.texts("hs")
    hs_not = reader.texts("hs_not")
    for code in (*hs, *hs_not):
        if not re.fullmatch(r"\d{2,10}", code):
            raise reader.error(f"{code!r} is not a tariff prefix of 2 to 10 digits")
    return Scope(
        destinations=reader.country_set("destinations"),
        origins=reader.country_set("origins"),
        origins_not=reader.country_set("origins_not") or frozenset(),
        dispatched=reader.country_set("dispatched_from"),
        channels=reader.choices("channels", Channel),
        carriage=reader.choices("carriage", Carriage),
        regions=frozenset(reader.texts("regions")) or None,
        hs=hs or ("",),
        hs_not=hs_not,
        scheme=reader.flag_or_none("scheme"),
        seller_registered=reader.flag_or_none("seller_registered"),
        buyers=reader.choices("buyers", Buyer),
        purposes=reader.choices("purposes", Purpose),
        preference=reader.flag_or_none("preference"),
        election=reader.text("election", ""),
        limit=_limit(reader, "value"),
        also=_limit(reader, "and_value"),
        priority=reader.whole("priority", 0),
    )


def _limit(reader: Reader, name: str) -> Limit | None:
    table = reader.optional_table(name)
    if table is None:
        return None
    inner = Reader(reader.file, reader.row, table)
    limit = Limit(
        basis=inner.choice("basis", Basis),
        per=inner.choice("per", Per),
        over=inner.money_or_none("over"),
        at_most=inner.money_or_none("at_most"),
        below=inner.money_or_none("below"),
        at_least=inner.money_or_none("at_least"),
    )
    inner.finish()
    ends = (limit.over, limit.at_most, limit.below, limit.at_least)
    edges = [edge for edge in ends if edge is not None]
    if not edges or len({edge.currency for edge in edges}) > 1:
        raise reader.error("a value band needs over, at_most, below or at_least, in one currency")
    return limit


# ---- effects, by kind --------------------------------------------------------------------------


def _no_border(reader: Reader) -> Effect:
    inside = reader.country_set("inside")
    if not inside:
        raise reader.error("inside names the countries without a border between them")
    return NoBorder(reader.text("name"), inside)


def _import(reader: Reader) -> Effect:
    rounding = reader.text("rounding", "cent")
    if rounding not in {"cent", "japan"}:
        raise reader.error(f"rounding {rounding!r} is not known")
    steps = reader.text("steps", "floor")
    if steps not in {"floor", "nearest"}:
        raise reader.error("steps is floor or nearest")
    return Import(
        name=reader.text("name"),
        collector=reader.choice("collector", Collector),
        duty_base=reader.choice("duty_base", Basis),
        tax_delivery=reader.flag("tax_delivery"),
        duty_slots=reader.texts("duty_slots"),
        tax_slots=reader.texts("tax_slots"),
        rounding=rounding,
        exact_duty=reader.flag("exact_duty", default=False),
        tax_uplift=reader.rate_or_none("tax_uplift") or Decimal(0),
        duty_step=reader.money_or_none("duty_step"),
        tax_step=reader.money_or_none("tax_step"),
        steps=steps,
        conversion=_conversion(reader),
    )


def _conversion(reader: Reader) -> Conversion:
    word = reader.text("conversion", Conversion.DAY)
    if word not in list(Conversion):
        raise reader.error(f"conversion is one of {', '.join(Conversion)}")
    return Conversion(word)


def _scheme(reader: Reader) -> Effect:
    key = reader.text("key", "")
    if key and not re.fullmatch(r"[a-z][a-z0-9-]{1,15}", key):
        raise reader.error(f"key {key!r} is a short word in small letters")
    return Scheme(
        reader.text("name"),
        reader.choice("collector", Collector),
        tax_delivery=reader.flag("tax_delivery", default=True),
        key=key,
        settles_duty=reader.flag("settles_duty", default=False),
    )


def _relief(reader: Reader) -> Effect:
    return Relief(reader.text("name"), reader.choices("relieves", ChargeKind) or frozenset())


def _duty(reader: Reader) -> Effect:
    duty = Duty(
        name=reader.text("name", "Duty"),
        rate=reader.rate_or_none("rate"),
        per_item=reader.money_or_none("per_item"),
        per_unit=reader.money_or_none("per_unit"),
        mode=reader.text("mode", "add"),
        per_kg=reader.money_or_none("per_kg"),
        weight_step_g=reader.whole("weight_step_g", 1),
        combine=reader.text("combine", "sum"),
        less=reader.money_or_none("less"),
        of_duty=reader.flag("of_duty", default=False),
    )
    _check_duty(reader, duty)
    return duty


def _check_duty(reader: Reader, duty: Duty) -> None:
    parts = (duty.rate, duty.per_item, duty.per_unit, duty.per_kg)
    given = sum(part is not None for part in parts)
    compound = given == 2 and duty.rate is not None and duty.per_kg is not None
    if given != 1 and not compound:
        raise reader.error("a duty is one of rate, per_item, per_unit, per_kg, or rate and per_kg")
    if duty.mode not in {"add", "floor"} or duty.combine not in {"sum", "greater", "lesser"}:
        raise reader.error("mode is add or floor; combine is sum, greater or lesser")
    if duty.weight_step_g < 1:
        raise reader.error("weight_step_g is 1 or more")
    if duty.rate is None and (duty.of_duty or duty.mode == "floor"):
        raise reader.error("of_duty and the mode floor need a rate")


def _tax(reader: Reader) -> Effect:
    rate = reader.rate_or_none("rate")
    if rate is None:
        raise reader.error("rate is missing")
    share = reader.rate_or_none("share")
    inside = reader.flag("inside", default=False)
    if inside and rate >= 1:
        raise reader.error("a tax inside its base is below 100%")
    return Tax(
        reader.text("name"),
        rate,
        reader.text("band", "standard"),
        inside=inside,
        share=Decimal(1) if share is None else share,
        adds=reader.texts("adds"),
    )


def _fee(reader: Reader) -> Effect:
    amount = reader.money_or_none("amount")
    when = reader.text("when", "always")
    if amount is None or when not in {"always", "collected"}:
        raise reader.error("a fee needs an amount; when is always or collected")
    return Fee(
        reader.text("name"),
        amount,
        reader.choice("collector", Collector),
        reader.rate_or_none("tax_rate") or Decimal(0),
        when,
        _per(reader),
    )


def _per(reader: Reader) -> Per:
    try:
        return Per(reader.text("per", Per.CONSIGNMENT))
    except ValueError as error:
        if isinstance(error, RulebookError):
            raise
        raise reader.error(f"per is one of {', '.join(Per)}") from None


def _waiver(reader: Reader) -> Effect:
    at_most = reader.money_or_none("at_most")
    if at_most is None:
        raise reader.error("at_most is missing")
    return Waiver(
        reader.text("name"),
        at_most,
        reader.choices("waives", ChargeKind) or frozenset(),
        together=reader.flag("together", default=False),
        rounded_to=reader.money_or_none("rounded_to"),
    )


def _doubt(reader: Reader) -> Effect:
    when = reader.text("when", "always")
    if when not in {"always", "collected", "dutiable", "taxed-duty"}:
        raise reader.error(f"when {when!r} is not known")
    return Doubt(
        code=reader.text("code"),
        charge_kind=reader.choice("about", ChargeKind),
        certainty=reader.choice("leaves", Certainty),
        stops=reader.flag("stops", default=False),
        when=when,
    )


_EFFECTS: dict[str, Callable[[Reader], Effect]] = {
    "no_border": _no_border,
    "import": _import,
    "scheme": _scheme,
    "relief": _relief,
    "duty": _duty,
    "tax": _tax,
    "fee": _fee,
    "waiver": _waiver,
    "doubt": _doubt,
}
