"""Files and folders that are on the disk when a function returns, whatever happens afterwards."""

import os
from pathlib import Path


def sync(path: Path) -> None:
    """Force a file's content, or a folder's entries, to disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def move(source: Path, target: Path) -> None:
    """Give a file that is written to its end its name: readers see none of it or all of it."""
    sync(source)
    source.replace(target)
    sync(target.parent)


def write(target: Path, content: str) -> None:
    """Write a small file anew, whole or not at all."""
    unfinished = target.with_name(f"{target.name}.unfinished")
    unfinished.write_text(content)
    move(unfinished, target)
