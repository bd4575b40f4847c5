"""What `loyalty quarantine list` and `show` say; personal data is masked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from loyalty.declarations import TableDeclaration, read_declarations
from loyalty.gates.report import wrapped
from loyalty.landing.contents import UnreadableFileError
from loyalty.landing.csv_files import header_names
from loyalty.landing.files import LandingFile
from loyalty.landing.quoting import quoted
from loyalty.landing.reading import read_again
from loyalty.project import business_time_zone
from loyalty.quarantine import decisions, masking
from loyalty.quarantine.decisions import HeldBatch

# The held rows are typed anew beside the build database, in memory, and forgotten.
BESIDE = "held"


@dataclass(frozen=True)
class FailedCheck:
    """An expectation that a batch did not meet, and what picks the rows to blame, if any are."""

    severity: str
    message: str
    rows_where: str | None


def list_lines(batches: Sequence[HeldBatch]) -> Iterator[str]:
    """Yield what is held, or was, a batch a paragraph."""
    if not batches:
        yield "Nothing is in quarantine."
        return
    for batch in batches:
        yield (
            f"{batch.batch_id:>5}  {batch.source_id}.{batch.table_name}  {batch.file_name}  "
            f"since night {batch.since}{_tries(batch)}"
        )
        yield f"       {decisions.standing(batch)}"
        yield from wrapped(batch.reasons)
    yield ""
    yield f"Look further: loyalty quarantine show {batches[0].batch_id}"


def show_lines(
    connection: duckdb.DuckDBPyConnection, batch: HeldBatch, held_file: Path | None, row_count: int
) -> Iterator[str]:
    """Yield everything known of a batch, with the first `row_count` bad rows of each kind.

    `held_file` is the file as it was landed; None where its bytes are not at hand.
    """
    known = decisions.decisions(connection, batch)
    yield f"{batch}"
    yield f"  {decisions.standing(batch, known)}"
    yield f"  since night {batch.since}, last in night {batch.night_id}{_tries(batch)}"
    yield f"  {batch.file_format}, {batch.file_bytes:,} bytes, SHA-256 {batch.fingerprint}"
    yield f"  {_records(batch)}"
    if batch.extra_columns:
        yield f"  columns not declared, kept out: {', '.join(batch.extra_columns)}"
    for decision in known:
        why = f": {decision.reason}" if decision.reason else ""
        when = f"{decision.decided_at:%F %T} UTC"
        yield f"  {decision.decision} by {decision.decided_by}, {when}{why}"
    if batch.reasons:
        yield "Why it is held"
        yield from wrapped(batch.reasons)
    failed = _failed_checks(connection, batch)
    warnings = [check.message for check in failed if check.severity == "warning"]
    if warnings:
        yield "Told as well"
        yield from wrapped(warnings)
    table = _declaration(batch)
    if table:
        bad = _BadRows(connection, batch, table, held_file, row_count)
        yield from bad.rejected()
        yield from bad.blamed([check for check in failed if check.rows_where])
    yield from _ways_out(batch)


@dataclass(frozen=True)
class _BadRows:
    """The rows of one batch that are not as they should be, masked, in lines."""

    connection: duckdb.DuckDBPyConnection
    batch: HeldBatch
    table: TableDeclaration
    held_file: Path | None
    row_count: int

    def rejected(self) -> Iterator[str]:
        """Yield the first records that could not be read or cast."""
        rows = self.connection.execute(
            """
            select line_number, column_name, value, reason, record from quality.rejects
            where batch_id = $1
            order by line_number
            limit $2
            """,
            [self.batch.batch_id, self.row_count],
        ).fetchall()
        if not rows:
            return
        header = self._header()
        yield _heading("Rejected records", len(rows), self.batch.rejected_count)
        for line, column, value, reason, record in rows:
            place = f"line {line}" if line is not None else "line not known"
            shown = masking.rejected_value(self.table, column, value)
            what = f", {column} = {shown}" if column else ""
            yield f"    {place}{what}: {reason}"
            yield "      " + masking.rejected_record(
                self.table, self.batch.file_format, header, column, record
            )

    def blamed(self, checks: Sequence[FailedCheck]) -> Iterator[str]:
        """Type the file again and yield the first rows that each check blames."""
        if not checks or not self.row_count:
            return
        if self.held_file is None:
            yield "The rows to blame cannot be shown: the file's bytes are not in the archive"
            return
        self.connection.execute(f"attach ':memory:' as {quoted(BESIDE)}")
        relation = quoted(BESIDE, "main", "rows")
        zone = read_declarations()[self.batch.source_id].time_zone or business_time_zone()
        read_again(self.connection, self._file(self.held_file), self.batch.batch_id, relation, zone)
        for check in checks:
            yield from self._blamed_by(check, relation)

    def _blamed_by(self, check: FailedCheck, relation: str) -> Iterator[str]:
        names = [column.name for column in self.table.columns]
        condition = str(check.rows_where).replace("{relation}", relation)
        rows: list[tuple[Any, ...]] = self.connection.execute(
            f"""
            select count(*) over () as found, rowid + 1 as place, {", ".join(map(quoted, names))}
            from {relation}
            where {condition}
            order by rowid
            limit $1
            """,
            [self.row_count],
        ).fetchall()
        if not rows:
            return
        yield _heading("Rows to blame", len(rows), rows[0][0])
        yield from wrapped([check.message])
        for _, place, *values in rows:
            shown = masking.row(self.table, dict(zip(names, values, strict=True)))
            yield f"    row {place}: {shown}"

    def _header(self) -> list[str] | None:
        if self.held_file is None or self.batch.file_format != "csv":
            return None
        file = self._file(self.held_file)
        try:
            return header_names(file.path, file.is_gzip)
        except UnreadableFileError:
            return None

    def _file(self, path: Path) -> LandingFile:
        is_gzip = path.name.lower().endswith(".gz")
        return LandingFile(self.batch.source_id, self.table, path, self.batch.file_format, is_gzip)


def _tries(batch: HeldBatch) -> str:
    return f", {batch.tries} tries" if batch.tries > 1 else ""


def _records(batch: HeldBatch) -> str:
    counted = "not counted" if batch.record_count is None else f"{batch.record_count:,}"
    return (
        f"records {counted}; {batch.accepted_count:,} can be loaded, "
        f"{batch.rejected_count:,} rejected"
    )


def _declaration(batch: HeldBatch) -> TableDeclaration | None:
    source = read_declarations().get(batch.source_id)
    return source.tables.get(batch.table_name) if source else None


def _failed_checks(connection: duckdb.DuckDBPyConnection, batch: HeldBatch) -> list[FailedCheck]:
    rows = connection.execute(
        """
        select severity, message, rows_where from quality.expectation_results
        where batch_id = $1 and gate = 'raw' and not is_success
        order by severity, checked_at
        """,
        [batch.batch_id],
    ).fetchall()
    return [FailedCheck(*row) for row in rows]


def _heading(what: str, shown: int, found: int) -> str:
    of_all = f"all {found:,}" if shown == found else f"the first {shown:,} of {found:,}"
    return f"{what}, {of_all} (personal data masked)"


def _ways_out(batch: HeldBatch) -> Iterator[str]:
    if batch.status not in decisions.HELD:
        return
    number = batch.batch_id
    yield "What ends it"
    yield f"    land a corrected file as {batch.file_name}, or take the file away"
    if batch.status == "quarantined" and not batch.is_structural:
        yield f"    loyalty quarantine release {number}: it joins as it is, in the next night"
    yield f"    loyalty quarantine discard {number} --reason TEXT: it is never loaded"
