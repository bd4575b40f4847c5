"""What may be shown of records that hold personal data, to whoever looks into a quarantine.

Of a row whose columns are known, the columns that the declaration calls sensitive are hidden. A
record that could not be read may hold anything anywhere: of it, only what plainly is of its
column's type is shown, and the rest as its shape (`xxxx@xxx.xx 999`), which tells a wrong
delimiter, quote or format without telling who it is about.
"""

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from loyalty.declarations import ColumnDeclaration, TableDeclaration
from loyalty.landing.casts import INSTANT, LOCAL_TIMESTAMP, NUMBER, WHOLE_NUMBER

HIDDEN = "***"
LONGEST_VALUE, LONGEST_SHAPE = 40, 120

_DAY = r"((19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](19|20)\d\d)"
_BOOLEAN = r"(?i) *(true|false|t|f|yes|no|y|n|ja|nej|on|off|0|1) *"
_NUMBER_LIKE = r" *[+-]?\d{1,9}[.,]\d{1,4} *"
# What a value of a type looks like, and what is plainly meant as one.
VALID = {
    "timestamp": f"{LOCAL_TIMESTAMP}|{INSTANT}",
    "boolean": _BOOLEAN,
    "bigint": WHOLE_NUMBER,
    "double": NUMBER,
    "decimal(18, 2)": NUMBER,
}
ALIKE = {
    "timestamp": rf" *{_DAY}([ T][\d:.,+Z-]{{0,20}})? *",
    "boolean": _BOOLEAN,
    "bigint": _NUMBER_LIKE,
    "double": _NUMBER_LIKE,
    "decimal(18, 2)": _NUMBER_LIKE,
}
_KEY = r"(?=.*\d)[A-Za-z0-9_.:/-]{1,64}"
_CODE = r"[a-z]{1,16}([_-]([a-z]{1,16}|[0-9]{1,2})){0,4}|[A-Z]{2,3}"


def shape(text: str) -> str:
    """Return the text with letters as x and digits as 9; signs of ASCII and blanks stay."""
    return "".join(
        "9"
        if sign.isdigit()
        else sign
        if sign in "·…" or (sign.isascii() and not sign.isalpha())
        else "x"
        for sign in _cut(text, LONGEST_SHAPE)
    )


def row(table: TableDeclaration, values: Mapping[str, Any]) -> str:
    """Return a typed row as `column=value` pairs, without its nulls."""
    return ", ".join(
        f"{column.name}={_typed(table, column, values[column.name])}"
        for column in table.columns
        if values.get(column.name) is not None
    )


def rejected_value(table: TableDeclaration, column_name: str | None, value: str | None) -> str:
    """Return the value that made the loader reject a record, as far as it may be shown."""
    column = next((column for column in table.columns if column.name == column_name), None)
    if column is None or value is None:
        return "" if value is None else shape(value)
    return _doubtful(column, value)


def rejected_record(
    table: TableDeclaration,
    file_format: str,
    header: Sequence[str] | None,
    column_name: str | None,
    record: str | None,
) -> str:
    """Return a rejected record: its columns where they can be told, else its shape.

    `column_name` is the column that was wrong, None where the whole record was. `header` is that
    of the file, None where it is not known.
    """
    if record is None:
        return ""
    values = None if column_name is None else _columns(file_format, header, record)
    if values is None or not _is_in_order(table, column_name, values):
        return shape(record)
    wrong = next((column for column in table.columns if column.name == column_name), None)
    value = values.get(wrong.name) if wrong else None
    # Where the wrong value is meant as something else, all columns may have moved on by one, and
    # a person's key stand where the record's should.
    has_moved = bool(wrong and value and not _is_plain(wrong, value))
    return ", ".join(
        f"{column.name}={_told(table, column, value, has_moved)}"
        for column in table.columns
        if (value := values.get(column.name))
    )


def _typed(table: TableDeclaration, column: ColumnDeclaration, value: object) -> str:
    """Show numbers and dates; of texts keys and codes, for columns may have slipped aside."""
    if column.sensitive:
        return HIDDEN
    text = str(value)
    is_known = column.data_type != "varchar" or re.fullmatch(_CODE, text)
    if is_known or (column.name in table.primary_key and re.fullmatch(_KEY, text, re.ASCII)):
        return _cut(text, LONGEST_VALUE)
    return shape(text)


def _doubtful(column: ColumnDeclaration, value: str) -> str:
    """Show a value of a rejected record only if it is, or is meant as, one of its type."""
    if column.sensitive:
        return HIDDEN
    return value.strip() if _is_plain(column, value) else shape(value)


def _is_plain(column: ColumnDeclaration, value: str) -> bool:
    """Tell whether a value is, or is meant as, one of its column's type."""
    patterns = [kinds[column.data_type] for kinds in (VALID, ALIKE) if column.data_type in kinds]
    return any(re.fullmatch(pattern, value, re.ASCII) for pattern in patterns)


def _told(table: TableDeclaration, column: ColumnDeclaration, value: str, has_moved: bool) -> str:
    """Show a key that looks like one as well: it tells which record it is."""
    is_key = column.name in table.primary_key and not column.sensitive and not has_moved
    if is_key and re.fullmatch(_KEY, value, re.ASCII):
        return value
    return _doubtful(column, value)


def _columns(
    file_format: str, header: Sequence[str] | None, record: str
) -> dict[str, str | None] | None:
    """Return the record's values by column; None where it is not what its format asks for."""
    if file_format != "csv":
        try:
            members = json.loads(record)
        except ValueError:
            return None
        if not isinstance(members, dict):
            return None
        return {name: None if value is None else str(value) for name, value in members.items()}
    try:
        records = list(csv.reader(io.StringIO(record, newline=""), strict=True))
    except csv.Error:
        return None
    if header is None or len(records) != 1 or len(records[0]) != len(header):
        return None
    return dict(zip(header, records[0], strict=True))


def _is_in_order(
    table: TableDeclaration, column_name: str | None, values: Mapping[str, str | None]
) -> bool:
    """Tell whether all other columns hold what they should: then none has slipped aside."""
    return all(
        re.fullmatch(VALID[column.data_type], value, re.ASCII)
        for column in table.columns
        if column.data_type in VALID
        and column.name != column_name
        and (value := values.get(column.name))
    )


def _cut(text: str, length: int) -> str:
    """Cut the text to a length; line ends and other signs that steer a terminal become dots."""
    shown = "".join(sign if sign.isprintable() else "·" for sign in text[:length])
    return shown if len(text) <= length else f"{shown}…"
