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

LOADER = (
    "a batch is held in memory for gate 1 before it joins raw, so its rows are written twice, the "
    "second time with keyed hashes of the persons they name; before that, each value is typed with "
    "a reason where it is none, the file is hashed and kept in the archive, and keys that come "
    "twice are sought."
)
LOADS = tuple(
    Aim(
        f"load of {table}.{ending}: {bound} times the speed of a bare table made of it",
        "load",
        f"{table}.{ending}, speed of the loader / of a bare table",
        bound,
        is_at_least=True,
        because=LOADER,
    )
    for ending, bound in (("csv", 0.5), ("parquet", 0.8))
    for table in ("orders", "program_events")
)

AIMS = (
    Aim("a night with nothing new: 6 s", "fixed", "the whole command, nothing new", 6),
    Aim(
        "a night of the demo's size: 12 s",
        "fixed",
        "the whole command, direct",
        12,
        way=DEMO_WAY,
        because="it keeps a processor busy for longer (*processor time, direct*), and little of it "
        "can be done on two at once. About a fifth goes into importing Great Expectations, dbt and "
        "the page's libraries and reading the parsed project; the rest into many small steps: a "
        "gate for each file, the models and their tests.",
    ),
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
        because="Prefect's server shares the two cores with the night, which tells it each line.",
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
        "the largest facts: no slower than polars",
        "baselines",
        "facts, bare / polars",
        1,
        least=10,
        because="a table in DuckDB's file costs more than the Parquet file that polars writes. "
        "Where the same queries write such files too, *the same facts into Parquet* tells.",
    ),
    Aim(
        "the same facts into Parquet: no slower than polars",
        "baselines",
        "facts, bare into Parquet / polars",
        1,
        least=10,
    ),
    Aim(
        "the indicators: no slower than polars",
        "baselines",
        "indicators, bare / polars",
        1,
        least=10,
        because="int_unit_days keeps sums by day and by all attributes together, to which a night "
        "can add and from which it can take away; polars sums by period at once.",
    ),
    Aim(
        "the marts: ten times as fast as dbt on PostgreSQL",
        "postgres",
        "marts by dbt, PostgreSQL / DuckDB",
        10,
        is_at_least=True,
        least=10,
        because="PostgreSQL is given its kindest case: tables that are not logged, and analysed at "
        "once; DuckDB is held to the profile's 4 GB. The ratio hardly changes with the size (*All "
        "figures*): in both, what takes long is what grows with the rows.",
    ),
    Aim(
        "a day more on three years: 1/20 of a full night",
        "night",
        "a day more / full night, load to publication",
        1 / 20,
        least=10,
        most=99,
        way=DAY_WAY,
        because="a day brings 0.1 % of the rows, but they hang together with 3 %: all of every "
        "customer who did anything that day. Their rows lie all over tables that are kept in the "
        "order of time, so the key columns of every table are read to find them, all columns to "
        "hold what stands against what its models make, and the generation before is hashed and "
        "copied as a whole: that grows with the history, by about a seventh of what a full night "
        "does. "
        "What does not grow (dbt's runs, the gates, the models on top of the sums) is about 20 s.",
    ),
    Aim(
        "the same at 100 million: 1/50",
        "night",
        "a day more / full night, load to publication",
        1 / 50,
        least=100,
        way=DAY_WAY,
        because="landing files, archive, build database and two generations of 100 million orders "
        "take about 110 GB, with room to spill on top: more than was free where it was measured.",
    ),
    Aim(
        "a publication where nothing changed: 1.2 times a copy of its file",
        "publication",
        "nothing changed / copy of its file",
        1.2,
        because="a night that finds nothing new publishes nothing. This is one written as a whole "
        "all the same: every row is read, hashed, packed, written, and read once more to hold what "
        "was written against what was built.",
    ),
    Aim(
        "a publication of a day more: 1.2 times a copy of its file",
        "night",
        "publication of a day more / copy of its file",
        1.2,
        because="the copy is a part of it: the file before is held against its SHA-256, the rows "
        "that differ are exchanged, DuckDB writes its checkpoint, and the new file is hashed for "
        "its seal and synced.",
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
