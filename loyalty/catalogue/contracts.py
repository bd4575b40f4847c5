"""The published interface: what the marts' contracts promise, and which version of it this is.

The models' yml say what a mart holds. `docs/marts_schema.json` says what was promised before; a
difference between the two is either an addition, or a break that needs a new version.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from loyalty.errors import UsageError
from loyalty.project import PROJECT_FOLDER, project_file

SCHEMA_FILE = PROJECT_FOLDER / "docs" / "marts_schema.json"
MARTS_FOLDER = PROJECT_FOLDER / "models" / "marts"
GRAIN = "-- grain: "
# What a type of the yml, where it is one of dbt's, is called in the published files.
PUBLISHED_TYPES = {"string": "varchar"}
# libyaml reads the contracts in a tenth of the time.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Column:
    """One column of a mart with its type in DuckDB; the description carries its unit in words."""

    name: str
    data_type: str
    description: str


@dataclass(frozen=True)
class Mart:
    """One published table; `grain` is a sentence, `key` the columns that it is unique by."""

    schema_name: str
    table_name: str
    grain: str
    description: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def name(self) -> str:
        """Schema and table, as a query writes them."""
        return f"{self.schema_name}.{self.table_name}"


@dataclass(frozen=True)
class Schema:
    """The promise of one version: per table its key and its columns' types, in their order."""

    version: int
    tables: Mapping[str, Any]
    breaks: Mapping[str, list[str]]

    def write(self, path: Path = SCHEMA_FILE) -> None:
        """Write it to `path`, one column a line."""
        content = {"version": self.version, "breaks": self.breaks, "tables": self.tables}
        path.write_text(json.dumps(content, indent=1) + "\n")


def read_contracts(marts: Path = MARTS_FOLDER) -> tuple[Mart, ...]:
    """Return all published marts from their yml, by schema and table.

    Raises:
        UsageError: a mart has no grain, no key or no yml.
    """
    described = {
        model["name"]: model
        for file in sorted(marts.glob("*/*.yml"))
        for model in (yaml.load(file.read_text(), LOADER) or {}).get("models", [])
    }
    found = [_mart(file, described.get(file.stem)) for file in sorted(marts.glob("*/*.sql"))]
    return tuple(sorted(found, key=lambda mart: mart.name))


def read_schema(path: Path = SCHEMA_FILE) -> Schema:
    """Return what was promised when the file at `path` was written; version 0 if there is none."""
    if not path.exists():
        return Schema(0, {}, {})
    content = json.loads(path.read_text())
    return Schema(content["version"], content["tables"], content["breaks"])


def promised_tables(marts: Sequence[Mart]) -> dict[str, Any]:
    """Return what the contracts promise, in the form that is kept."""
    return {
        mart.name: {
            "key": list(mart.key),
            "columns": {column.name: column.data_type for column in mart.columns},
        }
        for mart in marts
    }


def find_breaks(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Say what a query written against `before` would miss in `now`, one sentence each."""
    breaks = []
    for name, promise in before.items():
        if name not in now:
            breaks.append(f"{name} is gone")
            continue
        kept = now[name]["columns"]
        for column, data_type in promise["columns"].items():
            if column not in kept:
                breaks.append(f"{name}.{column} is gone")
            elif kept[column] != data_type:
                breaks.append(f"{name}.{column} was {data_type}, is {kept[column]}")
        if [column for column in kept if column in promise["columns"]] != [
            column for column in promise["columns"] if column in kept
        ]:
            breaks.append(f"{name} has its columns in another order")
        if now[name]["key"] != promise["key"]:
            keys = " and ".join(", ".join(side["key"]) for side in (promise, now[name]))
            breaks.append(f"{name} has another key: {keys}")
    return breaks


def renewed(before: Schema, marts: Sequence[Mart], may_break: bool = False) -> Schema:
    """Return the promise of today's contracts: additions join, breaks make a new version.

    Raises:
        UsageError: something promised is gone and `may_break` is false.
    """
    tables = promised_tables(marts)
    breaks = find_breaks(before.tables, tables)
    if not breaks:
        return Schema(max(before.version, 1), tables, before.breaks)
    if not may_break:
        raise UsageError(
            f"version {before.version} of the marts promises what is no longer there: "
            f"{'; '.join(breaks)}. Keep it, or tell the readers and run "
            "`python -m loyalty.catalogue.marts_docs --new-version`"
        )
    version = before.version + 1
    return Schema(version, tables, {**before.breaks, str(version): breaks})


def _mart(file: Path, model: Mapping[str, Any] | None) -> Mart:
    if model is None:
        raise UsageError(f"{file}: no yml beside it describes {file.stem}")
    first = file.read_text().split("\n", 1)[0]
    keys = [
        test["grain"]["arguments"]["columns"]
        for test in model.get("data_tests", [])
        if isinstance(test, dict) and "grain" in test
    ]
    if not first.startswith(GRAIN) or len(keys) != 1:
        raise UsageError(f"{file}: needs a first line `{GRAIN}…` and one `grain` test in its yml")
    return Mart(
        schema_name=project_file()["models"]["loyalty"]["marts"][file.parent.name]["+schema"],
        table_name=file.stem,
        grain=first.removeprefix(GRAIN),
        description=" ".join(model["description"].split()),
        key=tuple(keys[0]),
        columns=tuple(
            Column(
                column["name"],
                PUBLISHED_TYPES.get(column["data_type"], column["data_type"]),
                " ".join(column["description"].split()),
            )
            for column in model["columns"]
        ),
    )
