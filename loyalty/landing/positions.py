"""Whose turn a batch has: where two batches hold one key and no cursor decides, the later one wins.

A batch's position is its own number. One that was held comes later than it should have, so it
takes the position of its first try: a corrected file, which comes under the same name while that
waits or after it was taken away, and, once it is loaded, the same content under any name.
"""

import duckdb

from loyalty.landing.batches import LandedBatch


def position_of(
    connection: duckdb.DuckDBPyConnection, batch: LandedBatch, *, is_loaded: bool
) -> int:
    """Return the position of a batch that is about to be loaded, or held."""
    row = connection.execute(
        """
        with earlier as (
            from quality.batches
            where source_id = $source and table_name = $table and batch_id < $batch
        ),

        last_of_name as (
            from earlier
            where file_name = $file
            order by batch_id desc
            limit 1
        ),

        -- two files may be bad in the same way, as empty ones: each has its turn while it is held
        tries as (
            from earlier
            where
                $is_loaded
                and fingerprint = $fingerprint
                and batch_id > (
                    select coalesce(max(loaded.batch_id), 0) from earlier as loaded
                    where loaded.fingerprint = $fingerprint and loaded.status = 'accepted'
                )
        )

        select min(position)
        from (
            select position from last_of_name
            where status in ('quarantined', 'released', 'withdrawn')
            union all
            select position from tries
        )
        """,
        {
            "source": batch.source_id,
            "table": batch.table_name,
            "batch": batch.batch_id,
            "file": batch.file_name,
            "fingerprint": batch.fingerprint,
            "is_loaded": is_loaded,
        },
    ).fetchone()
    return batch.batch_id if row is None or row[0] is None else int(row[0])


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
