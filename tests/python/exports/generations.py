"""Changed copies of a published file, as a night after would have written them."""

from __future__ import annotations

from pathlib import Path

import duckdb

NEXT_GENERATION = "loyalty_20991231T000000Z_001"


def change(path: Path, *statements: str) -> None:
    """Change a copy of a published file, and let it say truly what it holds."""
    with duckdb.connect(path) as connection:
        for statement in statements:
            connection.execute(statement)
        tables = connection.execute("select schema_name, table_name from publication.tables")
        for schema, table in tables.fetchall():
            connection.execute(
                "update publication.tables set row_count = found.row_count, content_hash = "
                "printf('%032x', found.total) from (select count(*) as row_count, "
                f'coalesce(sum(hash(content)), 0) as total from "{schema}"."{table}" as content) '
                "as found where schema_name = ? and table_name = ?",
                [schema, table],
            )
