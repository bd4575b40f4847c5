"""The catalogue of indicators: read from its seed and held to what a catalogue can say."""

import csv
from collections.abc import Iterator
from pathlib import Path

from loyalty.errors import UsageError
from loyalty.project import PROJECT_FOLDER

CATALOGUE = PROJECT_FOLDER / "seeds" / "indicators.csv"
# Values that a unit can take; an amount has no upper end.
RANGES = {"share": (0.0, 1.0), "points": (-100.0, 100.0), "amount": (0.0, float("inf"))}
KINDS = ("flow", "stock")
DIRECTIONS = ("above", "below")
WINDOW_MARKS = {
    "{window}": "window_days",
    "{double_window}": "window_days",
    "{base_window}": "base_window_days",
}
Row = dict[str, str]


def check_catalogue(path: Path = CATALOGUE) -> None:
    """Hold every row of the catalogue to what it may say.

    Raises:
        UsageError: a sentence for each impossible row, with the row's line and indicator.
    """
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    seen: dict[str, int] = {}
    problems = []
    for line, row in enumerate(rows, start=2):
        name = row["indicator_id"]
        complaints = list(_complaints(row))
        if name in seen:
            complaints.append(f"the same indicator stands in line {seen[name]}")
        seen.setdefault(name, line)
        problems += [f"line {line} ({name or 'no indicator_id'}): {text}" for text in complaints]
    if problems:
        raise UsageError(f"{path.name}, {'; '.join(problems)}")


def _complaints(row: Row) -> Iterator[str]:
    """Yield what is wrong with one row, in words."""
    if not row["indicator_id"]:
        yield "an indicator needs an indicator_id"
    if row["unit"] not in RANGES:
        yield f"unit '{row['unit']}' is unknown, it is one of {', '.join(RANGES)}"
    if row["kind"] not in KINDS:
        yield f"kind '{row['kind']}' is unknown, it is one of {', '.join(KINDS)}"
    yield from _target_complaints(row)
    for column, least in (("minimum_base", 1), ("definition_version", 1), ("display_order", 0)):
        if not row[column].isdecimal() or int(row[column]) < least:
            yield f"{column} '{row[column]}' is not a whole number of at least {least}"
    for column in ("window_days", "base_window_days"):
        if row[column] and (not row[column].isdecimal() or int(row[column]) < 1):
            yield f"{column} '{row[column]}' is not a whole number of days"
    for mark, column in WINDOW_MARKS.items():
        if not row[column] and any(
            mark in row[f"definition_{language}"] for language in ("en", "sv")
        ):
            yield f"the definition speaks of {mark} but {column} is empty"
    for column in ("label_en", "label_sv", "definition_en", "definition_sv", "needed_entities"):
        if not row[column]:
            yield f"{column} is empty"


def _target_complaints(row: Row) -> Iterator[str]:
    """Yield what is wrong with a row's target: both or neither of value and direction."""
    value, direction = row["target_value"], row["target_direction"]
    if bool(value) != bool(direction):
        yield "target_value and target_direction go together, one of them is empty"
    if direction and direction not in DIRECTIONS:
        yield f"target_direction '{direction}' is unknown, it is one of {', '.join(DIRECTIONS)}"
    if not value:
        return
    try:
        target = float(value)
    except ValueError:
        yield f"target_value '{value}' is not a number"
        return
    lowest, highest = RANGES.get(row["unit"], (float("-inf"), float("inf")))
    if not lowest <= target <= highest:
        yield (
            f"target_value {value} lies outside {lowest:g} to {highest:g}, "
            f"the range of a {row['unit']}"
        )
