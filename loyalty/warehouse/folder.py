"""The warehouse folder: its rooms, its private database and its lock."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from loyalty import signals
from loyalty.errors import DamagedWarehouseError, WarehouseLockedError
from loyalty.warehouse import diagnosis, memory
from loyalty.warehouse import lock as locks
from loyalty.warehouse.archive import UNPACKED, Archive

# What DuckDB says where another process has the file; a damaged *block* is none.
LOCKED = "Could not set lock"
# A DuckDB file begins with three headers; one that is shorter holds nothing.
HEADER_BYTES = 3 * 4096
SYSTEM_TABLES = (Path(__file__).parent / "system_tables.sql").read_text()
# What this process holds, by warehouse folder.
_HELD: dict[Path, locks.Hold] = {}


@dataclass(frozen=True)
class Warehouse:
    """Paths below one warehouse folder; nothing is created until `prepare`."""

    folder: Path

    @property
    def private(self) -> Path:
        """Folder that only the night may read: raw rows, personal data."""
        return self.folder / "private"

    @property
    def build_database(self) -> Path:
        """The one database that a night writes."""
        return self.private / "build.duckdb"

    @property
    def archive(self) -> Archive:
        """The bytes of every batch that was landed."""
        return Archive(self.private / "archive")

    @property
    def seals(self) -> Path:
        """The SHA-256 of each generation, by which damage to it is noticed."""
        return self.private / "seals"

    @property
    def lock_file(self) -> Path:
        """Held by the process that runs a night; its text says who that is."""
        return self.private / "night.lock"

    @property
    def target(self) -> Path:
        """What dbt writes: manifest, compiled SQL, run results."""
        return self.private / "target"

    @property
    def prefect_home(self) -> Path:
        """Prefect's database, results and profiles."""
        return self.private / "prefect"

    @property
    def data_docs(self) -> Path:
        """Great Expectations' own pages."""
        return self.folder / "data_docs"

    @property
    def scorecard(self) -> Path:
        """The page of the generation that stands."""
        return self.folder / "scorecard.html"

    @property
    def parquet(self) -> Path:
        """The marts as Parquet files, one folder a generation, where that is asked for."""
        return self.folder / "parquet"

    @property
    def generations(self) -> Path:
        """Published files, one a generation."""
        return self.folder / "generations"

    @property
    def published_link(self) -> Path:
        """What BI tools open, read-only: a link to the generation that stands."""
        return self.folder / "loyalty.duckdb"

    def prepare(self) -> None:
        """Create the rooms; the private one is readable by its owner only."""
        for room in (self.folder, self.generations, self.data_docs):
            room.mkdir(parents=True, exist_ok=True)
        self.private.mkdir(mode=0o700, exist_ok=True)
        self.target.mkdir(exist_ok=True)

    def clear(self) -> None:
        """Remove what a killed night left in the private room; the caller holds the lock."""
        spill = self.private / f"{self.build_database.name}.tmp"
        for room in (spill, *self.private.glob(f"{UNPACKED}*")):
            shutil.rmtree(room, ignore_errors=True)

    def connect(self) -> duckdb.DuckDBPyConnection:
        """Open the build database for writing, in UTC, with the system tables in place.

        Raises:
            DamagedWarehouseError: the file cannot be opened as a DuckDB database, or is gone.
            DiskFullError: there is no room to open it.
            NotWritableError: it may not be written.
            WarehouseLockedError: another process has it open.
        """
        self._remove_unborn()
        if not self.build_database.exists() and not self.archive.is_empty:
            raise DamagedWarehouseError(
                f"{self.build_database} is gone; `loyalty repair` makes it anew from the archive "
                "of what was loaded"
            )
        connection = None
        try:
            connection = _open(self.build_database)
            connection.execute("set TimeZone = 'UTC'")
            memory.keep_within(connection)
            # Many small writes in a row; the log is moved to the file when it is closed.
            connection.execute("set checkpoint_threshold = '256MB'")
            # All that is needed is built in; nothing is fetched at night.
            connection.execute("set autoinstall_known_extensions = false")
            connection.execute("set autoload_known_extensions = false")
            connection.execute(SYSTEM_TABLES)
        except duckdb.Error as problem:
            if connection:
                connection.close()
            if LOCKED in str(problem):
                raise WarehouseLockedError(
                    f"{self.build_database} is open in another process; close it and try again"
                ) from problem
            reason = str(problem).partition("\n")[0]
            raise diagnosis.explain(problem, self.build_database) or diagnosis.damaged(
                self.build_database, reason
            ) from problem
        return connection

    def holder(self) -> locks.Holder | None:
        """Return the process that holds the warehouse now, or None, also where we may not look."""
        return locks.holder(self.lock_file)

    def _remove_unborn(self) -> None:
        """Remove a database whose making ended before it could hold anything."""
        database = self.build_database
        if database.exists() and database.stat().st_size < HEADER_BYTES and self.archive.is_empty:
            database.unlink()
            database.with_name(f"{database.name}.wal").unlink(missing_ok=True)

    @contextmanager
    def lock(self, task: str = "night") -> Iterator[locks.Hold]:
        """Hold the warehouse for one task; the operating system frees it when we die.

        Raises:
            WarehouseLockedError: another living process holds it; it is named.
        """
        place = self.folder.resolve()
        with locks.take(self.lock_file, task) as held:
            _HELD[place] = held
            try:
                yield held
            finally:
                del _HELD[place]

    @contextmanager
    def last_word(self) -> Iterator[None]:
        """Change what readers see within, as the one process that may.

        Raises:
            TakenOverError: this process held the warehouse, and another took it over.
            WarehouseLockedError: this process does not hold it, and another does.
        """
        held = _HELD.get(self.folder.resolve())
        if held:
            with held.last_word():
                yield
        else:
            with self.lock("publication") as now_held, now_held.last_word():
                yield


# A file of this version packs text by one method where older ones try several: a fifth of the time
# that it takes to write a table. Whatever opens the file later keeps to it.
STORAGE_VERSION = "v1.4.0"


def _create(path: Path) -> None:
    place = str(path).replace("'", "''")
    with duckdb.connect() as connection:
        connection.execute(f"attach '{place}' as made (storage_version '{STORAGE_VERSION}')")


# Who only looks, as `loyalty status` does, holds the database for a moment.
PATIENCE = 2.0


def _open(path: Path) -> duckdb.DuckDBPyConnection:
    """Open the database for writing, or give up soon if another process reads it."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            if not path.exists():
                _create(path)
            return signals.watched(duckdb.connect(str(path)))
        except duckdb.IOException as problem:
            if LOCKED not in str(problem) or time.monotonic() > end:
                raise
            time.sleep(0.05)
