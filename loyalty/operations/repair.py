"""The build database made anew from the archive, and a night on it: `loyalty repair`."""

import logging
import os
import shutil
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import duckdb

from loyalty import gates, landing, publication
from loyalty.declarations import SourceDeclaration
from loyalty.errors import DamagedWarehouseError, GateStop, UsageError
from loyalty.landing.hashing import DEMO_KEY, KEY_VARIABLE, key_fingerprint
from loyalty.landing.quoting import literal
from loyalty.pipeline.loading import stop_if_held
from loyalty.pipeline.request import NightRequest
from loyalty.pipeline.run import Night
from loyalty.project import business_time_zone
from loyalty.warehouse import SYSTEM_TABLES, Warehouse
from loyalty.warehouse.archive import Archive
from loyalty.warehouse.archive_bytes import ChangedFileError
from loyalty.warehouse.archive_entry import Entry
from loyalty.warehouse.archive_settling import settle
from loyalty.warehouse.durable import sync

LOG = logging.getLogger("loyalty.repair")

# History that no archive holds; it is taken over where the damaged file can still be read.
HISTORY = {
    "nights": "true",
    "night_steps": "true",
    "expectation_results": "true",
    "dbt_results": "true",
    "quarantine_decisions": "true",
    # Of batches that did not join raw; those that did were landed anew.
    "rejects": "batch_id not in (select batch_id from quality.rejects)",
    "batches": "batch_id not in (select batch_id from quality.batches)",
}


@dataclass(frozen=True)
class RepairRequest(NightRequest):
    """What is asked of a repair: `sources` are folders to look in for what the archive lacks."""

    def check(self) -> dict[str, SourceDeclaration]:
        """Return the declarations; nothing is created.

        Raises:
            UsageError: a variable is missing or makes no sense, a source is not declared or its
                folder is not there, the key is not that of the warehouse, or nothing was loaded.
        """
        declarations = self._check_settings()
        self._check_sources(declarations)
        if self.warehouse.archive.is_empty:
            raise UsageError(
                f"{self.warehouse.folder} holds no archive of what was loaded; move "
                f"{self.warehouse.build_database} away and run the night on all landing files"
            )
        archive_key(self.warehouse.archive)
        return declarations


class Repair(Night):
    """A night whose database is made anew, and whose batches come from the archive."""

    def load(self) -> None:
        """Date the night as the last good one.

        Raises:
            GateStop: what stood in quarantine stands there again.
        """
        with self._step("load"):
            try:
                stop_if_held(self.connection)
            except GateStop as stop:
                text = str(stop).replace("run the same command again", "run the night")
                raise GateStop(f"the build database is made anew; {text}") from None
            self._date()

    def _as_of(self) -> date | None:
        live = publication.live_path(self.warehouse)
        return publication.read_generation(live).as_of_date if live else None

    def _get_database(self) -> None:
        notes = rebuild(self.warehouse, self.night_id, self.declarations, self.request.sources)
        self.report.notes += notes
        for note in notes:
            LOG.info(note)


def run_repair(request: RepairRequest) -> None:
    """Make the build database anew from the archive, then build, check and publish.

    Raises:
        DamagedWarehouseError: a batch of the archive is damaged; nothing was changed.
        LoyaltyError: a step failed or a gate stopped it; nothing new is published.
    """
    with Repair(request) as night:
        night.load()
        night.build()
        night.check()
        night.publish()
        night.export()


def archive_key(archive: Archive) -> bytes:
    """Return the hash key of the environment, or the demo's where all was made up.

    Raises:
        UsageError: it is missing, or not the key that the batches were loaded with.
    """
    mark, key = archive.key_mark(), os.environ.get(KEY_VARIABLE, "").encode()
    if not key and mark == key_fingerprint(DEMO_KEY):
        return DEMO_KEY
    if not key:
        raise UsageError(
            f"{KEY_VARIABLE} is not set: set the key that the warehouse was built with"
        )
    if mark and mark != key_fingerprint(key):
        raise UsageError(f"{KEY_VARIABLE} is not the key that this warehouse was built with")
    return key


def rebuild(
    warehouse: Warehouse,
    night_id: str,
    declarations: Mapping[str, SourceDeclaration],
    sources: Mapping[str, Path],
) -> list[str]:
    """Put a new build database, loaded from the archive, in the old one's place.

    The old file is moved to `private/damaged_<time>`. Returns sentences that say what was done and
    what could not be kept. The caller holds the lock, and no connection.

    Raises:
        DamagedWarehouseError: a batch of the archive is damaged; nothing was changed.
    """
    archive = warehouse.archive
    _settle(archive, warehouse.build_database)
    _supply(archive, declarations, sources)
    entries = archive.entries()
    room = warehouse.private / "repair"
    shutil.rmtree(room, ignore_errors=True)
    room.mkdir(mode=0o700)
    fresh = room / warehouse.build_database.name
    _load(fresh, night_id, declarations, archive, entries)
    lost = _take_over(fresh, warehouse.build_database)
    aside = _replace(warehouse, fresh)
    room.rmdir()
    loaded = sum(entry.is_loaded for entry in entries)
    notes = [f"the build database was made anew from {loaded} batches of the archive"]
    if aside:
        notes.append(f"the old one lies in {aside}, which may be deleted")
    if lost:
        tables = ", ".join(f"quality.{table}" for table in lost)
        notes.append(f"the history in {tables} could not be kept")
    return notes


def _settle(archive: Archive, old: Path) -> None:
    """Mend entries that are damaged from the old ledger, where that can still be read."""
    try:
        archive.entries()
    except DamagedWarehouseError:
        with suppress(duckdb.Error), duckdb.connect(str(old), read_only=True) as connection:
            settle(archive, landing.read_ledger(connection))


def _supply(
    archive: Archive, declarations: Mapping[str, SourceDeclaration], sources: Mapping[str, Path]
) -> None:
    """Put files of the landing folders in the place of what the archive lacks."""
    for entry in archive.entries():
        if not entry.is_loaded or entry.source_id not in sources:
            continue
        try:
            archive.check(entry)
        except DamagedWarehouseError:
            found = landing.find_files(declarations[entry.source_id], sources[entry.source_id])
            for file in found.files:
                if file.path.stat().st_size == entry.file_bytes:
                    with suppress(ChangedFileError):
                        archive.supply(entry, file.path)
                        LOG.info("  %s: taken from %s", entry, file.path)
                        break


def _load(
    fresh: Path,
    night_id: str,
    declarations: Mapping[str, SourceDeclaration],
    archive: Archive,
    entries: Iterable[Entry],
) -> None:
    with duckdb.connect(str(fresh)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(SYSTEM_TABLES)
        loader = landing.Loader(
            connection, night_id, dict(declarations), archive_key(archive), business_time_zone()
        )
        loader.prepare()
        for entry in entries:
            if not entry.is_loaded:
                loader.reopen(entry)
                continue
            with archive.unpacked(entry) as path:
                result = loader.restore(entry, path, partial(gates.remember, connection))
            LOG.info("  %s: %s rows", entry, f"{result.accepted_count:,}")


def _take_over(fresh: Path, old: Path) -> list[str]:
    """Copy what can still be read of the old database's history; return what cannot."""
    lost = []
    for table, where in HISTORY.items():
        try:
            # A connection each: what is damaged in one may make the whole of it unusable.
            with duckdb.connect(str(fresh)) as connection:
                connection.execute(f"attach {literal(str(old))} as old (read_only)")
                connection.execute(
                    f"insert into quality.{table} by name from old.quality.{table} where {where}"
                )
        except duckdb.Error:
            lost.append(table)
    return lost


def _replace(warehouse: Warehouse, fresh: Path) -> Path | None:
    """Move the old database and its log aside, the new one to its place; a kill leaves none."""
    old = warehouse.build_database
    parts = [path for path in (old, old.with_name(f"{old.name}.wal")) if path.exists()]
    aside = warehouse.private / f"damaged_{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}"
    if parts:
        aside.mkdir(mode=0o700)
    for part in reversed(parts):
        part.rename(aside / part.name)
    sync(fresh)
    fresh.rename(old)
    sync(warehouse.private)
    return aside if parts else None
