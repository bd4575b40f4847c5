"""How fast DuckDB can be: one script, written by hand, that computes what two schemas hold.

    python -m bench.hand BUILD_DATABASE OUTPUT

`hand_sql/` makes all tables of `core`, and the values and exclusions of `indicators`, from what the
models begin with too: the raw tables of a built warehouse, its seeds and what the night told the
models. It knows one source, `canonical`. Persons are numbers of 128 bits, units are counted by day
before they are cut, stocks are read off first days and gaps.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

import duckdb

from bench.bare import profile_settings
from loyalty.project import business_time_zone

SCRIPTS = sorted(Path(__file__).with_name("hand_sql").glob("*.sql"))


def compute(build_database: Path, output: Path) -> dict[str, float]:
    """Make the tables in a new database at `output`; return the seconds of each script.

    Raises:
        ValueError: the warehouse holds orders of another source.
    """
    took = {}
    with duckdb.connect(str(output), config={"preserve_insertion_order": False}) as connection:
        for name, value in profile_settings().items():
            connection.execute(f"set {name} = '{value}'")
        connection.execute(f"attach '{build_database}' as input (read_only)")
        if connection.sql("from input.raw_olist.orders limit 1").fetchall():
            raise ValueError(
                f"{build_database} holds orders of olist; the script knows canonical alone"
            )
        connection.execute("set variable zone = ?", [business_time_zone()])
        for script in SCRIPTS:
            began = time.monotonic()
            connection.execute(script.read_text(encoding="utf-8"))
            took[script.stem] = time.monotonic() - began
    return took


def tables(output: Path) -> list[str]:
    """Return `schema.table` of all that the script made."""
    with duckdb.connect(str(output), read_only=True) as connection:
        rows = connection.sql(
            "select schema_name || '.' || table_name from duckdb_tables() order by all"
        ).fetchall()
    return [str(name) for (name,) in rows]


def main() -> None:
    """Compute, and print the seconds."""
    began = time.monotonic()
    nodes: dict[str, Any] = compute(Path(sys.argv[1]), Path(sys.argv[2]))
    print(json.dumps({"seconds": time.monotonic() - began, "nodes": nodes}))


if __name__ == "__main__":
    main()
