"""Parquet into the stage: columns of the declared type as they are, others through text."""

from pathlib import Path

import duckdb
import pyarrow as pa

from loyalty import privacy
from loyalty.landing.casts import cast_physical, cast_text
from loyalty.landing.contents import UnreadableFileError
from loyalty.landing.quoting import literal, quoted
from loyalty.landing.record_counts import parquet_record_count
from loyalty.landing.staging import Contents, Stage, column_problems, extra_columns
from loyalty.warehouse.diagnosis import is_disk_full

LONGEST_REASON = 200


def land_parquet(stage: Stage) -> Contents:
    """Read the file into the stage.

    Raises:
        UnreadableFileError: it is no Parquet file, cut short or damaged.
    """
    try:
        return _land(stage, stage.file.path)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as problem:
        if is_disk_full(problem):
            raise
        raise _unreadable(problem) from problem
    except duckdb.Error as problem:
        # What its reader of Parquet stumbles over has no kind of its own, or names the file.
        is_named = isinstance(problem, duckdb.IOException) and stage.file.file_name in str(problem)
        if is_disk_full(problem) or not (is_named or type(problem) is duckdb.Error):
            raise
        raise _unreadable(problem) from problem


def _unreadable(problem: Exception) -> UnreadableFileError:
    said = privacy.message(problem)[:LONGEST_REASON]
    return UnreadableFileError(f"the file cannot be read as Parquet ({said})")


def _land(stage: Stage, path: Path) -> Contents:
    record_count = parquet_record_count(path)
    # Text written without its annotation is text all the same.
    source = f"read_parquet({literal(str(path))}, binary_as_string = true)"
    described = stage.connection.execute(f"describe from {source}").fetchall()
    types = {str(name): str(physical) for name, physical, *_ in described}
    problems, extra = column_problems(stage, list(types)), extra_columns(stage, list(types))
    if problems:
        return Contents(None, extra, problems)
    casts = [
        cast_physical(column, quoted(column.name), types[column.name], stage.zone)
        if column.name in types
        else cast_text(column, "null::varchar", stage.zone, may_hold_nul=False)
        for column in stage.file.declaration.columns
    ]
    if stage.fill(casts, source, []):
        stage.reject(_rows_in_file(stage, str(path)))
    stage.finish()
    return Contents(record_count, extra, stage.unaccounted(record_count))


def _rows_in_file(stage: Stage, path: str) -> str:
    source = f"read_parquet({literal(path)}, binary_as_string = true, file_row_number = true)"
    return f"""
        select
            file_row_number + 1 as row_number,
            file_row_number + 1 as line_number,
            cast(to_json(source) as varchar) as record,
            null as reason,
        from {source} as source
        where file_row_number in (
            select rowid from {stage.relation} where _reject_column is not null
        )
    """
