"""Values of every declared type, as text in the ways an export writes them, with what they mean."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from loyalty.declarations import ColumnDeclaration, TableDeclaration

ZONE = ZoneInfo("Europe/Stockholm")

Typed = str | datetime | bool | int | float | Decimal | None


class Value(NamedTuple):
    """A value as it stands in a text file, and as it must stand in the warehouse."""

    text: str
    typed: Typed


class Row(NamedTuple):
    """One good record: a value for each declared column."""

    values: tuple[Value, ...]

    @property
    def typed(self) -> tuple[Typed, ...]:
        return tuple(value.typed for value in self.values)


WORDS = (
    *("order", "basket", "naïve", "Grüße", "東京", "😀", "null", "NULL", "NA", "nan", "None"),
    *("true", "012", "1e5", "-0", "#REF!", "=1+1", "O'Neil"),
    *(" blank before", "blank after ", "two  blanks", "tab\there", "semi;colon", "back\\slash"),
    *("per cent %s", "{brace}", "$1", "--", "/*", "\u00a0", "\u2028line", "\ufeff", "e\u0301"),
)
HARD_WORDS = (
    "comma, comma",
    'a "quoted" word',
    '"',
    '""',
    "line\nfeed",
    "two\n\nfeeds",
    "cr\r\nlf",
)
LINES = ("1,2,3", "a,b", "Thanks, all fine, bye", "", "-", "2025-01-01", 'say ""hi""', "\r")

BAD = {
    "timestamp": (
        *("01/02/2025", "2025/01/02", "02.01.2025", "20250102", "2025-1-2", "Jan 2, 2025"),
        *("2025-02-30", "2025-13-01", "25-01-02", "1735689600", "yesterday", "infinity", "epoch"),
        *("2025-01-02T25:00", "2025-01-02 10:00:00 PM", "0000-00-00", "2025-01-02T10:00:00+99:00"),
    ),
    "boolean": ("maybe", "2", "tru", "ja", "-1", "0.0"),
    "bigint": ("5.5", "12,5", "1e3", "0x10", "1 000", "9" * 20, "five", "1_000"),
    "double": ("3,5", "nan", "inf", "-Infinity", "1e999", "four", "1.2.3", "4 points"),
    "decimal(18, 2)": ("12,50", "1.234,50", "1 000.00", "$5", "12.5 kr", "9" * 17, "12.5.0", "'5'"),
}


def good_row(table: TableDeclaration, number: int, chance: random.Random, hard: float) -> Row:
    """Return a good record whose key is its own; `hard` is the share of awkward texts."""
    return Row(
        tuple(
            key_value(table, column, number)
            if column.name in table.primary_key
            else good_value(column, chance, hard)
            for column in table.columns
        )
    )


def key_value(table: TableDeclaration, column: ColumnDeclaration, number: int) -> Value:
    """Return a value that only this record has."""
    if column.data_type == "timestamp":
        at = datetime(2024, 1, 1) + timedelta(minutes=number)
        return Value(f"{at.isoformat()}Z", at)
    if column.data_type == "bigint":
        return Value(str(number), number)
    text = f"{table.name[:2]}{number:06}"
    return Value(text, text)


def good_value(column: ColumnDeclaration, chance: random.Random, hard: float) -> Value:
    """Return a value of the column's type; empty now and then where that is allowed."""
    if not column.required and chance.random() < 0.15:
        return Value("", None)
    return GOOD[column.data_type](chance, hard)


def bad_value(column: ColumnDeclaration, chance: random.Random) -> str | None:
    """Return a text that is none of the column's type; None where there is none."""
    if column.data_type == "varchar":
        return "" if column.required else None
    return chance.choice((*BAD[column.data_type], *([""] if column.required else [])))


def _text(chance: random.Random, hard: float) -> Value:
    if chance.random() >= hard:
        text = f"{chance.choice(WORDS)}{chance.randrange(100)}"
    elif chance.random() < 0.6:
        text = f"{chance.choice(WORDS)} {chance.choice(HARD_WORDS)}"[chance.randrange(2) :]
    else:
        text = "x" + "\n".join(chance.choices(LINES, k=chance.randrange(2, 6))) + "x"
    return Value(text, text or None)


def _timestamp(chance: random.Random, _: float) -> Value:
    local = datetime(2023, 1, 1) + timedelta(seconds=chance.randrange(90_000_000))
    if chance.random() < 0.05:
        local = datetime(2025, *chance.choice(((10, 26), (3, 30))), 2, chance.randrange(60))
    form = chance.randrange(9)
    if form < 5:
        local = [
            local,
            local.replace(second=0),
            local.replace(hour=0, minute=0, second=0),
            local.replace(microsecond=chance.randrange(1_000_000)),
            local.replace(microsecond=120_000),
        ][form]
        text = [
            local.isoformat(chance.choice("T ")),
            f"{local:%Y-%m-%dT%H:%M}",
            f"{local:%Y-%m-%d}",
            f"{local:%Y-%m-%d %H:%M:%S.%f}",
            f"{local:%Y-%m-%d %H:%M:%S.12}",
        ][form]
        return Value(text, local.replace(tzinfo=ZONE).astimezone(UTC).replace(tzinfo=None))
    hours, minutes = chance.randrange(-11, 14), chance.choice((0, 30))
    offset = timedelta(hours=hours, minutes=minutes if hours >= 0 else -minutes)
    sign = f"{hours:+03}" if hours else "+00"
    zone = [f"{sign}:{minutes:02}", f"{sign}{minutes:02}", "Z", "z"][form - 5]
    if form > 6:
        offset = timedelta()
    return Value(f"{local.isoformat(chance.choice('T '))}{zone}", local - offset)


def _boolean(chance: random.Random, _: float) -> Value:
    is_true = chance.random() < 0.5
    words = (
        ("true", "TRUE", "True", "1", "t", "yes", "y")
        if is_true
        else ("false", "FALSE", "False", "0", "f", "no", "n")
    )
    return Value(chance.choice(words), is_true)


def _bigint(chance: random.Random, _: float) -> Value:
    number = chance.choice((0, 1, -3, chance.randrange(10**6), 2**63 - 1, -(2**63)))
    forms = [str(number), f" {number} ", f"{number:+}"]
    if abs(number) < 10**6:
        forms += [f"{number}.0", f"{number}."]
    return Value(chance.choice(forms), number)


def _double(chance: random.Random, _: float) -> Value:
    number = chance.choice((0.0, 9.0, -1.5, chance.uniform(-10, 10), 1e-7, 1.5e300))
    return Value(chance.choice((repr(number), f" {number!r} ", f"{number:+.17e}")), number)


def _amount(chance: random.Random, _: float) -> Value:
    cents = chance.choice((0, 5, -120, chance.randrange(10**7), 10**13 - 1))
    number = Decimal(cents).scaleb(-2)
    forms = [f"{number:.2f}", f"{number:.2f}00", f" {number:.2f}", f"{number:.2f}".rstrip("0")]
    if not cents % 100:
        forms += [str(cents // 100), f"{cents // 100}e0"]
    return Value(chance.choice(forms), number)


GOOD = {
    "varchar": _text,
    "timestamp": _timestamp,
    "boolean": _boolean,
    "bigint": _bigint,
    "double": _double,
    "decimal(18, 2)": _amount,
}


def spoil(row: Row, table: TableDeclaration, chance: random.Random) -> tuple[str, list[str]]:
    """Return the row's texts with one that is none of its column's type, and the column."""
    texts = [value.text for value in row.values]
    found: Sequence[tuple[int, str]] = [
        (place, bad)
        for place, column in enumerate(table.columns)
        if (bad := bad_value(column, chance)) is not None
    ]
    place, texts_bad = chance.choice(found)
    texts[place] = texts_bad
    return table.columns[place].name, texts
