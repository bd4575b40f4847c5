"""Write the demo folder: SQL files that draw, files that are copied out, a marker that tells."""

import shutil
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb

from loyalty.demo.marker import MARKER, DirtCount, marker_text
from loyalty.errors import LoyaltyError, UsageError

SQL_FOLDER = Path(__file__).parent / "sql"
TIME_ZONE = ZoneInfo("Europe/Stockholm")

# Persons beyond the described customers, as shares of them.
UNDESCRIBED_SHARE = 0.004
GUEST_SHARE = 0.36

# In this order: each file reads tables of those before it.
SQL_FILES = (
    "macros",
    "calendar",
    "persons",
    "memberships",
    "purchases",
    "customers",
    "orders",
    "order_items",
    "deliveries",
    "program_events",
    "support_cases",
    "survey_invitations",
    "comments",
    "survey_answers",
    "web_sessions",
    "shares",
)

CSV = "format csv, header"


@dataclass(frozen=True)
class DemoFile:
    """One file of the demo folder: the table it feeds, its view `file_<view>`, its format."""

    name: str
    table: str
    view: str
    copy_options: str


DEMO_FILES = (
    DemoFile("customers.csv", "customers", "customers", CSV),
    DemoFile("orders.csv", "orders", "orders", CSV),
    DemoFile("orders_redelivered.csv", "orders", "orders_redelivered", CSV),
    DemoFile("order_items.parquet", "order_items", "order_items", "format parquet"),
    DemoFile("deliveries.csv", "deliveries", "deliveries", CSV),
    DemoFile("memberships.csv", "memberships", "memberships", CSV),
    DemoFile("membership_tiers.csv", "membership_tiers", "membership_tiers", CSV),
    DemoFile("program_events.csv", "program_events", "program_events", CSV),
    DemoFile("survey_invitations.csv", "survey_invitations", "survey_invitations", CSV),
    DemoFile("survey_answers.csv", "survey_answers", "survey_answers", CSV),
    DemoFile("support_cases.jsonl", "support_cases", "support_cases", "format json"),
    DemoFile("web_sessions.csv", "web_sessions", "web_sessions", CSV),
    DemoFile("shares.csv.gz", "shares", "shares", f"{CSV}, compression gzip"),
)


@dataclass(frozen=True)
class DemoSettings:
    """What decides every byte of the demo folder."""

    customers: int
    days: int
    seed: int
    end_date: date

    @property
    def start_date(self) -> date:
        """The first local day on which anything happens."""
        return self.end_date - timedelta(days=self.days - 1)

    @property
    def launch_date(self) -> date:
        """The local day on which the loyalty programme opens: a third of the way."""
        return self.start_date + timedelta(days=self.days // 3)

    @property
    def crisis(self) -> tuple[date, date]:
        """First and last day of the calendar quarter in which deliveries fail."""
        inside = self.start_date + timedelta(days=int(self.days * 0.45))
        first = date(inside.year, 3 * ((inside.month - 1) // 3) + 1, 1)
        next_first = (first + timedelta(days=95)).replace(day=1)
        return first, next_first - timedelta(days=1)

    def variables(self) -> dict[str, str]:
        """The SQL variables that the files of `sql/` read, as SQL literals."""
        known_customers = self.customers + max(1, round(self.customers * UNDESCRIBED_SHARE))
        crisis_start, crisis_end = self.crisis
        return {
            "seed": f"{self.seed}::bigint",
            "customers": f"{self.customers}::bigint",
            "known_customers": f"{known_customers}::bigint",
            "persons": f"{known_customers + round(self.customers * GUEST_SHARE)}::bigint",
            "days": f"{self.days}::bigint",
            "time_zone": f"'{TIME_ZONE.key}'",
            "start_date": f"date '{self.start_date}'",
            "end_date": f"date '{self.end_date}'",
            "crisis_start": f"date '{crisis_start}'",
            "crisis_end": f"date '{crisis_end}'",
            "start_at": _midnight(self.start_date),
            "end_at": _midnight(self.end_date + timedelta(days=1)),
            "launch_at": _midnight(self.launch_date),
        }


def generate(  # noqa: PLR0917 - what `loyalty demo-data` asks for, in that order
    folder: Path,
    customers: int = 10_000,
    days: int = 1096,
    seed: int = 1,
    end_date: date = date(2026, 6, 30),
    on_progress: Callable[[str], None] | None = None,
    *,
    threads: int | None = None,
) -> dict[str, int]:
    """Write the twelve canonical tables of an invented shop, and the marker, into `folder`.

    The same parameters give the same bytes, whatever the number of threads. An earlier demo
    in the folder is replaced once the new one is complete.

    Args:
        folder: created if missing; empty, or an earlier demo.
        customers: rows that describe a customer; guests and undescribed customers come on top.
        days: local calendar days of history, the last of which is `end_date`.
        seed: another seed gives another shop of the same habits.
        end_date: the last local day; nothing that has happened is dated after it.
        on_progress: called with a line per step.
        threads: of DuckDB; None leaves it to DuckDB.

    Returns:
        Rows written per table, all its files together, dirt included.

    Raises:
        UsageError: the folder holds something else, or a parameter makes no sense.
        LoyaltyError: the folder cannot be written, or the disk is full.
    """
    settings = DemoSettings(customers, days, seed, end_date)
    _check_settings(settings)
    _check_folder(folder)
    report = on_progress or (lambda line: None)
    try:
        counts = _generate(folder, settings, threads, report)
    except (OSError, duckdb.IOException, duckdb.OutOfMemoryException) as problem:
        raise LoyaltyError(
            f"demo data: {folder} could not be written: {problem}. Free some space, or name "
            "another folder"
        ) from problem
    report(f"{sum(counts.values()):,} rows in {folder}")
    return counts


def _generate(
    folder: Path, settings: DemoSettings, threads: int | None, report: Callable[[str], None]
) -> dict[str, int]:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as scratch:
        finished = Path(scratch) / "finished"
        finished.mkdir()
        with _database(Path(scratch), settings, threads) as connection:
            _draw(connection, report)
            counts = _write_files(connection, finished, report)
            dirt = _count_dirt(connection)
        text = marker_text(
            customers=settings.customers,
            seed=settings.seed,
            period=(settings.start_date, settings.end_date),
            crisis=settings.crisis,
            launch_date=settings.launch_date,
            counts=counts,
            dirt=dirt,
        )
        (finished / MARKER).write_text(text, encoding="utf-8")
        _move_into_place(finished, folder)
    return counts


def _check_settings(settings: DemoSettings) -> None:
    limits = {
        "customers": (settings.customers, 10, 50_000_000),
        "days": (settings.days, 30, 7_310),
        "seed": (settings.seed, 0, 2**62),
        "end_date's year": (settings.end_date.year, 2000, 2100),
    }
    for name, (value, lowest, highest) in limits.items():
        if not lowest <= value <= highest:
            raise UsageError(f"demo data: {name} is {value}; give {lowest:,} to {highest:,}")


def _check_folder(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"demo data: {folder} is a file; name a folder")
    if not folder.exists():
        return
    ours = {MARKER, *(file.name for file in DEMO_FILES)}
    present = {path.name for path in folder.iterdir()}
    foreign = sorted(present - ours)
    if present and MARKER not in present:
        raise UsageError(
            f"demo data: {folder} is not empty and holds no {MARKER}; name an empty folder"
        )
    # Real files beside the marker would be taken for invented ones by whoever trusts it.
    if foreign:
        raise UsageError(
            f"demo data: {folder} holds {foreign[0]}, which is no demo file; "
            "move it away or name another folder"
        )


@contextmanager
def _database(
    scratch: Path, settings: DemoSettings, threads: int | None
) -> Iterator[duckdb.DuckDBPyConnection]:
    # On disk: ten million orders need not fit in memory.
    with duckdb.connect(str(scratch / "scratch.duckdb")) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("set preserve_insertion_order = true")
        connection.execute("set enable_progress_bar = false")
        if threads is not None:
            connection.execute(f"set threads = {int(threads)}")
        for name, literal in settings.variables().items():
            connection.execute(f"set variable {name} = {literal}")
        yield connection


def _draw(connection: duckdb.DuckDBPyConnection, report: Callable[[str], None]) -> None:
    for name in SQL_FILES:
        connection.execute((SQL_FOLDER / f"{name}.sql").read_text(encoding="utf-8"))
        if name == "purchases":
            row = connection.execute("select count(*) from purchases").fetchone()
            assert row is not None
            report(f"drew {row[0]:,} orders")


def _write_files(
    connection: duckdb.DuckDBPyConnection, folder: Path, report: Callable[[str], None]
) -> dict[str, int]:
    counts: dict[str, int] = defaultdict(int)
    for file in DEMO_FILES:
        path = str(folder / file.name).replace("'", "''")
        row = connection.execute(
            f"copy (select * from file_{file.view}) to '{path}' ({file.copy_options})"
        ).fetchone()
        assert row is not None
        counts[file.table] += row[0]
        report(f"{file.name}: {row[0]:,} rows")
    return dict(counts)


def _count_dirt(connection: duckdb.DuckDBPyConnection) -> list[DirtCount]:
    connection.execute((SQL_FOLDER / "dirt.sql").read_text(encoding="utf-8"))
    return [DirtCount(*row) for row in connection.execute("select * from dirt").fetchall()]


def _move_into_place(finished: Path, folder: Path) -> None:
    # The marker first: should this be cut short, the folder still says that it is invented.
    for name in (MARKER, *(file.name for file in DEMO_FILES)):
        shutil.move(finished / name, folder / name)


def _midnight(day: date) -> str:
    local = datetime(day.year, day.month, day.day, tzinfo=TIME_ZONE)
    return f"timestamp '{local.astimezone(UTC):%Y-%m-%d %H:%M:%S}'"
