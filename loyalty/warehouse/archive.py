"""The archive: the bytes of every batch that was landed, from which raw can be loaded anew.

`private/archive/<source>/<table>/` holds the bytes, compressed and named by their fingerprint, and
beside them one small JSON file a batch with what the ledger says of it. An entry is announced
before the ledger's commit and confirmed after it, so a batch in the ledger is always in the
archive, and an announcement that the ledger never heard of is taken back by the next night.
"""

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from loyalty.errors import DamagedWarehouseError
from loyalty.warehouse import durable
from loyalty.warehouse.diagnosis import is_disk_full

BLOCK_BYTES = 1 << 22
PACKED = ".zst"
# Small already: kept as they are.
COMPRESSED = (".gz", ".parquet")
# What these say is history: their bytes are needed no more.
FORGOTTEN = ("replaced", "withdrawn")
LOADED = ("accepted",)
ENTRY, ANNOUNCED, KEY = ".json", ".announced", "hash_key"
UNFINISHED = ".unfinished"
UNPACKED = "unpacked_"


class ChangedFileError(Exception):
    """The file's bytes are no longer those of its fingerprint."""


class GivenUpError(Exception):
    """Nobody waits for the bytes any more."""


@dataclass(frozen=True)
class Entry:
    """One batch: its row of quality.batches, and `content`, the name of the file with its bytes.

    `content` is None where the bytes could not be had: they were loaded before there was an
    archive, or changed while they were read.
    """

    batch_id: int
    night_id: str
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
    loaded_at: datetime
    position: int
    content: str | None = None

    @property
    def is_loaded(self) -> bool:
        """Whether its rows are in raw."""
        return self.status in LOADED

    @property
    def ledger_row(self) -> dict[str, Any]:
        """What quality.batches says of it, by column."""
        return {name: value for name, value in vars(self).items() if name != "content"}

    @property
    def identity(self) -> tuple[int, str, str, str]:
        """What the ledger's row of the same batch shares with it."""
        return self.batch_id, self.source_id, self.table_name, self.fingerprint

    def __str__(self) -> str:
        """Return how a sentence names it."""
        return f"{self.source_id}.{self.table_name} {self.file_name} (batch {self.batch_id})"


LEDGER_COLUMNS = tuple(field.name for field in fields(Entry) if field.name != "content")


class Archive:
    """The archive below `folder`; one process at a time, the holder of the lock, changes it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def pack(
        self,
        file: Path,
        source_id: str,
        table_name: str,
        fingerprint: str,
        is_given_up: Callable[[], bool] = lambda: False,
    ) -> str:
        """Keep the file's bytes, durably, and return the name of their file; once per content.

        `is_given_up` ends it soon, with nothing kept.

        Raises:
            ChangedFileError: the bytes are not those of `fingerprint`.
            GivenUpError: it was given up.
            OSError: the file is gone, or the disk refused.
        """
        room = self._room(source_id, table_name)
        is_packed = not file.name.lower().endswith(COMPRESSED)
        name = fingerprint + "".join(_endings(file)) + (PACKED if is_packed else "")
        target = room / name
        if target.exists():
            return name
        self._make(room)
        unfinished = room / (name + UNFINISHED)
        try:
            with file.open("rb") as source, _writer(unfinished, is_packed) as sink:
                digest = _copy(source, sink, is_given_up)
            if digest != fingerprint:
                raise ChangedFileError(file.name)
            durable.move(unfinished, target)
        finally:
            unfinished.unlink(missing_ok=True)
        return name

    def announce(self, entry: Entry) -> None:
        """Write what the ledger is about to say; call it before the ledger's commit."""
        room = self._room(entry.source_id, entry.table_name)
        self._make(room)
        durable.write(room / f"{entry.batch_id}{ANNOUNCED}", _to_json(entry))

    def confirm(self, entry: Entry) -> None:
        """The ledger has it: call it after the ledger's commit."""
        room = self._room(entry.source_id, entry.table_name)
        durable.move(room / f"{entry.batch_id}{ANNOUNCED}", room / f"{entry.batch_id}{ENTRY}")

    def retract(self, entry: Entry) -> None:
        """The ledger did not take it: there is no such batch."""
        room = self._room(entry.source_id, entry.table_name)
        (room / f"{entry.batch_id}{ANNOUNCED}").unlink(missing_ok=True)

    def forget(self, source_id: str, table_name: str, batch_id: int) -> None:
        """The batch is history; bytes that no other batch shares go when the next night begins."""
        (self._room(source_id, table_name) / f"{batch_id}{ENTRY}").unlink(missing_ok=True)

    def entries(self) -> list[Entry]:
        """Return all batches, announced ones too, by their number.

        Raises:
            DamagedWarehouseError: an entry cannot be read.
        """
        found: dict[int, Entry] = {}
        # What is announced and confirmed is the announcement of a change of status: it is newer.
        for ending in (ENTRY, ANNOUNCED):
            for path in self.folder.glob(f"*/*/*{ending}"):
                entry = _read(path)
                if entry is None:
                    raise DamagedWarehouseError(
                        f"{path}, which names a batch of the archive, is damaged: put it back from "
                        "a backup"
                    )
                found[entry.batch_id] = entry
        return [found[number] for number in sorted(found)]

    def entry(self, source_id: str, table_name: str, batch_id: int) -> Entry | None:
        """Return one batch; None where the archive does not know it, or its entry is damaged."""
        path = self._room(source_id, table_name) / f"{batch_id}{ENTRY}"
        return _read(path) if path.exists() else None

    @property
    def is_empty(self) -> bool:
        """Whether it holds no batch."""
        return not any(True for _ in self.folder.glob(f"*/*/*{ENTRY}"))

    def settle(self, ledger: Iterable[Entry]) -> list[Entry]:
        """Make the archive say what the ledger says, and return its batches, when a night begins.

        Raises:
            DamagedWarehouseError: the ledger lacks batches that it had: the build database is an
                older one.
        """
        rows = {row.batch_id: row for row in ledger}
        self._settle_announced(rows)
        entries = self._confirmed(rows)
        lost = [entry for entry in entries.values() if not _is_known(entry, rows)]
        if lost:
            raise DamagedWarehouseError(
                f"the build database does not know {lost[0]}"
                f"{f' and {len(lost) - 1} more batches' if lost[1:] else ''} that were loaded into "
                "it: it is older than its archive. `loyalty repair` makes it anew from the archive"
            )
        for number, row in rows.items():
            entry = entries.get(number)
            if row.status in FORGOTTEN:
                if entry:
                    self._path(entry).unlink(missing_ok=True)
                    del entries[number]
            elif entry is None or (entry.status, entry.reasons) != (row.status, row.reasons):
                content = entry.content if entry else self._content_of(row)
                entries[number] = replace(row, content=content)
                self._write(entries[number])
        self._sweep(entries.values())
        return list(entries.values())

    def supply(self, entry: Entry, file: Path) -> None:
        """Keep the bytes of a batch that the archive lacks, from the file that was landed.

        Raises:
            ChangedFileError: these are not the batch's bytes.
            OSError: the file is gone, or the disk refused.
        """
        if entry.content:
            self._content(entry).unlink(missing_ok=True)
        content = self.pack(file, entry.source_id, entry.table_name, entry.fingerprint)
        self._write(replace(entry, content=content))

    def has_content(self, entry: Entry) -> bool:
        """Whether there is a file with the entry's bytes; it is not read."""
        return entry.content is not None and self._content(entry).is_file()

    def check(self, entry: Entry) -> None:
        """Read the entry's bytes.

        Raises:
            DamagedWarehouseError: they are not there, or not those that were landed.
        """
        self._unpack(entry, None)

    @contextmanager
    def unpacked(self, entry: Entry) -> Iterator[Path]:
        """Give the batch's file as it was landed, under its own name, for as long as it is needed.

        Raises:
            DamagedWarehouseError: the bytes are not there, or not those that were landed.
        """
        # Below the private room, for it holds personal data.
        with tempfile.TemporaryDirectory(dir=self.folder.parent, prefix=UNPACKED) as folder:
            path = Path(folder) / entry.file_name
            with path.open("wb") as sink:
                self._unpack(entry, sink)
            yield path

    def key_mark(self) -> str | None:
        """Return the fingerprint of the hash key that the batches were loaded with."""
        with suppress(FileNotFoundError):
            return (self.folder / KEY).read_text().strip()
        return None

    def keep_key_mark(self, mark: str) -> None:
        """Keep the fingerprint of the hash key, never the key."""
        if self.key_mark() != mark:
            self._make(self.folder)
            durable.write(self.folder / KEY, mark)

    def _unpack(self, entry: Entry, sink: BinaryIO | None) -> None:
        try:
            if entry.content is None:
                raise FileNotFoundError("its bytes were not kept")
            with _reader(self._content(entry)) as source:
                digest = _copy(source, sink)
        except FileNotFoundError as problem:
            raise DamagedWarehouseError(self._unusable(entry, "is not there")) from problem
        except (OSError, ValueError, EOFError) as problem:
            if is_disk_full(problem):
                raise
            raise DamagedWarehouseError(self._unusable(entry, "cannot be read")) from problem
        if digest != entry.fingerprint:
            raise DamagedWarehouseError(self._unusable(entry, "is damaged"))

    def _unusable(self, entry: Entry, how: str) -> str:
        return (
            f"the archive's copy of {entry} {how}: give the folder that still has the file, "
            f"`loyalty repair --source {entry.source_id}=FOLDER`, or its bytes from a backup of "
            f"{self.folder}"
        )

    def _settle_announced(self, rows: Mapping[int, Entry]) -> None:
        """A night died between its announcement and its confirmation: the ledger decides."""
        for path in list(self.folder.glob(f"*/*/*{ANNOUNCED}")):
            entry = _read(path)
            if entry and _is_known(entry, rows):
                durable.move(path, self._path(entry))
            else:
                path.unlink()

    def _confirmed(self, rows: Mapping[int, Entry]) -> dict[int, Entry]:
        """Read the entries; a damaged one whose batch the ledger knows is written anew from it."""
        entries = {}
        for path in list(self.folder.glob(f"*/*/*{ENTRY}")):
            entry = _read(path)
            if entry is None and int(path.stem) in rows:
                path.unlink()
            elif entry is not None:
                entries[entry.batch_id] = entry
        return dict(sorted(entries.items()))

    def _content_of(self, row: Entry) -> str | None:
        """Return the file with the batch's bytes, if there is one."""
        room = self._room(row.source_id, row.table_name)
        found = room.glob(f"{row.fingerprint}.*") if row.fingerprint else iter(())
        return next((path.name for path in found if path.suffix != UNFINISHED), None)

    def _sweep(self, entries: Iterable[Entry]) -> None:
        """Remove bytes that no entry names, and what was never written to its end."""
        named = {self._content(entry) for entry in entries if entry.content}
        for path in self.folder.glob("*/*/*"):
            if path.suffix != ENTRY and path not in named:
                path.unlink()

    def _write(self, entry: Entry) -> None:
        self.announce(entry)
        self.confirm(entry)

    def _make(self, room: Path) -> None:
        for folder in (self.folder, room.parent, room):
            if not folder.is_dir():
                folder.mkdir(mode=0o700)
                durable.sync(folder.parent)

    def _room(self, source_id: str, table_name: str) -> Path:
        return self.folder / source_id / table_name

    def _path(self, entry: Entry) -> Path:
        return self._room(entry.source_id, entry.table_name) / f"{entry.batch_id}{ENTRY}"

    def _content(self, entry: Entry) -> Path:
        return self._room(entry.source_id, entry.table_name) / str(entry.content)


def _is_known(entry: Entry, rows: Mapping[int, Entry]) -> bool:
    row = rows.get(entry.batch_id)
    return row is not None and row.identity == entry.identity


def _endings(file: Path) -> list[str]:
    """Return what tells the file's format: `.csv.gz` has two, `orders.2026.csv` one."""
    endings = [ending.lower() for ending in file.suffixes]
    return endings[-2:] if endings[-1:] == [".gz"] else endings[-1:]


def _to_json(entry: Entry) -> str:
    facts = asdict(entry) | {"loaded_at": entry.loaded_at.isoformat()}
    return _dumped(facts | {"checksum": _checksum(facts)}) + "\n"


def _read(path: Path) -> Entry | None:
    """Read an entry; None where it is not what was written."""
    try:
        facts: dict[str, Any] = json.loads(path.read_text())
        if facts.pop("checksum") != _checksum(facts):
            return None
        facts["loaded_at"] = datetime.fromisoformat(facts["loaded_at"])
        return Entry(**{field.name: facts[field.name] for field in fields(Entry)})
    except (ValueError, LookupError, TypeError, AttributeError):
        return None


def _checksum(facts: Mapping[str, Any]) -> str:
    return hashlib.sha256(_dumped(facts).encode()).hexdigest()


def _dumped(facts: Mapping[str, Any]) -> str:
    return json.dumps(facts, indent=1, ensure_ascii=False)


def _writer(path: Path, is_packed: bool) -> Any:
    import pyarrow as pa

    return pa.output_stream(str(path), compression="zstd" if is_packed else None)


def _reader(path: Path) -> Any:
    import pyarrow as pa

    return pa.input_stream(str(path), compression="zstd" if path.suffix == PACKED else None)


def _copy(source: Any, sink: Any, is_given_up: Callable[[], bool] = lambda: False) -> str:
    """Copy all bytes, where there is a sink, and return their SHA-256."""
    digest = hashlib.sha256()
    while block := source.read(BLOCK_BYTES):
        if is_given_up():
            raise GivenUpError
        digest.update(block)
        if sink is not None:
            sink.write(block)
    return digest.hexdigest()
