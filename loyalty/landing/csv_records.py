"""CSV read by rule, line by line: which lines make a record, and what is wrong with the others.

A value in double quotes may hold line feeds; a double quote in it is doubled; blanks around it are
none of it. A value without quotes begins with anything but a quote and holds no carriage return.
A line at which no record begins is rejected alone, so a stray quote costs one line. In tables of
`TELLING_COLUMNS` or more, two quotes that enclose a line which is a whole record are stray: the
lines between them stand for themselves.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from loyalty.landing.contents import TextFacts, UnreadableFileError, whole_line_blocks

# Fewer columns look like prose: a line of a comment with a comma or two.
TELLING_COLUMNS = 4
LONGEST_RECORD_BYTES = 1 << 25

QUOTE, LINE_END = "a quote is out of place", "a carriage return is out of place"

# No quote after the last one: "" is a quote within the value.
_QUOTED_TO_END = r'[^"]*(?:""[^"]*)*"(?!") *'
_VALUE = re.compile(rf' *"{_QUOTED_TO_END}| *[^," \r][^,\r]*| *'.encode())
_REST_OF_VALUE = re.compile(_QUOTED_TO_END.encode())

RECORDS = pa.schema(
    [
        ("line_number", pa.int64()),
        ("line_count", pa.int64()),
        ("text", pa.large_binary()),
        ("reason", pa.string()),
    ]
)


@dataclass
class Scan:
    """How far a record was read: its values, those beyond the columns that hold something."""

    column_count: int | None
    values: int = 0
    is_too_long: bool = False
    is_open: bool = False
    reason: str | None = None

    def read(self, line: bytes) -> None:
        """Read a line without its end, from where the one before it left off."""
        place = 0
        if self.is_open:
            rest = _REST_OF_VALUE.match(line)
            if not rest:
                return
            self.is_open = False
            place = self._after(line, rest.end())
        while place >= 0:
            value = _VALUE.match(line, place)
            assert value is not None  # it matches nothing, too
            self.values += 1
            if self.values > (self.column_count or self.values):
                self.is_too_long |= bool(value[0].replace(b'""', b""))
            if line[value.end() : value.end() + 1] == b'"':
                self.is_open = b'"' not in value[0]
                self.reason = None if self.is_open else QUOTE
                return
            place = self._after(line, value.end())

    def _after(self, line: bytes, end: int) -> int:
        """Return where the next value begins; -1 where there is none."""
        if end == len(line):
            return -1
        if line[end : end + 1] == b",":
            return end + 1
        self.reason = LINE_END if line[end : end + 1] == b"\r" else QUOTE
        return -1

    @property
    def is_record(self) -> bool:
        """Whether what was read is a whole record; empty values after the last column are none."""
        return not (self.is_open or self.reason or self.is_misfit)

    @property
    def is_misfit(self) -> bool:
        """Whether columns are missing, or values stand after the last one."""
        return self.column_count is not None and (
            self.values < self.column_count or self.is_too_long
        )

    def problem(self) -> str | None:
        """Return what is wrong."""
        if self.is_open or self.reason:
            return self.reason or QUOTE
        if self.is_misfit:
            return f"{self.column_count} columns expected, {self.values} found"
        return None


class Reading(NamedTuple):
    """How many lines a record takes, 0 where it does not end in those given; what is wrong."""

    line_count: int
    reason: str | None = None
    encloses_records: bool = False


def read_record(lines: Sequence[bytes], start: int, column_count: int | None) -> Reading:
    """Read the record that begins at `start`; `column_count` None: as many as there are."""
    line = lines[start].rstrip(b"\r")
    scan = Scan(column_count)
    scan.read(line)
    if not scan.is_open:
        return Reading(1, scan.problem())
    is_telling = column_count is not None and column_count >= TELLING_COLUMNS
    size = len(line)
    for place in range(start + 1, len(lines)):
        line = lines[place]
        size += len(line)
        if is_telling and _is_whole(line, column_count):
            return Reading(1, QUOTE, encloses_records=True)
        if size > LONGEST_RECORD_BYTES:
            return Reading(1, QUOTE)
        if b'"' not in line:
            continue
        scan.read(line.rstrip(b"\r"))
        if not scan.is_open:
            return Reading(place - start + 1) if scan.is_record else Reading(1, QUOTE)
    return Reading(0, QUOTE)


def _is_whole(line: bytes, column_count: int | None) -> bool:
    # With an odd number of quotes it may be where the open value ends.
    if line.count(b'"') % 2:
        return False
    scan = Scan(column_count)
    scan.read(line.rstrip(b"\r"))
    return scan.is_record


@dataclass(frozen=True)
class Header:
    """A CSV file's header: its names without blanks around them, the lines that it takes.

    Lines with nothing in them before the header count as its lines, but are not filled.
    """

    names: list[str]
    line_count: int
    filled_line_count: int

    @property
    def has_blank_lines(self) -> bool:
        """Whether some of its lines have nothing in them."""
        return self.filled_line_count < self.line_count


def csv_header(facts: TextFacts) -> Header:
    """Read a CSV file's header.

    Raises:
        UnreadableFileError: there is no header, or it cannot be read.
    """
    lines = facts.head.split(b"\n")
    start = next((place for place, line in enumerate(lines) if line.strip(b"\r")), None)
    if start is None:
        raise UnreadableFileError("the file is empty: it has no header")
    count, problem, _ = read_record(lines, start, None)
    if problem == LINE_END:
        raise UnreadableFileError(
            "the lines end in a carriage return alone; they must end in a line feed"
        )
    if problem:
        raise UnreadableFileError(f"the header cannot be read: {problem}")
    taken = lines[start : start + count]
    text = b"\n".join(taken).rstrip(b"\r").decode(errors="replace")
    (names,) = csv.reader([text], skipinitialspace=True)
    filled = sum(bool(line.strip(b"\r")) for line in taken)
    return Header([name.strip() for name in names], start + count, filled)


def csv_records(
    path: Path, is_gzip: bool, header_lines: int, column_count: int
) -> pa.RecordBatchReader:
    """Return the records after the header as a stream for the database, in file order.

    First line, filled lines, bytes without the line's end, what is wrong; null: nothing is.
    """
    reader = _Reader(header_lines, column_count)
    return pa.RecordBatchReader.from_batches(RECORDS, reader.batches(path, is_gzip))


class _Reader:
    """Reads a file's records block by block; knows whether a stray quote waits for its other."""

    def __init__(self, header_lines: int, column_count: int) -> None:
        self._header_lines = header_lines
        self._column_count = column_count
        self._is_stray_open = False

    def batches(self, path: Path, is_gzip: bool) -> Iterator[pa.RecordBatch]:
        first, rest = 1, b""
        for block in whole_line_blocks(path, is_gzip):
            lines = (rest + block).removesuffix(b"\n").split(b"\n")
            batch, done = self._read(lines, first, is_last=False)
            yield batch
            first += done
            rest = b"".join(line + b"\n" for line in lines[done:])
        if rest:
            lines = rest.removesuffix(b"\n").split(b"\n")
            yield self._read(lines, first, is_last=True)[0]

    def _read(self, lines: list[bytes], first: int, is_last: bool) -> tuple[pa.RecordBatch, int]:
        """Return the records of lines that are numbered from `first`, and how many lines these are.

        A record that does not end in them is left for the next time; the last time it is broken.
        """
        numbers: list[int] = []
        counts: list[int] = []
        texts: list[bytes] = []
        reasons: list[str | None] = []
        start = max(0, min(len(lines), self._header_lines + 1 - first))
        for place in [*_uneven(lines, self._column_count), len(lines)]:
            if place < start:
                continue
            # Up to here every line is a record.
            numbers += range(first + start, first + place)
            counts += [1] * (place - start)
            texts += map(bytes.rstrip, lines[start:place], repeat(b"\r"))
            reasons += [None] * (place - start)
            start = place
            if place == len(lines):
                break
            if not lines[place].strip(b"\r"):
                start += 1
                continue
            count, reason = self._read_one(lines, place)
            if not count and not is_last:
                break
            taken = lines[place : place + max(count, 1)]
            numbers.append(first + place)
            counts.append(sum(bool(line.strip(b"\r")) for line in taken))
            texts.append(b"\n".join(taken).rstrip(b"\r"))
            reasons.append(reason)
            start += len(taken)
        return pa.record_batch([numbers, counts, texts, reasons], schema=RECORDS), start

    def _read_one(self, lines: list[bytes], place: int) -> tuple[int, str | None]:
        count, reason, encloses_records = read_record(lines, place, self._column_count)
        line = lines[place]
        if encloses_records:
            self._is_stray_open = True
        elif self._is_stray_open and count and b'"' in line:
            rest = _REST_OF_VALUE.match(line)
            self._is_stray_open = rest is None
            if rest and count == 1 and line[rest.end() :].rstrip(b"\r")[:1] in (b"", b","):
                return 1, QUOTE
        return count, reason


def _uneven(lines: list[bytes], column_count: int) -> list[int]:
    """Return the places of the lines that are not plainly a record: no quotes, all columns."""
    array = pa.array(lines, pa.large_binary())
    returns = pc.count_substring(array, pattern=b"\r")
    is_even = pc.and_(
        pc.and_(
            pc.equal(pc.count_substring(array, pattern=b'"'), 0),
            pc.equal(pc.count_substring(array, pattern=b","), column_count - 1),
        ),
        pc.or_(
            pc.equal(returns, 0),
            pc.and_(pc.equal(returns, 1), pc.ends_with(array, pattern=b"\r")),
        ),
    )
    if column_count == 1:
        is_even = pc.and_(is_even, pc.greater(pc.binary_length(array), returns))
    places: list[int] = pc.indices_nonzero(pc.invert(is_even)).to_pylist()
    return places
