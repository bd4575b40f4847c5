"""The archive held to the ledger when a night begins, and rid of what neither names any more."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from loyalty.errors import DamagedWarehouseError
from loyalty.warehouse import durable
from loyalty.warehouse.archive import ANNOUNCED, ENTRY, Archive
from loyalty.warehouse.archive_bytes import UNFINISHED
from loyalty.warehouse.archive_entry import Entry, read

# What these say is history: their bytes are needed no more.
FORGOTTEN = ("replaced", "withdrawn")


def settle(archive: Archive, ledger: Iterable[Entry]) -> list[Entry]:
    """Make the archive say what the ledger says, and return its batches, when a night begins.

    Raises:
        DamagedWarehouseError: the ledger lacks batches that it had: the build database is an
            older one.
    """
    rows = {row.batch_id: row for row in ledger}
    _settle_announced(archive, rows)
    entries = _confirmed(archive, rows)
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
                archive.path(entry).unlink(missing_ok=True)
                del entries[number]
        elif entry is None or (entry.status, entry.reasons) != (row.status, row.reasons):
            content = entry.content if entry else _content_of(archive, row)
            entries[number] = replace(row, content=content)
            archive.write(entries[number])
    _sweep(archive, entries.values())
    return list(entries.values())


def _settle_announced(archive: Archive, rows: Mapping[int, Entry]) -> None:
    """A night died between its announcement and its confirmation: the ledger decides."""
    for path in list(archive.folder.glob(f"*/*/*{ANNOUNCED}")):
        entry = read(path)
        if entry and _is_known(entry, rows):
            durable.move(path, archive.path(entry))
        else:
            path.unlink()


def _confirmed(archive: Archive, rows: Mapping[int, Entry]) -> dict[int, Entry]:
    """Read the entries; a damaged one whose batch the ledger knows is written anew from it."""
    entries = {}
    for path in list(archive.folder.glob(f"*/*/*{ENTRY}")):
        entry = read(path)
        if entry is None and int(path.stem) in rows:
            path.unlink()
        elif entry is not None:
            entries[entry.batch_id] = entry
    return dict(sorted(entries.items()))


def _content_of(archive: Archive, row: Entry) -> str | None:
    """Return the file with the batch's bytes, if there is one."""
    room = archive.room(row.source_id, row.table_name)
    found = room.glob(f"{row.fingerprint}.*") if row.fingerprint else iter(())
    return next((path.name for path in found if path.suffix != UNFINISHED), None)


def _sweep(archive: Archive, entries: Iterable[Entry]) -> None:
    """Remove bytes that no entry names, and what was never written to its end."""
    named = {archive.content(entry) for entry in entries if entry.content}
    for path in archive.folder.glob("*/*/*"):
        if path.suffix != ENTRY and path not in named:
            path.unlink()


def _is_known(entry: Entry, rows: Mapping[int, Entry]) -> bool:
    row = rows.get(entry.batch_id)
    return row is not None and row.identity == entry.identity
