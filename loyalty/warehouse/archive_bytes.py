"""The bytes of the archive: files packed and unpacked, and held to their fingerprints."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from loyalty.warehouse import durable

BLOCK_BYTES = 1 << 22
PACKED = ".zst"
# Small already: kept as they are.
COMPRESSED = (".gz", ".parquet")
UNFINISHED = ".unfinished"


class ChangedFileError(Exception):
    """The file's bytes are no longer those of its fingerprint."""


class GivenUpError(Exception):
    """Nobody waits for the bytes any more."""


def packed_name(file: Path, fingerprint: str) -> str:
    """Return the name of the file that keeps the bytes of `file`."""
    return fingerprint + "".join(_endings(file)) + (PACKED if _is_packed(file) else "")


def pack(file: Path, target: Path, fingerprint: str, is_given_up: Callable[[], bool]) -> None:
    """Keep the file's bytes as `target`, durably.

    Raises:
        ChangedFileError: the bytes are not those of `fingerprint`.
        GivenUpError: it was given up.
        OSError: the file is gone, or the disk refused.
    """
    unfinished = target.with_name(target.name + UNFINISHED)
    try:
        with file.open("rb") as source, _writer(unfinished, _is_packed(file)) as sink:
            digest = _copy(source, sink, is_given_up)
        if digest != fingerprint:
            raise ChangedFileError(file.name)
        durable.move(unfinished, target)
    finally:
        unfinished.unlink(missing_ok=True)


def unpack(path: Path, sink: BinaryIO | None) -> str:
    """Read the bytes kept as `path`, into `sink` if there is one; return their SHA-256."""
    with _reader(path) as source:
        return _copy(source, sink)


def _is_packed(file: Path) -> bool:
    return not file.name.lower().endswith(COMPRESSED)


def _endings(file: Path) -> list[str]:
    """Return what tells the file's format: `.csv.gz` has two, `orders.2026.csv` one."""
    endings = [ending.lower() for ending in file.suffixes]
    return endings[-2:] if endings[-1:] == [".gz"] else endings[-1:]


def _writer(path: Path, is_packed: bool) -> Any:
    import pyarrow as pa

    return pa.output_stream(str(path), compression="zstd" if is_packed else None)


def _reader(path: Path) -> Any:
    import pyarrow as pa

    return pa.input_stream(str(path), compression="zstd" if path.suffix == PACKED else None)


def _copy(source: Any, sink: Any, is_given_up: Callable[[], bool] = lambda: False) -> str:
    """Copy all bytes, where there is a sink, and return their SHA-256."""
    digest = hashlib.sha256()
    while block := source.read(BLOCK_BYTES):
        if is_given_up():
            raise GivenUpError
        digest.update(block)
        if sink is not None:
            sink.write(block)
    return digest.hexdigest()
