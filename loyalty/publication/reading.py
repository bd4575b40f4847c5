"""Generations read: opened so that nothing else can be reached, and held to what was published."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import duckdb

from loyalty import signals
from loyalty.errors import DamagedGenerationError, PublicationError, UsageError
from loyalty.landing.quoting import literal, quoted
from loyalty.publication.files import kept_digest, path_of
from loyalty.publication.generation_file import (
    PublishedTable,
    content,
    file_digest,
    read_tables,
    written_hash,
)
from loyalty.warehouse import Warehouse, memory


@dataclass(frozen=True)
class Generation:
    """One published file: `name` is its file name without `.duckdb`."""

    name: str
    path: Path
    night_id: str
    as_of_date: date
    published_at: datetime
    tables: tuple[PublishedTable, ...]


@contextmanager
def open_file(path: Path, may_use: Path | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open one generation read-only, as the default catalog of a connection in UTC.

    The connection reaches no other file, but those in the folder `may_use`, and no network, and
    loads no extensions; nothing can loosen that again.
    """
    # A plain connect() would hand out an instance that this process may hold of an older file.
    with duckdb.connect(":memory:") as reader:
        signals.watched(reader)
        memory.keep_within(reader)
        reader.execute(f"attach {literal(str(path.resolve()))} as loyalty (read_only)")
        reader.execute("set TimeZone = 'UTC'")
        reader.execute("use loyalty")
        if may_use:
            reader.execute(f"set allowed_directories = [{literal(str(may_use.resolve()))}]")
        reader.execute("set enable_external_access = false")
        reader.execute("set lock_configuration = true")
        yield reader


@contextmanager
def open_published(warehouse: Warehouse) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the live generation read-only.

    Raises:
        UsageError: nothing has been published here.
    """
    if not warehouse.published_link.exists():
        raise UsageError(
            f"{warehouse.published_link}: nothing is published here yet; "
            "run `loyalty run`, or name the folder with --warehouse"
        )
    with open_file(warehouse.published_link) as reader:
        yield reader


def read_generation(path: Path) -> Generation:
    """Return what the generation at `path` says of itself.

    Raises:
        PublicationError: it cannot be read.
    """
    try:
        with open_file(path) as reader:
            rows = reader.execute(
                "select generation, night_id, as_of_date, published_at from publication.generation"
            ).fetchall()
            tables = tuple(read_tables(reader))
    except duckdb.Error as problem:
        raise PublicationError(f"{path} cannot be read: {problem}") from problem
    name, night_id, as_of_date, published_at = rows[0]
    return Generation(name, path.resolve(), night_id, as_of_date, published_at, tables)


def verify(path: Path) -> None:
    """Read every table of the file at `path` and compare it with what the file says of itself.

    Raises:
        PublicationError: a table's rows are not those that were published.
    """
    with open_file(path) as reader:
        for table in read_tables(reader):
            count, total = content(reader, quoted(table.schema_name, table.table_name))
            if (count, written_hash(total)) != (table.row_count, table.content_hash):
                raise PublicationError(
                    f"{path.name}: {table.schema_name}.{table.table_name} has {count} rows that "
                    f"are not the {table.row_count} rows published; the disk may be failing"
                )


def check(warehouse: Warehouse, name: str) -> None:
    """Hold a generation against the SHA-256 that was kept of it when it was written.

    One of which none was kept is read instead, table by table.

    Raises:
        DamagedGenerationError: it is not as it was published, or gone.
        OSError: it may not be read.
    """
    path = path_of(warehouse, name)
    if not path.exists():
        raise DamagedGenerationError(f"{path} is gone")
    try:
        digest = file_digest(path)
        kept = kept_digest(warehouse, name)
        if kept is None:
            verify(path)
        elif kept != digest:
            raise DamagedGenerationError(f"{path} is damaged: it is not as it was published")
    except OSError as problem:
        if problem.errno != errno.EIO:
            raise
        raise DamagedGenerationError(f"{path} is damaged: {problem.strerror}") from problem
    except (duckdb.Error, PublicationError) as problem:
        reason = str(problem).partition("\n")[0]
        raise DamagedGenerationError(f"{path} is damaged: {reason}") from problem
