"""CSV into the stage: strictly and fast; where quotes are out of place, line by line.

The strict reader and the independent count can both take one stray quote for the beginning of a
value of thousands of lines, and agree. So whatever smells of it is read again by `salvage`.
"""

from pathlib import Path

import duckdb

from loyalty.landing.casts import Cast, cast_text
from loyalty.landing.contents import TextFacts, newline, text_facts
from loyalty.landing.csv_lines import map_lines, map_rejects, swallows_records
from loyalty.landing.csv_records import LONGEST_RECORD_BYTES, Header, csv_header
from loyalty.landing.csv_salvage import salvage
from loyalty.landing.quoting import literal
from loyalty.landing.record_counts import csv_record_count
from loyalty.landing.staging import (
    PENDING_REJECTS,
    Contents,
    Stage,
    column_problems,
    extra_columns,
    readable,
)

# What the strict reader raises of a file that it cannot read, be it for a comment in a gzip header.
UNREADABLE = (duckdb.InvalidInputException, duckdb.ConversionException, duckdb.IOException)
ERRORS, SCANS = "csv_errors", "csv_scans"
# Up to this share of a file's lines, those of rejects are looked up one by one.
FEW = 0.01


def land_csv(stage: Stage) -> Contents:
    """Read the file into the stage.

    Raises:
        UnreadableFileError: no UTF-8 text, no header, or a damaged gzip file.
    """
    facts = text_facts(stage.file.path, stage.file.is_gzip, blank=b"\r")
    header = csv_header(facts)
    extra = extra_columns(stage, header.names)
    problems = column_problems(stage, header.names)
    if problems:
        return Contents(None, extra, problems)
    record_count = None
    if facts.is_utf8 and not facts.has_padded_quotes and not header.has_blank_lines:
        record_count = _count_records(stage, facts, header)
    if not _is_read_strictly(stage, facts, header, record_count):
        stage.forget_rejects()
        record_count = salvage(stage, facts, header)
    stage.finish()
    return Contents(record_count, extra, stage.unaccounted(record_count))


def _count_records(stage: Stage, facts: TextFacts, header: Header) -> int | None:
    if facts.has_quotes or facts.has_stray_returns:
        return csv_record_count(stage.file.path, stage.file.is_gzip)
    # Nothing in the file can hold a line together or break one: its filled lines are its records.
    return facts.filled_line_count - header.filled_line_count


def header_names(path: Path, is_gzip: bool) -> list[str]:
    """Return the names in a file's header.

    Raises:
        UnreadableFileError: no UTF-8 text, no header, or a damaged gzip file.
    """
    return csv_header(text_facts(path, is_gzip, blank=b"\r")).names


def _is_read_strictly(
    stage: Stage, facts: TextFacts, header: Header, record_count: int | None
) -> bool:
    """Fill the stage by the strict reader; False where its result is not to be trusted.

    `record_count` None: it is not to be tried at all.
    """
    if record_count is None:
        return False
    connection = stage.connection
    connection.execute(f"drop table if exists {ERRORS}; drop table if exists {SCANS}")
    try:
        failed = stage.fill(_casts(stage, facts, header), _source(stage, facts, header), [])
    except UNREADABLE:
        return False
    misread = stage.number(
        f"""
        select count(*) from {ERRORS}
        where
            error_type = 'UNQUOTED VALUE'
            or contains(trim(csv_line, chr(10) || chr(13)), chr(10))
        """
    )
    structural = stage.number(f"select count(distinct line) from {ERRORS}")
    read = stage.number(f"select count(*) from {stage.relation}")
    if misread or read + structural != record_count:
        return False
    is_line_each = facts.line_count == record_count + header.line_count
    if not is_line_each and swallows_records(stage, header):
        return False
    if failed or structural:
        if is_line_each:
            is_mapped = map_rejects(stage, facts, header, ERRORS) == failed + structural
        else:
            is_mapped = map_lines(stage, facts, header, ERRORS) == (read, structural)
        if not is_mapped:
            return False
        is_few = failed + structural <= facts.line_count * FEW
        _reject(stage, failed, structural, _lines_of_rejects(stage) if is_few else None)
    return True


def _casts(stage: Stage, facts: TextFacts, header: Header) -> list[Cast]:
    return [
        cast_text(
            column,
            f"column{header.names.index(column.name)}"
            if column.name in header.names
            else "null::varchar",
            stage.zone,
            facts.has_nul,
        )
        for column in stage.file.declaration.columns
    ]


def _source(stage: Stage, facts: TextFacts, header: Header) -> str:
    columns = ", ".join(f"'column{number}': 'varchar'" for number in range(len(header.names)))
    # strict_mode is on unless said otherwise; saying `strict_mode = true` beside new_line
    # '\r\n' makes the reader return no rows at all.
    return f"""read_csv(
        {literal(str(stage.file.path))}, auto_detect = false, header = true,
        columns = {{{columns}}}, delim = ',', quote = '"', escape = '"',
        new_line = '{newline(facts)}', compression = '{"gzip" if stage.file.is_gzip else "none"}',
        max_line_size = {LONGEST_RECORD_BYTES}, buffer_size = {2 * LONGEST_RECORD_BYTES},
        store_rejects = true, rejects_table = '{ERRORS}', rejects_scan = '{SCANS}',
        rejects_limit = 0
    )"""


def _lines_of_rejects(stage: Stage) -> list[int]:
    """Return the numbers of the physical lines that rejects were read from."""
    rows = stage.connection.execute(
        f"""
        select unnest(range(line_number, next_line_number)) as line_number from record_lines
        where row_number is null or row_number in ({_FAILED_ROWS.format(relation=stage.relation)})
        order by all
        """
    ).fetchall()
    return [number for (number,) in rows]


def _reject(stage: Stage, failed: int, structural: int, lines: list[int] | None) -> None:
    """Move what failed to the rejects; `lines` are its physical lines, None where many are."""
    if structural:
        _offer(stage, lines)
        _reject_structural(stage)
    if failed:
        _offer(stage, lines)
        stage.reject(_LINES_OF_ROWS.format(relation=stage.relation))


def _offer(stage: Stage, lines: list[int] | None) -> None:
    if lines is None:
        stage.offer_lines()
    else:
        stage.offer_lines_at(lines)


def _reject_structural(stage: Stage) -> None:
    """Keep what the reader itself refused, all of one line: the first error of each."""
    stage.connection.execute(
        f"""
        insert into {PENDING_REJECTS}
        select
            {stage.batch_id}, line_number, null, null, errors.reason, {readable("file_lines.line")},
        from (
            select
                line,
                arg_min(
                    case error_type
                        when 'MISSING COLUMNS' then 'too few columns'
                        when 'TOO MANY COLUMNS' then 'too many columns'
                        when 'LINE SIZE OVER MAXIMUM'
                            then 'longer than {LONGEST_RECORD_BYTES} bytes'
                        else lower(error_type)
                    end,
                    column_idx
                ) as reason,
            from {ERRORS}
            group by line
        ) as errors
        inner join record_lines on record_lines.reader_line = errors.line
        inner join file_lines using (line_number)
        """
    )


_FAILED_ROWS = "select rowid + 1 from {relation} where _reject_column is not null"
_LINES_OF_ROWS = f"""
    select
        starts.row_number,
        starts.line_number,
        rtrim(
            string_agg(decode(line), chr(10) order by file_lines.line_number), chr(13)
        ) as record,
        null as reason,
    from (
        select * from record_lines where row_number in ({_FAILED_ROWS})
    ) as starts
    inner join file_lines
        on file_lines.line_number >= starts.line_number
        and file_lines.line_number < starts.next_line_number
    group by all
"""
