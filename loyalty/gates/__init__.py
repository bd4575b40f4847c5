"""The two quality gates: a batch before it joins raw, the marts before they are published.

What is expected stands in `expectations/`; here is how it is run: inside the open build database,
under a time limit, with the results kept in quality.expectation_results and Great Expectations'
own pages written once a night. A gate that raises, does not end in time or returns nothing has
failed.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import duckdb

from loyalty.declarations import SourceDeclaration, read_declarations
from loyalty.gates import marts, profiles, report, runner, suites
from loyalty.gates.repeats import Repeat
from loyalty.gates.repeats import check as check_repeats
from loyalty.gates.report import ExpectationResult, Gate, GateReport
from loyalty.gates.runner import GateTrouble
from loyalty.project import business_time_zone

if TYPE_CHECKING:
    from loyalty.gates.dialect import GateConnections
    from loyalty.landing import LandedBatch

__all__ = [
    "ExpectationResult",
    "GateReport",
    "Repeat",
    "check_batch",
    "check_marts",
    "check_repeats",
    "remember",
    "write_data_docs",
]


class _Validated(NamedTuple):
    suite: str
    results: list[ExpectationResult]
    page: dict[str, Any]


def check_batch(
    connection: duckdb.DuckDBPyConnection,
    night_id: str,
    batch: "LandedBatch",
    time_limit_seconds: float,
) -> GateReport:
    """Gate 1: judge one landed batch; nothing is changed but its results and profile in `quality`.

    A batch with structural problems fails by these, and nothing else is asked of it.
    """
    suite = f"raw_{batch.source_id}__{batch.table_name}"
    title = f"{batch.source_id}.{batch.table_name} ({batch.file_name})"
    if batch.problems:
        validated = [_failed(suite, title, "structure", problem) for problem in batch.problems]
    else:
        validated = _run(
            connection,
            suite,
            title,
            lambda connections: _validate_batch(connections, title, batch),
            time_limit_seconds,
        )
    return _report(
        connection, validated, night_id=night_id, gate="raw", suite=suite, batch_id=batch.batch_id
    )


def remember(connection: duckdb.DuckDBPyConnection, batch: "LandedBatch") -> None:
    """Keep what later batches are compared with, of a batch whose gate is not asked again."""
    profile = profiles.measure(connection, batch, business_time_zone())
    profiles.keep(connection, batch, profile)


def check_marts(
    connection: duckdb.DuckDBPyConnection,
    night_id: str,
    time_limit_seconds: float,
    declarations: Mapping[str, SourceDeclaration] | None = None,
) -> GateReport:
    """Gate 2: judge all marts of the build database, beside raw and the last publication.

    The last publication is the one that stands in the same warehouse folder.
    """
    validated = _run(
        connection,
        "marts",
        "marts",
        lambda connections: _validate_marts(connections, night_id, declarations),
        time_limit_seconds,
    )
    return _report(connection, validated, night_id=night_id, gate="marts", suite="marts")


def write_data_docs(
    folder: Path, night_id: str, reports: Iterable[GateReport], kept_nights: int = 7
) -> Path:
    """Add a night's results to Great Expectations' static site and return its first page.

    The site, `index.html` in `folder`, holds the last `kept_nights` nights in which something was
    checked. It holds no values of the data.
    """
    from loyalty.gates import docs

    return docs.write(folder, night_id, list(reports), kept_nights)


def _validate_batch(
    connections: "GateConnections", title: str, batch: "LandedBatch"
) -> list[_Validated]:
    cursor = connections.cursor()
    profile = profiles.measure(cursor, batch, business_time_zone())
    profiles.keep(cursor, batch, profile)
    before = profiles.history(cursor, batch)
    suite = suites.of_batch(batch, datetime.now(UTC), profile, before)
    return [_validated(connections, cursor, batch.relation, title, suite)]


def _validate_marts(
    connections: "GateConnections",
    night_id: str,
    declarations: Mapping[str, SourceDeclaration] | None,
) -> list[_Validated]:
    known = read_declarations() if declarations is None else declarations
    cursor = connections.cursor()
    with marts.attached(cursor, marts.published_file(cursor)):
        facts = marts.describe(cursor, night_id, known, business_time_zone())
        return [
            _validated(connections, cursor, relation, relation, suite)
            for schema, table, suite in suites.of_marts(facts)
            for relation in [f"{schema}.{table}"]
        ]


def _validated(
    connections: "GateConnections",
    cursor: duckdb.DuckDBPyConnection,
    relation: str,
    title: str,
    suite: Any,
) -> _Validated:
    from loyalty.gates import great

    page = great.validate(connections, relation, title, suite)
    return _Validated(suite.name, great.results(title, page, cursor, relation), page)


def _run(
    connection: duckdb.DuckDBPyConnection,
    suite: str,
    title: str,
    work: Callable[["GateConnections"], list[_Validated]],
    seconds: float,
) -> list[_Validated]:
    """Do the work in a thread of its own; trouble becomes one critical failure."""

    def all_work() -> list[_Validated]:
        from loyalty.gates import dialect

        connections.append(dialect.GateConnections(connection))
        return work(connections[0])

    def stop() -> None:
        for each in connections:
            each.stop()

    connections: list[GateConnections] = []
    try:
        validated = runner.run(all_work, stop, seconds)
        if not validated or not all(each.results for each in validated):
            raise GateTrouble("the gate returned no results")
    except GateTrouble as trouble:
        return [_failed(suite, title, "gate", str(trouble))]
    return validated


def _failed(suite: str, title: str, name: str, problem: str) -> _Validated:
    result = ExpectationResult(name, "critical", False, f"{title}: {problem}")
    return _Validated(suite, [result], {})


def _report(
    connection: duckdb.DuckDBPyConnection,
    validated: list[_Validated],
    *,
    night_id: str,
    gate: Gate,
    suite: str,
    batch_id: int | None = None,
) -> GateReport:
    report.keep(
        connection,
        night_id,
        batch_id,
        [(each.suite, gate, result) for each in validated for result in each.results],
    )
    return GateReport(
        gate=gate,
        suite=suite,
        results=tuple(result for each in validated for result in each.results),
        batch_id=batch_id,
        pages=tuple(each.page for each in validated if each.page),
    )
