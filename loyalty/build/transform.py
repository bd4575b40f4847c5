"""The models: all of them built, or what has changed of them, and which of them are published."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import duckdb

from loyalty import settings
from loyalty.build import changes, increments, last_build, merging
from loyalty.build.changes import Changed
from loyalty.build.dbt_runs import BuildReport, Dbt
from loyalty.build.last_build import Build
from loyalty.build.manifests import project_fingerprint, project_manifest
from loyalty.warehouse import Warehouse, memory

PUBLISHED_FOLDER = "models/marts/"
# What tests are tagged with that cost as much as there are rows.
ALL_ROWS = "all_rows"


def build(
    warehouse: Warehouse,
    night_id: str,
    full_refresh: bool = False,
    on_progress: Callable[[str], None] = lambda line: None,
) -> BuildReport:
    """Build and test all models in the build database; the caller holds no connection to it.

    The input layer takes in what was loaded since; all rows where `full_refresh` asks for it, or
    where other code made those that it holds. Where the last build can be gone on from, of the
    models that are built by person only what has changed is built, and merged into what they hold.
    Each node's result goes to `quality.dbt_results`.

    Raises:
        BuildError: a model could not be built or a test failed; each is named.
        UsageError: the environment says something impossible.
    """
    os.environ["LOYALTY_WAREHOUSE"] = str(warehouse.folder.resolve())
    manifest = project_manifest()
    mark = increments.code_mark(manifest)
    tables = changes.inputs(manifest)
    with warehouse.connect() as connection:
        is_made = increments.is_made_by(connection, mark)
        # dbt opens the database anew, by its profile.
        os.environ[memory.VARIABLE] = memory.limit_of(connection)
        last = last_build.read(connection)
        now = last_build.now(connection, project_fingerprint())
        last_build.forget(connection)
        has_many_rows = changes.row_count(connection, tables) >= settings.least_rows()
        changes.clear(connection, changes.schemas(manifest))
    is_anew = full_refresh or not is_made
    dbt = Dbt(warehouse, night_id, on_progress)
    if (
        not is_anew
        and last is not None
        and now.goes_on_from(last)
        and has_many_rows
        and _build_changes(dbt, tables, last, now)
    ):
        now = replace(now, follows=last.generation)
    else:
        dbt.start_over()
        dbt.run("build", *(("--full-refresh",) if is_anew else ()))
    with warehouse.connect() as connection:
        increments.keep(connection, mark)
        last_build.keep(connection, now)
        if now.follows is None:
            # Nobody publishes what has changed.
            changes.clear(connection, changes.schemas(manifest))
    return dbt.report()


def published_changes(connection: duckdb.DuckDBPyConnection) -> Changed | None:
    """Return what tells the last build from a generation, where only what had changed was built."""
    last = last_build.read(connection)
    if last is None or last.follows is None:
        return None
    published = set(published_tables())
    return Changed(
        last.follows,
        {
            (table.schema, table.name): table.key
            for table in merging.tables(project_manifest())
            if isinstance(table, merging.Keyed) and (table.schema, table.name) in published
        },
    )


def forget_changes(connection: duckdb.DuckDBPyConnection, generation: str) -> None:
    """Remember that `generation` holds the last build; what has changed is needed no more."""
    last_build.keep_published(connection, generation)
    changes.clear(connection, changes.schemas(project_manifest()))


def _build_changes(dbt: Dbt, tables: Sequence[changes.Input], last: Build, now: Build) -> bool:
    """Build what has changed since the last build; return False where all must be built anew."""
    by_person = ("--select", f"config.meta.built:{changes.BY_PERSON}")
    given = ("--exclude", f"path:{changes.INPUT_FOLDER}", "int_night")
    dbt.run("run", "--select", f"path:{changes.INPUT_FOLDER}")
    with dbt.part("changes found"), dbt.warehouse.connect() as connection:
        of_rows = changes.row_count(connection, tables)
        row_count = changes.find(connection, tables, last, now)
    if row_count is None:
        dbt.say("much has changed: all is built anew")
        return False
    dbt.say(f"what has changed is built: {row_count:,} of about {of_rows:,} input rows")
    nodes = dbt.run("build", *by_person, *given, "--indirect-selection", "buildable", is_part=True)
    # What the models made of the rows before need not be tested: it is held against what stands.
    with dbt.part("changes as they were"), dbt.warehouse.connect() as connection:
        changes.build_before(connection, nodes)
    try:
        with dbt.part("changes merged"), dbt.warehouse.connect() as connection:
            merging.merge(connection, merging.tables(project_manifest()))
    except merging.MismatchError as problem:
        dbt.say(f"{problem} is not what its models make of the last build: all is built anew")
        return False
    # Tests that read what is built by person as a whole wait for the next build of all.
    dbt.run(
        "build",
        "--exclude",
        *(by_person[1], "path:models/staging/canonical", "path:models/staging/olist"),
        *("resource_type:seed", f"path:{changes.INPUT_FOLDER}", f"tag:{ALL_ROWS}"),
        *("--indirect-selection", "cautious"),
    )
    return True


def published_tables() -> list[tuple[str, str]]:
    """Return (schema, table) of every mart: what a generation holds, in a fixed order."""
    return sorted((node.schema, node.name) for node in _published_nodes())


def published_comments() -> dict[tuple[str, ...], str]:
    """Return what the marts' yml say of (schema, table) and of (schema, table, column)."""
    comments: dict[tuple[str, ...], str] = {}
    for node in _published_nodes():
        comments[node.schema, node.name] = node.description.strip()
        for name, column in node.columns.items():
            comments[node.schema, node.name, name] = column.description.strip()
    return comments


def _published_nodes() -> Iterator[Any]:
    for node in project_manifest().nodes.values():
        is_mart = str(node.resource_type) == "model" and node.original_file_path.startswith(
            PUBLISHED_FOLDER
        )
        if is_mart and node.config.materialized in ("table", "incremental"):
            yield node
