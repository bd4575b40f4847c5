"""Everything that a warehouse keeps, read and compared with what was written."""

from collections.abc import Iterator

import duckdb

from loyalty import publication
from loyalty.errors import DamagedGenerationError, DamagedWarehouseError
from loyalty.warehouse import Warehouse, diagnosis

READ = 'select count(*), sum(hash(content)) from "{}"."{}" as content'


def verify_warehouse(warehouse: Warehouse) -> Iterator[str]:
    """Yield a line for each part that is whole, and for each damage; the caller holds the lock.

    Raises:
        DamagedWarehouseError: something is damaged; told when all has been read.
    """
    problems = 0
    for part, found in (
        ("build database", _database(warehouse)),
        ("archive", _archive(warehouse)),
        ("generations", _generations(warehouse)),
    ):
        count = 0
        for problem in found:
            if problem is None:
                count += 1
            else:
                problems += 1
                yield problem
        yield f"{part}: {count} whole"
    if problems:
        raise DamagedWarehouseError(f"{warehouse.folder}: {problems} damaged, as said above")


def _database(warehouse: Warehouse) -> Iterator[str | None]:
    """Yield None for each table that can be read to its end, else what is wrong."""
    try:
        with warehouse.connect() as connection:
            tables = connection.execute(
                "select schema_name, table_name from duckdb_tables() where not temporary"
            ).fetchall()
            for schema, table in tables:
                connection.execute(READ.format(schema, table)).fetchall()
                yield None
    except duckdb.Error as problem:
        yield str(diagnosis.explain(problem, warehouse.build_database) or problem)
    except DamagedWarehouseError as problem:
        yield str(problem)


def _archive(warehouse: Warehouse) -> Iterator[str | None]:
    try:
        entries = warehouse.archive.entries()
    except DamagedWarehouseError as problem:
        yield str(problem)
        return
    for entry in entries:
        if not entry.is_loaded and entry.content is None:
            continue
        try:
            warehouse.archive.check(entry)
            yield None
        except DamagedWarehouseError as problem:
            yield str(problem)


def _generations(warehouse: Warehouse) -> Iterator[str | None]:
    for name in publication.generation_names(warehouse):
        try:
            publication.check(warehouse, name)
            yield None
        except DamagedGenerationError as problem:
            live = name == publication.live_name(warehouse)
            yield f"{problem}{'; the next night serves the one before' if live else ''}"
