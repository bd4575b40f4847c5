"""The archive: the bytes of every batch that was landed, from which raw can be loaded anew.

`private/archive/<source>/<table>/` holds the bytes, compressed and named by their fingerprint, and
beside them one small JSON file a batch with what the ledger says of it. An entry is announced
before the ledger's commit and confirmed after it, so a batch in the ledger is always in the
archive, and an announcement that the ledger never heard of is taken back by the next night.
"""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from loyalty.errors import DamagedWarehouseError
from loyalty.warehouse import durable
from loyalty.warehouse.archive_bytes import pack, packed_name, unpack
from loyalty.warehouse.archive_entry import Entry, read, to_json
from loyalty.warehouse.diagnosis import is_disk_full

ENTRY, ANNOUNCED, KEY = ".json", ".announced", "hash_key"
UNPACKED = "unpacked_"


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
        room = self.room(source_id, table_name)
        target = room / packed_name(file, fingerprint)
        if not target.exists():
            self._make(room)
            pack(file, target, fingerprint, is_given_up)
        return target.name

    def announce(self, entry: Entry) -> None:
        """Write what the ledger is about to say; call it before the ledger's commit."""
        room = self.room(entry.source_id, entry.table_name)
        self._make(room)
        durable.write(room / f"{entry.batch_id}{ANNOUNCED}", to_json(entry))

    def confirm(self, entry: Entry) -> None:
        """The ledger has it: call it after the ledger's commit."""
        room = self.room(entry.source_id, entry.table_name)
        durable.move(room / f"{entry.batch_id}{ANNOUNCED}", room / f"{entry.batch_id}{ENTRY}")

    def retract(self, entry: Entry) -> None:
        """The ledger did not take it: there is no such batch."""
        room = self.room(entry.source_id, entry.table_name)
        (room / f"{entry.batch_id}{ANNOUNCED}").unlink(missing_ok=True)

    def forget(self, source_id: str, table_name: str, batch_id: int) -> None:
        """The batch is history; bytes that no other batch shares go when the next night begins."""
        (self.room(source_id, table_name) / f"{batch_id}{ENTRY}").unlink(missing_ok=True)

    def entries(self) -> list[Entry]:
        """Return all batches, announced ones too, by their number.

        Raises:
            DamagedWarehouseError: an entry cannot be read.
        """
        found: dict[int, Entry] = {}
        # What is announced and confirmed is the announcement of a change of status: it is newer.
        for ending in (ENTRY, ANNOUNCED):
            for path in self.folder.glob(f"*/*/*{ending}"):
                entry = read(path)
                if entry is None:
                    raise DamagedWarehouseError(
                        f"{path}, which names a batch of the archive, is damaged: put it back from "
                        "a backup"
                    )
                found[entry.batch_id] = entry
        return [found[number] for number in sorted(found)]

    def entry(self, source_id: str, table_name: str, batch_id: int) -> Entry | None:
        """Return one batch; None where the archive does not know it, or its entry is damaged."""
        path = self.room(source_id, table_name) / f"{batch_id}{ENTRY}"
        return read(path) if path.exists() else None

    @property
    def is_empty(self) -> bool:
        """Whether it holds no batch."""
        return not any(True for _ in self.folder.glob(f"*/*/*{ENTRY}"))

    def supply(self, entry: Entry, file: Path) -> None:
        """Keep the bytes of a batch that the archive lacks, from the file that was landed.

        Raises:
            ChangedFileError: these are not the batch's bytes.
            OSError: the file is gone, or the disk refused.
        """
        if entry.content:
            self.content(entry).unlink(missing_ok=True)
        content = self.pack(file, entry.source_id, entry.table_name, entry.fingerprint)
        self.write(replace(entry, content=content))

    def has_content(self, entry: Entry) -> bool:
        """Whether there is a file with the entry's bytes; it is not read."""
        return entry.content is not None and self.content(entry).is_file()

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
            digest = unpack(self.content(entry), sink)
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

    def write(self, entry: Entry) -> None:
        """Write an entry of what the ledger says already."""
        self.announce(entry)
        self.confirm(entry)

    def _make(self, room: Path) -> None:
        for folder in (self.folder, room.parent, room):
            if not folder.is_dir():
                folder.mkdir(mode=0o700)
                durable.sync(folder.parent)

    def room(self, source_id: str, table_name: str) -> Path:
        """Return the folder of a table's batches."""
        return self.folder / source_id / table_name

    def path(self, entry: Entry) -> Path:
        """Return the file of a confirmed entry."""
        return self.room(entry.source_id, entry.table_name) / f"{entry.batch_id}{ENTRY}"

    def content(self, entry: Entry) -> Path:
        """Return the file with the entry's bytes."""
        return self.room(entry.source_id, entry.table_name) / str(entry.content)
