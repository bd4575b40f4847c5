"""A warehouse after one night, new files, and what the second night should make of them."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from faults.houses import content
from loyalty.declarations import read_declarations
from loyalty.warehouse import Warehouse

# Their last rows land before the second night, and a few of the first night's once more.
GROWING = ("orders", "deliveries", "program_events", "survey_answers", "web_sessions")
FIRST_SHARE, AGAIN_SHARE = 0.8, 0.7

BATCHES = """
    select table_name, file_name, record_count, accepted_count, rejected_count, inserted_count,
        replaced_count, superseded_count
    from quality.batches
    where status = 'accepted'
    order by all
"""


@dataclass(frozen=True)
class Known:
    """What a night should leave: the marts, the rows of raw, the ledger of batches."""

    marts: dict[str, tuple[int, str]]
    raw: dict[str, tuple[Any, ...]]
    batches: list[tuple[Any, ...]]

    @classmethod
    def of(cls, warehouse: Warehouse) -> "Known":
        """Read it; no night may run."""
        with duckdb.connect(str(warehouse.build_database), read_only=True) as connection:
            return cls(content(warehouse), _raw(connection), connection.execute(BATCHES).fetchall())


def split(shop: Path, landing: Path) -> tuple[list[Path], list[Path]]:
    """Copy a shop's files in two lots: those of the first night, those of the second."""
    landing.mkdir(parents=True)
    later = landing.with_name(f"{landing.name}_later")
    later.mkdir()
    for file in shop.iterdir():
        if file.stem not in GROWING:
            shutil.copy(file, landing)
            continue
        header, *rows = file.read_text().splitlines(keepends=True)
        first, again = (int(len(rows) * share) for share in (FIRST_SHARE, AGAIN_SHARE))
        (landing / file.name).write_text("".join([header, *rows[:first]]))
        (later / f"{file.stem}_2.csv").write_text("".join([header, *rows[again:]]))
    return sorted(landing.iterdir()), sorted(later.iterdir())


def copied(warehouse: Warehouse, folder: Path) -> Warehouse:
    """Return a copy of the warehouse in another folder."""
    shutil.copytree(warehouse.folder, folder, symlinks=True)
    return Warehouse(folder)


def left_over(warehouse: Warehouse) -> list[str]:
    """Return what a finished night should not leave: half files, links aside, tables of a stage."""
    found = [
        str(path.relative_to(warehouse.folder))
        for pattern in ("*unfinished*", "*.partial", "*.wal", "*.tmp", "*.announced", ".loyalty*")
        for path in warehouse.folder.rglob(pattern)
        # The build database's own log is part of it: a fork ends without closing everything.
        if "prefect" not in path.parts and path.name != "build.duckdb.wal"
    ]
    with duckdb.connect(str(warehouse.build_database), read_only=True) as connection:
        tables = connection.execute(
            "select schema_name || '.' || table_name from duckdb_tables() "
            "where schema_name = 'landing' or table_name like '%\\_\\_dbt\\_%' escape '\\'"
        ).fetchall()
    return found + [name for (name,) in tables]


def seen_whole(warehouse: Warehouse, allowed: Sequence[Known]) -> Known:
    """Read as a reader does and return which of the allowed generations it is."""
    marts = content(warehouse)
    matching = [known for known in allowed if known.marts == marts]
    assert matching, "readers see what no finished night has published"
    return matching[0]


def _raw(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[Any, ...]]:
    """Return rows, different keys and a hash of what the files said, of each raw table."""
    facts = {}
    for source in read_declarations().values():
        for table in source.tables.values():
            columns = ", ".join(f'"{column.name}"' for column in table.columns)
            key = ", ".join(f'"{name}"' for name in table.primary_key)
            if not connection.execute(
                "from duckdb_tables() where schema_name = ? and table_name = ?",
                [source.schema, table.name],
            ).fetchall():
                continue
            name = f'"{source.schema}"."{table.name}"'
            facts[name] = connection.execute(
                f"select count(*), count(distinct row({key})), sum(hash(row({columns}))) "
                f"from {name}"
            ).fetchall()[0]
    return facts
