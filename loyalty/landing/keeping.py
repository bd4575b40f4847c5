"""A file's bytes into the archive, beside the reading of the file where either takes long."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from loyalty.landing.files import LandingFile
from loyalty.warehouse.archive import Archive

# A smaller file is packed once it is read: then no change of it in between can be missed, however
# coarse the clock of its file system is.
LARGE_BYTES = 1 << 24


@contextmanager
def packing(
    archive: Archive, file: LandingFile, fingerprint: str, size: int
) -> Iterator[Callable[[], str]]:
    """Give what returns the archive's name of the bytes once they are kept; it raises as `pack`.

    What was begun and is not asked for when this is left is given up.
    """
    is_over = threading.Event()

    def pack() -> str:
        return archive.pack(file.path, file.source_id, file.table_name, fingerprint, is_over.is_set)

    if size < LARGE_BYTES:
        yield pack
        return
    with ThreadPoolExecutor(1, "archive") as beside:
        try:
            yield beside.submit(pack).result
        finally:
            is_over.set()
