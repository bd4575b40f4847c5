"""The quarantine: what is held and why, and the two decisions that end it.

A held batch is tried again each night while its file lies there. It ends by a corrected file, by
taking the file away, or here: *released*, it joins raw in the next night although its gate failed;
*discarded*, its content is never loaded. Decisions are kept in quality.quarantine_decisions.
"""

import getpass
import os
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from loyalty.errors import DamagedWarehouseError, UsageError
from loyalty.gates.report import NEVER_RELEASED
from loyalty.warehouse import Warehouse
from loyalty.warehouse.archive_entry import Entry

# Held batches stop every night (quarantined) or join in the next one (released).
HELD = ("quarantined", "released")


@dataclass(frozen=True)
class HeldBatch:
    """A row of quality.batches that is or was held.

    `position` is the number of its first try, `since` that try's night; `tries` counts the tries
    of this content up to this one.
    """

    batch_id: int
    source_id: str
    table_name: str
    file_name: str
    file_format: str
    fingerprint: str
    file_bytes: int
    record_count: int | None
    accepted_count: int
    rejected_count: int
    extra_columns: list[str]
    status: str
    reasons: list[str]
    night_id: str
    position: int
    since: str
    tries: int

    @property
    def is_structural(self) -> bool:
        """Whether its records could not be read at all, or do not add up: there is no releasing."""
        return self.record_count != self.accepted_count + self.rejected_count

    def __str__(self) -> str:
        """Return how a sentence names it."""
        return f"batch {self.batch_id} ({self.source_id}.{self.table_name}, {self.file_name})"


@dataclass(frozen=True)
class Decision:
    """What an operator decided of a batch, and when (UTC)."""

    batch_id: int
    decision: str
    reason: str | None
    decided_by: str
    decided_at: datetime


@contextmanager
def opened(warehouse: Warehouse) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the ledger for as long as the context lasts; no night can run meanwhile.

    Raises:
        UsageError: there is no warehouse.
        WarehouseLockedError: a night is running.
    """
    if not warehouse.build_database.exists():
        raise UsageError(f"{warehouse.folder} holds no warehouse: run a night first")
    with warehouse.lock("decision on a batch"), warehouse.connect() as connection:
        yield connection


def batches(connection: duckdb.DuckDBPyConnection, *, with_closed: bool = False) -> list[HeldBatch]:
    """Return what is held, with what was held before if asked for: the last try of each content."""
    condition = "is_last_try and was_held" if with_closed else f"status in {HELD}"
    return _rows(connection, condition, [])


def find(connection: duckdb.DuckDBPyConnection, number: int) -> HeldBatch:
    """Return the batch of that number, or the later try of the same content.

    Raises:
        UsageError: there is no such batch, or it was never held.
    """
    found = _rows(connection, "batch_id = $1", [number])
    if not found:
        raise UsageError(
            f"there is no batch {number}; `loyalty quarantine list` shows what is held"
        )
    batch = found[0]
    if batch.status != "replaced":
        return batch
    later = _rows(
        connection,
        "source_id = $1 and table_name = $2 and fingerprint = $3 and batch_id > $4 "
        "and (file_name = $5 or status = 'accepted')",
        [batch.source_id, batch.table_name, batch.fingerprint, number, batch.file_name],
    )
    return later[-1] if later else batch


@contextmanager
def held_file(warehouse: Warehouse, batch: HeldBatch) -> Iterator[Path | None]:
    """Give the batch's file as it was landed, from the archive; None where that lacks it."""
    entry = _entry(warehouse, batch)
    with ExitStack() as unpacked:
        path = None
        if entry:
            with suppress(DamagedWarehouseError):
                path = unpacked.enter_context(warehouse.archive.unpacked(entry))
        yield path


def release(
    warehouse: Warehouse,
    connection: duckdb.DuckDBPyConnection,
    numbers: Sequence[int],
    reason: str | None = None,
) -> list[HeldBatch]:
    """Let batches join raw in the next night although their gate failed: all of them or none.

    Raises:
        UsageError: one is not held, nothing in it could be loaded, personal data stands where it
            would be published, or its bytes are not kept.
    """
    chosen = _chosen(connection, numbers, "quarantined", "released")
    for batch in chosen:
        if batch.is_structural:
            raise UsageError(
                f"{batch} cannot be released, for it cannot be loaded: {batch.reasons[0]}. Land a "
                f"corrected file under the same name, or `loyalty quarantine discard "
                f"{batch.batch_id} --reason TEXT`"
            )
        if _holds_addresses(connection, batch):
            raise UsageError(
                f"{batch} cannot be released: e-mail addresses in it would be published. Land a "
                "corrected file under the same name, declare their column sensitive, or `loyalty "
                f"quarantine discard {batch.batch_id} --reason TEXT`"
            )
        entry = _entry(warehouse, batch)
        if entry is None or not warehouse.archive.has_content(entry):
            raise UsageError(
                f"{batch} cannot be released: its bytes are not in the archive. Run a night with "
                "its file in landing, then release it by its new number"
            )
    _decide(warehouse, connection, chosen, "released", reason)
    return chosen


def discard(
    warehouse: Warehouse, connection: duckdb.DuckDBPyConnection, numbers: Sequence[int], reason: str
) -> list[HeldBatch]:
    """Never load these batches, also when the same bytes are landed again: all of them or none.

    Raises:
        UsageError: one is not held, or no reason is given.
    """
    if not reason.strip():
        raise UsageError("say why: --reason TEXT")
    chosen = _chosen(connection, numbers, *HELD)
    _decide(warehouse, connection, chosen, "discarded", reason)
    return chosen


def decisions(connection: duckdb.DuckDBPyConnection, batch: HeldBatch) -> list[Decision]:
    """Return what was decided of the batch's content, oldest first."""
    rows = connection.execute(
        """
        select decided.* from quality.quarantine_decisions as decided
        semi join (
            from quality.batches
            where source_id = $1 and table_name = $2 and fingerprint = $3
        ) as tries using (batch_id)
        order by decided.decided_at
        """,
        [batch.source_id, batch.table_name, batch.fingerprint],
    ).fetchall()
    return [Decision(*row) for row in rows]


def standing(batch: HeldBatch, known: Collection[Decision] = ()) -> str:
    """Return in words how it stands with a batch."""
    last = max(known, key=lambda decision: decision.decided_at, default=None)
    if batch.status == "quarantined":
        return "held: no night publishes until it is resolved"
    if batch.status == "released":
        return "released: it joins in the next night"
    if batch.status == "discarded":
        who = f" by {last.decided_by} on {last.decided_at:%F}: {last.reason}" if last else ""
        return f"discarded{who}"
    return {
        "accepted": f"loaded in night {batch.night_id}",
        "withdrawn": "closed: its file was taken away from landing",
    }.get(batch.status, "closed: another content came under its name")


def _chosen(
    connection: duckdb.DuckDBPyConnection, numbers: Sequence[int], *may_be: str
) -> list[HeldBatch]:
    chosen = {}
    for number in numbers:
        batch = find(connection, number)
        if batch.status not in may_be:
            how = standing(batch, decisions(connection, batch))
            also = f" (tried again as batch {batch.batch_id})" if batch.batch_id != number else ""
            raise UsageError(
                f"batch {number}{also} is not waiting for a decision; {batch.file_name} is {how}"
            )
        chosen[batch.batch_id] = batch
    return list(chosen.values())


def _decide(
    warehouse: Warehouse,
    connection: duckdb.DuckDBPyConnection,
    chosen: Sequence[HeldBatch],
    decision: str,
    reason: str | None,
) -> None:
    now = datetime.now(UTC).replace(tzinfo=None)
    connection.execute("begin")
    try:
        for batch in chosen:
            connection.execute(
                "update quality.batches set status = $1 where batch_id = $2",
                [decision, batch.batch_id],
            )
            connection.execute(
                "insert into quality.quarantine_decisions "
                "(batch_id, decision, reason, decided_by, decided_at) values ($1, $2, $3, $4, $5)",
                [batch.batch_id, decision, reason, _user(), now],
            )
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")
    # Should this not come about, the next night makes the archive say what the ledger says.
    for batch in chosen:
        entry = _entry(warehouse, batch)
        if entry:
            said = replace(entry, status=decision)
            warehouse.archive.announce(said)
            warehouse.archive.confirm(said)


def _holds_addresses(connection: duckdb.DuckDBPyConnection, batch: HeldBatch) -> bool:
    return bool(
        connection.execute(
            "from quality.expectation_results "
            "where batch_id = $1 and expectation = $2 and not is_success",
            [batch.batch_id, NEVER_RELEASED],
        ).fetchall()
    )


def _entry(warehouse: Warehouse, batch: HeldBatch) -> Entry | None:
    return warehouse.archive.entry(batch.source_id, batch.table_name, batch.batch_id)


def _rows(
    connection: duckdb.DuckDBPyConnection, condition: str, parameters: list[Any]
) -> list[HeldBatch]:
    rows = connection.execute(
        f"""
        with tried as (
            select
                *,
                count(*) over tries as tries,
                bool_or(status <> 'accepted') over all_tries as was_held,
                batch_id = max(batch_id) over all_tries as is_last_try,
                (
                    select first.night_id from quality.batches as first
                    where first.batch_id = batches.position
                ) as since
            from quality.batches as batches
            window
                tries as (
                    partition by source_id, table_name, file_name, fingerprint order by batch_id
                ),
                all_tries as (partition by source_id, table_name, file_name, fingerprint)
        )

        select {", ".join(field.name for field in fields(HeldBatch))} from tried
        where {condition}
        order by batch_id
        """,
        parameters,
    ).fetchall()
    return [HeldBatch(*row) for row in rows]


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"
