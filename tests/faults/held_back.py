"""Seeded sequences of nights in which files are held back, and come in after all, or do not.

A file's name ends in the number of its arrival, so that a warehouse which loads all files in one
night, in the order of their names, loads them as if all had come clean on time.
"""

import csv
import io
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

FAR = "2031-05-01T12:00:00Z"
WAYS = ("corrected", "released", "discarded", "taken away")


@dataclass(frozen=True)
class Kind:
    """A table of which files are held back, and what of it is changed: dates, values."""

    table: str
    dated: str
    changed: dict[str, tuple[str, ...]]
    # A value that stops the batch, and may be loaded all the same.
    unknown: tuple[str, str] | None = None
    cursor: str | None = None


KINDS = (
    Kind(
        "web_sessions",
        "started_at",
        {"device_type": ("desktop", "mobile_app", "tablet"), "reached_cart": ("true", "false")},
        unknown=("started_at", FAR),
    ),
    Kind(
        "survey_answers",
        "answered_at",
        {"score": ("1", "2", "4", "5")},
        unknown=("survey_kind", "guessing"),
    ),
    Kind(
        "orders",
        "ordered_at",
        {"order_amount": ("10.00", "250.00", "999.99"), "status": ("paid", "cancelled")},
        cursor="updated_at",
    ),
)


@dataclass
class Held:
    """A file with something wrong, the night in which it comes and that in which it is resolved.

    `bad` is what comes, `good` what is loaded in the end: the same where it is released, nothing
    where it is discarded.
    """

    name: str
    defect: str
    way: str
    night: int
    resolved: int
    bad: bytes
    good: bytes | None


@dataclass
class Nights:
    """What lands in which night: clean files by night, and the held ones."""

    clean: dict[int, dict[str, bytes]] = field(default_factory=dict)
    held: list[Held] = field(default_factory=list)

    @property
    def last_night(self) -> int:
        return max([*self.clean, *(held.resolved for held in self.held)])

    def final(self) -> dict[str, bytes]:
        """All files as they should have come, by name."""
        files = {name: text for files in self.clean.values() for name, text in files.items()}
        return files | {held.name: held.good for held in self.held if held.good is not None}


def sequence(
    chance: random.Random, shop: Path, *, nights: int, files: int, longest_wait: int = 3
) -> Nights:
    """Draw a sequence: held files, and clean later ones of the same keys.

    A held one is resolved for the night after it came, or up to `longest_wait` nights later.
    """
    drawn = Nights()
    ways = chance.sample(WAYS, len(WAYS)) if longest_wait else ["released", "corrected"]
    for number in range(files):
        kind = chance.choice(KINDS)
        night = 1 + number * nights // files
        name = f"{kind.table}_z{number:03}.csv"
        rows = _rows(chance, shop, kind, number)
        # Every second file is a clean one: it shares keys with those held before it.
        if number % 2:
            drawn.clean.setdefault(night, {})[name] = _text(rows)
            continue
        way = ways[number // 2 % len(ways)]
        # Taken away, it is missed for a night at least.
        wait = chance.randint(min(1, longest_wait) if way == "taken away" else 0, longest_wait)
        defect, bad = _spoilt(chance, kind, rows, way)
        good = {"released": bad, "discarded": None}.get(way, _text(rows))
        drawn.held.append(Held(name, defect, way, night, night + 1 + wait, bad, good))
    return drawn


def _spoilt(
    chance: random.Random, kind: Kind, rows: list[dict[str, str]], way: str
) -> tuple[str, bytes]:
    """Draw what is wrong with a file; what is released can be loaded all the same."""
    if way == "released":
        defect = chance.choice(["dates", "unknown"] if kind.unknown else ["dates"])
    else:
        defect = chance.choice(["dates", "column", "empty", "far"])
    return defect, _damaged(chance, kind, rows, defect)


def _rows(chance: random.Random, shop: Path, kind: Kind, number: int) -> list[dict[str, str]]:
    """Draw rows of known keys with other values, and a few of new ones."""
    with (shop / f"{kind.table}.csv").open(newline="") as file:
        known = list(csv.DictReader(file))
    key = next(iter(known[0]))
    # Few keys: the files of a sequence are to meet in them.
    rows = [dict(row) for row in chance.sample(known[:25], 12)]
    for new in range(3):
        rows.append(dict(chance.choice(known)) | {key: f"NEW{number}-{new}"})
    for row in rows:
        row.update({column: chance.choice(values) for column, values in kind.changed.items()})
        if kind.cursor:
            row[kind.cursor] = chance.choice(["", "2026-06-30T00:00:00Z", row[kind.cursor]])
    return rows


def _damaged(chance: random.Random, kind: Kind, rows: list[dict[str, str]], defect: str) -> bytes:
    if defect == "empty":
        return b""
    if defect == "column":
        return _text(rows).replace(kind.dated.encode(), b"when", 1)
    damaged = [dict(row) for row in rows]
    column, value = (kind.dated, "31/12/2025") if defect == "dates" else (kind.dated, FAR)
    if defect == "unknown" and kind.unknown:
        column, value = kind.unknown
    for row in chance.sample(damaged, 4):
        row[column] = value
    return _text(damaged)


def _text(rows: Sequence[dict[str, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()
