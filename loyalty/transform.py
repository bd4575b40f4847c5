"""The models: one dbt build in this process, and what it says about them."""

import gc
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import duckdb

from loyalty import discretion, increments, memory
from loyalty.errors import BuildError
from loyalty.project import PROJECT_FOLDER, files_fingerprint
from loyalty.warehouse import Warehouse

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

# What a parse depends on; a change in any of these files means a new one.
PARSED_FILES = (
    "dbt_project.yml",
    "models/**/*.sql",
    "models/**/*.yml",
    "macros/**/*.sql",
    "seeds/*",
    "tests/data/**/*.sql",
    "tests/data/**/*.yml",
)
PUBLISHED_FOLDER = "models/marts/"
FAILED = ("error", "fail", "runtime error")
# Parsed projects of this process, by fingerprint.
_MANIFESTS: "dict[str, Manifest]" = {}
_PARSING = Lock()


@dataclass(frozen=True)
class BuildReport:
    """What a build did; `warnings` are sentences, one per dbt test that warned."""

    models: int
    tests: int
    seconds: float
    warnings: list[str]


def build(
    warehouse: Warehouse,
    night_id: str,
    full_refresh: bool = False,
    on_progress: Callable[[str], None] = lambda line: None,
) -> BuildReport:
    """Build and test all models in the build database; the caller holds no connection to it.

    Incremental models take in what was loaded since; all rows where `full_refresh` asks for it, or
    where other code made those that they hold. Each node's result goes to `quality.dbt_results`.

    Raises:
        BuildError: a model could not be built or a test failed; each is named.
    """
    manifest = project_manifest()
    os.environ["LOYALTY_WAREHOUSE"] = str(warehouse.folder.resolve())
    arguments = ["build"]
    for passed_over in ("unit_test", "exposure"):
        arguments += ["--exclude-resource-type", passed_over]
    mark = increments.code_mark(manifest)
    with warehouse.connect() as connection:
        is_made = increments.is_made_by(connection, mark)
        # dbt opens the database anew, by its profile.
        os.environ[memory.VARIABLE] = memory.limit_of(connection)
    if full_refresh or not is_made:
        arguments.append("--full-refresh")
    places = {
        "--target-path": warehouse.target.resolve(),
        "--log-path": warehouse.private.resolve() / "logs",
    }
    progress = Progress(on_progress, _seconds_before(warehouse), _row_count)
    result = _invoke(arguments, places, manifest, progress.on_event)
    if result.exception is not None:
        raise BuildError(f"dbt did not run: {_said(result.exception)}") from None
    results = list(result.result.results)
    _keep(warehouse, night_id, results)
    failures = [node for node in results if str(node.status) in FAILED]
    if failures:
        raise BuildError("dbt: " + "; ".join(_sentences(warehouse, failures)))
    with warehouse.connect() as connection:
        increments.keep(connection, mark)
    types = [str(node.node.resource_type) for node in results]
    return BuildReport(
        models=types.count("model"),
        tests=types.count("test"),
        seconds=float(result.result.elapsed_time),
        warnings=_sentences(warehouse, [n for n in results if str(n.status) == "warn"]),
    )


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


def project_manifest() -> "Manifest":
    """Return the parsed project; parsed anew only when one of its files has changed.

    The parse does not depend on the warehouse and is kept in the checkout's `target`. May be called
    ahead, from another thread: who comes second waits for the first.

    Raises:
        BuildError: the project does not parse; dbt's own sentence says where.
    """
    with _PARSING:
        fingerprint = files_fingerprint(PARSED_FILES)
        if fingerprint not in _MANIFESTS:
            _MANIFESTS[fingerprint] = _kept_manifest(
                PROJECT_FOLDER / "target" / f"manifest_{fingerprint}.msgpack"
            )
        return _MANIFESTS[fingerprint]


def _kept_manifest(kept: Path) -> "Manifest":
    """Read the manifest at `kept`, or parse the project and keep it there."""
    from dbt.contracts.graph.manifest import Manifest
    from dbt.parser.manifest import extended_mashumaro_encoder, extended_mashumuro_decoder

    if kept.exists():
        manifest = Manifest.from_msgpack(kept.read_bytes(), decoder=extended_mashumuro_decoder)
        manifest.build_flat_graph()
        return manifest
    places = {"--target-path": kept.parent, "--log-path": kept.parent / "logs"}
    result = _invoke(["parse"], places)
    if not result.success:
        raise BuildError(f"the dbt project does not parse: {result.exception}")
    parsed: Manifest = result.result
    # Kept for the next process; where the checkout may not be written, it parses again.
    with suppress(OSError):
        kept.parent.mkdir(exist_ok=True)
        partial = kept.with_suffix(f".{os.getpid()}.partial")
        partial.write_bytes(parsed.to_msgpack(extended_mashumaro_encoder))
        for old in kept.parent.glob("manifest_*.msgpack"):
            if old != kept:
                old.unlink(missing_ok=True)
        partial.replace(kept)
    return parsed


def _invoke(
    arguments: list[str],
    places: Mapping[str, Path],
    manifest: "Manifest | None" = None,
    on_event: Callable[[Any], None] = lambda event: None,
) -> Any:
    """Run dbt in this process; `places` are the flags that say where it writes."""
    from dbt.cli.main import dbtRunner

    everywhere = {
        "--project-dir": PROJECT_FOLDER,
        "--profiles-dir": PROJECT_FOLDER / "profiles",
        **places,
    }
    # Results come by the result object and by events: dbt's own lines, for which it formats each of
    # its thousands of events, go nowhere.
    flags = ["--log-level", "none", "--log-level-file", "none", "--no-write-json"]
    for flag, place in everywhere.items():
        flags += [flag, str(place)]
    runner = dbtRunner(manifest=manifest, callbacks=[on_event])
    # The manifest is half a million objects that stay: not to be searched for garbage each time.
    gc.freeze()
    try:
        return runner.invoke([*arguments, *flags])
    finally:
        gc.unfreeze()


class Progress:
    """Turns dbt's events into a line per ended model and seed, and per test that does not pass.

    A line says which of how many it was, how many rows it holds by `row_count` of its relation's
    name, how long the build takes so far, and about how long the rest takes: as long as it took
    the last time, by `seconds_before` of nodes by unique id.
    """

    ENDS = ("LogModelResult", "LogSeedResult", "LogTestResult")

    def __init__(
        self,
        on_progress: Callable[[str], None],
        seconds_before: Mapping[str, float],
        row_count: Callable[[str], int],
    ) -> None:
        self._on_progress = on_progress
        self._rest = dict(seconds_before)
        self._row_count = row_count
        self._began = time.monotonic()

    def on_event(self, event: Any) -> None:
        """Take one event of dbt."""
        if event.info.name not in self.ENDS:
            return
        data = event.data
        self._rest.pop(data.node_info.unique_id, None)
        status = str(data.status).split()[0].lower()
        if event.info.name == "LogTestResult" and status == "pass":
            return
        # dbt names the number of nodes otherwise where it speaks of tests.
        total = data.num_models if event.info.name == "LogTestResult" else data.total
        rest = sum(self._rest.values())
        remains = f", about {rest:.0f} s remain" if rest >= 1 else ""
        so_far = f"{time.monotonic() - self._began:.0f} s so far{remains}"
        node = data.node_info
        name = f"{node.resource_type} {node.node_name}"
        # A view's rows are counted where they are kept.
        is_table = node.materialized in ("table", "incremental") and status == "ok"
        rows = f"{self._row_count(node.node_relation.relation_name):,} rows" if is_table else ""
        self._on_progress(
            f"{data.index:>4}/{total} {name:<40} {status:<7}{rows:>18}"
            f"{data.execution_time:>9.2f} s; {so_far}"
        )


def _row_count(relation: str) -> int:
    """Count the rows of what dbt just built, by the database that it holds open."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    cursor = DuckDBConnectionManager.env().conn.cursor()
    return int(cursor.execute(f"select count(*) from {relation}").fetchall()[0][0])


def _seconds_before(warehouse: Warehouse) -> dict[str, float]:
    """Return the seconds of each node in the last night that built all models."""
    with warehouse.connect() as connection:
        rows = connection.execute(
            """
            select unique_id, seconds from quality.dbt_results
            where night_id = (
                select night_id from quality.nights
                where status = 'published' order by started_at desc limit 1
            )
            """
        ).fetchall()
    return dict(rows)


def _sentences(warehouse: Warehouse, nodes: list[Any]) -> list[str]:
    """Say for each node what dbt found there; of a test, the first row that fails it."""
    if not nodes:
        return []
    connection = warehouse.connect()
    try:
        return [_sentence(connection, node) for node in nodes]
    finally:
        connection.close()


def _sentence(connection: duckdb.DuckDBPyConnection, node: Any) -> str:
    name = node.node.name
    if str(node.node.resource_type) != "test" or not node.failures:
        return f"{node.node.resource_type} {name}: {_said(node.message)}"
    first = connection.execute(node.node.compiled_code)
    columns = [column[0] for column in first.description or []]
    row = first.fetchone() or ()
    shown = ", ".join(
        f"{key} = {discretion.value(key, value)}" for key, value in zip(columns, row, strict=False)
    )
    return f"test {name} finds {node.failures} rows, the first of them: {shown}"


def _said(message: object) -> str:
    """Return what dbt says, in one line, without the values that the database quoted."""
    return discretion.database_message(" ".join(str(message).split()))


def _keep(warehouse: Warehouse, night_id: str, results: list[Any]) -> None:
    rows = [
        (
            night_id,
            node.node.unique_id,
            str(node.node.resource_type),
            str(node.status),
            node.failures,
            node.execution_time,
            _said(node.message) if str(node.status) not in ("success", "pass") else None,
        )
        for node in results
    ]
    connection = warehouse.connect()
    try:
        connection.executemany("insert into quality.dbt_results values (?, ?, ?, ?, ?, ?, ?)", rows)
    finally:
        connection.close()


if __name__ == "__main__":
    # Parsed once when it is installed, the first night need not.
    project_manifest()
