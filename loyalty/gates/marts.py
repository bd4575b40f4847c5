"""What gate 2 must know of the marts, of raw and of the last publication before it asks."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from loyalty.declarations import SourceDeclaration

SCHEMAS = ("core", "indicators")
PUBLISHED = "published_before"


@dataclass(frozen=True)
class Feed:
    """A raw table that feeds a canonical entity; `event_timestamp` is in UTC."""

    source_id: str
    entity: str
    relation: str
    event_timestamp: str | None


@dataclass(frozen=True)
class Marts:
    """The marts of the build database as they stand, and what to compare them with.

    `tables` and `published_tables` hold (schema, table); the latter is empty when nothing is
    published yet, or when what is published is of a later date than this night's.
    """

    tables: frozenset[tuple[str, str]]
    columns: frozenset[tuple[str, str, str]]
    feeds: tuple[Feed, ...]
    as_of_date: date
    time_zone: str
    is_full_refresh: bool
    published_tables: frozenset[tuple[str, str]]


def published_file(connection: duckdb.DuckDBPyConnection) -> Path | None:
    """Return the generation that stands beside this build database; None if there is none."""
    row = connection.execute(
        "select path from duckdb_databases() where database_name = current_database()"
    ).fetchone()
    if row is None or row[0] is None:
        return None
    link = Path(row[0]).resolve().parent.parent / "loyalty.duckdb"
    return link.resolve() if link.exists() else None


@contextmanager
def attached(connection: duckdb.DuckDBPyConnection, published: Path | None) -> Iterator[None]:
    """Hold the published generation attached, read-only, under the name `PUBLISHED`.

    Raises:
        LookupError: it cannot be read, so that nothing can be compared with it.
    """
    connection.execute(f"detach database if exists {PUBLISHED}")
    if published is None:
        yield
        return
    path = str(published).replace("'", "''")
    try:
        connection.execute(f"attach '{path}' as {PUBLISHED} (read_only)")
    except duckdb.Error:
        raise LookupError(f"{published.name}, which is published, cannot be read") from None
    try:
        yield
    finally:
        connection.execute(f"detach database if exists {PUBLISHED}")


def describe(
    connection: duckdb.DuckDBPyConnection,
    night_id: str,
    declarations: Mapping[str, SourceDeclaration],
    time_zone: str,
) -> Marts:
    """Read what gate 2 needs to know; the published generation is attached if there is one."""
    as_of_date = _as_of_date(connection)
    raw_tables = _tables(connection, "current_database()", ())
    return Marts(
        tables=_tables(connection, "current_database()", SCHEMAS),
        columns=_columns(connection),
        feeds=tuple(feed for feed in _feeds(declarations) if _schema_and_table(feed) in raw_tables),
        as_of_date=as_of_date,
        time_zone=time_zone,
        is_full_refresh=_is_full_refresh(connection, night_id),
        published_tables=_published_tables(connection, as_of_date),
    )


def _as_of_date(connection: duckdb.DuckDBPyConnection) -> date:
    row = connection.execute("select as_of_date from control.night").fetchone()
    if row is None:
        raise LookupError("control.night holds no as_of_date")
    as_of_date: date = row[0]
    return as_of_date


def _is_full_refresh(connection: duckdb.DuckDBPyConnection, night_id: str) -> bool:
    row = connection.execute(
        "select is_full_refresh from quality.nights where night_id = ?", [night_id]
    ).fetchone()
    return bool(row and row[0])


def _tables(
    connection: duckdb.DuckDBPyConnection, database: str, schemas: tuple[str, ...]
) -> frozenset[tuple[str, str]]:
    rows = connection.execute(
        "select table_schema, table_name from information_schema.tables "
        f"where table_catalog = {database} and (len($1) = 0 or list_contains($1, table_schema))",
        [list(schemas)],
    ).fetchall()
    return frozenset((schema, table) for schema, table in rows)


def _columns(connection: duckdb.DuckDBPyConnection) -> frozenset[tuple[str, str, str]]:
    rows = connection.execute(
        "select schema_name, table_name, column_name from duckdb_columns() "
        "where database_name = current_database() and list_contains($1, schema_name)",
        [list(SCHEMAS)],
    ).fetchall()
    return frozenset((schema, table, column) for schema, table, column in rows)


def _published_tables(
    connection: duckdb.DuckDBPyConnection, as_of_date: date
) -> frozenset[tuple[str, str]]:
    """Nothing is comparable with a publication of a later date: a back-dated night has less."""
    tables = _tables(connection, f"'{PUBLISHED}'", (*SCHEMAS, "publication"))
    if ("publication", "generation") not in tables:
        return frozenset()
    row = connection.execute(
        f"select max(as_of_date) from {PUBLISHED}.publication.generation"
    ).fetchone()
    if row is None or row[0] is None or row[0] > as_of_date:
        return frozenset()
    return frozenset(table for table in tables if table[0] in SCHEMAS)


def _feeds(declarations: Mapping[str, SourceDeclaration]) -> Iterator[Feed]:
    for source in declarations.values():
        for table in source.tables.values():
            relation = f'"{table.schema}"."{table.name}"'
            for entity in table.entities:
                yield Feed(source.name, entity, relation, table.event_timestamp)


def _schema_and_table(feed: Feed) -> tuple[str, str]:
    schema, table = feed.relation.replace('"', "").split(".")
    return schema, table
