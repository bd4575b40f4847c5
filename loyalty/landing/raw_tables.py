"""Raw tables as declared, and a landed batch's way into one: the newest row of a key wins."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import duckdb

from loyalty.declarations import ColumnDeclaration, SourceDeclaration, TableDeclaration
from loyalty.errors import DamagedWarehouseError
from loyalty.landing.batches import LandedBatch
from loyalty.landing.hashing import hash_expression, key_parameters
from loyalty.landing.positions import later_batches
from loyalty.landing.quoting import quoted


@dataclass(frozen=True)
class Upsert:
    """Rows of a batch by what became of them."""

    inserted: int
    replaced: int
    superseded: int


def create_raw_tables(
    connection: duckdb.DuckDBPyConnection, sources: Iterable[SourceDeclaration]
) -> None:
    """Create what is declared and not there, empty; add columns that were declared since.

    Raises:
        DamagedWarehouseError: a column's declared type is no longer the table's.
    """
    for source in sources:
        connection.execute(f"create schema if not exists {quoted(source.schema)}")
        for table in source.tables.values():
            _create_raw_table(connection, table)


def upsert(
    connection: duckdb.DuckDBPyConnection, batch: LandedBatch, key: bytes, loaded_at: datetime
) -> Upsert:
    """Bring the batch's rows into raw; run it inside a transaction.

    Of one key the newest cursor wins as an instant, null being older than any; then the later
    batch by position, then the later row. The winner replaces the whole row.
    """
    raw = _name(batch.declaration)
    is_first = not _count(connection, f"select count(*) from (from {raw} limit 1)")
    superseded = _find_superseded(connection, batch, is_first)
    is_winner = "landed.rowid not in (select row_id from superseded_rows)" if superseded else "true"
    replaced = 0 if is_first else _remove_replaced(connection, batch, is_winner)
    winners = _insert(connection, batch, is_winner, key, loaded_at)
    return Upsert(winners - replaced, replaced, superseded)


def _find_superseded(
    connection: duckdb.DuckDBPyConnection, batch: LandedBatch, is_first: bool
) -> int:
    """Make `superseded_rows`, which lose to a row of the batch or of raw; return how many."""
    table = batch.declaration
    keys = ", ".join(map(quoted, table.primary_key))
    newest = f"{quoted(table.cursor)} desc nulls last, " if table.cursor else ""
    in_raw = f"""
        union
        select landed.rowid from {batch.relation} as landed
        inner join {_name(table)} as raw using ({keys})
        where {_is_raw_newer(table, later_batches(connection, batch))}
    """
    connection.execute(
        f"""
        create or replace temp table superseded_rows as
        with repeated as (
            select {keys} from {batch.relation}
            group by all
            having count(*) > 1
        ),

        ranked as (
            select
                rowid as row_id,
                row_number() over (partition by {keys} order by {newest}rowid desc) as place,
            from {batch.relation}
            semi join repeated using ({keys})
        )

        select row_id from ranked
        where place > 1
        {"" if is_first else in_raw}
        """
    )
    return _count(connection, "select count(*) from superseded_rows")


def _remove_replaced(
    connection: duckdb.DuckDBPyConnection, batch: LandedBatch, is_winner: str
) -> int:
    keys = map(quoted, batch.declaration.primary_key)
    same_key = " and ".join(f"raw.{name} = landed.{name}" for name in keys)
    return _count(
        connection,
        f"""
        delete from {_name(batch.declaration)} as raw using {batch.relation} as landed
        where {same_key} and {is_winner}
        """,
    )


def _insert(
    connection: duckdb.DuckDBPyConnection,
    batch: LandedBatch,
    is_winner: str,
    key: bytes,
    loaded_at: datetime,
) -> int:
    """Bring the winners into raw, with the keyed hashes of persons."""
    table = batch.declaration
    hashed = [column for column in table.columns if column.hash_column]
    hashes = {column.hash_column: hash_expression(column, table.source) for column in hashed}
    joins = ""
    for column in hashed:
        if _is_repeated(table, column):
            joins += _hashed_once(batch, column, hashes[column.hash_column])
            hashes[column.hash_column] = f"{quoted(f'hashed {column.name}')}.hashed_value"
    columns = [*table.column_names, *hashes, "_batch_id", "_row_number", "_loaded_at"]
    values = [*(f"landed.{quoted(name)}" for name in table.column_names), *hashes.values()]
    return _count(
        connection,
        f"""
        insert into {_name(table)} ({", ".join(quoted(str(name)) for name in columns)})
        select {", ".join(values)}, $batch_id, landed.rowid + 1, $loaded_at
        from {batch.relation} as landed
        {joins}
        where {is_winner}
        """,
        {"batch_id": batch.batch_id, "loaded_at": loaded_at}
        | (key_parameters(key) if hashed else {}),
    )


def _is_repeated(table: TableDeclaration, column: ColumnDeclaration) -> bool:
    """Whether many rows are likely to share a value: a customer's, but one of its own row."""
    return column.sensitive == "customer_key" and table.primary_key != (column.name,)


def _hashed_once(batch: LandedBatch, column: ColumnDeclaration, hash_value: str) -> str:
    """Return a join that brings each different value's hash, which costs more than the join."""
    name, values = quoted(column.name), quoted(f"hashed {column.name}")
    return f"""
        left join (
            select {name}, {hash_value} as hashed_value
            from (select distinct {name} from {batch.relation} where {name} is not null)
        ) as {values} on landed.{name} = {values}.{name}
    """


def _is_raw_newer(table: TableDeclaration, later: list[int]) -> str:
    # Known to be none, it spares a pass over raw.
    is_later_batch = f"raw._batch_id in ({', '.join(map(str, later))})" if later else "false"
    if not table.cursor:
        return is_later_batch
    cursor = quoted(table.cursor)
    oldest = "'-infinity'::timestamp"
    ours, theirs = (f"coalesce({row}.{cursor}, {oldest})" for row in ("landed", "raw"))
    return f"({theirs} > {ours} or ({theirs} = {ours} and {is_later_batch}))"


def _name(table: TableDeclaration) -> str:
    return quoted(table.schema, table.name)


def _create_raw_table(connection: duckdb.DuckDBPyConnection, table: TableDeclaration) -> None:
    raw = _name(table)
    types = {column.name: column.data_type for column in table.columns}
    # A hash packs to half at best, and to try that takes a fifth of a load.
    hash_type = "varchar using compression uncompressed"
    types |= {column.hash_column: hash_type for column in table.columns if column.hash_column}
    types |= {"_batch_id": "bigint", "_row_number": "bigint", "_loaded_at": "timestamp"}
    columns = ", ".join(f"{quoted(name)} {data_type}" for name, data_type in types.items())
    connection.execute(f"create table if not exists {raw} ({columns})")
    described = connection.execute(f"describe {raw}").fetchall()
    present = {str(name): str(data_type).lower() for name, data_type, *_ in described}
    for name, data_type in types.items():
        if name not in present:
            connection.execute(f"alter table {raw} add column {quoted(name)} {data_type}")
        elif present[name] != data_type.partition(" using ")[0].replace(", ", ","):
            raise DamagedWarehouseError(
                f"{table.schema}.{table.name}.{name} is {present[name]} in the warehouse and "
                f"{data_type} in its declaration; load the files into a new warehouse folder"
            )


def _count(
    connection: duckdb.DuckDBPyConnection, query: str, parameters: dict[str, object] | None = None
) -> int:
    row = connection.execute(query, parameters or {}).fetchone()
    return int(row[0]) if row else 0
