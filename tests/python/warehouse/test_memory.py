"""The limit on memory reaches each way in which the database is opened."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from dbt.cli.main import dbtRunner

from loyalty import publication
from loyalty.build.manifests import project_manifest
from loyalty.errors import UsageError
from loyalty.project import PROJECT_FOLDER
from loyalty.warehouse import Warehouse, memory


@pytest.fixture
def warehouse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Warehouse:
    monkeypatch.setenv(memory.VARIABLE, "600MiB")
    warehouse = Warehouse(tmp_path / "warehouse")
    warehouse.prepare()
    return warehouse


def test_the_build_database_keeps_within_it(warehouse: Warehouse) -> None:
    with warehouse.connect() as connection:
        assert memory.limit_of(connection) == "600.0 MiB"


def test_a_published_file_is_read_within_it(warehouse: Warehouse) -> None:
    path = warehouse.folder / "file.duckdb"
    duckdb.connect(str(path)).close()
    with publication.open_file(path) as reader:
        assert memory.limit_of(reader) == "600.0 MiB"


def test_dbt_keeps_within_it(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOYALTY_WAREHOUSE", str(warehouse.folder))
    words = ["show", "--inline", "select current_setting('memory_limit') as memory_limit"]
    for flag, place in {
        "--project-dir": PROJECT_FOLDER,
        "--profiles-dir": PROJECT_FOLDER / "profiles",
        "--target-path": warehouse.target,
        "--log-path": warehouse.private / "logs",
    }.items():
        words += [flag, str(place)]
    done = dbtRunner(manifest=project_manifest()).invoke([*words, "--quiet", "--no-write-json"])
    assert done.exception is None
    assert [tuple(row) for row in done.result.results[0].agate_table.rows] == [("600.0 MiB",)]


def test_unset_it_is_what_duckdb_takes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(memory.VARIABLE, raising=False)
    with duckdb.connect(str(tmp_path / "plain.duckdb")) as connection:
        before = memory.limit_of(connection)
        memory.keep_within(connection)
        assert memory.limit_of(connection) == before


@pytest.mark.parametrize("size", ["plenty", "4", "4GB'; drop table x; --"])
def test_what_is_no_size_is_wrong_usage(size: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(memory.VARIABLE, size)
    with pytest.raises(UsageError, match=r"LOYALTY_MEMORY_LIMIT is .* such as 4GB"):
        memory.check()
