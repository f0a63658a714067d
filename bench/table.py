"""The results as one Markdown table, which reads well on a terminal too."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import median

from bench.run import FLASH_BUYERS, FLASH_UNITS, Results, Row

HEAD = (
    "",
    "a second",
    "÷ bare page",
    "÷ plain SQL order",
    "CPU ms: app + database",
    "p95 ms",
    "queries",
    "aim",
)
NAMES = {
    "bare": "bare Django page",
    "home": "home",
    "list": "list (24 cards)",
    "search": "search",
    "detail": "listing page with cost to the door",
    "basket": "basket",
    "place": "place an order (that POST alone)",
    "visit": "whole guest checkout",
}
AIMS = {
    "list": "≥ 0.4 bare",
    "search": "≥ 0.35 bare",
    "detail": "≥ 0.5 bare",
    "place": "≥ 0.08 SQL",
    "visit": "≤ 50 ms CPU",
}
REACHED: dict[str, Callable[[Row], bool]] = {
    "list": lambda row: median(row.to_bare) >= 0.4,
    "search": lambda row: median(row.to_bare) >= 0.35,
    "detail": lambda row: median(row.to_bare) >= 0.5,
    "place": lambda row: median(row.to_plain) >= 0.08,
    "visit": lambda row: median(row.app_ms) + median(row.database_ms) <= 50,
}
MARKS = {
    "GET /": "home",
    "GET /c/": "list",
    "GET /l/": "detail",
    "GET /search/": "search",
    "GET /basket/": "basket",
    "POST /checkout/": "place",
}


def write(results: Results) -> str:
    """The whole answer of `python -m bench`."""
    queries = _queries(results)
    rows = [HEAD, ("---", *["--:"] * (len(HEAD) - 2), "---")]
    rows += [_line(name, row, queries.get(name)) for name, row in results.rows.items()]
    rows.append(("plain SQL order (pgbench)", spread(results.plain), "", "1", "", "", "8", ""))
    return "\n".join([*markdown(rows), "", *_sales(results), "", *_notes(results), ""])


def markdown(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Lines of a table whose second row begins with "---"; its columns are aligned."""
    return [f"| {' | '.join(cells)} |" for cells in _aligned(rows)]


def _line(name: str, row: Row, queries: int | None) -> tuple[str, ...]:
    name_shown = NAMES[name]
    if row.requests_each > 1:
        name_shown += f", {row.requests_each:.0f} requests"
    aim = AIMS.get(name, "")
    if name in REACHED:
        aim += ": reached" if REACHED[name](row) else ": missed"
    return (
        name_shown,
        spread(row.rate),
        "1" if name == "bare" else spread(row.to_bare),
        spread(row.to_plain),
        f"{figure(median(row.app_ms))} + {figure(median(row.database_ms))}",
        figure(median(row.p95)),
        "1" if name == "bare" else str(queries or ""),
        aim,
    )


def _queries(results: Results) -> dict[str, int]:
    found = {"visit": sum(count for _words, count in results.queries[:-1])}
    for words, count in results.queries:
        for start, name in MARKS.items():
            if words == start or (start != "GET /" and words.startswith(start)):
                found.setdefault(name, count)
    return found


def _sales(results: Results) -> list[str]:
    sales = results.sales
    sold = "/".join(str(sale.sold) for sale in sales)
    paid = "/".join(str(sale.paid) for sale in sales)
    oversold = sum(sale.oversold for sale in sales)
    out = spread([sale.sold_out for sale in sales])
    answered = spread([sale.all_answered for sale in sales])
    reached = median(sale.sold_out for sale in sales) <= 2 and not oversold
    return [
        f"Flash sale, {FLASH_UNITS} units, {FLASH_BUYERS} buyers at the same moment: sold {sold} "
        f"(paid afterwards: {paid}), oversold {oversold}; sold out after {out} s, everybody "
        f"answered after {answered} s. Aim: sold out within 2 s, nobody oversold: "
        f"{'reached' if reached else 'missed'}."
    ]


def _notes(results: Results) -> list[str]:
    length = results.length
    visit = results.rows["visit"]
    return [
        f"{results.machine}; the load generator runs on the same cores. Load before the run: "
        f"{results.busy:.1f}.",
        f"{results.listings:,} listings, 8 connections, {length.rounds} alternated rounds of "
        f"{length.seconds:g} s; figures are medians [lowest–highest]; a ratio is taken within its "
        "round.",
        f"List page {results.rows['list'].size / 1000:.1f} kB, bare page "
        f"{results.rows['bare'].size / 1000:.1f} kB. {results.visits_paid} whole visits of "
        f"{visit.requests_each:.0f} requests were paid. {results.books}",
    ]


def spread(values: Sequence[float]) -> str:
    """The median [lowest–highest]."""
    if not values:
        return ""
    middle = figure(median(values))
    return f"{middle} [{figure(min(values))}–{figure(max(values))}]" if values[1:] else middle


def figure(value: float) -> str:
    """Three figures that mean something."""
    if value >= 100:
        return f"{value:,.0f}"
    if value >= 10:
        return f"{value:.1f}"
    return f"{value:.2f}" if value >= 0.1 else f"{value:.3f}"


def _aligned(rows: Sequence[tuple[str, ...]]) -> list[list[str]]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        [
            _rule(cell, width) if row[0] == "---" else cell.ljust(width)
            for cell, width in zip(row, widths, strict=True)
        ]
        for row in rows
    ]


def _rule(cell: str, width: int) -> str:
    return "-" * (width - 1) + ":" if cell.endswith(":") else "-" * width
