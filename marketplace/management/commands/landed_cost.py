"""Price every parcel of a case file by the rulebook."""

from __future__ import annotations

import csv
import datetime
import io
import re
from argparse import ArgumentParser
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from payments.gateways.ecb import published_rates
from payments.rules.rates import FRESH_DAYS, RateSource
from trade.management.cases import REQUIRED_COLUMNS, Case, CaseError, read_case
from trade.rules import (
    Certainty,
    ChargeKind,
    Collector,
    LandedCost,
    Rates,
    Rulebook,
    RulebookError,
    landed_cost,
)
from trade.selectors import get_rulebook, shipped_rulebook

UNKNOWN = "unknown"
UNION = "EU"
OUTPUT_COLUMNS = (
    "id",
    "currency",
    "duty",
    "tax",
    "fees",
    "total",
    "who_collects",
    "certainty",
    "rows",
)
COLLECTORS = {
    Collector.PLATFORM: "marketplace",
    Collector.CARRIER: "carrier from buyer",
    Collector.CUSTOMS: "customs from importer",
    Collector.SELLER: "seller",
}


class Command(BaseCommand):
    help = (
        "Read parcels from a CSV file (id, destination, origin, date, channel, hs_code, "
        "goods_desc, currency, goods_value, shipping) and write their duty, tax and fees as CSV. "
        "What no rule in force covers is written as 'unknown', and so is a row that can't be read: the "
        "command then ends with a line that names its column. Limits that a law sets in another "
        "currency are converted at the European Central Bank's rate of the day, as far as the "
        "installed package has it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.csv")
        parser.add_argument(
            "--rate",
            action="append",
            default=[],
            metavar="EUR/SEK=11.20",
            help="units of the second currency for one of the first, for limits set in another one",
        )

    def handle(self, *_args: object, **options: object) -> None:
        path, rates = options["file"], options["rate"]
        assert isinstance(path, Path) and isinstance(rates, list)  # noqa: S101, PT018 - parsed above
        rulebook = self._rulebook()
        stated = _rates(rates)
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(OUTPUT_COLUMNS)
        refused: list[str] = []
        for case in _cases(path):
            if isinstance(case, _Refused):
                refused.append(case.why)
                if case.id:
                    writer.writerow(
                        [case.id, case.currency, *[UNKNOWN] * (len(OUTPUT_COLUMNS) - 3), ""]
                    )
                continue
            lookup = _or_published(stated, case.consignment.date)
            writer.writerow(_answer(case, rulebook, lookup))
        self.stdout.write(out.getvalue(), ending="")
        if refused:
            raise CommandError("\n".join(refused))

    def _rulebook(self) -> Rulebook:
        """With moderators' rows; a market that is not set up yet has none. Raises CommandError."""
        try:
            return get_rulebook()
        except DatabaseError:
            self.stderr.write("No tables yet: the shipped rulebook answers alone.")
            return shipped_rulebook()
        except RulebookError as error:
            raise CommandError(f"rulebook: {error}") from error


def _or_published(stated: Rates, on: datetime.date) -> Rates:
    """What the command line states, else the ECB's rate of the day, crossed by the euro."""

    def rate(one: str, two: str) -> Decimal | None:
        found = stated(one, two)
        if found is not None:
            return found
        as_of, per_euro = published_rates(on)
        if (on - as_of).days > FRESH_DAYS[RateSource.ECB]:
            return None
        units = {"EUR": Decimal(1), **per_euro}
        return units[two] / units[one] if one in units and two in units else None

    return rate


def _rates(texts: list[str]) -> Rates:
    table: dict[tuple[str, str], Decimal] = {}
    for text in texts:
        match = re.fullmatch(r"([A-Z]{3})/([A-Z]{3})=(\d+(?:\.\d+)?)", text)
        if match is None or not Decimal(match[3]):
            raise CommandError(f"--rate {text}: write it like EUR/SEK=11.20")
        rate = Decimal(match[3])
        table[match[1], match[2]] = rate
        table.setdefault((match[2], match[1]), 1 / rate)
    return lambda one, two: table.get((one, two))


@dataclass(frozen=True, slots=True)
class _Refused:
    """A row that can't be read. why: one line with file, row and column."""

    id: str
    currency: str
    why: str


def _cases(path: Path) -> list[Case | _Refused]:
    """The whole file, read before anything is answered. Raises CommandError where it is no table."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise CommandError(f"{path}: is not UTF-8 text") from error
    reader = csv.DictReader(io.StringIO(text), restkey="", restval="")
    columns = reader.fieldnames = [name.strip().lower() for name in reader.fieldnames or []]
    missing = [column for column in REQUIRED_COLUMNS if column not in columns]
    if missing:
        raise CommandError(f"{path}: row 1: column {missing[0]} is missing")
    cases: list[Case | _Refused] = []
    try:
        for number, cells in enumerate(reader, start=2):
            if not any(cells.values()):
                continue
            cases.append(_case(cells, f"{path}: row {number}"))
    except csv.Error as error:
        raise CommandError(f"{path}: row {reader.line_num}: {error}") from error
    return cases


def _case(cells: Mapping[str, str], where: str) -> Case | _Refused:
    name, money = (cells.get(column, "").strip() for column in ("id", "currency"))
    if "" in cells:
        return _Refused(name, money, f"{where}: more cells than columns")
    try:
        return read_case(cells)
    except CaseError as error:
        return _Refused(name, money, f"{where}, {error}")


def _answer(case: Case, rulebook: Rulebook, rates: Rates) -> list[str]:
    """The cells of one case. For "EU" they are what holds in every member; the rest is unknown."""
    if case.consignment.destination != UNION:
        return _answer_cells(case, landed_cost(case.consignment, rulebook, rates=rates))
    answers = [
        _answer_cells(
            case, landed_cost(replace(case.consignment, destination=member), rulebook, rates=rates)
        )
        for member in rulebook.members(UNION)
    ]
    cells = [
        column[0] if len(set(column)) == 1 else UNKNOWN for column in zip(*answers, strict=True)
    ]
    if UNKNOWN in cells:
        cells[OUTPUT_COLUMNS.index("certainty")] = UNKNOWN
    shared = [set(one[-1].split(";")) for one in answers]
    cells[-1] = ";".join(row for row in answers[0][-1].split(";") if all(row in s for s in shared))
    return cells


def _answer_cells(case: Case, answer: LandedCost) -> list[str]:
    duty = _known(answer, ChargeKind.DUTY)
    tax = _known(answer, ChargeKind.TAX)
    fees = _known(answer, ChargeKind.FEE)
    total = str(answer.to_the_door.to_decimal())
    certainty = answer.certainty
    if not case.has_value:
        duty = _without_value(answer)
        tax = total = UNKNOWN
        certainty = Certainty.UNKNOWN
    if not answer.charges and answer.certainty is Certainty.UNKNOWN:
        fees = UNKNOWN
    if UNKNOWN in (duty, tax, fees):
        total = UNKNOWN
    return [
        case.id,
        answer.currency,
        duty,
        tax,
        fees,
        total,
        _who(answer),
        certainty.value,
        ";".join(answer.row_ids),
    ]


def _known(answer: LandedCost, kind: ChargeKind) -> str:
    return UNKNOWN if answer.is_unknown(kind) else str(answer.total(kind).to_decimal())


def _without_value(answer: LandedCost) -> str:
    """Duty when the file gives no value: only amounts an item, which hold for low-value parcels."""
    duties = [charge for charge in answer.charges if charge.kind is ChargeKind.DUTY]
    if duties and all(c.rate is None and c.amount for c in duties):
        return _known(answer, ChargeKind.DUTY)
    return UNKNOWN


def _who(answer: LandedCost) -> str:
    """Who asks for the money, one name if it is the same for all."""
    found: dict[str, str] = {}
    for charge in answer.charges:
        if charge.amount:
            found.setdefault(charge.kind.value, COLLECTORS[charge.collected_by])
    names = set(found.values())
    if len(names) == 1:
        return names.pop()
    if found:
        return "; ".join(f"{kind}: {name}" for kind, name in found.items())
    return UNKNOWN if answer.certainty is Certainty.UNKNOWN else "nobody"
