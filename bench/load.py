"""A file into raw, with all that the loader does with it, beside a bare DuckDB table made of it."""

import time
from collections.abc import Iterator
from pathlib import Path

import duckdb

from bench import timing
from bench.parts import Setting
from bench.results import Measurement, ratio
from bench.scale import Format, Shop
from loyalty.declarations import TableDeclaration, read_declarations
from loyalty.landing import Loader, find_files
from loyalty.project import business_time_zone
from loyalty.warehouse import Warehouse

PART = "load"
SOURCE = "canonical"
TABLES = ("orders", "program_events")
FORMATS: tuple[Format, ...] = ("csv", "parquet")
THREADS = 2
KEY = b"made up data only"


def measure(setting: Setting) -> Iterator[Measurement]:
    """Land and join each file, without gate 1, and make a bare table of it, in turns."""
    shop = Shop.of(setting.millions, setting.cache)
    for name in TABLES:
        for file_format in FORMATS:
            folder = shop.folder(file_format=file_format)
            yield from _measure(setting, name, folder / f"{name}.{file_format}")


def _measure(setting: Setting, name: str, file: Path) -> Iterator[Measurement]:
    table = read_declarations()[SOURCE].tables[name]
    trials = {
        "bare": lambda: _bare(setting, table, file),
        "loader": lambda: _loaded(setting, file),
    }
    seconds = timing.in_turns(trials, setting.repeats)
    what = f"{name}{file.suffix}"
    yield Measurement(PART, f"{what}, loader", setting.millions, "s", seconds["loader"])
    yield ratio(
        PART,
        f"{what}, speed of the loader / of a bare table",
        setting.millions,
        seconds["bare"],
        seconds["loader"],
    )


def _bare(setting: Setting, table: TableDeclaration, file: Path) -> float:
    with setting.scratch() as scratch, duckdb.connect(str(scratch / "bare.duckdb")) as connection:
        connection.execute(f"set threads = {THREADS}; set TimeZone = 'UTC'")
        source = f"read_parquet('{file}')"
        if file.suffix == ".csv":
            with file.open(encoding="utf-8") as lines:
                header = next(lines).strip().split(",")
            types = {column.name: column.data_type for column in table.columns}
            columns = ", ".join(f"'{name}': '{types[name]}'" for name in header)
            # Some records cannot be read: it leaves them out, and does not say which.
            source = (
                f"read_csv('{file}', header = true, auto_detect = false, delim = ',', "
                f"""quote = '"', escape = '"', ignore_errors = true, columns = {{{columns}}})"""
            )
        return timing.seconds(lambda: connection.execute(f"create table bare as from {source}"))


def _loaded(setting: Setting, file: Path) -> float:
    declarations = read_declarations()
    with setting.scratch() as scratch:
        warehouse = Warehouse(scratch / "warehouse")
        warehouse.prepare()
        found = find_files(declarations[SOURCE], file.parent).files
        landing_file = next(each for each in found if each.path == file)
        with warehouse.connect() as connection:
            connection.execute(f"set threads = {THREADS}")
            loader = Loader(
                connection,
                "bench",
                declarations,
                KEY,
                business_time_zone(),
                archive=warehouse.archive,
            )
            loader.prepare()
            began = time.monotonic()
            batch = loader.land(landing_file)
            assert batch is not None
            loader.accept(batch)
            return time.monotonic() - began
