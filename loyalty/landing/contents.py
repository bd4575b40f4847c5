"""What can be told of a file from its bytes alone, in one pass, before any reader opens it."""

import codecs
import csv
import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

BLOCK_BYTES = 1 << 23
HEADER_BYTES = 1 << 20
UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class UnreadableFileError(Exception):
    """The file is not what its name says; the message is a sentence for the batch's problems."""


@dataclass(frozen=True)
class TextFacts:
    """What a text file's bytes say; lines are physical ones, the last may lack its end."""

    head: bytes
    line_count: int
    filled_line_count: int
    has_nul: bool


def fingerprint(path: Path) -> str:
    """Return the SHA-256 of the file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def text_facts(path: Path, is_gzip: bool) -> TextFacts:
    """Read the (unpacked) bytes once.

    Raises:
        UnreadableFileError: UTF-16, or a gzip file that is damaged or none at all.
    """
    head, has_nul = b"", False
    line_count, filled_line_count = 0, 0
    for block in _whole_line_blocks(path, is_gzip):
        if not head:
            head = block[:HEADER_BYTES]
            if head.startswith(UTF16_MARKS):
                raise UnreadableFileError("the file is UTF-16; it must be UTF-8")
        lines = block.split(b"\n")
        line_count += len(lines) - 1
        filled_line_count += sum(map(bool, map(bytes.strip, lines)))
        has_nul = has_nul or b"\0" in block or b"\\u0000" in block
    return TextFacts(head.removeprefix(codecs.BOM_UTF8), line_count, filled_line_count, has_nul)


@dataclass(frozen=True)
class Header:
    """A CSV file's header: its names without blanks around them, its physical lines."""

    names: list[str]
    line_count: int


def csv_header(facts: TextFacts) -> Header:
    """Read a CSV file's header.

    Raises:
        UnreadableFileError: there is no header, or it cannot be read.
    """
    if not facts.filled_line_count:
        raise UnreadableFileError("the file is empty: it has no header")
    try:
        text = facts.head.decode(errors="ignore")
        reader = csv.reader(io.StringIO(text, newline=""))
        names = next(names for names in reader if names)
    except (StopIteration, csv.Error) as problem:
        raise UnreadableFileError(f"the header cannot be read ({problem})") from problem
    return Header([name.strip() for name in names], reader.line_num)


def newline(facts: TextFacts) -> str:
    """Return how the first line ends; files that mix ends are read line by line instead."""
    first = facts.head.partition(b"\n")[0]
    return "\\r\\n" if first.endswith(b"\r") else "\\n"


LINES = pa.schema(
    [
        ("line_number", pa.int64()),
        ("line", pa.large_binary()),
        ("quotes", pa.int64()),
        ("quotes_before", pa.int64()),
    ]
)


def physical_lines(path: Path, is_gzip: bool) -> pa.RecordBatchReader:
    """Return the lines as a stream for the database.

    Number from 1; bytes without the line feed; double quotes in it, and in all lines before it.
    """
    return pa.RecordBatchReader.from_batches(LINES, _line_batches(path, is_gzip))


def _line_batches(path: Path, is_gzip: bool) -> Iterator[pa.RecordBatch]:
    first, quotes_before = 1, 0
    for block in _whole_line_blocks(path, is_gzip):
        text = block.removeprefix(codecs.BOM_UTF8) if first == 1 else block
        whole = pa.array([text.removesuffix(b"\n")], pa.large_binary())
        lines = pc.split_pattern(whole, pattern=b"\n").flatten().cast(pa.large_binary())
        numbers = pa.array(range(first, first + len(lines)), pa.int64())
        quotes = pc.count_substring(lines, pattern=b'"').cast(pa.int64())
        before = pc.subtract(pc.cumulative_sum(quotes, start=quotes_before), quotes)
        first += len(lines)
        quotes_before += pc.sum(quotes).as_py()
        yield pa.record_batch([numbers, lines, quotes, before], schema=LINES)


def _whole_line_blocks(path: Path, is_gzip: bool) -> Iterator[bytes]:
    """Yield the unpacked bytes, cut after line feeds; a last line without one gets one."""
    rest: list[bytes] = []
    for block in _blocks(path, is_gzip):
        end = block.rfind(b"\n") + 1
        if not end:
            rest.append(block)
            continue
        yield b"".join([*rest, block[:end]])
        rest = [block[end:]] if end < len(block) else []
    if rest:
        yield b"".join([*rest, b"\n"])


def _blocks(path: Path, is_gzip: bool) -> Iterator[bytes]:
    with gzip.open(path, "rb") if is_gzip else path.open("rb") as file:
        try:
            while block := file.read(BLOCK_BYTES):
                yield block
        except (EOFError, gzip.BadGzipFile, zlib.error) as problem:
            raise UnreadableFileError(
                f"the gzip file is damaged or cut short ({problem})"
            ) from problem
