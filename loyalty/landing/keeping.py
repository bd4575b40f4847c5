"""What the archive keeps of what is landed: the bytes of a file, beside the reading of it."""

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial

from loyalty.landing.files import LandingFile
from loyalty.landing.fingerprints import VANISHED, Fingerprints
from loyalty.landing.transactions import Transactions
from loyalty.warehouse.archive import Archive
from loyalty.warehouse.archive_bytes import ChangedFileError
from loyalty.warehouse.archive_entry import Entry
from loyalty.warehouse.archive_settling import settle

# A smaller file is packed once it is read: then no change of it in between can be missed, however
# coarse the clock of its file system is.
LARGE_BYTES = 1 << 24


class Keeper:
    """Keeps the bytes of landed files; without an archive, nothing."""

    def __init__(
        self, archive: Archive | None, fingerprints: Fingerprints, transactions: Transactions
    ) -> None:
        self._archive = archive
        self._fingerprints = fingerprints
        self._transactions = transactions
        self._unkept: dict[tuple[str, str, str], Entry] = {}

    def keep_key_mark(self, mark: str) -> None:
        """Keep the fingerprint of the hash key, never the key."""
        if self._archive:
            self._archive.keep_key_mark(mark)

    def settle(self, ledger: Iterable[Entry]) -> None:
        """Hold the archive to the ledger.

        Raises:
            DamagedWarehouseError: the database is older than its archive.
        """
        if self._archive:
            for entry in settle(self._archive, ledger):
                if entry.content is None:
                    self._unkept[entry.source_id, entry.table_name, entry.fingerprint] = entry

    def announce(self, entry: Entry) -> None:
        """Say what the ledger will say once the open transaction is committed."""
        if self._archive:
            self._transactions.when_undone.append(partial(self._archive.retract, entry))
            self._archive.announce(entry)
            self._transactions.when_done.append(partial(self._archive.confirm, entry))

    def forget(self, source_id: str, table_name: str, batch_id: int) -> None:
        """Forget a batch once the open transaction is committed."""
        if self._archive:
            forget = partial(self._archive.forget, source_id, table_name, batch_id)
            self._transactions.when_done.append(forget)

    @contextmanager
    def packing(
        self, file: LandingFile, mark: str, size: int
    ) -> Iterator[Callable[[], str | None]]:
        """Give what returns the archive's name of the bytes, once they are kept."""
        if self._archive is None:
            yield lambda: None
        else:
            with packing(self._archive, file, mark, size) as pack:
                yield pack

    def keep(
        self, file: LandingFile, mark: str, pack: Callable[[], str | None]
    ) -> tuple[str | None, str | None]:
        """Keep the bytes that were read; return their name, or what happened to the file."""
        content = None
        try:
            now = self._fingerprints.now(file)
            if now == mark:
                content = pack()
        except ChangedFileError:
            now = "changed"
        except FileNotFoundError:
            now = VANISHED
        if now == VANISHED:
            return None, "the file vanished while it was read"
        return content, None if now == mark else "the file changed while it was read"

    def keep_known(self, file: LandingFile, mark: str) -> None:
        """Keep the bytes of a batch that was accepted before there was an archive."""
        entry = self._unkept.get((file.source_id, file.table_name, mark))
        if self._archive and entry:
            with suppress(ChangedFileError, FileNotFoundError):
                self._archive.supply(entry, file.path)

    def word_on(self, row: Entry) -> Entry:
        """Return the archive's word on a batch of the ledger; without content where it has none."""
        known = self._archive and self._archive.entry(row.source_id, row.table_name, row.batch_id)
        return known or row


@contextmanager
def packing(
    archive: Archive, file: LandingFile, fingerprint: str, size: int
) -> Iterator[Callable[[], str]]:
    """Give what returns the archive's name of the bytes once they are kept; it raises as `pack`.

    What was begun and is not asked for when this is left is given up.
    """
    is_over = threading.Event()

    def pack() -> str:
        return archive.pack(file.path, file.source_id, file.table_name, fingerprint, is_over.is_set)

    if size < LARGE_BYTES:
        yield pack
        return
    with ThreadPoolExecutor(1, "archive") as beside:
        try:
            yield beside.submit(pack).result
        finally:
            is_over.set()
