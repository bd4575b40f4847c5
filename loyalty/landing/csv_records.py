"""CSV read by rule, line by line: which lines make a record, and what is wrong with the others.

A value in double quotes may hold line feeds; a double quote in it is doubled; blanks around it are
none of it. A value without quotes begins with anything but a quote and holds no carriage return.
A line at which no record begins is rejected alone, so a stray quote costs one line. In tables of
`TELLING_COLUMNS` or more, two quotes that enclose a line which is a whole record are stray: the
lines between them stand for themselves.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from loyalty.landing.contents import TextFacts, UnreadableFileError, whole_line_blocks
from loyalty.landing.csv_scan import LINE_END, QUOTE, Scan, end_of_value

# Fewer columns look like prose: a line of a comment with a comma or two.
TELLING_COLUMNS = 4
LONGEST_RECORD_BYTES = 1 << 25

NOT_UTF8 = "not UTF-8"

RECORDS = pa.schema(
    [
        ("line_number", pa.int64()),
        ("line_count", pa.int64()),
        ("text", pa.large_binary()),
        ("texts", pa.list_(pa.large_string())),
        ("reason", pa.string()),
    ]
)


class Reading(NamedTuple):
    """How many lines a record takes, 0 where it does not end in those given; its values.

    Or what is wrong with its first line, and whether that is a quote that encloses records.
    """

    line_count: int
    values: list[bytes]
    reason: str | None = None
    encloses_records: bool = False


def read_record(lines: Sequence[bytes], start: int, column_count: int | None) -> Reading:
    """Read the record that begins at `start`; `column_count` None: as many as there are."""
    scan = Scan(column_count)
    scan.read(lines[start])
    if not scan.is_open:
        return Reading(1, scan.values, scan.problem())
    is_telling = column_count is not None and column_count >= TELLING_COLUMNS
    size = len(lines[start])
    for place in range(start + 1, len(lines)):
        line = lines[place]
        size += len(line)
        if is_telling and _is_whole(line, column_count):
            return Reading(1, [], QUOTE, encloses_records=True)
        if size > LONGEST_RECORD_BYTES:
            return Reading(1, [], QUOTE)
        scan.read(line)
        if not scan.is_open:
            is_record = scan.is_record
            return Reading(place - start + 1, scan.values) if is_record else Reading(1, [], QUOTE)
    return Reading(0, [], QUOTE)


def _is_whole(line: bytes, column_count: int | None) -> bool:
    # With an odd number of quotes it may be where the open value ends.
    if line.count(b'"') % 2:
        return False
    scan = Scan(column_count)
    scan.read(line)
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
    count, values, problem, _ = read_record(lines, start, None)
    if problem == LINE_END:
        raise UnreadableFileError(
            "the lines end in a carriage return alone; they must end in a line feed"
        )
    if problem:
        raise UnreadableFileError(f"the header cannot be read: {problem}")
    taken = lines[start : start + count]
    filled = sum(bool(line.strip(b"\r")) for line in taken)
    names = [value.decode(errors="replace").strip() for value in values]
    return Header(names, start + count, filled)


def csv_records(
    path: Path, is_gzip: bool, header_lines: int, column_count: int
) -> pa.RecordBatchReader:
    """Return the records after the header as a stream for the database, in file order.

    First line, filled lines, bytes without the line's end, values, what is wrong; null: nothing
    is. The values of a line without quotes are left to be split.
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
        found = _Found()
        start = max(0, min(len(lines), self._header_lines + 1 - first))
        for place in [*_uneven(lines, self._column_count), len(lines)]:
            if place < start:
                continue
            found.add_plain(first + start, lines[start:place])
            start = place
            if place == len(lines):
                break
            if not lines[place].strip(b"\r"):
                start += 1
                continue
            reading = self._read_one(lines, place)
            if not reading.line_count and not is_last:
                break
            taken = lines[place : place + max(reading.line_count, 1)]
            found.add(first + place, taken, reading)
            start += len(taken)
        return found.batch(), start

    def _read_one(self, lines: list[bytes], place: int) -> Reading:
        reading = read_record(lines, place, self._column_count)
        line = lines[place]
        if reading.encloses_records:
            self._is_stray_open = True
        elif self._is_stray_open and reading.line_count and b'"' in line:
            end = end_of_value(line)
            self._is_stray_open = end < 0
            is_end = end >= 0 and line[end:].rstrip(b"\r")[:1] in (b"", b",")
            if is_end and reading.line_count == 1:
                return reading._replace(reason=QUOTE)
        return reading


@dataclass
class _Found:
    """The records of one block, column by column."""

    numbers: list[int] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    bytes_: list[bytes] = field(default_factory=list)
    texts: list[list[str] | None] = field(default_factory=list)
    reasons: list[str | None] = field(default_factory=list)

    def add_plain(self, first: int, lines: list[bytes]) -> None:
        """Add lines that are a record each, without quotes."""
        self.numbers += range(first, first + len(lines))
        self.counts += [1] * len(lines)
        self.bytes_ += map(bytes.rstrip, lines, repeat(b"\r"))
        self.texts += [None] * len(lines)
        self.reasons += [None] * len(lines)

    def add(self, first: int, lines: list[bytes], reading: Reading) -> None:
        """Add a record of one or more lines, or a line that is none."""
        texts, reason = None, reading.reason
        if reason is None:
            try:
                texts = [value.decode() for value in reading.values]
            except UnicodeDecodeError:
                reason = NOT_UTF8
        self.numbers.append(first)
        self.counts.append(sum(bool(line.strip(b"\r")) for line in lines))
        self.bytes_.append(b"\n".join(lines).rstrip(b"\r"))
        self.texts.append(texts)
        self.reasons.append(reason)

    def batch(self) -> pa.RecordBatch:
        columns = [self.numbers, self.counts, self.bytes_, self.texts, self.reasons]
        return pa.record_batch(columns, schema=RECORDS)


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
