"""The ledger of batches: what became of every file, in quality.batches and beside it."""

from datetime import datetime
from typing import NamedTuple

import duckdb

from loyalty.landing.batches import BatchResult, LandedBatch
from loyalty.landing.files import LandingFile
from loyalty.landing.raw_tables import Upsert
from loyalty.landing.staging import PENDING_REJECTS
from loyalty.warehouse.archive_entry import LEDGER_COLUMNS, Entry


class Decision(NamedTuple):
    """What becomes of a batch, when and in which night."""

    status: str  # as in quality.batches
    reasons: list[str]
    loaded_at: datetime
    night_id: str


class BatchLedger:
    """The ledger in an open build database; who writes to it holds a transaction."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._newest_number = 0

    def rows(self, where: str = "true") -> list[Entry]:
        """Return the rows of quality.batches, by their number."""
        return read_ledger(self._connection, where)

    def statuses(self, file: LandingFile, mark: str) -> set[str]:
        """Return what became of the content, each time it was landed."""
        rows = self._connection.execute(
            """
            select distinct status from quality.batches
            where source_id = $1 and table_name = $2 and fingerprint = $3
            """,
            [file.source_id, file.table_name, mark],
        ).fetchall()
        return {str(status) for (status,) in rows}

    def has_come_back(self, file: LandingFile, mark: str) -> bool:
        """Whether another content was accepted under the file's name since this one was."""
        row = self._connection.execute(
            """
            select
                max(batch_id) filter (where file_name = $3 and fingerprint <> $4)
                > max(batch_id) filter (where fingerprint = $4)
            from quality.batches
            where source_id = $1 and table_name = $2 and status = 'accepted'
            """,
            [file.source_id, file.table_name, file.file_name, mark],
        ).fetchone()
        return bool(row and row[0])

    def known_as(self, file: LandingFile, mark: str) -> str | None:
        """Return the name under which this content was loaded, where this name never brought any.

        None for content without records: of an empty export every night's is the same.
        """
        row = self._connection.execute(
            """
            select max(file_name) filter (where fingerprint = $4 and record_count > 0)
            from quality.batches
            where source_id = $1 and table_name = $2 and status = 'accepted'
            having not coalesce(bool_or(file_name = $3), false)
            """,
            [file.source_id, file.table_name, file.file_name, mark],
        ).fetchone()
        return str(row[0]) if row and row[0] is not None else None

    def next_batch_id(self) -> int:
        """Return the number after the ledger's last and after those that were given meanwhile.

        A number whose batch was never decided on, as its night was killed, is given again. A
        sequence would not do: after a kill or a full disk DuckDB gives some of its numbers twice.
        """
        row = self._connection.execute("select max(batch_id) from quality.batches").fetchone()
        self._newest_number = max(self._newest_number, (row and row[0]) or 0) + 1
        return self._newest_number

    def held(self, *statuses: str) -> list[tuple[int, str, str, str, str]]:
        """Return number, source, table, file name and fingerprint of batches that stand so."""
        rows: list[tuple[int, str, str, str, str]] = self._connection.execute(
            """
            select batch_id, source_id, table_name, file_name, fingerprint from quality.batches
            where list_contains($1::varchar[], status)
            """,
            [list(statuses)],
        ).fetchall()
        return rows

    def close(self, batch_id: int, status: str) -> None:
        """Let a batch end as `status`."""
        self._connection.execute(
            "update quality.batches set status = $1 where batch_id = $2", [status, batch_id]
        )

    def add(self, batch: LandedBatch, decision: Decision, counts: Upsert) -> BatchResult:
        """Write the row of a batch and its rejects."""
        row = {
            "batch_id": batch.batch_id,
            "night_id": decision.night_id,
            "source_id": batch.source_id,
            "table_name": batch.table_name,
            "file_name": batch.file_name,
            "file_format": batch.file_format,
            "fingerprint": batch.fingerprint,
            "file_bytes": batch.file_bytes,
            "record_count": batch.record_count,
            "accepted_count": batch.accepted_count,
            "rejected_count": batch.rejected_count,
            "inserted_count": counts.inserted,
            "replaced_count": counts.replaced,
            "superseded_count": counts.superseded,
            "extra_columns": batch.extra_columns,
            "status": decision.status,
            "reasons": decision.reasons,
            "loaded_at": decision.loaded_at,
            "position": batch.position,
        }
        self._connection.execute(
            f"insert into quality.batches ({', '.join(row)}) "
            f"values ({', '.join(f'${name}' for name in row)})",
            row,
        )
        self._connection.execute(
            f"""
            insert into quality.rejects
            select batch_id, $1, $2, $3, line_number, column_name, value, reason, record
            from {PENDING_REJECTS}
            where batch_id = $4
            order by line_number
            """,
            [batch.source_id, batch.table_name, batch.file_name, batch.batch_id],
        )
        self._connection.execute(f"delete from {PENDING_REJECTS} where batch_id = {batch.batch_id}")
        return BatchResult(
            batch_id=batch.batch_id,
            source_id=batch.source_id,
            table_name=batch.table_name,
            file_name=batch.file_name,
            status=decision.status,
            record_count=batch.record_count,
            accepted_count=batch.accepted_count,
            rejected_count=batch.rejected_count,
            inserted_count=counts.inserted,
            replaced_count=counts.replaced,
            superseded_count=counts.superseded,
            reasons=decision.reasons,
        )

    def add_entities(self, batch: LandedBatch) -> None:
        """Note which canonical tables the batch's source feeds."""
        self._connection.execute(
            """
            insert into control.landed_entities
            select $source, landed.entity
            from (select unnest($entities::varchar[]) as entity) as landed
            where not exists (
                select 1 from control.landed_entities as known
                where known.source_id = $source and known.entity = landed.entity
            )
            """,
            {"source": batch.source_id, "entities": list(batch.declaration.entities)},
        )

    def reopen(self, entry: Entry) -> None:
        """Bring what the ledger said of a batch that is not in raw back into it."""
        self._connection.execute(
            """
            insert into quality.batches by name
            select unnest($facts), 0 as inserted_count, 0 as replaced_count, 0 as superseded_count
            """,
            {"facts": entry.ledger_row},
        )


def read_ledger(connection: duckdb.DuckDBPyConnection, where: str = "true") -> list[Entry]:
    """Return the rows of quality.batches, by their number."""
    rows = connection.execute(
        f"select {', '.join(LEDGER_COLUMNS)} from quality.batches where {where} order by batch_id"
    ).fetchall()
    return [Entry(*row) for row in rows]
