"""The archive: what is kept of each batch, and how it and the ledger stay of one mind."""

import gzip
import stat
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest
from landing_shop import KEY, Shop, csv_text, declare, line

from loyalty.errors import DamagedWarehouseError
from loyalty.landing import LandedBatch, Loader, find_files, reading
from loyalty.landing.staging import Contents, Stage
from loyalty.warehouse import SYSTEM_TABLES, archive_bytes
from loyalty.warehouse.archive import Archive


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive")


@pytest.fixture
def kept(shop: Shop, archive: Archive) -> Shop:
    """The shop with a loader that keeps an archive."""
    shop.loader = new_loader(shop.connection, archive)
    return shop


def new_loader(connection: duckdb.DuckDBPyConnection, archive: Archive | None) -> Loader:
    loader = Loader(
        connection, "night 2", {"shop": declare()}, KEY, "Europe/Stockholm", archive=archive
    )
    loader.prepare()
    return loader


def statuses(archive: Archive) -> list[tuple[int, str]]:
    return [(entry.batch_id, entry.status) for entry in archive.entries()]


def files(archive: Archive) -> list[str]:
    return sorted(path.suffix for path in archive.folder.glob("*/*/*"))


def test_each_format_is_kept_to_the_byte(kept: Shop, archive: Archive) -> None:
    text = csv_text(line(1), line(2))
    kept.load("orders.csv", text)
    kept.load("orders_2.csv.gz", gzip.compress(csv_text(line(3)).encode()))
    path = kept.folder / "orders_3.parquet"
    kept.connection.execute(f"copy (from raw_shop.orders limit 1) to '{path}' (format parquet)")
    batch = kept.loader.land(kept.file(path.name))
    assert batch is not None
    kept.loader.accept(batch)
    entries = archive.entries()
    assert [entry.file_name for entry in entries] == ["orders.csv", "orders_2.csv.gz", path.name]
    for entry in entries:
        with archive.unpacked(entry) as unpacked:
            assert unpacked.name == entry.file_name
            assert unpacked.read_bytes() == (kept.folder / entry.file_name).read_bytes()
    assert [Path(str(entry.content)).suffixes for entry in entries] == [
        [".csv", ".zst"],
        [".csv", ".gz"],
        [".parquet"],
    ]
    assert stat.S_IMODE(archive.folder.stat().st_mode) == 0o700
    assert not list(archive.folder.parent.glob("unpacked_*"))


def test_a_batch_is_restored_as_it_was(kept: Shop, archive: Archive) -> None:
    kept.load("orders.csv", csv_text(line(1), line(2, amount="x")))
    kept.load("orders_2.csv", csv_text(line(1, amount="7")))
    columns = "* exclude (night_id)"
    with duckdb.connect() as fresh:
        fresh.execute("set TimeZone = 'UTC'")
        fresh.execute(SYSTEM_TABLES)
        loader = new_loader(fresh, None)
        seen: list[LandedBatch] = []
        for entry in archive.entries():
            with archive.unpacked(entry) as path:
                loader.restore(entry, path, seen.append)
        assert [(batch.batch_id, batch.accepted_count) for batch in seen] == [(1, 1), (2, 1)]
        for table in ("raw_shop.orders", "quality.batches", "quality.rejects"):
            left_out = columns if table == "quality.batches" else "*"
            query = f"select {left_out} from {table} order by all"
            assert fresh.execute(query).fetchall() == kept.connection.execute(query).fetchall()


def test_one_content_is_kept_once_and_goes_with_its_last_batch(
    kept: Shop, archive: Archive
) -> None:
    for _ in range(2):
        kept.loader.quarantine(kept.land("orders.csv", csv_text(line(1))), ["odd"])
    assert statuses(archive) == [(2, "quarantined")]
    assert files(archive) == [".json", ".zst"]
    mended = kept.write("orders.csv", csv_text(line(2)))
    assert kept.loader.close_absent([mended]) == 1
    assert statuses(archive) == []
    new_loader(kept.connection, archive)
    assert files(archive) == []


def test_what_the_ledger_never_heard_of_is_taken_back(
    kept: Shop, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = kept.land("orders.csv", csv_text(line(1)))
    # The night dies in between: nothing is confirmed, nothing retracted.
    with monkeypatch.context() as patch:
        patch.setattr(archive, "confirm", lambda _: None)
        kept.loader.accept(batch)
    other = kept.land("orders_2.csv", csv_text(line(2)))
    (entry,) = archive.entries()
    archive.announce(replace(entry, batch_id=other.batch_id, content=other.content))
    assert statuses(archive) == [(1, "accepted"), (2, "accepted")]
    new_loader(kept.connection, archive)
    assert statuses(archive) == [(1, "accepted")]
    assert files(archive) == [".json", ".zst"]


def test_a_failed_commit_leaves_no_entry(kept: Shop, archive: Archive) -> None:
    batch = kept.land("orders.csv", csv_text(line(1)))
    kept.connection.execute("drop table quality.rejects")
    with pytest.raises(duckdb.CatalogException):
        kept.loader.accept(batch)
    assert statuses(archive) == []
    assert kept.rows("*") == []


def test_a_ledger_older_than_the_archive_is_refused(kept: Shop, archive: Archive) -> None:
    kept.load("orders.csv", csv_text(line(1)))
    kept.load("orders_2.csv", csv_text(line(2)))
    kept.connection.execute("delete from quality.batches where batch_id = 2")
    with pytest.raises(DamagedWarehouseError, match=r"orders_2\.csv \(batch 2\).*loyalty repair"):
        new_loader(kept.connection, archive)


def test_batches_from_before_the_archive_are_kept_when_seen_again(
    shop: Shop, archive: Archive
) -> None:
    shop.load("orders.csv", csv_text(line(1)))
    loader = new_loader(shop.connection, archive)
    assert [entry.content for entry in archive.entries()] == [None]
    assert loader.land(shop.file("orders.csv")) is None
    (entry,) = archive.entries()
    archive.check(entry)


def test_a_damaged_entry_is_written_anew_from_the_ledger(kept: Shop, archive: Archive) -> None:
    kept.load("orders.csv", csv_text(line(1)))
    (path,) = archive.folder.glob("*/*/*.json")
    text = path.read_bytes()
    path.write_bytes(text.replace(b"accepted", b"bccepted", 1))
    with pytest.raises(DamagedWarehouseError, match=r"1\.json.*is damaged"):
        archive.entries()
    new_loader(kept.connection, archive)
    assert path.read_bytes() == text


def test_damaged_bytes_are_named_and_can_be_supplied(kept: Shop, archive: Archive) -> None:
    kept.load("orders.csv", csv_text(line(1)))
    (entry,) = archive.entries()
    (path,) = archive.folder.glob("*/*/*.zst")
    content = bytearray(path.read_bytes())
    for place in (0, len(content) // 2, len(content) - 1):
        broken = bytearray(content)
        broken[place] ^= 4
        path.write_bytes(broken)
        with pytest.raises(DamagedWarehouseError, match=r"orders\.csv \(batch 1\).*--source shop="):
            archive.check(entry)
    archive.supply(entry, kept.folder / "orders.csv")
    archive.check(entry)


def test_a_file_that_vanishes_or_changes_is_held_and_loaded_later(
    kept: Shop, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = csv_text(line(1), line(2))
    path = kept.folder / "orders.csv"
    read = reading.read

    def land_while(act: object) -> LandedBatch:
        with monkeypatch.context() as patch:
            patch.setattr(reading, "read", lambda stage: (act(), read(stage))[1])  # type: ignore[operator]
            return kept.land("orders.csv", text)

    cases = (
        (path.unlink, "the file vanished while it was read"),
        (lambda: path.write_text(text + line(3) + "\n"), "the file changed while it was read"),
    )
    for act, problem in cases:
        batch = land_while(act)
        assert (batch.problems, batch.accepted_count) == ([problem], 0)
        kept.loader.quarantine(batch, batch.problems)
        # It stays held for tonight, and is let go by the next night.
        file = find_files(kept.source, kept.folder).files
        assert kept.loader.close_absent(file, ["shop"]) == 0
        assert new_loader(kept.connection, archive).close_absent(file, ["shop"]) == 1
    kept.load("orders.csv", text)
    assert len(kept.rows("*")) == 2


@pytest.fixture
def packed_beside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every file be large enough to be packed while it is read."""
    monkeypatch.setattr("loyalty.landing.keeping.LARGE_BYTES", 0)


@pytest.mark.usefixtures("packed_beside")
def test_a_large_file_is_packed_while_it_is_read(kept: Shop, archive: Archive) -> None:
    kept.load("orders.csv", csv_text(line(1)))
    (entry,) = archive.entries()
    archive.check(entry)


@pytest.mark.usefixtures("packed_beside")
def test_a_large_file_that_vanishes_or_changes_is_held(
    kept: Shop, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = csv_text(line(1), line(2))
    path, read = kept.folder / "orders.csv", reading.read
    cases = (
        (path.unlink, "the file vanished while it was read"),
        (lambda: path.write_text(text + line(3) + "\n"), "the file changed while it was read"),
    )
    for act, problem in cases:

        def read_while(stage: Stage, act: Callable[[], object] = act) -> Contents:
            contents = read(stage)
            act()
            return contents

        monkeypatch.setattr(reading, "read", read_while)
        batch = kept.land("orders.csv", text)
        assert (batch.problems, batch.content, batch.accepted_count) == ([problem], None, 0)
        kept.loader.quarantine(batch, batch.problems)
    assert [entry.content for entry in archive.entries()] == [None]


@pytest.mark.usefixtures("packed_beside")
def test_what_is_packed_beside_is_given_up_when_the_reading_ends_the_night(
    kept: Shop, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = threading.Event()

    def slow(*_: object) -> bytes:
        begun.set()
        return b"and on"

    def stop(_: Stage) -> Contents:
        assert begun.wait(10)
        raise KeyboardInterrupt

    def copy(_: object, sink: object, is_given_up: Callable[[], bool]) -> str:
        return copy_all(SimpleNamespace(read=slow), sink, is_given_up)

    copy_all = archive_bytes._copy
    monkeypatch.setattr(archive_bytes, "_copy", copy)
    monkeypatch.setattr(reading, "read", stop)
    with pytest.raises(KeyboardInterrupt):
        kept.land("orders.csv", csv_text(line(1)))
    assert files(archive) == []
