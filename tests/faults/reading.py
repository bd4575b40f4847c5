"""A reader of the published file, in a process of its own: `python reading.py WAY LINK STOP`.

It reads again and again, each time holding all tables against the checksums that the generation
carries, and every row against the generation's number, and prints what it counted.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

# Every row of every table says which generation it was made for.
MIXED = """
    select count(distinct made_for), min(made_for)
    from (select made_for from core.parts union all select made_for from indicators.sums)
"""
# How many reads one connection is kept for by those that keep it.
KEPT_READS = 40


@contextmanager
def opened(way: str, link: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the link as BI tools do: by its path, or attached to a session of one's own."""
    if way == "attach":
        with duckdb.connect(":memory:") as reader:
            reader.execute(f"attach '{link}' as loyalty (read_only)")
            reader.execute("use loyalty")
            yield reader
    else:
        with duckdb.connect(link, read_only=True) as reader:
            yield reader


def read(reader: duckdb.DuckDBPyConnection) -> tuple[int, int, int]:
    """Return torn tables, mixed reads (0 or 1) and the generation's number, of one read."""
    torn = 0
    promised = reader.execute(
        "select schema_name, table_name, row_count, content_hash from publication.tables"
    ).fetchall()
    for schema, table, count, content_hash in promised:
        found, total = reader.execute(
            f'select count(*), sum(hash(content)) from "{schema}"."{table}" as content'
        ).fetchall()[0]
        torn += (found, f"{int(total):032x}") != (count, content_hash)
    numbers, number = reader.execute(MIXED).fetchall()[0]
    return torn, int(numbers != 1), number


def main(way: str, link: str, stop: str) -> None:
    """Read until the file `stop` appears."""
    counts = dict.fromkeys(("reads", "torn", "mixed", "errors", "moved", "after_removal"), 0)
    seen = set()
    problem = ""
    while not Path(stop).exists():
        try:
            file = Path(link).resolve()
            with opened(way, link) as reader:
                first = None
                for _ in range(KEPT_READS if way == "keep" else 1):
                    # Whether it was there before the read: it may go at any time.
                    is_gone = not file.exists()
                    torn, mixed, number = read(reader)
                    first = number if first is None else first
                    counts["reads"] += 1
                    counts["torn"] += torn
                    counts["mixed"] += mixed
                    # A connection goes on seeing what it opened.
                    counts["moved"] += number != first
                    counts["after_removal"] += is_gone
                    seen.add(number)
        except Exception as trouble:
            counts["errors"] += 1
            problem = problem or str(trouble)
    print(json.dumps(counts | {"generations_seen": len(seen), "problem": problem}))


if __name__ == "__main__":
    main(*sys.argv[1:])
