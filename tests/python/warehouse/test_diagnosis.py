"""What tools say of disks and files, and the sentence that a night makes of it."""

import errno
from pathlib import Path

import duckdb
import pytest

from loyalty.errors import (
    BuildError,
    DamagedWarehouseError,
    DiskFullError,
    GateStop,
    LoyaltyError,
    NotWritableError,
    PublicationError,
    UsageError,
)
from loyalty.warehouse import Warehouse, diagnosis

FULL = 'Could not write file "{}/x.duckdb": No space left on device'
CASES: list[tuple[BaseException, type[LoyaltyError] | None]] = [
    (OSError(errno.ENOSPC, "No space left on device", "/full/x"), DiskFullError),
    (duckdb.IOException(f"IO Error: {FULL}"), DiskFullError),
    (duckdb.TransactionException(f"Failed to commit: {FULL}"), DiskFullError),
    (BuildError(f"dbt: model nps: Runtime Error IO Error: {FULL}"), DiskFullError),
    (OSError(errno.EROFS, "Read-only file system", "/ro"), NotWritableError),
    (duckdb.IOException('IO Error: Cannot open file "/a": Permission denied'), NotWritableError),
    (duckdb.IOException("IO Error: Corrupt database file: computed"), DamagedWarehouseError),
    (duckdb.InternalException("INTERNAL Error: unknown"), DamagedWarehouseError),
    (BuildError("dbt: model nps: IO Error: Corrupt database file"), DamagedWarehouseError),
    (BuildError("dbt: test unique_orders finds 3 rows"), None),
    (UsageError("landing/orders.csv cannot be read: Permission denied"), None),
    (GateStop("in quarantine: No space left on device"), None),
    (ValueError("No space left on device"), None),
    (OSError(errno.ESTALE, "Stale file handle", "/share"), None),
]


@pytest.mark.parametrize(("problem", "kind"), CASES)
def test_faults_are_told_apart(
    problem: BaseException, kind: type[LoyaltyError] | None, tmp_path: Path
) -> None:
    known = diagnosis.explain(problem, tmp_path / "build.duckdb")
    assert (type(known) if known else None) is kind


def test_the_cause_tells_what_a_publication_failed_for(tmp_path: Path) -> None:
    problem = PublicationError("generation x was not published")
    problem.__cause__ = OSError(errno.ENOSPC, "No space left on device")
    known = diagnosis.explain(problem, tmp_path / "build.duckdb")
    assert isinstance(known, DiskFullError)
    assert f"the disk of {tmp_path} is full" in str(known)
    assert "MB free" in str(known)
    assert "run the same command again" in str(known)


def test_a_damaged_block_is_no_lock(tmp_path: Path) -> None:
    house = Warehouse(tmp_path / "warehouse")
    house.prepare()
    house.connect().close()
    content = bytearray(house.build_database.read_bytes())
    content[5000] ^= 1
    house.build_database.write_bytes(content)
    with pytest.raises(DamagedWarehouseError, match=r"is damaged .*loyalty repair"):
        house.connect()


def test_a_database_that_was_never_begun_is_made_anew(tmp_path: Path) -> None:
    house = Warehouse(tmp_path / "warehouse")
    house.prepare()
    house.build_database.write_bytes(bytes(4096))
    house.connect().close()


def test_a_damaged_file_is_no_damaged_database() -> None:
    short = duckdb.IOException('IO Error: Could not read enough bytes from file "/in/a.parquet"')
    assert not diagnosis.is_fault_beside(short, Path("/in/a.parquet"))
    assert diagnosis.is_fault_beside(short, Path("/in/b.parquet"))
    corrupt = duckdb.IOException("IO Error: Corrupt database file: computed checksum")
    assert diagnosis.is_fault_beside(corrupt, Path("/in/a.parquet"))
    thrift = duckdb.SerializationException("Serialization Error: Failed to deserialize")
    assert not diagnosis.is_fault_beside(thrift, Path("/in/a.parquet"))
