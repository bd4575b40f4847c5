"""A generation's file is written: as a whole, or as a copy of one before with what has changed."""

import hashlib
import shutil
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import duckdb

from loyalty.errors import DamagedGenerationError, PublicationError
from loyalty.landing.quoting import literal, quoted

# BI clients bundle DuckDB 1.4 to 1.5; this is the newest format that all of them read.
STORAGE_VERSION = "v1.4.0"
ALIAS = "new_generation"

Table = tuple[str, str]
# What is said of (schema, table) and of (schema, table, column).
Comments = Mapping[tuple[str, ...], str]
Content = tuple[int, int]


@dataclass(frozen=True)
class PublishedTable:
    """One table of a generation, with what it takes to compare it with another's."""

    schema_name: str
    table_name: str
    row_count: int
    content_hash: str


class Changed(Protocol):
    """What a build of what has changed says of itself (`loyalty.build.changes`)."""

    @property
    def name(self) -> str:
        """The generation from which only what had changed was built."""

    @property
    def keys(self) -> Mapping[Table, tuple[str, ...]]:
        """The keys of the tables of which it changed a part."""

    @property
    def parts(self) -> tuple[str, str]:
        """The prefixes of two schemas: with that part's rows as they were, and as they are."""


@dataclass(frozen=True)
class Plan:
    """What is written: the file at `path`, the generation's name, the night's, and the marts."""

    path: Path
    name: str
    night_id: str
    tables: Sequence[Table]


def write(connection: duckdb.DuckDBPyConnection, plan: Plan, comments: Comments) -> None:
    """Write the tables of the open build database to a new file, with comments on them.

    Raises:
        PublicationError: there is nothing to write, or a table is missing.
    """
    tables = plan.tables
    if not tables:
        raise PublicationError("there are no marts to publish: build them first")
    with _open(connection, plan.path, f"(storage_version '{STORAGE_VERSION}')"):
        for schema_name in sorted({schema for schema, _ in tables} | {"publication"}):
            connection.execute(f'create schema {ALIAS}."{schema_name}"')
        for table in tables:
            _copy(connection, *table)
        _comment(connection, tables, comments)
        _describe(connection, plan, {t: content(connection, quoted(*t)) for t in tables})


def write_changes(
    connection: duckdb.DuckDBPyConnection,
    plan: Plan,
    changed: Changed,
    base: Path,
    base_digest: str,
) -> None:
    """Write a copy of the generation at `base`, with what has changed since, to a new file.

    Raises:
        DamagedGenerationError: the base is not what `base_digest`, its SHA-256, says.
        PublicationError: a table does not end with as many rows as the build database has.
    """
    with ThreadPoolExecutor(1) as beside:
        digest = beside.submit(file_digest, base)
        shutil.copyfile(base, plan.path)
        if digest.result() != base_digest:
            raise DamagedGenerationError(f"{base} is damaged: it is not as it was published")
    with _open(connection, plan.path, ""):
        before = {
            (table.schema_name, table.table_name): (table.row_count, int(table.content_hash, 16))
            for table in read_tables(connection, f"{ALIAS}.")
        }
        now = {
            table: _change(connection, table, changed, before[table])
            if table in changed.keys
            else _refill(connection, table, before[table])
            for table in plan.tables
        }
        connection.execute(f"drop table {ALIAS}.publication.generation")
        connection.execute(f"drop table {ALIAS}.publication.tables")
        _describe(connection, plan, now)


def content(connection: duckdb.DuckDBPyConnection, relation: str) -> Content:
    """Return row count and a sum of all rows' hashes, which does not depend on their order."""
    count, total = connection.execute(
        f"select count(*), coalesce(sum(hash(content)), 0) from {relation} as content"
    ).fetchall()[0]
    return int(count), int(total)


def written_hash(total: int) -> str:
    """Return a sum of hashes as a generation keeps it."""
    return f"{total:032x}"


def read_tables(reader: duckdb.DuckDBPyConnection, catalog: str = "") -> list[PublishedTable]:
    """Return what the open generation says of its tables."""
    rows = reader.execute(
        "select schema_name, table_name, row_count, content_hash "
        f"from {catalog}publication.tables order by schema_name, table_name"
    ).fetchall()
    return [PublishedTable(*row) for row in rows]


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _open(connection: duckdb.DuckDBPyConnection, path: Path, options: str) -> Iterator[None]:
    """Open the file at `path` for what is written within, in one transaction, to its last block."""
    connection.execute(f"attach {literal(str(path))} as {ALIAS} {options}")
    try:
        connection.execute("begin")
        yield
        connection.execute("commit")
        connection.execute(f"checkpoint {ALIAS}")
    except BaseException:
        with suppress(duckdb.Error):
            connection.execute("rollback")
        raise
    finally:
        connection.execute(f"detach {ALIAS}")
    if path.with_name(path.name + ".wal").exists():
        raise PublicationError(f"{path.name} still has a write-ahead log after its checkpoint")


def _copy(connection: duckdb.DuckDBPyConnection, schema_name: str, table_name: str) -> None:
    """Copy one mart as a table, with its not-null constraints."""
    columns = connection.execute(
        "select column_name, data_type, is_nullable from duckdb_columns() where "
        "database_name = current_database() and schema_name = ? and table_name = ? "
        "order by column_index",
        [schema_name, table_name],
    ).fetchall()
    if not columns:
        raise PublicationError(f"the build database has no table {schema_name}.{table_name}")
    source = quoted(schema_name, table_name)
    target = f"{ALIAS}.{source}"
    definition = ", ".join(
        f'"{column}" {data_type}{"" if nullable else " not null"}'
        for column, data_type, nullable in columns
    )
    connection.execute(f"create table {target} ({definition})")
    connection.execute(f"insert into {target} from {source}")


def _change(
    connection: duckdb.DuckDBPyConnection, table: Table, changed: Changed, held: Content
) -> Content:
    """Replace the part of a table that has changed; return what it holds then."""
    target = f"{ALIAS}.{quoted(*table)}"
    schema_name, table_name = table
    before, after = (quoted(f"{part}_{schema_name}", table_name) for part in changed.parts)
    keys = ", ".join(map(quoted, changed.keys[table]))
    connection.execute(f"delete from {target} where ({keys}) in (select {keys} from {before})")
    connection.execute(f"insert into {target} by name select * from {after}")
    taken, added = content(connection, before), content(connection, after)
    row_count = held[0] - taken[0] + added[0]
    counts = connection.execute(
        f"select (select count(*) from {target}), (select count(*) from {quoted(*table)})"
    ).fetchall()
    if counts != [(row_count, row_count)]:
        raise PublicationError(
            f"{schema_name}.{table_name} would have {counts[0][0]} rows, "
            f"of the {counts[0][1]} in the build database"
        )
    return row_count, held[1] - taken[1] + added[1]


def _refill(connection: duckdb.DuckDBPyConnection, table: Table, held: Content) -> Content:
    """Fill a table anew if it differs; return what it holds then."""
    now = content(connection, quoted(*table))
    if now != held:
        target = f"{ALIAS}.{quoted(*table)}"
        connection.execute(f"delete from {target}")
        connection.execute(f"insert into {target} by name select * from {quoted(*table)}")
    return now


def _comment(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[Table], comments: Comments
) -> None:
    for place, text in comments.items():
        if place[:2] in tables:
            kind = "column" if len(place) == 3 else "table"
            connection.execute(f"comment on {kind} {ALIAS}.{quoted(*place)} is {literal(text)}")


def _describe(
    connection: duckdb.DuckDBPyConnection, plan: Plan, contents: Mapping[Table, Content]
) -> None:
    """Write what the generation says of itself, from the build database, not from the copy."""
    connection.execute(
        f"create table {ALIAS}.publication.generation as select ?::varchar as generation, "
        "?::varchar as night_id, as_of_date, now()::timestamp as published_at from control.night",
        [plan.name, plan.night_id],
    )
    connection.execute(
        f"create table {ALIAS}.publication.tables (schema_name varchar not null, "
        "table_name varchar not null, row_count bigint not null, content_hash varchar not null)"
    )
    connection.executemany(
        f"insert into {ALIAS}.publication.tables values (?, ?, ?, ?)",
        [(*table, count, written_hash(total)) for table, (count, total) in contents.items()],
    )
