"""Whether what polars made is what the models made."""

from pathlib import Path

import duckdb

from bench import equality
from bench.in_polars.inputs import FACTS

VALUES = (
    "indicator_id, period_grain, period_start_date, segment_dimension, segment_value, numerator, "
    "denominator, indicator_value"
)
TABLES = {
    **{f"core.{table}": "*" for table in FACTS},
    "indicators.fct_indicator_values": VALUES,
    "indicators.fct_indicator_exclusions": "*",
}


def differing(build_database: Path, folder: Path) -> list[str]:
    """Say for each table that polars made in `folder` how many rows are not the models'."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{build_database}' as built (read_only)")
        for side in ("ours", "theirs"):
            connection.execute(f"attach ':memory:' as {side}")
            for schema in ("core", "indicators"):
                connection.execute(f"create schema {side}.{schema}")
        for table, columns in TABLES.items():
            made = folder / "made" / f"{table.partition('.')[2]}.parquet"
            connection.execute(f"create view ours.{table} as select {columns} from built.{table}")
            connection.execute(f"create view theirs.{table} as select {columns} from '{made}'")
        return equality.differing(connection, TABLES, "ours", "theirs")
