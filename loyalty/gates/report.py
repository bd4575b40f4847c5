"""What a gate finds, and where it is kept."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from textwrap import wrap
from typing import Any, Literal

import duckdb

Gate = Literal["raw", "marts"]
Severity = Literal["critical", "warning"]

# What nobody may answer for: it would be published, to readers who may not see it.
NEVER_RELEASED = "no_addresses"
LINE_WIDTH = 100


@dataclass(frozen=True)
class ExpectationResult:
    """One expectation checked; `message` says in a sentence what was expected and what was seen.

    `expectation` is the check's short name, `column_name` null for checks of a whole table. No
    field holds a value of a sensitive column. `rows_where` picks the rows that are not as expected:
    a SQL condition, in which {relation} stands for the table; None where no single row is to blame.
    """

    expectation: str
    severity: Severity
    is_success: bool
    message: str
    column_name: str | None = None
    observed: str | None = None
    unexpected_count: int | None = None
    rows_where: str | None = None


@dataclass(frozen=True)
class GateReport:
    """The results of one gate on one batch, or on all marts.

    `suite` names what was checked. `pages` are Great Expectations' own results, for its Data Docs;
    empty when it was not asked or gave no answer.
    """

    gate: Gate
    suite: str
    results: tuple[ExpectationResult, ...]
    batch_id: int | None = None
    pages: tuple[dict[str, Any], ...] = field(default=(), repr=False, compare=False)

    @property
    def critical_failures(self) -> tuple[ExpectationResult, ...]:
        """What stops the batch, or the publication."""
        return tuple(
            result
            for result in self.results
            if not result.is_success and result.severity == "critical"
        )

    @property
    def is_releasable(self) -> bool:
        """Whether an operator may let the batch join although critical expectations failed."""
        return all(result.expectation != NEVER_RELEASED for result in self.critical_failures)

    @property
    def warnings(self) -> tuple[ExpectationResult, ...]:
        """What is told but stops nothing."""
        return tuple(
            result
            for result in self.results
            if not result.is_success and result.severity == "warning"
        )

    @property
    def is_passed(self) -> bool:
        """A gate passes when something was checked and nothing critical failed."""
        return bool(self.results) and not self.critical_failures


def keep(
    connection: duckdb.DuckDBPyConnection,
    night_id: str,
    batch_id: int | None,
    suites_and_results: Sequence[tuple[str, Gate, ExpectationResult]],
) -> None:
    """Write results to quality.expectation_results, all with the same time of checking."""
    if not suites_and_results:
        return
    checked_at = datetime.now(UTC).replace(tzinfo=None)
    rows = [
        [
            night_id,
            gate,
            suite,
            batch_id,
            result.expectation,
            result.column_name,
            result.severity,
            result.is_success,
            result.observed,
            result.unexpected_count,
            result.message,
            result.rows_where,
            checked_at,
        ]
        for suite, gate, result in suites_and_results
    ]
    # One statement: each would be a transaction of its own, with its own wait for the disk.
    places = ", ".join(["(" + ", ".join("?" * len(rows[0])) + ")"] * len(rows))
    connection.execute(
        f"""
        insert into quality.expectation_results (
            night_id, gate, suite, batch_id, expectation, column_name, severity, is_success,
            observed, unexpected_count, message, rows_where, checked_at
        ) values {places}
        """,
        [value for row in rows for value in row],
    )


def wrapped(sentences: Iterable[str]) -> Iterator[str]:
    """Yield sentences as a list whose lines fit a terminal; paths and names are not broken."""
    for sentence in sentences:
        yield from wrap(
            sentence,
            LINE_WIDTH,
            initial_indent="    - ",
            subsequent_indent="      ",
            break_long_words=False,
            break_on_hyphens=False,
        )
