"""The Parquet folders: what they hold, how they appear, and that they go with the generations."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import duckdb
import pyarrow.parquet
import pytest

from loyalty.catalogue.contracts import read_contracts, read_schema
from loyalty.errors import PublicationError
from loyalty.exports import parquet

from .generations import NEXT_GENERATION, change

pytest_plugins = ["exports.fixtures"]


def test_the_folder_holds_every_mart_as_it_was_published(published: Path, tmp_path: Path) -> None:
    folder = parquet.export(published, tmp_path / "parquet")
    manifest = json.loads((folder / "manifest.json").read_text())
    assert folder.name == published.stem == manifest["generation"]
    assert manifest["contract_version"] == read_schema().version
    with duckdb.connect(published, read_only=True) as connection:
        rows = connection.execute("from publication.tables order by all").fetchall()
        as_of = connection.execute("select as_of_date::varchar from publication.generation")
        assert as_of.fetchall() == [(manifest["as_of_date"],)]
    entries = sorted(manifest["tables"], key=lambda entry: (entry["schema"], entry["table"]))
    assert [
        tuple(e[k] for k in ("schema", "table", "row_count", "content_hash")) for e in entries
    ] == rows
    marts = {mart.name: mart for mart in read_contracts()}
    for entry in entries:
        mart = marts[f"{entry['schema']}.{entry['table']}"]
        assert entry["key"] == list(mart.key)
        assert [column["name"] for column in entry["columns"]] == [c.name for c in mart.columns]
        assert entry["description"] == mart.description
        file = pyarrow.parquet.ParquetFile(folder / entry["file"])
        assert file.metadata.num_rows == entry["row_count"]
        assert file.schema_arrow.names == [c.name for c in mart.columns]
    files = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert files == {entry["file"] for entry in entries} | {"manifest.json"}


def test_current_follows_and_what_is_there_is_not_written_again(
    published: Path, next_published: Path, tmp_path: Path
) -> None:
    first = parquet.export(published, tmp_path)
    written_at = (first / "manifest.json").stat().st_mtime_ns
    second = parquet.export(next_published, tmp_path)
    assert (tmp_path / "current").resolve() == second
    assert parquet.export(published, tmp_path) == first
    assert (tmp_path / "current").resolve() == first
    assert (first / "manifest.json").stat().st_mtime_ns == written_at


def test_old_folders_go_with_their_generations_but_never_the_current(
    published: Path, next_published: Path, tmp_path: Path
) -> None:
    first = parquet.export(published, tmp_path)
    parquet.export(next_published, tmp_path)
    (tmp_path / "loyalty_20200101T000000Z_001.unfinished").mkdir()
    assert parquet.prune(tmp_path, [first.name]) == ["loyalty_20200101T000000Z_001.unfinished"]
    assert parquet.prune(tmp_path, []) == [first.name]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["current", NEXT_GENERATION]


def test_what_cannot_be_written_whole_does_not_appear(published: Path, tmp_path: Path) -> None:
    first = parquet.export(published, tmp_path / "parquet")
    broken = Path(shutil.copy(published, tmp_path / "broken.duckdb"))
    broken.chmod(0o644)
    change(broken, "update publication.generation set generation = 'loyalty_broken'")
    with duckdb.connect(broken) as connection:
        connection.execute("delete from core.fct_shares")
    with pytest.raises(PublicationError, match=r"fct_shares\.parquet has 0 rows"):
        parquet.export(broken, tmp_path / "parquet")
    assert not (tmp_path / "parquet" / "loyalty_broken").exists()
    assert (tmp_path / "parquet" / "current").resolve() == first
