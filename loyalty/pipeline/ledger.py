"""What a night did, kept in the build database: its row, and the seconds of its steps."""

from datetime import datetime

import duckdb

from loyalty.pipeline.summary import NightReport, NodeOutcome


def begin(connection: duckdb.DuckDBPyConnection, night_id: str, is_full_refresh: bool) -> None:
    """Open the night's row."""
    connection.execute(
        "insert into quality.nights (night_id, started_at, is_full_refresh, status) "
        "values (?, now()::timestamp, ?, 'running')",
        [night_id, is_full_refresh],
    )


def running(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the nights that say they are running; whoever holds the lock knows they died."""
    rows = connection.execute(
        "select night_id from quality.nights where status = 'running'"
    ).fetchall()
    return [night_id for (night_id,) in rows]


def bury(connection: duckdb.DuckDBPyConnection, night_id: str, generation: str | None) -> None:
    """Close the row of a night that died; `generation` is what it had published, if anything."""
    connection.execute(
        "update quality.nights set status = ?, generation = ?, message = 'interrupted', "
        "ended_at = now()::timestamp where night_id = ?",
        ["published" if generation else "failed", generation, night_id],
    )


def end(
    connection: duckdb.DuckDBPyConnection, report: NightReport, failed_step: str | None
) -> None:
    """Close the night's row with how it ended."""
    connection.execute(
        "update quality.nights set status = ?, failed_step = ?, message = ?, generation = ?, "
        "ended_at = now()::timestamp where night_id = ?",
        [
            report.status,
            failed_step,
            report.message,
            report.generation.name if report.generation else None,
            report.night_id,
        ],
    )


def keep_seconds(
    connection: duckdb.DuckDBPyConnection,
    night_id: str,
    name: str,
    started_at: datetime,
    seconds: float,
    *,
    part_of: str | None,
) -> None:
    """Keep how long a step, or a part of one, took."""
    connection.execute(
        "insert into quality.night_steps values (?, ?, ?, ?, ?)",
        [night_id, name, started_at, seconds, part_of],
    )


def nodes(connection: duckdb.DuckDBPyConnection, night_id: str) -> list[NodeOutcome]:
    """Return how each model and test of the night ended."""
    rows = connection.execute(
        "select unique_id, resource_type, status, failures, message "
        "from quality.dbt_results where night_id = ? order by unique_id",
        [night_id],
    ).fetchall()
    return [NodeOutcome(*row) for row in rows]
