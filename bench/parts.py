"""The parts that are measured, and what each of them gets."""

import importlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.results import Measurement

CACHE_VARIABLE = "LOYALTY_BENCH_CACHE"


def cache_folder() -> Path:
    """Return where shops and warehouses are kept between runs; made if it is not there."""
    default = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "loyalty-bench"
    folder = Path(os.environ.get(CACHE_VARIABLE) or default).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@dataclass(frozen=True)
class Setting:
    """What a part is asked to measure: the size of the shop, and how many rounds."""

    millions: float
    repeats: int
    cache: Path

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """Give an empty folder on the cache's disk, and remove it afterwards."""
        folder = self.cache / f"scratch_{os.getpid()}"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True)
class Part:
    """A module of `bench` with a function `measure(setting)`; `largest` size that it is for.

    One that `is_sized` not is measured once, whatever the sizes.
    """

    name: str
    module: str
    says: str
    largest: int = 1_000
    is_sized: bool = True

    def measure(self, setting: Setting) -> Iterator[Measurement]:
        """Yield what the part's module measures."""
        measured: Iterator[Measurement] = importlib.import_module(self.module).measure(setting)
        return measured


PARTS: tuple[Part, ...] = (
    Part("load", "bench.load", "a file into raw beside a bare table of it", largest=10),
    Part("gates", "bench.gates", "gate 1 beside one query, and its verdicts"),
    Part("fixed", "bench.fixed", "what a night costs whatever its data", is_sized=False),
    Part("night", "bench.night", "a full night, and nights of one day more"),
    Part("build", "bench.build", "the build beside its SQL alone, and within little memory"),
    Part("baselines", "bench.baselines", "the models beside a script by hand, and beside polars"),
    Part(
        "postgres",
        "bench.in_postgres.part",
        "the marts by dbt, in PostgreSQL beside DuckDB",
        largest=10,
    ),
    Part("publication", "bench.publishing", "a publication beside a copy of its file"),
)
