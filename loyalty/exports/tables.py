"""What a published file holds, as an export needs it: keys, types and comments."""

from dataclasses import dataclass

import duckdb

from loyalty.catalogue.contracts import read_contracts

# What a generation says of itself travels with it, though no contract describes it.
OWN_KEYS = {
    ("publication", "generation"): ("generation",),
    ("publication", "tables"): ("schema_name", "table_name"),
}


@dataclass(frozen=True)
class ExportedColumn:
    """One column; `data_type` is DuckDB's name of it."""

    name: str
    data_type: str
    comment: str | None


@dataclass(frozen=True)
class ExportedTable:
    """One table of a published file; `key` is empty where no contract gives one."""

    schema_name: str
    table_name: str
    comment: str | None
    key: tuple[str, ...]
    columns: tuple[ExportedColumn, ...]

    @property
    def quoted(self) -> str:
        """Schema and table, quoted for SQL."""
        return f'"{self.schema_name}"."{self.table_name}"'


def read_tables(reader: duckdb.DuckDBPyConnection) -> list[ExportedTable]:
    """Return all tables of the open published file, by schema and name."""
    keys = OWN_KEYS | {(m.schema_name, m.table_name): m.key for m in read_contracts()}
    columns: dict[tuple[str, str], list[ExportedColumn]] = {}
    for schema_name, table_name, *column in reader.execute(
        "select schema_name, table_name, column_name, data_type, comment from duckdb_columns() "
        "where database_name = current_database() order by schema_name, table_name, column_index"
    ).fetchall():
        columns.setdefault((schema_name, table_name), []).append(ExportedColumn(*column))
    comments = reader.execute(
        "select schema_name, table_name, comment from duckdb_tables() "
        "where database_name = current_database() order by schema_name, table_name"
    ).fetchall()
    return [
        ExportedTable(
            schema_name,
            table_name,
            comment,
            _known(keys.get((schema_name, table_name), ()), columns[schema_name, table_name]),
            tuple(columns[schema_name, table_name]),
        )
        for schema_name, table_name, comment in comments
    ]


def _known(key: tuple[str, ...], columns: list[ExportedColumn]) -> tuple[str, ...]:
    """Return the key, or none where an older generation does not have its columns."""
    return key if set(key) <= {column.name for column in columns} else ()
