"""A landing file read into a table of its own: by its format, and without harm where it cannot."""

from collections.abc import Callable

import duckdb

from loyalty import privacy
from loyalty.landing.batches import LandedBatch
from loyalty.landing.contents import UnreadableFileError
from loyalty.landing.csv_files import land_csv
from loyalty.landing.files import LandingFile
from loyalty.landing.json_lines import land_json_lines
from loyalty.landing.parquet_files import land_parquet
from loyalty.landing.staging import CREATE_PENDING_REJECTS, Contents, Stage
from loyalty.warehouse.diagnosis import is_fault_beside

READERS: dict[str, Callable[[Stage], Contents]] = {
    "csv": land_csv,
    "jsonl": land_json_lines,
    "parquet": land_parquet,
}
# What the database says of a file that it cannot read; anything else is not the file's fault.
FILE_ERRORS = (
    duckdb.InvalidInputException,
    duckdb.ConversionException,
    duckdb.SerializationException,
    duckdb.NotImplementedException,
    duckdb.OutOfRangeException,
    duckdb.IOException,
)


def read(stage: Stage) -> Contents:
    """Type the file's records; a file that cannot be read gives problems and no rows."""
    stage.clear()
    try:
        return READERS[stage.file.file_format](stage)
    except UnreadableFileError as problem:
        return unusable(stage, str(problem))
    except FileNotFoundError:
        return unusable(stage, "the file vanished while it was read")
    except FILE_ERRORS as problem:
        if is_fault_beside(problem, stage.file.path):
            raise
        return unusable(stage, f"the file cannot be read ({privacy.message(problem)})")


def read_again(
    connection: duckdb.DuckDBPyConnection,
    file: LandingFile,
    batch_id: int,
    relation: str,
    zone: str,
) -> Contents:
    """Type a file's records into `relation`, to look at; nothing is kept in the ledger."""
    connection.execute(CREATE_PENDING_REJECTS)
    return read(Stage(connection, batch_id, file, relation, zone))


def unusable(stage: Stage, problem: str) -> Contents:
    """Return that nothing of the file is to be had, and why."""
    stage.clear()
    return Contents(None, [], [problem])


def landed_batch(
    stage: Stage, contents: Contents, size: int, mark: str, content: str | None
) -> LandedBatch:
    """Return what was landed: a batch, that nobody has decided on yet."""
    file = stage.file
    return LandedBatch(
        batch_id=stage.batch_id,
        position=stage.batch_id,
        source_id=file.source_id,
        table_name=file.table_name,
        file_name=file.file_name,
        path=file.path,
        file_format=file.file_format,
        fingerprint=mark,
        file_bytes=size,
        record_count=contents.record_count,
        accepted_count=stage.accepted_count,
        rejected_count=stage.rejected_count,
        extra_columns=contents.extra_columns,
        relation=stage.relation,
        declaration=file.declaration,
        problems=contents.problems,
        content=content,
    )
