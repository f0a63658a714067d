"""The rulebook as people read it: which countries it knows, how well, and what it says of one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from common.countries import COUNTRY_CODES, country_name, flag
from trade.rules.restrictions import Outcome, Restriction, RestrictionRow
from trade.rules.rows import (
    Confidence,
    Doubt,
    Duty,
    Effect,
    Fee,
    Import,
    NoBorder,
    Relief,
    Row,
    Scheme,
    Tax,
    Waiver,
)
from trade.rules.rulebook import Book
from trade.rules.values import Certainty
from trade.rules.world import PART_OF, Part
from trade.selectors.restrictions import restriction_rows
from trade.selectors.rule_words import (
    confidence_word,
    region_name,
    say_codes,
    say_duty,
    say_rule,
    say_scope,
)
from trade.selectors.rulebook import get_rulebook
from trade.selectors.words import say_restriction

SAME_PLACE = frozenset({"NIR"})
"""A second code of a region, for parcels from elsewhere; nobody chooses it."""


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a rule stands, who says so, and when we looked. confidence: in words."""

    law: str
    source: str
    checked_on: date
    valid_from: date
    valid_to: date | None
    confidence: str = ""
    confidence_text: str = ""
    recheck_by: date | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule in words. scope: where it holds, a phrase each. rates: (rate, codes) of a tariff."""

    id: str
    kind: str
    text: str
    scope: tuple[str, ...]
    cited: Citation
    note: str = ""
    rates: tuple[tuple[str, str], ...] = ()
    ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """Rules of one sort. key: for addresses; empty: what it means that there are none."""

    key: str
    title: str
    rules: tuple[Rule, ...]
    empty: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """How well a country is known. code: official, partly, estimate or unknown."""

    code: str
    tone: str
    word: str
    text: str


@dataclass(frozen=True, slots=True)
class Place:
    """A destination in a list."""

    code: str
    name: str
    flag: str
    currency: str
    known: Known


@dataclass(frozen=True, slots=True)
class Destination:
    """Everything that the rulebook says of a country on a day; no sections where it has no book.

    rules_since: the first day of which it says anything. checked_on: the last look at any row.
    """

    code: str
    name: str
    flag: str
    book: str
    currency: str
    on: date
    known: Known
    sections: tuple[Section, ...]
    rules_since: date | None = None
    checked_on: date | None = None


def crosses_border(*, dispatched_from: str, destination: str, on: date) -> bool:
    """Whether a parcel meets customs on its way; within a customs union it does not."""
    if dispatched_from == destination:
        return False
    snapshot = get_rulebook().at(destination, on)
    rows = snapshot.no_borders if snapshot else ()
    return not any(dispatched_from in row.effect.inside for row in rows)


def region_choices(*, destination: str) -> list[tuple[str, str]]:
    """(code, name) of the parts of a country that have rules of their own; [] for most."""
    book = get_rulebook().book(destination)
    found = {
        region
        for row in (book.rows if book else ())
        if row.scope.destinations is None or destination in row.scope.destinations
        for region in row.scope.regions or ()
    }
    named = [(code, region_name(code, destination)) for code in found - SAME_PLACE]
    return sorted(named, key=lambda choice: choice[1])


# --- the list ------------------------------------------------------------------------------------


def list_places(*, on: date) -> list[tuple[Part, list[Place]]]:
    """Every country that the rulebook knows, by part of the world and name."""
    places = [_place(code, on) for code in get_rulebook().destinations]
    places.sort(key=lambda place: place.name)
    parts = [(part, [p for p in places if PART_OF[p.code] is part]) for part in Part]
    return [(part, members) for part, members in parts if members]


def unknown_places() -> list[tuple[str, str]]:
    """(code, name) of every country without a book, by name."""
    language = get_language() or "en"
    known = set(get_rulebook().destinations)
    names = [(code, country_name(code, language)) for code in COUNTRY_CODES if code not in known]
    return sorted(names, key=lambda named: named[1])


def _place(code: str, on: date) -> Place:
    book = get_rulebook().book(code)
    return Place(
        code=code,
        name=country_name(code, get_language() or "en"),
        flag=flag(code),
        currency=book.currencies[code] if book else "",
        known=how_known(destination=code, on=on),
    )


def how_known(*, destination: str, on: date) -> Known:
    """What share of what decides a price there was read in the official text."""
    book = get_rulebook().book(destination)
    if book is None:
        text = _("No rules of this country are written down here yet.")
        return Known("unknown", "", _("Not known yet"), text)
    rows = [row for row in _rows_of(book, destination) if row.in_force(on)]
    core = [row for row in rows if isinstance(row.effect, Import | Tax | Scheme | Relief)]
    duties = [row for row in rows if isinstance(row.effect, Duty)]
    tax_read, duty_read = (_share_read(part, on) for part in (core, duties))
    if core and tax_read >= 0.75:
        if duty_read >= 0.5:
            text = _("Taxes and most duty rates were read in the official texts.")
        else:
            text = _("Taxes were read in the official texts; most duty rates are estimates.")
        return Known("official", "ok", _("Well known"), text)
    if tax_read or any(row.confidence is Confidence.MEDIUM for row in core):
        text = _("Some rules were read in the official texts, others are known second-hand.")
        return Known("partly", "info", _("Partly known"), text)
    text = _("General knowledge only: good enough for an estimate, and not yet read again.")
    return Known("estimate", "warn", _("First estimate"), text)


def _share_read(rows: Sequence[Row[Effect]], on: date) -> float:
    read = sum(row.certainty(on) is Certainty.GUARANTEED for row in rows)
    return read / len(rows) if rows else 0.0


# --- one country ---------------------------------------------------------------------------------


def get_destination(*, code: str, on: date) -> Destination:
    """The country's rules on a day. `code` must be a country."""
    book = get_rulebook().book(code)
    own = _rows_of(book, code) if book else []
    rows = [row for row in own if row.in_force(on)]
    return Destination(
        code=code,
        name=country_name(code, get_language() or "en"),
        flag=flag(code),
        book=book.name if book else "",
        currency=book.currencies[code] if book else "",
        on=on,
        known=how_known(destination=code, on=on),
        sections=tuple(_sections(rows, code, on)) if book else (),
        rules_since=min((row.valid_from for row in own), default=None),
        checked_on=max((row.checked_on for row in own), default=None),
    )


def _rows_of(book: Book, destination: str) -> list[Row[Effect]]:
    return [
        row
        for row in book.rows
        if row.scope.destinations is None or destination in row.scope.destinations
    ]


def _sections(rows: Sequence[Row[Effect]], code: str, on: date) -> Iterable[Section]:
    def of(*kinds: type[Effect]) -> list[Row[Effect]]:
        return [row for row in rows if isinstance(row.effect, kinds)]

    duties = of(Duty)
    claimed = [row for row in duties if row.scope.preference]
    plain = [row for row in duties if not row.scope.preference]
    yield _section("base", _("What is taxed"), of(Import), code)
    yield _section("tax", _("Tax"), of(Tax), code, empty=_("No tax rate is known for this day."))
    yield _section(
        "free",
        _("Free of duty or tax"),
        of(Relief, Waiver),
        code,
        empty=_("We know of no value below which nothing is due."),
    )
    yield _section(
        "schemes",
        _("Tax paid with the price"),
        of(Scheme),
        code,
        empty=_("There is no scheme for sales from abroad: tax is asked for at the border."),
    )
    yield Section(
        "duty",
        _("Duty"),
        tuple(_tariffs(plain, code)),
        _("No duty rate is known. A price to the door says so."),
    )
    yield Section(
        "preferences", _("Lower duty with a proof of origin"), tuple(_tariffs(claimed, code))
    )
    yield _section("fees", _("Fees at the border"), of(Fee), code)
    yield _section("within", _("Where there is no border"), of(NoBorder), code)
    yield Section("restrictions", _("Restrictions of its own"), _restrictions(code, on))
    yield _section("doubts", _("What is in doubt"), of(Doubt), code)


def _section(
    key: str, title: str, rows: Sequence[Row[Effect]], code: str, empty: str = ""
) -> Section:
    return Section(key, title, tuple(_rule(row, code) for row in rows), empty)


def _rule(row: Row[Effect], code: str) -> Rule:
    return Rule(
        id=row.id,
        kind=type(row.effect).__name__.lower(),
        text=_sentence(say_rule(row)),
        scope=tuple(say_scope(row.scope, code)),
        cited=cite(row),
        note=row.note,
        ids=(row.id,),
    )


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def cite(row: Row[Effect]) -> Citation:
    """Where a row comes from."""
    return Citation(
        law=row.legal_ref,
        source=row.source,
        checked_on=row.checked_on,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        confidence=row.confidence.value,
        confidence_text=confidence_word(row.confidence),
        recheck_by=row.recheck_by,
    )


def _tariffs(rows: Sequence[Row[Effect]], code: str) -> Iterable[Rule]:
    """Duty rows of one law and source as one rule with its rates: people read a tariff, not rows."""
    groups: dict[tuple[object, ...], list[Row[Effect]]] = {}
    for row in rows:
        key = (
            row.legal_ref, row.source, row.valid_from, row.valid_to, row.confidence, row.slot,
            row.scope.origins, row.scope.origins_not, row.scope.limit, row.scope.also,
            row.scope.channels, row.scope.buyers, row.scope.election, row.scope.dispatched,
            row.scope.purposes, row.scope.regions,
        )  # fmt: skip
        groups.setdefault(key, []).append(row)
    for members in groups.values():
        yield _rule(members[0], code) if len(members) == 1 else _tariff(members, code)


def _tariff(rows: Sequence[Row[Effect]], country: str) -> Rule:
    first = rows[0]
    codes: dict[str, list[str]] = {}
    for row in rows:
        if isinstance(row.effect, Duty):
            named = [code or _("all other goods") for code in row.scope.hs]
            codes.setdefault(say_duty(row.effect), []).extend(named)
    notes = dict.fromkeys(row.note for row in rows if row.note)
    said = [say_scope(row.scope, country) for row in rows]
    scope = [phrase for phrase in said[0] if all(phrase in phrases for phrases in said)]
    return Rule(
        id=first.id,
        kind="duty",
        text=first.legal_ref,
        scope=tuple(scope),
        cited=cite(first),
        note=" ".join(notes),
        rates=tuple((rate, ", ".join(sorted(found))) for rate, found in codes.items()),
        ids=tuple(row.id for row in rows),
    )


def _restrictions(code: str, on: date) -> tuple[Rule, ...]:
    """Those that name this country; what holds everywhere is asked with the goods."""
    rows = [
        row
        for row in restriction_rows()
        if row.destinations is not None
        and code in row.destinations
        and row.valid_from <= on
        and (row.valid_to is None or on <= row.valid_to)
    ]
    order = list(Outcome)
    return tuple(_restriction(row) for row in sorted(rows, key=lambda r: order.index(r.outcome)))


def _restriction(row: RestrictionRow) -> Rule:
    scope = [
        _("tariff codes %(codes)s") % {"codes": say_codes(row.hs)} if row.hs else "",
        _("words such as “%(words)s”") % {"words": "”, “".join(row.words[:4])} if row.words else "",
    ]
    return Rule(
        id=row.id,
        kind=row.outcome.value,
        text=say_restriction(Restriction(row.code, row.outcome, row.id)),
        scope=tuple(filter(None, scope)),
        cited=_cite_restriction(row),
        ids=(row.id,),
    )


def restriction_citation(row_id: str) -> Citation:
    """Where a restriction comes from. Raises LookupError when there is no such row."""
    for row in restriction_rows():
        if row.id == row_id:
            return _cite_restriction(row)
    raise LookupError(row_id)


def _cite_restriction(row: RestrictionRow) -> Citation:
    return Citation(row.legal_ref, row.source, row.checked_on, row.valid_from, row.valid_to)


PART_WORDS: dict[Part, Callable[[], str]] = {
    Part.EUROPE: lambda: _("Europe"),
    Part.AMERICAS: lambda: _("The Americas"),
    Part.ASIA: lambda: _("Asia and the Middle East"),
    Part.AFRICA: lambda: _("Africa"),
    Part.OCEANIA: lambda: _("Australia and the Pacific"),
}
