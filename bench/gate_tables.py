"""Seeded tables with seeded defects, judged in both ways: fused, and as Great Expectations does."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import duckdb

from loyalty.declarations import ColumnDeclaration, TableDeclaration, read_declarations
from loyalty.gates import profiles
from loyalty.gates.dialect import GateConnections
from loyalty.landing import LandedBatch
from loyalty.landing.quoting import literal, quoted
from loyalty.landing.staging import LANDED, OPEN_LANDED
from loyalty.project import business_time_zone

ROWS = (0, 1, 7, 400, 5_000)
# What a column is filled with, as SQL over i, by its type; the first is the most usual.
VALUES = {
    "varchar": ("'x' || i % 97", "''", "'it''s \"odd\" ' || i % 3", "'a' || i || '@example.com'"),
    "timestamp": (
        "timestamp '2024-03-01' + to_minutes(i)",
        "timestamp '2199-01-01'",
        "timestamp '1901-01-01' + to_days(i::integer)",
        "timestamp 'infinity'",
    ),
    "date": ("date '2024-03-01' + (i % 50)::integer", "date '1901-01-01'"),
    "double": ("i % 11", "'nan'::double", "'inf'::double", "-1.5"),
    "bigint": ("i % 11", "-i", "9223372036854775807"),
    "decimal(18, 2)": ("i % 700", "-i", "0"),
    "boolean": ("i % 3 = 0", "true"),
}
SHARES = (0.0, 0.0, 0.0, 0.001, 0.02, 0.4, 1.0)


@dataclass(frozen=True)
class Table:
    """A landed batch and the suite that judges it."""

    batch: LandedBatch
    suite: Any

    @property
    def title(self) -> str:
        """How messages name it."""
        return f"{self.batch.source_id}.{self.batch.table_name}"


def landed(connection: duckdb.DuckDBPyConnection, seed: int) -> Table:
    """Land the table of a seed, after a sound one of the same kind, with its suite."""
    from expectations import raw

    chance = Random(seed)
    source = chance.choice(list(read_declarations().values()))
    declaration = source.tables[chance.choice(list(source.tables))]
    connection.execute(f"create schema if not exists {quoted(declaration.schema)}")
    for table in source.tables.values():
        columns = ", ".join(f"{quoted(each.name)} {each.data_type}" for each in table.columns)
        place = quoted(table.schema, table.name)
        connection.execute(f"create table if not exists {place} ({columns}, _batch_id bigint)")
    cursor = GateConnections(connection).cursor()
    sound = land(connection, declaration, 2 * seed)
    profiles.keep(cursor, sound, profiles.measure(cursor, sound, business_time_zone()))
    _accept(connection, sound)
    batch = land(
        connection,
        declaration,
        2 * seed + 1,
        rows=chance.choice(ROWS),
        rejected=chance.choice((0, 0, 1, 50)),
        chance=chance,
    )
    profile = profiles.measure(cursor, batch, business_time_zone())
    before = profiles.history(cursor, batch)
    return Table(batch, raw.suite(batch, datetime.now(UTC), profile, before))


def differences(connection: duckdb.DuckDBPyConnection, table: Table) -> list[str]:
    """Return in what the two ways differ on a table: nothing, if they agree."""
    from loyalty.gates import fused, great

    connections = GateConnections(connection)
    place = (table.batch.relation, table.title, table.suite)
    mine = fused.validate(connections.cursor(), *place)
    validator = great.Validator(connections)
    try:
        theirs = validator.validate(*place)
    finally:
        validator.close()
    return list(_differences(mine, theirs))


def _differences(mine: dict[str, Any], theirs: dict[str, Any]) -> Iterator[str]:
    for part in ("success", "suite_name", "suite_parameters", "statistics"):
        if mine[part] != theirs[part]:
            yield f"{part}: {mine[part]} / {theirs[part]}"
    # Great Expectations gives its results in an order of its own.
    ours, others = (
        {str(one["expectation_config"]): one for one in page["results"]} for page in (mine, theirs)
    )
    for expectation in ours.keys() | others.keys():
        here, there = ours.get(expectation), others.get(expectation)
        if here != there:
            yield f"{expectation}: {here and here['result']} / {there and there['result']}"


def land(
    connection: duckdb.DuckDBPyConnection,
    declaration: TableDeclaration,
    number: int,
    *,
    rows: int = 400,
    rejected: int = 0,
    chance: Random | None = None,
) -> LandedBatch:
    """Land a table of sound rows, or with chance, of rows with a share of odd values."""
    connection.execute(OPEN_LANDED)
    relation = quoted(LANDED, f"{declaration.source}__{declaration.name}")
    columns = ", ".join(
        f"{_value(declaration, column, chance)} as {quoted(column.name)}"
        for column in declaration.columns
    )
    connection.execute(
        f"create or replace table {relation} as select {columns}, i as _row_number "
        f"from range({rows}) as series (i)"
    )
    return LandedBatch(
        batch_id=number,
        position=number,
        source_id=declaration.source,
        table_name=declaration.name,
        file_name=f"{declaration.name}_{number}.csv",
        path=Path(f"{declaration.name}_{number}.csv"),
        file_format="csv",
        fingerprint=str(number),
        file_bytes=1,
        record_count=rows + rejected,
        accepted_count=rows,
        rejected_count=rejected,
        extra_columns=[],
        relation=relation,
        declaration=declaration,
        problems=[],
        content=None,
    )


def _value(table: TableDeclaration, column: ColumnDeclaration, chance: Random | None) -> str:
    """Return a column's SQL: sound values, and where there is chance, a share of odd ones."""
    sound, *odd = VALUES[column.data_type]
    for columns in table.gate.get("accepted_values", {}).values():
        if column.name in columns:
            known = ", ".join(literal(str(each)) for each in columns[column.name])
            sound = f"list_extract([{known}], 1 + i % {len(columns[column.name])})"
    if column.name in table.primary_key:
        sound = {"varchar": "'k' || i", "bigint": "i"}.get(column.data_type, sound)
    sound = f"cast({sound} as {column.data_type})"
    if chance is None:
        return sound
    strange = chance.choice(["null", *odd])
    is_strange = f"hash(i, {chance.random()}) % 1000 < {1000 * chance.choice(SHARES)}"
    return f"if({is_strange}, cast({strange} as {column.data_type}), {sound})"


def _accept(connection: duckdb.DuckDBPyConnection, batch: LandedBatch) -> None:
    """Let the ledger say that the batch was accepted, so that later ones are compared with it."""
    connection.execute(
        "insert into quality.batches by name select $id as batch_id, 'before' as night_id, "
        "$source as source_id, $table as table_name, $file as file_name, 'csv' as file_format, "
        "$id::varchar as fingerprint, 1 as file_bytes, $records as record_count, "
        "$records as accepted_count, 0 as rejected_count, $records as inserted_count, "
        "0 as replaced_count, 0 as superseded_count, [] as extra_columns, 'accepted' as status, "
        "[] as reasons, now()::timestamp as loaded_at, $id as position",
        {
            "id": batch.batch_id,
            "source": batch.source_id,
            "table": batch.table_name,
            "file": batch.file_name,
            "records": batch.record_count,
        },
    )
