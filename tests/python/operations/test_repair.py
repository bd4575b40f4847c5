"""The build database made anew from the archive, and what `loyalty verify` finds."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner

from loyalty.cli import app
from loyalty.declarations import read_declarations
from loyalty.errors import DamagedWarehouseError, UsageError
from loyalty.landing import Loader, find_files
from loyalty.operations.repair import RepairRequest, rebuild
from loyalty.project import business_time_zone
from loyalty.warehouse import Warehouse

KEY = "a key for tests only"
HEADER = "order_id,customer_id,ordered_at,status,order_amount,updated_at"
DECLARATIONS = read_declarations()


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("LOYALTY_HASH_KEY", KEY)
    yield


@pytest.fixture
def landing(tmp_path: Path) -> Path:
    folder = tmp_path / "landing"
    folder.mkdir()
    for name, numbers in {"orders_1": (1, 2), "orders_2": (2, 3), "orders_3": (9, 9)}.items():
        rows = (f"o{n},c{n},2026-10-0{n}T10:00:00Z,paid,10.5,2026-10-01" for n in numbers)
        (folder / f"{name}.csv").write_text("\n".join((HEADER, *rows)) + "\n")
    return folder


@pytest.fixture
def house(tmp_path: Path, landing: Path) -> Warehouse:
    """A warehouse that accepted two files, holds the third, and knows of a night."""
    warehouse = Warehouse(tmp_path / "warehouse")
    warehouse.prepare()
    with warehouse.connect() as connection:
        loader = Loader(
            connection,
            "n1",
            DECLARATIONS,
            KEY.encode(),
            business_time_zone(),
            archive=warehouse.archive,
        )
        loader.prepare()
        for file in find_files(DECLARATIONS["canonical"], landing).files:
            batch = loader.land(file)
            assert batch is not None
            if file.file_name == "orders_3.csv":
                loader.quarantine(batch, ["odd"])
            else:
                loader.accept(batch)
        connection.execute(
            "insert into quality.nights (night_id, started_at, is_full_refresh, status) "
            "values ('n1', timestamp '2026-10-05', false, 'published')"
        )
    return warehouse


def holdings(house: Warehouse) -> dict[str, list[Any]]:
    tables = ("raw_canonical.orders", "quality.batches", "quality.nights")
    with duckdb.connect(str(house.build_database), read_only=True) as connection:
        return {name: connection.execute(f"from {name} order by all").fetchall() for name in tables}


def flip(path: Path, place: int) -> None:
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)


def test_an_undamaged_database_is_made_anew_alike(house: Warehouse) -> None:
    before = holdings(house)
    notes = rebuild(house, "n2", DECLARATIONS, {})
    assert holdings(house) == before
    assert notes[0] == "the build database was made anew from 2 batches of the archive"
    assert [part.name for part in house.private.glob("damaged_*/*")] == ["build.duckdb"]


def test_landing_the_same_files_again_loads_nothing(house: Warehouse, landing: Path) -> None:
    house.build_database.unlink()
    rebuild(house, "n2", DECLARATIONS, {})
    with house.connect() as connection:
        loader = Loader(
            connection,
            "n3",
            DECLARATIONS,
            KEY.encode(),
            business_time_zone(),
            archive=house.archive,
        )
        loader.prepare()
        files = find_files(DECLARATIONS["canonical"], landing).files
        assert [file.file_name for file in files if loader.land(file)] == ["orders_3.csv"]


def test_what_history_is_lost_is_said(house: Warehouse) -> None:
    house.build_database.unlink()
    with pytest.raises(DamagedWarehouseError, match=r"is gone.*loyalty repair"):
        house.connect()
    before_or_lost = rebuild(house, "n2", DECLARATIONS, {})
    assert "quality.nights" in before_or_lost[-1]
    assert before_or_lost[-1].endswith("could not be kept")
    assert holdings(house)["quality.nights"] == []


def test_a_database_that_is_not_damaged_everywhere_gives_its_history(house: Warehouse) -> None:
    before = holdings(house)["quality.nights"]
    with house.connect() as connection:
        block = connection.execute(
            "select block_id from pragma_storage_info('raw_canonical.orders') where block_id >= 0"
        ).fetchall()
    if block:
        flip(house.build_database, 3 * 4096 + block[0][0] * 262_144 + 1_000)
    rebuild(house, "n2", DECLARATIONS, {})
    assert holdings(house)["quality.nights"] == before


def test_nothing_changes_where_the_archive_is_damaged(house: Warehouse, landing: Path) -> None:
    before, database = holdings(house), house.build_database.read_bytes()
    for path in house.archive.folder.glob("*/*/*.zst"):
        flip(path, 12)
    with pytest.raises(DamagedWarehouseError, match=r"orders_1\.csv .*--source canonical=FOLDER"):
        rebuild(house, "n2", DECLARATIONS, {})
    assert house.build_database.read_bytes() == database
    rebuild(house, "n2", DECLARATIONS, {"canonical": landing})
    assert holdings(house) == before


def test_a_damaged_entry_is_mended_from_the_ledger(house: Warehouse) -> None:
    before = holdings(house)
    flip(next(house.archive.folder.glob("*/*/1.json")), 30)
    rebuild(house, "n2", DECLARATIONS, {})
    assert holdings(house) == before


def test_a_repair_needs_an_archive_and_its_key(
    house: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    RepairRequest(house, {}).check()
    with pytest.raises(UsageError, match="holds no archive"):
        RepairRequest(Warehouse(tmp_path / "other"), {}).check()
    monkeypatch.setenv("LOYALTY_HASH_KEY", "another")
    with pytest.raises(UsageError, match="is not the key"):
        RepairRequest(house, {}).check()
    monkeypatch.delenv("LOYALTY_HASH_KEY")
    with pytest.raises(UsageError, match="is not set"):
        RepairRequest(house, {}).check()


def test_verify_names_each_damage(house: Warehouse) -> None:
    def verify() -> Any:
        return CliRunner().invoke(app, ["verify", "--warehouse", str(house.folder)])

    good = verify()
    assert good.exit_code == 0
    assert "archive: 3 whole" in good.output
    for path in house.archive.folder.glob("*/*/*.zst"):
        flip(path, 12)
    flip(house.build_database, 5_000)
    bad = verify()
    assert isinstance(bad.exception, DamagedWarehouseError)
    assert "archive: 0 whole" in bad.output
    assert "build.duckdb is damaged" in bad.output
    assert str(bad.exception).endswith("4 damaged, as said above")
