"""Whose turn a batch has: where two batches hold one key and no cursor decides, the later one wins.

A batch's position is its own number. One that was held comes later than it should have, so it
takes the position of its first try: the same content tried again, and a corrected file, which
comes under the same name while that waits or after it was taken away.
"""

import duckdb

from loyalty.landing.batches import LandedBatch
from loyalty.landing.files import LandingFile


def position_of(
    connection: duckdb.DuckDBPyConnection, file: LandingFile, fingerprint: str, batch_id: int
) -> int:
    """Return the position of the batch that a file makes."""
    row = connection.execute(
        """
        with earlier as (
            select
                *,
                file_name = $file and batch_id = max(batch_id) filter (where file_name = $file)
                    over () as is_last_of_name
            from quality.batches
            where source_id = $source and table_name = $table
        )

        select min(position) from earlier
        where
            (fingerprint = $fingerprint or is_last_of_name)
            and status in ('quarantined', 'released', 'withdrawn')
        """,
        {
            "source": file.source_id,
            "table": file.table_name,
            "file": file.file_name,
            "fingerprint": fingerprint,
        },
    ).fetchone()
    return batch_id if row is None or row[0] is None else int(row[0])


def later_batches(connection: duckdb.DuckDBPyConnection, batch: LandedBatch) -> list[int]:
    """Return the accepted batches of the table that have a later turn: none, but for a late one.

    Of one position are only tries of one batch: the one that is loaded last holds.
    """
    rows = connection.execute(
        """
        select batch_id from quality.batches
        where source_id = $1 and table_name = $2 and status = 'accepted' and position > $3
        order by batch_id
        """,
        [batch.source_id, batch.table_name, batch.position],
    ).fetchall()
    return [int(number) for (number,) in rows]
