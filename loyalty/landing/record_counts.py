"""Independent counts of a file's records: other readers than the one that loads.

What the loader accepts and rejects must add up to them; a reader that swallows rows would not
tell so itself.
"""

from pathlib import Path

import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as arrow_parquet

BLOCK_BYTES = 1 << 25


def csv_record_count(path: Path, is_gzip: bool) -> int | None:
    """Return the records after the header, malformed ones too; None where it gives up."""
    malformed = 0

    def count(_: arrow_csv.InvalidRow) -> str:
        nonlocal malformed
        malformed += 1
        return "skip"

    try:
        # Without names the header counts as a record; one column is enough to count by.
        reader = arrow_csv.open_csv(
            pa.input_stream(str(path), compression="gzip" if is_gzip else None),
            arrow_csv.ReadOptions(block_size=BLOCK_BYTES, autogenerate_column_names=True),
            arrow_csv.ParseOptions(newlines_in_values=True, invalid_row_handler=count),
            arrow_csv.ConvertOptions(
                check_utf8=False, include_columns=["f0"], column_types={"f0": pa.binary()}
            ),
        )
        return sum(int(batch.num_rows) for batch in reader) + malformed - 1
    except (pa.ArrowInvalid, OSError):
        # OSError: a gzip file with zeros after its end, say, which others read.
        return None


def parquet_record_count(path: Path) -> int:
    """Return the rows that the file's footer promises."""
    with arrow_parquet.ParquetFile(path) as file:
        return int(file.metadata.num_rows)
