"""How `loyalty scorecard` writes: a table for people, JSON and CSV for scripts."""

import csv
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import date
from itertools import groupby

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from loyalty import publication
from loyalty.scorecard.page.codes import DIMENSIONS, SIGNS, STATUSES, code_text, plain_text
from loyalty.scorecard.page.texts import (
    Text,
    change_number,
    interval_text,
    number,
    period_text,
    same,
    target_text,
    value_text,
)
from loyalty.scorecard.page.wording import WORDS
from loyalty.scorecard.reading import TOTAL, Reading, read_scorecard
from loyalty.warehouse import Warehouse

WIDTH = 100
NARROW_VERDICT = 11
COLOURS = {"met": "green", "missed": "red", "not_distinguishable": "yellow"}
HEADINGS = ("value", "interval", "target", "status", "change", "", "base")
RIGHT = ("value", "interval", "target", "change", "base")
NOTE = Text(
    "Ändring: mot föregående period, i poäng, procentenheter eller valuta. "
    "* = statistiskt säkerställd.",
    "Change: from the previous period, in points, percentage points or currency. * = significant.",
)


def show_scorecard(
    warehouse: Warehouse,
    grain: str = "month",
    segment: str | None = None,
    language: str = "en",
    form: str = "table",
) -> None:
    """Print the indicators of the newest complete period of what is published.

    `form` is `table`, `json` or `csv`; the latter two have every column, unrounded.

    Raises:
        UsageError: nothing is published, or there is no such grain, dimension or language.
    """
    with publication.open_published(warehouse) as reader:
        readings = read_scorecard(reader, grain, segment, language)
    if form == "json":
        rows = [asdict(reading) for reading in readings]
        print(json.dumps(rows, ensure_ascii=False, indent=2, default=date.isoformat))
    elif form == "csv":
        _write_csv(readings)
    else:
        _print_table(readings, language)


def cells(reading: Reading, language: str = "en") -> tuple[str, ...]:
    """Return value, interval, target, verdict, change, its mark and base as a person reads them."""
    texts = (
        _value(reading),
        _interval(reading),
        _target(reading),
        same(f"{SIGNS[reading.status]} {_in(language, STATUSES[reading.status])}"),
        change_number(reading.unit, reading.change) if reading.change is not None else same(""),
        same("*" if reading.is_significant_change else ""),
        number(reading.denominator),
    )
    return tuple(_in(language, text) for text in texts)


def _write_csv(readings: Sequence[Reading]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow([field.name for field in fields(Reading)])
    for reading in readings:
        writer.writerow([_plain(cell) for cell in asdict(reading).values()])


def _plain(cell: object) -> object:
    return str(cell).lower() if isinstance(cell, bool) else cell


def _print_table(readings: Sequence[Reading], language: str) -> None:
    console = _console()
    if not readings:
        console.print(_in(language, WORDS["nothing"]))
        return
    first = readings[0]
    running = f", {_in(language, WORDS['partial'])}" if first.is_partial else ""
    title = f"{_in(language, _period(first).capitalised())}{running}"
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    dimension = first.segment_dimension
    is_cut = dimension != TOTAL
    first_heading = _in(language, plain_text(DIMENSIONS, dimension)) if is_cut else ""
    table.add_column(first_heading, overflow="fold")
    for name in HEADINGS:
        heading = _in(language, WORDS[name]).lower() if name else ""
        # On a narrow terminal verdicts take two lines, so that labels need not break in a word.
        width = NARROW_VERDICT if name == "status" and console.width < WIDTH else None
        table.add_column(heading, justify="right" if name in RIGHT else "left", max_width=width)
    for label, group in groupby(readings, key=lambda reading: reading.label):
        if is_cut:
            table.add_row(f"[bold]{escape(label)}[/bold]")
        for reading in group:
            _add(table, reading, language)
    console.print(f"[bold]{escape(title)}[/bold]", table, sep="\n")
    console.print(_in(language, NOTE), style="dim")


def _add(table: Table, reading: Reading, language: str) -> None:
    is_total = reading.segment_dimension == TOTAL
    name = reading.label if is_total else f"  {_in(language, code_text(reading.segment_value))}"
    value, interval, target, verdict, *rest = map(escape, cells(reading, language))
    colour = COLOURS.get(reading.status, "dim")
    verdict = f"[{colour}]{verdict}[/{colour}]"
    table.add_row(escape(name), value, interval, target, verdict, *rest)


def _value(reading: Reading) -> Text:
    if reading.indicator_value is None:
        return same("-")
    return value_text(reading.unit, reading.indicator_value)


def _interval(reading: Reading) -> Text:
    if reading.ci_lower is None or reading.ci_upper is None:
        return same("")
    return interval_text(reading.unit, reading.ci_lower, reading.ci_upper)


def _target(reading: Reading) -> Text:
    if reading.target_value is None:
        return same("")
    sign = {"above": "> ", "below": "< "}[reading.target_direction or "above"]
    target = target_text(reading.unit, reading.target_value)
    return Text(f"{sign}{target.sv}", f"{sign}{target.en}")


def _period(reading: Reading) -> Text:
    start = reading.period_start_date
    if reading.period_grain == "year":
        return same(str(start.year))
    return period_text(reading.period_grain, start)


def _console() -> Console:
    """Return a console at most as wide as a report; a pipe gets all of that width."""
    console = Console(highlight=False)
    width = min(console.width, WIDTH) if console.is_terminal else WIDTH
    return Console(highlight=False, width=width)


def _in(language: str, text: Text) -> str:
    return text.sv if language == "sv" else text.en
