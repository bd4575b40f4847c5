"""Plain readers of text files as docs/landing.md declares them: what is a record, and where.

Bytes and simple loops; no database, no Arrow, no code of the loader.
"""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass

# A table this wide may not hold a whole record in a quoted value.
TELLING_COLUMNS = 4


@dataclass(frozen=True)
class Record:
    """One record: its physical lines (from 1), its bytes, its values; none when it is broken."""

    first_line: int
    last_line: int
    text: bytes
    values: list[bytes] | None


@dataclass(frozen=True)
class CsvFile:
    names: list[str]
    records: list[Record]


class Scanner:
    """Reads one record, fed line by line: `is_open` within quotes, `is_broken` beyond repair."""

    def __init__(self) -> None:
        self.values: list[bytes] = []
        self.is_open = self.is_broken = False
        self._part = b""

    def feed(self, line: bytes) -> None:
        place = 0
        if self.is_open:
            place = self._quoted(line, 0)
        while not (self.is_open or self.is_broken) and place >= 0:
            place = self._value(line, place)

    def _value(self, line: bytes, place: int) -> int:
        # Blanks around quotes are none of the value.
        quote = place + len(line[place:]) - len(line[place:].lstrip(b" "))
        if line[quote : quote + 1] == b'"':
            self._part = b""
            return self._quoted(line, quote + 1)
        end = line.find(b",", place)
        value = line[place:] if end < 0 else line[place:end]
        self.is_broken = b"\r" in value.rstrip(b"\r") if end < 0 else b"\r" in value
        self.values.append(value.rstrip(b"\r") if end < 0 else value)
        return end + 1 if end >= 0 else -1

    def _quoted(self, line: bytes, place: int) -> int:
        """Read on within quotes; return where the next value begins, -1 at the record's end."""
        while (end := line.find(b'"', place)) >= 0:
            if line[end + 1 : end + 2] != b'"':
                self.values.append(self._part + line[place:end])
                self.is_open = False
                rest = line[end + 1 :].lstrip(b" ")
                if not rest.rstrip(b"\r"):
                    return -1
                self.is_broken = rest[:1] != b","
                return len(line) - len(rest) + 1
            self._part += line[place : end + 1]
            place = end + 2
        self._part += line[place:] + b"\n"
        self.is_open = True
        return -1


def _whole(line: bytes, column_count: int | None) -> list[bytes] | None:
    """Return the values of a line that is a record by itself."""
    scanner = Scanner()
    scanner.feed(line)
    return None if scanner.is_open or scanner.is_broken else _fitting(scanner.values, column_count)


def _fitting(values: list[bytes], column_count: int | None) -> list[bytes] | None:
    if column_count is None or len(values) == column_count:
        return values
    # Empty values after the last column are no columns.
    is_more = len(values) > column_count and not any(values[column_count:])
    return values[:column_count] if is_more else None


def _record(
    lines: list[bytes], start: int, column_count: int | None
) -> tuple[int, list[bytes] | None, bool]:
    """Return how many lines the record takes, its values, and whether its quote is a stray one."""
    scanner = Scanner()
    for number in range(start, len(lines)):
        line = lines[number]
        is_inner = number > start and line.count(b'"') % 2 == 0
        is_telling = is_inner and (column_count or 0) >= TELLING_COLUMNS
        if is_telling and _whole(line, column_count) is not None:
            return 1, None, True
        scanner.feed(line)
        if scanner.is_broken:
            break
        if not scanner.is_open:
            values = _fitting(scanner.values, column_count)
            return (number - start + 1 if values is not None else 1), values, False
    return 1, None, False


def _closes(line: bytes) -> bool | None:
    """Tell whether a line would end a value that was left open before it; None: it stays open."""
    rest = line.replace(b'""', b"  ")
    if b'"' not in rest:
        return None
    after = rest[rest.index(b'"') + 1 :].lstrip(b" ").rstrip(b"\r")
    return not after or after.startswith(b",")


def read_csv(content: bytes) -> CsvFile:
    """Read a file's header and records; lines with nothing in them are none."""
    lines = content.removeprefix(codecs.BOM_UTF8).split(b"\n")
    names: list[str] | None = None
    records: list[Record] = []
    start, is_stray = 0, False
    while start < len(lines):
        if not lines[start].strip(b"\r"):
            start += 1
            continue
        count, values, begins_stray = _record(lines, start, len(names) if names else None)
        if names is None:
            names = [value.decode(errors="replace").strip() for value in values or []]
        else:
            if is_stray and b'"' in lines[start]:
                closes = _closes(lines[start])
                is_stray = closes is None
                values = None if closes and count == 1 else values
            is_stray = is_stray or begins_stray
            text = b"\n".join(lines[start : start + count]).rstrip(b"\r")
            records.append(Record(start + 1, start + count, text, values))
        start += count
    return CsvFile(names or [], records)


def read_lines(content: bytes) -> Iterator[Record]:
    """Yield the records of JSON lines: every line that is not blank."""
    lines = content.removeprefix(codecs.BOM_UTF8).split(b"\n")
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield Record(number, number, line.rstrip(b"\r"), [])
