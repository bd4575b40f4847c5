"""What polars reads, as Parquet, and how frames are read, sorted and written."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

FACTS = (
    "fct_orders",
    "fct_deliveries",
    "fct_program_events",
    "fct_customer_timeline",
    "fct_customer_months",
)
# What the five facts are made from, and what the indicators are.
FOR_FACTS = (
    "int_orders",
    "int_deliveries",
    "int_program_events",
    "int_customer_links",
    "int_described_customers",
    "int_customer_status",
    "fct_memberships",
    "fct_survey_answers",
    "fct_support_cases",
    "fct_shares",
    "device_types",
    "program_event_types",
)
FOR_INDICATORS = (
    "fct_orders",
    "fct_deliveries",
    "fct_program_events",
    "fct_memberships",
    "fct_survey_answers",
    "fct_survey_invitations",
    "fct_support_cases",
    "fct_shares",
    "dim_customers",
    "int_customer_status",
    "int_membership_stretches",
    "int_described_customers",
    "int_periods",
    "int_indicator_coverage",
    "indicators",
    "device_types",
)
# A day that never comes, as a number of days since 1970.
NEVER = 1_000_000


@dataclass(frozen=True)
class Inputs:
    """A folder of Parquet files, and what the night knows of itself."""

    folder: Path
    as_of: date
    has_memberships: bool

    @classmethod
    def of(cls, folder: Path) -> "Inputs":
        """Return the inputs that `export` wrote."""
        night = pl.read_parquet(folder / "int_night.parquet").row(0, named=True)
        return cls(folder, night["as_of_date"], night["has_memberships"])

    @property
    def as_of_day(self) -> int:
        """The night's date as a number of days."""
        return (self.as_of - date(1970, 1, 1)).days

    def scan(self, table: str) -> pl.LazyFrame:
        """Return a table, to be read."""
        return pl.scan_parquet(self.folder / f"{table}.parquet")

    def output(self, table: str) -> Path:
        """Return where a table that polars made goes."""
        (self.folder / "made").mkdir(exist_ok=True)
        return self.folder / "made" / f"{table}.parquet"


def export(build_database: Path, folder: Path) -> None:
    """Write the inputs from a built warehouse."""
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        # Views name the database as it is called while it is built.
        connection.execute(f"attach '{build_database}' as build (read_only)")
        connection.execute("use build")
        schemas = dict(
            connection.execute(
                "select table_name, table_schema from information_schema.tables"
            ).fetchall()
        )
        for table in sorted({"int_night", *FOR_FACTS, *FOR_INDICATORS}):
            connection.execute(
                f"copy {schemas[table]}.{table} to '{folder / table}.parquet' (format parquet)"
            )


def days(column: str) -> pl.Expr:
    """Return a date as its number of days since 1970."""
    return pl.col(column).cast(pl.Int32).cast(pl.Int64)


def numbered(frame: pl.LazyFrame, key: str, *order: str) -> pl.LazyFrame:
    """Sort by key and order, and number the keys: `key_number` grows where the key changes."""
    is_new = pl.col(key) != pl.col(key).shift(1)
    return frame.sort(key, *order).with_columns(key_number=is_new.fill_null(True).cum_sum())


def last_before(condition: pl.Expr, day: pl.Expr) -> pl.Expr:
    """Return the day of the last earlier row of the same key that fits; of a numbered frame."""
    packed = pl.when(condition).then(_packed(day)).shift(1).forward_fill()
    return _unpacked(packed)


def first_after(condition: pl.Expr, day: pl.Expr) -> pl.Expr:
    """Return the day of the first later row of the same key that fits; of a numbered frame."""
    packed = pl.when(condition).then(_packed(day)).shift(-1).backward_fill()
    return _unpacked(packed)


def _packed(day: pl.Expr) -> pl.Expr:
    # Key and day in one number: what was filled in from another key is seen by its key.
    return pl.col("key_number").cast(pl.Int64) * NEVER + day


def _unpacked(packed: pl.Expr) -> pl.Expr:
    of_this_key = packed // NEVER == pl.col("key_number").cast(pl.Int64)
    return pl.when(of_this_key).then(packed % NEVER)
