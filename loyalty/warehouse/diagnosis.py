"""Faults of disks and files, told from what the tools of a night raise, as sentences."""

import errno
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from loyalty import privacy
from loyalty.errors import (
    BuildError,
    DamagedWarehouseError,
    DatabaseError,
    DiskFullError,
    LoyaltyError,
    NotWritableError,
    PublicationError,
)

# What the operating system, DuckDB and dbt say.
FULL_CODES = (errno.ENOSPC, errno.EDQUOT)
FULL_WORDS = (
    "No space left on device",
    "Disk quota exceeded",
    "max_temp_directory_size",
    "failed to offload data block",
)
NOT_WRITABLE_CODES = (errno.EROFS, errno.EACCES, errno.EPERM)
NOT_WRITABLE_WORDS = ("Read-only file system", "Permission denied", "Operation not permitted")
DAMAGE_WORDS = (
    "Corrupt database file",
    "Corrupt WAL file",
    "Failure while replaying WAL",
    "is not a valid DuckDB database file",
    "Could not read enough bytes",
    "Input/output error",
    "has been invalidated because",
    "INTERNAL Error:",
    "FATAL Error:",
    "Serialization Error:",
)
# DuckDB and dbt have no codes, only words; these hold what they said.
TOLD_IN_WORDS = (BuildError, DatabaseError, PublicationError)
NAMED_FILE = re.compile(r'file "([^"]+)"')
LONGEST_REASON = 120


class ReportedFault(Exception):
    """What a tool said of a fault that it kept to itself."""


def is_disk_full(problem: BaseException) -> bool:
    """Whether the problem is that nothing more could be written for want of room."""
    return _has(problem, FULL_CODES, FULL_WORDS)


def is_fault(problem: BaseException) -> bool:
    """Whether a disk or the database, not what was asked of it, is the problem."""
    return (
        is_disk_full(problem)
        or _has(problem, NOT_WRITABLE_CODES, NOT_WRITABLE_WORDS)
        or _has(problem, (), DAMAGE_WORDS)
    )


def is_fault_beside(problem: BaseException, file: Path) -> bool:
    """Whether what went wrong while a file was read is a fault of something else than the file."""
    if is_disk_full(problem):
        return True
    # Of a damaged file the database says the same as of a damaged database, but names it.
    is_of_files = str(problem).startswith("IO Error")
    return is_of_files and is_fault(problem) and str(file) not in str(problem)


def explain(problem: BaseException, database: Path) -> LoyaltyError | None:
    """Return the sentence for a fault of disk or file; None when it is something else.

    `database` is the build database, which is at fault where no other file is named.
    """
    if isinstance(problem, LoyaltyError) and not isinstance(problem, TOLD_IN_WORDS):
        return None
    if not isinstance(problem, OSError | LoyaltyError | ReportedFault) and not _is_duckdb(problem):
        return None
    place = _place(problem, database)
    if is_disk_full(problem):
        return DiskFullError(
            f"the disk of {place} is full{_free(place)}: make room, then run the same command "
            "again; what was published stands"
        )
    if _has(problem, NOT_WRITABLE_CODES, NOT_WRITABLE_WORDS):
        return NotWritableError(
            f"{place} cannot be written ({_reason(problem)}): let this user write it, then run "
            "the same command again; what was published stands"
        )
    if _has(problem, (), DAMAGE_WORDS):
        return damaged(database, _reason(problem))
    return None


def damaged(database: Path, reason: str) -> DamagedWarehouseError:
    """Return the sentence for a build database that cannot be used any more."""
    return DamagedWarehouseError(
        f"{database} is damaged ({reason}): `loyalty repair` makes it anew from the archive of "
        "what was loaded; what was published stands"
    )


@contextmanager
def explained(database: Path) -> Iterator[None]:
    """Raise faults of disk and file as the errors that say what to do.

    Raises:
        DiskFullError: nothing more could be written.
        NotWritableError: a folder or file may not be written.
        DamagedWarehouseError: the build database is not as it was written.
    """
    try:
        yield
    except Exception as problem:
        known = explain(problem, database)
        if known is None:
            raise
        raise known from problem


def _has(problem: BaseException, codes: tuple[int, ...], words: tuple[str, ...]) -> bool:
    if isinstance(problem, OSError) and problem.errno is not None:
        return problem.errno in codes
    text = f"{problem} {problem.__cause__ or ''}"
    return any(each in text for each in words)


def _is_duckdb(problem: BaseException) -> bool:
    import duckdb

    return isinstance(problem, duckdb.Error)


def _place(problem: BaseException, database: Path) -> Path:
    """Return the file that the problem names, else the folder of the build database."""
    if isinstance(problem, OSError) and isinstance(problem.filename, str):
        return Path(problem.filename)
    named = NAMED_FILE.search(str(problem))
    return Path(named[1]) if named else database.parent


def _free(place: Path) -> str:
    for folder in (place, *place.parents):
        with suppress(OSError):
            return f" ({shutil.disk_usage(folder).free / 1e6:,.1f} MB free)"
    return ""


def _reason(problem: BaseException) -> str:
    """Return the first line of what was said, short."""
    if isinstance(problem, OSError) and problem.strerror:
        return problem.strerror
    said = privacy.message(str(problem).strip().partition("\n")[0])
    return said if len(said) <= LONGEST_REASON else f"{said[:LONGEST_REASON]}…"
