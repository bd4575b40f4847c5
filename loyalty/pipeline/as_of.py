"""Which day a night's numbers are as of."""

from collections.abc import Mapping
from datetime import date

import duckdb

from loyalty.declarations import SourceDeclaration, TableDeclaration
from loyalty.project import business_time_zone

# Which entity dates the data: the first of these that any source feeds and that holds rows.
DATING_ENTITIES = ("orders", "survey_answers")


def default_as_of(
    connection: duckdb.DuckDBPyConnection, declarations: Mapping[str, SourceDeclaration]
) -> date | None:
    """Return the day before the local date of the newest order loaded (else survey answer)."""
    for entity in DATING_ENTITIES:
        tables = [
            table
            for source in declarations.values()
            for table in source.tables.values()
            if entity in table.entities and table.event_timestamp
        ]
        newest = _newest_date(connection, tables)
        if newest is not None:
            return newest
    return None


def _newest_date(
    connection: duckdb.DuckDBPyConnection, tables: list[TableDeclaration]
) -> date | None:
    if not tables:
        return None
    union = " union all by name ".join(
        f'select max("{table.event_timestamp}") as newest_at from "{table.schema}"."{table.name}"'
        for table in tables
    )
    rows = connection.execute(
        "select ((max(newest_at) at time zone 'UTC') at time zone ?)::date - 1 "
        f"from ({union}) as newest",
        [business_time_zone()],
    ).fetchall()
    newest: date | None = rows[0][0]
    return newest


def fix(connection: duckdb.DuckDBPyConnection, night_id: str, as_of: date) -> None:
    """Keep the night's as-of date where the models and the ledger find it."""
    connection.execute("begin")
    connection.execute("delete from control.night")
    connection.execute("insert into control.night values (?, ?)", [night_id, as_of])
    connection.execute(
        "update quality.nights set as_of_date = ? where night_id = ?", [as_of, night_id]
    )
    connection.execute("commit")
