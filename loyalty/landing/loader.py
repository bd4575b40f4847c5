"""Files to raw: land one, let the gate look at it, accept or quarantine it."""

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from loyalty.declarations import SourceDeclaration
from loyalty.errors import UsageError
from loyalty.landing.batches import BatchResult, LandedBatch
from loyalty.landing.contents import UnreadableFileError, fingerprint
from loyalty.landing.csv_files import land_csv
from loyalty.landing.files import LandingFile
from loyalty.landing.hashing import KEY_VARIABLE, key_fingerprint
from loyalty.landing.json_lines import land_json_lines
from loyalty.landing.names import quoted
from loyalty.landing.parquet_files import land_parquet
from loyalty.landing.raw_tables import Upsert, create_raw_tables, upsert
from loyalty.landing.staging import CREATE_PENDING_REJECTS, PENDING_REJECTS, Contents, Stage

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


class Loader:
    """Loads landing files of declared sources into the build database, a batch a file.

    The connection is the one writer of that database, with its session in UTC.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        night_id: str,
        declarations: dict[str, SourceDeclaration],
        key: bytes,
        business_time_zone: str,
    ):
        self._connection = connection
        self._night_id = night_id
        self._declarations = declarations
        self._key = key
        self._business_time_zone = business_time_zone
        self._fingerprints: dict[tuple[Path, int, int], str] = {}

    def prepare(self) -> None:
        """Make every declared raw table, empty where new, and hold the hash key to the first one.

        Raises:
            UsageError: the warehouse was built with another hash key.
            DamagedWarehouseError: a declared type is not the raw table's.
        """
        self._connection.execute("set preserve_insertion_order = true")
        self._connection.execute(CREATE_PENDING_REJECTS)
        self._check_key()
        create_raw_tables(self._connection, self._declarations.values())

    def land(self, file: LandingFile) -> LandedBatch | None:
        """Type the file's records into a table of schema `landing`; raw does not change.

        Returns None when this content was accepted before. A file that cannot be read gives a
        batch with `problems` and no rows.

        Raises:
            UsageError: the file is gone or may not be read.
        """
        size, mark = self._size_and_fingerprint(file)
        if self._is_accepted(file, mark):
            return None
        relation = quoted("landing", f"{file.source_id}__{file.table_name}")
        source = self._declarations[file.source_id]
        stage = Stage(
            connection=self._connection,
            batch_id=self._next_batch_id(),
            file=file,
            relation=relation,
            zone=source.time_zone or self._business_time_zone,
        )
        contents = _read(stage)
        if self._size_and_fingerprint(file)[1] != mark:
            contents = _unusable(stage, "the file changed while it was read")
        return LandedBatch(
            batch_id=stage.batch_id,
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
            relation=relation,
            declaration=file.declaration,
            problems=contents.problems,
        )

    def accept(self, batch: LandedBatch) -> BatchResult:
        """Bring the batch into raw, with its ledger row, rejects and entities: all or nothing.

        Raises:
            ValueError: the batch has structural problems.
        """
        if batch.problems:
            raise ValueError(f"{batch.file_name} cannot be accepted: {batch.problems[0]}")
        loaded_at = _now()
        with self._transaction():
            counts = upsert(self._connection, batch, self._key, loaded_at)
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
            return self._record(batch, "accepted", [], counts, loaded_at)

    def quarantine(self, batch: LandedBatch, reasons: Iterable[str]) -> BatchResult:
        """Keep the batch out of raw and say why, with its rejects: all or nothing."""
        with self._transaction():
            counts = Upsert(0, 0, 0)
            return self._record(batch, "quarantined", list(reasons), counts, _now())

    def close_absent(
        self, files: Collection[LandingFile], source_ids: Collection[str] | None = None
    ) -> int:
        """Close open quarantines whose content is no longer landed; return how many.

        `replaced` where a file of that name now has another content, else `withdrawn`. Only of
        the sources named, by default those that the files belong to.
        """
        landed = {(file.source_id, file.table_name, file.file_name) for file in files}
        contents = {
            (file.source_id, file.table_name, self._size_and_fingerprint(file)[1]) for file in files
        }
        sources = source_ids or {file.source_id for file in files}
        closed = 0
        with self._transaction():
            for batch_id, source, table, name, mark in self._open_quarantines():
                if source in sources and (source, table, mark) not in contents:
                    status = "replaced" if (source, table, name) in landed else "withdrawn"
                    self._close(batch_id, status)
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

    def _size_and_fingerprint(self, file: LandingFile) -> tuple[int, str]:
        try:
            state = file.path.stat()
            known = (file.path, state.st_size, state.st_mtime_ns)
            if known not in self._fingerprints:
                self._fingerprints[known] = fingerprint(file.path)
        except OSError as problem:
            raise UsageError(f"{file.path} cannot be read: {problem.strerror}") from problem
        return state.st_size, self._fingerprints[known]

    def _is_accepted(self, file: LandingFile, mark: str) -> bool:
        return bool(
            self._connection.execute(
                """
                select 1 from quality.batches
                where
                    source_id = $1 and table_name = $2 and fingerprint = $3
                    and status = 'accepted'
                """,
                [file.source_id, file.table_name, mark],
            ).fetchone()
        )

    def _next_batch_id(self) -> int:
        row = self._connection.execute("select nextval('quality.batch_ids')").fetchone()
        assert row is not None
        return int(row[0])

    def _open_quarantines(self) -> list[tuple[int, str, str, str, str]]:
        rows: list[tuple[int, str, str, str, str]] = self._connection.execute(
            """
            select batch_id, source_id, table_name, file_name, fingerprint from quality.batches
            where status = 'quarantined'
            """
        ).fetchall()
        return rows

    def _close(self, batch_id: int, status: str) -> None:
        self._connection.execute(
            "update quality.batches set status = $1 where batch_id = $2", [status, batch_id]
        )

    def _record(
        self,
        batch: LandedBatch,
        status: str,
        reasons: list[str],
        counts: Upsert,
        loaded_at: datetime,
    ) -> BatchResult:
        """Write the ledger row and the rejects; an earlier try of this content is closed."""
        self._connection.execute(
            """
            update quality.batches set status = 'replaced'
            where
                source_id = $1 and table_name = $2 and fingerprint = $3
                and status = 'quarantined'
            """,
            [batch.source_id, batch.table_name, batch.fingerprint],
        )
        self._connection.execute(
            f"insert into quality.batches values ({', '.join(['?'] * 18)})",
            [
                batch.batch_id,
                self._night_id,
                batch.source_id,
                batch.table_name,
                batch.file_name,
                batch.file_format,
                batch.fingerprint,
                batch.file_bytes,
                batch.record_count,
                batch.accepted_count,
                batch.rejected_count,
                counts.inserted,
                counts.replaced,
                counts.superseded,
                batch.extra_columns,
                status,
                reasons,
                loaded_at,
            ],
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
        self._connection.execute(f"drop table if exists {batch.relation}")
        return BatchResult(
            batch_id=batch.batch_id,
            source_id=batch.source_id,
            table_name=batch.table_name,
            file_name=batch.file_name,
            status=status,
            record_count=batch.record_count,
            accepted_count=batch.accepted_count,
            rejected_count=batch.rejected_count,
            inserted_count=counts.inserted,
            replaced_count=counts.replaced,
            superseded_count=counts.superseded,
            reasons=reasons,
        )

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("begin")
        try:
            yield
        except BaseException:
            self._connection.execute("rollback")
            raise
        self._connection.execute("commit")


def _read(stage: Stage) -> Contents:
    stage.clear()
    try:
        return READERS[stage.file.file_format](stage)
    except UnreadableFileError as problem:
        return _unusable(stage, str(problem))
    except FILE_ERRORS as problem:
        return _unusable(stage, f"the file cannot be read ({_first_line(problem)})")


def _unusable(stage: Stage, problem: str) -> Contents:
    stage.clear()
    return Contents(None, [], [problem])


def _first_line(problem: Exception) -> str:
    return str(problem).partition("\n")[0]


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
