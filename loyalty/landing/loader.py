"""Files to raw: land one, let the gate look at it, accept or quarantine it."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from loyalty.declarations import SourceDeclaration
from loyalty.errors import DamagedWarehouseError
from loyalty.landing import reading
from loyalty.landing.batch_ledger import BatchLedger, Decision
from loyalty.landing.batches import BatchResult, LandedBatch
from loyalty.landing.files import LandingFile
from loyalty.landing.fingerprints import Fingerprints
from loyalty.landing.hashing import check_key
from loyalty.landing.keeping import Keeper
from loyalty.landing.positions import position_of
from loyalty.landing.quoting import quoted
from loyalty.landing.raw_tables import Upsert, create_raw_tables, upsert
from loyalty.landing.staging import CREATE_PENDING_REJECTS, LANDED, OPEN_LANDED, Stage
from loyalty.landing.transactions import Transactions
from loyalty.warehouse.archive import Archive
from loyalty.warehouse.archive_entry import Entry


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
        self._on_news = on_news
        self._ledger = BatchLedger(connection)
        self._transactions = Transactions(connection)
        self._fingerprints = Fingerprints()
        self._keeper = Keeper(archive, self._fingerprints, self._transactions)
        self._unsteady: set[tuple[str, str, str, str]] = set()

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
        mark = check_key(self._connection, self._key)
        self._keeper.keep_key_mark(mark)
        create_raw_tables(self._connection, self._declarations.values())
        self._keeper.settle(self._ledger.rows())

    def land(self, file: LandingFile) -> LandedBatch | None:
        """Type the file's records into a table of their own; raw does not change.

        Returns None when this content was discarded, or accepted before and not replaced by another
        under its name since: what comes back is the file's newest state. A file that cannot be
        read, that changes or vanishes meanwhile, gives a batch with `problems` and no rows.

        Raises:
            UsageError: the file is gone already, or may not be read.
        """
        size, mark = self._fingerprints.of(file)
        statuses = self._ledger.statuses(file, mark)
        if "discarded" in statuses or (
            "accepted" in statuses and not self._ledger.has_come_back(file, mark)
        ):
            self._keeper.keep_known(file, mark)
            return None
        self._on_news()
        stage = self._stage(file, self._ledger.next_batch_id())
        with self._keeper.packing(file, mark, size) as pack:
            contents = reading.read(stage)
            content, change = self._keeper.keep(file, mark, pack)
        if change:
            self._unsteady.add((file.source_id, file.table_name, file.file_name, mark))
            contents = reading.unusable(stage, change)
        batch = reading.landed_batch(stage, contents, size, mark, content)
        return replace(batch, is_released="released" in statuses)

    def released(self) -> list[Entry]:
        """Return what an operator released and no night has loaded yet."""
        return [self._keeper.word_on(row) for row in self._ledger.rows("status = 'released'")]

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
        return "discarded" in self._ledger.statuses(file, self._fingerprints.now(file))

    def known_as(self, file: LandingFile) -> str | None:
        """Return the name under which this content was loaded, where this name never brought any.

        None for content without records: of an empty export every night's is the same.
        """
        return self._ledger.known_as(file, self._fingerprints.now(file))

    def restore(
        self, entry: Entry, path: Path, look: Callable[[LandedBatch], None] | None = None
    ) -> BatchResult:
        """Bring a batch of the archive, unpacked at `path`, into raw again under its own number.

        `look` sees the batch before it joins.

        Raises:
            DamagedWarehouseError: its table is no longer declared, or it cannot be read any more.
        """
        stage = self._stage(self.file_of(entry, path), entry.batch_id)
        contents = reading.read(stage)
        batch = reading.landed_batch(
            stage, contents, entry.file_bytes, entry.fingerprint, entry.content
        )
        batch = replace(batch, position=entry.position)
        if batch.problems:
            raise DamagedWarehouseError(f"{entry} cannot be read again: {batch.problems[0]}")
        if look:
            look(batch)
        decision = Decision(entry.status, entry.reasons, entry.loaded_at, entry.night_id)
        return self._accept(batch, decision)

    def reopen(self, entry: Entry) -> None:
        """Bring what the ledger said of a batch that is not in raw back into it."""
        self._ledger.reopen(entry)

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
        with self._transactions.begin():
            counts = upsert(self._connection, batch, self._key, decision.loaded_at)
            self._ledger.add_entities(batch)
            return self._record(batch, decision, counts)

    def quarantine(self, batch: LandedBatch, reasons: Iterable[str]) -> BatchResult:
        """Keep the batch out of raw and say why, with its rejects: all or nothing."""
        position = position_of(self._connection, batch, is_loaded=False)
        decision = self._decision("quarantined", list(reasons))
        with self._transactions.begin():
            return self._record(replace(batch, position=position), decision, Upsert(0, 0, 0))

    def close_absent(
        self, files: Collection[LandingFile], source_ids: Collection[str] | None = None
    ) -> int:
        """Close open quarantines of files that no longer lie there as they were; return how many.

        `replaced` where another content has that name now, else `withdrawn`. Only of the sources
        named, by default those that the files belong to.
        """
        same = {
            (file.source_id, file.table_name, file.file_name, self._fingerprints.now(file))
            for file in files
        }
        landed = {place[:3] for place in same}
        # A file that changed or vanished while it was read stays held for tonight.
        same |= self._unsteady
        sources = source_ids or {file.source_id for file in files}
        closed = 0
        with self._transactions.begin():
            for batch_id, source, table, name, mark in self._ledger.held("quarantined"):
                if source in sources and (source, table, name, mark) not in same:
                    status = "replaced" if (source, table, name) in landed else "withdrawn"
                    self._close(source, table, batch_id, status)
                    closed += 1
        return closed

    def _close(self, source_id: str, table_name: str, batch_id: int, status: str) -> None:
        self._ledger.close(batch_id, status)
        self._keeper.forget(source_id, table_name, batch_id)

    def _record(self, batch: LandedBatch, decision: Decision, counts: Upsert) -> BatchResult:
        """Write the ledger row and the rejects; an earlier try of this content is closed."""
        this = (batch.source_id, batch.table_name, batch.fingerprint)
        for batch_id, source, table, name, mark in self._ledger.held("quarantined", "released"):
            is_try = decision.status == "accepted" or name == batch.file_name
            if is_try and (source, table, mark) == this:
                self._close(source, table, batch_id, "replaced")
        result = self._ledger.add(batch, decision, counts)
        # After the commit, for a transaction changes one database only.
        self._transactions.when_done.append(
            lambda: self._connection.execute(f"drop table if exists {batch.relation}")
        )
        # What the ledger will say once it is committed.
        for row in self._ledger.rows(f"batch_id = {batch.batch_id}"):
            self._keeper.announce(replace(row, content=batch.content))
        return result

    def _stage(self, file: LandingFile, batch_id: int) -> Stage:
        return Stage(
            connection=self._connection,
            batch_id=batch_id,
            file=file,
            relation=quoted(LANDED, f"{file.source_id}__{file.table_name}"),
            zone=self._declarations[file.source_id].time_zone or self._business_time_zone,
        )
