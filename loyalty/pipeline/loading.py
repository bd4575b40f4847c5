"""The load step: each landing file is landed, checked by gate 1, and joined to raw or held."""

import logging
import os
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from loyalty import gates, landing, settings, signals
from loyalty.declarations import SourceDeclaration
from loyalty.errors import DamagedWarehouseError, GateStop
from loyalty.pipeline import preload
from loyalty.pipeline.summary import FileOutcome, NightReport
from loyalty.project import business_time_zone
from loyalty.warehouse.archive import Archive

# Where a night says what it does, whichever module it is in.
LOG = logging.getLogger("loyalty.night")


@dataclass
class Loading:
    """One load step of a night, told in its report.

    `go_on` raises where the night may not go on; `part` keeps the seconds of a named part.
    """

    connection: duckdb.DuckDBPyConnection
    archive: Archive
    declarations: dict[str, SourceDeclaration]
    sources: Mapping[str, Path]
    report: NightReport
    go_on: Callable[[], None]
    part: Callable[[str], AbstractContextManager[None]]
    repeats: list[gates.Repeat] = field(default_factory=list)

    def load_all(self) -> None:
        """Load what was released, then every file of every source."""
        loader = landing.Loader(
            self.connection,
            self.report.night_id,
            self.declarations,
            landing.hash_key(os.environ, list(self.sources.values())),
            business_time_zone(),
            archive=self.archive,
            on_news=preload.begin,
        )
        loader.prepare()
        self._load_released(loader)
        found = []
        for name, folder in self.sources.items():
            found += self._load_source(loader, name, folder)
        loader.close_absent(found, list(self.sources))

    def _load_released(self, loader: landing.Loader) -> None:
        """Load what was released, from the archive: its landing files may be gone."""
        for entry in loader.released():
            try:
                with self.archive.unpacked(entry) as path:
                    self._tell(self._load_file(loader, loader.file_of(entry, path)))
            except DamagedWarehouseError as problem:
                # The file may still lie in landing; if not, it goes on waiting.
                LOG.warning("  %s", problem)

    def _load_source(
        self, loader: landing.Loader, name: str, folder: Path
    ) -> list[landing.LandingFile]:
        found = landing.find_files(self.declarations[name], folder)
        for path in found.ignored:
            LOG.warning("  %s: %s fits no table's file pattern, left alone", name, path.name)
        if not found.files:
            LOG.warning("  %s: no files in %s", name, folder)
        for file in found.files:
            self._tell(self._load_file(loader, file))
        return list(found.files)

    def _tell(self, outcome: FileOutcome) -> None:
        self.report.files.append(outcome)
        LOG.log(logging.WARNING if outcome.reasons else logging.INFO, "  %s", outcome)

    def _load_file(self, loader: landing.Loader, file: landing.LandingFile) -> FileOutcome:
        self.go_on()
        began = time.monotonic()
        table = f"{file.source_id}.{file.table_name}"
        with self.part(f"read {table}"):
            batch = loader.land(file)
        if batch is None:
            is_discarded = loader.is_discarded(file)
            known_as = loader.known_as(file)
            if known_as:
                self.repeats.append(
                    gates.Repeat(file.source_id, file.table_name, file.file_name, known_as)
                )
            return FileOutcome(
                file.source_id, file.table_name, file.file_name, is_discarded=is_discarded
            )
        with self.part(f"gate 1 {table}"):
            preload.wait_for("gates")
            outcome = gates.check_batch(
                self.connection, self.report.night_id, batch, settings.time_limit()
            )
        # A gate that a signal broke is no reason to hold a file back.
        signals.check()
        self.report.gates.append(outcome)
        reasons = [result.message for result in outcome.critical_failures]
        if not outcome.is_passed and not reasons:
            reasons = ["the gate failed without a reason"]
        may_join = batch.is_released and outcome.is_releasable
        is_held = bool(batch.problems or (reasons and not may_join))
        with self.part(f"join {table}"):
            if is_held:
                loader.quarantine(batch, reasons)
            else:
                loader.accept(batch)
        return FileOutcome(
            batch.source_id,
            batch.table_name,
            batch.file_name,
            batch.accepted_count if not is_held else None,
            batch.rejected_count,
            tuple(reasons),
            tuple(batch.extra_columns),
            time.monotonic() - began,
            batch.batch_id,
        )

    def stop_if_frozen(self) -> None:
        """Hold what came again night after night, unchanged, against the feeds' declarations.

        Raises:
            GateStop: a feed stands still.
        """
        repeated = gates.check_repeats(self.connection, self.report.night_id, self.repeats)
        self.report.gates += repeated
        reasons = [result.message for each in repeated for result in each.critical_failures]
        if reasons:
            raise GateStop("; ".join(reasons))


def stop_if_held(connection: duckdb.DuckDBPyConnection) -> None:
    """Go on only if nothing is in quarantine.

    Raises:
        GateStop: a batch is held, or was released and could not be loaded.
    """
    held = connection.execute(
        "select batch_id, status, reasons[1] from quality.batches "
        "where status in ('quarantined', 'released') order by batch_id"
    ).fetchall()
    if not held:
        return
    number, status, reason = held[0]
    why = "released, but its bytes are not at hand: land its file again"
    others = f" (and {len(held) - 1} more, see `loyalty quarantine list`)" if held[1:] else ""
    raise GateStop(
        f"in quarantine: {reason if status == 'quarantined' else why}{others}. Nothing new is "
        f"published; `loyalty quarantine show {number}` tells more. Correct it, take it away, "
        "release or discard it, then run the same command again"
    )
