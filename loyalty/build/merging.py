"""The changed part of the models' tables takes the place of what they held of the same rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb

from loyalty.build.changes import INPUT_FOLDER, PARTS, is_by_person
from loyalty.landing.quoting import quoted

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest


class MismatchError(Exception):
    """What a table holds is not what the models make of the same rows; it names the table."""


@dataclass(frozen=True)
class Keyed:
    """A table whose rows have a key: the part's rows replace those of their keys."""

    schema: str
    name: str
    key: tuple[str, ...]

    def merge(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Take away what the models make of the part as it was, and add what they make of it now.

        Of the part's two tables only the rows that differ are left.

        Raises:
            MismatchError: the table did not hold just that.
        """
        here, before, after = _relations(self.schema, self.name)
        key = ", ".join(map(quoted, self.key))
        columns = ", ".join(
            quoted(name) for name, _ in _columns(connection, self.schema, self.name)
        )
        part = f"from {here} where ({key}) in (select {key} from {before})"
        # Read and then deleted: as rows that a delete returns they would be fetched one by one.
        held, made = (
            connection.execute(f"select count(*), sum(hash({columns})) {rows}").fetchall()
            for rows in (part, f"from {before}")
        )
        if held != made:
            raise MismatchError(f"{self.schema}.{self.name}")
        # Most of what hangs together with a change ends as it was: it stays where it lies.
        connection.execute(
            f"""
            create or replace temp table going as
            from {before} where hash({columns}) not in (select hash({columns}) from {after});

            create or replace table {after} as
            from {after} where hash({columns}) not in (select hash({columns}) from {before});

            create or replace table {before} as from going;

            drop table going;

            delete {part};

            insert into {here} by name from {after};
            """
        )


@dataclass(frozen=True)
class Sums:
    """A table of sums over rows: the part's sums are taken away as they were and added anew."""

    schema: str
    name: str
    sums: tuple[str, ...]

    def merge(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Replace the part in every sum; a row in which nothing is added up any more goes.

        Raises:
            MismatchError: a sum held fewer rows than are taken away.
        """
        here, before, after = _relations(self.schema, self.name)
        columns = _columns(connection, self.schema, self.name)
        grouped_by = [quoted(name) for name, _ in columns if name not in self.sums]
        groups = ", ".join(grouped_by)
        taken = ", ".join(f'-"{name}" as "{name}"' for name in self.sums)
        added = ", ".join(
            f'sum("{name}")::{data_type} as "{name}"' if name in self.sums else f'"{name}"'
            for name, data_type in columns
        )
        is_changed = " or ".join(f'sum("{name}") != 0' for name in self.sums)
        is_same = " and ".join(
            f"held.{name} is not distinct from changed_sums.{name}" for name in grouped_by
        )
        held = f"{here} as held semi join changed_sums on {is_same}"
        connection.execute(
            f"""
            create or replace temp table changed_sums as
            select {added}
            from (from {after} union all by name select {groups}, {taken} from {before})
            group by {groups} having {is_changed};

            create or replace temp table new_sums as
            select {added}
            from (select held.* from {held} union all by name from changed_sums)
            group by {groups};

            delete from {here} where rowid in (select held.rowid from {held});

            insert into {here} by name from new_sums where row_count != 0;
            """
        )
        below = connection.execute("select 1 from new_sums where row_count < 0 limit 1").fetchall()
        connection.execute("drop table changed_sums; drop table new_sums")
        if below:
            raise MismatchError(f"{self.schema}.{self.name}")


def tables(manifest: "Manifest") -> list[Keyed | Sums]:
    """Return the tables that a part is merged into: those of the models that are built by person.

    The key is what the model's `grain` test names.
    """
    keys = dict(_grains(manifest))
    found: list[Keyed | Sums] = []
    for node in manifest.nodes.values():
        if (
            is_by_person(node)
            and node.config.materialized == "table"
            and not node.original_file_path.startswith(INPUT_FOLDER)
        ):
            sums = node.config.meta.get("sums")
            found.append(
                Sums(node.schema, node.name, tuple(sums))
                if sums
                else Keyed(node.schema, node.name, keys[node.unique_id])
            )
    return sorted(found, key=lambda table: (table.schema, table.name))


def merge(connection: duckdb.DuckDBPyConnection, merged: Sequence[Keyed | Sums]) -> None:
    """Merge a part into all tables, or into none.

    Raises:
        MismatchError: a table does not hold what it should; nothing is changed.
    """
    connection.execute("begin")
    try:
        for table in merged:
            table.merge(connection)
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")


def _grains(manifest: "Manifest") -> Iterator[tuple[str, tuple[str, ...]]]:
    for node in manifest.nodes.values():
        metadata = getattr(node, "test_metadata", None)
        if metadata and metadata.name == "grain" and node.attached_node:
            yield node.attached_node, tuple(metadata.kwargs["columns"])


def _relations(schema: str, name: str) -> tuple[str, str, str]:
    before, after = (quoted(f"{part}_{schema}", name) for part in PARTS)
    return quoted(schema, name), before, after


def _columns(
    connection: duckdb.DuckDBPyConnection, schema: str, name: str
) -> list[tuple[str, str]]:
    columns: list[tuple[str, str]] = connection.execute(
        "select column_name, data_type from duckdb_columns() where "
        "database_name = current_database() and schema_name = ? and table_name = ? "
        "order by column_index",
        [schema, name],
    ).fetchall()
    return columns
