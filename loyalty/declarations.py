"""What the source declarations below `models/staging` say, for whoever works without dbt."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from loyalty.errors import UsageError
from loyalty.project import PROJECT_FOLDER, landed_sources, meta

Sensitivity = Literal["customer_key", "email", "personal"]

DATA_TYPES = ("varchar", "timestamp", "boolean", "bigint", "double", "decimal(18, 2)")
SENSITIVITIES = ("customer_key", "email", "personal")


@dataclass(frozen=True)
class ColumnDeclaration:
    """One column of a landed file; `required` holds for the column and for each value."""

    name: str
    data_type: str
    required: bool = False
    sensitive: Sensitivity | None = None

    @property
    def hash_column(self) -> str | None:
        """Name of the keyed hash beside it in raw; None where nothing is hashed."""
        is_hashed = self.sensitive in ("customer_key", "email")
        return f"{self.name}_hash" if is_hashed else None


@dataclass(frozen=True)
class TableDeclaration:
    """One source table: the files that feed it, its key and its columns.

    `cursor` tells the newest row of a key, `event_timestamp` dates the rows; both may be absent.
    `gate` is what gate 1 reads, as written.
    """

    source: str
    name: str
    schema: str
    file_pattern: str
    primary_key: tuple[str, ...]
    cursor: str | None
    entities: tuple[str, ...]
    event_timestamp: str | None
    gate: dict[str, Any]
    columns: tuple[ColumnDeclaration, ...]

    @property
    def column_names(self) -> tuple[str, ...]:
        """Declared names in declared order."""
        return tuple(column.name for column in self.columns)


@dataclass(frozen=True)
class SourceDeclaration:
    """One source system; `time_zone` None is the business's."""

    name: str
    schema: str
    time_zone: str | None
    tables: dict[str, TableDeclaration]


def read_declarations(project: Path = PROJECT_FOLDER) -> dict[str, SourceDeclaration]:
    """Read every `_<source>__sources.yml` of the project whose source is landed, by source name.

    A source without `config.meta.landing` is not landed (the warehouse's own tables).

    Raises:
        UsageError: a declaration is not what the loader can work with; the place is named.
    """
    sources: dict[str, SourceDeclaration] = {}
    for path, content in landed_sources(project):
        source = _source(content)
        if source.name in sources:
            raise UsageError(f"{path}: source {source.name} is declared twice")
        sources[source.name] = source
    return sources


def _source(content: dict[str, Any]) -> SourceDeclaration:
    name = str(content["name"])
    schema = str(content.get("schema", name))
    tables = {str(table["name"]): _table(name, schema, table) for table in content["tables"]}
    landing = meta(content)["landing"] or {}
    return SourceDeclaration(name, schema, landing.get("time_zone"), tables)


def _table(source: str, schema: str, content: dict[str, Any]) -> TableDeclaration:
    about = meta(content)
    place = f"source {source}, table {content['name']}"
    for needed in ("file_pattern", "primary_key"):
        if not about.get(needed):
            raise UsageError(f"{place}: config.meta.{needed} is missing")
    primary_key = tuple(about["primary_key"])
    columns = tuple(_column(place, column, primary_key) for column in content["columns"])
    table = TableDeclaration(
        source=source,
        name=str(content["name"]),
        schema=schema,
        file_pattern=str(about["file_pattern"]),
        primary_key=primary_key,
        cursor=about.get("cursor"),
        entities=tuple(about.get("entities", ())),
        event_timestamp=about.get("event_timestamp"),
        gate=about.get("gate", {}),
        columns=columns,
    )
    _check_names(place, table)
    return table


def _column(place: str, content: dict[str, Any], primary_key: tuple[str, ...]) -> ColumnDeclaration:
    about = meta(content)
    name, data_type = str(content["name"]), str(content.get("data_type", "")).lower()
    sensitive = about.get("sensitive")
    if data_type not in DATA_TYPES:
        raise UsageError(f"{place}, column {name}: data_type must be one of {list(DATA_TYPES)}")
    if sensitive is not None and (sensitive not in SENSITIVITIES or data_type != "varchar"):
        raise UsageError(
            f"{place}, column {name}: sensitive must be one of {list(SENSITIVITIES)}, on varchar"
        )
    required = bool(about.get("required", False)) or name in primary_key
    return ColumnDeclaration(name, data_type, required, sensitive)


def _check_names(place: str, table: TableDeclaration) -> None:
    named = [*table.primary_key, table.cursor, table.event_timestamp]
    unknown = [name for name in named if name is not None and name not in table.column_names]
    if unknown:
        raise UsageError(f"{place}: {', '.join(unknown)} is no declared column")
