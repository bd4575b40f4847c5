"""Which size fits which machine, from what the largest shop measured took."""

from collections.abc import Iterator, Sequence

from bench.build import IN_LITTLE, LITTLE, MUCH
from bench.results import Kept
from loyalty.settings import KEPT_GENERATIONS

SIZES = (1, 3, 10, 30, 100, 300)
KEPT_FEWER = 3
ON_DISK = ("archive", "build database")
TEXT = f"""\
From the largest shop measured, with every figure that does not stay the same taken in proportion.
Disk is the archive, the build database and the generations kept (`LOYALTY_KEEP_GENERATIONS`,
{KEPT_GENERATIONS} by default) and one more while it is written; landing files, and the room DuckDB
takes where memory does not suffice, about a third of the build database, come on top.
"""
BEYOND = """\
Beyond what a machine holds, in this order:
- keep fewer generations, and landing files elsewhere: the archive has their bytes;
- give DuckDB a faster disk before more memory: what does not fit is spilled, not refused;
- more cores make the large models faster, hardly the small ones and not the night's fixed seconds;
- land less: sessions and programme events older than any window asked of them change no number;
- several warehouses, one a country or brand, each with a night of its own.
"""


def lines(kept: Sequence[Kept]) -> Iterator[str]:
    """Yield the guide; nothing where no night was measured."""
    nights = [
        each.measurement.millions
        for each in kept
        if each.measurement.part == "night" and each.measurement.millions
    ]
    if not nights:
        return
    size = max(nights)
    figures = {
        each.measurement.name: each.measurement.median
        for each in kept
        if each.measurement.part == "night" and each.measurement.millions == size
    }
    yield "## Which size fits which machine"
    yield TEXT
    yield "| million orders | disk, default | disk, 3 generations | full night | a day more |"
    yield "|---|---|---|---|---|"
    for millions in SIZES:
        full = figures["full night, load to publication, per size"] * millions
        day = figures["night of a day more, load to publication, per size"] * millions
        yield (
            f"| {millions} | {_disk(figures, millions, KEPT_GENERATIONS)} "
            f"| {_disk(figures, millions, KEPT_FEWER)} | {_time(full)} | {_time(day)} |"
        )
    yield ""
    yield from _memory(kept)
    yield BEYOND


def _memory(kept: Sequence[Kept]) -> Iterator[str]:
    """Yield what the largest build took within little memory."""
    builds = [each.measurement for each in kept if each.measurement.part == "build"]
    size = max((each.millions or 0 for each in builds), default=0)
    figures = {each.name: each.median for each in builds if each.millions == size}
    peak = figures.get(f"{IN_LITTLE}, peak memory")
    if peak is None:
        return
    slower = figures[f"{IN_LITTLE} / within {MUCH}"]
    yield (
        f"Memory: within `LOYALTY_MEMORY_LIMIT={LITTLE}` the full build of {size:g} million orders "
        f"held {peak:.1f} GiB at its peak and took {slower:.2f} times as long as within {MUCH}. "
        "Without that variable a night takes up to four fifths of the machine's."
    )
    yield ""


def _disk(figures: dict[str, float], millions: float, generations: int) -> str:
    stays = sum(figures[name] for name in ON_DISK)
    bytes_per_order = stays + figures["generation"] * (generations + 1)
    return f"{bytes_per_order * millions / 1000:,.1f} GB"


def _time(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
