"""Which files of a landing folder belong to which declared table."""

import os
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from loyalty.declarations import SourceDeclaration, TableDeclaration
from loyalty.errors import LandingAwayError

# Ending → (format, is gzip); longer endings first, `.csv.gz` is not `.gz`.
FORMATS = {
    ".csv.gz": ("csv", True),
    ".jsonl.gz": ("jsonl", True),
    ".parquet": ("parquet", False),
    ".jsonl": ("jsonl", False),
    ".csv": ("csv", False),
}
# Its presence says that a folder holds made-up data: no secret is needed to hash its keys.
SYNTHETIC_MARKER = "SYNTHETIC_DATA.md"


@dataclass(frozen=True)
class LandingFile:
    """One file of a landing folder and the table that it feeds."""

    source_id: str
    declaration: TableDeclaration
    path: Path
    file_format: str
    is_gzip: bool

    @property
    def table_name(self) -> str:
        """Name of the declared table."""
        return self.declaration.name

    @property
    def file_name(self) -> str:
        """Name within the landing folder."""
        return self.path.name


@dataclass(frozen=True)
class FoundFiles:
    """What a landing folder holds: files by table and name, and what belongs to no table."""

    files: list[LandingFile]
    ignored: list[Path]


def find_files(source: SourceDeclaration, folder: Path) -> FoundFiles:
    """List the folder's files by table as declared, then by file name in byte order.

    Raises:
        LandingAwayError: the folder is not there or cannot be read.
    """
    require_readable(source.name, folder)
    order = list(source.tables)
    files, ignored = [], []
    for path in folder.iterdir():
        file = _landing_file(source, path)
        if file is not None:
            files.append(file)
        elif path.name != SYNTHETIC_MARKER:
            ignored.append(path)
    files.sort(key=lambda file: (order.index(file.table_name), file.file_name.encode()))
    return FoundFiles(files, sorted(ignored))


def require_readable(source_name: str, folder: Path) -> None:
    """Do nothing if the landing folder of a source can be listed now.

    Raises:
        LandingAwayError: it is not there or cannot be read, which may be over in a minute.
    """
    try:
        with os.scandir(folder) as entries:
            next(entries, None)
    except FileNotFoundError:
        raise LandingAwayError(f"source {source_name}: there is no folder {folder}") from None
    except OSError as problem:
        raise LandingAwayError(
            f"source {source_name}: the folder {folder} cannot be read: {problem.strerror}"
        ) from problem


def _landing_file(source: SourceDeclaration, path: Path) -> LandingFile | None:
    ending = next((ending for ending in FORMATS if path.name.lower().endswith(ending)), None)
    if ending is None or not path.is_file():
        return None
    stem = path.name[: -len(ending)]
    fitting = [table for table in source.tables.values() if fnmatchcase(stem, table.file_pattern)]
    if not fitting:
        return None
    table = max(fitting, key=lambda table: len(table.file_pattern))
    file_format, is_gzip = FORMATS[ending]
    return LandingFile(source.name, table, path, file_format, is_gzip)
