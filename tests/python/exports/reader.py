"""A BI tool that reads in a loop: each answer is one generation with the rows that it found.

Started as a process of its own, with a DSN and a file whose appearance ends it; prints JSON lines.
"""

import json
import sys
import time
from pathlib import Path

import psycopg

ONE_STATEMENT = """
    select
        (select generation from publication.generation),
        (select row_count from publication.tables where table_name = 'fct_orders'),
        count(*),
        sum(order_amount)::text
    from core.fct_orders
"""
SEVERAL = (
    "select generation from publication.generation",
    "select row_count from publication.tables where table_name = 'fct_orders'",
    "select count(*) from core.fct_orders",
    "select sum(order_amount)::text from core.fct_orders",
)


def main(dsn: str, end: str) -> None:
    statement = psycopg.connect(dsn, autocommit=True)
    report = psycopg.connect(dsn)
    report.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    while not Path(end).exists():
        began = time.monotonic()
        print(json.dumps([*_rows(statement, ONE_STATEMENT), time.monotonic() - began]), flush=True)
        began = time.monotonic()
        with report.transaction():
            found = [_rows(report, sql)[0] for sql in SEVERAL]
        print(json.dumps([*found, time.monotonic() - began]), flush=True)


def _rows(connection: psycopg.Connection, sql: str) -> list[object]:
    row = connection.execute(sql).fetchone()
    assert row is not None
    return list(row)


if __name__ == "__main__":
    main(*sys.argv[1:])
