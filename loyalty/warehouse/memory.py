"""How much memory the database may use; what needs more goes through files beside it."""

import os

import duckdb

from loyalty.errors import UsageError

VARIABLE = "LOYALTY_MEMORY_LIMIT"


def check() -> None:
    """Check $LOYALTY_MEMORY_LIMIT, if it is set.

    Raises:
        UsageError: it is no size.
    """
    try:
        with duckdb.connect(":memory:") as connection:
            keep_within(connection)
    except duckdb.Error as problem:
        raise UsageError(
            f"{VARIABLE} is {os.environ[VARIABLE]!r}: it must be a size such as 4GB or 512MB"
        ) from problem


def keep_within(connection: duckdb.DuckDBPyConnection) -> None:
    """Limit the connection's database to $LOYALTY_MEMORY_LIMIT, else to DuckDB's four fifths."""
    limit = os.environ.get(VARIABLE)
    if limit:
        connection.execute(f"set memory_limit = '{limit.replace(chr(39), '')}'")


def limit_of(connection: duckdb.DuckDBPyConnection) -> str:
    """Return the limit in force, as DuckDB writes it."""
    return str(connection.execute("select current_setting('memory_limit')").fetchall()[0][0])
