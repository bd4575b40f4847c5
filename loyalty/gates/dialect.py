"""SQLAlchemy's way into DuckDB for Great Expectations, under a name of its own."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import duckdb
import duckdb_engine
import sqlalchemy
from sqlalchemy.dialects import registry

NAME = "loyalty_duckdb"

registry.register(NAME, __name__, "GateDialect")


class GateDialect(duckdb_engine.Dialect):  # type: ignore[misc]
    """DuckDB without transactions: gates only read, each statement by itself.

    Great Expectations fetches after it has given its connection back, and the rollback that goes
    with that would empty DuckDB's result.
    """

    # Stated here too, because SQLAlchemy warns of every dialect that leaves it open.
    supports_statement_cache = False

    def do_begin(self, connection: Any) -> None:
        """Begin nothing."""

    def do_commit(self, connection: Any) -> None:
        """Commit nothing."""

    def do_rollback(self, connection: Any) -> None:
        """Roll nothing back, so that a result outlives its connection's return."""

    def get_columns(
        self, connection: Any, table_name: str, schema: str | None = None, **_: Any
    ) -> list[dict[str, Any]]:
        """List a table's columns; Postgres' catalogue queries are slow here and miss schemas."""
        rows = connection.exec_driver_sql(
            # A landed batch has a database of its own, named where else the schema is.
            "select column_name from duckdb_columns() where table_name = $2 and ("
            "database_name = current_database() and schema_name = $1 or database_name = $1"
            ") order by column_index",
            (schema or "main", table_name),
        )
        return [{"name": name, "type": sqlalchemy.types.NullType()} for (name,) in rows]

    def get_pk_constraint(self, *_: Any, **__: Any) -> dict[str, Any]:
        """Name no key: the checks do not use it."""
        return {"constrained_columns": [], "name": None}


class GateConnections:
    """Cursors on an open DuckDB connection, which one call stops for good."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._cursors: list[duckdb.DuckDBPyConnection] = []
        self._is_stopped = False

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """Return a new connection to the same open database, in UTC."""
        if self._is_stopped:
            raise TimeoutError("the gate's time is over")
        cursor = self._connection.cursor()
        self._cursors.append(cursor)
        cursor.execute("set TimeZone = 'UTC'")
        return cursor

    def create(self) -> Any:
        """Return the same for SQLAlchemy."""
        return _GateConnection(self.cursor(), lambda: self._is_stopped)

    def stop(self) -> None:
        """Interrupt what runs and refuse what would come; Great Expectations tries thrice."""
        self._is_stopped = True
        for cursor in self._cursors:
            # One that was given back has nothing that runs.
            with suppress(duckdb.ConnectionException):
                cursor.interrupt()


class _GateConnection(duckdb_engine.ConnectionWrapper):  # type: ignore[misc]
    def __init__(self, cursor: duckdb.DuckDBPyConnection, is_stopped: Callable[[], bool]) -> None:
        super().__init__(cursor)
        self._is_stopped = is_stopped

    def cursor(self) -> Any:
        if self._is_stopped():
            raise TimeoutError("the gate's time is over")
        return super().cursor()
