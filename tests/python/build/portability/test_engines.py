"""The project parses for every engine, and on PostgreSQL it builds what it builds on DuckDB."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from agreement.houses import House
from benchmarks.fixtures import copied

from bench.in_postgres import models, server
from loyalty.build.manifests import project_manifest
from loyalty.project import PROJECT_FOLDER

pytest_plugins = ["agreement.fixtures"]

# Targets of the profile, and what dispatched macros begin with there.
ENGINES = {"build": "duckdb", "postgres": "postgres", "spark": "spark"}
DISPATCHED = re.compile(r"adapter\.dispatch\('(\w+)'\)")


def dbt(target: str, folder: Path, *words: str, **environment: str) -> None:
    """Run dbt in a process of its own: one process has one engine's adapter."""
    places = {
        "--project-dir": PROJECT_FOLDER,
        "--profiles-dir": PROJECT_FOLDER / "profiles",
        "--target-path": folder / "target",
        "--log-path": folder / "logs",
    }
    flags = [str(word) for pair in places.items() for word in pair]
    command = [str(Path(sys.executable).with_name("dbt")), "--no-use-colors", *words, *flags]
    private = folder / "private"
    private.mkdir(exist_ok=True)
    done = subprocess.run(
        [*command, "--target", target],
        env=os.environ | {"LOYALTY_WAREHOUSE": str(folder)} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-8000:]


@pytest.mark.parametrize("target", ENGINES)
def test_the_project_parses_for_each_engine(target: str, tmp_path: Path) -> None:
    dbt(target, tmp_path, "parse")
    manifest = json.loads((tmp_path / "target" / "manifest.json").read_text())
    assert manifest["metadata"]["adapter_type"] == ENGINES[target]
    ours = project_manifest()
    assert set(manifest["nodes"]) == set(ours.nodes)
    assert set(manifest["unit_tests"]) == set(ours.unit_tests)


def test_each_engine_has_a_form_of_every_dispatched_macro() -> None:
    macros = {
        name: text
        for file in (PROJECT_FOLDER / "macros").rglob("*.sql")
        for name, text in re.findall(
            r"\{% macro (\w+)\(.*?-?%\}(.*?)\{%-? endmacro", file.read_text(), re.DOTALL
        )
    }
    dispatched = {name for text in macros.values() for name in DISPATCHED.findall(text)}
    assert len(dispatched) > 5
    missing = [
        f"{engine}__{name}"
        for name in dispatched
        for engine in ENGINES.values()
        if f"{engine}__{name}" not in macros and f"default__{name}" not in macros
    ]
    assert missing == []
    described = {macro.name for macro in project_manifest().macros.values() if macro.description}
    assert dispatched <= described


@pytest.mark.skipif(not server.BINARIES, reason="PostgreSQL is not installed")
def test_postgres_builds_and_tests_all_from_what_is_landed(
    nasty_house: House, tmp_path: Path
) -> None:
    """Seeds, models with their contracts, data tests, unit tests; and then the same marts."""
    built = copied(nasty_house, tmp_path)
    with server.running() as socket:
        models.load_tables(
            built, socket, tmp_path, lambda schema, table: schema.startswith(("raw_", "control"))
        )
        where = models.environment(socket)
        dbt("postgres", tmp_path, "build", **where)
        assert models.differing(built, socket, tmp_path) == []
        # All orders come again: they replace themselves.
        with models.connected(socket) as connection:
            count = "select count(*), count(distinct order_id) from intermediate.int_orders"
            before = connection.execute(count).fetchall()
            connection.execute("update raw_canonical.orders set _batch_id = 1000000")
            dbt("postgres", tmp_path, "run", "--select", "int_orders", **where)
            assert connection.execute(count).fetchall() == before
