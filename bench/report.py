"""docs/performance.md, from the measurements that are kept."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from bench import guide, results
from bench.aims import AIMS, Aim, growth
from bench.results import Kept, Measurement
from loyalty.project import PROJECT_FOLDER

PAGE = PROJECT_FOLDER / "docs" / "performance.md"
INTRODUCTION = """\
# What it costs

Written by `make bench` from [performance.json](performance.json): do not edit. Figures that are
compared are ratios of what ran in turns, on the same machine and data, each round beside its own
counterpart: the median of the rounds, in brackets the least and the greatest. *Same content* means
that a hash over all rows of all published tables was equal. Shops are drawn by `bench/scale.py`: N
million orders in three years, all other tables in proportion, landed as Parquet.

{machine}
"""
# Per million orders, from one size to the next.
GROWTH = (
    ("full night", "full night, load to publication, per size", 1.3),
    ("night of a day more", "night of a day more, load to publication, per size", 2.0),
)
PROFILES = (
    ("A full night", "night", "of the full night: "),
    ("A night of a day more", "night", "of the night of a day more: "),
    ("The build of all models", "build", "of the build: "),
    ("A night of the demo's size", "fixed", "of the demo's night: "),
)


def write(path: Path = PAGE) -> None:
    """Write the page anew."""
    kept = results.read()
    path.write_text("\n".join(_lines(kept)) + "\n", encoding="utf-8")


def _lines(kept: list[Kept]) -> Iterator[str]:
    yield INTRODUCTION.format(machine=_machine(kept))
    yield from _aims(kept)
    yield from _in_the_way(kept)
    yield from _growth(kept)
    yield from _profiles(kept)
    yield from guide.lines(kept)
    yield from _all(kept)


def _machine(kept: list[Kept]) -> str:
    if not kept:
        return "Nothing is measured yet."
    file = results.RESULTS.read_text(encoding="utf-8")
    on: dict[str, Any] = json.loads(file)["machine"]
    times = sorted(each.at for each in kept)
    commits = ", ".join(sorted({each.commit for each in kept}))
    return (
        f"Measured {times[0]} to {times[-1]} UTC at {commits}, on {on['cores']} cores, "
        f"{on['memory_gib']} GiB, {on['system']}, DuckDB {on['duckdb']}. *Load* is how many "
        "processes wanted a core when it was measured: above the cores, the machine was shared and "
        "seconds are too long; ratios hold."
    )


def _aims(kept: list[Kept]) -> Iterator[str]:
    yield "## Aims"
    yield "| aim | million orders | measured | load | reached |"
    yield "|---|---|---|---|---|"
    for aim in AIMS:
        taken = aim.taken(kept)
        if not taken:
            yield f"| {aim.says} | | not measured | | |"
        for each in taken:
            reached = "yes" if aim.is_reached(each) else f"no: {way(aim, each, kept)}"
            yield (
                f"| {aim.says} | {_size(each.measurement)} | {_figure(each.measurement)} "
                f"| {each.load:.1f} | {reached} |"
            )
    yield ""


def _in_the_way(kept: list[Kept]) -> Iterator[str]:
    """Yield why, for aims that are missed at some size, or that were measured at none."""
    aims: dict[str, list[str]] = {}
    for aim in AIMS:
        taken = aim.taken(kept)
        if aim.because and not (taken and all(map(aim.is_reached, taken))):
            aims.setdefault(aim.because, []).append(f"**{aim.says}**")
    if aims:
        yield "## What stands in the way"
        for because, says in aims.items():
            yield f"- {', '.join(says)}: {because}"
        yield ""


def way(aim: Aim, missed: Kept, kept: list[Kept]) -> str:
    """Return what takes the most where an aim is missed."""
    if missed.measurement.is_equal is False:
        return missed.measurement.note or "the content differs"
    if aim.way is None:
        return f"{_number(missed.measurement.median / aim.bound)} times the aim"
    part, prefix = aim.way
    parts = _shares(kept, part, prefix, missed.measurement.millions)
    whole = {name.partition(": ")[0] for name, _ in parts if ": " in name}
    leading = [f"{name} {share:.0f} %" for name, share in parts if name not in whole][:4]
    return ", ".join(leading) or f"{_number(missed.measurement.median / aim.bound)} times the aim"


def _growth(kept: list[Kept]) -> Iterator[str]:
    yield "## Growth"
    yield "Seconds per million orders, load to publication, from one size to another."
    yield ""
    yield "| what | million orders | grows to | aim | reached |"
    yield "|---|---|---|---|---|"
    for says, name, bound in GROWTH:
        for small, large, factor in growth(kept, "night", name):
            reached = "yes" if factor <= bound else "no"
            yield f"| {says} | {small:g} to {large:g} | {factor:.2f} | {bound:g} | {reached} |"
    yield ""


def _profiles(kept: list[Kept]) -> Iterator[str]:
    yield "## Where the time goes"
    for title, part, prefix in PROFILES:
        sizes = {m.millions for m in _named(kept, part, prefix)}
        if not sizes:
            continue
        size = max(sizes, key=lambda each: each or 0)
        yield f"{title}{'' if size is None else f', {size:g} million orders'}, in % of its seconds:"
        yield ""
        yield "| what | % |"
        yield "|---|---|"
        for name, share in _shares(kept, part, prefix, size):
            yield f"| {name} | {share:.1f} |"
        yield ""


def _shares(
    kept: list[Kept], part: str, prefix: str, millions: float | None
) -> list[tuple[str, float]]:
    """Return names and shares of one size, the greatest first."""
    found = [each for each in _named(kept, part, prefix) if each.millions == millions]
    pairs = [(each.name.removeprefix(prefix), each.median) for each in found]
    return sorted(pairs, key=lambda pair: -pair[1])


def _named(kept: Sequence[Kept], part: str, prefix: str) -> list[Measurement]:
    measured = [each.measurement for each in kept]
    return [each for each in measured if each.part == part and each.name.startswith(prefix)]


def _all(kept: list[Kept]) -> Iterator[str]:
    yield "## All figures"
    yield "| part | what | million orders | measured | same content | load |"
    yield "|---|---|---|---|---|---|"
    for each in kept:
        measured = each.measurement
        if measured.unit == "%":
            continue
        equal = {None: "", True: "yes", False: "NO"}[measured.is_equal]
        yield (
            f"| {measured.part} | {measured.name} | {_size(measured)} | {_figure(measured)} "
            f"| {equal} | {each.load:.1f} |"
        )


def _size(measured: Measurement) -> str:
    return "" if measured.millions is None else f"{measured.millions:g}"


def _figure(measured: Measurement) -> str:
    unit = "" if measured.unit == "ratio" else f" {measured.unit}"
    low, high = min(measured.values), max(measured.values)
    spread = f" ({_number(low)} to {_number(high)})" if len(measured.values) > 1 else ""
    return f"{_number(measured.median)}{unit}{spread}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
