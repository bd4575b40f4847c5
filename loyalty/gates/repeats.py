"""Content that was loaded before, landed again under a new name: no batch, and nothing to check.

Once it is told, as yesterday's export sent again. Night after night it is a frozen feed, which
`expectations/raw/standstill.sql` cannot see: it compares batches.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import duckdb

from loyalty.gates import report
from loyalty.gates.report import ExpectationResult, GateReport

FROZEN = (Path(__file__).parent / "repeats.sql").read_text()
NAME = "new_content"


class Repeat(NamedTuple):
    """A landed file, and the name under which its content was loaded before."""

    source_id: str
    table_name: str
    file_name: str
    known_as: str


def check(
    connection: duckdb.DuckDBPyConnection, night_id: str, repeats: Iterable[Repeat]
) -> list[GateReport]:
    """Judge what a night found loaded before under another name, once its files are loaded.

    A name is told in the night in which it is new. Where the feed is frozen the report fails,
    also in later nights, until the feed brings something new.
    """
    tables: dict[tuple[str, str], list[Repeat]] = {}
    for repeat in repeats:
        tables.setdefault((repeat.source_id, repeat.table_name), []).append(repeat)
    found = [_check_table(connection, night_id, found) for found in tables.values()]
    return [each for each in found if each.results]


def _check_table(
    connection: duckdb.DuckDBPyConnection, night_id: str, repeats: list[Repeat]
) -> GateReport:
    source, table = repeats[0].source_id, repeats[0].table_name
    suite = f"raw_{source}__{table}"
    known = connection.execute(
        "select distinct observed from quality.expectation_results "
        "where expectation = $1 and suite = $2",
        [NAME, suite],
    ).fetchall()
    told = [_told(repeat) for repeat in repeats if (repeat.file_name,) not in known]
    report.keep(connection, night_id, None, [(suite, "raw", result) for result in told])
    frozen = connection.execute(
        f"select family, now_count from ({FROZEN}) where is_frozen",
        {"suite": suite, "source": source, "table": table},
    ).fetchall()
    stopped = [
        ExpectationResult(
            "frozen_content",
            "critical",
            False,
            f"{source}.{table} ({family}): the feed is frozen: {nights} nights brought nothing but "
            "content that was loaded before, under new names. Land a new export",
        )
        for family, nights in frozen
    ]
    report.keep(connection, night_id, None, [(suite, "raw", result) for result in stopped])
    return GateReport("raw", suite, (*told, *stopped))


def _told(repeat: Repeat) -> ExpectationResult:
    return ExpectationResult(
        NAME,
        "warning",
        False,
        f"{repeat.source_id}.{repeat.table_name} ({repeat.file_name}): a new name brings new "
        f"content: this was loaded before, as {repeat.known_as}",
        observed=repeat.file_name,
    )
