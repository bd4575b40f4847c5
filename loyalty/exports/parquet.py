"""One folder of Parquet files per generation, for tools and notebooks without DuckDB.

`<folder>/<generation>/<schema>/<table>.parquet` with a `manifest.json`; `<folder>/current` is a
link to the generation exported last. A folder appears whole, under its name, or not at all.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import duckdb

from loyalty.catalogue.contracts import read_schema
from loyalty.errors import PublicationError
from loyalty.exports.tables import ExportedTable, read_tables
from loyalty.publication import Generation, open_file, read_generation
from loyalty.publication.generation_file import PublishedTable

CURRENT = "current"
MANIFEST = "manifest.json"
UNFINISHED = ".unfinished"


def export(
    published: Path,
    folder: Path,
    last_word: Callable[[], AbstractContextManager[None]] = nullcontext,
) -> Path:
    """Export the published file to its folder below `folder`, and point `current` at it.

    What was exported before is only pointed at, so a rollback is the same call. Within `last_word`
    the link is moved: it refuses a night that has lost its warehouse.

    Raises:
        PublicationError: the file cannot be read, what was written is not what was published, or
            the disk refused; `current` stands as it was.
    """
    generation = read_generation(published)
    finished = folder / generation.name
    unfinished = folder / f"{generation.name}{UNFINISHED}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not finished.exists():
            shutil.rmtree(unfinished, ignore_errors=True)
            _write(generation, unfinished)
            unfinished.rename(finished)
        with last_word():
            _point_at(folder, generation.name)
    except (duckdb.Error, OSError) as problem:
        raise PublicationError(f"{finished} was not written: {problem}") from problem
    return finished


def prune(folder: Path, kept: Collection[str]) -> list[str]:
    """Remove the folders of generations that are not in `kept`, and what a killed export left."""
    old = [
        path.name
        for path in sorted(folder.glob("loyalty_*"))
        if path.name not in kept and path.name != _current(folder)
    ]
    for name in old:
        shutil.rmtree(folder / name)
    return old


def _write(generation: Generation, folder: Path) -> None:
    published = {(table.schema_name, table.table_name): table for table in generation.tables}
    with open_file(generation.path, may_use=folder) as reader:
        entries = [
            _write_table(reader, table, published[table.schema_name, table.table_name], folder)
            for table in read_tables(reader)
            if (table.schema_name, table.table_name) in published
        ]
    manifest = {
        "generation": generation.name,
        "night_id": generation.night_id,
        "as_of_date": generation.as_of_date.isoformat(),
        "published_at": generation.published_at.isoformat(),
        "contract_version": read_schema().version,
        "tables": entries,
    }
    with (folder / MANIFEST).open("w") as file:
        file.write(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n")
        file.flush()
        os.fsync(file.fileno())


def _write_table(
    reader: duckdb.DuckDBPyConnection, table: ExportedTable, promised: PublishedTable, folder: Path
) -> dict[str, Any]:
    """Write one table, read it again, and return what the manifest says of it."""
    file = folder / table.schema_name / f"{table.table_name}.parquet"
    file.parent.mkdir(parents=True, exist_ok=True)
    path = str(file).replace("'", "''")
    reader.execute(f"copy {table.quoted} to '{path}' (format parquet, compression zstd)")
    count, total = reader.execute(
        f"select count(*), coalesce(sum(hash(content)), 0) from read_parquet('{path}') as content"
    ).fetchall()[0]
    if (count, f"{int(total):032x}") != (promised.row_count, promised.content_hash):
        raise PublicationError(
            f"{file} has {count} rows that are not the {promised.row_count} rows published; "
            "the disk may be failing"
        )
    with file.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
        os.fsync(content.fileno())
    return {
        "schema": table.schema_name,
        "table": table.table_name,
        "file": str(file.relative_to(folder)),
        "row_count": promised.row_count,
        "content_hash": promised.content_hash,
        "bytes": file.stat().st_size,
        "sha256": digest,
        "description": table.comment,
        "key": list(table.key),
        "columns": [
            {"name": column.name, "type": column.data_type.lower(), "description": column.comment}
            for column in table.columns
        ],
    }


def _point_at(folder: Path, name: str) -> None:
    """Move the link `current` in one step."""
    fresh = folder / f".{CURRENT}{UNFINISHED}"
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(name)
    fresh.replace(folder / CURRENT)


def _current(folder: Path) -> str | None:
    link = folder / CURRENT
    return link.readlink().name if link.is_symlink() else None
