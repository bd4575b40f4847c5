"""What has changed since the last build, and all that hangs together with it.

Rows hang together by the keys that they name: a customer and their orders, an order and its
delivery, answers about either, accounts with the same e-mail address. What the models make of a
row follows from the rows that hang together with it, so those of changed rows, and no others, have
to be built anew. `find` writes them twice, as the last build knew them and as they are now, each
beside what the night knew, to schemas of their own in which the same models then run.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb

from loyalty.build.last_build import Build
from loyalty.landing.quoting import quoted

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

INPUT_FOLDER = "models/intermediate/input/"
BY_PERSON = "by_person"
# The parts by their schemas' prefix: as the last build knew the changed rows, and as they are.
PARTS = BEFORE, AFTER = "before", "after"
# Keys by which one input table's rows name another's, or each other.
JOINED_BY = (
    "customer_id",
    "email_hash",
    "order_id",
    "delivery_id",
    "membership_id",
    "invitation_id",
    "case_id",
)
# Above this share of all rows, building the changed ones twice costs more than building all.
GREATEST_SHARE = 0.2
SCRATCH = "changes"
REPLACED = "replaced"


@dataclass(frozen=True)
class Changed:
    """What a build of what has changed tells who publishes it: `keys` of the tables it changed.

    The rows that differ are in schemas whose names begin with `parts`: as they were in the
    generation `name`, and as they are now.
    """

    name: str
    keys: Mapping[tuple[str, str], tuple[str, ...]]
    parts: tuple[str, str] = PARTS


@dataclass(frozen=True)
class Input:
    """A table of the input layer: its key, the keys it is joined by, the dates it happened on."""

    name: str
    key: tuple[str, ...]
    joined_by: tuple[str, ...]
    dates: tuple[str, ...]

    @property
    def relation(self) -> str:
        """The table that the input layer keeps."""
        return f"intermediate.{self.name}"


def is_by_person(node: Any) -> bool:
    """Tell whether a model's rows follow from rows that hang together with them."""
    return str(node.resource_type) == "model" and node.config.meta.get("built") == BY_PERSON


def inputs(manifest: "Manifest") -> list[Input]:
    """Return the tables of the input layer by what their yml and config say."""
    found = []
    for node in manifest.nodes.values():
        if (
            node.original_file_path.startswith(INPUT_FOLDER)
            and node.config.materialized == "incremental"
        ):
            unique_key = node.config.unique_key
            key = (unique_key,) if isinstance(unique_key, str) else tuple(unique_key)
            dates = tuple(name for name in node.columns if name.endswith("_date"))
            # Keys that no model joins these rows by.
            only_named = node.config.meta.get("only_named", ())
            joined_by = tuple(
                name for name in JOINED_BY if name in node.columns and name not in only_named
            )
            found.append(Input(node.name, key, joined_by, dates))
    return sorted(found, key=lambda each: each.name)


def schemas(manifest: "Manifest") -> list[str]:
    """Return the names of all schemas that a build of what has changed makes."""
    own = {node.schema for node in manifest.nodes.values() if is_by_person(node)}
    return [SCRATCH, REPLACED, *(f"{part}_{name}" for part in (BEFORE, AFTER) for name in own)]


def clear(connection: duckdb.DuckDBPyConnection, names: Iterable[str]) -> None:
    """Remove such schemas with all that they hold."""
    for name in names:
        connection.execute(f"drop schema if exists {name} cascade")


def row_count(connection: duckdb.DuckDBPyConnection, tables: Sequence[Input]) -> int:
    """Return about how many rows the input layer holds."""
    sizes = connection.execute(
        "select coalesce(sum(estimated_size), 0)::bigint from duckdb_tables() "
        "where schema_name = 'intermediate' and table_name in (select unnest(?))",
        [[table.name for table in tables]],
    ).fetchall()
    return int(sizes[0][0])


def find(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[Input], last: Build, now: Build
) -> int | None:
    """Write the changed rows and what hangs together with them, before and after.

    The input layer has taken in what is new. Returns how many rows there are after; None, with
    nothing of use written, where so much has changed that all had better be built anew.
    """
    most = GREATEST_SHARE * row_count(connection, tables)
    for schema in (SCRATCH, REPLACED, f"{BEFORE}_intermediate", f"{AFTER}_intermediate"):
        connection.execute(f"create schema if not exists {schema}")
    for table in tables:
        _note_changed(connection, table, last, now)
    if not _spread(connection, tables, most):
        return None
    gathered = sum(_gather(connection, table) for table in tables)
    for part, day in ((BEFORE, last.as_of_date), (AFTER, now.as_of_date)):
        connection.execute(
            f"create or replace table {part}_intermediate.int_night as "
            f"select * replace (date '{day}' as as_of_date) from intermediate.int_night"
        )
    return gathered if gathered <= most else None


def build_before(connection: duckdb.DuckDBPyConnection, nodes: Iterable[Any]) -> None:
    """Build the rows as the last build knew them by the models that built them as they are.

    `nodes` are what dbt built of the latter, in the order in which it did; tests are passed over.
    """
    for node in nodes:
        if str(node.resource_type) != "model":
            continue
        is_now = quoted(node.schema, node.name)
        was = _as_before(is_now)
        made = _as_before(node.compiled_code)
        connection.execute(f"create schema if not exists {was.partition('.')[0]}")
        if node.config.materialized == "view":
            connection.execute(f"create or replace view {was} as {made}")
        else:
            # Columns as a contract names them, in its order.
            connection.execute(f"create or replace table {was} as from {is_now} limit 0")
            connection.execute(f"insert into {was} by name {made}")


def _as_before(sql: str) -> str:
    return re.sub(rf'"{AFTER}_(\w+)"\."', rf'"{BEFORE}_\1"."', sql)


def _note_changed(
    connection: duckdb.DuckDBPyConnection, table: Input, last: Build, now: Build
) -> None:
    """Note the keys of rows that are new, or of whose dates one has come since the last build."""
    has_come = " or ".join(
        f"({name} > date '{last.as_of_date}' and {name} <= date '{now.as_of_date}')"
        for name in table.dates
    )
    columns = ", ".join(dict.fromkeys((*table.key, *table.joined_by)))
    connection.execute(
        f"create or replace table {SCRATCH}.{table.name} as "
        f"select {columns}, batch_id > {last.batch_id} as is_new from {table.relation} "
        f"where batch_id > {last.batch_id} or {has_come or 'false'}"
    )
    # A table that is there for the first time has replaced nothing.
    connection.execute(
        f"create table if not exists {REPLACED}.{table.name} as "
        f"select * from {table.relation} limit 0"
    )


def _spread(connection: duckdb.DuckDBPyConnection, tables: Sequence[Input], most: float) -> bool:
    """Write all keys that hang together with a changed row, or stop above `most` of them."""
    connection.execute(
        f"create or replace table {SCRATCH}.named (key_name varchar, key varchar, distance integer)"
    )
    for table in tables:
        rows = " union all by name ".join(
            f"select {', '.join(table.joined_by)} from {schema}.{table.name}"
            for schema in (SCRATCH, REPLACED)
        )
        _name(connection, rows, table.joined_by, 0)
    distance = 0
    while True:
        reached: Mapping[str, int] = dict(
            connection.execute(
                f"select key_name, count(*) from {SCRATCH}.named where distance = ? group by all",
                [distance],
            ).fetchall()
        )
        if not reached:
            return True
        if sum(reached.values()) > most:
            return False
        for table in tables:
            by = [name for name in table.joined_by if name in reached]
            if by and len(table.joined_by) > 1:
                condition = _names_any(by, f"distance = {distance}")
                rows = (
                    f"select {', '.join(table.joined_by)} from {table.relation} where {condition}"
                )
                _name(connection, rows, table.joined_by, distance + 1)
        distance += 1


def _name(
    connection: duckdb.DuckDBPyConnection, rows: str, joined_by: Sequence[str], distance: int
) -> None:
    """Add the keys that the rows name and that no row did before."""
    pairs = ", ".join(f"{{key_name: '{name}', key: {name}}}" for name in joined_by)
    connection.execute(
        f"""
        insert into {SCRATCH}.named
        select distinct pair.key_name, pair.key, {distance}
        from (select unnest([{pairs}]) as pair from ({rows}))
        where
            pair.key is not null
            and (pair.key_name, pair.key) not in (select key_name, key from {SCRATCH}.named)
        """
    )


def _names_any(columns: Sequence[str], condition: str = "true") -> str:
    return " or ".join(
        f"{name} in (select key from {SCRATCH}.named where key_name = '{name}' and {condition})"
        for name in columns
    )


def _gather(connection: duckdb.DuckDBPyConnection, table: Input) -> int:
    """Write the rows of a table that hang together with a changed one; return their number."""
    key = ", ".join(table.key)
    changed = f"{SCRATCH}.{table.name}"
    connection.execute(
        f"create or replace table {AFTER}_intermediate.{table.name} as "
        f"select * from {table.relation} "
        f"where {_names_any(table.joined_by)} or ({key}) in (select {key} from {changed})"
    )
    connection.execute(
        f"create or replace table {BEFORE}_intermediate.{table.name} as "
        f"select * from {AFTER}_intermediate.{table.name} "
        f"where ({key}) not in (select {key} from {changed} where is_new) "
        f"union all by name select * from {REPLACED}.{table.name}"
    )
    rows = connection.execute(f"select count(*) from {AFTER}_intermediate.{table.name}").fetchall()
    return int(rows[0][0])
