"""The project for PostgreSQL, what its models begin with, and what they gave."""

import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import yaml

from bench import equality, timing
from loyalty.build import transform
from loyalty.project import PROJECT_FOLDER
from loyalty.warehouse import Warehouse

HERE = Path(__file__).parent
INPUT = "models/intermediate/input"
# All marts and what they are made from, but what is loaded.
SELECTED = (
    "--select",
    "+path:models/marts",
    "--exclude",
    "path:models/staging",
    f"path:{INPUT}",
    "resource_type:seed",
)
TYPES = {"DOUBLE": "double precision"}


def write_project(folder: Path) -> None:
    """Lay out the project with its own models, macros and seeds, as is kindest to PostgreSQL.

    Tables are not logged, analysed at once, and without contracts: with one, dbt inserts into a
    table that it has created, which PostgreSQL does on one core.
    """
    for name in ("models", "macros", "seeds"):
        shutil.copytree(PROJECT_FOLDER / name, folder / name)
    shutil.copytree(HERE / "macros", folder / "macros" / "bench")
    text = (PROJECT_FOLDER / "dbt_project.yml").read_text(encoding="utf-8")
    project: dict[str, Any] = yaml.safe_load(text)
    del project["test-paths"]
    models = project["models"]["loyalty"]
    _leave_contracts(models)
    models |= {"+unlogged": True, "+post-hook": "{{ analyzed(this) }}"}
    (folder / "dbt_project.yml").write_text(yaml.safe_dump(project), encoding="utf-8")


def _leave_contracts(settings: dict[str, Any]) -> None:
    settings.pop("+contract", None)
    for value in settings.values():
        if isinstance(value, dict):
            _leave_contracts(value)


def load(build_database: Path, socket: Path, scratch: Path) -> None:
    """Load what the marts begin with from a built warehouse: the input layer and the seeds."""
    inputs = {path.stem for path in (PROJECT_FOLDER / INPUT).glob("*.sql")}
    inputs |= {"stg_control__night", "stg_control__landed_entities"}

    def is_begun_with(schema: str, table: str) -> bool:
        return schema == "seeds" or table in inputs

    load_tables(build_database, socket, scratch, is_begun_with)


def load_tables(
    build_database: Path, socket: Path, scratch: Path, is_loaded: Callable[[str, str], bool]
) -> None:
    """Load the tables of a built warehouse of which `is_loaded` says so by schema and name."""
    with opened(build_database) as connection, connected(socket) as server:
        rows = connection.execute(
            "select table_schema, table_name from information_schema.tables order by all"
        ).fetchall()
        for schema, table in rows:
            if is_loaded(schema, table):
                _load(connection, server, f"{schema}.{table}", scratch / "rows.csv")


def _load(
    connection: duckdb.DuckDBPyConnection, server: "psycopg.Connection[Any]", table: str, file: Path
) -> None:
    relation = connection.sql(f"from {table} limit 0")
    columns = ", ".join(
        f"{name} {TYPES.get(str(kind), kind)}"
        for name, kind in zip(relation.columns, relation.types, strict=True)
    )
    _execute(server, f"create schema if not exists {table.partition('.')[0]}")
    _execute(server, f"create unlogged table {table} ({columns})")
    connection.execute(f"copy {table} to '{file}' (format csv, header false)")
    with (
        file.open("rb") as rows,
        server.cursor() as cursor,
        cursor.copy(f"copy {table} from stdin (format csv)".encode()) as copy,
    ):
        while chunk := rows.read(1 << 20):
            copy.write(chunk)
    _execute(server, f"analyze {table}")
    file.unlink()


def run_in_postgres(project: Path, socket: Path) -> None:
    """Run the models in a project that was laid out for PostgreSQL."""
    _run(project, project / "target", environment(socket), "postgres")


def environment(socket: Path) -> dict[str, str]:
    """Return where the project's profile finds the bench's own server."""
    return {"PGHOST": str(socket), "PGUSER": "postgres", "PGDATABASE": "postgres"}


def run_in_duckdb(warehouse: Warehouse, scratch: Path) -> None:
    """Run the same models as they stand, in a built warehouse."""
    places = {"LOYALTY_WAREHOUSE": str(warehouse.folder)}
    _run(PROJECT_FOLDER, scratch / "target", places, "build")


def _run(project: Path, target: Path, environment: dict[str, str], engine: str) -> None:
    command = [str(Path(sys.executable).with_name("dbt")), "run", "--no-use-colors", *SELECTED]
    command += ["--target", engine]
    places = {
        "--project-dir": project,
        "--profiles-dir": PROJECT_FOLDER / "profiles",
        "--target-path": target,
        "--log-path": target / "logs",
    }
    for flag, place in places.items():
        command += [flag, str(place)]
    timing.run(command, environment)


def differing(build_database: Path, socket: Path, scratch: Path) -> list[str]:
    """Say for each mart how many rows PostgreSQL made otherwise."""
    tables = [f"{schema}.{table}" for schema, table in transform.published_tables()]
    with opened(build_database) as connection, connected(socket) as server:
        connection.execute("attach ':memory:' as made")
        for table in tables:
            _fetch(connection, server, table, scratch / f"{table}.csv")
        return equality.differing(connection, tables, "build", "made")


def _fetch(
    connection: duckdb.DuckDBPyConnection, server: "psycopg.Connection[Any]", table: str, file: Path
) -> None:
    relation = connection.sql(f"from {table} limit 0")
    types = dict(zip(relation.columns, map(str, relation.types), strict=True))
    query = f"copy (select {', '.join(types)} from {table}) to stdout (format csv)"
    with file.open("wb") as rows, server.cursor() as cursor, cursor.copy(query.encode()) as copy:
        for chunk in copy:
            rows.write(chunk)
    casts = ", ".join(_read_as(name, kind) for name, kind in types.items())
    connection.execute(f"create schema if not exists made.{table.partition('.')[0]}")
    connection.execute(
        f"create table made.{table} as select {casts} from read_csv('{file}', header = false, "
        f"all_varchar = true, names = {list(types)}, allow_quoted_nulls = false)"
    )
    file.unlink()


def _read_as(name: str, kind: str) -> str:
    value = f"{name} = 't'" if kind == "BOOLEAN" else f"cast({name} as {kind})"
    return f"{value} as {name}"


def opened(build_database: Path) -> duckdb.DuckDBPyConnection:
    """Open a built warehouse read-only, under the name that its views know."""
    connection = duckdb.connect()
    connection.execute("set TimeZone = 'UTC'")
    connection.execute(f"attach '{build_database}' as build (read_only)")
    connection.execute("use build")
    return connection


def connected(socket: Path) -> "psycopg.Connection[Any]":
    """Connect to the bench's own server."""
    return psycopg.connect(f"host={socket} user=postgres dbname=postgres", autocommit=True)


def _execute(server: "psycopg.Connection[Any]", statement: str) -> None:
    server.execute(statement.encode())
