"""What was aimed at, and which measurement says how far it is reached."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.results import Kept


@dataclass(frozen=True)
class Aim:
    """A bound on the median of one measurement, at every size from `least` million orders.

    `way` begins the names of the shares that tell what takes the most; `because` says what stands
    in the way where that does not tell it.
    """

    says: str
    part: str
    name: str
    bound: float
    is_at_least: bool = False
    least: float = 0
    most: float = 1_000
    way: tuple[str, str] | None = None
    because: str = ""

    def is_reached(self, kept: Kept) -> bool:
        """Tell whether a measurement reaches it; what differs in content reaches nothing."""
        measured = kept.measurement
        if measured.is_equal is False:
            return False
        if self.is_at_least:
            return measured.median >= self.bound
        return measured.median <= self.bound

    def taken(self, kept: Sequence[Kept]) -> list[Kept]:
        """Return the measurements that it is judged by, smallest size first."""
        return [
            each
            for each in kept
            if (each.measurement.part, each.measurement.name) == (self.part, self.name)
            and (each.measurement.millions is None or self.fits(each.measurement.millions))
        ]

    def fits(self, millions: float) -> bool:
        """Tell whether the aim is about this size."""
        return self.least <= millions <= self.most


DEMO_WAY = ("fixed", "of the demo's night: ")
BUILD_WAY = ("build", "of the build: ")
DAY_WAY = ("night", "of the night of a day more: ")

LOADS = tuple(
    Aim(
        f"load of {table}.{ending}: {bound} times the speed of a bare table made of it",
        "load",
        f"{table}.{ending}, speed of the loader / of a bare table",
        bound,
        is_at_least=True,
    )
    for ending, bound in (("csv", 0.5), ("parquet", 0.8))
    for table in ("orders", "program_events")
)

AIMS = (
    Aim("a night with nothing new: 6 s", "fixed", "the whole command, nothing new", 6),
    Aim("a night of the demo's size: 12 s", "fixed", "the whole command, direct", 12, way=DEMO_WAY),
    Aim(
        "build of the demo's size: 3 times what DuckDB needs for the same statements",
        "fixed",
        "build / its statements by DuckDB alone",
        3,
    ),
    Aim(
        "an orchestrated night, less the start of Prefect's server: 1.1 times a direct one",
        "fixed",
        "orchestrated less the server's start / direct",
        1.1,
    ),
    Aim(
        "full build, tests and all: 1.3 times bare",
        "build",
        "build / bare",
        1.3,
        least=10,
        way=BUILD_WAY,
    ),
    Aim(
        "core and the indicators: 2 times a script by hand",
        "baselines",
        "models of core and the indicators, bare / by hand",
        2,
        least=10,
    ),
    Aim(
        "the largest facts: no slower than polars", "baselines", "facts, bare / polars", 1, least=10
    ),
    Aim(
        "the indicators: no slower than polars",
        "baselines",
        "indicators, bare / polars",
        1,
        least=10,
    ),
    Aim(
        "the marts: ten times as fast as dbt on PostgreSQL",
        "postgres",
        "marts by dbt, PostgreSQL / DuckDB",
        10,
        is_at_least=True,
        least=10,
    ),
    Aim(
        "a day more on three years: 1/20 of a full night",
        "night",
        "a day more / full night, load to publication",
        1 / 20,
        least=10,
        most=99,
        way=DAY_WAY,
    ),
    Aim(
        "the same at 100 million: 1/50",
        "night",
        "a day more / full night, load to publication",
        1 / 50,
        least=100,
        way=DAY_WAY,
    ),
    Aim(
        "a publication where nothing changed: 1.2 times a copy of its file",
        "publication",
        "nothing changed / copy of its file",
        1.2,
    ),
    Aim(
        "a publication of a day more: 1.2 times a copy of its file",
        "night",
        "publication of a day more / copy of its file",
        1.2,
    ),
    Aim("full build within 4 GB: 6 GiB resident", "build", "build within 4GB, peak memory", 6),
    Aim("and 1.5 times the time that 16 GB take", "build", "build within 4GB / within 16GB", 1.5),
    *LOADS,
)


def growth(kept: Sequence[Kept], part: str, name: str) -> Iterator[tuple[float, float, float]]:
    """Yield (size, next size, growth of the median between them) of a figure per million orders."""
    found = [
        each.measurement
        for each in kept
        if (each.measurement.part, each.measurement.name) == (part, name)
    ]
    sized = [(each.millions, each.median) for each in found if each.millions is not None]
    for (small, one), (large, other) in itertools.pairwise(sized):
        yield small, large, other / one
