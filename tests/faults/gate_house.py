"""A build database that has seen a week of clean exports, on which defects are tried."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from faults import days
from loyalty import gates, landing
from loyalty.declarations import read_declarations
from loyalty.gates import GateReport
from loyalty.landing.hashing import DEMO_KEY
from loyalty.project import business_time_zone
from loyalty.warehouse import Warehouse

DECLARATIONS = read_declarations()
NIGHTS = 7
SECONDS = 300.0
CUSTOMERS = ("canonical", "customers")
# What other tables point at.
PARENTS = (
    CUSTOMERS,
    ("canonical", "orders"),
    ("canonical", "deliveries"),
    ("canonical", "memberships"),
    ("canonical", "survey_invitations"),
    ("olist", "orders"),
)


class GateHouse:
    """Lands exports night by night, as a night does, without building anything."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        warehouse = Warehouse(folder / "warehouse")
        warehouse.prepare()
        self.connection = warehouse.connect()
        self._draw = duckdb.connect()
        self.loader = landing.Loader(
            self.connection, "trial", DECLARATIONS, DEMO_KEY, business_time_zone()
        )
        self.loader.prepare()

    def live_through(self, nights: int) -> None:
        """Load the base and `nights` nights of every table; their profiles are what is usual."""
        for table in ("customers", "memberships"):
            self.remember("canonical", table, f"{table}.csv", days.base_rows(table))
        for number in range(1, nights + 1):
            for source, table in self.tables():
                name = days.file_name(source, table, number)
                self.remember(source, table, name, days.rows(source, table, number))
        # The night on which defects come has loaded already what other tables point at.
        for source, table in (*PARENTS, CUSTOMERS):
            number = self.next_night(source, table)
            name = days.file_name(source, table, number)
            self.remember(source, table, name, days.rows(source, table, number))

    def next_night(self, source: str, table: str) -> int:
        """Return the number of the first night of which this table has no export yet."""
        rows = self.connection.execute(
            "select count(*) from quality.batches where source_id = $1 and table_name = $2 "
            "and status = 'accepted' and file_name <> $2 || '.csv'",
            [source, table],
        ).fetchall()
        return int(rows[0][0]) + 1

    @staticmethod
    def tables() -> list[tuple[str, str]]:
        """Return every table that has exports, in the order in which a night loads them."""
        return [(source, table) for source, tables in days.ROWS.items() for table in tables]

    def remember(self, source: str, table: str, name: str, query: str) -> None:
        """Accept a file without asking the gate, which is what takes the time."""
        batch = self.land(source, table, name, query)
        gates.remember(self.connection, batch)
        self.loader.accept(batch)

    def land(
        self, source: str, table: str, name: str, query: str, copy: str = "format csv, header"
    ) -> landing.LandedBatch:
        """Write what a query over the clean rows gives as a landing file, and land it."""
        folder = self.folder / "files"
        folder.mkdir(exist_ok=True)
        path = folder / name
        self._draw.execute(f"copy ({query}) to '{path}' ({copy})")
        file = next(
            file
            for file in landing.find_files(DECLARATIONS[source], folder).files
            if file.path == path
        )
        batch = self.loader.land(file)
        path.unlink()
        assert batch is not None, f"{name} was loaded before"
        return batch

    def clean_day(self, source: str, table: str, number: int) -> None:
        """Make the clean rows of a night the relation `day`, whose rows have a `rowid`."""
        self._draw.execute(f"create or replace table day as {days.rows(source, table, number)}")

    def lived(self, batch: landing.LandedBatch) -> GateReport:
        """Ask gate 1 of a batch and accept it, whatever it said."""
        report = gates.check_batch(self.connection, "trial", batch, SECONDS)
        self.loader.accept(batch)
        return report

    @contextmanager
    def judged(self, batch: landing.LandedBatch) -> Iterator[GateReport]:
        """Ask gate 1 of a batch, which then leaves no trace that others are compared with."""
        yield gates.check_batch(self.connection, "trial", batch, SECONDS)
        self.loader.quarantine(batch, ["it was a trial"])

    def close(self) -> None:
        """Close the databases."""
        self._draw.close()
        self.connection.close()
