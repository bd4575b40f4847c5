"""Whether two databases hold the same rows in a table, whoever computed them.

Rows are compared as a whole, as often as they occur. Doubles may differ in their last digits: they
are compared row by row, found by the table's other columns, to a billionth of their size.
"""

from collections.abc import Iterable

import duckdb

TOLERANCE = 1e-9


def attach(connection: duckdb.DuckDBPyConnection, **databases: str) -> None:
    """Attach databases read-only under the names that they are given."""
    for name, path in databases.items():
        connection.execute(f"attach '{path}' as {name} (read_only)")


def differing(
    connection: duckdb.DuckDBPyConnection, tables: Iterable[str], ours: str, theirs: str
) -> list[str]:
    """Say for each `schema.table` that is not the same in both databases how many rows are not."""
    problems = []
    for table in tables:
        columns = connection.sql(f"from {ours}.{table} limit 0")
        types = dict(zip(columns.columns, map(str, columns.types), strict=True))
        other = connection.sql(f"from {theirs}.{table} limit 0")
        if types != dict(zip(other.columns, map(str, other.types), strict=True)):
            problems.append(f"{table}: its columns differ")
        elif count := _differing_rows(connection, table, types, ours, theirs):
            problems.append(f"{table}: {count} rows differ")
    return problems


def _differing_rows(
    connection: duckdb.DuckDBPyConnection, table: str, types: dict[str, str], ours: str, theirs: str
) -> int:
    exact = ", ".join(name for name, kind in types.items() if kind != "DOUBLE")
    doubles = [name for name, kind in types.items() if kind == "DOUBLE"]
    sides = [f"select {exact} from {ours}.{table}", f"select {exact} from {theirs}.{table}"]
    missing = [
        f"select count(*) from ({one} except all {other})"
        for one, other in (sides, reversed(sides))
    ]
    query = f"select ({missing[0]}) + ({missing[1]})"
    if doubles:
        query += f" + ({_differing_doubles(table, exact, doubles, ours, theirs)})"
    return int(connection.sql(query).fetchall()[0][0])


def _differing_doubles(table: str, exact: str, doubles: list[str], ours: str, theirs: str) -> str:
    keys = " and ".join(
        f"ours.{name} is not distinct from theirs.{name}" for name in exact.split(", ")
    )
    far = " or ".join(
        f"(ours.{name} is null) != (theirs.{name} is null) or abs(ours.{name} - theirs.{name}) > "
        f"{TOLERANCE} * greatest(1, abs(ours.{name}))"
        for name in doubles
    )
    return (
        f"select count(*) from {ours}.{table} as ours "
        f"inner join {theirs}.{table} as theirs on {keys} where {far}"
    )
