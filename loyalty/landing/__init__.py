"""The loader: declared landing files to raw tables, a batch a file, nothing lost in silence.

loader = Loader(connection, night_id, declarations, key, business_time_zone)
loader.prepare()
for file in find_files(source, folder).files:
    batch = loader.land(file)  # typed rows and rejects, raw unchanged; None: loaded before
    loader.accept(batch)  # or loader.quarantine(batch, reasons)
"""

from loyalty.landing.batch_ledger import read_ledger
from loyalty.landing.batches import BatchResult, LandedBatch
from loyalty.landing.files import (
    SYNTHETIC_MARKER,
    FoundFiles,
    LandingFile,
    find_files,
    require_readable,
)
from loyalty.landing.hashing import hash_key
from loyalty.landing.loader import Loader

__all__ = [
    "SYNTHETIC_MARKER",
    "BatchResult",
    "FoundFiles",
    "LandedBatch",
    "LandingFile",
    "Loader",
    "find_files",
    "hash_key",
    "read_ledger",
    "require_readable",
]
