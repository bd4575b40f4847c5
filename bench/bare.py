"""The compiled SQL of the models, run by DuckDB alone: no dbt, no tests unless asked for.

    python -m bench.bare compile WAREHOUSE FILE   # dbt compiles, once
    python -m bench.bare run WAREHOUSE FILE       # DuckDB makes every table and view anew
    python -m bench.bare tests WAREHOUSE FILE     # the same, and each test's query
    python -m bench.bare parquet WAREHOUSE FILE   # what each table is filled with, into Parquet

Statements are those of the models' materializations and contracts, in the order of dependency, with
the profile's settings.
"""

import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import duckdb
import jinja2
import yaml

from loyalty.build import manifests
from loyalty.project import PROJECT_FOLDER
from loyalty.warehouse import Warehouse

Statement = tuple[str, list[str]]


def compile_project(warehouse: Warehouse) -> dict[str, list[Statement]]:
    """Return names and statements of models and tests, in the order of dependency."""
    from dbt.cli.main import dbtRunner

    manifest = manifests.project_manifest()
    os.environ["LOYALTY_WAREHOUSE"] = str(warehouse.folder.resolve())
    flags = [
        "--project-dir",
        str(PROJECT_FOLDER),
        "--profiles-dir",
        str(PROJECT_FOLDER / "profiles"),
    ]
    places = ["--target-path", str(warehouse.target), "--log-path", str(warehouse.private / "logs")]
    quiet = ["--log-level", "none", "--log-level-file", "none", "--no-write-json"]
    ran: Any = dbtRunner(manifest=manifest).invoke(
        ["compile", "--full-refresh", *flags, *places, *quiet]
    )
    if not ran.success:
        raise SystemExit(f"the models do not compile: {ran.exception}")
    nodes = [result.node for result in ran.result.results]
    return {
        "models": [_model(node) for node in nodes if str(node.resource_type) == "model"],
        "tests": [
            (node.name, [f"select count(*) from ({node.compiled_code})"])
            for node in nodes
            if str(node.resource_type) == "test"
        ],
    }


def _model(node: Any) -> Statement:
    if node.config.materialized == "view":
        return node.name, [f"create or replace view {node.relation_name} as {node.compiled_code}"]
    drop = f"drop table if exists {node.relation_name}"
    if not node.config.contract.enforced:
        return node.name, [drop, f"create table {node.relation_name} as {node.compiled_code}"]
    columns = ", ".join(f"{column.name} {column.data_type}" for column in node.columns.values())
    names = ", ".join(column.name for column in node.columns.values())
    return node.name, [
        drop,
        f"create table {node.relation_name} ({columns})",
        f"insert into {node.relation_name} select {names} from ({node.compiled_code})",
    ]


def profile_settings() -> dict[str, Any]:
    """Return the settings that the profile gives DuckDB."""
    text = (PROJECT_FOLDER / "profiles" / "profiles.yml").read_text(encoding="utf-8")
    rendered = jinja2.Template(text).render(
        env_var=lambda name, other="": os.environ.get(name, other)
    )
    output: dict[str, Any] = yaml.safe_load(rendered)["loyalty"]["outputs"]["build"]
    # Empty is DuckDB's own choice.
    return {name: value for name, value in output.get("settings", {}).items() if value != ""}


def run(warehouse: Warehouse, statements: list[Statement]) -> dict[str, Any]:
    """Run all statements; return the seconds of all, and of each."""
    with duckdb.connect(str(warehouse.build_database)) as connection:
        for name, value in profile_settings().items():
            connection.execute(f"set {name} = '{value}'")
        seconds = {}
        began = time.monotonic()
        for name, parts in statements:
            at = time.monotonic()
            for part in parts:
                connection.execute(part).fetchall()
            seconds[name] = time.monotonic() - at
        return {"seconds": time.monotonic() - began, "nodes": seconds}


def into_parquet(statements: list[Statement], room: Path) -> list[Statement]:
    """Return statements that write what fills each table to a file, packed as polars packs it."""
    # A contract's last statement is `insert into RELATION QUERY`.
    queries = {name: parts[-1].split(" ", 3)[3] for name, parts in statements}
    return [
        (name, [f"copy ({query}) to '{room / name}.parquet' (compression lz4)"])
        for name, query in queries.items()
    ]


def main() -> None:
    """Do one of the four, as the first argument says."""
    task, folder, file = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    warehouse = Warehouse(folder)
    if task == "compile":
        compiled = compile_project(warehouse)
        file.write_text(json.dumps(compiled), encoding="utf-8")
        print(json.dumps({kind: len(statements) for kind, statements in compiled.items()}))
        return
    compiled = json.loads(file.read_text(encoding="utf-8"))
    statements = compiled["models"] + (compiled["tests"] if task == "tests" else [])
    if task == "parquet":
        with tempfile.TemporaryDirectory(dir=file.parent) as room:
            print(json.dumps(run(warehouse, into_parquet(statements, Path(room)))))
        return
    print(json.dumps(run(warehouse, statements)))


if __name__ == "__main__":
    main()
