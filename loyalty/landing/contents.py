"""What can be told of a file from its bytes alone, in one pass, before any reader opens it."""

import codecs
import gzip
import hashlib
import re
import zlib
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from loyalty.landing.csv_scan import Scan

BLOCK_BYTES = 1 << 23
# Blocks in which single lines are looked for: of most, only the lines are counted.
SEARCHED_BYTES = 1 << 16
HEADER_BYTES = 1 << 20
BLANK = 0x20
# How a file begins that is no UTF-8 text.
FOREIGN_MARKS = {
    codecs.BOM_UTF32_LE: "UTF-32; it must be UTF-8",
    codecs.BOM_UTF16_LE: "UTF-16; it must be UTF-8",
    codecs.BOM_UTF16_BE: "UTF-16; it must be UTF-8",
    b"\x1f\x8b": "a gzip file; its name must end in .gz",
    b"PK\x03\x04": "a zip archive; it must be text, or text in gzip",
    b"PAR1": "a Parquet file; its name must end in .parquet",
}


class UnreadableFileError(Exception):
    """The file is not what its name says; the message is a sentence for the batch's problems."""


@dataclass(frozen=True)
class TextFacts:
    """What a text file's bytes say; lines are physical ones, the last may lack its end."""

    head: bytes
    line_count: int
    filled_line_count: int
    has_nul: bool
    has_quotes: bool
    has_padded_quotes: bool  # blanks around them, for which the database has a rule of its own
    has_stray_returns: bool  # carriage returns that no line feed follows
    is_utf8: bool


def fingerprint(path: Path) -> str:
    """Return the SHA-256 of the file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def text_facts(path: Path, is_gzip: bool, blank: bytes) -> TextFacts:
    """Read the (unpacked) bytes once; a line of `blank` bytes only is not filled.

    Raises:
        UnreadableFileError: no UTF-8 text, or a gzip file that is damaged or none at all.
    """
    head, has_nul, has_padded_quotes, is_utf8 = b"", False, False, True
    line_count, filled_line_count, quote_count, stray_return_count = 0, 0, 0, 0
    for number, raw in enumerate(whole_line_blocks(path, is_gzip)):
        block = raw
        if not number:
            _check_is_text(block)
            block = block.removeprefix(codecs.BOM_UTF8)
            head = block[:HEADER_BYTES]
        lines = block.count(b"\n")
        line_count += lines
        filled_line_count += lines - _unfilled_lines(block, blank)
        # One byte is found many times as fast as several: most blocks have none of it.
        if b"\r" in block:
            stray_return_count += block.count(b"\r") - block.count(b"\r\n")
        has_nul = has_nul or b"\0" in block or (b"\\" in block and b"\\u0000" in block)
        if b'"' in block:
            has_padded_quotes = has_padded_quotes or _has_padded_quotes(block, quote_count)
            quote_count += block.count(b'"')
        is_utf8 = is_utf8 and _is_utf8(block)
    return TextFacts(
        head=head,
        line_count=line_count,
        filled_line_count=filled_line_count,
        has_nul=has_nul,
        has_quotes=bool(quote_count),
        has_padded_quotes=has_padded_quotes,
        has_stray_returns=bool(stray_return_count),
        is_utf8=is_utf8,
    )


def _check_is_text(block: bytes) -> None:
    for mark, what in FOREIGN_MARKS.items():
        if block.startswith(mark):
            raise UnreadableFileError(f"the file is {what}")
    if b"\0" in block[:2]:
        raise UnreadableFileError("the file is UTF-16 or no text at all; it must be UTF-8")


def _unfilled_lines(block: bytes, blank: bytes) -> int:
    """Count the lines that hold nothing but `blank` bytes."""
    begin = b"[\n" + blank + b"]"
    # Hardly a file has any: the lines are looked at one by one only where one begins like that.
    if not re.match(begin, block) and not re.search(b"\n" + begin, block):
        return 0
    lines = block.split(b"\n")[:-1]
    return len(lines) - sum(map(bool, map(bytes.strip, lines, repeat(blank))))


def _is_utf8(block: bytes) -> bool:
    if block.isascii():
        return True
    try:
        block.decode()
    except UnicodeDecodeError:
        return False
    return True


def _has_padded_quotes(block: bytes, quotes_before: int) -> bool:
    """Tell whether a blank stands beside quotes, outside of them by the quotes before it."""
    if not quotes_before and block.startswith(b" ") and block.lstrip(b" ").startswith(b'"'):
        return True
    return any(
        _is_outside(block, places, quotes_before)
        for places in (_blanks_before_value(block), _blanks_after_value(block))
    )


def _is_outside(block: bytes, places: Iterator[int], quotes: int) -> bool:
    """Tell whether one of the places stands outside quotes.

    By the quotes before it; or, as one in plain text turns their count, by its own line.
    """
    counted = 0
    for place in places:
        quotes += block.count(b'"', counted, place)
        counted = place
        if quotes % 2 == 0 or _is_padded_record(block, place):
            return True
    return False


def _is_padded_record(block: bytes, place: int) -> bool:
    # The place may be the line's end before the blanks, or the one after them.
    start = block.rfind(b"\n", 0, place) + 1
    end = block.find(b"\n", place + 1)
    for line in block[start:end].split(b"\n"):
        scan = Scan(None)
        scan.read(line)
        if scan.is_record and scan.is_padded:
            return True
    return False


def _blanks_before_value(block: bytes) -> Iterator[int]:
    place = block.find(b' "')
    while place >= 0:
        start = place
        while start and block[start] == BLANK:
            start -= 1
        if block[start] in b",\n":
            yield start
        place = block.find(b' "', place + 1)


def _blanks_after_value(block: bytes) -> Iterator[int]:
    place = block.find(b'" ')
    while place >= 0:
        end = place + 1
        while block[end] == BLANK:
            end += 1
        if block[end] in b",\r\n":
            yield end
        place = block.find(b'" ', place + 1)


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


def lines_at(path: Path, is_gzip: bool, numbers: Sequence[int]) -> pa.Table:
    """Return number and bytes of some physical lines, as `physical_lines` counts them.

    `numbers` rise.
    """
    found: list[bytes] = []
    first = 1
    for block in whole_line_blocks(path, is_gzip, SEARCHED_BYTES):
        next_first = first + block.count(b"\n")
        if len(found) < len(numbers) and numbers[len(found)] < next_first:
            lines = (block.removeprefix(codecs.BOM_UTF8) if first == 1 else block).split(b"\n")
            here = numbers[len(found) : bisect_left(numbers, next_first)]
            found += [lines[number - first] for number in here]
        first = next_first
    # Of a file that is cut meanwhile, fewer.
    arrays = [pa.array(numbers[: len(found)], pa.int64()), pa.array(found, pa.large_binary())]
    return pa.table(arrays, ["line_number", "line"])


def _line_batches(path: Path, is_gzip: bool) -> Iterator[pa.RecordBatch]:
    first, quotes_before = 1, 0
    for block in whole_line_blocks(path, is_gzip):
        text = block.removeprefix(codecs.BOM_UTF8) if first == 1 else block
        whole = pa.array([text.removesuffix(b"\n")], pa.large_binary())
        lines = pc.split_pattern(whole, pattern=b"\n").flatten().cast(pa.large_binary())
        numbers = pa.array(range(first, first + len(lines)), pa.int64())
        quotes = pc.count_substring(lines, pattern=b'"').cast(pa.int64())
        before = pc.subtract(pc.cumulative_sum(quotes, start=quotes_before), quotes)
        first += len(lines)
        quotes_before += pc.sum(quotes).as_py()
        yield pa.record_batch([numbers, lines, quotes, before], schema=LINES)


def whole_line_blocks(path: Path, is_gzip: bool, size: int | None = None) -> Iterator[bytes]:
    """Yield the unpacked bytes, cut after line feeds; a last line without one gets one."""
    rest: list[bytes] = []
    for block in _blocks(path, is_gzip, size or BLOCK_BYTES):
        end = block.rfind(b"\n") + 1
        if not end:
            rest.append(block)
            continue
        yield b"".join([*rest, block[:end]])
        rest = [block[end:]] if end < len(block) else []
    if rest:
        yield b"".join([*rest, b"\n"])


def _blocks(path: Path, is_gzip: bool, size: int) -> Iterator[bytes]:
    if is_gzip and not path.stat().st_size:
        raise UnreadableFileError("the gzip file is cut short: it is empty")
    with gzip.open(path, "rb") if is_gzip else path.open("rb") as file:
        try:
            while block := file.read(size):
                yield block
        except (EOFError, gzip.BadGzipFile, zlib.error) as problem:
            raise UnreadableFileError(
                f"the gzip file is damaged or cut short ({problem})"
            ) from problem
