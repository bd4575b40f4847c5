"""dbt's commands of a night: run in this process, followed, and what they say of the models."""

import contextvars
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import duckdb

from loyalty import privacy, signals
from loyalty.build.manifests import invoke, part_manifest, project_manifest
from loyalty.errors import BuildError
from loyalty.warehouse import Warehouse

FAILED = ("error", "fail", "runtime error")


@dataclass(frozen=True)
class BuildReport:
    """What a build did; `warnings` are sentences, one per dbt test that warned.

    `parts` are the seconds of what it did beside the models and tests that the ledger knows.
    """

    models: int
    tests: int
    seconds: float
    warnings: list[str]
    parts: Mapping[str, float]


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
        self._parts: dict[str, float] = {}

    def run(self, command: str, *arguments: str, is_part: bool = False) -> list[Any]:
        """Run a dbt command over all rows, or over the part of them that has changed.

        Returns its nodes, as they are when it is done, in the order in which they were.

        Raises:
            BuildError: a model could not be built or a test failed; each is named.
            Stopped: a signal asked for the end meanwhile.
        """
        manifest = part_manifest() if is_part else project_manifest()
        passed_over = []
        if command == "build":
            for kind in ("unit_test", "exposure"):
                passed_over += ["--exclude-resource-type", kind]
        places = {
            "--target-path": self.warehouse.target.resolve(),
            "--log-path": self.warehouse.private.resolve() / "logs",
        }
        seconds_before = {} if is_part else _seconds_before(self.warehouse)
        progress = Progress(self.say, seconds_before, _row_count)
        # dbt calls back from threads of its own: what is logged there belongs to this run too.
        context = contextvars.copy_context()

        def on_event(event: Any) -> None:
            # An error would end dbt's thread unseen, and its command would wait for it for ever.
            with suppress(Exception):
                context.copy().run(progress.on_event, event)

        result = invoke([command, *arguments, *passed_over], places, manifest, on_event)
        # dbt takes the signal for the end of its command only.
        signals.check()
        if result.exception is not None:
            raise BuildError(f"dbt did not run: {_said(result.exception)}") from None
        results = list(result.result.results)
        self._seconds += float(result.result.elapsed_time)
        failures = [node for node in results if str(node.status) in FAILED]
        self._results.update((node.node.unique_id, node) for node in results)
        _keep(self.warehouse, self._night_id, results)
        if failures:
            raise BuildError("dbt: " + "; ".join(_sentences(self.warehouse, failures)))
        return [node.node for node in results]

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Keep how long what is done within takes, for the report."""
        began = time.monotonic()
        yield
        self._parts[name] = self._parts.get(name, 0.0) + time.monotonic() - began

    def start_over(self) -> None:
        """Let no command so far count in the report and the ledger: all is built anew."""
        self._results.clear()
        with self.warehouse.connect() as connection:
            connection.execute(
                "delete from quality.dbt_results where night_id = ?", [self._night_id]
            )

    def report(self) -> BuildReport:
        """Return what the commands did."""
        results = list(self._results.values())
        types = [str(node.node.resource_type) for node in results]
        return BuildReport(
            models=types.count("model"),
            tests=types.count("test"),
            seconds=self._seconds,
            warnings=_sentences(self.warehouse, [n for n in results if str(n.status) == "warn"]),
            parts=self._parts,
        )


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
    """Return the seconds of each node in the last night that published."""
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
        f"{key} = {privacy.value(key, value)}" for key, value in zip(columns, row, strict=False)
    )
    return f"test {name} finds {node.failures} rows, the first of them: {shown}"


def _said(message: object) -> str:
    """Return what dbt says, in one line, without the values that the database quoted."""
    return privacy.database_message(" ".join(str(message).split()))


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
