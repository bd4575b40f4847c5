"""One CSV record, read line by line: its values, by the rule that csv_records states."""

import re

QUOTE, LINE_END = "a quote is out of place", "a carriage return is out of place"

# No quote after the last one: "" is a quote within the value.
_QUOTED_TO_END = r'[^"]*(?:""[^"]*)*"(?!") *'
_VALUE = re.compile(rf' *"{_QUOTED_TO_END}| *[^," \r][^,\r]*| *'.encode())
_REST_OF_VALUE = re.compile(_QUOTED_TO_END.encode())


class Scan:
    """How far a record was read: its values, what is wrong with it, blanks around its quotes."""

    def __init__(self, column_count: int | None) -> None:
        self.values: list[bytes] = []
        self.reason: str | None = None
        self.is_padded = False
        self._column_count = column_count
        self._open: list[bytes] = []

    @property
    def is_open(self) -> bool:
        """Whether a quoted value goes on in the next line."""
        return bool(self._open)

    @property
    def is_record(self) -> bool:
        """Whether what was read is a whole record."""
        return self.problem() is None

    def problem(self) -> str | None:
        """Return what is wrong; empty values after the last column are not."""
        if self.is_open or self.reason:
            return self.reason or QUOTE
        wanted = self._column_count
        if wanted is None or (len(self.values) >= wanted and not any(self.values[wanted:])):
            return None
        return f"{wanted} columns expected, {len(self.values)} found"

    def read(self, line: bytes) -> None:
        """Read a line without its line feed, from where the one before it left off."""
        place = 0
        text = line.rstrip(b"\r")
        if self.is_open:
            rest = _REST_OF_VALUE.match(text) if b'"' in text else None
            if not rest:
                self._open.append(line)
                return
            self.is_padded |= rest[0].endswith(b" ")
            self._open.append(rest[0].rstrip(b" ")[:-1])
            self.values.append(b"\n".join(self._open).replace(b'""', b'"'))
            self._open.clear()
            place = self._after(text, rest.end())
        while place >= 0:
            value = _VALUE.match(text, place)
            assert value is not None  # it matches nothing, too
            found, end = value[0], value.end()
            bare = found.strip(b" ")
            if bare.startswith(b'"'):
                self.is_padded |= bare != found
                found = bare[1:-1].replace(b'""', b'"')
            elif text[end : end + 1] == b'"':
                self.is_padded |= bool(found)
                self._open.append(line[end + 1 :])
                return
            self.values.append(found)
            place = self._after(text, end)

    def _after(self, line: bytes, end: int) -> int:
        """Return where the next value begins; -1 where there is none."""
        if end == len(line):
            return -1
        if line[end : end + 1] == b",":
            return end + 1
        self.reason = LINE_END if line[end : end + 1] == b"\r" else QUOTE
        return -1


def end_of_value(line: bytes) -> int:
    """Return where, after blanks, a quoted value that was open before the line ends; or -1."""
    rest = _REST_OF_VALUE.match(line)
    return rest.end() if rest else -1
