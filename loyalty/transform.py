"""The models: one dbt build in this process, and what it says about them."""

import gc
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import duckdb

from loyalty import changes, discretion, increments, last_build, memory, merging
from loyalty.errors import BuildError
from loyalty.generation_file import Changed
from loyalty.last_build import Build
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
        now = last_build.now(connection, files_fingerprint(PARSED_FILES))
        last_build.forget(connection)
        has_many_rows = changes.row_count(connection, tables) >= last_build.least_rows()
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
        dbt.run("build", *(("--full-refresh",) if is_anew else ()))
    with warehouse.connect() as connection:
        increments.keep(connection, mark)
        last_build.keep(connection, now)
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


def _build_changes(dbt: "Dbt", tables: Sequence[changes.Input], last: Build, now: Build) -> bool:
    """Build what has changed since the last build; return False where all must be built anew."""
    manifest = project_manifest()
    by_person = ("--select", f"config.meta.built:{changes.BY_PERSON}")
    given = ("--exclude", f"path:{changes.INPUT_FOLDER}", "int_night")
    dbt.run("run", "--select", f"path:{changes.INPUT_FOLDER}")
    with dbt.warehouse.connect() as connection:
        of_rows = changes.row_count(connection, tables)
        row_count = changes.find(connection, tables, last, now)
    if row_count is None:
        dbt.say("much has changed: all is built anew")
        return False
    dbt.say(f"what has changed is built: {row_count:,} of about {of_rows:,} input rows")
    # What the models made of the rows before need not be tested: it is held against what stands.
    dbt.run("run", *by_person, *given, part=changes.BEFORE)
    dbt.run("build", *by_person, *given, "--indirect-selection", "buildable", part=changes.AFTER)
    with dbt.warehouse.connect() as connection:
        try:
            merging.merge(connection, merging.tables(manifest))
        except merging.MismatchError as problem:
            dbt.say(f"{problem} is not what its models make of the last build: all is built anew")
            return False
    # Tests that read what is built by person as a whole wait for the next build of all.
    dbt.run(
        "build",
        "--exclude",
        *(by_person[1], "path:models/staging/canonical", "path:models/staging/olist"),
        *("resource_type:seed", f"path:{changes.INPUT_FOLDER}"),
        *("--indirect-selection", "cautious"),
    )
    return True


class Dbt:
    """Runs dbt for a night, with one progress and one report over all of its commands."""

    def __init__(
        self, warehouse: Warehouse, night_id: str, on_progress: Callable[[str], None]
    ) -> None:
        self.warehouse = warehouse
        self.say = on_progress
        self._night_id = night_id
        self._results: dict[str, Any] = {}
        self._seconds = 0.0

    def run(self, command: str, *arguments: str, part: str | None = None) -> None:
        """Run a dbt command over all rows, or over a part of them in schemas of its own.

        Raises:
            BuildError: a model could not be built or a test failed; each is named.
        """
        manifest = part_manifest(part) if part else project_manifest()
        passed_over = []
        if command == "build":
            for kind in ("unit_test", "exposure"):
                passed_over += ["--exclude-resource-type", kind]
        places = {
            "--target-path": self.warehouse.target.resolve(),
            "--log-path": self.warehouse.private.resolve() / "logs",
        }
        seconds_before = {} if part else _seconds_before(self.warehouse)
        progress = Progress(self.say, seconds_before, _row_count)
        result = _invoke([command, *arguments, *passed_over], places, manifest, progress.on_event)
        if result.exception is not None:
            raise BuildError(f"dbt did not run: {_said(result.exception)}") from None
        results = list(result.result.results)
        self._seconds += float(result.result.elapsed_time)
        failures = [node for node in results if str(node.status) in FAILED]
        if part != changes.BEFORE:
            self._results.update((node.node.unique_id, node) for node in results)
            _keep(self.warehouse, self._night_id, results)
        if failures:
            raise BuildError("dbt: " + "; ".join(_sentences(self.warehouse, failures)))

    def report(self) -> BuildReport:
        """Return what the commands did."""
        results = list(self._results.values())
        types = [str(node.node.resource_type) for node in results]
        return BuildReport(
            models=types.count("model"),
            tests=types.count("test"),
            seconds=self._seconds,
            warnings=_sentences(self.warehouse, [n for n in results if str(n.status) == "warn"]),
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


def part_manifest(part: str) -> "Manifest":
    """Return the parsed project with all that is built by person in schemas of the part's own."""
    from dbt.parser.manifest import extended_mashumaro_encoder

    name = f"{part} {files_fingerprint(PARSED_FILES)}"
    if name not in _MANIFESTS:
        manifest = _read_manifest(project_manifest().to_msgpack(extended_mashumaro_encoder))
        for node in manifest.nodes.values():
            if changes.is_by_person(node):
                whole, node.schema = node.schema, f"{part}_{node.schema}"
                node.relation_name = (node.relation_name or "").replace(
                    f'"{whole}"', f'"{node.schema}"', 1
                )
        manifest.build_flat_graph()
        _MANIFESTS[name] = manifest
    return _MANIFESTS[name]


def _read_manifest(packed: bytes) -> "Manifest":
    from dbt.contracts.graph.manifest import Manifest
    from dbt.parser.manifest import extended_mashumuro_decoder

    manifest = Manifest.from_msgpack(packed, decoder=extended_mashumuro_decoder)
    manifest.build_flat_graph()
    return manifest


def _kept_manifest(kept: Path) -> "Manifest":
    """Read the manifest at `kept`, or parse the project and keep it there."""
    from dbt.parser.manifest import extended_mashumaro_encoder

    if kept.exists():
        return _read_manifest(kept.read_bytes())
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
    if not results:
        return
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
