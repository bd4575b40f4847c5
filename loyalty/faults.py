"""Faults of the disk and of files, told from what the tools of a night raise."""

import errno

# What the operating system, DuckDB and dbt say when a disk, a quota or a limit is full.
FULL_CODES = (errno.ENOSPC, errno.EDQUOT)
FULL_WORDS = (
    "no space left on device",
    "disk quota exceeded",
    "max_temp_directory_size",
    "failed to offload data block",
)


def is_disk_full(problem: BaseException) -> bool:
    """Whether the problem is that nothing more could be written for want of room."""
    if isinstance(problem, OSError) and problem.errno in FULL_CODES:
        return True
    text = str(problem).lower()
    return any(words in text for words in FULL_WORDS)
