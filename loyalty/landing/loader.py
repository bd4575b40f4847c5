"""Files to raw: land one, let the gate look at it, accept or quarantine it."""

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple

import duckdb

from loyalty import privacy
from loyalty.declarations import SourceDeclaration
from loyalty.errors import DamagedWarehouseError, UsageError
from loyalty.landing.batches import BatchResult, LandedBatch
from loyalty.landing.contents import UnreadableFileError, fingerprint
from loyalty.landing.csv_files import land_csv
from loyalty.landing.files import LandingFile
from loyalty.landing.hashing import KEY_VARIABLE, key_fingerprint
from loyalty.landing.json_lines import land_json_lines
from loyalty.landing.keeping import packing
from loyalty.landing.parquet_files import land_parquet
from loyalty.landing.positions import position_of
from loyalty.landing.quoting import quoted
from loyalty.landing.raw_tables import Upsert, create_raw_tables, upsert
from loyalty.landing.staging import (
    CREATE_PENDING_REJECTS,
    LANDED,
    OPEN_LANDED,
    PENDING_REJECTS,
    Contents,
    Stage,
)
from loyalty.warehouse.archive import Archive
from loyalty.warehouse.archive_bytes import ChangedFileError
from loyalty.warehouse.archive_entry import LEDGER_COLUMNS, Entry
from loyalty.warehouse.archive_settling import settle
from loyalty.warehouse.diagnosis import is_fault_beside

READERS: dict[str, Callable[[Stage], Contents]] = {
    "csv": land_csv,
    "jsonl": land_json_lines,
    "parquet": land_parquet,
}
# What the database says of a file that it cannot read; anything else is not the file's fault.
FILE_ERRORS = (
    duckdb.InvalidInputException,
    duckdb.ConversionException,
    duckdb.SerializationException,
    duckdb.NotImplementedException,
    duckdb.OutOfRangeException,
    duckdb.IOException,
)
# In the place of the fingerprint of a file that is not there any more.
VANISHED = ""


class Decision(NamedTuple):
    """What becomes of a batch, when and in which night."""

    status: str  # as in quality.batches
    reasons: list[str]
    loaded_at: datetime
    night_id: str


class Loader:
    """Loads landing files of declared sources into the build database, a batch a file.

    The connection is the one writer of that database, with its session in UTC. `on_news` is called
    before a file is read that was not loaded before.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        night_id: str,
        declarations: dict[str, SourceDeclaration],
        key: bytes,
        business_time_zone: str,
        *,
        archive: Archive | None = None,
        on_news: Callable[[], None] = lambda: None,
    ):
        self._connection = connection
        self._night_id = night_id
        self._declarations = declarations
        self._key = key
        self._business_time_zone = business_time_zone
        self._archive = archive
        self._on_news = on_news
        self._newest_number = 0
        self._unkept: dict[tuple[str, str, str], Entry] = {}
        self._unsteady: set[tuple[str, str, str, str]] = set()
        # What the archive does when a transaction has ended well, or not.
        self._when_done: list[Callable[[], None]] = []
        self._when_undone: list[Callable[[], None]] = []
        self._fingerprints: dict[tuple[Path, int, int], str] = {}

    def prepare(self) -> None:
        """Make every declared raw table, empty where new, and hold the hash key to the first one.

        Raises:
            UsageError: the warehouse was built with another hash key.
            DamagedWarehouseError: a declared type is not the raw table's, or the database is older
                than its archive.
        """
        self._connection.execute("set preserve_insertion_order = true")
        self._connection.execute(OPEN_LANDED)
        self._connection.execute(CREATE_PENDING_REJECTS)
        self._check_key()
        create_raw_tables(self._connection, self._declarations.values())
        if self._archive:
            for entry in settle(self._archive, read_ledger(self._connection)):
                if entry.content is None:
                    self._unkept[entry.source_id, entry.table_name, entry.fingerprint] = entry

    def land(self, file: LandingFile) -> LandedBatch | None:
        """Type the file's records into a table of their own; raw does not change.

        Returns None when this content was discarded, or accepted before and not replaced by another
        under its name since: what comes back is the file's newest state. A file that cannot be
        read, that changes or vanishes meanwhile, gives a batch with `problems` and no rows.

        Raises:
            UsageError: the file is gone already, or may not be read.
        """
        size, mark = self._size_and_fingerprint(file)
        statuses = self._statuses(file, mark)
        if "discarded" in statuses or (
            "accepted" in statuses and not self._has_come_back(file, mark)
        ):
            self._keep_known(file, mark)
            return None
        self._on_news()
        stage = self._stage(file, self._next_batch_id())
        with self._packing(file, mark, size) as pack:
            contents = _read(stage)
            content, change = self._keep(file, mark, pack)
        if change:
            self._unsteady.add((file.source_id, file.table_name, file.file_name, mark))
            contents = _unusable(stage, change)
        batch = self._landed(stage, contents, size, mark, content)
        return replace(batch, is_released="released" in statuses)

    def released(self) -> list[Entry]:
        """Return what an operator released and no night has loaded yet."""
        return [self._kept(row) for row in read_ledger(self._connection, "status = 'released'")]

    def file_of(self, entry: Entry, path: Path) -> LandingFile:
        """Return the landing file that a batch of the archive, unpacked at `path`, was.

        Raises:
            DamagedWarehouseError: its table is no longer declared.
        """
        source = self._declarations.get(entry.source_id)
        table = source.tables.get(entry.table_name) if source else None
        if table is None:
            raise DamagedWarehouseError(f"{entry}: its table is no longer declared")
        is_gzip = path.name.lower().endswith(".gz")
        return LandingFile(entry.source_id, table, path, entry.file_format, is_gzip)

    def is_discarded(self, file: LandingFile) -> bool:
        """Whether an operator decided that this content is never loaded."""
        return "discarded" in self._statuses(file, self._mark_now(file))

    def known_as(self, file: LandingFile) -> str | None:
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
            [file.source_id, file.table_name, file.file_name, self._mark_now(file)],
        ).fetchone()
        return str(row[0]) if row and row[0] is not None else None

    def restore(
        self, entry: Entry, path: Path, look: Callable[[LandedBatch], None] | None = None
    ) -> BatchResult:
        """Bring a batch of the archive, unpacked at `path`, into raw again under its own number.

        `look` sees the batch before it joins.

        Raises:
            DamagedWarehouseError: its table is no longer declared, or it cannot be read any more.
        """
        stage = self._stage(self.file_of(entry, path), entry.batch_id)
        contents = _read(stage)
        batch = self._landed(stage, contents, entry.file_bytes, entry.fingerprint, entry.content)
        batch = replace(batch, position=entry.position)
        if batch.problems:
            raise DamagedWarehouseError(f"{entry} cannot be read again: {batch.problems[0]}")
        if look:
            look(batch)
        decision = Decision(entry.status, entry.reasons, entry.loaded_at, entry.night_id)
        return self._accept(batch, decision)

    def reopen(self, entry: Entry) -> None:
        """Bring what the ledger said of a batch that is not in raw back into it."""
        self._connection.execute(
            """
            insert into quality.batches by name
            select unnest($facts), 0 as inserted_count, 0 as replaced_count, 0 as superseded_count
            """,
            {"facts": entry.ledger_row},
        )

    def accept(self, batch: LandedBatch) -> BatchResult:
        """Bring the batch into raw, with its ledger row, rejects and entities: all or nothing.

        Raises:
            ValueError: the batch has structural problems.
        """
        if batch.problems:
            raise ValueError(f"{batch.file_name} cannot be accepted: {batch.problems[0]}")
        position = position_of(self._connection, batch, is_loaded=True)
        return self._accept(replace(batch, position=position), self._decision("accepted", []))

    def _decision(self, status: str, reasons: list[str]) -> Decision:
        return Decision(status, reasons, datetime.now(UTC).replace(tzinfo=None), self._night_id)

    def _accept(self, batch: LandedBatch, decision: Decision) -> BatchResult:
        with self._transaction():
            counts = upsert(self._connection, batch, self._key, decision.loaded_at)
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
            return self._record(batch, decision, counts)

    def quarantine(self, batch: LandedBatch, reasons: Iterable[str]) -> BatchResult:
        """Keep the batch out of raw and say why, with its rejects: all or nothing."""
        position = position_of(self._connection, batch, is_loaded=False)
        decision = self._decision("quarantined", list(reasons))
        with self._transaction():
            return self._record(replace(batch, position=position), decision, Upsert(0, 0, 0))

    def close_absent(
        self, files: Collection[LandingFile], source_ids: Collection[str] | None = None
    ) -> int:
        """Close open quarantines of files that no longer lie there as they were; return how many.

        `replaced` where another content has that name now, else `withdrawn`. Only of the sources
        named, by default those that the files belong to.
        """
        same = {
            (file.source_id, file.table_name, file.file_name, self._mark_now(file))
            for file in files
        }
        landed = {place[:3] for place in same}
        # A file that changed or vanished while it was read stays held for tonight.
        same |= self._unsteady
        sources = source_ids or {file.source_id for file in files}
        closed = 0
        with self._transaction():
            for batch_id, source, table, name, mark in self._held("quarantined"):
                if source in sources and (source, table, name, mark) not in same:
                    status = "replaced" if (source, table, name) in landed else "withdrawn"
                    self._close(source, table, batch_id, status)
                    closed += 1
        return closed

    def _check_key(self) -> None:
        mark = key_fingerprint(self._key)
        row = self._connection.execute(
            "select fingerprint from control.hash_key_fingerprint"
        ).fetchone()
        if row is None:
            self._connection.execute("insert into control.hash_key_fingerprint values ($1)", [mark])
        elif row[0] != mark:
            raise UsageError(
                f"{KEY_VARIABLE} is not the key that this warehouse was built with: set that one, "
                "or name a new --warehouse folder"
            )
        if self._archive:
            self._archive.keep_key_mark(mark)

    def _size_and_fingerprint(self, file: LandingFile) -> tuple[int, str]:
        try:
            state = file.path.stat()
            known = (file.path, state.st_size, state.st_mtime_ns)
            if known not in self._fingerprints:
                self._fingerprints[known] = fingerprint(file.path)
        except OSError as problem:
            raise UsageError(f"{file.path} cannot be read: {problem.strerror}") from problem
        return state.st_size, self._fingerprints[known]

    def _mark_now(self, file: LandingFile) -> str:
        """Return the fingerprint, or VANISHED."""
        try:
            return self._size_and_fingerprint(file)[1]
        except UsageError as problem:
            if isinstance(problem.__cause__, FileNotFoundError):
                return VANISHED
            raise

    def _statuses(self, file: LandingFile, mark: str) -> set[str]:
        """Return what became of the content, each time it was landed."""
        rows = self._connection.execute(
            """
            select distinct status from quality.batches
            where source_id = $1 and table_name = $2 and fingerprint = $3
            """,
            [file.source_id, file.table_name, mark],
        ).fetchall()
        return {str(status) for (status,) in rows}

    def _has_come_back(self, file: LandingFile, mark: str) -> bool:
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

    def _next_batch_id(self) -> int:
        """Return the number after the ledger's last and after those that were given meanwhile.

        A number whose batch was never decided on, as its night was killed, is given again. A
        sequence would not do: after a kill or a full disk DuckDB gives some of its numbers twice.
        """
        row = self._connection.execute("select max(batch_id) from quality.batches").fetchone()
        self._newest_number = max(self._newest_number, (row and row[0]) or 0) + 1
        return self._newest_number

    def _held(self, *statuses: str) -> list[tuple[int, str, str, str, str]]:
        rows: list[tuple[int, str, str, str, str]] = self._connection.execute(
            """
            select batch_id, source_id, table_name, file_name, fingerprint from quality.batches
            where list_contains($1::varchar[], status)
            """,
            [list(statuses)],
        ).fetchall()
        return rows

    def _close(self, source_id: str, table_name: str, batch_id: int, status: str) -> None:
        self._connection.execute(
            "update quality.batches set status = $1 where batch_id = $2", [status, batch_id]
        )
        if self._archive:
            forget = partial(self._archive.forget, source_id, table_name, batch_id)
            self._when_done.append(forget)

    def _record(self, batch: LandedBatch, decision: Decision, counts: Upsert) -> BatchResult:
        """Write the ledger row and the rejects; an earlier try of this content is closed."""
        this = (batch.source_id, batch.table_name, batch.fingerprint)
        for batch_id, source, table, name, mark in self._held("quarantined", "released"):
            is_try = decision.status == "accepted" or name == batch.file_name
            if is_try and (source, table, mark) == this:
                self._close(source, table, batch_id, "replaced")
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
        # After the commit, for a transaction changes one database only.
        self._when_done.append(
            lambda: self._connection.execute(f"drop table if exists {batch.relation}")
        )
        self._announce(batch)
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

    def _stage(self, file: LandingFile, batch_id: int) -> Stage:
        return Stage(
            connection=self._connection,
            batch_id=batch_id,
            file=file,
            relation=quoted(LANDED, f"{file.source_id}__{file.table_name}"),
            zone=self._declarations[file.source_id].time_zone or self._business_time_zone,
        )

    def _landed(
        self, stage: Stage, contents: Contents, size: int, mark: str, content: str | None
    ) -> LandedBatch:
        file = stage.file
        return LandedBatch(
            batch_id=stage.batch_id,
            position=stage.batch_id,
            source_id=file.source_id,
            table_name=file.table_name,
            file_name=file.file_name,
            path=file.path,
            file_format=file.file_format,
            fingerprint=mark,
            file_bytes=size,
            record_count=contents.record_count,
            accepted_count=stage.accepted_count,
            rejected_count=stage.rejected_count,
            extra_columns=contents.extra_columns,
            relation=stage.relation,
            declaration=file.declaration,
            problems=contents.problems,
            content=content,
        )

    @contextmanager
    def _packing(
        self, file: LandingFile, mark: str, size: int
    ) -> Iterator[Callable[[], str | None]]:
        if self._archive is None:
            yield lambda: None
        else:
            with packing(self._archive, file, mark, size) as pack:
                yield pack

    def _keep(
        self, file: LandingFile, mark: str, pack: Callable[[], str | None]
    ) -> tuple[str | None, str | None]:
        """Keep the bytes that were read; return their name, or what happened to the file."""
        content = None
        try:
            now = self._mark_now(file)
            if now == mark:
                content = pack()
        except ChangedFileError:
            now = "changed"
        except FileNotFoundError:
            now = VANISHED
        if now == VANISHED:
            return None, "the file vanished while it was read"
        return content, None if now == mark else "the file changed while it was read"

    def _keep_known(self, file: LandingFile, mark: str) -> None:
        """Keep the bytes of a batch that was accepted before there was an archive."""
        entry = self._unkept.get((file.source_id, file.table_name, mark))
        if self._archive and entry:
            with suppress(ChangedFileError, FileNotFoundError):
                self._archive.supply(entry, file.path)

    def _kept(self, row: Entry) -> Entry:
        """Return the archive's word on a batch of the ledger; without content where it has none."""
        known = self._archive and self._archive.entry(row.source_id, row.table_name, row.batch_id)
        return known or row

    def _announce(self, batch: LandedBatch) -> None:
        """Let the archive say what the ledger will say once it is committed."""
        if self._archive is None:
            return
        for row in read_ledger(self._connection, f"batch_id = {batch.batch_id}"):
            entry = replace(row, content=batch.content)
            self._when_undone.append(partial(self._archive.retract, entry))
            self._archive.announce(entry)
            self._when_done.append(partial(self._archive.confirm, entry))

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._when_done.clear()
        self._when_undone.clear()
        self._connection.execute("begin")
        try:
            yield
            self._connection.execute("commit")
        except BaseException:
            # Where the commit itself failed there may be nothing left to roll back.
            with suppress(duckdb.Error):
                self._connection.execute("rollback")
            for undo in self._when_undone:
                undo()
            raise
        for finish in self._when_done:
            finish()


def read_ledger(connection: duckdb.DuckDBPyConnection, where: str = "true") -> list[Entry]:
    """Return the rows of quality.batches, by their number."""
    rows = connection.execute(
        f"select {', '.join(LEDGER_COLUMNS)} from quality.batches where {where} order by batch_id"
    ).fetchall()
    return [Entry(*row) for row in rows]


def read_again(
    connection: duckdb.DuckDBPyConnection,
    file: LandingFile,
    batch_id: int,
    relation: str,
    zone: str,
) -> Contents:
    """Type a file's records into `relation`, to look at; nothing is kept in the ledger."""
    connection.execute(CREATE_PENDING_REJECTS)
    return _read(Stage(connection, batch_id, file, relation, zone))


def _read(stage: Stage) -> Contents:
    stage.clear()
    try:
        return READERS[stage.file.file_format](stage)
    except UnreadableFileError as problem:
        return _unusable(stage, str(problem))
    except FileNotFoundError:
        return _unusable(stage, "the file vanished while it was read")
    except FILE_ERRORS as problem:
        if is_fault_beside(problem, stage.file.path):
            raise
        return _unusable(stage, f"the file cannot be read ({privacy.message(problem)})")


def _unusable(stage: Stage, problem: str) -> Contents:
    stage.clear()
    return Contents(None, [], [problem])
